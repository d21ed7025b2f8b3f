//! The public access block of a bucket.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// What is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAccess {
    /// ACLs that make public are refused.
    #[serde(default)]
    pub block_public_acls: bool,
    /// ACLs that make public count for nothing.
    #[serde(default)]
    pub ignore_public_acls: bool,
    /// Policies that make public are refused.
    #[serde(default)]
    pub block_public_policy: bool,
    /// Policies that make public grant nothing to others.
    #[serde(default)]
    pub restrict_public_buckets: bool,
}

impl PublicAccess {
    /// Everything is blocked, as of a new bucket.
    pub const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

bucket_operation! {
    /// Tells what is blocked.
    GetPublicAccessBlock, "s3:GetBucketPublicAccessBlock", GetPublicAccessBlockOutput
}

/// What `GetPublicAccessBlock` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPublicAccessBlockOutput {
    public_access_block_configuration: PublicAccess,
}

impl Read for GetPublicAccessBlock {
    fn read(self, ask: &Ask<'_>) -> Result<GetPublicAccessBlockOutput, Fault> {
        let block = bucket::find(ask.view, &self.bucket)?.public_access;
        let public_access_block_configuration = block.ok_or_else(|| {
            let text = "The public access block configuration was not found";
            Fault::new("NoSuchPublicAccessBlockConfiguration", text)
                .with_detail("BucketName", self.bucket.as_str())
        })?;
        Ok(GetPublicAccessBlockOutput { public_access_block_configuration })
    }
}

bucket_operation! {
    /// Says what is blocked.
    PutPublicAccessBlock, "s3:PutBucketPublicAccessBlock", (), {
        public_access_block_configuration: PublicAccess,
    }
}

impl Write for PutPublicAccessBlock {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.public_access = Some(self.public_access_block_configuration);
            Ok(())
        })
    }
}

bucket_operation! {
    /// Blocks nothing any more.
    DeletePublicAccessBlock, "s3:PutBucketPublicAccessBlock", ()
}

impl Write for DeletePublicAccessBlock {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.public_access = None;
            Ok(())
        })
    }
}
