//! Objects: the row of one version, how it is found, and how a new one takes its place.
//!
//! The versions of a key are rows one after the other, newest first, so that the current one is the first row
//! from the key on.

pub mod attributes;
pub mod condition;
pub mod copy;
pub mod delete;
pub mod delete_many;
pub mod describe;
pub mod get;
pub mod put;
pub mod range;

use std::borrow::Cow;
use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Act, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::bucket::BucketRow;
use crate::checksum::Checksum;
use crate::content::Body;
use crate::discard::discard;
use crate::encryption::Encryption;
use crate::name;
use crate::versioning::Versioning;
use attributes::Attributes;

/// What the version is called that is made without versioning.
pub const NULL_VERSION: &str = "null";
/// Characters of other versions' ids.
const VERSION_ID_CHARACTERS: usize = 32;
const VERSION_ID_ALPHABET: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/// One version of an object, or a delete marker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ObjectRow {
    /// The bucket's account.
    pub account: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Counts up with each version of the key.
    pub number: u64,
    /// Its id; none for the version called `null`.
    pub version_id: Option<String>,
    /// Whether it says that there is no object any more.
    pub is_delete_marker: bool,
    /// When it was written.
    pub modified: Timestamp,
    /// Its bytes.
    pub body: Body,
    /// How many there are.
    pub bytes: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its checksum.
    pub checksum: Option<Checksum>,
    /// Of an object that was written in parts: each part's checksum, as far as it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_checksums: Vec<String>,
    /// Whether it was written in parts.
    pub is_multipart: bool,
    /// Its headers and metadata.
    pub attributes: Attributes,
    /// How it is encrypted, as a record.
    pub encryption: Encryption,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Row for ObjectRow {
    const TABLE: &'static str = "s3_object";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::place_of(&self.bucket, &self.key, &rank(self.number)).into()
    }
}

/// What puts newer versions first.
fn rank(number: u64) -> String {
    format!("{:016x}", u64::MAX - number)
}

impl ObjectRow {
    /// The version's id as S3 shows it beside an object: not for buckets that were never versioned.
    #[must_use]
    pub fn shown_version(&self, bucket: &BucketRow) -> Option<String> {
        bucket.versioning.map(|_| self.version_text().to_owned())
    }

    /// The version's id, `null` included.
    #[must_use]
    pub fn version_text(&self) -> &str {
        self.version_id.as_deref().unwrap_or(NULL_VERSION)
    }

    /// The entity tag with its quotes.
    #[must_use]
    pub fn quoted_etag(&self) -> String {
        format!("\"{}\"", self.etag)
    }
}

/// The versions of a key, newest first.
pub fn versions<'v>(
    view: &'v View,
    bucket: &BucketRow,
    key: &str,
) -> impl Iterator<Item = &'v Arc<ObjectRow>> {
    let start = name::place_of(&bucket.name, key, "");
    let rows = view.range::<ObjectRow>(bucket.account.as_str(), start.as_str()..);
    let (bucket, key) = (bucket.name.clone(), key.to_owned());
    rows.take_while(move |row| row.key == key && row.bucket == bucket)
}

/// The version that a request means, which may be a delete marker.
#[must_use]
pub fn look<'v>(
    view: &'v View,
    bucket: &BucketRow,
    key: &str,
    version_id: Option<&str>,
) -> Option<&'v Arc<ObjectRow>> {
    let mut versions = versions(view, bucket, key);
    match version_id {
        None => versions.next(),
        Some(id) => versions.find(|row| row.version_text() == id),
    }
}

/// As [`look`], but an object.
///
/// # Errors
/// `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a delete marker that is asked for by its id,
/// `InvalidArgument` for an id that none can be.
pub fn find<'v>(
    view: &'v View,
    bucket: &BucketRow,
    key: &str,
    version_id: Option<&str>,
) -> Result<&'v Arc<ObjectRow>, Fault> {
    if let Some(id) = version_id {
        check_version_id(id)?;
    }
    match (look(view, bucket, key, version_id), version_id) {
        (Some(row), None) if row.is_delete_marker => Err(no_such_key(key)
            .with_detail("x-amz-delete-marker", "true")
            .with_detail("x-amz-version-id", row.version_text())),
        (Some(row), Some(_)) if row.is_delete_marker => {
            let text = "The specified method is not allowed against this resource.";
            Err(Fault::new("MethodNotAllowed", text)
                .with_detail("Method", "GET")
                .with_detail("ResourceType", "DeleteMarker")
                .with_detail("allow", "DELETE")
                .with_detail("x-amz-delete-marker", "true")
                .with_detail("x-amz-version-id", row.version_text()))
        }
        (Some(row), _) => Ok(row),
        (None, None) => Err(no_such_key(key)),
        (None, Some(id)) => {
            Err(Fault::new("NoSuchVersion", "The specified version does not exist.")
                .with_detail("Key", key)
                .with_detail("VersionId", id))
        }
    }
}

/// `NoSuchKey`
#[must_use]
pub fn no_such_key(key: &str) -> Fault {
    Fault::new("NoSuchKey", "The specified key does not exist.").with_detail("Key", key)
}

/// Refuses a version id that none can be.
///
/// # Errors
/// `InvalidArgument`
pub fn check_version_id(id: &str) -> Result<(), Fault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    if id == NULL_VERSION || id.len() == VERSION_ID_CHARACTERS && id.bytes().all(plain) {
        return Ok(());
    }
    let (text, name) = if id.is_empty() {
        ("Version id cannot be the empty string", "versionId")
    } else {
        ("Invalid version id specified", "versionId")
    };
    let fault = Fault::new("InvalidArgument", text).with_detail("ArgumentName", name);
    Err(fault.with_detail("ArgumentValue", id))
}

/// Puts a new version in front of those of its key, or in the place of the one called `null`. The row's number
/// and version id are set here; it is given back.
///
/// # Errors
/// Those of the store.
pub fn insert(
    act: &mut Act<'_, '_>,
    bucket: &BucketRow,
    mut row: ObjectRow,
) -> Result<ObjectRow, Fault> {
    let newest = look(act.tx, bucket, &row.key, None).cloned();
    let next = newest.as_ref().map_or(1, |newest| newest.number + 1);
    if bucket.versioning == Some(Versioning::Enabled) {
        row.number = next;
        row.version_id = Some(act.entropy.text(VERSION_ID_ALPHABET, VERSION_ID_CHARACTERS));
    } else {
        row.version_id = None;
        let null = look(act.tx, bucket, &row.key, Some(NULL_VERSION)).cloned();
        match null {
            Some(null) => {
                discard(act, null.account, &null.body)?;
                let is_newest = newest.as_ref().is_some_and(|newest| newest.number == null.number);
                row.number = if is_newest { null.number } else { next };
                if !is_newest {
                    act.tx.delete::<ObjectRow>(null.account.as_str(), &Row::key(&*null))?;
                }
            }
            None => row.number = next,
        }
    }
    act.tx.put(row.clone())?;
    Ok(row)
}

/// Takes one version away.
///
/// # Errors
/// Those of the store.
pub fn remove(act: &mut Act<'_, '_>, row: &ObjectRow) -> Result<(), Fault> {
    discard(act, row.account, &row.body)?;
    act.tx.delete::<ObjectRow>(row.account.as_str(), &Row::key(row))?;
    Ok(())
}
