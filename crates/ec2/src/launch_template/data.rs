//! `GetLaunchTemplateData`: what a template would have to hold to launch an instance again.

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::instance::InstanceRow;
use crate::instance_profile::ProfileSpecification;
use crate::kind::Kind;
use crate::launch::LaunchData;
use crate::launch::specification::{
    BlockDeviceMapping, EbsBlockDevice, Enabled, InterfaceSpecification,
    MetadataOptionsSpecification, PlacementSpecification, respell,
};
use crate::launch_template::LaunchDataShape;
use crate::network_interface::NetworkInterfaceRow;
use crate::regional;
use crate::tag::{self, TagInput, TagSpecification};
use crate::volume::VolumeRow;

/// `GetLaunchTemplateData`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLaunchTemplateData {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The instance.
    pub instance_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplateDataOutput {
    launch_template_data: LaunchDataShape,
}

impl Operation for GetLaunchTemplateData {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "GetLaunchTemplateData";
    type Output = LaunchTemplateDataOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:GetLaunchTemplateData";
        Ok(vec![demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for GetLaunchTemplateData {
    fn read(self, ask: &Ask<'_>) -> Result<LaunchTemplateDataOutput, Fault> {
        let row = regional::find::<InstanceRow>(ask, &self.instance_id)?;
        Ok(LaunchTemplateDataOutput { launch_template_data: respell(&data(ask, &row))? })
    }
}

fn data(ask: &Ask<'_>, row: &InstanceRow) -> LaunchData {
    let own = &row.attributes;
    let shutdown = if own.shutdown_terminates { "terminate" } else { "stop" };
    LaunchData {
        ebs_optimized: Some(own.ebs_optimized),
        iam_instance_profile: row
            .profile
            .as_ref()
            .map(|profile| ProfileSpecification::with_arn(profile.profile_arn.as_str())),
        block_device_mapping: row.devices.iter().map(|device| mapping(ask, device)).collect(),
        network_interface: interfaces(ask, row),
        image_id: Some(row.image_id.to_string()),
        instance_type: Some(row.instance_type.to_string()),
        key_name: row.key_name.as_ref().map(ToString::to_string),
        monitoring: Some(Enabled { enabled: Some(own.monitoring) }),
        placement: Some(PlacementSpecification {
            availability_zone: Some(row.placement.zone.to_string()),
            tenancy: Some(row.placement.tenancy.to_string()),
            ..PlacementSpecification::default()
        }),
        disable_api_termination: Some(own.disable_api_termination),
        disable_api_stop: Some(own.disable_api_stop),
        instance_initiated_shutdown_behavior: Some(shutdown.to_owned()),
        user_data: row.user_data.as_ref().map(ToString::to_string),
        tag_specification: tags(ask, row),
        metadata_options: Some(MetadataOptionsSpecification {
            http_tokens: Some(row.metadata.http_tokens().to_owned()),
            http_put_response_hop_limit: Some(i32::from(row.metadata.hop_limit)),
            http_endpoint: Some(row.metadata.http_endpoint().to_owned()),
            http_protocol_ipv6: Some(row.metadata.http_protocol_ipv6().to_owned()),
            instance_metadata_tags: Some(row.metadata.instance_metadata_tags().to_owned()),
        }),
        ..LaunchData::default()
    }
}

fn mapping(ask: &Ask<'_>, device: &crate::instance::Device) -> BlockDeviceMapping {
    let volume = regional::get::<VolumeRow>(ask, &device.volume_id);
    let ebs = volume.map(|volume| EbsBlockDevice {
        delete_on_termination: Some(device.delete_on_termination),
        encrypted: Some(volume.encrypted),
        snapshot_id: volume.snapshot_id.as_ref().map(ToString::to_string),
        volume_size: Some(volume.size),
        volume_type: Some(volume.volume_type.to_string()),
        ..EbsBlockDevice::default()
    });
    BlockDeviceMapping { device_name: Some(device.name.to_string()), ebs, ..Default::default() }
}

fn interfaces(ask: &Ask<'_>, row: &InstanceRow) -> Vec<InterfaceSpecification> {
    let ids = row.network_interface_ids.iter();
    let rows = ids.filter_map(|id| regional::get::<NetworkInterfaceRow>(ask, id));
    let specification = |one: std::sync::Arc<NetworkInterfaceRow>| {
        let attachment = one.attachment.as_ref();
        InterfaceSpecification {
            associate_public_ip_address: Some(one.public.is_some()),
            delete_on_termination: attachment.map(|it| it.delete_on_termination),
            description: Some(one.description.to_string()),
            device_index: attachment.map(|it| it.device_index),
            security_group_id: one.groups.clone(),
            subnet_id: Some(one.subnet_id.to_string()),
            ..InterfaceSpecification::default()
        }
    };
    rows.map(specification).collect()
}

/// Its tags but for those of EC2 itself.
fn tags(ask: &Ask<'_>, row: &InstanceRow) -> Vec<TagSpecification> {
    let own = tag::of(ask, &row.id).iter().filter(|tag| !tag.key.starts_with("aws:"));
    let tag: Vec<TagInput> = own
        .map(|tag| TagInput { key: Some(tag.key.clone()), value: Some(tag.value.clone()) })
        .collect();
    if tag.is_empty() {
        return Vec::new();
    }
    vec![TagSpecification { resource_type: Some(Kind::Instance.name().to_owned()), tag }]
}
