//! What a launch template holds, as EC2 answers it: the same as what was sent, under the names of answers.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// As the API answers it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct LaunchDataShape {
    ebs_optimized: Option<bool>,
    iam_instance_profile: Option<Profile>,
    #[serde(rename(deserialize = "BlockDeviceMapping"))]
    block_device_mapping_set: Option<Vec<BlockDevice>>,
    #[serde(rename(deserialize = "NetworkInterface"))]
    network_interface_set: Option<Vec<Interface>>,
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    monitoring: Option<Monitoring>,
    placement: Option<Placement>,
    disable_api_termination: Option<bool>,
    instance_initiated_shutdown_behavior: Option<String>,
    user_data: Option<String>,
    #[serde(rename(deserialize = "TagSpecification"))]
    tag_specification_set: Option<Vec<TagSpecification>>,
    #[serde(rename(deserialize = "SecurityGroupId"))]
    security_group_id_set: Option<Vec<String>>,
    #[serde(rename(deserialize = "SecurityGroup"))]
    security_group_set: Option<Vec<String>>,
    instance_market_options: Option<MarketOptions>,
    credit_specification: Option<Credits>,
    cpu_options: Option<Cpu>,
    capacity_reservation_specification: Option<CapacityReservation>,
    hibernation_options: Option<Hibernation>,
    metadata_options: Option<MetadataOptions>,
    enclave_options: Option<Enclave>,
    private_dns_name_options: Option<PrivateDnsName>,
    maintenance_options: Option<Maintenance>,
    disable_api_stop: Option<bool>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Profile {
    arn: Option<String>,
    name: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct BlockDevice {
    device_name: Option<String>,
    virtual_name: Option<String>,
    ebs: Option<Ebs>,
    no_device: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Ebs {
    encrypted: Option<bool>,
    delete_on_termination: Option<bool>,
    iops: Option<i32>,
    kms_key_id: Option<String>,
    snapshot_id: Option<String>,
    volume_size: Option<i32>,
    volume_type: Option<String>,
    throughput: Option<i32>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Interface {
    associate_public_ip_address: Option<bool>,
    delete_on_termination: Option<bool>,
    description: Option<String>,
    device_index: Option<i32>,
    #[serde(rename(deserialize = "SecurityGroupId"))]
    group_set: Option<GroupIds>,
    interface_type: Option<String>,
    network_interface_id: Option<String>,
    private_ip_address: Option<String>,
    #[serde(rename(deserialize = "PrivateIpAddresses"))]
    private_ip_addresses_set: Option<Vec<PrivateIpAddress>>,
    secondary_private_ip_address_count: Option<i32>,
    subnet_id: Option<String>,
    network_card_index: Option<i32>,
}

/// Each id in an element `groupId`, where the members of all other lists are in `item` (the service's model).
#[derive(Debug, Clone, Default, Deserialize)]
struct GroupIds(Vec<String>);

impl Serialize for GroupIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("GroupIds", self.0.len())?;
        self.0.iter().try_for_each(|id| members.serialize_field("groupId", id))?;
        members.end()
    }
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct PrivateIpAddress {
    primary: Option<bool>,
    private_ip_address: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Monitoring {
    enabled: Option<bool>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Placement {
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    group_name: Option<String>,
    tenancy: Option<String>,
    partition_number: Option<i32>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct TagSpecification {
    resource_type: Option<String>,
    #[serde(rename(deserialize = "Tag"))]
    tag_set: Option<Vec<TagShape>>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct TagShape {
    key: Option<String>,
    value: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct MarketOptions {
    market_type: Option<String>,
    spot_options: Option<SpotOptions>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct SpotOptions {
    max_price: Option<String>,
    spot_instance_type: Option<String>,
    block_duration_minutes: Option<i32>,
    valid_until: Option<String>,
    instance_interruption_behavior: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Credits {
    cpu_credits: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Cpu {
    core_count: Option<i32>,
    threads_per_core: Option<i32>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct CapacityReservation {
    capacity_reservation_preference: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Hibernation {
    configured: Option<bool>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct MetadataOptions {
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i32>,
    http_endpoint: Option<String>,
    http_protocol_ipv6: Option<String>,
    instance_metadata_tags: Option<String>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Enclave {
    enabled: Option<bool>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct PrivateDnsName {
    hostname_type: Option<String>,
    #[serde(rename(
        deserialize = "EnableResourceNameDnsARecord",
        serialize = "enableResourceNameDnsARecord"
    ))]
    a_record: Option<bool>,
    #[serde(rename(
        deserialize = "EnableResourceNameDnsAAAARecord",
        serialize = "enableResourceNameDnsAAAARecord"
    ))]
    aaaa_record: Option<bool>,
}

/// Part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
struct Maintenance {
    auto_recovery: Option<String>,
}
