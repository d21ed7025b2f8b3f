//! Where a bucket's access logs go. It is kept as a record: no log is ever written.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket::{self, BucketRow};
use crate::setting::bucket_operation;

/// A bucket's logging, in the service's own shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Logging {
    target_bucket: String,
    #[serde(default)]
    target_prefix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_grants: Option<TargetGrants>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_object_key_format: Option<KeyFormat>,
}

/// Grants of an ACL on the logs: never kept, as ACLs that grant others anything are not modelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TargetGrants {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyFormat {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    simple_prefix: Option<SimplePrefix>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partitioned_prefix: Option<PartitionedPrefix>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SimplePrefix {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PartitionedPrefix {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition_date_source: Option<DateSource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum DateSource {
    EventTime,
    DeliveryTime,
}

/// The document: nothing in it means that nothing is logged.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logging_enabled: Option<Logging>,
}

fn invalid_target(text: &str, name: &str) -> Fault {
    Fault::new("InvalidTargetBucketForLogging", text).with_detail("TargetBucket", name)
}

impl Logging {
    /// The target is the owner's, and in the same place (user guide, "Enabling Amazon S3 server access logging").
    fn check(&self, source: &BucketRow, target: Option<&BucketRow>) -> Result<(), Fault> {
        let name = self.target_bucket.as_str();
        if self.target_grants.is_some() {
            return Err(crate::not_modelled("grants on the logs of a bucket"));
        }
        let Some(target) = target else {
            return Err(invalid_target("The target bucket for logging does not exist", name));
        };
        if target.account != source.account {
            let text =
                "The owner for the bucket to be logged and the target bucket must be the same.";
            return Err(invalid_target(text, name));
        }
        if target.region != source.region {
            let text = "Cross S3 location logging not allowed.";
            return Err(Fault::new("CrossLocationLoggingProhibited", text)
                .with_detail("SourceBucketLocation", source.region.as_str())
                .with_detail("TargetBucketLocation", target.region.as_str()));
        }
        let format = self.target_object_key_format.as_ref();
        let is_both = format.is_some_and(|format| {
            format.simple_prefix.is_some() == format.partitioned_prefix.is_some()
        });
        if is_both { Err(crate::malformed_xml()) } else { Ok(()) }
    }
}

bucket_operation! {
    /// Shows where access logs go.
    GetBucketLogging, "s3:GetBucketLogging", Status
}

impl Read for GetBucketLogging {
    fn read(self, ask: &Ask<'_>) -> Result<Status, Fault> {
        let logging_enabled = bucket::find(ask.view, &self.bucket)?.logging.clone();
        Ok(Status { logging_enabled })
    }
}

bucket_operation! {
    /// Says where access logs go, or that there are none.
    PutBucketLogging, "s3:PutBucketLogging", (), {
        bucket_logging_status: Status,
    }
}

impl Write for PutBucketLogging {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let new = self.bucket_logging_status.logging_enabled.clone();
        if let Some(new) = &new {
            let target = bucket::find(act.tx, &new.target_bucket).ok();
            new.check(bucket::find(act.tx, &self.bucket)?, target.map(AsRef::as_ref))?;
        }
        bucket::change(act, &self.bucket, |bucket| {
            bucket.logging = new;
            Ok(())
        })
    }
}
