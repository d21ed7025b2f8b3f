//! The network interfaces of a launch.

use std::net::Ipv4Addr;
use std::sync::Arc;

use cloud::{Ask, Fault};

use crate::launch::LaunchData;
use crate::launch::specification::InterfaceSpecification;
use crate::network_interface::NetworkInterfaceRow;
use crate::network_interface::attach::in_use;
use crate::regional;
use crate::security_group::{self, SecurityGroupRow};
use crate::subnet::SubnetRow;
use crate::vpc::VpcRow;

/// A network interface that a launch makes or takes.
#[derive(Debug, Clone)]
pub struct InterfacePlan {
    /// Its number on the instance.
    pub device_index: i32,
    /// The one that is there already.
    pub existing: Option<Arc<NetworkInterfaceRow>>,
    /// Its subnet.
    pub subnet: Arc<SubnetRow>,
    /// Its security groups.
    pub groups: Vec<Arc<SecurityGroupRow>>,
    /// Its addresses that are named, the primary one first.
    pub addresses: Vec<Ipv4Addr>,
    /// How many more it gets.
    pub more_addresses: usize,
    /// Whether it gets a public address.
    pub public: bool,
    /// What it is for, in words.
    pub description: String,
    /// Whether it goes with the instance.
    pub delete_on_termination: bool,
}

/// What a request says of its network beside [`LaunchData`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Addressing<'a> {
    /// `SubnetId`
    pub subnet_id: Option<&'a str>,
    /// `PrivateIpAddress`
    pub private_ip_address: Option<&'a str>,
}

/// The subnet that the first interface is in, if the request says so.
///
/// # Errors
/// For an interface that does not exist, and for what must not be said beside interfaces.
pub fn subnet_id(
    ask: &Ask<'_>,
    data: &LaunchData,
    addressing: Addressing<'_>,
) -> Result<Option<String>, Fault> {
    let Some(first) = first(data) else {
        let subnet_id = addressing.subnet_id.filter(|id| !id.is_empty());
        if subnet_id.is_some() && data.security_group.iter().any(|name| !name.is_empty()) {
            // Quoted by many, whose Terraform or CloudFormation names groups where their ids belong.
            let text = "The parameter groupName cannot be used with the parameter subnet";
            return Err(Fault::new("InvalidParameterCombination", text));
        }
        return Ok(addressing.subnet_id.map(str::to_owned));
    };
    check_alone(data, addressing)?;
    match &first.network_interface_id {
        Some(id) => Ok(Some(regional::find::<NetworkInterfaceRow>(ask, id)?.subnet_id.to_string())),
        None => Ok(first.subnet_id.clone().filter(|id| !id.is_empty())),
    }
}

fn first(data: &LaunchData) -> Option<&InterfaceSpecification> {
    data.network_interface.iter().min_by_key(|one| one.device_index.unwrap_or_default())
}

/// What interfaces say cannot be said of the instance, too.
fn check_alone(data: &LaunchData, addressing: Addressing<'_>) -> Result<(), Fault> {
    let said = if addressing.subnet_id.is_some_and(|id| !id.is_empty()) {
        "subnet ID"
    } else if !data.security_group_id.is_empty() || !data.security_group.is_empty() {
        "security groups"
    } else if addressing.private_ip_address.is_some_and(|address| !address.is_empty()) {
        "private address"
    } else {
        return Ok(());
    };
    let text = format!(
        "Network interfaces and an instance-level {said} may not be specified on the same request"
    );
    Err(Fault::new("InvalidParameterCombination", text))
}

/// The interfaces of a launch whose first one is in `subnet`.
///
/// # Errors
/// For subnets, groups and addresses that do not exist or do not fit.
pub fn plan(
    ask: &Ask<'_>,
    data: &LaunchData,
    addressing: Addressing<'_>,
    subnet: &Arc<SubnetRow>,
    most: i32,
) -> Result<Vec<InterfacePlan>, Fault> {
    if data.network_interface.is_empty() {
        let address = addressing.private_ip_address.filter(|address| !address.is_empty());
        return Ok(vec![InterfacePlan {
            device_index: 0,
            existing: None,
            groups: groups(ask, &data.security_group_id, &data.security_group, subnet)?,
            addresses: address.map(parse_address).transpose()?.into_iter().collect(),
            more_addresses: 0,
            public: subnet.map_public_ip,
            description: String::new(),
            delete_on_termination: true,
            subnet: Arc::clone(subnet),
        }]);
    }
    let mut plans = data
        .network_interface
        .iter()
        .map(|asked| one(ask, asked, subnet))
        .collect::<Result<Vec<_>, _>>()?;
    plans.sort_by_key(|plan| plan.device_index);
    let indexes: Vec<i32> = plans.iter().map(|plan| plan.device_index).collect();
    if indexes.first() != Some(&0) {
        // unverified: the text.
        let text = "When specifying network interfaces, you must include a device at index 0.";
        return Err(Fault::new("InvalidParameterCombination", text));
    }
    if indexes.windows(2).any(|pair| pair.first() == pair.last()) {
        let text = "Each network interface requires a unique device index.";
        return Err(Fault::new("InvalidParameterValue", text));
    }
    if plans.len() > usize::try_from(most).unwrap_or_default() {
        // Error codes of the EC2 API; unverified: the text.
        let text = format!(
            "Interface count {} exceeds the limit for {}",
            plans.len(),
            data.instance_type.as_deref().unwrap_or_default()
        );
        return Err(Fault::new("AttachmentLimitExceeded", text));
    }
    Ok(plans)
}

