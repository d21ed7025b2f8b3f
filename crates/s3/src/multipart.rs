//! Uploads in parts: the rows, how they are found, and how an upload ends.

pub mod complete;
pub mod copy;
pub mod create;
pub mod list;
pub mod part;

use std::borrow::Cow;
use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Act, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::bucket::BucketRow;
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::content::Body;
use crate::encryption::Encryption;
use crate::name;
use crate::object::attributes::Attributes;

/// Bytes of every part but the last ("Amazon S3 multipart upload limits", user guide).
pub const MIN_PART_BYTES: u64 = 5 << 20;
/// Parts of an upload.
pub const MAX_PARTS: usize = 10_000;
/// Characters of an upload's id.
const UPLOAD_ID_CHARACTERS: usize = 64;
const UPLOAD_ID_ALPHABET: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/// An upload that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadRow {
    /// The bucket's account.
    pub account: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its id.
    pub id: String,
    /// When it began.
    pub initiated: Timestamp,
    /// Who began it, as an ARN.
    pub initiator: String,
    /// The kind of checksum that each part has, if that was said.
    pub algorithm: Option<Algorithm>,
    /// What the object's checksum will be of.
    pub coverage: Option<Coverage>,
    /// What the object will be given.
    pub attributes: Attributes,
    /// How it will be encrypted, as a record.
    pub encryption: Encryption,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Row for UploadRow {
    const TABLE: &'static str = "s3_upload";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::place_of(&self.bucket, &self.key, &self.id).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "id").then(|| self.id.as_str().into())
    }
}

/// A part of an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartRow {
    /// The bucket's account.
    pub account: AccountId,
    /// The upload's id.
    pub upload: String,
    /// Its number.
    pub number: u32,
    /// When it was written.
    pub modified: Timestamp,
    /// Its bytes.
    pub body: Body,
    /// How many there are.
    pub bytes: u64,
    /// Their MD5 in hexadecimal.
    pub md5: String,
    /// Their checksum.
    pub checksum: Checksum,
}

impl Row for PartRow {
    const TABLE: &'static str = "s3_part";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        part_place(&self.upload, self.number).into()
    }
}

fn part_place(upload: &str, number: u32) -> String {
    format!("{upload}/{number:05}")
}

/// The upload that a request means.
///
/// # Errors
/// `NoSuchUpload`
pub fn find<'v>(
    view: &'v View,
    bucket: &BucketRow,
    key: &str,
    id: &str,
) -> Result<&'v Arc<UploadRow>, Fault> {
    let found = view.by_index::<UploadRow>("id", id);
    found.filter(|upload| upload.bucket == bucket.name && upload.key == key).ok_or_else(|| {
        let text = "The specified upload does not exist. The upload ID may be invalid, or the upload may \
                    have been aborted or completed.";
        Fault::new("NoSuchUpload", text).with_detail("UploadId", id)
    })
}

/// The parts of an upload with larger numbers than `after`, in order.
pub fn parts<'v>(
    view: &'v View,
    upload: &UploadRow,
    after: u32,
) -> impl Iterator<Item = &'v Arc<PartRow>> {
    let start = part_place(&upload.id, after + 1);
    let rows = view.range::<PartRow>(upload.account.as_str(), start.as_str()..);
    let id = upload.id.clone();
    rows.take_while(move |part| part.upload == id)
}

/// Takes an upload and its parts away; what the parts hold is the caller's to keep or to discard.
///
/// # Errors
/// Those of the store.
pub fn end(act: &mut Act<'_, '_>, upload: &UploadRow) -> Result<Vec<Arc<PartRow>>, Fault> {
    let parts: Vec<Arc<PartRow>> = parts(act.tx, upload, 0).cloned().collect();
    for part in &parts {
        act.tx.delete::<PartRow>(part.account.as_str(), &Row::key(&**part))?;
    }
    act.tx.delete::<UploadRow>(upload.account.as_str(), &Row::key(upload))?;
    Ok(parts)
}
