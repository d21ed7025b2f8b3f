//! `ListObjects` and `ListObjectsV2`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};
use store::View;

use super::encode::Encoding;
use super::walk::{Item, Keyed, Walk, behind};
use super::{page_size, token};
use crate::bucket::{self, BucketRow};
use crate::checksum::{Algorithm, Coverage};
use crate::demand;
use crate::object::ObjectRow;
use crate::owner::Owner;
use crate::stamp::Stamp;

impl Keyed for ObjectRow {
    fn bucket(&self) -> &str {
        &self.bucket
    }

    fn object_key(&self) -> &str {
        &self.key
    }
}

/// An object on a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Object {
    key: String,
    last_modified: Stamp,
    #[serde(rename = "ETag")]
    etag: String,
    checksum_algorithm: Option<Algorithm>,
    checksum_type: Option<Coverage>,
    size: u64,
    owner: Option<Owner>,
    storage_class: String,
}

/// A common prefix on a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CommonPrefix {
    pub(crate) prefix: String,
}

/// What a page has, and whether there is more.
#[derive(Default)]
struct Page {
    contents: Vec<Object>,
    common_prefixes: Vec<CommonPrefix>,
    last: Option<String>,
    is_truncated: bool,
}

/// What is asked for.
struct Wanted<'r> {
    prefix: &'r str,
    delimiter: &'r str,
    behind: Option<String>,
    max: usize,
    encoding: Encoding,
    owner: bool,
}

impl Page {
    /// The current versions that are objects.
    fn of(view: &View, bucket: &BucketRow, wanted: &Wanted<'_>) -> Self {
        let mut page = Self::default();
        if wanted.max == 0 {
            return page;
        }
        let folding = (wanted.prefix, wanted.delimiter);
        let walk = Walk::<ObjectRow>::new(view, bucket, folding, wanted.behind.as_deref());
        let mut current: Option<&str> = None;
        let mut count = 0;
        for item in walk {
            let shown = match &item {
                Item::Row(row) => {
                    let is_older = current == Some(row.key.as_str());
                    current = Some(&row.key);
                    if is_older || row.is_delete_marker {
                        continue;
                    }
                    row.key.as_str()
                }
                Item::Prefix(prefix) if has_object(view, bucket, prefix) => prefix,
                Item::Prefix(_) => continue,
            };
            if count == wanted.max {
                page.is_truncated = true;
                break;
            }
            count += 1;
            page.last = Some(shown.to_owned());
            match item {
                Item::Row(row) => page.contents.push(Object::of(row, bucket, wanted)),
                Item::Prefix(prefix) => {
                    let prefix = wanted.encoding.write(&prefix);
                    page.common_prefixes.push(CommonPrefix { prefix });
                }
            }
        }
        page
    }
}

/// Whether a prefix has anything but delete markers below it.
fn has_object(view: &View, bucket: &BucketRow, prefix: &str) -> bool {
    let mut current: Option<&str> = None;
    for item in Walk::<ObjectRow>::new(view, bucket, (prefix, ""), None) {
        let Item::Row(row) = item else { continue };
        if current != Some(row.key.as_str()) && !row.is_delete_marker {
            return true;
        }
        current = Some(&row.key);
    }
    false
}

impl Object {
    fn of(row: &ObjectRow, bucket: &BucketRow, wanted: &Wanted<'_>) -> Self {
        Self {
            key: wanted.encoding.write(&row.key),
            last_modified: Stamp(row.modified),
            etag: row.quoted_etag(),
            checksum_algorithm: row.checksum.as_ref().map(|checksum| checksum.algorithm),
            checksum_type: row.checksum.as_ref().map(|checksum| checksum.coverage),
            size: row.bytes,
            owner: wanted.owner.then(|| Owner::of(bucket.account)),
            storage_class: row.attributes.storage_class().to_owned(),
        }
    }
}

/// What whoever lists must be allowed; the keys are there if the parameters are.
pub(crate) fn demands(
    ask: &Ask<'_>,
    bucket: &str,
    action: &'static str,
    (prefix, delimiter, max_keys): (Option<&str>, Option<&str>, Option<i64>),
) -> Result<Vec<Demand>, Fault> {
    let bucket = bucket::find(ask.view, bucket)?;
    let max_keys = max_keys.map(|max| max.to_string());
    Ok(vec![
        demand::on_bucket(ask, bucket, action)
            .with_some("s3:prefix", prefix)
            .with_some("s3:delimiter", delimiter)
            .with_some("s3:max-keys", max_keys.as_deref()),
    ])
}

/// Lists objects, the newer way.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjectsV2 {
    bucket: String,
    prefix: Option<String>,
    delimiter: Option<String>,
    max_keys: Option<i64>,
    encoding_type: Option<String>,
    continuation_token: Option<String>,
    start_after: Option<String>,
    fetch_owner: Option<bool>,
}

