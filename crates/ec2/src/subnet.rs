//! Subnets: the row, how it is shown and found; the operations are in the files below.

pub mod attribute;
pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use cloud::Ask;
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::cidr::Cidr;
use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::network_interface::address;
use crate::regional::{Regional, regional_row};
use crate::tag::{self, TagShape};

/// Subnets of a VPC ("Amazon VPC quotas").
pub const MAX_SUBNETS: usize = 200;
/// Addresses of each subnet that AWS keeps: the first four and the last.
pub const RESERVED_ADDRESSES: u64 = 5;

/// A subnet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubnetRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `subnet-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// Its zone's name.
    pub zone: String,
    /// Its zone's id.
    pub zone_id: String,
    /// Whether it is the one that instances of the zone go to unless they are told.
    pub default_for_az: bool,
    /// Whether instances get a public address unless they are told.
    pub map_public_ip: bool,
    /// `ip-name` or `resource-name`.
    pub hostname_type: String,
    /// Whether resource names get A records.
    pub resource_name_a: bool,
    /// Whether resource names get AAAA records.
    pub resource_name_aaaa: bool,
    /// Its network ACL.
    pub acl_id: String,
    /// `aclassoc-…`
    pub acl_association_id: String,
}

regional_row!(SubnetRow, "ec2_subnet");

impl Regional for SubnetRow {
    const KIND: Kind = Kind::Subnet;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::subnets(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:Vpc", Kind::Vpc.arn(&self.region, self.account, &self.vpc_id)),
            ("ec2:SubnetID", self.id.clone()),
            ("ec2:AvailabilityZone", self.zone.clone()),
            ("ec2:AvailabilityZoneId", self.zone_id.clone()),
        ]
    }
}

impl SubnetRow {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        Kind::Subnet.arn(&self.region, self.account, &self.id)
    }

    /// How many addresses nobody has.
    #[must_use]
    pub fn free_addresses(&self, ask: &Ask<'_>) -> u64 {
        let taken = address::taken(ask, &self.id).count();
        let all = self.cidr.addresses().saturating_sub(RESERVED_ADDRESSES);
        all.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX))
    }
}

/// A subnet as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubnetShape {
    subnet_id: String,
    subnet_arn: String,
    state: &'static str,
    vpc_id: String,
    owner_id: AccountId,
    cidr_block: Cidr,
    ipv6_cidr_block_association_set: Vec<()>,
    available_ip_address_count: u64,
    availability_zone: String,
    availability_zone_id: String,
    default_for_az: bool,
    map_public_ip_on_launch: bool,
    map_customer_owned_ip_on_launch: bool,
    assign_ipv6_address_on_creation: bool,
    enable_dns64: bool,
    ipv6_native: bool,
    private_dns_name_options_on_launch: PrivateDnsNameOptions,
    block_public_access_states: BlockPublicAccess,
    tag_set: Vec<TagShape>,
}

/// How instances are named.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateDnsNameOptions {
    hostname_type: String,
    enable_resource_name_dns_a_record: bool,
    #[serde(rename = "enableResourceNameDnsAAAARecord")]
    enable_resource_name_dns_aaaa_record: bool,
}

/// Whether an account's settings keep the internet out; they are not modelled, and off.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockPublicAccess {
    internet_gateway_block_mode: &'static str,
}

impl SubnetShape {
    /// How `subnet` is shown; it is available before anybody asks again.
    #[must_use]
    pub fn new(ask: &Ask<'_>, subnet: &SubnetRow) -> Self {
        Self {
            subnet_id: subnet.id.clone(),
            subnet_arn: subnet.arn(),
            state: "available",
            vpc_id: subnet.vpc_id.clone(),
            owner_id: subnet.account,
            cidr_block: subnet.cidr,
            ipv6_cidr_block_association_set: Vec::new(),
            available_ip_address_count: subnet.free_addresses(ask),
            availability_zone: subnet.zone.clone(),
            availability_zone_id: subnet.zone_id.clone(),
            default_for_az: subnet.default_for_az,
            map_public_ip_on_launch: subnet.map_public_ip,
            map_customer_owned_ip_on_launch: false,
            assign_ipv6_address_on_creation: false,
            enable_dns64: false,
            ipv6_native: false,
            private_dns_name_options_on_launch: PrivateDnsNameOptions {
                hostname_type: subnet.hostname_type.clone(),
                enable_resource_name_dns_a_record: subnet.resource_name_a,
                enable_resource_name_dns_aaaa_record: subnet.resource_name_aaaa,
            },
            block_public_access_states: BlockPublicAccess { internet_gateway_block_mode: "off" },
            tag_set: tag::shown(ask, &subnet.id),
        }
    }
}