fn one(
    ask: &Ask<'_>,
    asked: &InterfaceSpecification,
    first_subnet: &Arc<SubnetRow>,
) -> Result<InterfacePlan, Fault> {
    let device_index = asked.device_index.unwrap_or_default();
    let description = asked.description.clone().unwrap_or_default();
    if let Some(id) = &asked.network_interface_id {
        let existing = regional::find::<NetworkInterfaceRow>(ask, id)?;
        if existing.attachment.is_some() {
            return Err(in_use(id));
        }
        return Ok(InterfacePlan {
            device_index,
            subnet: regional::find::<SubnetRow>(ask, &existing.subnet_id)?,
            groups: Vec::new(),
            addresses: existing.addresses.clone(),
            more_addresses: 0,
            public: existing.public.is_some(),
            description,
            // One that was there before stays (EC2 user guide, "Network interface attachments").
            delete_on_termination: asked.delete_on_termination.unwrap_or(false),
            existing: Some(existing),
        });
    }
    let subnet = match asked.subnet_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => regional::find::<SubnetRow>(ask, id)?,
        None => Arc::clone(first_subnet),
    };
    let more = asked.secondary_private_ip_address_count.unwrap_or_default();
    Ok(InterfacePlan {
        device_index,
        existing: None,
        groups: groups(ask, &asked.security_group_id, &[], &subnet)?,
        addresses: addresses(asked)?,
        more_addresses: usize::try_from(more).unwrap_or_default(),
        public: asked
            .associate_public_ip_address
            .unwrap_or(subnet.map_public_ip && device_index == 0),
        description,
        delete_on_termination: asked.delete_on_termination.unwrap_or(true),
        subnet,
    })
}

/// The addresses that are named, the primary one first.
fn addresses(asked: &InterfaceSpecification) -> Result<Vec<Ipv4Addr>, Fault> {
    let mut texts: Vec<&str> = asked.private_ip_address.iter().map(String::as_str).collect();
    let listed = &asked.private_ip_addresses;
    let is_primary =
        |one: &&crate::launch::specification::PrivateIpAddress| one.primary == Some(true);
    let in_order =
        listed.iter().filter(is_primary).chain(listed.iter().filter(|one| !is_primary(one)));
    texts.extend(in_order.filter_map(|one| one.private_ip_address.as_deref()));
    texts.dedup();
    texts.into_iter().map(parse_address).collect()
}

fn parse_address(text: &str) -> Result<Ipv4Addr, Fault> {
    text.parse().map_err(|_| {
        let text = format!("Value ({text}) for parameter privateIpAddress is invalid.");
        Fault::new("InvalidParameterValue", text)
    })
}

/// The groups that are named by id or, in a default VPC, by name; or the VPC's default group.
fn groups(
    ask: &Ask<'_>,
    ids: &[String],
    names: &[String],
    subnet: &SubnetRow,
) -> Result<Vec<Arc<SecurityGroupRow>>, Fault> {
    if ids.is_empty() && names.is_empty() {
        return Ok(vec![security_group::default_of(ask, &subnet.vpc_id)?]);
    }
    let mut found = Vec::new();
    for id in ids {
        let group = regional::find::<SecurityGroupRow>(ask, id)?;
        if group.vpc_id != subnet.vpc_id {
            let text = format!(
                "Security group {} and subnet {} belong to different networks.",
                group.id, subnet.id
            );
            return Err(Fault::new("InvalidParameter", text));
        }
        found.push(group);
    }
    for name in names {
        found.push(security_group::named(ask, &subnet.vpc_id, name).ok_or_else(|| {
            let vpc = &subnet.vpc_id;
            // Names are meant for the default VPC, which EC2 then calls so.
            let is_default = regional::find::<VpcRow>(ask, vpc).is_ok_and(|row| row.is_default);
            let kind = if is_default { "default VPC" } else { "VPC" };
            let text = format!("The security group '{name}' does not exist in {kind} '{vpc}'");
            Fault::new("InvalidGroup.NotFound", text)
        })?);
    }
    Ok(found)
}
