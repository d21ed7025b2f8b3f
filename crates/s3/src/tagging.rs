//! Tags of buckets and objects.

use std::collections::HashSet;

use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use crate::object::{self, ObjectRow};
use crate::setting::bucket_operation;
use crate::{bucket, demand};

/// Tags of a bucket.
pub const MAX_BUCKET_TAGS: usize = 50;
/// Tags of an object ("Categorizing your storage using tags", user guide).
pub const MAX_OBJECT_TAGS: usize = 10;
/// Characters of a tag's key.
const MAX_KEY_CHARACTERS: usize = 128;
/// Characters of a tag's value.
const MAX_VALUE_CHARACTERS: usize = 256;

/// Tags in a document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSet {
    #[serde(default)]
    pub(crate) tag: Vec<Tag>,
}

/// A document of tags.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagging {
    tag_set: TagSet,
}

/// Whether tags can be set.
///
/// # Errors
/// `InvalidTag`, `BadRequest`.
pub fn check(tags: &[Tag], most: usize) -> Result<(), Fault> {
    if tags.len() > most {
        let what = if most == MAX_OBJECT_TAGS { "Object" } else { "Bucket" };
        let text = format!("{what} tags cannot be greater than {most}");
        return Err(Fault::new(
            if most == MAX_OBJECT_TAGS { "BadRequest" } else { "InvalidTag" },
            text,
        ));
    }
    let mut seen = HashSet::new();
    for tag in tags {
        let invalid = |text: &str| {
            let fault = Fault::new("InvalidTag", text).with_detail("TagKey", tag.key.as_str());
            Err(fault.with_detail("TagValue", tag.value.as_str()))
        };
        let key_characters = tag.key.chars().count();
        if key_characters == 0 || key_characters > MAX_KEY_CHARACTERS || !is_text(&tag.key) {
            return invalid("The TagKey you have provided is invalid");
        }
        if tag.value.chars().count() > MAX_VALUE_CHARACTERS || !is_text(&tag.value) {
            return invalid("The TagValue you have provided is invalid");
        }
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return invalid("System tags cannot be added/updated by requester");
        }
        if !seen.insert(tag.key.as_str()) {
            return invalid("Cannot provide multiple Tags with the same key");
        }
    }
    Ok(())
}

/// Letters, digits and separators of any script, and `_.:/=+-@`.
fn is_text(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_alphanumeric()
            || "_.:/=+-@".contains(character)
            || (character.is_whitespace() && !character.is_control())
    })
}

/// Reads the header `x-amz-tagging`: `key=value&…`, percent-encoded.
///
/// # Errors
/// `InvalidArgument`, and what [`check`] has against the tags.
pub fn parse_header(text: &str) -> Result<Vec<Tag>, Fault> {
    let invalid = || {
        let text = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
                    parameters without tag name duplicates.";
        Fault::new("InvalidArgument", text).with_detail("ArgumentName", "x-amz-tagging")
    };
    let mut tags = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) =
            (unescape(key).ok_or_else(invalid)?, unescape(value).ok_or_else(invalid)?);
        tags.push(Tag { key, value });
    }
    check(&tags, MAX_OBJECT_TAGS)?;
    Ok(tags)
}

/// Decodes percent escapes and pluses.
#[must_use]
pub fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high << 4 | low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// What operations on tags answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTaggingOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    tag_set: TagSet,
}

bucket_operation! {
    /// Shows a bucket's tags.
    GetBucketTagging, "s3:GetBucketTagging", GetTaggingOutput
}

impl Read for GetBucketTagging {
    fn read(self, ask: &Ask<'_>) -> Result<GetTaggingOutput, Fault> {
        let tag = bucket::find(ask.view, &self.bucket)?.tags.clone();
        if tag.is_empty() {
            let fault = Fault::new("NoSuchTagSet", "The TagSet does not exist");
            return Err(fault.with_detail("BucketName", self.bucket));
        }
        Ok(GetTaggingOutput { version_id: None, tag_set: TagSet { tag } })
    }
}

bucket_operation! {
    /// Sets a bucket's tags.
    PutBucketTagging, "s3:PutBucketTagging", (), {
        tagging: Tagging,
    }
}

impl Write for PutBucketTagging {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        check(&self.tagging.tag_set.tag, MAX_BUCKET_TAGS)?;
        bucket::change(act, &self.bucket, |bucket| {
            bucket.tags.clone_from(&self.tagging.tag_set.tag);
            Ok(())
        })
    }
}

bucket_operation! {
    /// Takes a bucket's tags away.
    DeleteBucketTagging, "s3:PutBucketTagging", ()
}

impl Write for DeleteBucketTagging {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.tags.clear();
            Ok(())
        })
    }
}

