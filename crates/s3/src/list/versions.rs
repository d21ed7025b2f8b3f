//! `ListObjectVersions`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};
use store::Row;

use super::encode::Encoding;
use super::objects::{CommonPrefix, demands};
use super::page_size;
use super::walk::{Item, Walk, behind};
use crate::bucket::{self, BucketRow};
use crate::object::{ObjectRow, check_version_id, look};
use crate::owner::Owner;
use crate::stamp::Stamp;

/// Lists all versions of objects.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjectVersions {
    bucket: String,
    prefix: Option<String>,
    delimiter: Option<String>,
    max_keys: Option<i64>,
    encoding_type: Option<String>,
    key_marker: Option<String>,
    version_id_marker: Option<String>,
}

/// What `ListObjectVersions` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjectVersionsOutput {
    name: String,
    prefix: String,
    key_marker: String,
    version_id_marker: String,
    next_key_marker: Option<String>,
    next_version_id_marker: Option<String>,
    delimiter: Option<String>,
    max_keys: usize,
    is_truncated: bool,
    encoding_type: Option<&'static str>,
    version: Vec<Version>,
    delete_marker: Vec<DeleteMarker>,
    common_prefixes: Vec<CommonPrefix>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    key: String,
    version_id: String,
    is_latest: bool,
    last_modified: Stamp,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
    owner: Owner,
    storage_class: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMarker {
    key: String,
    version_id: String,
    is_latest: bool,
    last_modified: Stamp,
    owner: Owner,
}

impl ListObjectVersions {
    /// The place that the page starts behind.
    fn start(&self, ask: &Ask<'_>, bucket: &BucketRow) -> Option<String> {
        let key = self.key_marker.as_deref().filter(|key| !key.is_empty())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let id = self.version_id_marker.as_deref().filter(|id| !id.is_empty());
        let version = id.and_then(|id| look(ask.view, bucket, key, Some(id)));
        Some(match version {
            Some(version) => Row::key(&**version).into_owned(),
            None => behind(bucket, key, prefix, delimiter),
        })
    }
}

impl Operation for ListObjectVersions {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListObjectVersions";
    type Output = ListObjectVersionsOutput;

    fn check(&self) -> Result<(), Fault> {
        page_size(self.max_keys, "maxKeys")?;
        Encoding::parse(self.encoding_type.as_deref())?;
        let id = self.version_id_marker.as_deref().filter(|id| !id.is_empty());
        if id.is_some() && self.key_marker.is_none() {
            let text = "A version-id marker cannot be specified without a key marker.";
            return Err(Fault::new("InvalidArgument", text)
                .with_detail("ArgumentName", "version-id-marker")
                .with_detail("ArgumentValue", id.unwrap_or_default()));
        }
        id.map_or(Ok(()), check_version_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let keys = (self.prefix.as_deref(), self.delimiter.as_deref(), self.max_keys);
        demands(ask, &self.bucket, "s3:ListBucketVersions", keys)
    }
}

impl Read for ListObjectVersions {
    fn read(self, ask: &Ask<'_>) -> Result<ListObjectVersionsOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let encoding = Encoding::parse(self.encoding_type.as_deref())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let max = page_size(self.max_keys, "maxKeys")?;
        let mut output = ListObjectVersionsOutput {
            name: self.bucket.clone(),
            prefix: encoding.write(prefix),
            key_marker: encoding.write(self.key_marker.as_deref().unwrap_or_default()),
            version_id_marker: self.version_id_marker.clone().unwrap_or_default(),
            next_key_marker: None,
            next_version_id_marker: None,
            delimiter: self.delimiter.as_ref().map(|text| encoding.write(text)),
            max_keys: max,
            is_truncated: false,
            encoding_type: encoding.name(),
            version: Vec::new(),
            delete_marker: Vec::new(),
            common_prefixes: Vec::new(),
        };
        if max == 0 {
            return Ok(output);
        }
        let start = self.start(ask, bucket);
        let walk = Walk::<ObjectRow>::new(ask.view, bucket, (prefix, delimiter), start.as_deref());
        let mut last: Option<(String, Option<String>)> = None;
        for (count, item) in walk.enumerate() {
            if count == max {
                output.is_truncated = true;
                break;
            }
            last = Some(match item {
                Item::Row(row) => {
                    let newest = look(ask.view, bucket, &row.key, None);
                    let is_latest = newest.is_some_and(|newest| newest.number == row.number);
                    output.add(row, is_latest, encoding);
                    (row.key.clone(), Some(row.version_text().to_owned()))
                }
                Item::Prefix(prefix) => {
                    let shown = encoding.write(&prefix);
                    output.common_prefixes.push(CommonPrefix { prefix: shown });
                    (prefix, None)
                }
            });
        }
        if let (true, Some((key, id))) = (output.is_truncated, last) {
            output.next_key_marker = Some(encoding.write(&key));
            output.next_version_id_marker = id;
        }
        Ok(output)
    }
}

impl ListObjectVersionsOutput {
    fn add(&mut self, row: &ObjectRow, is_latest: bool, encoding: Encoding) {
        let key = encoding.write(&row.key);
        let version_id = row.version_text().to_owned();
        let (last_modified, owner) = (Stamp(row.modified), Owner::of(row.account));
        if row.is_delete_marker {
            let marker = DeleteMarker { key, version_id, is_latest, last_modified, owner };
            self.delete_marker.push(marker);
            return;
        }
        self.version.push(Version {
            key,
            version_id,
            is_latest,
            last_modified,
            etag: row.quoted_etag(),
            size: row.bytes,
            owner,
            storage_class: row.attributes.storage_class().to_owned(),
        });
    }
}
