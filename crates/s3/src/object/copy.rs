//! `CopyObject`. A copy is made in two steps: what is to be copied is read, its bytes are written anew, and then
//! the new object is made, for which everything is asked again.

use std::ops::Range;

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::Serialize;

use super::attributes::with_object_members;
use super::condition::Conditions;
use super::{ObjectRow, find, insert, look};
use crate::bucket::{self, BucketRow};
use crate::checksum::{Algorithm, Checksum, Members};
use crate::content::{Body, Received};
use crate::stamp::Stamp;
use crate::tagging::unescape;
use crate::{acl, demand, intake};

/// Bytes of an object that can be copied at once ("CopyObject", S3 API reference).
pub const MAX_COPY_BYTES: u64 = 5 << 30;

with_object_members! {
    /// Writes an object that has the bytes of another.
    CopyObject {
        copy_source: String,
        copy_source_if_match: Option<String>,
        copy_source_if_none_match: Option<String>,
        copy_source_if_modified_since: Option<String>,
        copy_source_if_unmodified_since: Option<String>,
        metadata_directive: Option<String>,
        tagging_directive: Option<String>,
        checksum_algorithm: Option<String>,
        if_match: Option<String>,
        if_none_match: Option<String>,
        #[serde(rename = "$copied")]
        copied: Option<Copied>,
    }
}

/// Bytes that were copied, and of what.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Copied {
    /// The copy.
    pub received: Received,
    /// The entity tag of what was copied.
    pub etag: String,
}

/// What is to be copied.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the bytes are.
    pub body: Body,
    /// Which of them.
    pub range: Range<u64>,
    /// The object's entity tag.
    pub etag: String,
    /// The kind of checksum that the copy gets.
    pub algorithm: Algorithm,
}

/// What `CopyObject` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CopyObjectOutput {
    copy_object_result: Option<CopyResult>,
    copy_source_version_id: Option<String>,
    version_id: Option<String>,
    server_side_encryption: Option<&'static str>,
    #[serde(rename = "SSEKMSKeyId")]
    sse_kms_key_id: Option<String>,
    bucket_key_enabled: Option<bool>,
    /// What is to be copied, if that was asked.
    #[serde(skip)]
    pub source: Option<Source>,
}

/// The document of the answer, also of `UploadPartCopy`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CopyResult {
    last_modified: Stamp,
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

impl CopyResult {
    pub(crate) fn new(modified: Stamp, etag: String, checksum: Option<&Checksum>) -> Self {
        let members = checksum.map(Members::of).unwrap_or_default();
        Self {
            last_modified: modified,
            etag,
            crc32: members.crc32,
            crc32c: members.crc32c,
            crc64nvme: members.crc64nvme,
            sha1: members.sha1,
            sha256: members.sha256,
        }
    }
}

/// An object as `x-amz-copy-source` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version_id: Option<String>,
}

impl Named {
    /// Reads `bucket/key` or `/bucket/key`, percent-encoded, with or without `?versionId=…`.
    pub(crate) fn parse(header: &str) -> Result<Self, Fault> {
        let wrong = || {
            let text = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            Fault::new("InvalidArgument", text)
                .with_detail("ArgumentName", "x-amz-copy-source")
                .with_detail("ArgumentValue", header)
        };
        let (path, version_id) = match header.rsplit_once("?versionId=") {
            Some((path, id)) => (path, Some(id.to_owned())),
            None => (header, None),
        };
        if path.starts_with("arn:") {
            return Err(crate::not_modelled("access points as the source of a copy"));
        }
        // A plus is a space, as in forms: a key with a plus that is not encoded is not found (aws/aws-sdk-js issue
        // 1821, pfig/net-amazon-s3 issue 51), and Terraform's `aws_s3_object_copy` encodes spaces so.
        let path = unescape(path).ok_or_else(wrong)?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        let (bucket, key) = path.split_once('/').ok_or_else(wrong)?;
        if bucket.is_empty() || key.is_empty() {
            return Err(wrong());
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version_id })
    }

    pub(crate) fn look<'v>(&self, ask: &Ask<'v>, bucket: &BucketRow) -> Option<&'v ObjectRow> {
        look(ask.view, bucket, &self.key, self.version_id.as_deref()).map(AsRef::as_ref)
    }

    pub(crate) fn find<'v>(&self, ask: &Ask<'v>) -> Result<&'v ObjectRow, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        find(ask.view, bucket, &self.key, self.version_id.as_deref()).map(AsRef::as_ref)
    }

    /// What whoever copies must be allowed at the source.
    pub(crate) fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let actions = ("s3:GetObject", "s3:GetObjectVersion");
        let id = self.version_id.as_deref();
        Ok(demand::to_read(ask, bucket, &self.key, id, self.look(ask, bucket), actions))
    }
}

