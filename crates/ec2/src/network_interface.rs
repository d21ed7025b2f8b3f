//! Network interfaces: the row, how one is made for whoever needs it, and how it is shown. Instances, NAT
//! gateways and endpoints are in a subnet through interfaces that they make with [`make`] and take away with
//! [`remove`]; the operations for interfaces of one's own are in the files below.

pub mod address;
pub mod assign;
pub mod attach;
pub mod attribute;
pub mod create;
pub mod delete;
pub mod describe;
pub mod shape;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use cloud::{Act, Fault};
use names::{AccountId, Entropy, Timestamp, Word};
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::kind::{Kind, new_digits};
use crate::regional::{self, Regional, regional_row};
use crate::security_group;
use crate::subnet::SubnetRow;

/// Security groups of an interface ("Amazon VPC quotas").
pub const MAX_GROUPS: usize = 5;

/// A network interface.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkInterfaceRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Word,
    /// `eni-…`
    pub id: String,
    /// Its subnet.
    pub subnet_id: Word,
    /// Its VPC.
    pub vpc_id: Word,
    /// Its zone's name.
    pub zone: Word,
    /// Its zone's id.
    pub zone_id: Word,
    /// What it is for, in words.
    pub description: Word,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Whose it is.
    pub purpose: Purpose,
    /// The hardware address.
    pub mac: String,
    /// Its addresses, the primary one first.
    pub addresses: Vec<Ipv4Addr>,
    /// The public address of the primary one.
    pub public: Option<PublicAddress>,
    /// Whether traffic must be from or to it.
    pub source_dest_check: bool,
    /// What it is attached to.
    pub attachment: Option<Attachment>,
}

/// Whose interface it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// The account's own, or an instance's.
    Interface,
    /// A NAT gateway's.
    NatGateway,
    /// A VPC endpoint's.
    VpcEndpoint,
}

/// An address that is reached from the internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// The address.
    pub address: Ipv4Addr,
    /// The Elastic IP address that it is; none if it is one of Amazon's that goes with the instance.
    pub elastic: Option<ElasticAssociation>,
}

/// The association of an Elastic IP address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElasticAssociation {
    /// `eipalloc-…`
    pub allocation_id: String,
    /// `eipassoc-…`
    pub association_id: String,
}

/// What an interface is attached to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `eni-attach-…`
    pub id: String,
    /// The instance; none for what AWS's services attach.
    pub instance_id: Option<String>,
    /// Its number on the instance.
    pub device_index: i32,
    /// Whether it goes with the instance.
    pub delete_on_termination: bool,
    /// Since when.
    pub attached: Timestamp,
}

regional_row!(NetworkInterfaceRow, "ec2_network_interface");

impl Regional for NetworkInterfaceRow {
    const KIND: Kind = Kind::NetworkInterface;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:Vpc", Kind::Vpc.arn(&self.region, self.account, &self.vpc_id)),
            ("ec2:Subnet", Kind::Subnet.arn(&self.region, self.account, &self.subnet_id)),
            ("ec2:AvailabilityZone", self.zone.to_string()),
            ("ec2:NetworkInterfaceID", self.id.clone()),
        ]
    }
}

impl NetworkInterfaceRow {
    /// The primary address.
    #[must_use]
    pub fn primary(&self) -> Ipv4Addr {
        self.addresses.first().copied().unwrap_or(Ipv4Addr::UNSPECIFIED)
    }

    /// The instance that it is attached to.
    #[must_use]
    pub fn instance_id(&self) -> Option<&str> {
        self.attachment.as_ref()?.instance_id.as_deref()
    }

    /// `in-use` or `available`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.attachment.is_some() { "in-use" } else { "available" }
    }
}

/// An interface that is wanted.
#[derive(Debug, Clone)]
pub struct NewInterface<'a> {
    /// Where.
    pub subnet: &'a SubnetRow,
    /// In which groups; none stands for the VPC's default group.
    pub groups: Vec<String>,
    /// With which addresses, the primary one first; one of EC2's choice if there are none.
    pub addresses: Vec<Ipv4Addr>,
    /// With how many more of EC2's choice.
    pub more_addresses: usize,
    /// What it is for, in words.
    pub description: String,
    /// For whom.
    pub purpose: Purpose,
    /// With a public address of Amazon's.
    pub public: bool,
    /// Attached to what.
    pub attachment: Option<Attachment>,
}

