//! The block devices of a launch: the image's root volume, and those that are asked for.

use std::collections::BTreeSet;

use cloud::{Ask, Fault};

use crate::image::Image;
use crate::launch::specification::{BlockDeviceMapping, EbsBlockDevice};
use crate::snapshot;

/// A volume that a launch makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePlan {
    /// The device's name.
    pub name: String,
    /// Gibibytes.
    pub size: i32,
    /// `gp3`, …
    pub volume_type: String,
    /// Operations a second that are asked for.
    pub iops: Option<i32>,
    /// Mebibytes a second that are asked for.
    pub throughput: Option<i32>,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// The key that encrypts it.
    pub kms_key_id: Option<String>,
    /// The snapshot that it begins with.
    pub snapshot_id: Option<String>,
    /// Whether the request, not the image, names the snapshot.
    pub names_snapshot: bool,
    /// Whether it goes with the instance.
    pub delete_on_termination: bool,
}

/// The devices of a launch, the root device first.
///
/// # Errors
/// `InvalidBlockDeviceMapping` and the like.
pub fn plan(
    ask: &Ask<'_>,
    image: &Image,
    asked: &[BlockDeviceMapping],
) -> Result<Vec<DevicePlan>, Fault> {
    let mut names = BTreeSet::new();
    for device in asked {
        let name = device.device_name.as_deref().unwrap_or_default();
        if name.is_empty() {
            let text = "The request must contain the parameter deviceName";
            return Err(Fault::new("MissingParameter", text));
        }
        if !names.insert(name) {
            // unverified: the text.
            let text = format!("Device name {name} is used more than once");
            return Err(Fault::new("InvalidBlockDeviceMapping", text));
        }
    }
    let is_root = |device: &&BlockDeviceMapping| {
        device.device_name.as_deref() == Some(image.root_device_name.as_str())
    };
    let root = asked.iter().find(is_root).and_then(|device| device.ebs.as_ref());
    let mut plans = vec![root_device(ask, image, root)?];
    for device in asked.iter().filter(|device| !is_root(device)) {
        // Local disks come with their type, and `NoDevice` takes away what the image does not have.
        let Some(ebs) = &device.ebs else { continue };
        plans.push(volume(ask, device.device_name.as_deref().unwrap_or_default(), ebs)?);
    }
    Ok(plans)
}

fn root_device(
    ask: &Ask<'_>,
    image: &Image,
    asked: Option<&EbsBlockDevice>,
) -> Result<DevicePlan, Fault> {
    let own = EbsBlockDevice {
        snapshot_id: Some(image.snapshot_id.clone()),
        volume_size: Some(image.root_volume_gib),
        volume_type: Some(image.root_volume_type.to_owned()),
        delete_on_termination: Some(true),
        ..EbsBlockDevice::default()
    };
    let Some(asked) = asked else { return volume(ask, &image.root_device_name, &own) };
    let laid = EbsBlockDevice {
        snapshot_id: asked.snapshot_id.clone().or(own.snapshot_id),
        volume_size: asked.volume_size.or(own.volume_size),
        volume_type: asked.volume_type.clone().or(own.volume_type),
        delete_on_termination: asked.delete_on_termination.or(own.delete_on_termination),
        ..asked.clone()
    };
    let names_snapshot = asked.snapshot_id.is_some();
    Ok(DevicePlan { names_snapshot, ..volume(ask, &image.root_device_name, &laid)? })
}

fn volume(ask: &Ask<'_>, name: &str, asked: &EbsBlockDevice) -> Result<DevicePlan, Fault> {
    let snapshot_gib =
        asked.snapshot_id.as_deref().map(|id| snapshot::size(ask, id)).transpose()?;
    let Some(size) = asked.volume_size.or(snapshot_gib) else {
        let text = "The request must contain the parameter size or snapshotId";
        return Err(Fault::new("MissingParameter", text));
    };
    if let (Some(least), Some(snapshot)) = (snapshot_gib, &asked.snapshot_id)
        && size < least
    {
        let text = format!(
            "Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size >= {least}GB"
        );
        return Err(Fault::new("InvalidBlockDeviceMapping", text));
    }
    Ok(DevicePlan {
        name: name.to_owned(),
        size,
        volume_type: asked.volume_type.clone().unwrap_or_else(|| "gp2".to_owned()),
        iops: asked.iops,
        throughput: asked.throughput,
        encrypted: asked.encrypted == Some(true),
        kms_key_id: asked.kms_key_id.clone().filter(|key| !key.is_empty()),
        names_snapshot: asked.snapshot_id.is_some(),
        snapshot_id: asked.snapshot_id.clone(),
        delete_on_termination: asked.delete_on_termination.unwrap_or(true),
    })
}
