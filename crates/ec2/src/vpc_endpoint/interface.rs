//! Interface endpoints: their network interfaces in subnets, and their names.

use cloud::{Act, Ask, Fault};

use super::VpcEndpointRow;
use super::service::{self, ServiceKind};
use crate::network_interface::{
    self, NetworkInterfaceRow, NewInterface, Purpose, attachment, check_groups, make,
};
use crate::regional;
use crate::subnet::SubnetRow;
use crate::vpc::VpcRow;

/// Puts an interface of the endpoint into a subnet.
///
/// # Errors
/// For a subnet of another VPC, and a second one in the same zone.
pub fn add(
    act: &mut Act<'_, '_>,
    endpoint: &mut VpcEndpointRow,
    subnet_id: &str,
) -> Result<(), Fault> {
    let subnet = regional::find::<SubnetRow>(&act.ask(), subnet_id)?;
    if subnet.vpc_id != endpoint.vpc_id {
        let text = format!("The subnet ID '{subnet_id}' does not exist in VPC {}", endpoint.vpc_id);
        return Err(Fault::new("InvalidParameter", text));
    }
    for (other, _) in &endpoint.interfaces {
        let other = regional::get::<SubnetRow>(&act.ask(), other);
        if other.is_some_and(|other| other.zone == subnet.zone) {
            let text = format!(
                "Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC \
                 endpoint subnets should be in different availability zones supported by the VPC \
                 endpoint service."
            );
            return Err(Fault::new("DuplicateSubnetsInSameZone", text));
        }
    }
    endpoint.groups = check_groups(act, &subnet, endpoint.groups.clone())?;
    let attachment = attachment(act.entropy, None, 1, act.now);
    let new = NewInterface {
        groups: endpoint.groups.clone(),
        description: format!("VPC Endpoint Interface {}", endpoint.id),
        purpose: Purpose::VpcEndpoint,
        attachment: Some(attachment),
        ..NewInterface::new(&subnet)
    };
    let interface = make(act, new)?;
    endpoint.interfaces.push((subnet_id.to_owned(), interface.id));
    Ok(())
}

/// Takes the interface of the endpoint out of a subnet.
///
/// # Errors
/// A limit of the store.
pub fn remove(
    act: &mut Act<'_, '_>,
    endpoint: &mut VpcEndpointRow,
    subnet_id: &str,
) -> Result<(), Fault> {
    let (gone, kept) = endpoint.interfaces.drain(..).partition(|(subnet, _)| subnet == subnet_id);
    endpoint.interfaces = kept;
    let gone: Vec<(String, String)> = gone;
    for (_, id) in gone {
        if let Some(interface) = regional::get::<NetworkInterfaceRow>(&act.ask(), &id) {
            network_interface::remove(act, &interface)?;
        }
    }
    Ok(())
}

/// Gives the endpoint's interfaces the endpoint's groups.
///
/// # Errors
/// For groups that do not exist or are of another VPC.
pub fn regroup(act: &mut Act<'_, '_>, endpoint: &mut VpcEndpointRow) -> Result<(), Fault> {
    for (subnet_id, id) in endpoint.interfaces.clone() {
        let subnet = regional::find::<SubnetRow>(&act.ask(), &subnet_id)?;
        endpoint.groups = check_groups(act, &subnet, endpoint.groups.clone())?;
        let interface = regional::find::<NetworkInterfaceRow>(&act.ask(), &id)?;
        let groups = endpoint.groups.clone();
        regional::put(act, NetworkInterfaceRow { groups, ..(*interface).clone() })?;
    }
    Ok(())
}

/// Checks that an endpoint can take over its service's name in the VPC.
///
/// # Errors
/// `InvalidParameter` (github.com/hashicorp/terraform-provider-aws issue 17535)
pub fn check_private_dns(ask: &Ask<'_>, endpoint: &VpcEndpointRow) -> Result<(), Fault> {
    let vpc = regional::find::<VpcRow>(ask, &endpoint.vpc_id)?;
    if !vpc.dns_support || !vpc.dns_hostnames {
        let text = format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes \
             set to true for {}",
            vpc.id
        );
        return Err(Fault::new("InvalidParameter", text));
    }
    let is_rival = |other: &VpcEndpointRow| {
        (other.vpc_id == endpoint.vpc_id && other.id != endpoint.id)
            && (other.private_dns && other.service_name == endpoint.service_name)
    };
    if regional::all::<VpcEndpointRow>(ask).iter().any(|other| is_rival(other)) {
        let service = service::named(&endpoint.region, &endpoint.service_name);
        let name = service.and_then(|service| service.private_name).unwrap_or_default();
        let text = format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for \
             {name} in the VPC {}",
            vpc.id
        );
        return Err(Fault::new("InvalidParameter", text));
    }
    Ok(())
}

/// The names of an interface endpoint: for all zones, for each, and the one that it has taken over.
#[must_use]
pub fn names(ask: &Ask<'_>, endpoint: &VpcEndpointRow) -> Vec<String> {
    if endpoint.kind != ServiceKind::Interface {
        return Vec::new();
    }
    let host = endpoint.service_name.trim_start_matches("com.amazonaws.");
    let (region, short) = (&endpoint.region, host.rsplit('.').next().unwrap_or_default());
    // unverified: AWS's own suffix is random and differs from the id.
    let start =
        format!("{}-{}", endpoint.id, endpoint.id.chars().rev().take(8).collect::<String>());
    let end = format!("{short}.{region}.vpce.amazonaws.com");
    let zones = endpoint.interfaces.iter().filter_map(|(subnet, _)| {
        let subnet = regional::get::<SubnetRow>(ask, subnet)?;
        Some(format!("{start}-{}.{end}", subnet.zone))
    });
    let private = endpoint.service().and_then(|service| service.private_name);
    let private = private.filter(|_| endpoint.private_dns);
    std::iter::once(format!("{start}.{end}")).chain(zones).chain(private).collect()
}
