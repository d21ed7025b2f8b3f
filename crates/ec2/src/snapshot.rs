//! Snapshots: the row, how it is shown; the operations are in the files below. Those behind images exist
//! without rows: they can be used, and are not listed.

pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use cloud::{Ask, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::image;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};
use crate::time::Time;

/// A snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `snap-…`
    pub id: String,
    /// The volume that it was made of.
    pub volume_id: String,
    /// Gibibytes.
    pub size: i32,
    /// In words.
    pub description: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// When it was made.
    pub started: Timestamp,
}

regional_row!(SnapshotRow, "ec2_snapshot");

impl Regional for SnapshotRow {
    const KIND: Kind = Kind::Snapshot;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:SnapshotID", self.id.clone()),
            ("ec2:Owner", self.account.to_string()),
            ("ec2:ParentVolume", Kind::Volume.arn(&self.region, self.account, &self.volume_id)),
            ("ec2:SnapshotTime", self.started.to_string()),
            ("ec2:VolumeSize", self.size.to_string()),
            ("ec2:Encrypted", self.encrypted.to_string()),
        ]
    }
}

/// The size of a snapshot that a volume can begin with, in gibibytes: one of the account's, or one behind an
/// image.
///
/// # Errors
/// For a malformed id and one that is nobody's.
pub fn size(ask: &Ask<'_>, id: &str) -> Result<i32, Fault> {
    Kind::Snapshot.check(id)?;
    if let Some(row) = regional::get::<SnapshotRow>(ask, id) {
        return Ok(row.size);
    }
    let image = image::all(ask.region).iter().find(|image| image.snapshot_id == id);
    image.map(|image| image.root_volume_gib).ok_or_else(|| Kind::Snapshot.not_found(id))
}

/// A snapshot as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotShape {
    snapshot_id: String,
    volume_id: String,
    status: &'static str,
    start_time: Time,
    progress: &'static str,
    owner_id: AccountId,
    volume_size: i32,
    description: String,
    encrypted: bool,
    storage_tier: &'static str,
    tag_set: Vec<TagShape>,
}

impl SnapshotShape {
    /// How `row` is shown, which is complete before anybody asks again.
    #[must_use]
    pub fn new(ask: &Ask<'_>, row: &SnapshotRow, complete: bool) -> Self {
        Self {
            snapshot_id: row.id.clone(),
            volume_id: row.volume_id.clone(),
            status: if complete { "completed" } else { "pending" },
            start_time: Time(row.started),
            progress: if complete { "100%" } else { "" },
            owner_id: row.account,
            volume_size: row.size,
            description: row.description.clone(),
            encrypted: row.encrypted,
            storage_tier: "standard",
            tag_set: tag::shown(ask, &row.id),
        }
    }
}