impl<'a> NewInterface<'a> {
    /// A plain one.
    #[must_use]
    pub fn new(subnet: &'a SubnetRow) -> Self {
        Self {
            subnet,
            groups: Vec::new(),
            addresses: Vec::new(),
            more_addresses: 0,
            description: String::new(),
            purpose: Purpose::Interface,
            public: false,
            attachment: None,
        }
    }
}

/// Makes an interface and takes its addresses.
///
/// # Errors
/// For groups of another VPC, addresses that are taken or not of the subnet, a subnet that is full.
pub fn make(act: &mut Act<'_, '_>, new: NewInterface<'_>) -> Result<NetworkInterfaceRow, Fault> {
    let subnet = new.subnet;
    let groups = check_groups(act, subnet, new.groups)?;
    let id = Kind::NetworkInterface.new_id(act.entropy);
    let mut addresses = new.addresses;
    for address in &addresses {
        address::take(act, subnet, *address, &id)?;
    }
    let chosen = new.more_addresses + usize::from(addresses.is_empty());
    addresses.reserve_exact(chosen);
    for _ in 0..chosen {
        addresses.push(address::take_any(act, subnet, &id)?);
    }
    let public =
        new.public.then(|| PublicAddress { address: address::public(act.entropy), elastic: None });
    let interface = NetworkInterfaceRow {
        account: act.account(),
        region: act.region.into(),
        id,
        subnet_id: subnet.id.as_str().into(),
        vpc_id: subnet.vpc_id.as_str().into(),
        zone: subnet.zone.as_str().into(),
        zone_id: subnet.zone_id.as_str().into(),
        description: new.description.into(),
        groups,
        purpose: new.purpose,
        mac: mac(act.entropy),
        addresses,
        public,
        source_dest_check: new.purpose != Purpose::NatGateway,
        attachment: new.attachment,
    };
    regional::put(act, interface.clone())?;
    Ok(interface)
}

/// Takes an interface away, and gives its addresses back.
///
/// # Errors
/// A limit of the store.
pub fn remove(act: &mut Act<'_, '_>, interface: &NetworkInterfaceRow) -> Result<(), Fault> {
    for address in &interface.addresses {
        address::give_back(act, &interface.subnet_id, *address)?;
    }
    regional::delete::<NetworkInterfaceRow>(act, &interface.id)
}

/// A new attachment to an instance.
pub fn attachment(
    entropy: &mut dyn Entropy,
    instance_id: Option<&str>,
    device_index: i32,
    now: Timestamp,
) -> Attachment {
    Attachment {
        id: format!("eni-attach-{}", new_digits(entropy)),
        instance_id: instance_id.map(str::to_owned),
        device_index,
        delete_on_termination: true,
        attached: now,
    }
}

/// The groups that an interface in `subnet` is in: those that are named, which must be of its VPC, or the
/// VPC's default group.
///
/// # Errors
/// For groups that do not exist or are of another VPC, and too many.
pub fn check_groups(
    act: &Act<'_, '_>,
    subnet: &SubnetRow,
    groups: Vec<String>,
) -> Result<Vec<String>, Fault> {
    if groups.is_empty() {
        return Ok(vec![security_group::default_of(&act.ask(), &subnet.vpc_id)?.id.clone()]);
    }
    if groups.len() > MAX_GROUPS {
        let text = "The maximum number of security groups per interface has been reached.";
        return Err(Fault::new("SecurityGroupsPerInterfaceLimitExceeded", text));
    }
    for id in &groups {
        let group = regional::find::<security_group::SecurityGroupRow>(&act.ask(), id)?;
        if group.vpc_id != subnet.vpc_id {
            let (group, subnet) = (&group.id, &subnet.id);
            let text =
                format!("Security group {group} and subnet {subnet} belong to different networks.");
            return Err(Fault::new("InvalidParameter", text));
        }
    }
    Ok(groups)
}

/// A hardware address as EC2 gives them, with the bit set that says it is locally administered.
fn mac(entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; 5];
    entropy.fill(&mut bytes);
    let rest: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("02:{}", rest.join(":"))
}