/// What `ListObjectsV2` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjectsV2Output {
    name: String,
    prefix: String,
    delimiter: Option<String>,
    max_keys: usize,
    key_count: usize,
    is_truncated: bool,
    encoding_type: Option<&'static str>,
    continuation_token: Option<String>,
    next_continuation_token: Option<String>,
    start_after: Option<String>,
    contents: Vec<Object>,
    common_prefixes: Vec<CommonPrefix>,
}

impl ListObjectsV2 {
    /// Lists what starts with `prefix`, as another service of this server does.
    #[must_use]
    pub fn of(bucket: &str, prefix: &str) -> Self {
        let (bucket, prefix) = (bucket.to_owned(), Some(prefix.to_owned()));
        Self { bucket, prefix, ..Self::default() }
    }
}

impl ListObjectsV2Output {
    /// The keys on the page.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.contents.iter().map(|object| object.key.as_str())
    }
}

impl Operation for ListObjectsV2 {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListObjectsV2";
    type Output = ListObjectsV2Output;

    fn check(&self) -> Result<(), Fault> {
        page_size(self.max_keys, "maxKeys")?;
        self.continuation_token.as_deref().map(token::read).transpose()?;
        Encoding::parse(self.encoding_type.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let keys = (self.prefix.as_deref(), self.delimiter.as_deref(), self.max_keys);
        demands(ask, &self.bucket, "s3:ListBucket", keys)
    }
}

impl Read for ListObjectsV2 {
    fn read(self, ask: &Ask<'_>) -> Result<ListObjectsV2Output, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let encoding = Encoding::parse(self.encoding_type.as_deref())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let token = self.continuation_token.as_deref().map(token::read).transpose()?;
        let behind = match (&token, &self.start_after) {
            (Some(last), _) => Some(behind(bucket, last, prefix, delimiter)),
            (None, Some(key)) => Some(behind(bucket, key, prefix, "")),
            (None, None) => None,
        };
        let max = page_size(self.max_keys, "maxKeys")?;
        let owner = self.fetch_owner.unwrap_or_default();
        let wanted = Wanted { prefix, delimiter, behind, max, encoding, owner };
        let page = Page::of(ask.view, bucket, &wanted);
        let write = |text: &String| encoding.write(text);
        Ok(ListObjectsV2Output {
            name: self.bucket.clone(),
            prefix: encoding.write(prefix),
            delimiter: self.delimiter.as_ref().map(write),
            max_keys: max,
            key_count: page.contents.len() + page.common_prefixes.len(),
            is_truncated: page.is_truncated,
            encoding_type: encoding.name(),
            next_continuation_token: page
                .last
                .filter(|_| page.is_truncated)
                .map(|last| token::write(&last)),
            start_after: self.start_after.as_ref().map(write),
            continuation_token: self.continuation_token,
            contents: page.contents,
            common_prefixes: page.common_prefixes,
        })
    }
}

/// Lists objects, the older way.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjects {
    bucket: String,
    prefix: Option<String>,
    delimiter: Option<String>,
    max_keys: Option<i64>,
    encoding_type: Option<String>,
    marker: Option<String>,
}

/// What `ListObjects` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListObjectsOutput {
    name: String,
    prefix: String,
    marker: String,
    next_marker: Option<String>,
    delimiter: Option<String>,
    max_keys: usize,
    is_truncated: bool,
    encoding_type: Option<&'static str>,
    contents: Vec<Object>,
    common_prefixes: Vec<CommonPrefix>,
}

impl Operation for ListObjects {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListObjects";
    type Output = ListObjectsOutput;

    fn check(&self) -> Result<(), Fault> {
        page_size(self.max_keys, "maxKeys")?;
        Encoding::parse(self.encoding_type.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let keys = (self.prefix.as_deref(), self.delimiter.as_deref(), self.max_keys);
        demands(ask, &self.bucket, "s3:ListBucket", keys)
    }
}

impl Read for ListObjects {
    fn read(self, ask: &Ask<'_>) -> Result<ListObjectsOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let encoding = Encoding::parse(self.encoding_type.as_deref())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let marker = self.marker.as_deref().unwrap_or_default();
        let behind = (!marker.is_empty()).then(|| behind(bucket, marker, prefix, delimiter));
        let max = page_size(self.max_keys, "maxKeys")?;
        let wanted = Wanted { prefix, delimiter, behind, max, encoding, owner: true };
        let page = Page::of(ask.view, bucket, &wanted);
        // Without a delimiter clients go on from the last key ("ListObjects", S3 API reference, `NextMarker`).
        let tells_marker = page.is_truncated && !delimiter.is_empty();
        Ok(ListObjectsOutput {
            name: self.bucket.clone(),
            prefix: encoding.write(prefix),
            marker: encoding.write(marker),
            next_marker: page.last.filter(|_| tells_marker).map(|last| encoding.write(&last)),
            delimiter: self.delimiter.as_ref().map(|text| encoding.write(text)),
            max_keys: max,
            is_truncated: page.is_truncated,
            encoding_type: encoding.name(),
            contents: page.contents,
            common_prefixes: page.common_prefixes,
        })
    }
}
