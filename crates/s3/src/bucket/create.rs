//! `CreateBucket` and `DeleteBucket`.

use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{BucketRow, MAX_BUCKETS};
use crate::acl::{self, Canned};
use crate::discard::discard;
use crate::encryption::Encryption;
use crate::multipart::{self, UploadRow};
use crate::notification::Notifications;
use crate::object::ObjectRow;
use crate::ownership::Ownership;
use crate::public_access::PublicAccess;
use crate::setting::bucket_operation;
use crate::{bucket, name, tagging};

/// Where buckets are that do not say.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Makes a bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateBucket {
    bucket: String,
    #[serde(rename = "ACL")]
    acl: Option<String>,
    object_ownership: Option<String>,
    object_lock_enabled_for_bucket: Option<bool>,
    create_bucket_configuration: Option<Configuration>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    location_constraint: Option<String>,
    tags: Option<tagging::TagSet>,
}

/// What `CreateBucket` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateBucketOutput {
    location: String,
    bucket_arn: String,
}

impl CreateBucket {
    fn location(&self) -> Option<&str> {
        let configuration = self.create_bucket_configuration.as_ref()?;
        configuration.location_constraint.as_deref().filter(|location| !location.is_empty())
    }

    fn tags(&self) -> &[Tag] {
        let configuration = self.create_bucket_configuration.as_ref();
        configuration.and_then(|it| it.tags.as_ref()).map_or(&[], |tags| &tags.tag)
    }

    /// Where the bucket will be, by the endpoint that was asked ("CreateBucket", S3 API reference; texts as
    /// reported in hashicorp/terraform issue 15053 and aws/aws-cli issue 2603).
    fn region(&self, called: &str) -> Result<String, Fault> {
        let incompatible = |what: &str| {
            let text = format!(
                "The {what} location constraint is incompatible for the region specific endpoint this \
                 request was sent to."
            );
            Err(Fault::new("IllegalLocationConstraintException", text))
        };
        match (self.location(), called) {
            (None, DEFAULT_REGION) => Ok(DEFAULT_REGION.to_owned()),
            (None, _) => incompatible("unspecified"),
            (Some("EU"), DEFAULT_REGION | "eu-west-1") => Ok("eu-west-1".to_owned()),
            (Some(location), _) if location == DEFAULT_REGION || !is_region(location) => {
                let text = "The specified location-constraint is not valid";
                let fault = Fault::new("InvalidLocationConstraint", text);
                Err(fault.with_detail("LocationConstraint", location))
            }
            (Some(location), called) if called == DEFAULT_REGION || called == location => {
                Ok(location.to_owned())
            }
            (Some(location), _) => incompatible(location),
        }
    }
}

/// Whether a text is spelled as AWS's regions are. Which there are changes too often to be known here.
fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 32
        && text.split('-').count() >= 3
        && text.bytes().all(plain)
        && text.ends_with(|last: char| last.is_ascii_digit())
}

impl Operation for CreateBucket {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "CreateBucket";
    type Output = CreateBucketOutput;

    fn check(&self) -> Result<(), Fault> {
        name::check_bucket(&self.bucket)?;
        if let Some(acl) = &self.acl {
            Canned::parse(acl)?.check_modelled()?;
        }
        if let Some(ownership) = &self.object_ownership {
            Ownership::parse(ownership)?;
        }
        if self.object_lock_enabled_for_bucket == Some(true) {
            let text = "rolecall does not model S3 Object Lock yet: see docs/fidelity/s3.md";
            return Err(Fault::new("NotImplemented", text));
        }
        tagging::check(self.tags(), tagging::MAX_BUCKET_TAGS)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = |action| {
            let mut demand = Demand::new(action, name::bucket_arn(&self.bucket));
            demand.resource_account = Some(ask.account());
            demand.with("s3:ResourceAccount", ask.account().as_str())
        };
        let location = self.location().unwrap_or(DEFAULT_REGION);
        let create = demand("s3:CreateBucket").with("s3:locationconstraint", location);
        let mut demands = vec![create.with_some("s3:x-amz-acl", self.acl.as_deref())];
        if self.acl.is_some() {
            demands.push(demand("s3:PutBucketAcl").with_some("s3:x-amz-acl", self.acl.as_deref()));
        }
        if self.object_ownership.is_some() {
            demands.push(demand("s3:PutBucketOwnershipControls"));
        }
        if !self.tags().is_empty() {
            demands.push(demand("s3:TagResource").with_request_tags(self.tags()));
        }
        Ok(demands)
    }
}

