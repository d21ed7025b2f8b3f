//! `CreateVolume`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::shape::VolumeShape;
use super::{NewVolume, VolumeRow, make};
use crate::demand::Key;
use crate::kind::Kind;
use crate::launch::device::DevicePlan;
use crate::region::{self, Zone};
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::{client_token, demand, regional, snapshot, tag};

/// What the types of volume can be: the least and most gibibytes, operations and mebibytes a second ("Amazon EBS
/// volume types"). Zero stands for what cannot be asked for.
struct Limits {
    name: &'static str,
    size: (i32, i32),
    iops: (i32, i32),
    throughput: (i32, i32),
}

const TYPES: &[Limits] = &[
    Limits { name: "gp2", size: (1, 16_384), iops: (0, 0), throughput: (0, 0) },
    Limits { name: "gp3", size: (1, 65_536), iops: (3_000, 80_000), throughput: (125, 2_000) },
    Limits { name: "io1", size: (4, 16_384), iops: (100, 64_000), throughput: (0, 0) },
    Limits { name: "io2", size: (4, 65_536), iops: (100, 256_000), throughput: (0, 0) },
    Limits { name: "sc1", size: (125, 16_384), iops: (0, 0), throughput: (0, 0) },
    Limits { name: "st1", size: (125, 16_384), iops: (0, 0), throughput: (0, 0) },
    Limits { name: "standard", size: (1, 1_024), iops: (0, 0), throughput: (0, 0) },
];

/// `CreateVolume`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVolume {
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    size: Option<i32>,
    snapshot_id: Option<String>,
    volume_type: Option<String>,
    iops: Option<i32>,
    throughput: Option<i32>,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    #[serde(default)]
    multi_attach_enabled: bool,
    outpost_arn: Option<String>,
    volume_initialization_rate: Option<i32>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

impl CreateVolume {
    fn zone(&self, region: &str) -> Result<Zone, Fault> {
        let (name, id) = (self.availability_zone.as_ref(), self.availability_zone_id.as_ref());
        let is_it = |zone: &Zone| name == Some(&zone.name) || id == Some(&zone.id);
        region::zones(region).into_iter().find(is_it).ok_or_else(|| {
            let asked = name.or(id).map(String::as_str).unwrap_or_default();
            let text = format!("Value ({asked}) for parameter availabilityZone is invalid.");
            Fault::new("InvalidParameterValue", text)
        })
    }

    fn kind(&self) -> &str {
        self.volume_type.as_deref().unwrap_or("gp2")
    }

    /// The size, which the snapshot has if the request does not.
    fn size(&self, ask: &Ask<'_>) -> Result<i32, Fault> {
        let least = self.snapshot_id.as_deref().map(|id| snapshot::size(ask, id)).transpose()?;
        match (self.size.or(least), least) {
            (Some(size), Some(least)) if size < least => {
                let id = self.snapshot_id.as_deref().unwrap_or_default();
                let text = format!("Volume size is less than snapshot '{id}' size {least}GiB");
                Err(Fault::new("InvalidParameterValue", text))
            }
            (Some(size), _) => Ok(size),
            (None, _) => {
                let text = "The request must contain the parameter size or snapshotId";
                Err(Fault::new("MissingParameter", text))
            }
        }
    }

    fn plan(&self, size: i32) -> DevicePlan {
        DevicePlan {
            name: String::new(),
            size,
            volume_type: self.kind().to_owned(),
            iops: self.iops,
            throughput: self.throughput,
            encrypted: self.encrypted == Some(true) || self.kms_key_id.is_some(),
            kms_key_id: self.kms_key_id.clone(),
            snapshot_id: self.snapshot_id.clone(),
            names_snapshot: self.snapshot_id.is_some(),
            delete_on_termination: false,
        }
    }
}

