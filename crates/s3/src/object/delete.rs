//! `DeleteObject`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use names::Timestamp;
use serde::{Deserialize, Serialize};

use super::attributes::Attributes;
use super::condition::Conditions;
use super::{ObjectRow, check_version_id, insert, look, remove};
use crate::bucket::{self, BucketRow};
use crate::content::{Body, Inline};
use crate::demand;

/// Takes an object away, or one of its versions; in a versioned bucket a marker says that there is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteObject {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) version_id: Option<String>,
    pub(super) if_match: Option<String>,
}

/// What `DeleteObject` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteObjectOutput {
    pub(super) delete_marker: Option<bool>,
    pub(super) version_id: Option<String>,
}

impl DeleteObject {
    /// Asks to take an object away, as another service of this server does.
    #[must_use]
    pub fn of(bucket: &str, key: &str) -> Self {
        Self { bucket: bucket.to_owned(), key: key.to_owned(), ..Self::default() }
    }
}

impl Operation for DeleteObject {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "DeleteObject";
    type Output = DeleteObjectOutput;

    fn check(&self) -> Result<(), Fault> {
        crate::name::check_key(&self.key)?;
        self.version_id.as_deref().map_or(Ok(()), check_version_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        Ok(vec![match &self.version_id {
            None => demand::on_object(ask, bucket, &self.key, "s3:DeleteObject"),
            Some(id) => demand::on_object(ask, bucket, &self.key, "s3:DeleteObjectVersion")
                .with("s3:versionid", id.as_str()),
        }])
    }
}

impl Write for DeleteObject {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeleteObjectOutput, Fault> {
        let bucket = std::sync::Arc::clone(bucket::find(act.tx, &self.bucket)?);
        let found = look(act.tx, &bucket, &self.key, self.version_id.as_deref()).cloned();
        if let Some(tags) = &self.if_match {
            let conditions = Conditions { if_match: Some(tags), ..Conditions::default() };
            conditions.check_write(found.as_deref(), &self.key)?;
        }
        match (found, &self.version_id, bucket.versioning) {
            (Some(row), Some(_), _) => {
                remove(act, &row)?;
                let delete_marker = row.is_delete_marker.then_some(true);
                Ok(DeleteObjectOutput { delete_marker, version_id: self.version_id.clone() })
            }
            // What is not there is as good as gone.
            (None, Some(_), _) => {
                let version_id = self.version_id.clone();
                Ok(DeleteObjectOutput { delete_marker: None, version_id })
            }
            (found, None, None) => {
                found.map_or(Ok(()), |row| remove(act, &row))?;
                Ok(DeleteObjectOutput { delete_marker: None, version_id: None })
            }
            (_, None, Some(_)) => {
                let marker = insert(act, &bucket, marker(&bucket, &self.key, act.now))?;
                let version_id = Some(marker.version_text().to_owned());
                Ok(DeleteObjectOutput { delete_marker: Some(true), version_id })
            }
        }
    }
}

fn marker(bucket: &BucketRow, key: &str, now: Timestamp) -> ObjectRow {
    ObjectRow {
        account: bucket.account,
        bucket: bucket.name.clone(),
        key: key.to_owned(),
        number: 0,
        version_id: None,
        is_delete_marker: true,
        modified: now,
        body: Body::Inline(Inline::default()),
        bytes: 0,
        etag: String::new(),
        checksum: None,
        part_checksums: Vec::new(),
        is_multipart: false,
        attributes: Attributes::default(),
        encryption: bucket.encryption.clone(),
        tags: Vec::new(),
    }
}
