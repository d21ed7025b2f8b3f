//! An instance as EC2 answers it. What comes from its type and image is looked up in the catalogue, what
//! comes from its network interfaces in their rows: the instance's own row is small.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::Serialize;

use crate::dns_name;
use crate::image;
use crate::instance::life::{State, StateReason, StateShape};
use crate::instance::metadata_options::switch;
use crate::instance::{InstanceRow, MetadataOptions};
use crate::instance_profile::ProfileShape;
use crate::instance_type;
use crate::network_interface::NetworkInterfaceRow;
use crate::region;
use crate::regional;
use crate::security_group::SecurityGroupRow;
use crate::tag::{self, TagShape};
use crate::time::Time;

/// What was launched together.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationShape {
    /// `r-…`
    pub reservation_id: String,
    owner_id: AccountId,
    group_set: Vec<GroupShape>,
    /// The instances.
    pub instances_set: Vec<InstanceShape>,
}

/// A security group, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupShape {
    pub(crate) group_id: String,
    pub(crate) group_name: String,
}

/// An instance.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceShape {
    /// `i-…`
    pub instance_id: String,
    image_id: String,
    instance_state: StateShape,
    /// The name in the VPC.
    pub private_dns_name: String,
    dns_name: String,
    reason: String,
    key_name: Option<String>,
    ami_launch_index: u32,
    product_codes: Vec<()>,
    /// Such as `m5.large`.
    pub instance_type: String,
    launch_time: Time,
    placement: PlacementShape,
    monitoring: MonitoringShape,
    platform: Option<&'static str>,
    platform_details: &'static str,
    usage_operation: &'static str,
    usage_operation_update_time: Time,
    /// The subnet, while it lives.
    pub subnet_id: Option<String>,
    /// The VPC, while it lives.
    pub vpc_id: Option<String>,
    /// The first private address, while it lives.
    pub private_ip_address: Option<String>,
    ip_address: Option<String>,
    source_dest_check: Option<bool>,
    group_set: Vec<GroupShape>,
    state_reason: Option<StateReason>,
    architecture: &'static str,
    root_device_type: &'static str,
    root_device_name: &'static str,
    block_device_mapping: Vec<DeviceShape>,
    virtualization_type: &'static str,
    instance_lifecycle: Option<&'static str>,
    spot_instance_request_id: Option<String>,
    client_token: String,
    tag_set: Vec<TagShape>,
    hypervisor: &'static str,
    network_interface_set: Vec<InterfaceShape>,
    iam_instance_profile: Option<ProfileShape>,
    ebs_optimized: bool,
    ena_support: bool,
    cpu_options: CpuShape,
    capacity_reservation_specification: CapacityReservationShape,
    hibernation_options: ConfiguredShape,
    enclave_options: EnabledShape,
    metadata_options: MetadataOptionsShape,
    maintenance_options: MaintenanceShape,
    private_dns_name_options: Option<PrivateDnsNameShape>,
    current_instance_boot_mode: &'static str,
}

/// Where it is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacementShape {
    availability_zone: String,
    availability_zone_id: Option<String>,
    group_name: String,
    tenancy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_number: Option<i32>,
}

/// Whether it is watched closely.
#[derive(Debug, Clone, Serialize)]
pub struct MonitoringShape {
    state: &'static str,
}

/// A volume of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceShape {
    device_name: String,
    ebs: EbsShape,
}

/// How a volume is attached.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EbsShape {
    volume_id: String,
    status: &'static str,
    attach_time: Time,
    delete_on_termination: bool,
}

/// A network interface of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterfaceShape {
    network_interface_id: String,
    subnet_id: String,
    vpc_id: String,
    description: String,
    owner_id: AccountId,
    status: &'static str,
    mac_address: String,
    private_ip_address: String,
    private_dns_name: String,
    source_dest_check: bool,
    group_set: Vec<GroupShape>,
    attachment: Option<InterfaceAttachmentShape>,
    association: Option<InterfaceAssociationShape>,
    private_ip_addresses_set: Vec<AddressShape>,
    ipv6_addresses_set: Vec<()>,
    interface_type: &'static str,
}

/// How an interface is attached.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterfaceAttachmentShape {
    attachment_id: String,
    device_index: i32,
    status: &'static str,
    attach_time: Time,
    delete_on_termination: bool,
    network_card_index: i32,
}

/// The public address of an interface.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterfaceAssociationShape {
    public_ip: String,
    public_dns_name: String,
    ip_owner_id: String,
}

/// A private address of an interface.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressShape {
    private_ip_address: String,
    private_dns_name: String,
    primary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    association: Option<InterfaceAssociationShape>,
}

/// Cores and threads.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CpuShape {
    core_count: i32,
    threads_per_core: i32,
}

/// What it wants of capacity reservations.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CapacityReservationShape {
    capacity_reservation_preference: String,
}

/// Whether it can hibernate.
#[derive(Debug, Clone, Serialize)]
pub struct ConfiguredShape {
    configured: bool,
}

/// Whether it can run enclaves.
#[derive(Debug, Clone, Serialize)]
pub struct EnabledShape {
    pub(crate) enabled: bool,
}