/// Shows an object's tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetObjectTagging {
    bucket: String,
    key: String,
    version_id: Option<String>,
}

impl Operation for GetObjectTagging {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "GetObjectTagging";
    type Output = GetTaggingOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let version_id = self.version_id.as_deref();
        let found = object::look(ask.view, bucket, &self.key, version_id).map(AsRef::as_ref);
        let actions = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging");
        Ok(demand::to_read(ask, bucket, &self.key, version_id, found, actions))
    }
}

impl Read for GetObjectTagging {
    fn read(self, ask: &Ask<'_>) -> Result<GetTaggingOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let object = object::find(ask.view, bucket, &self.key, self.version_id.as_deref())?;
        let version_id = object.shown_version(bucket);
        Ok(GetTaggingOutput { version_id, tag_set: TagSet { tag: object.tags.clone() } })
    }
}

/// What operations that change an object's tags answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeTaggingOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
}

/// Sets an object's tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutObjectTagging {
    bucket: String,
    key: String,
    version_id: Option<String>,
    tagging: Tagging,
}

impl Operation for PutObjectTagging {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "PutObjectTagging";
    type Output = ChangeTaggingOutput;

    fn check(&self) -> Result<(), Fault> {
        check(&self.tagging.tag_set.tag, MAX_OBJECT_TAGS)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let actions = ("s3:PutObjectTagging", "s3:PutObjectVersionTagging");
        let tags = &self.tagging.tag_set.tag;
        change_demands(ask, (&self.bucket, &self.key), self.version_id.as_deref(), actions, tags)
    }
}

impl Write for PutObjectTagging {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ChangeTaggingOutput, Fault> {
        let tags = self.tagging.tag_set.tag.clone();
        change(act, (&self.bucket, &self.key), self.version_id.as_deref(), tags)
    }
}

/// Takes an object's tags away.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteObjectTagging {
    bucket: String,
    key: String,
    version_id: Option<String>,
}

impl Operation for DeleteObjectTagging {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "DeleteObjectTagging";
    type Output = ChangeTaggingOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let actions = ("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging");
        change_demands(ask, (&self.bucket, &self.key), self.version_id.as_deref(), actions, &[])
    }
}

impl Write for DeleteObjectTagging {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ChangeTaggingOutput, Fault> {
        change(act, (&self.bucket, &self.key), self.version_id.as_deref(), Vec::new())
    }
}

fn change_demands(
    ask: &Ask<'_>,
    (bucket, key): (&str, &str),
    version_id: Option<&str>,
    (action, of_version): (&'static str, &'static str),
    tags: &[Tag],
) -> Result<Vec<Demand>, Fault> {
    let bucket = bucket::find(ask.view, bucket)?;
    let found = object::look(ask.view, bucket, key, version_id);
    let demand = match version_id {
        None => demand::on_object(ask, bucket, key, action),
        Some(id) => demand::on_object(ask, bucket, key, of_version).with("s3:versionid", id),
    };
    let demand = demand::with_request_tags(demand, tags);
    let existing = found.map_or(&[][..], |object| &object.tags);
    Ok(vec![demand::with_existing_tags(demand, existing)])
}

fn change(
    act: &mut Act<'_, '_>,
    (bucket, key): (&str, &str),
    version_id: Option<&str>,
    tags: Vec<Tag>,
) -> Result<ChangeTaggingOutput, Fault> {
    let bucket = bucket::find(act.tx, bucket)?;
    let object = object::find(act.tx, bucket, key, version_id)?;
    let version_id = object.shown_version(bucket);
    let changed = ObjectRow { tags, ..(**object).clone() };
    act.tx.update(changed)?;
    Ok(ChangeTaggingOutput { version_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let tags = parse_header("team=data&a+b=c%2Fd&empty").unwrap();
        let pairs: Vec<(&str, &str)> = tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
        assert_eq!(pairs, [("team", "data"), ("a b", "c/d"), ("empty", "")]);
        let eleven: Vec<String> = (0..=MAX_OBJECT_TAGS).map(|at| format!("k{at}=v")).collect();
        for (bad, code) in [
            ("a=%", "InvalidArgument"),
            ("a=%zz", "InvalidArgument"),
            ("=v", "InvalidTag"),
            ("a=1&a=2", "InvalidTag"),
            ("aws:a=1", "InvalidTag"),
            ("a=%00", "InvalidTag"),
            (&eleven.join("&"), "BadRequest"),
        ] {
            assert_eq!(parse_header(bad).unwrap_err().code, code, "{bad}");
        }
        assert_eq!(parse_header(&eleven[1..].join("&")).unwrap().len(), MAX_OBJECT_TAGS);
    }
}
