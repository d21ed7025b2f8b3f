//! `AttachVolume` and `DetachVolume`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::VolumeRow;
use super::shape::{AttachmentShape, attachment};
use crate::instance::{Device, InstanceRow, State};
use crate::kind::Kind;
use crate::unmodelled::Unmodelled;
use crate::{demand, regional};

/// `AttachVolume`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachVolume {
    volume_id: String,
    instance_id: String,
    device: String,
    ebs_card_index: Option<i32>,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for AttachVolume {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AttachVolume";
    type Output = AttachmentShape;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .value("EbsCardIndex", self.ebs_card_index.as_ref().filter(|index| **index != 0))
            .finish()?;
        Kind::Volume.check(&self.volume_id)?;
        Kind::Instance.check(&self.instance_id)?;
        if !self.device.starts_with("/dev/") && !self.device.starts_with("xvd") {
            let text = format!(
                "Value ({}) for parameter device is invalid. {} is not a valid EBS device name.",
                self.device, self.device
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AttachVolume";
        let volume = demand::on(ask, action, Kind::Volume, &self.volume_id);
        Ok(vec![volume, demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AttachVolume {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AttachmentShape, Fault> {
        let volume = regional::find::<VolumeRow>(&act.ask(), &self.volume_id)?;
        let instance = regional::find::<InstanceRow>(&act.ask(), &self.instance_id)?;
        if volume.instance_id.is_some() {
            let text = format!("{} is already attached to an instance", volume.id);
            return Err(Fault::new("VolumeInUse", text));
        }
        if volume.zone != instance.placement.zone {
            // github.com/kubernetes-sigs/aws-ebs-csi-driver issue 52
            let text = format!(
                "The volume '{}' is not in the same availability zone as instance '{}'",
                volume.id, instance.id
            );
            return Err(Fault::new("InvalidVolume.ZoneMismatch", text));
        }
        if !matches!(instance.life.state(act.now), State::Running | State::Stopped) {
            let text = format!("Instance '{}' is not 'running'.", instance.id);
            return Err(Fault::new("IncorrectState", text));
        }
        if instance.devices.iter().any(|device| device.name == self.device) {
            let name = &self.device;
            let text = format!(
                "Invalid value '{name}' for unixDevice. Attachment point {name} is already in use"
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let device = Device {
            name: self.device.as_str().into(),
            volume_id: volume.id.clone(),
            attached: act.now,
            delete_on_termination: false,
        };
        let mut instance = (*instance).clone();
        instance.devices.push(device.clone());
        let instance_id = instance.id.clone();
        regional::put(act, instance)?;
        regional::put(
            act,
            VolumeRow { instance_id: Some(instance_id.clone()), ..(*volume).clone() },
        )?;
        Ok(AttachmentShape::new(instance_id, &device, "attaching"))
    }
}

/// `DetachVolume`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachVolume {
    volume_id: String,
    instance_id: Option<String>,
    device: Option<String>,
    /// Without asking the instance's operating system, which there is none of.
    #[serde(default)]
    #[expect(dead_code, reason = "nothing holds a volume back")]
    force: bool,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DetachVolume {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DetachVolume";
    type Output = AttachmentShape;

    fn check(&self) -> Result<(), Fault> {
        Kind::Volume.check(&self.volume_id)?;
        self.instance_id.as_ref().map_or(Ok(()), |id| Kind::Instance.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DetachVolume";
        let volume = regional::get::<VolumeRow>(ask, &self.volume_id);
        let attached = volume.and_then(|volume| volume.instance_id.clone());
        let instance = self.instance_id.clone().or(attached);
        let instance = instance.map(|id| demand::on(ask, action, Kind::Instance, &id));
        let volume = demand::on(ask, action, Kind::Volume, &self.volume_id);
        Ok(std::iter::once(volume).chain(instance).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DetachVolume {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AttachmentShape, Fault> {
        let volume = regional::find::<VolumeRow>(&act.ask(), &self.volume_id)?;
        let Some((instance_id, device)) = attachment(&act.ask(), &volume) else {
            let text = format!("Volume '{}' is in the 'available' state.", volume.id);
            return Err(Fault::new("IncorrectState", text));
        };
        let instance = regional::find::<InstanceRow>(&act.ask(), &instance_id)?;
        self.check_place(&instance, &device)?;
        let is_root = instance.devices.first() == Some(&device);
        if is_root && instance.life.state(act.now) != State::Stopped {
            let text = format!(
                "Unable to detach root volume '{}' from instance '{instance_id}'",
                device.name
            );
            return Err(Fault::new("OperationNotPermitted", text));
        }
        let mut instance = (*instance).clone();
        instance.devices.retain(|other| *other != device);
        regional::put(act, instance)?;
        regional::put(act, VolumeRow { instance_id: None, ..(*volume).clone() })?;
        Ok(AttachmentShape::new(instance_id, &device, "detaching"))
    }
}

impl DetachVolume {
    /// Holds instance and device against those of the request.
    fn check_place(&self, instance: &InstanceRow, device: &Device) -> Result<(), Fault> {
        let other_instance = self.instance_id.as_ref().filter(|id| **id != instance.id);
        let other_device = self.device.as_ref().filter(|name| **name != device.name);
        if other_instance.is_none() && other_device.is_none() {
            return Ok(());
        }
        let asked = self.instance_id.as_ref().unwrap_or(&instance.id);
        let name = self.device.as_deref().unwrap_or(&device.name);
        let text = format!(
            "The volume {} is not attached to instance {asked} as device {name}",
            device.volume_id
        );
        Err(Fault::new("InvalidAttachment.NotFound", text))
    }
}