/// The options of its metadata service.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataOptionsShape {
    state: &'static str,
    http_tokens: &'static str,
    http_put_response_hop_limit: u8,
    http_endpoint: &'static str,
    http_protocol_ipv6: &'static str,
    instance_metadata_tags: &'static str,
}

/// How it is maintained.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceShape {
    auto_recovery: &'static str,
}

/// How it is named.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateDnsNameShape {
    hostname_type: &'static str,
    enable_resource_name_dns_a_record: bool,
    #[serde(rename = "enableResourceNameDnsAAAARecord")]
    enable_resource_name_dns_aaaa_record: bool,
}

impl ReservationShape {
    /// What `RunInstances` answers: the instances are pending.
    ///
    /// # Errors
    /// `InternalError` for no instance at all.
    pub(crate) fn launched(ask: &Ask<'_>, rows: &[InstanceRow]) -> Result<Self, Fault> {
        let Some(first) = rows.first() else {
            return Err(Fault::new("InternalError", "nothing was launched"));
        };
        let shape = |row| InstanceShape::new(ask, row, State::Pending);
        Ok(Self {
            reservation_id: first.reservation_id.to_string(),
            owner_id: first.account,
            group_set: Vec::new(),
            instances_set: rows.iter().map(shape).collect(),
        })
    }

    /// Instances by what they were launched with, in the order in which those appear.
    pub(crate) fn group(ask: &Ask<'_>, rows: &[Arc<InstanceRow>]) -> Vec<Self> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut reservations: Vec<Self> = Vec::new();
        for row in rows {
            let place = *places.entry(&row.reservation_id).or_insert_with(|| {
                reservations.push(Self {
                    reservation_id: row.reservation_id.to_string(),
                    owner_id: row.account,
                    group_set: Vec::new(),
                    instances_set: Vec::new(),
                });
                reservations.len() - 1
            });
            if let Some(reservation) = reservations.get_mut(place) {
                let shape = InstanceShape::new(ask, row, row.life.state(ask.now));
                reservation.instances_set.push(shape);
            }
        }
        reservations
    }

    /// The ids of the instances.
    #[must_use]
    pub fn instance_ids(&self) -> Vec<String> {
        self.instances_set.iter().map(|instance| instance.instance_id.clone()).collect()
    }
}

impl InstanceShape {
    /// How an instance is shown in a state.
    #[must_use]
    pub fn new(ask: &Ask<'_>, row: &InstanceRow, state: State) -> Self {
        let kind = instance_type::find(&row.instance_type);
        let image = image::get(&row.region, &row.image_id);
        let over = row.life.is_over();
        let interfaces = interfaces(ask, row);
        let first = interfaces.first();
        let public = first.and_then(|first| first.association.clone());
        let attributes = &row.attributes;
        let own = kind.map_or((1, 1), |kind| (kind.cores, kind.threads_per_core));
        let (core_count, threads_per_core) = attributes.cpu.unwrap_or(own);
        Self {
            instance_id: row.id.clone(),
            image_id: row.image_id.to_string(),
            instance_state: state.shape(),
            private_dns_name: if over { String::new() } else { row.private_dns_name() },
            dns_name: public.as_ref().map(|it| it.public_dns_name.clone()).unwrap_or_default(),
            reason: row.life.transition_reason(),
            key_name: row.key_name.as_ref().map(ToString::to_string),
            ami_launch_index: row.launch_index,
            product_codes: Vec::new(),
            instance_type: row.instance_type.to_string(),
            launch_time: Time(row.launched),
            placement: PlacementShape::new(row),
            monitoring: MonitoringShape { state: monitoring(attributes.monitoring) },
            platform: image.and_then(|image| image.platform.as_deref()),
            platform_details: image.map_or("Linux/UNIX", |image| image.platform_details()),
            usage_operation: image.map_or("RunInstances", |image| image.usage_operation()),
            usage_operation_update_time: Time(row.launched),
            subnet_id: (!over).then(|| row.subnet_id.to_string()),
            vpc_id: (!over).then(|| row.vpc_id.to_string()),
            private_ip_address: (!over).then(|| row.private_ip.to_string()),
            ip_address: public.map(|it| it.public_ip),
            source_dest_check: first.map(|first| first.source_dest_check),
            group_set: first.map(|first| first.group_set.clone()).unwrap_or_default(),
            state_reason: row.life.state_reason(state),
            architecture: image.map(|image| image.architecture.as_str()).unwrap_or_default(),
            root_device_type: "ebs",
            root_device_name: image.map(|it| it.root_device_name.as_str()).unwrap_or_default(),
            block_device_mapping: row.devices.iter().map(DeviceShape::new).collect(),
            virtualization_type: image.map_or("hvm", |image| image.virtualization_type.as_str()),
            instance_lifecycle: row.spot_request_id.as_ref().map(|_| "spot"),
            spot_instance_request_id: row.spot_request_id.clone(),
            client_token: row.client_token.clone().unwrap_or_default().to_string(),
            tag_set: tag::shown(ask, &row.id),
            // What DescribeInstances says of Nitro, too (EC2 user guide, "AMI virtualization types").
            hypervisor: "xen",
            iam_instance_profile: row.profile.as_ref().map(ProfileShape::of),
            ebs_optimized: attributes.ebs_optimized,
            ena_support: kind.is_some_and(|kind| kind.ena),
            cpu_options: CpuShape { core_count, threads_per_core },
            capacity_reservation_specification: CapacityReservationShape {
                capacity_reservation_preference: attributes
                    .capacity_reservations
                    .clone()
                    .unwrap_or_else(|| "open".into())
                    .to_string(),
            },
            hibernation_options: ConfiguredShape { configured: attributes.hibernation },
            enclave_options: EnabledShape { enabled: attributes.enclave },
            metadata_options: MetadataOptionsShape::new(&row.metadata, "applied"),
            maintenance_options: MaintenanceShape { auto_recovery: attributes.auto_recovery() },
            private_dns_name_options: (!over).then_some(PrivateDnsNameShape {
                hostname_type: if attributes.named_by_id { "resource-name" } else { "ip-name" },
                enable_resource_name_dns_a_record: attributes.named_by_id_a_record,
                enable_resource_name_dns_aaaa_record: false,
            }),
            current_instance_boot_mode: "legacy-bios",
            network_interface_set: interfaces,
        }
    }
}

