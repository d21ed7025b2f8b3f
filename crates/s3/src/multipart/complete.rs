//! `CompleteMultipartUpload`

use std::collections::HashMap;
use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::{MAX_PARTS, MIN_PART_BYTES, PartRow, UploadRow, end, find, parts};
use crate::checksum::{Algorithm, Checksum, Coverage, Members};
use crate::content::{Body, Piece};
use crate::discard::discard;
use crate::intake::unhex;
use crate::object::condition::Conditions;
use crate::object::{ObjectRow, insert, look};
use crate::{bucket, demand};

/// Makes an object of the parts of an upload.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteMultipartUpload {
    bucket: String,
    key: String,
    upload_id: String,
    multipart_upload: Option<List>,
    if_match: Option<String>,
    if_none_match: Option<String>,
    mpu_object_size: Option<u64>,
    checksum_type: Option<Coverage>,
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

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(default)]
    part: Vec<Listed>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    part_number: u32,
    #[serde(rename = "ETag")]
    etag: String,
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

/// What `CompleteMultipartUpload` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteMultipartUploadOutput {
    location: String,
    bucket: String,
    key: String,
    #[serde(rename = "ETag")]
    etag: String,
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
    checksum_type: Option<Coverage>,
    version_id: Option<String>,
    server_side_encryption: &'static str,
    #[serde(rename = "SSEKMSKeyId")]
    sse_kms_key_id: Option<String>,
    bucket_key_enabled: Option<bool>,
}

impl Listed {
    fn checksum(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.crc32.as_deref(),
            Algorithm::Crc32c => self.crc32c.as_deref(),
            Algorithm::Crc64nvme => self.crc64nvme.as_deref(),
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }
}

impl CompleteMultipartUpload {
    fn listed(&self) -> Result<&[Listed], Fault> {
        let listed = self.multipart_upload.as_ref().map_or(&[][..], |list| &list.part);
        if listed.is_empty() || listed.len() > MAX_PARTS {
            return Err(crate::malformed_xml());
        }
        Ok(listed)
    }

    /// The parts that are listed, each as it was written.
    fn parts(&self, act: &Act<'_, '_>, upload: &UploadRow) -> Result<Vec<Arc<PartRow>>, Fault> {
        let listed = self.listed()?;
        if !listed.is_sorted_by(|one, other| one.part_number < other.part_number) {
            let text = "The list of parts was not in ascending order. Parts must be ordered by part number.";
            return Err(Fault::new("InvalidPartOrder", text)
                .with_detail("UploadId", self.upload_id.as_str()));
        }
        let mut written: HashMap<u32, &Arc<PartRow>> =
            parts(act.tx, upload, 0).map(|part| (part.number, part)).collect();
        let mut chosen = Vec::with_capacity(listed.len());
        for (at, entry) in listed.iter().enumerate() {
            let etag = entry.etag.trim_matches('"');
            let part = written.remove(&entry.part_number).filter(|part| {
                let said = entry.checksum(part.checksum.algorithm);
                part.md5 == etag && said.is_none_or(|said| said == part.checksum.value)
            });
            let part = part.ok_or_else(|| {
                let text = "One or more of the specified parts could not be found.  The part may not have \
                            been uploaded, or the specified entity tag may not match the part's entity tag.";
                Fault::new("InvalidPart", text)
                    .with_detail("UploadId", self.upload_id.as_str())
                    .with_detail("PartNumber", entry.part_number.to_string())
                    .with_detail("ETag", etag)
            })?;
            if at + 1 < listed.len() && part.bytes < MIN_PART_BYTES {
                let text = "Your proposed upload is smaller than the minimum allowed size";
                return Err(Fault::new("EntityTooSmall", text)
                    .with_detail("ETag", etag)
                    .with_detail("MinSizeAllowed", MIN_PART_BYTES.to_string())
                    .with_detail("PartNumber", entry.part_number.to_string())
                    .with_detail("ProposedSize", part.bytes.to_string()));
            }
            chosen.push(Arc::clone(part));
        }
        Ok(chosen)
    }

    fn said(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.crc32.as_deref(),
            Algorithm::Crc32c => self.crc32c.as_deref(),
            Algorithm::Crc64nvme => self.crc64nvme.as_deref(),
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }

