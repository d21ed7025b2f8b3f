//! `GetObject` and `HeadObject`

use std::collections::BTreeMap;
use std::ops::Range;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::attributes::DEFAULT_CONTENT_TYPE;
use super::condition::Conditions;
use super::{ObjectRow, find, look, range};
use crate::bucket::{self, BucketRow};
use crate::checksum::{Coverage, Members};
use crate::content::Body;
use crate::demand;
use crate::stamp::Stamp;

/// The number of a multipart object's parts, at most.
pub const MAX_PARTS: u32 = 10_000;

/// Declares the two operations, which differ in whether bytes follow.
macro_rules! reading {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            bucket: String,
            key: String,
            version_id: Option<String>,
            range: Option<String>,
            part_number: Option<u32>,
            if_match: Option<String>,
            if_none_match: Option<String>,
            if_modified_since: Option<String>,
            if_unmodified_since: Option<String>,
            checksum_mode: Option<String>,
            response_cache_control: Option<String>,
            response_content_disposition: Option<String>,
            response_content_encoding: Option<String>,
            response_content_language: Option<String>,
            response_content_type: Option<String>,
            response_expires: Option<String>,
            #[serde(rename = "SSECustomerAlgorithm")]
            sse_customer_algorithm: Option<String>,
        }

        impl Operation for $name {
            const SERVICE: Service = Service::S3;
            const NAME: &'static str = stringify!($name);
            type Output = GetObjectOutput;

            fn check(&self) -> Result<(), Fault> {
                crate::name::check_key(&self.key)?;
                if self.range.is_some() && self.part_number.is_some() {
                    let text = "Cannot specify both Range header and partNumber query parameter";
                    return Err(Fault::new("InvalidRequest", text));
                }
                if self.sse_customer_algorithm.is_some() {
                    return Err(crate::not_modelled("encryption with customers' keys (SSE-C)"));
                }
                self.part_number.map_or(Ok(()), check_part_number)
            }

            fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
                let bucket = bucket::find(ask.view, &self.bucket)?;
                let version_id = self.version_id.as_deref();
                let found = look(ask.view, bucket, &self.key, version_id).map(AsRef::as_ref);
                let actions = ("s3:GetObject", "s3:GetObjectVersion");
                Ok(demand::to_read(ask, bucket, &self.key, version_id, found, actions))
            }
        }

        impl Read for $name {
            fn read(self, ask: &Ask<'_>) -> Result<GetObjectOutput, Fault> {
                let bucket = bucket::find(ask.view, &self.bucket)?;
                let object = find(ask.view, bucket, &self.key, self.version_id.as_deref())?;
                let conditions = Conditions {
                    if_match: self.if_match.as_deref(),
                    if_none_match: self.if_none_match.as_deref(),
                    if_modified_since: self.if_modified_since.as_deref(),
                    if_unmodified_since: self.if_unmodified_since.as_deref(),
                };
                conditions.check_read(object)?;
                let part = match (self.part_number, self.range.as_deref()) {
                    (Some(number), _) => Some(part_range(object, number)?),
                    (None, header) => range::parse(header, object.bytes)?,
                };
                let mut output = GetObjectOutput::of(bucket, object, part);
                if self.part_number.is_some() && object.is_multipart {
                    output.parts_count = u32::try_from(object.body.pieces().len()).ok();
                }
                if self.checksum_mode.is_some_and(|mode| mode.eq_ignore_ascii_case("enabled")) {
                    output.add_checksum(object);
                }
                let replace = |member: &mut Option<String>, by: Option<String>| {
                    if by.is_some() {
                        *member = by;
                    }
                };
                replace(&mut output.cache_control, self.response_cache_control);
                replace(&mut output.content_disposition, self.response_content_disposition);
                replace(&mut output.content_encoding, self.response_content_encoding);
                replace(&mut output.content_language, self.response_content_language);
                replace(&mut output.content_type, self.response_content_type);
                replace(&mut output.expires, self.response_expires);
                Ok(output)
            }
        }

        impl $name {
            /// Asks for an object, as another service of this server does.
            #[must_use]
            pub fn of(bucket: &str, key: &str) -> Self {
                Self { bucket: bucket.to_owned(), key: key.to_owned(), ..Self::default() }
            }

            /// One version of it, if it is named.
            #[must_use]
            pub fn of_version(self, version_id: Option<&str>) -> Self {
                Self { version_id: version_id.map(str::to_owned), ..self }
            }
        }
    };
}

reading! {
    /// Reads an object, or a part of it.
    GetObject
}

reading! {
    /// Tells all of an object but its bytes.
    HeadObject
}

