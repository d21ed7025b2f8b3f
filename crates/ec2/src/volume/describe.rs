//! `DescribeVolumes`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::VolumeRow;
use super::shape::{VolumeShape, attachment, status, time};
use crate::filter::{Field, Filter};
use crate::instance::Device;
use crate::page::{self, LEAST, Wanted};
use crate::{demand, region};

/// `DescribeVolumes`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVolumes {
    #[serde(default)]
    volume_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    /// Volumes that other services manage: there are none.
    #[serde(default)]
    #[expect(dead_code, reason = "no volume is managed by another service")]
    include_managed_resources: bool,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeVolumes` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVolumesOutput {
    volume_set: Vec<VolumeShape>,
    next_token: Option<String>,
}

impl Operation for DescribeVolumes {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeVolumes";
    type Output = DescribeVolumesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        page::check_no_pages(
            "volumeSet",
            &self.volume_id,
            self.max_results,
            self.next_token.as_deref(),
        )
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeVolumes")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeVolumes {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeVolumesOutput, Fault> {
        let wanted = Wanted {
            ids: &self.volume_id,
            filters: &self.filter,
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let page = page::list::<VolumeRow>(ask, wanted, FIELDS)?;
        let shapes = page.items.iter().map(|row| VolumeShape::new(ask, row, status(row)));
        Ok(DescribeVolumesOutput { volume_set: shapes.collect(), next_token: page.next_token })
    }
}

fn attached(ask: &Ask<'_>, volume: &VolumeRow, value: fn(&Device) -> String) -> Vec<String> {
    attachment(ask, volume).iter().map(|(_, device)| value(device)).collect()
}

const FIELDS: &[Field<VolumeRow>] = &[
    ("attachment.attach-time", |ask, it| attached(ask, it, |device| time(device.attached))),
    ("attachment.delete-on-termination", |ask, it| {
        attached(ask, it, |device| device.delete_on_termination.to_string())
    }),
    ("attachment.device", |ask, it| attached(ask, it, |device| device.name.to_string())),
    ("attachment.instance-id", |_, it| it.instance_id.iter().cloned().collect()),
    ("attachment.status", |ask, it| attached(ask, it, |_| "attached".to_owned())),
    ("availability-zone", |_, it| vec![it.zone.to_string()]),
    ("availability-zone-id", |_, it| {
        region::zone(&it.region, &it.zone).map(|zone| zone.id).into_iter().collect()
    }),
    ("create-time", |_, it| vec![time(it.created)]),
    ("encrypted", |_, it| vec![it.encrypted.to_string()]),
    ("multi-attach-enabled", |_, _| vec!["false".to_owned()]),
    ("size", |_, it| vec![it.size.to_string()]),
    ("snapshot-id", |_, it| it.snapshot_id.iter().map(ToString::to_string).collect()),
    ("status", |_, it| vec![status(it).to_owned()]),
    ("volume-id", |_, it| vec![it.id.clone()]),
    ("volume-type", |_, it| vec![it.volume_type.to_string()]),
];
