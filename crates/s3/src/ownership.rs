//! Who owns the objects that others write into a bucket, and whether ACLs count.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// The three kinds of ownership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ownership {
    /// The bucket's owner owns all, and ACLs do not count: the default.
    BucketOwnerEnforced,
    /// The bucket's owner owns what is written with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// Who writes, owns.
    ObjectWriter,
}

impl Ownership {
    /// Reads the header of `CreateBucket`.
    ///
    /// # Errors
    /// `InvalidArgument`
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "BucketOwnerEnforced" => Ok(Self::BucketOwnerEnforced),
            "BucketOwnerPreferred" => Ok(Self::BucketOwnerPreferred),
            "ObjectWriter" => Ok(Self::ObjectWriter),
            _ => Err(Fault::new("InvalidArgument", "Invalid x-amz-object-ownership header")
                .with_detail("ArgumentName", "x-amz-object-ownership")
                .with_detail("ArgumentValue", text)),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Controls {
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    object_ownership: Ownership,
}

bucket_operation! {
    /// Tells who owns objects.
    GetBucketOwnershipControls, "s3:GetBucketOwnershipControls", GetBucketOwnershipControlsOutput
}

/// What `GetBucketOwnershipControls` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketOwnershipControlsOutput {
    ownership_controls: Controls,
}

impl Read for GetBucketOwnershipControls {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketOwnershipControlsOutput, Fault> {
        let ownership = bucket::find(ask.view, &self.bucket)?.ownership;
        let object_ownership = ownership.ok_or_else(|| {
            let text = "The bucket ownership controls were not found";
            Fault::new("OwnershipControlsNotFoundError", text)
                .with_detail("BucketName", self.bucket.as_str())
        })?;
        let ownership_controls = Controls { rule: vec![Rule { object_ownership }] };
        Ok(GetBucketOwnershipControlsOutput { ownership_controls })
    }
}

bucket_operation! {
    /// Says who owns objects.
    PutBucketOwnershipControls, "s3:PutBucketOwnershipControls", (), {
        ownership_controls: Controls,
    }
}

impl Write for PutBucketOwnershipControls {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let [rule] = self.ownership_controls.rule.as_slice() else {
            return Err(crate::malformed_xml());
        };
        bucket::change(act, &self.bucket, |bucket| {
            bucket.ownership = Some(rule.object_ownership);
            Ok(())
        })
    }
}

bucket_operation! {
    /// Takes the rule away: who writes, owns.
    DeleteBucketOwnershipControls, "s3:PutBucketOwnershipControls", ()
}

impl Write for DeleteBucketOwnershipControls {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.ownership = None;
            Ok(())
        })
    }
}
