//! `ListParts` and `ListMultipartUploads`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{UploadRow, find, parts};
use crate::bucket;
use crate::checksum::{Algorithm, Coverage};
use crate::demand;
use crate::list::encode::Encoding;
use crate::list::objects::CommonPrefix;
use crate::list::page_size;
use crate::list::walk::{Item, Keyed, Walk, behind};
use crate::name;
use crate::owner::Owner;
use crate::stamp::Stamp;

impl Keyed for UploadRow {
    fn bucket(&self) -> &str {
        &self.bucket
    }

    fn object_key(&self) -> &str {
        &self.key
    }
}

/// Lists the parts of an upload.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListParts {
    bucket: String,
    key: String,
    upload_id: String,
    max_parts: Option<i64>,
    part_number_marker: Option<u32>,
}

/// What `ListParts` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPartsOutput {
    bucket: String,
    key: String,
    upload_id: String,
    initiator: Initiator,
    owner: Owner,
    storage_class: String,
    part_number_marker: u32,
    next_part_number_marker: u32,
    max_parts: usize,
    is_truncated: bool,
    checksum_algorithm: Option<Algorithm>,
    checksum_type: Option<Coverage>,
    part: Vec<Part>,
}

/// Who began an upload: S3 shows an ARN.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Initiator {
    #[serde(rename = "ID")]
    id: String,
    display_name: String,
}

impl Initiator {
    fn of(upload: &UploadRow) -> Self {
        let name = upload.initiator.rsplit('/').next().unwrap_or(&upload.initiator);
        Self { id: upload.initiator.clone(), display_name: name.to_owned() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    part_number: u32,
    last_modified: Stamp,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
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

impl Operation for ListParts {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListParts";
    type Output = ListPartsOutput;

    fn check(&self) -> Result<(), Fault> {
        page_size(self.max_parts, "maxParts").map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        Ok(vec![demand::on_object(ask, bucket, &self.key, "s3:ListMultipartUploadParts")])
    }
}

impl Read for ListParts {
    fn read(self, ask: &Ask<'_>) -> Result<ListPartsOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let upload = find(ask.view, bucket, &self.key, &self.upload_id)?;
        let max_parts = page_size(self.max_parts, "maxParts")?;
        let marker = self.part_number_marker.unwrap_or_default().min(super::MAX_PARTS as u32);
        let mut rows = parts(ask.view, upload, marker);
        let part: Vec<Part> = rows
            .by_ref()
            .take(max_parts)
            .map(|row| {
                let members = crate::checksum::Members::of(&row.checksum);
                Part {
                    part_number: row.number,
                    last_modified: Stamp(row.modified),
                    etag: format!("\"{}\"", row.md5),
                    size: row.bytes,
                    crc32: members.crc32,
                    crc32c: members.crc32c,
                    crc64nvme: members.crc64nvme,
                    sha1: members.sha1,
                    sha256: members.sha256,
                }
            })
            .collect();
        let is_truncated = max_parts > 0 && rows.next().is_some();
        Ok(ListPartsOutput {
            bucket: self.bucket,
            key: self.key,
            upload_id: self.upload_id,
            initiator: Initiator::of(upload),
            owner: Owner::of(bucket.account),
            storage_class: upload.attributes.storage_class().to_owned(),
            part_number_marker: marker,
            next_part_number_marker: part.last().map_or(marker, |part| part.part_number),
            max_parts,
            is_truncated,
            checksum_algorithm: upload.algorithm,
            checksum_type: upload.coverage,
            part,
        })
    }
}

/// Lists the uploads of a bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMultipartUploads {
    bucket: String,
    prefix: Option<String>,
    delimiter: Option<String>,
    max_uploads: Option<i64>,
    encoding_type: Option<String>,
    key_marker: Option<String>,
    upload_id_marker: Option<String>,
}

/// What `ListMultipartUploads` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMultipartUploadsOutput {
    bucket: String,
    key_marker: String,
    upload_id_marker: String,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
    prefix: String,
    delimiter: Option<String>,
    max_uploads: usize,
    is_truncated: bool,
    encoding_type: Option<&'static str>,
    upload: Vec<Upload>,
    common_prefixes: Vec<CommonPrefix>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    key: String,
    upload_id: String,
    initiator: Initiator,
    owner: Owner,
    storage_class: String,
    initiated: Stamp,
    checksum_algorithm: Option<Algorithm>,
    checksum_type: Option<Coverage>,
}

impl Operation for ListMultipartUploads {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListMultipartUploads";
    type Output = ListMultipartUploadsOutput;

    fn check(&self) -> Result<(), Fault> {
        page_size(self.max_uploads, "maxUploads")?;
        Encoding::parse(self.encoding_type.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        Ok(vec![demand::on_bucket(ask, bucket, "s3:ListBucketMultipartUploads")])
    }
}

impl Read for ListMultipartUploads {
    fn read(self, ask: &Ask<'_>) -> Result<ListMultipartUploadsOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let encoding = Encoding::parse(self.encoding_type.as_deref())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let key_marker = self.key_marker.as_deref().filter(|key| !key.is_empty());
        let id_marker = self.upload_id_marker.as_deref().filter(|id| !id.is_empty());
        let start = key_marker.map(|key| match id_marker {
            Some(id) => name::place_of(&bucket.name, key, id),
            None => behind(bucket, key, prefix, delimiter),
        });
        let max_uploads = page_size(self.max_uploads, "maxUploads")?;
        let mut walk =
            Walk::<UploadRow>::new(ask.view, bucket, (prefix, delimiter), start.as_deref());
        let (mut upload, mut common_prefixes) = (Vec::new(), Vec::new());
        let mut last: Option<(String, Option<String>)> = None;
        for item in walk.by_ref().take(max_uploads) {
            last = Some(match item {
                Item::Row(row) => {
                    upload.push(Upload {
                        key: encoding.write(&row.key),
                        upload_id: row.id.clone(),
                        initiator: Initiator::of(row),
                        owner: Owner::of(bucket.account),
                        storage_class: row.attributes.storage_class().to_owned(),
                        initiated: Stamp(row.initiated),
                        checksum_algorithm: row.algorithm,
                        checksum_type: row.coverage,
                    });
                    (row.key.clone(), Some(row.id.clone()))
                }
                Item::Prefix(prefix) => {
                    common_prefixes.push(CommonPrefix { prefix: encoding.write(&prefix) });
                    (prefix, None)
                }
            });
        }
        let is_truncated = max_uploads > 0 && walk.next().is_some();
        let (next_key, next_id) = last.filter(|_| is_truncated).unzip();
        Ok(ListMultipartUploadsOutput {
            bucket: self.bucket.clone(),
            key_marker: encoding.write(key_marker.unwrap_or_default()),
            upload_id_marker: id_marker.unwrap_or_default().to_owned(),
            next_key_marker: next_key.map(|key| encoding.write(&key)),
            next_upload_id_marker: next_id.flatten(),
            prefix: encoding.write(prefix),
            delimiter: self.delimiter.as_ref().map(|text| encoding.write(text)),
            max_uploads,
            is_truncated,
            encoding_type: encoding.name(),
            upload,
            common_prefixes,
        })
    }
}
