//! `PutObject`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Serialize;

use super::attributes::with_object_members;
use super::condition::Conditions;
use super::{ObjectRow, insert, look};
use crate::checksum::Members;
use crate::content::Received;
use crate::{acl, bucket, demand};

with_object_members! {
    /// Writes an object. Its bytes have come in before: `received` says where they are.
    PutObject {
        if_match: Option<String>,
        if_none_match: Option<String>,
        write_offset_bytes: Option<String>,
        #[serde(rename = "$received")]
        received: Option<Received>,
    }
}

/// What `PutObject` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutObjectOutput {
    #[serde(rename = "ETag")]
    etag: String,
    version_id: Option<String>,
    server_side_encryption: &'static str,
    #[serde(rename = "SSEKMSKeyId")]
    sse_kms_key_id: Option<String>,
    bucket_key_enabled: Option<bool>,
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
    checksum_type: Option<crate::checksum::Coverage>,
}

impl PutObject {
    /// A few bytes under a key, as another service of this server writes them.
    #[must_use]
    pub fn of_bytes(bucket: &str, key: &str, bytes: &[u8]) -> Option<Self> {
        let received = Received::inline(bytes)?;
        Some(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            received: Some(received),
            ..Self::default()
        })
    }

    /// The same with its bytes.
    #[must_use]
    pub fn with_received(self, received: Received) -> Self {
        Self { received: Some(received), ..self }
    }

    fn conditions(&self) -> Conditions<'_> {
        Conditions {
            if_match: self.if_match.as_deref(),
            if_none_match: self.if_none_match.as_deref(),
            ..Conditions::default()
        }
    }
}

impl Operation for PutObject {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "PutObject";
    type Output = PutObjectOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.write_offset_bytes.is_some() {
            return Err(crate::not_modelled("appending to objects"));
        }
        self.check_members()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let conditions = |demand: Demand| {
            let demand = demand.with_some("s3:if-match", self.if_match.as_deref());
            demand.with_some("s3:if-none-match", self.if_none_match.as_deref())
        };
        let mut demands = self.write_demands(ask, bucket, conditions)?;
        if self.if_match.is_some() {
            // To compare is to read (user guide, "How to prevent object overwrites with conditional writes").
            let found = look(ask.view, bucket, &self.key, None);
            let tags = found.map_or(&[][..], |object| &object.tags);
            let read = demand::on_object(ask, bucket, &self.key, "s3:GetObject");
            demands.push(demand::with_existing_tags(read, tags));
        }
        Ok(demands)
    }
}

impl Write for PutObject {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PutObjectOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        acl::check_allowed(self.acl.as_deref(), bucket.ownership)?;
        let current = look(act.tx, &bucket, &self.key, None).map(AsRef::as_ref);
        self.conditions().check_write(current, &self.key)?;
        let received = self.received.clone().ok_or_else(crate::no_body)?;
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
                attributes: self.attributes(),
                encryption: self.new_encryption(&bucket)?,
                tags: self.new_tags()?,
            },
        )?;
        let checksum = row.checksum.as_ref();
        let members = checksum.map(Members::of).unwrap_or_default();
        Ok(PutObjectOutput {
            etag: row.quoted_etag(),
            version_id: row.version_id.clone(),
            server_side_encryption: row.encryption.algorithm.name(),
            sse_kms_key_id: row.encryption.kms_key_id.clone(),
            bucket_key_enabled: row.encryption.bucket_key.then_some(true),
            checksum_type: checksum.map(|checksum| checksum.coverage),
            crc32: members.crc32,
            crc32c: members.crc32c,
            crc64nvme: members.crc64nvme,
            sha1: members.sha1,
            sha256: members.sha256,
        })
    }
}