impl Write for CreateBucket {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateBucketOutput, Fault> {
        let region = self.region(act.region)?;
        let location = if region == DEFAULT_REGION {
            format!("/{}", self.bucket)
        } else {
            format!("http://{}.s3.amazonaws.com/", self.bucket)
        };
        let output = CreateBucketOutput { location, bucket_arn: name::bucket_arn(&self.bucket) };
        if let Ok(known) = bucket::find(act.tx, &self.bucket) {
            return self.again(known, act.account() == known.account, &region).map(|()| output);
        }
        if act.tx.count::<BucketRow>(act.account().as_str()) >= MAX_BUCKETS {
            let text = "You have attempted to create more buckets than allowed";
            return Err(Fault::new("TooManyBuckets", text));
        }
        let ownership = match &self.object_ownership {
            Some(ownership) => Ownership::parse(ownership)?,
            None => Ownership::BucketOwnerEnforced,
        };
        acl::check_allowed(self.acl.as_deref(), Some(ownership))?;
        act.tx.insert(BucketRow {
            account: act.account(),
            name: self.bucket.clone(),
            region,
            created: act.now,
            policy: None,
            // Since April 2023 (user guide, "Default settings for new S3 buckets FAQ").
            public_access: Some(PublicAccess::ALL),
            ownership: Some(ownership),
            tags: self.tags().to_vec(),
            versioning: None,
            encryption: Encryption::default(),
            notifications: Notifications::default(),
            cors: None,
            lifecycle: None,
            logging: None,
        })?;
        Ok(output)
    }
}

impl CreateBucket {
    /// A bucket of this name exists. In us-east-1 its owner may make it again, which changes nothing
    /// ("CreateBucket", S3 API reference, `BucketAlreadyOwnedByYou`).
    fn again(&self, known: &BucketRow, is_own: bool, region: &str) -> Result<(), Fault> {
        if !is_own {
            let text = "The requested bucket name is not available. The bucket namespace is shared by all \
                        users of the system. Please select a different name and try again.";
            let fault = Fault::new("BucketAlreadyExists", text);
            return Err(fault.with_detail("BucketName", self.bucket.as_str()));
        }
        if known.region == DEFAULT_REGION && region == DEFAULT_REGION {
            return Ok(());
        }
        let text =
            "Your previous request to create the named bucket succeeded and you already own it.";
        let fault = Fault::new("BucketAlreadyOwnedByYou", text);
        Err(fault.with_detail("BucketName", self.bucket.as_str()))
    }
}

bucket_operation! {
    /// Takes an empty bucket away.
    DeleteBucket, "s3:DeleteBucket", ()
}

impl Write for DeleteBucket {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let bucket = bucket::find(act.tx, &self.bucket)?;
        let account = bucket.account;
        let from = name::place(&self.bucket, "");
        let first = act.tx.range::<ObjectRow>(account.as_str(), from.as_str()..).next();
        if let Some(object) = first.filter(|object| object.bucket == self.bucket) {
            let text = if object.version_id.is_some() || object.is_delete_marker {
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            } else {
                "The bucket you tried to delete is not empty"
            };
            let fault = Fault::new("BucketNotEmpty", text);
            return Err(fault.with_detail("BucketName", self.bucket.as_str()));
        }
        self.end_uploads(act, &from)?;
        act.tx.delete::<BucketRow>(account.as_str(), &self.bucket)?;
        Ok(())
    }
}

impl DeleteBucket {
    /// Uploads that were not completed do not keep a bucket alive; that S3 ends them so is unverified.
    fn end_uploads(&self, act: &mut Act<'_, '_>, from: &str) -> Result<(), Fault> {
        let account = bucket::find(act.tx, &self.bucket)?.account;
        let uploads = act.tx.range::<UploadRow>(account.as_str(), from..);
        let uploads = uploads.take_while(|upload| upload.bucket == self.bucket).cloned();
        for upload in uploads.collect::<Vec<_>>() {
            for part in multipart::end(act, &upload)? {
                discard(act, account, &part.body)?;
            }
        }
        Ok(())
    }
}
