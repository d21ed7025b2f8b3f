//! What no bucket here has: reading it answers what S3 answers for a bucket without it, and taking it away does
//! nothing. Setting it is not modelled, and refused by name.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::Serialize;

use crate::bucket;
use crate::setting::bucket_operation;

/// An operation that finds nothing.
macro_rules! nothing {
    ($name:ident, $action:literal, $code:literal, $text:literal) => {
        bucket_operation! {
            #[doc = concat!("Answers `", $code, "`.")]
            $name, $action, ()
        }

        impl Read for $name {
            fn read(self, ask: &Ask<'_>) -> Result<(), Fault> {
                bucket::find(ask.view, &self.bucket)?;
                Err(Fault::new($code, $text).with_detail("BucketName", self.bucket))
            }
        }
    };
}

/// An operation that takes away what is not there.
macro_rules! taken_away {
    ($name:ident, $action:literal) => {
        bucket_operation! {
            /// Takes away what is not there.
            $name, $action, ()
        }

        impl Write for $name {
            fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
                bucket::find(act.tx, &self.bucket).map(drop)
            }
        }
    };
}

nothing! { GetBucketWebsite, "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration",
"The specified bucket does not have a website configuration" }
nothing! { GetBucketReplication, "s3:GetReplicationConfiguration",
"ReplicationConfigurationNotFoundError", "The replication configuration was not found" }
nothing! { GetObjectLockConfiguration, "s3:GetBucketObjectLockConfiguration",
"ObjectLockConfigurationNotFoundError",
"Object Lock configuration does not exist for this bucket" }
taken_away! { DeleteBucketWebsite, "s3:DeleteBucketWebsite" }
taken_away! { DeleteBucketReplication, "s3:PutReplicationConfiguration" }

/// A document without anything in it.
#[derive(Debug, Serialize)]
pub struct Empty {}

bucket_operation! {
    /// Answers that acceleration was never asked for.
    GetBucketAccelerateConfiguration, "s3:GetAccelerateConfiguration", Empty
}

impl Read for GetBucketAccelerateConfiguration {
    fn read(self, ask: &Ask<'_>) -> Result<Empty, Fault> {
        bucket::find(ask.view, &self.bucket).map(|_| Empty {})
    }
}

bucket_operation! {
    /// Answers that the bucket's owner pays.
    GetBucketRequestPayment, "s3:GetBucketRequestPayment", GetBucketRequestPaymentOutput
}

/// What `GetBucketRequestPayment` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketRequestPaymentOutput {
    payer: &'static str,
}

impl Read for GetBucketRequestPayment {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketRequestPaymentOutput, Fault> {
        bucket::find(ask.view, &self.bucket)
            .map(|_| GetBucketRequestPaymentOutput { payer: "BucketOwner" })
    }
}
