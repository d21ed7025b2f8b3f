//! Who an instance is, as far as its metadata tells.

use names::Timestamp;

/// An instance.
#[derive(Debug, Clone, Default)]
pub struct Instance {
    /// `i-…`
    pub id: String,
    /// The account's 12 digits.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Such as `us-east-1a`.
    pub zone: String,
    /// Such as `use1-az1`.
    pub zone_id: Option<String>,
    /// `ami-…`
    pub image_id: String,
    /// Such as `m5.large`.
    pub instance_type: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Its number in its launch.
    pub launch_index: u32,
    /// `r-…`
    pub reservation_id: String,
    /// When it was started last.
    pub started: Timestamp,
    /// `spot` or `on-demand`.
    pub life_cycle: &'static str,
    /// The name that it has in its VPC.
    pub private_dns_name: String,
    /// The public name, if it has a public address.
    pub public_dns_name: Option<String>,
    /// Its first private address.
    pub private_ip: String,
    /// Its public address.
    pub public_ip: Option<String>,
    /// Its network interfaces, the first one first.
    pub interfaces: Vec<Interface>,
    /// The names of its first interface's security groups.
    pub security_groups: Vec<String>,
    /// Its devices but the root: `ebs1` and so on.
    pub devices: Vec<Device>,
    /// The name of its placement group.
    pub placement_group: Option<String>,
    /// Its partition there.
    pub partition_number: Option<i32>,
    /// The name and text of its public key.
    pub key: Option<(String, Option<String>)>,
    /// Its tags, where the instance may see them.
    pub tags: Option<Vec<(String, String)>>,
    /// Whether it was given user data.
    pub has_user_data: bool,
    /// What it wears.
    pub profile: Option<Profile>,
}

/// The instance profile of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The role that credentials are there for, or would be.
    pub role: Option<String>,
}

/// A network interface.
#[derive(Debug, Clone, Default)]
pub struct Interface {
    /// Its hardware address, with colons.
    pub mac: String,
    /// Its number on the instance.
    pub device_number: u32,
    /// `eni-…`
    pub id: String,
    /// Its name in the VPC.
    pub private_dns_name: String,
    /// Its addresses in the VPC.
    pub private_ips: Vec<String>,
    /// Its public address with its private one.
    pub public_ip: Option<(String, String)>,
    /// Its public name.
    pub public_dns_name: Option<String>,
    /// The account that owns it.
    pub owner: String,
    /// The ids of its security groups.
    pub security_group_ids: Vec<String>,
    /// Their names.
    pub security_groups: Vec<String>,
    /// `subnet-…`
    pub subnet_id: String,
    /// The subnet's addresses.
    pub subnet_cidr: String,
    /// `vpc-…`
    pub vpc_id: String,
    /// The VPC's addresses, the first block first.
    pub vpc_cidrs: Vec<String>,
}

/// A block device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Such as `/dev/xvda`.
    pub name: String,
    /// Whether the instance was started from it.
    pub root: bool,
}
