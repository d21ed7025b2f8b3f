//! Volumes: the row, how one is made for whoever needs it, and how it is let go.

pub mod attach;
pub mod create;
pub mod delete;
pub mod describe;
pub mod modify;
pub mod shape;
#[cfg(test)]
mod tests;

use cloud::{Act, Fault};
use names::{AccountId, Timestamp, Word};
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::kind::Kind;
use crate::launch::device::DevicePlan;
use crate::regional::{self, Regional, regional_row};

/// Operations a second, and mebibytes a second, of a `gp3` volume that asks for no others.
const GP3_BASE: (i32, i32) = (3000, 125);

/// A volume. Where it is attached says the instance that it is attached to: its row has the devices.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VolumeRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Word,
    /// `vol-…`
    pub id: String,
    /// Its zone's name.
    pub zone: Word,
    /// Gibibytes.
    pub size: i32,
    /// `gp3`, …
    pub volume_type: Word,
    /// Operations a second; none for types that do not tell.
    pub iops: Option<i32>,
    /// Mebibytes a second; `gp3` only.
    pub throughput: Option<i32>,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// The key that encrypts it.
    pub kms_key_id: Option<Word>,
    /// The snapshot that it began with.
    pub snapshot_id: Option<Word>,
    /// When it was made.
    pub created: Timestamp,
    /// The instance that it is attached to.
    pub instance_id: Option<String>,
}

regional_row!(VolumeRow, "ec2_volume");

impl Regional for VolumeRow {
    const KIND: Kind = Kind::Volume;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![
            ("ec2:VolumeID", self.id.clone()),
            ("ec2:VolumeSize", self.size.to_string()),
            ("ec2:VolumeType", self.volume_type.to_string()),
            ("ec2:Encrypted", self.encrypted.to_string()),
            ("ec2:AvailabilityZone", self.zone.to_string()),
        ];
        keys.extend(self.iops.map(|iops| ("ec2:VolumeIops", iops.to_string())));
        keys.extend(self.throughput.map(|it| ("ec2:VolumeThroughput", it.to_string())));
        let parent = self.snapshot_id.as_ref();
        let parent = parent.map(|id| Kind::Snapshot.arn(&self.region, self.account, id));
        keys.extend(parent.map(|arn| ("ec2:ParentSnapshot", arn)));
        keys
    }
}

/// A volume that is wanted.
#[derive(Debug, Clone)]
pub struct NewVolume<'a> {
    /// What it is to be.
    pub plan: &'a DevicePlan,
    /// Where.
    pub zone: &'a str,
    /// The instance that it is attached to from the start.
    pub instance_id: Option<&'a str>,
}

/// Makes a volume.
///
/// # Errors
/// A limit of the store.
pub fn make(act: &mut Act<'_, '_>, new: NewVolume<'_>) -> Result<VolumeRow, Fault> {
    let plan = new.plan;
    let (iops, throughput) = performance(&plan.volume_type, plan.size, plan.iops, plan.throughput);
    let row = VolumeRow {
        account: act.account(),
        region: act.region.into(),
        id: Kind::Volume.new_id(act.entropy),
        zone: new.zone.into(),
        size: plan.size,
        volume_type: plan.volume_type.as_str().into(),
        iops,
        throughput,
        encrypted: plan.encrypted,
        kms_key_id: plan.kms_key_id.as_deref().map(Word::from),
        snapshot_id: plan.snapshot_id.as_deref().map(Word::from),
        created: act.now,
        instance_id: new.instance_id.map(str::to_owned),
    };
    regional::put(act, row.clone())?;
    Ok(row)
}

/// Lets a volume go whose instance ends: it goes with it, or stays behind.
///
/// # Errors
/// A limit of the store.
pub fn release(act: &mut Act<'_, '_>, id: &str, goes: bool) -> Result<(), Fault> {
    if goes {
        let (account, key) = (act.account(), regional::key(act.region, id));
        act.tx.delete::<modify::ModificationRow>(account.as_str(), &key)?;
        return regional::delete::<VolumeRow>(act, id);
    }
    let Some(row) = regional::get::<VolumeRow>(&act.ask(), id) else { return Ok(()) };
    let mut row = VolumeRow::clone(&row);
    row.instance_id = None;
    regional::put(act, row)
}

/// What a volume of a type can do ("Amazon EBS volume types"), where it is not asked for more.
pub(crate) fn performance(
    volume_type: &str,
    size: i32,
    iops: Option<i32>,
    throughput: Option<i32>,
) -> (Option<i32>, Option<i32>) {
    match volume_type {
        "gp3" => (iops.or(Some(GP3_BASE.0)), throughput.or(Some(GP3_BASE.1))),
        "gp2" => (Some(size.saturating_mul(3).clamp(100, 16_000)), None),
        "io1" | "io2" => (iops, None),
        _ => (None, None),
    }
}
