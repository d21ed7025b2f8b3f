//! `CreateMultipartUpload` and `AbortMultipartUpload`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{UPLOAD_ID_ALPHABET, UPLOAD_ID_CHARACTERS, UploadRow, end, find};
use crate::checksum::{Algorithm, Coverage};
use crate::discard::discard;
use crate::object::attributes::with_object_members;
use crate::{acl, bucket, demand, intake};

with_object_members! {
    /// Begins an upload.
    CreateMultipartUpload {
        checksum_algorithm: Option<String>,
        checksum_type: Option<Coverage>,
    }
}

/// What `CreateMultipartUpload` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateMultipartUploadOutput {
    bucket: String,
    key: String,
    upload_id: String,
    server_side_encryption: &'static str,
    #[serde(rename = "SSEKMSKeyId")]
    sse_kms_key_id: Option<String>,
    bucket_key_enabled: Option<bool>,
    checksum_algorithm: Option<Algorithm>,
    checksum_type: Option<Coverage>,
}

impl CreateMultipartUpload {
    /// Which kind of checksum the parts have, and what the object's will be of ("Checking object integrity",
    /// user guide): CRCs can be of the whole, and CRC64NVME of nothing else.
    fn checksum(&self) -> Result<(Option<Algorithm>, Option<Coverage>), Fault> {
        let algorithm = self.checksum_algorithm.as_deref().map(intake::named).transpose()?;
        let coverage = match (algorithm, self.checksum_type) {
            (None, None) => None,
            (None, Some(_)) => {
                let text = "The x-amz-checksum-type header can only be used with the \
                            x-amz-checksum-algorithm header.";
                return Err(Fault::new("InvalidRequest", text));
            }
            (Some(Algorithm::Crc64nvme), Some(Coverage::Composite))
            | (Some(Algorithm::Sha1 | Algorithm::Sha256), Some(Coverage::FullObject)) => {
                let (kind, name) = (
                    if self.checksum_type == Some(Coverage::Composite) {
                        "COMPOSITE"
                    } else {
                        "FULL_OBJECT"
                    },
                    algorithm.map_or("", Algorithm::name).to_ascii_lowercase(),
                );
                let text = format!(
                    "The {kind} checksum type cannot be used with the {name} checksum algorithm."
                );
                return Err(Fault::new("InvalidRequest", text));
            }
            (Some(Algorithm::Crc64nvme), None) => Some(Coverage::FullObject),
            (Some(_), coverage) => Some(coverage.unwrap_or(Coverage::Composite)),
        };
        Ok((algorithm, coverage))
    }
}

impl Operation for CreateMultipartUpload {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "CreateMultipartUpload";
    type Output = CreateMultipartUploadOutput;

    fn check(&self) -> Result<(), Fault> {
        self.checksum()?;
        self.check_members()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        self.write_demands(ask, bucket, |demand| demand)
    }
}

impl Write for CreateMultipartUpload {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateMultipartUploadOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        acl::check_allowed(self.acl.as_deref(), bucket.ownership)?;
        let (algorithm, coverage) = self.checksum()?;
        let id = act.entropy.text(UPLOAD_ID_ALPHABET, UPLOAD_ID_CHARACTERS);
        let encryption = self.new_encryption(&bucket)?;
        let output = CreateMultipartUploadOutput {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            upload_id: id.clone(),
            server_side_encryption: encryption.algorithm.name(),
            sse_kms_key_id: encryption.kms_key_id.clone(),
            bucket_key_enabled: encryption.bucket_key.then_some(true),
            checksum_algorithm: algorithm,
            checksum_type: coverage,
        };
        act.tx.insert(UploadRow {
            account: bucket.account,
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            id,
            initiated: act.now,
            initiator: act.caller.arn(),
            algorithm,
            coverage,
            attributes: self.attributes(),
            encryption,
            tags: self.new_tags()?,
        })?;
        Ok(output)
    }
}

/// Gives an upload up.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AbortMultipartUpload {
    bucket: String,
    key: String,
    upload_id: String,
}

impl Operation for AbortMultipartUpload {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "AbortMultipartUpload";
    type Output = ();

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        Ok(vec![demand::on_object(ask, bucket, &self.key, "s3:AbortMultipartUpload")])
    }
}

impl Write for AbortMultipartUpload {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let bucket = bucket::find(act.tx, &self.bucket)?;
        let account = bucket.account;
        let upload = std::sync::Arc::clone(find(act.tx, bucket, &self.key, &self.upload_id)?);
        let parts = end(act, &upload)?;
        let pieces = parts.iter().flat_map(|part| part.body.pieces()).cloned().collect();
        discard(act, account, &crate::content::Body::Stored(pieces))
    }
}
