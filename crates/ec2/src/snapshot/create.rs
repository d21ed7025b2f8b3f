//! `CreateSnapshot`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::{SnapshotRow, SnapshotShape};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::volume::VolumeRow;
use crate::{demand, regional, tag};

/// `CreateSnapshot`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSnapshot {
    volume_id: String,
    description: Option<String>,
    outpost_arn: Option<String>,
    location: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for CreateSnapshot {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateSnapshot";
    type Output = SnapshotShape;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .value("OutpostArn", self.outpost_arn.as_ref())
            .value("Location", self.location.as_ref().filter(|place| *place != "regional"))
            .finish()?;
        Kind::Volume.check(&self.volume_id)?;
        tag::check_specifications(&self.tag_specification, &[Kind::Snapshot])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:CreateSnapshot";
        let volume = regional::get::<VolumeRow>(ask, &self.volume_id);
        let arn = Kind::Volume.arn(ask.region, ask.account(), &self.volume_id);
        let mut keys = vec![("ec2:ParentVolume", arn)];
        keys.extend(volume.map(|volume| ("ec2:VolumeSize", volume.size.to_string())));
        let tags = tag::specified(&self.tag_specification, Kind::Snapshot);
        let mut demands = demand::create(ask, action, Kind::Snapshot, keys, &tags);
        demands.push(demand::on(ask, action, Kind::Volume, &self.volume_id));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateSnapshot {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<SnapshotShape, Fault> {
        let volume = regional::find::<VolumeRow>(&act.ask(), &self.volume_id)?;
        let row = SnapshotRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::Snapshot.new_id(act.entropy),
            volume_id: volume.id.clone(),
            size: volume.size,
            description: self.description.clone().unwrap_or_default(),
            encrypted: volume.encrypted,
            started: act.now,
        };
        regional::put(act, row.clone())?;
        tag::set(act, &row.id, &tag::specified(&self.tag_specification, Kind::Snapshot))?;
        Ok(SnapshotShape::new(&act.ask(), &row, false))
    }
}
