//! Whether a bucket keeps the versions of its objects.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// The two states of a bucket that was ever versioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    /// Each write makes a version.
    Enabled,
    /// Each write replaces the version called `null`.
    Suspended,
}

bucket_operation! {
    /// Tells whether a bucket is versioned.
    GetBucketVersioning, "s3:GetBucketVersioning", GetBucketVersioningOutput
}

/// What `GetBucketVersioning` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketVersioningOutput {
    status: Option<Versioning>,
}

impl Read for GetBucketVersioning {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketVersioningOutput, Fault> {
        let status = bucket::find(ask.view, &self.bucket)?.versioning;
        Ok(GetBucketVersioningOutput { status })
    }
}

bucket_operation! {
    /// Makes a bucket keep versions, or stop.
    PutBucketVersioning, "s3:PutBucketVersioning", (), {
        versioning_configuration: Configuration,
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Configuration {
    #[serde(rename = "Status")]
    status: Option<Versioning>,
    #[serde(rename = "MfaDelete")]
    mfa_delete: Option<MfaDelete>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum MfaDelete {
    Enabled,
    Disabled,
}

impl Write for PutBucketVersioning {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let configuration = &self.versioning_configuration;
        if configuration.mfa_delete == Some(MfaDelete::Enabled) {
            let text = "rolecall does not model MFA delete yet: see docs/fidelity/s3.md";
            return Err(Fault::new("NotImplemented", text));
        }
        let Some(status) = configuration.status else {
            // As reported of S3 for an empty configuration (hashicorp/terraform-provider-aws issue 4494).
            let text = "The Versioning element must be specified";
            return Err(Fault::new("IllegalVersioningConfigurationException", text));
        };
        bucket::change(act, &self.bucket, |bucket| {
            bucket.versioning = Some(status);
            Ok(())
        })
    }
}