/// `enabled` or `disabled`.
pub(crate) fn monitoring(on: bool) -> &'static str {
    switch(on)
}

fn interfaces(ask: &Ask<'_>, row: &InstanceRow) -> Vec<InterfaceShape> {
    let ids = row.network_interface_ids.iter();
    let rows = ids.filter_map(|id| regional::get::<NetworkInterfaceRow>(ask, id));
    rows.map(|row| InterfaceShape::new(ask, &row)).collect()
}

impl PlacementShape {
    fn new(row: &InstanceRow) -> Self {
        let placement = &row.placement;
        Self {
            availability_zone: placement.zone.to_string(),
            availability_zone_id: region::zone(&row.region, &placement.zone).map(|zone| zone.id),
            group_name: placement.group_name.clone().unwrap_or_default().to_string(),
            tenancy: placement.tenancy.to_string(),
            partition_number: placement.partition_number,
        }
    }
}

impl DeviceShape {
    pub(crate) fn new(device: &crate::instance::Device) -> Self {
        Self {
            device_name: device.name.to_string(),
            ebs: EbsShape {
                volume_id: device.volume_id.clone(),
                status: "attached",
                attach_time: Time(device.attached),
                delete_on_termination: device.delete_on_termination,
            },
        }
    }
}

impl MetadataOptionsShape {
    /// Options that are `applied` or `pending`.
    #[must_use]
    pub fn new(options: &MetadataOptions, state: &'static str) -> Self {
        Self {
            state,
            http_tokens: options.http_tokens(),
            http_put_response_hop_limit: options.hop_limit,
            http_endpoint: options.http_endpoint(),
            http_protocol_ipv6: options.http_protocol_ipv6(),
            instance_metadata_tags: options.instance_metadata_tags(),
        }
    }
}

impl InterfaceShape {
    fn new(ask: &Ask<'_>, row: &NetworkInterfaceRow) -> Self {
        let association = row.public.as_ref().map(|public| InterfaceAssociationShape {
            public_ip: public.address.to_string(),
            public_dns_name: dns_name::public(&row.region, public.address),
            ip_owner_id: match &public.elastic {
                Some(_) => row.account.to_string(),
                None => "amazon".to_owned(),
            },
        });
        let address = |(at, address): (usize, &std::net::Ipv4Addr)| AddressShape {
            private_ip_address: address.to_string(),
            private_dns_name: dns_name::private(&row.region, *address),
            primary: at == 0,
            association: association.clone().filter(|_| at == 0),
        };
        Self {
            network_interface_id: row.id.clone(),
            subnet_id: row.subnet_id.to_string(),
            vpc_id: row.vpc_id.to_string(),
            description: row.description.to_string(),
            owner_id: row.account,
            status: row.status(),
            mac_address: row.mac.clone(),
            private_ip_address: row.primary().to_string(),
            private_dns_name: dns_name::private(&row.region, row.primary()),
            source_dest_check: row.source_dest_check,
            group_set: groups(ask, &row.groups),
            attachment: row.attachment.as_ref().map(|attachment| InterfaceAttachmentShape {
                attachment_id: attachment.id.clone(),
                device_index: attachment.device_index,
                status: "attached",
                attach_time: Time(attachment.attached),
                delete_on_termination: attachment.delete_on_termination,
                network_card_index: 0,
            }),
            private_ip_addresses_set: row.addresses.iter().enumerate().map(address).collect(),
            association,
            ipv6_addresses_set: Vec::new(),
            interface_type: "interface",
        }
    }
}

/// Groups with their names.
pub(crate) fn groups(ask: &Ask<'_>, ids: &[String]) -> Vec<GroupShape> {
    let group = |id: &String| {
        let row = regional::get::<SecurityGroupRow>(ask, id)?;
        Some(GroupShape { group_id: id.clone(), group_name: row.name.clone() })
    };
    ids.iter().filter_map(group).collect()
}