/// What `GetObject` and `HeadObject` answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetObjectOutput {
    accept_ranges: &'static str,
    /// Its bytes, of the range that is answered.
    pub content_length: u64,
    /// Which bytes of how many, if not all are answered.
    pub content_range: Option<String>,
    #[serde(rename = "ETag")]
    etag: String,
    last_modified: Stamp,
    version_id: Option<String>,
    cache_control: Option<String>,
    content_disposition: Option<String>,
    content_encoding: Option<String>,
    content_language: Option<String>,
    content_type: Option<String>,
    expires: Option<String>,
    website_redirect_location: Option<String>,
    storage_class: Option<String>,
    metadata: BTreeMap<String, String>,
    server_side_encryption: &'static str,
    #[serde(rename = "SSEKMSKeyId")]
    sse_kms_key_id: Option<String>,
    bucket_key_enabled: Option<bool>,
    tag_count: Option<usize>,
    parts_count: Option<u32>,
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
    /// Where the bytes are.
    #[serde(skip)]
    pub body: Body,
    /// Which of them are meant.
    #[serde(skip)]
    pub range: Range<u64>,
}

impl GetObjectOutput {
    fn of(bucket: &BucketRow, object: &ObjectRow, part: Option<Range<u64>>) -> Self {
        let attributes = object.attributes.clone();
        let range = part.clone().unwrap_or(0..object.bytes);
        let storage_class = attributes.shown_storage_class();
        Self {
            accept_ranges: "bytes",
            content_length: range.end - range.start,
            content_range: part.map(|part| {
                let last = part.end.saturating_sub(1);
                format!("bytes {}-{last}/{}", part.start, object.bytes)
            }),
            etag: object.quoted_etag(),
            last_modified: Stamp(object.modified),
            version_id: object.shown_version(bucket),
            cache_control: attributes.cache_control,
            content_disposition: attributes.content_disposition,
            content_encoding: attributes.content_encoding,
            content_language: attributes.content_language,
            content_type: attributes.content_type.or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned())),
            expires: attributes.expires,
            website_redirect_location: attributes.website_redirect_location,
            storage_class,
            metadata: attributes.metadata,
            server_side_encryption: object.encryption.algorithm.name(),
            sse_kms_key_id: object.encryption.kms_key_id.clone(),
            bucket_key_enabled: object.encryption.bucket_key.then_some(true),
            tag_count: Some(object.tags.len()).filter(|count| *count > 0),
            parts_count: None,
            crc32: None,
            crc32c: None,
            crc64nvme: None,
            sha1: None,
            sha256: None,
            checksum_type: None,
            body: object.body.clone(),
            range,
        }
    }

    /// The checksum is of the whole object: clients could not check a part against it.
    fn add_checksum(&mut self, object: &ObjectRow) {
        let Some(checksum) = object.checksum.as_ref().filter(|_| self.content_range.is_none())
        else {
            return;
        };
        let members = Members::of(checksum);
        self.crc32 = members.crc32;
        self.crc32c = members.crc32c;
        self.crc64nvme = members.crc64nvme;
        self.sha1 = members.sha1;
        self.sha256 = members.sha256;
        self.checksum_type = Some(checksum.coverage);
    }

    /// The bytes that are meant, where they stand in the row.
    #[must_use]
    pub fn inline(&self) -> Option<&[u8]> {
        let Body::Inline(inline) = &self.body else { return None };
        let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
        inline.0.get(at(self.range.start)..at(self.range.end))
    }
}

/// Refuses a number that no part has.
///
/// # Errors
/// `InvalidArgument`
pub fn check_part_number(number: u32) -> Result<(), Fault> {
    if (1..=MAX_PARTS).contains(&number) {
        return Ok(());
    }
    let text = "Part number must be an integer between 1 and 10000, inclusive";
    Err(Fault::new("InvalidArgument", text)
        .with_detail("ArgumentName", "partNumber")
        .with_detail("ArgumentValue", number.to_string()))
}

/// The bytes of one part; an object that was written at once is its own first part.
fn part_range(object: &ObjectRow, number: u32) -> Result<Range<u64>, Fault> {
    let wrong = || {
        Fault::new("InvalidPartNumber", "The requested partnumber is not satisfiable")
            .with_detail("PartNumberRequested", number.to_string())
    };
    if !object.is_multipart {
        return if number == 1 { Ok(0..object.bytes) } else { Err(wrong()) };
    }
    let mut start = 0;
    for (at, piece) in (1..).zip(object.body.pieces()) {
        let end = start + piece.bytes;
        if at == number {
            return Ok(start..end);
        }
        start = end;
    }
    Err(wrong())
}
