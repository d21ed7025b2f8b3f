//! How EC2 answers volumes.

use cloud::Ask;
use names::Timestamp;
use serde::Serialize;

use super::VolumeRow;
use crate::instance::{Device, InstanceRow};
use crate::region;
use crate::regional;
use crate::tag::{self, TagShape};
use crate::time::Time;

/// A volume as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeShape {
    volume_id: String,
    size: i32,
    snapshot_id: String,
    availability_zone: String,
    availability_zone_id: Option<String>,
    status: &'static str,
    create_time: Time,
    attachment_set: Vec<AttachmentShape>,
    volume_type: String,
    iops: Option<i32>,
    throughput: Option<i32>,
    encrypted: bool,
    kms_key_id: Option<String>,
    multi_attach_enabled: bool,
    tag_set: Vec<TagShape>,
}

/// An attachment as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentShape {
    volume_id: String,
    instance_id: String,
    device: String,
    status: &'static str,
    attach_time: Time,
    delete_on_termination: bool,
}

impl VolumeShape {
    /// How `volume` is shown in a state.
    #[must_use]
    pub fn new(ask: &Ask<'_>, volume: &VolumeRow, status: &'static str) -> Self {
        let attachment = attachment(ask, volume);
        let shape = |(instance_id, device)| AttachmentShape::new(instance_id, &device, "attached");
        Self {
            volume_id: volume.id.clone(),
            size: volume.size,
            snapshot_id: volume.snapshot_id.clone().unwrap_or_default().to_string(),
            availability_zone: volume.zone.to_string(),
            availability_zone_id: region::zone(&volume.region, &volume.zone).map(|zone| zone.id),
            status,
            create_time: Time(volume.created),
            attachment_set: attachment.into_iter().map(shape).collect(),
            volume_type: volume.volume_type.to_string(),
            iops: volume.iops,
            throughput: volume.throughput,
            encrypted: volume.encrypted,
            kms_key_id: volume.kms_key_id.as_ref().map(ToString::to_string),
            multi_attach_enabled: false,
            tag_set: tag::shown(ask, &volume.id),
        }
    }
}

impl AttachmentShape {
    /// How the device of an instance is shown in a state.
    #[must_use]
    pub fn new(instance_id: String, device: &Device, status: &'static str) -> Self {
        Self {
            volume_id: device.volume_id.clone(),
            instance_id,
            device: device.name.to_string(),
            status,
            attach_time: Time(device.attached),
            delete_on_termination: device.delete_on_termination,
        }
    }
}

/// The instance that a volume is attached to, with the device that it is there.
#[must_use]
pub fn attachment(ask: &Ask<'_>, volume: &VolumeRow) -> Option<(String, Device)> {
    let instance = regional::get::<InstanceRow>(ask, volume.instance_id.as_ref()?)?;
    let device = instance.devices.iter().find(|device| device.volume_id == volume.id)?;
    Some((instance.id.clone(), device.clone()))
}

/// What a volume is, once whoever waits asks again: `available` or `in-use`.
#[must_use]
pub fn status(volume: &VolumeRow) -> &'static str {
    if volume.instance_id.is_some() { "in-use" } else { "available" }
}

/// A time for filters, as it is answered.
#[must_use]
pub fn time(timestamp: Timestamp) -> String {
    let text = timestamp.to_string();
    format!("{}.000Z", text.trim_end_matches('Z'))
}