impl CopyObject {
    /// The same with the copy at hand.
    #[must_use]
    pub fn with_copied(self, copied: Copied) -> Self {
        Self { copied: Some(copied), ..self }
    }

    fn replaces_metadata(&self) -> bool {
        self.metadata_directive.as_deref() == Some("REPLACE")
    }

    fn replaces_tags(&self) -> bool {
        self.tagging_directive.as_deref() == Some("REPLACE")
    }

    fn source_conditions(&self) -> Conditions<'_> {
        Conditions {
            if_match: self.copy_source_if_match.as_deref(),
            if_none_match: self.copy_source_if_none_match.as_deref(),
            if_modified_since: self.copy_source_if_modified_since.as_deref(),
            if_unmodified_since: self.copy_source_if_unmodified_since.as_deref(),
        }
    }

    /// The source, if it may be copied so.
    fn source<'v>(&self, ask: &Ask<'v>) -> Result<&'v ObjectRow, Fault> {
        let named = Named::parse(&self.copy_source)?;
        let source = named.find(ask)?;
        self.source_conditions().check_copy(source)?;
        if source.bytes > MAX_COPY_BYTES {
            let text = "The specified copy source is larger than the maximum allowable size for a copy \
                        source: 5368709120";
            return Err(Fault::new("InvalidRequest", text));
        }
        let changes_something = self.replaces_metadata()
            || self.storage_class.is_some()
            || self.server_side_encryption.is_some()
            || self.website_redirect_location.is_some()
            || self.checksum_algorithm.is_some()
            || named.version_id.is_some();
        if named.bucket == self.bucket && named.key == self.key && !changes_something {
            let text = "This copy request is illegal because it is trying to copy an object to itself \
                        without changing the object's metadata, storage class, website redirect \
                        location or encryption attributes.";
            return Err(Fault::new("InvalidRequest", text));
        }
        Ok(source)
    }
}

impl Operation for CopyObject {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "CopyObject";
    type Output = CopyObjectOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::parse(&self.copy_source)?;
        let directives = [
            (&self.metadata_directive, "Unknown metadata directive."),
            (&self.tagging_directive, "Unknown tagging directive."),
        ];
        for (directive, text) in directives {
            if directive.as_deref().is_some_and(|word| !matches!(word, "COPY" | "REPLACE")) {
                return Err(Fault::new("InvalidArgument", text));
            }
        }
        if let Some(name) = &self.checksum_algorithm {
            intake::named(name)?;
        }
        self.check_members()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::parse(&self.copy_source)?;
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let mut demands = named.demands(ask)?;
        let from = bucket::find(ask.view, &named.bucket)?;
        let source = named.look(ask, from);
        let copied_tags =
            source.filter(|_| !self.replaces_tags()).map_or(&[][..], |source| &source.tags);
        if !copied_tags.is_empty() {
            let id = named.version_id.as_deref();
            let read = match id {
                None => demand::on_object(ask, from, &named.key, "s3:GetObjectTagging"),
                Some(id) => demand::on_object(ask, from, &named.key, "s3:GetObjectVersionTagging")
                    .with("s3:versionid", id),
            };
            demands.push(demand::with_existing_tags(read, copied_tags));
            let write = demand::on_object(ask, bucket, &self.key, "s3:PutObjectTagging");
            demands.push(demand::with_request_tags(write, copied_tags));
        }
        let source = format!("{}/{}", named.bucket, named.key);
        let add = |demand: Demand| {
            demand
                .with("s3:x-amz-copy-source", source)
                .with_some("s3:x-amz-metadata-directive", self.metadata_directive.as_deref())
                .with_some("s3:if-match", self.if_match.as_deref())
                .with_some("s3:if-none-match", self.if_none_match.as_deref())
        };
        demands.extend(self.write_demands(ask, bucket, add)?);
        Ok(demands)
    }
}

