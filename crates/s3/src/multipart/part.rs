//! `UploadPart`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use super::{PartRow, find, part_place};
use crate::bucket::{self, BucketRow};
use crate::checksum::{Algorithm, Checksum, Members};
use crate::content::Received;
use crate::demand;
use crate::discard::discard;
use crate::object::get::check_part_number;

/// Writes a part of an upload. Its bytes have come in before.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadPart {
    bucket: String,
    key: String,
    upload_id: String,
    part_number: u32,
    #[serde(rename = "SSECustomerAlgorithm")]
    sse_customer_algorithm: Option<String>,
    #[serde(rename = "$received")]
    received: Option<Received>,
}

/// What `UploadPart` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadPartOutput {
    #[serde(rename = "ETag")]
    etag: String,
    server_side_encryption: &'static str,
    #[serde(rename = "ChecksumCRC32")]
    crc32: Option<String>,
    #[serde(rename = "ChecksumCRC32C")]
    crc32c: Option<String>,
    #[serde(rename = "ChecksumCRC64NVME")]
    crc64nvme: Option<String>,
    #[serde(rename = "ChecksumSHA1")]
    sha1: Option<String>,
    #[serde(rename = "ChecksumSHA256")]
    sha256: Option<String>,
}

impl UploadPart {
    /// The same with its bytes.
    #[must_use]
    pub fn with_received(self, received: Received) -> Self {
        Self { received: Some(received), ..self }
    }

    /// The kind of checksum that the upload wants of each part.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchUpload`.
    pub fn wanted_checksum(&self, view: &View) -> Result<Option<Algorithm>, Fault> {
        let bucket = bucket::find(view, &self.bucket)?;
        Ok(find(view, bucket, &self.key, &self.upload_id)?.algorithm)
    }
}

impl Operation for UploadPart {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "UploadPart";
    type Output = UploadPartOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.sse_customer_algorithm.is_some() {
            return Err(crate::not_modelled("encryption with customers' keys (SSE-C)"));
        }
        check_part_number(self.part_number)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        Ok(vec![demand::on_object(ask, bucket, &self.key, "s3:PutObject")])
    }
}

impl Write for UploadPart {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UploadPartOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        let received = self.received.clone().ok_or_else(crate::no_body)?;
        let place = (self.key.as_str(), self.upload_id.as_str(), self.part_number);
        let (etag, checksum) = keep(act, &bucket, place, received)?;
        let members = Members::of(&checksum);
        let upload = find(act.tx, &bucket, &self.key, &self.upload_id)?;
        Ok(UploadPartOutput {
            etag,
            server_side_encryption: upload.encryption.algorithm.name(),
            crc32: members.crc32,
            crc32c: members.crc32c,
            crc64nvme: members.crc64nvme,
            sha1: members.sha1,
            sha256: members.sha256,
        })
    }
}

/// Keeps a part in the place of the one with its number; gives back its quoted entity tag and its checksum.
pub(super) fn keep(
    act: &mut Act<'_, '_>,
    bucket: &BucketRow,
    (key, id, number): (&str, &str, u32),
    received: Received,
) -> Result<(String, Checksum), Fault> {
    let upload = find(act.tx, bucket, key, id)?;
    let wanted = upload.algorithm;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != received.checksum.algorithm) {
        let (found, wanted) = (received.checksum.algorithm.name(), wanted.name());
        let text = format!(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            wanted.to_ascii_lowercase(),
            found.to_ascii_lowercase()
        );
        return Err(Fault::new("InvalidRequest", text));
    }
    let old = act.tx.get::<PartRow>(bucket.account.as_str(), &part_place(id, number)).cloned();
    if let Some(old) = old {
        discard(act, old.account, &old.body)?;
    }
    let row = PartRow {
        account: bucket.account,
        upload: id.to_owned(),
        number,
        modified: act.now,
        body: received.body,
        bytes: received.bytes,
        md5: received.md5,
        checksum: received.checksum,
    };
    let answer = (format!("\"{}\"", row.md5), row.checksum.clone());
    debug_assert_eq!(Row::key(&row), part_place(id, number));
    act.tx.put(row)?;
    Ok(answer)
}