    /// The object's checksum; where the upload named no kind, the one that its parts share.
    fn checksum(
        &self,
        upload: &UploadRow,
        parts: &[Arc<PartRow>],
    ) -> Result<Option<Checksum>, Fault> {
        let kind = |part: &Arc<PartRow>| part.checksum.algorithm;
        let shared = parts.first().map(kind);
        let shared = shared.filter(|shared| parts.iter().all(|part| kind(part) == *shared));
        let Some(algorithm) = upload.algorithm.or(shared) else { return Ok(None) };
        let coverage = match upload.coverage {
            Some(coverage) => coverage,
            None if algorithm == Algorithm::Crc64nvme => Coverage::FullObject,
            None => self.checksum_type.unwrap_or(Coverage::Composite),
        };
        if self.checksum_type.is_some_and(|said| said != coverage) {
            let text = "The checksum type specified does not match that of the upload.";
            return Err(Fault::new("InvalidRequest", text));
        }
        let values: Vec<(&str, u64)> =
            parts.iter().map(|part| (part.checksum.value.as_str(), part.bytes)).collect();
        let checksum = algorithm.of_parts(coverage, &values)?;
        let said = self.said(algorithm).map(|said| said.split('-').next().unwrap_or(said));
        let computed = checksum.value.split('-').next();
        if said.is_some() && said != computed {
            let name = algorithm.name();
            let text = format!("The {name} you specified did not match the calculated checksum.");
            return Err(Fault::new("BadDigest", text));
        }
        Ok(Some(checksum))
    }
}

impl Operation for CompleteMultipartUpload {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "CompleteMultipartUpload";
    type Output = CompleteMultipartUploadOutput;

    fn check(&self) -> Result<(), Fault> {
        self.listed().map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let put = demand::on_object(ask, bucket, &self.key, "s3:PutObject")
            .with_some("s3:if-match", self.if_match.as_deref())
            .with_some("s3:if-none-match", self.if_none_match.as_deref());
        Ok(vec![put])
    }
}

impl Write for CompleteMultipartUpload {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CompleteMultipartUploadOutput, Fault> {
        let bucket = Arc::clone(bucket::find(act.tx, &self.bucket)?);
        let upload = Arc::clone(find(act.tx, &bucket, &self.key, &self.upload_id)?);
        let chosen = self.parts(act, &upload)?;
        let bytes: u64 = chosen.iter().map(|part| part.bytes).sum();
        if self.mpu_object_size.is_some_and(|said| said != bytes) {
            let text =
                "The provided 'x-amz-mp-object-size' header does not match what was computed.";
            return Err(Fault::new("InvalidRequest", text));
        }
        let current = look(act.tx, &bucket, &self.key, None).map(AsRef::as_ref);
        let conditions = Conditions {
            if_match: self.if_match.as_deref(),
            if_none_match: self.if_none_match.as_deref(),
            ..Conditions::default()
        };
        conditions.check_write(current, &self.key)?;
        let checksum = self.checksum(&upload, &chosen)?;
        for part in end(act, &upload)? {
            if !chosen.iter().any(|chosen| chosen.number == part.number) {
                discard(act, part.account, &part.body)?;
            }
        }
        let composite =
            checksum.as_ref().is_some_and(|checksum| checksum.coverage == Coverage::Composite);
        let part_checksums = chosen.iter().filter(|_| composite);
        let row = insert(
            act,
            &bucket,
            ObjectRow {
                account: bucket.account,
                bucket: self.bucket.clone(),
                key: self.key.clone(),
                number: 0,
                version_id: None,
                is_delete_marker: false,
                modified: act.now,
                body: Body::Stored(pieces(&chosen)),
                bytes,
                etag: etag(&chosen),
                checksum,
                part_checksums: part_checksums.map(|part| part.checksum.value.clone()).collect(),
                is_multipart: true,
                attributes: upload.attributes.clone(),
                encryption: upload.encryption.clone(),
                tags: upload.tags.clone(),
            },
        )?;
        Ok(self.output(&row))
    }
}

impl CompleteMultipartUpload {
    fn output(&self, row: &ObjectRow) -> CompleteMultipartUploadOutput {
        let members = row.checksum.as_ref().map(Members::of).unwrap_or_default();
        CompleteMultipartUploadOutput {
            location: format!("http://{}.s3.amazonaws.com/{}", self.bucket, self.key),
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            etag: row.quoted_etag(),
            crc32: members.crc32,
            crc32c: members.crc32c,
            crc64nvme: members.crc64nvme,
            sha1: members.sha1,
            sha256: members.sha256,
            checksum_type: row.checksum.as_ref().map(|checksum| checksum.coverage),
            version_id: row.version_id.clone(),
            server_side_encryption: row.encryption.algorithm.name(),
            sse_kms_key_id: row.encryption.kms_key_id.clone(),
            bucket_key_enabled: row.encryption.bucket_key.then_some(true),
        }
    }
}

/// One content a part: a part never has more, as each was written at once.
fn pieces(parts: &[Arc<PartRow>]) -> Vec<Piece> {
    parts.iter().flat_map(|part| part.body.pieces()).cloned().collect()
}

/// The MD5 of the parts' MD5s, and their number.
fn etag(parts: &[Arc<PartRow>]) -> String {
    let mut hasher = Md5::new();
    for part in parts {
        hasher.update(unhex(&part.md5).unwrap_or_default());
    }
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{}", parts.len())
}