/// What is to be copied.
impl Read for CopyObject {
    fn read(self, ask: &Ask<'_>) -> Result<CopyObjectOutput, Fault> {
        let source = self.source(ask)?;
        let named = self.checksum_algorithm.as_deref().map(intake::named).transpose()?;
        let of_source = source.checksum.as_ref().map(|checksum| checksum.algorithm);
        let source = Source {
            body: source.body.clone(),
            range: 0..source.bytes,
            etag: source.etag.clone(),
            algorithm: named.or(of_source).unwrap_or(Algorithm::Crc64nvme),
        };
        Ok(CopyObjectOutput {
            copy_object_result: None,
            copy_source_version_id: None,
            version_id: None,
            server_side_encryption: None,
            sse_kms_key_id: None,
            bucket_key_enabled: None,
            source: Some(source),
        })
    }
}

impl Write for CopyObject {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CopyObjectOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        acl::check_allowed(self.acl.as_deref(), bucket.ownership)?;
        let current = look(act.tx, &bucket, &self.key, None).map(AsRef::as_ref);
        let conditions = Conditions {
            if_match: self.if_match.as_deref(),
            if_none_match: self.if_none_match.as_deref(),
            ..Conditions::default()
        };
        conditions.check_write(current, &self.key)?;
        let source = self.source(&act.ask())?.clone();
        let copied = self.copied.clone().ok_or_else(crate::no_body)?;
        if copied.etag != source.etag {
            return Err(crate::changed_meanwhile());
        }
        let from = bucket::find(act.tx, &source.bucket)?;
        let copy_source_version_id = source.shown_version(from);
        let mut attributes = self.attributes();
        if !self.replaces_metadata() {
            let storage_class = attributes.storage_class;
            let website_redirect_location = attributes.website_redirect_location;
            attributes = source.attributes.clone();
            // These two are never copied ("CopyObject", S3 API reference).
            attributes.storage_class = storage_class;
            attributes.website_redirect_location = website_redirect_location;
        }
        let tags = if self.replaces_tags() { self.new_tags()? } else { source.tags };
        let received = copied.received;
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
                body: received.body,
                bytes: received.bytes,
                etag: received.md5,
                checksum: Some(received.checksum),
                part_checksums: Vec::new(),
                is_multipart: false,
                attributes,
                encryption: self.new_encryption(&bucket)?,
                tags,
            },
        )?;
        let modified = Stamp(row.modified);
        let result = CopyResult::new(modified, row.quoted_etag(), row.checksum.as_ref());
        Ok(CopyObjectOutput {
            copy_object_result: Some(result),
            copy_source_version_id,
            version_id: row.version_id.clone(),
            server_side_encryption: Some(row.encryption.algorithm.name()),
            sse_kms_key_id: row.encryption.kms_key_id.clone(),
            bucket_key_enabled: row.encryption.bucket_key.then_some(true),
            source: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        let named = |header: &str| {
            Named::parse(header).map(|named| (named.bucket, named.key, named.version_id))
        };
        let object = |bucket: &str, key: &str, version: Option<&str>| {
            Ok((bucket.to_owned(), key.to_owned(), version.map(str::to_owned)))
        };
        assert_eq!(named("b/k"), object("b", "k", None));
        assert_eq!(named("/b/k/l"), object("b", "k/l", None));
        assert_eq!(named("b/a%20b+c%2Fd%2Be"), object("b", "a b c/d+e", None));
        assert_eq!(named("b%2Fk"), object("b", "k", None));
        assert_eq!(named("b/k?versionId=null"), object("b", "k", Some("null")));
        assert_eq!(named("b/../k"), object("b", "../k", None));
        for bad in ["", "b", "b/", "/b", "//k", "b/%zz", "b/%ff"] {
            assert!(named(bad).is_err(), "{bad}");
        }
    }
}
