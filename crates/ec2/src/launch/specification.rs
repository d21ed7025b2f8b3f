//! What can be asked of a launch: by `RunInstances`, in a launch template, in a request for Spot Instances.
//! The structures are those of the API, with the names that clients send.

#![expect(missing_docs, reason = "the fields are named and described in the API reference")]

use cloud::Fault;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::instance_profile::ProfileSpecification;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;

/// A parameter that EC2 knows and that is not modelled: whatever it says, it is refused by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present;

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl Serialize for Present {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// What was sent, under the names of answers: `S` reads the names that `T` has in requests.
///
/// # Errors
/// `InternalError`, if the two structures had fallen apart.
pub(crate) fn respell<T: Serialize, S: DeserializeOwned>(sent: &T) -> Result<S, Fault> {
    let shape = serde_json::to_value(sent).and_then(serde_json::from_value);
    shape.map_err(|error| Fault::new("InternalError", error.to_string()))
}

/// Everything that a launch template can hold, which is all of a launch but how many instances and in
/// which subnet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs_optimized: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_instance_profile: Option<ProfileSpecification>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_device_mapping: Vec<BlockDeviceMapping>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network_interface: Vec<InterfaceSpecification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Enabled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementSpecification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_api_termination: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_api_stop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_initiated_shutdown_behavior: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_specification: Vec<TagSpecification>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_id: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_market_options: Option<MarketOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_specification: Option<CreditSpecification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_options: Option<CpuOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_specification: Option<CapacityReservationSpecification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hibernation_options: Option<Configured>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_options: Option<MetadataOptionsSpecification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enclave_options: Option<Enabled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name_options: Option<PrivateDnsNameOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_options: Option<MaintenanceOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_id: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none", alias = "RamdiskId")]
    pub ram_disk_id: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elastic_gpu_specification: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elastic_inference_accelerator: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_specification: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_requirements: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_performance_options: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_interface: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BlockDeviceMapping {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs: Option<EbsBlockDevice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EbsBlockDevice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_on_termination: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iops: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_size: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_initialization_rate: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outpost_arn: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs_card_index: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InterfaceSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associate_public_ip_address: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_on_termination: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_index: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_id: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip_address: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub private_ip_addresses: Vec<PrivateIpAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_private_ip_address_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_card_index: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_address_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_addresses: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associate_carrier_ip_address: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_ipv6: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_prefix: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_prefix_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_prefix: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_prefix_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ena_srd_specification: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_tracking_specification: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ena_queue_count: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrivateIpAddress {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip_address: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Enabled {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Configured {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configured: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlacementSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenancy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_number: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_id: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_resource_group_arn: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread_domain: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MarketOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_options: Option<SpotOptions>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SpotOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_instance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_duration_minutes: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_interruption_behavior: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreditSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_credits: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CpuOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads_per_core: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amd_sev_snp: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nested_virtualization: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CapacityReservationSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_preference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_target: Option<Present>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataOptionsSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_put_response_hop_limit: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_protocol_ipv6: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrivateDnsNameOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname_type: Option<String>,
    #[serde(rename = "EnableResourceNameDnsARecord", skip_serializing_if = "Option::is_none")]
    pub a_record: Option<bool>,
    #[serde(rename = "EnableResourceNameDnsAAAARecord", skip_serializing_if = "Option::is_none")]
    pub aaaa_record: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MaintenanceOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_recovery: Option<String>,
}

/// `LaunchTemplate`: which version of which template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TemplateSpecification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_template_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_template_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl LaunchData {
    /// Refuses by name what `operation` is given and is not modelled.
    ///
    /// # Errors
    /// `NotImplemented`
    pub fn check_modelled(&self, operation: &'static str) -> Result<(), Fault> {
        let reservation = self.capacity_reservation_specification.as_ref();
        let mut unmodelled = Unmodelled::new(operation)
            .value("KernelId", self.kernel_id.as_ref())
            .value("RamdiskId", self.ram_disk_id.as_ref())
            .value("ElasticGpuSpecification", self.elastic_gpu_specification.as_ref())
            .value("ElasticInferenceAccelerator", self.elastic_inference_accelerator.as_ref())
            .value("LicenseSpecification", self.license_specification.as_ref())
            .value("InstanceRequirements", self.instance_requirements.as_ref())
            .value("Operator", self.operator.as_ref())
            .value("NetworkPerformanceOptions", self.network_performance_options.as_ref())
            .value("SecondaryInterface", self.secondary_interface.as_ref())
            .value(
                "CapacityReservationTarget",
                reservation.and_then(|one| one.capacity_reservation_target.as_ref()),
            );
        if let Some(placement) = &self.placement {
            unmodelled = unmodelled
                .value("Placement.Affinity", placement.affinity.as_ref())
                .value("Placement.HostId", placement.host_id.as_ref())
                .value("Placement.HostResourceGroupArn", placement.host_resource_group_arn.as_ref())
                .value("Placement.GroupId", placement.group_id.as_ref())
                .value(
                    "Placement.GroupName",
                    placement.group_name.as_ref().filter(|name| !name.is_empty()),
                )
                .value("Placement.SpreadDomain", placement.spread_domain.as_ref())
                .flag("Placement.Tenancy=host", placement.tenancy.as_deref() == Some("host"));
        }
        if let Some(cpu) = &self.cpu_options {
            unmodelled = unmodelled
                .value("CpuOptions.AmdSevSnp", cpu.amd_sev_snp.as_ref())
                .value("CpuOptions.NestedVirtualization", cpu.nested_virtualization.as_ref());
        }
        for device in &self.block_device_mapping {
            let ebs = device.ebs.as_ref();
            unmodelled = unmodelled
                .value(
                    "VolumeInitializationRate",
                    ebs.and_then(|ebs| ebs.volume_initialization_rate.as_ref()),
                )
                .value("Ebs.OutpostArn", ebs.and_then(|ebs| ebs.outpost_arn.as_ref()))
                .value("EbsCardIndex", ebs.and_then(|ebs| ebs.ebs_card_index.as_ref()));
        }
        for interface in &self.network_interface {
            unmodelled = interface.unmodelled(unmodelled);
        }
        unmodelled.finish()
    }
}

impl InterfaceSpecification {
    fn unmodelled(&self, unmodelled: Unmodelled) -> Unmodelled {
        let some = |number: Option<i32>| number.is_some_and(|number| number > 0);
        unmodelled
            .flag("NetworkInterface.Ipv6AddressCount", some(self.ipv6_address_count))
            .value("NetworkInterface.Ipv6Addresses", self.ipv6_addresses.as_ref())
            .flag("AssociateCarrierIpAddress", self.associate_carrier_ip_address == Some(true))
            .flag("PrimaryIpv6", self.primary_ipv6 == Some(true))
            .value("Ipv4Prefix", self.ipv4_prefix.as_ref())
            .flag("Ipv4PrefixCount", some(self.ipv4_prefix_count))
            .value("Ipv6Prefix", self.ipv6_prefix.as_ref())
            .flag("Ipv6PrefixCount", some(self.ipv6_prefix_count))
            .value("EnaSrdSpecification", self.ena_srd_specification.as_ref())
            .value(
                "ConnectionTrackingSpecification",
                self.connection_tracking_specification.as_ref(),
            )
            .value("EnaQueueCount", self.ena_queue_count.as_ref())
            .flag("NetworkCardIndex", some(self.network_card_index))
            .flag(
                "InterfaceType",
                self.interface_type.as_deref().is_some_and(|kind| kind != "interface"),
            )
    }
}
