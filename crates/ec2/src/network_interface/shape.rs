//! How EC2 answers network interfaces.

use std::net::Ipv4Addr;

use cloud::Ask;
use names::AccountId;
use serde::Serialize;

use super::{NetworkInterfaceRow, PublicAddress, Purpose};
use crate::dns_name;
use crate::regional;
use crate::security_group::SecurityGroupRow;
use crate::tag::{self, TagShape};
use crate::time::Time;
use crate::vpc::VpcRow;

/// A security group by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupIdentifier {
    /// The id.
    pub group_id: String,
    /// The name.
    pub group_name: String,
}

/// A network interface as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterfaceShape {
    network_interface_id: String,
    subnet_id: String,
    vpc_id: String,
    availability_zone: String,
    availability_zone_id: String,
    description: String,
    owner_id: AccountId,
    requester_id: Option<&'static str>,
    requester_managed: bool,
    status: &'static str,
    mac_address: String,
    private_ip_address: Ipv4Addr,
    private_dns_name: Option<String>,
    source_dest_check: bool,
    group_set: Vec<GroupIdentifier>,
    attachment: Option<AttachmentShape>,
    association: Option<AssociationShape>,
    tag_set: Vec<TagShape>,
    private_ip_addresses_set: Vec<PrivateAddressShape>,
    ipv6_addresses_set: Vec<()>,
    interface_type: &'static str,
}

/// An attachment as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentShape {
    attachment_id: String,
    instance_id: Option<String>,
    instance_owner_id: String,
    device_index: i32,
    network_card_index: i32,
    status: &'static str,
    attach_time: Time,
    delete_on_termination: bool,
}

/// A public address as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationShape {
    allocation_id: Option<String>,
    association_id: Option<String>,
    ip_owner_id: String,
    public_dns_name: String,
    public_ip: Ipv4Addr,
}

/// A private address as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateAddressShape {
    private_ip_address: Ipv4Addr,
    private_dns_name: Option<String>,
    primary: bool,
    association: Option<AssociationShape>,
}

impl NetworkInterfaceShape {
    /// How `interface` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, interface: &NetworkInterfaceRow) -> Self {
        let managed = interface.purpose != Purpose::Interface;
        let hostnames =
            regional::get::<VpcRow>(ask, &interface.vpc_id).is_some_and(|vpc| vpc.dns_hostnames);
        let name = |address: Ipv4Addr| hostnames.then(|| dns_name::private(ask.region, address));
        let association =
            interface.public.as_ref().map(|public| AssociationShape::new(ask, interface, public));
        let private = |(index, address): (usize, &Ipv4Addr)| PrivateAddressShape {
            private_ip_address: *address,
            private_dns_name: name(*address),
            primary: index == 0,
            association: association.clone().filter(|_| index == 0),
        };
        Self {
            network_interface_id: interface.id.clone(),
            subnet_id: interface.subnet_id.to_string(),
            vpc_id: interface.vpc_id.to_string(),
            availability_zone: interface.zone.to_string(),
            availability_zone_id: interface.zone_id.to_string(),
            description: interface.description.to_string(),
            owner_id: interface.account,
            requester_id: managed.then_some(interface.purpose.requester()),
            requester_managed: managed,
            status: interface.status(),
            mac_address: interface.mac.clone(),
            private_ip_address: interface.primary(),
            private_dns_name: name(interface.primary()),
            source_dest_check: interface.source_dest_check,
            group_set: groups(ask, &interface.groups),
            attachment: AttachmentShape::of(interface),
            private_ip_addresses_set: interface.addresses.iter().enumerate().map(private).collect(),
            association,
            tag_set: tag::shown(ask, &interface.id),
            ipv6_addresses_set: Vec::new(),
            interface_type: interface.purpose.name(),
        }
    }
}

impl AttachmentShape {
    fn of(interface: &NetworkInterfaceRow) -> Option<Self> {
        let attachment = interface.attachment.as_ref()?;
        let own = attachment.instance_id.is_some();
        Some(Self {
            attachment_id: attachment.id.clone(),
            instance_id: attachment.instance_id.clone(),
            instance_owner_id: if own {
                interface.account.to_string()
            } else {
                "amazon-aws".into()
            },
            device_index: attachment.device_index,
            network_card_index: 0,
            status: "attached",
            attach_time: Time(attachment.attached),
            delete_on_termination: attachment.delete_on_termination,
        })
    }
}

impl AssociationShape {
    /// How the public address of an interface is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, interface: &NetworkInterfaceRow, public: &PublicAddress) -> Self {
        let elastic = public.elastic.as_ref();
        let owner = || interface.account.to_string();
        Self {
            allocation_id: elastic.map(|elastic| elastic.allocation_id.clone()),
            association_id: elastic.map(|elastic| elastic.association_id.clone()),
            ip_owner_id: elastic.map_or_else(|| "amazon".to_owned(), |_| owner()),
            public_dns_name: dns_name::public(ask.region, public.address),
            public_ip: public.address,
        }
    }
}

impl Purpose {
    /// As `interfaceType` names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::NatGateway => "nat_gateway",
            Self::VpcEndpoint => "vpc_endpoint",
        }
    }

    /// The account of AWS's that manages it. unverified: real ones differ from region to region.
    pub(super) fn requester(self) -> &'static str {
        match self {
            Self::Interface => "",
            Self::NatGateway => "680464298622",
            Self::VpcEndpoint => "727180483921",
        }
    }
}

/// Security groups by id and name.
#[must_use]
pub fn groups(ask: &Ask<'_>, ids: &[String]) -> Vec<GroupIdentifier> {
    let identifier = |id: &String| {
        let group = regional::get::<SecurityGroupRow>(ask, id);
        let name = group.map(|group| group.name.clone()).unwrap_or_default();
        GroupIdentifier { group_id: id.clone(), group_name: name }
    };
    ids.iter().map(identifier).collect()
}
