//! `AssignPrivateIpAddresses` and `UnassignPrivateIpAddresses`

use std::net::Ipv4Addr;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::create::parse;
use super::{NetworkInterfaceRow, address};
use crate::kind::Kind;
use crate::subnet::SubnetRow;
use crate::unmodelled::Unmodelled;
use crate::{demand, regional};

/// `AssignPrivateIpAddresses`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssignPrivateIpAddresses {
    network_interface_id: String,
    #[serde(default)]
    private_ip_address: Vec<String>,
    secondary_private_ip_address_count: Option<i32>,
    /// Whether an address may be taken from another interface.
    #[serde(default)]
    allow_reassignment: bool,
    ipv4_prefix_count: Option<i32>,
}

/// What `AssignPrivateIpAddresses` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignPrivateIpAddressesOutput {
    network_interface_id: String,
    assigned_private_ip_addresses_set: Vec<AssignedAddress>,
}

/// An address that was assigned.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignedAddress {
    private_ip_address: Ipv4Addr,
}

impl Operation for AssignPrivateIpAddresses {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AssignPrivateIpAddresses";
    type Output = AssignPrivateIpAddressesOutput;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .value("Ipv4PrefixCount", self.ipv4_prefix_count.as_ref())
            .finish()?;
        Kind::NetworkInterface.check(&self.network_interface_id)?;
        for text in &self.private_ip_address {
            parse(text)?;
        }
        match (self.private_ip_address.is_empty(), self.secondary_private_ip_address_count) {
            (false, Some(_)) => {
                let text = "You can't specify both PrivateIpAddresses and \
                            SecondaryPrivateIpAddressCount";
                Err(Fault::new("InvalidParameterCombination", text))
            }
            (true, None) => {
                let text = "Either PrivateIpAddresses or SecondaryPrivateIpAddressCount must be \
                            specified";
                Err(Fault::new("MissingParameter", text))
            }
            (true, Some(count)) if count < 1 => {
                let text = format!(
                    "Value ({count}) for parameter secondaryPrivateIpAddressCount is invalid."
                );
                Err(Fault::new("InvalidParameterValue", text))
            }
            _ => Ok(()),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (kind, id) = (Kind::NetworkInterface, &self.network_interface_id);
        Ok(vec![demand::on(ask, "ec2:AssignPrivateIpAddresses", kind, id)])
    }
}

impl Write for AssignPrivateIpAddresses {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssignPrivateIpAddressesOutput, Fault> {
        let id = &self.network_interface_id;
        let mut interface = (*regional::find::<NetworkInterfaceRow>(&act.ask(), id)?).clone();
        let subnet = regional::find::<SubnetRow>(&act.ask(), &interface.subnet_id)?;
        let mut assigned = Vec::new();
        for text in &self.private_ip_address {
            let address = parse(text)?;
            if self.allow_reassignment {
                take_from_others(act, &subnet, address)?;
            }
            address::take(act, &subnet, address, &interface.id)?;
            assigned.push(address);
        }
        for _ in 0..self.secondary_private_ip_address_count.unwrap_or_default() {
            assigned.push(address::take_any(act, &subnet, &interface.id)?);
        }
        interface.addresses.extend(&assigned);
        regional::put(act, interface)?;
        let shape = |private_ip_address| AssignedAddress { private_ip_address };
        Ok(AssignPrivateIpAddressesOutput {
            network_interface_id: id.clone(),
            assigned_private_ip_addresses_set: assigned.into_iter().map(shape).collect(),
        })
    }
}

/// Takes a secondary address from whichever interface of the subnet has it.
fn take_from_others(
    act: &mut Act<'_, '_>,
    subnet: &SubnetRow,
    address: Ipv4Addr,
) -> Result<(), Fault> {
    let all = regional::all::<NetworkInterfaceRow>(&act.ask());
    let has = |it: &NetworkInterfaceRow| {
        it.subnet_id == subnet.id && it.addresses.iter().skip(1).any(|one| *one == address)
    };
    let Some(holder) = all.iter().find(|interface| has(interface)) else { return Ok(()) };
    let mut holder = (**holder).clone();
    holder.addresses.retain(|one| *one != address);
    address::give_back(act, &subnet.id, address)?;
    regional::put(act, holder)
}

/// `UnassignPrivateIpAddresses`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnassignPrivateIpAddresses {
    network_interface_id: String,
    private_ip_address: Vec<String>,
}

impl Operation for UnassignPrivateIpAddresses {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "UnassignPrivateIpAddresses";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::NetworkInterface.check(&self.network_interface_id)?;
        for text in &self.private_ip_address {
            parse(text)?;
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (kind, id) = (Kind::NetworkInterface, &self.network_interface_id);
        Ok(vec![demand::on(ask, "ec2:UnassignPrivateIpAddresses", kind, id)])
    }
}

impl Write for UnassignPrivateIpAddresses {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let id = &self.network_interface_id;
        let mut interface = (*regional::find::<NetworkInterfaceRow>(&act.ask(), id)?).clone();
        for text in &self.private_ip_address {
            let address = parse(text)?;
            if !interface.addresses.iter().skip(1).any(|one| *one == address) {
                let text =
                    format!("Some of the addresses are not assigned to interface {id}: {address}");
                // unverified: EC2's text.
                return Err(Fault::new("InvalidParameterValue", text));
            }
            interface.addresses.retain(|one| *one != address);
            address::give_back(act, &interface.subnet_id, address)?;
        }
        regional::put(act, interface)
    }
}
