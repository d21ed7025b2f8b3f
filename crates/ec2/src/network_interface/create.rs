//! `CreateNetworkInterface`

use std::net::Ipv4Addr;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::shape::NetworkInterfaceShape;
use super::{NetworkInterfaceRow, NewInterface, make};
use crate::kind::Kind;
use crate::subnet::SubnetRow;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::{client_token, demand, regional, tag};

/// `CreateNetworkInterface`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateNetworkInterface {
    subnet_id: String,
    description: Option<String>,
    private_ip_address: Option<String>,
    #[serde(default)]
    private_ip_addresses: Vec<PrivateIpAddress>,
    secondary_private_ip_address_count: Option<i32>,
    #[serde(default)]
    security_group_id: Vec<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    client_token: Option<String>,
    interface_type: Option<String>,
    ipv6_address_count: Option<i32>,
    ipv4_prefix_count: Option<i32>,
    #[serde(default)]
    dry_run: bool,
}

/// An address that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateIpAddress {
    private_ip_address: String,
    #[serde(default)]
    primary: bool,
}

/// What `CreateNetworkInterface` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateNetworkInterfaceOutput {
    network_interface: NetworkInterfaceShape,
    client_token: Option<String>,
}

impl CreateNetworkInterface {
    /// The addresses that are asked for, the primary one first.
    fn addresses(&self) -> Result<Vec<Ipv4Addr>, Fault> {
        let mut all = self.private_ip_addresses.clone();
        all.sort_by_key(|one| !one.primary);
        let one = self.private_ip_address.iter();
        one.chain(all.iter().map(|one| &one.private_ip_address)).map(|text| parse(text)).collect()
    }
}

/// Reads an address.
pub(crate) fn parse(text: &str) -> Result<Ipv4Addr, Fault> {
    text.parse()
        .map_err(|_| Fault::new("InvalidParameterValue", format!("Invalid IPv4 address: {text}")))
}

impl Operation for CreateNetworkInterface {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateNetworkInterface";
    type Output = CreateNetworkInterfaceOutput;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        let kind = self.interface_type.as_ref().filter(|kind| *kind != "interface");
        Unmodelled::new(Self::NAME)
            .value("InterfaceType", kind)
            .value("Ipv6AddressCount", self.ipv6_address_count.as_ref())
            .value("Ipv4PrefixCount", self.ipv4_prefix_count.as_ref())
            .finish()?;
        Kind::Subnet.check(&self.subnet_id)?;
        for id in &self.security_group_id {
            Kind::SecurityGroup.check(id)?;
        }
        self.addresses()?;
        if self.private_ip_addresses.iter().filter(|one| one.primary).count() > 1 {
            let text = "Only one primary private IP address can be specified.";
            return Err(Fault::new("InvalidParameterValue", text));
        }
        tag::check_specifications(&self.tag_specification, &[Kind::NetworkInterface])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:CreateNetworkInterface", Kind::NetworkInterface);
        let tags = tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, kind, Vec::new(), &tags);
        demands.push(demand::on(ask, action, Kind::Subnet, &self.subnet_id));
        for id in &self.security_group_id {
            demands.push(demand::on(ask, action, Kind::SecurityGroup, id));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateNetworkInterface {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateNetworkInterfaceOutput, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let interface = regional::find::<NetworkInterfaceRow>(&act.ask(), &id)?;
        Ok(CreateNetworkInterfaceOutput {
            network_interface: NetworkInterfaceShape::new(&act.ask(), &interface),
            client_token: self.client_token.clone(),
        })
    }
}

impl CreateNetworkInterface {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let subnet = regional::find::<SubnetRow>(&act.ask(), &self.subnet_id)?;
        let more = self.secondary_private_ip_address_count.unwrap_or_default();
        let new = NewInterface {
            groups: self.security_group_id.clone(),
            addresses: self.addresses()?,
            more_addresses: usize::try_from(more).unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
            ..NewInterface::new(&subnet)
        };
        let interface = make(act, new)?;
        let tags = tag::specified(&self.tag_specification, Kind::NetworkInterface);
        tag::set(act, &interface.id, &tags)?;
        Ok(interface.id)
    }
}