/// Checks what a volume of a type is to be.
///
/// # Errors
/// `UnknownVolumeType`, `InvalidParameterValue`, `InvalidParameterCombination`
pub fn check_performance(
    kind: &str,
    size: Option<i32>,
    iops: Option<i32>,
    throughput: Option<i32>,
) -> Result<(), Fault> {
    let Some(limits) = TYPES.iter().find(|limits| limits.name == kind) else {
        let text = format!("Unsupported volume type '{kind}' for volume creation.");
        return Err(Fault::new("UnknownVolumeType", text));
    };
    // unverified: EC2's texts.
    let check = |what: &str, value: Option<i32>, (least, most): (i32, i32)| match value {
        Some(_) if most == 0 => {
            let text = format!("The parameter {what} is not supported for {kind} volumes.");
            Err(Fault::new("InvalidParameterCombination", text))
        }
        Some(value) if value < least => {
            let text = format!("Volume {what} of {value} is too low; minimum is {least}.");
            Err(Fault::new("InvalidParameterValue", text))
        }
        Some(value) if value > most => {
            let text = format!("Volume {what} of {value} is too high; maximum is {most}.");
            Err(Fault::new("InvalidParameterValue", text))
        }
        _ => Ok(()),
    };
    match size {
        Some(size) if size < limits.size.0 => {
            let least = limits.size.0;
            let text = format!(
                "Volume of {size}GiB is too small for volume type {kind}; minimum is {least}GiB."
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        Some(size) if size > limits.size.1 => {
            let most = limits.size.1;
            let text = format!(
                "Volume of {size}GiB is too large for volume type {kind}; maximum is {most}GiB."
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        _ => {}
    }
    if matches!(kind, "io1" | "io2") && iops.is_none() {
        let text = format!("The parameter iops must be specified for {kind} volumes.");
        return Err(Fault::new("MissingParameter", text));
    }
    check("iops", iops, limits.iops)?;
    check("throughput", throughput, limits.throughput)
}

impl Operation for CreateVolume {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateVolume";
    type Output = VolumeShape;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        Unmodelled::new(Self::NAME)
            .flag("MultiAttachEnabled", self.multi_attach_enabled)
            .value("OutpostArn", self.outpost_arn.as_ref())
            .value("VolumeInitializationRate", self.volume_initialization_rate.as_ref())
            .finish()?;
        if self.availability_zone.is_none() && self.availability_zone_id.is_none() {
            let text = "The request must contain the parameter AvailabilityZone";
            return Err(Fault::new("MissingParameter", text));
        }
        if let Some(id) = &self.snapshot_id {
            Kind::Snapshot.check(id)?;
        }
        check_performance(self.kind(), self.size, self.iops, self.throughput)?;
        tag::check_specifications(&self.tag_specification, &[Kind::Volume])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:CreateVolume", Kind::Volume);
        let mut keys: Vec<Key> = vec![
            ("ec2:VolumeType", self.kind().to_owned()),
            ("ec2:Encrypted", self.plan(0).encrypted.to_string()),
        ];
        if let Ok(zone) = self.zone(ask.region) {
            keys.push(("ec2:AvailabilityZone", zone.name));
            keys.push(("ec2:AvailabilityZoneId", zone.id));
        }
        keys.extend(self.size(ask).ok().map(|size| ("ec2:VolumeSize", size.to_string())));
        keys.extend(self.iops.map(|iops| ("ec2:VolumeIops", iops.to_string())));
        keys.extend(self.throughput.map(|it| ("ec2:VolumeThroughput", it.to_string())));
        keys.extend(self.kms_key_id.clone().map(|key| ("ec2:KmsKeyId", key)));
        let parent = self.snapshot_id.as_ref();
        let parent = parent.map(|id| Kind::Snapshot.arn(ask.region, ask.account(), id));
        keys.extend(parent.map(|arn| ("ec2:ParentSnapshot", arn)));
        let tags = tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, kind, keys, &tags);
        let snapshot = self.snapshot_id.as_ref();
        demands.extend(snapshot.map(|id| demand::on(ask, action, Kind::Snapshot, id)));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateVolume {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<VolumeShape, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let volume = regional::find::<VolumeRow>(&act.ask(), &id)?;
        Ok(VolumeShape::new(&act.ask(), &volume, "creating"))
    }
}

impl CreateVolume {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let zone = self.zone(act.region)?;
        let size = self.size(&act.ask())?;
        check_performance(self.kind(), Some(size), self.iops, self.throughput)?;
        let new = NewVolume { plan: &self.plan(size), zone: &zone.name, instance_id: None };
        let volume = make(act, new)?;
        tag::set(act, &volume.id, &tag::specified(&self.tag_specification, Kind::Volume))?;
        Ok(volume.id)
    }
}
