//! `UploadPartCopy`: a part that has bytes of an object.

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use super::find;
use super::part::keep;
use crate::bucket;
use crate::checksum::Algorithm;
use crate::demand;
use crate::object::ObjectRow;
use crate::object::condition::Conditions;
use crate::object::copy::{Copied, CopyResult, Named, Source};
use crate::object::get::check_part_number;
use crate::object::range;
use crate::stamp::Stamp;

/// Writes a part of an upload from an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadPartCopy {
    bucket: String,
    key: String,
    upload_id: String,
    part_number: u32,
    copy_source: String,
    copy_source_range: Option<String>,
    copy_source_if_match: Option<String>,
    copy_source_if_none_match: Option<String>,
    copy_source_if_modified_since: Option<String>,
    copy_source_if_unmodified_since: Option<String>,
    #[serde(rename = "$copied")]
    copied: Option<Copied>,
}

/// What `UploadPartCopy` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadPartCopyOutput {
    copy_part_result: Option<CopyResult>,
    copy_source_version_id: Option<String>,
    /// What is to be copied, if that was asked.
    #[serde(skip)]
    pub source: Option<Source>,
}

impl UploadPartCopy {
    /// The same with the copy at hand.
    #[must_use]
    pub fn with_copied(self, copied: Copied) -> Self {
        Self { copied: Some(copied), ..self }
    }

    fn source<'v>(&self, ask: &Ask<'v>) -> Result<&'v ObjectRow, Fault> {
        let source = Named::parse(&self.copy_source)?.find(ask)?;
        let conditions = Conditions {
            if_match: self.copy_source_if_match.as_deref(),
            if_none_match: self.copy_source_if_none_match.as_deref(),
            if_modified_since: self.copy_source_if_modified_since.as_deref(),
            if_unmodified_since: self.copy_source_if_unmodified_since.as_deref(),
        };
        conditions.check_copy(source)?;
        Ok(source)
    }
}

impl Operation for UploadPartCopy {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "UploadPartCopy";
    type Output = UploadPartCopyOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::parse(&self.copy_source)?;
        check_part_number(self.part_number)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::parse(&self.copy_source)?;
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let mut demands = named.demands(ask)?;
        let source = format!("{}/{}", named.bucket, named.key);
        let put = demand::on_object(ask, bucket, &self.key, "s3:PutObject");
        demands.push(put.with("s3:x-amz-copy-source", source));
        Ok(demands)
    }
}

/// What is to be copied.
impl Read for UploadPartCopy {
    fn read(self, ask: &Ask<'_>) -> Result<UploadPartCopyOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let upload = find(ask.view, bucket, &self.key, &self.upload_id)?;
        let source = self.source(ask)?;
        let source = Source {
            body: source.body.clone(),
            range: range::parse_copy(self.copy_source_range.as_deref(), source.bytes)?,
            etag: source.etag.clone(),
            algorithm: upload.algorithm.unwrap_or(Algorithm::Crc64nvme),
        };
        let source = Some(source);
        Ok(UploadPartCopyOutput { copy_part_result: None, copy_source_version_id: None, source })
    }
}

impl Write for UploadPartCopy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UploadPartCopyOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        let copied = self.copied.clone().ok_or_else(crate::no_body)?;
        let source = self.source(&act.ask())?;
        if copied.etag != source.etag {
            return Err(crate::changed_meanwhile());
        }
        let from = bucket::find(act.tx, &source.bucket)?;
        let copy_source_version_id = source.shown_version(from);
        let place = (self.key.as_str(), self.upload_id.as_str(), self.part_number);
        let (etag, checksum) = keep(act, &bucket, place, copied.received)?;
        let result = CopyResult::new(Stamp(act.now), etag, Some(&checksum));
        let copy_part_result = Some(result);
        Ok(UploadPartCopyOutput { copy_part_result, copy_source_version_id, source: None })
    }
}
