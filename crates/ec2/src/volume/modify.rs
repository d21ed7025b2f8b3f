//! `ModifyVolume` and `DescribeVolumesModifications`

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use super::create::check_performance;
use super::{VolumeRow, performance};
use crate::demand;
use crate::filter::{Field, Filter};
use crate::kind::Kind;
use crate::page::{self, Wanted};
use crate::regional::{self, Regional, regional_row};
use crate::time::Time;
use crate::unmodelled::Unmodelled;

/// How long a volume cannot be modified again, in seconds ("You must wait at least six hours").
pub const REST_SECONDS: i64 = 6 * 60 * 60;

/// The latest modification of a volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModificationRow {
    account: AccountId,
    region: String,
    /// The volume's.
    id: String,
    original: Measures,
    target: Measures,
    started: Timestamp,
}

/// What a modification changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Measures {
    size: i32,
    volume_type: String,
    iops: Option<i32>,
    throughput: Option<i32>,
}

regional_row!(ModificationRow, "ec2_volume_modification");

impl Regional for ModificationRow {
    const KIND: Kind = Kind::Volume;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Measures {
    fn of(volume: &VolumeRow) -> Self {
        Self {
            size: volume.size,
            volume_type: volume.volume_type.to_string(),
            iops: volume.iops,
            throughput: volume.throughput,
        }
    }
}

/// A modification as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModificationShape {
    volume_id: String,
    modification_state: &'static str,
    original_size: i32,
    original_volume_type: String,
    original_iops: Option<i32>,
    original_throughput: Option<i32>,
    original_multi_attach_enabled: bool,
    target_size: i32,
    target_volume_type: String,
    target_iops: Option<i32>,
    target_throughput: Option<i32>,
    target_multi_attach_enabled: bool,
    progress: i64,
    start_time: Time,
    end_time: Option<Time>,
}

impl ModificationShape {
    /// How a modification is shown; it is done before anybody asks again.
    fn new(row: &ModificationRow, done: bool) -> Self {
        let (original, target) = (&row.original, &row.target);
        Self {
            volume_id: row.id.clone(),
            modification_state: if done { "completed" } else { "modifying" },
            original_size: original.size,
            original_volume_type: original.volume_type.clone(),
            original_iops: original.iops,
            original_throughput: original.throughput,
            original_multi_attach_enabled: false,
            target_size: target.size,
            target_volume_type: target.volume_type.clone(),
            target_iops: target.iops,
            target_throughput: target.throughput,
            target_multi_attach_enabled: false,
            progress: if done { 100 } else { 0 },
            start_time: Time(row.started),
            end_time: done.then_some(Time(row.started)),
        }
    }
}

/// `ModifyVolume`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyVolume {
    volume_id: String,
    size: Option<i32>,
    volume_type: Option<String>,
    iops: Option<i32>,
    throughput: Option<i32>,
    multi_attach_enabled: Option<bool>,
    #[serde(default)]
    dry_run: bool,
}

/// What `ModifyVolume` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModifyVolumeOutput {
    volume_modification: ModificationShape,
}

impl Operation for ModifyVolume {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyVolume";
    type Output = ModifyVolumeOutput;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .flag("MultiAttachEnabled", self.multi_attach_enabled == Some(true))
            .finish()?;
        Kind::Volume.check(&self.volume_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on(ask, "ec2:ModifyVolume", Kind::Volume, &self.volume_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ModifyVolume {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ModifyVolumeOutput, Fault> {
        let volume = regional::find::<VolumeRow>(&act.ask(), &self.volume_id)?;
        let last = regional::get::<ModificationRow>(&act.ask(), &self.volume_id);
        if last.is_some_and(|last| act.now < last.started.plus_seconds(REST_SECONDS)) {
            let text = "You've reached the maximum modification rate per volume limit. Wait at least 6 \
                        hours between modifications per EBS volume.";
            return Err(Fault::new("VolumeModificationRateExceeded", text));
        }
        let size = self.size.unwrap_or(volume.size);
        if size < volume.size {
            let text = "New size cannot be smaller than existing size";
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let kind = self.volume_type.clone().unwrap_or_else(|| volume.volume_type.to_string());
        // What the volume has stays if its type does.
        let keeps = kind == volume.volume_type && kind != "gp2";
        let iops = self.iops.or(volume.iops.filter(|_| keeps));
        let throughput = self.throughput.or(volume.throughput.filter(|_| keeps));
        check_performance(&kind, Some(size), iops, throughput)?;
        let (iops, throughput) = performance(&kind, size, iops, throughput);
        let new =
            VolumeRow { size, volume_type: kind.into(), iops, throughput, ..(*volume).clone() };
        let row = ModificationRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: volume.id.clone(),
            original: Measures::of(&volume),
            target: Measures::of(&new),
            started: act.now,
        };
        if row.original == row.target {
            let text = "No changes were made: the volume has these properties";
            return Err(Fault::new("InvalidParameterValue", text));
        }
        regional::put(act, new)?;
        regional::put(act, row.clone())?;
        Ok(ModifyVolumeOutput { volume_modification: ModificationShape::new(&row, false) })
    }
}

/// `DescribeVolumesModifications`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVolumesModifications {
    #[serde(default)]
    volume_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeVolumesModifications` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVolumesModificationsOutput {
    volume_modification_set: Vec<ModificationShape>,
    next_token: Option<String>,
}

const FIELDS: &[Field<ModificationRow>] = &[
    ("modification-state", |_, _| vec!["completed".to_owned()]),
    ("original-size", |_, row| vec![row.original.size.to_string()]),
    ("original-volume-type", |_, row| vec![row.original.volume_type.clone()]),
    ("start-time", |_, row| vec![super::shape::time(row.started)]),
    ("target-size", |_, row| vec![row.target.size.to_string()]),
    ("target-volume-type", |_, row| vec![row.target.volume_type.clone()]),
    ("volume-id", |_, row| vec![row.id.clone()]),
];

impl Operation for DescribeVolumesModifications {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeVolumesModifications";
    type Output = DescribeVolumesModificationsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        self.volume_id.iter().try_for_each(|id| Kind::Volume.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeVolumesModifications")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeVolumesModifications {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeVolumesModificationsOutput, Fault> {
        for id in &self.volume_id {
            regional::find::<VolumeRow>(ask, id)?;
            if regional::get::<ModificationRow>(ask, id).is_none() {
                let text = format!("Modification for volume '{id}' does not exist.");
                return Err(Fault::new("InvalidVolumeModification.NotFound", text));
            }
        }
        let wanted = Wanted {
            ids: &self.volume_id,
            filters: &self.filter,
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let page = page::list::<ModificationRow>(ask, wanted, FIELDS)?;
        let shapes = page.items.iter().map(|row| ModificationShape::new(row, true));
        Ok(DescribeVolumesModificationsOutput {
            volume_modification_set: shapes.collect(),
            next_token: page.next_token,
        })
    }
}
