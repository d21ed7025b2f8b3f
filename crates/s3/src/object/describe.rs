//! `GetObjectAttributes`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{ObjectRow, find, look};
use crate::bucket;
use crate::checksum::{Coverage, Members};
use crate::demand;
use crate::stamp::Stamp;

/// Parts on one page.
const MAX_PAGE: usize = 1000;

/// Tells chosen things of an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetObjectAttributes {
    bucket: String,
    key: String,
    version_id: Option<String>,
    object_attributes: Option<String>,
    max_parts: Option<usize>,
    part_number_marker: Option<u32>,
}

/// What `GetObjectAttributes` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetObjectAttributesOutput {
    last_modified: Stamp,
    version_id: Option<String>,
    #[serde(rename = "ETag")]
    etag: Option<String>,
    checksum: Option<Shown>,
    object_parts: Option<Parts>,
    storage_class: Option<String>,
    object_size: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Shown {
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
    #[serde(rename = "ChecksumType")]
    coverage: Coverage,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    #[serde(rename = "PartsCount")]
    total: usize,
    part_number_marker: u32,
    next_part_number_marker: Option<u32>,
    max_parts: usize,
    is_truncated: bool,
    part: Vec<Part>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    part_number: u32,
    size: u64,
}

impl GetObjectAttributes {
    fn wants(&self, name: &str) -> bool {
        let wanted = self.object_attributes.as_deref().unwrap_or_default();
        wanted.split(',').any(|wanted| wanted.trim() == name)
    }
}

impl Operation for GetObjectAttributes {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "GetObjectAttributes";
    type Output = GetObjectAttributesOutput;

    fn check(&self) -> Result<(), Fault> {
        let known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
        let wanted = self.object_attributes.as_deref().unwrap_or_default();
        if wanted.split(',').all(|name| known.contains(&name.trim())) {
            return Ok(());
        }
        let text = "Invalid attribute name specified.";
        Err(Fault::new("InvalidArgument", text)
            .with_detail("ArgumentName", "x-amz-object-attributes")
            .with_detail("ArgumentValue", wanted))
    }

    /// Both the attributes and the object ("GetObjectAttributes", S3 API reference, permissions).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let version_id = self.version_id.as_deref();
        let found = look(ask.view, bucket, &self.key, version_id).map(AsRef::as_ref);
        let read = |actions| demand::to_read(ask, bucket, &self.key, version_id, found, actions);
        let mut demands = read(("s3:GetObject", "s3:GetObjectVersion"));
        demands.extend(read(("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")));
        Ok(demands)
    }
}

impl Read for GetObjectAttributes {
    fn read(self, ask: &Ask<'_>) -> Result<GetObjectAttributesOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let object = find(ask.view, bucket, &self.key, self.version_id.as_deref())?;
        let checksum = object.checksum.as_ref().filter(|_| self.wants("Checksum"));
        let checksum = checksum.map(|checksum| {
            let members = Members::of(checksum);
            Shown {
                crc32: members.crc32,
                crc32c: members.crc32c,
                crc64nvme: members.crc64nvme,
                sha1: members.sha1,
                sha256: members.sha256,
                coverage: checksum.coverage,
            }
        });
        let has_parts = object.is_multipart && self.wants("ObjectParts");
        Ok(GetObjectAttributesOutput {
            last_modified: Stamp(object.modified),
            version_id: object.shown_version(bucket),
            etag: self.wants("ETag").then(|| object.etag.clone()),
            checksum,
            object_parts: has_parts.then(|| self.parts(object)),
            storage_class: self
                .wants("StorageClass")
                .then(|| object.attributes.storage_class().to_owned()),
            object_size: self.wants("ObjectSize").then_some(object.bytes),
        })
    }
}

impl GetObjectAttributes {
    fn parts(&self, object: &ObjectRow) -> Parts {
        let max_parts = self.max_parts.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let marker = self.part_number_marker.unwrap_or_default();
        let pieces = object.body.pieces();
        let mut rest = (1..).zip(pieces).filter(|(number, _)| *number > marker);
        let part: Vec<Part> = rest
            .by_ref()
            .take(max_parts)
            .map(|(part_number, piece)| Part { part_number, size: piece.bytes })
            .collect();
        let is_truncated = rest.next().is_some();
        Parts {
            total: pieces.len(),
            part_number_marker: marker,
            next_part_number_marker: part.last().map(|part| part.part_number),
            max_parts,
            is_truncated,
            // Without checksums S3 leaves the parts themselves out ("GetObjectAttributes").
            part: if object.part_checksums.is_empty() { Vec::new() } else { part },
        }
    }
}
