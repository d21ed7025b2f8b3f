//! Routes: `CreateRoute`, `ReplaceRoute`, `DeleteRoute`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_ROUTES, RouteTableRow, different_networks};
use crate::cidr::{self, Cidr};
use crate::internet_gateway::InternetGatewayRow;
use crate::kind::Kind;
use crate::nat_gateway::NatGatewayRow;
use crate::network_interface::NetworkInterfaceRow;
use crate::security_group::rule::{Peer, ipv6};
use crate::unmodelled::Unmodelled;
use crate::vpc::VpcRow;
use crate::{demand, regional};

/// A route that was added to a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// To where.
    pub destination: Destination,
    /// Through what.
    pub target: Target,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Addresses of IPv4.
    Ipv4(Cidr),
    /// Addresses of IPv6.
    Ipv6(String),
    /// The addresses of a list.
    PrefixList(String),
}

/// What a route leads through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// An internet gateway.
    InternetGateway(String),
    /// A NAT gateway.
    NatGateway(String),
    /// A network interface.
    NetworkInterface(String),
    /// A gateway endpoint, which adds its routes itself.
    VpcEndpoint(String),
}

impl Destination {
    /// As texts about it write it, with the parameter that names it.
    fn told(&self) -> (&'static str, String) {
        match self {
            Self::Ipv4(cidr) => ("destination-cidr-block", cidr.to_string()),
            Self::Ipv6(range) => ("destination-ipv6-cidr-block", range.clone()),
            Self::PrefixList(id) => ("destination-prefix-list-id", id.clone()),
        }
    }
}

/// A route as EC2 answers it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteShape {
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    instance_id: Option<String>,
    instance_owner_id: Option<String>,
    network_interface_id: Option<String>,
    state: &'static str,
    origin: &'static str,
}

impl RouteShape {
    /// The route to the VPC's own addresses, which every table has.
    #[must_use]
    pub fn local(cidr: Cidr) -> Self {
        Self {
            destination_cidr_block: Some(cidr.to_string()),
            gateway_id: Some("local".to_owned()),
            state: "active",
            origin: "CreateRouteTable",
            ..Self::default()
        }
    }

    /// How a route of a table is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, table: &RouteTableRow, route: &Route) -> Self {
        let mut shape = Self { origin: "CreateRoute", ..Self::default() };
        match &route.destination {
            Destination::Ipv4(cidr) => shape.destination_cidr_block = Some(cidr.to_string()),
            Destination::Ipv6(range) => shape.destination_ipv6_cidr_block = Some(range.clone()),
            Destination::PrefixList(id) => shape.destination_prefix_list_id = Some(id.clone()),
        }
        let active = match &route.target {
            Target::InternetGateway(id) => {
                shape.gateway_id = Some(id.clone());
                let gateway = regional::get::<InternetGatewayRow>(ask, id);
                gateway.is_some_and(|gateway| gateway.vpc_id.as_ref() == Some(&table.vpc_id))
            }
            Target::VpcEndpoint(id) => {
                shape.gateway_id = Some(id.clone());
                true
            }
            Target::NatGateway(id) => {
                shape.nat_gateway_id = Some(id.clone());
                regional::get::<NatGatewayRow>(ask, id).is_some_and(|gateway| gateway.is_there())
            }
            Target::NetworkInterface(id) => {
                shape.network_interface_id = Some(id.clone());
                let interface = regional::get::<NetworkInterfaceRow>(ask, id);
                let instance = interface.as_ref().and_then(|it| it.instance_id());
                shape.instance_id = instance.map(str::to_owned);
                shape.instance_owner_id = instance.map(|_| table.account.to_string());
                interface.is_some_and(|interface| interface.attachment.is_some())
            }
        };
        shape.state = if active { "active" } else { "blackhole" };
        shape
    }

    /// The instance that it leads through.
    #[must_use]
    pub fn instance_id(&self) -> Option<&str> {
        self.instance_id.as_deref()
    }

    /// Whether it leads anywhere: `active` or `blackhole`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.state
    }
}

/// What `CreateRoute` answers.
#[derive(Debug, Serialize)]
pub struct CreateRouteOutput {
    #[serde(rename = "return")]
    done: bool,
}

/// An operation that sets a route.
macro_rules! route_operation {
    ($operation:ident -> $output:ty) => {
        #[doc = concat!("`", stringify!($operation), "`")]
        #[derive(Debug, Clone, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $operation {
            route_table_id: String,
            destination_cidr_block: Option<String>,
            destination_ipv6_cidr_block: Option<String>,
            destination_prefix_list_id: Option<String>,
            gateway_id: Option<String>,
            nat_gateway_id: Option<String>,
            network_interface_id: Option<String>,
            instance_id: Option<String>,
            egress_only_internet_gateway_id: Option<String>,
            transit_gateway_id: Option<String>,
            vpc_peering_connection_id: Option<String>,
            vpc_endpoint_id: Option<String>,
            local_gateway_id: Option<String>,
            carrier_gateway_id: Option<String>,
            core_network_arn: Option<String>,
            #[serde(default)]
            dry_run: bool,
        }

        impl $operation {
            fn destination(&self) -> Result<Destination, Fault> {
                let ipv4 = self.destination_cidr_block.as_deref();
                let ipv6 = self.destination_ipv6_cidr_block.as_deref();
                destination(ipv4, ipv6, self.destination_prefix_list_id.as_deref())
            }

            fn targets(&self) -> Targets<'_> {
                Targets {
                    gateway: self.gateway_id.as_deref(),
                    nat_gateway: self.nat_gateway_id.as_deref(),
                    network_interface: self.network_interface_id.as_deref(),
                    instance: self.instance_id.as_deref(),
                }
            }
        }

        impl Operation for $operation {
            const SERVICE: Service = Service::Ec2;
            const NAME: &'static str = stringify!($operation);
            type Output = $output;

            fn check(&self) -> Result<(), Fault> {
                Unmodelled::new(Self::NAME)
                    .value(
                        "EgressOnlyInternetGatewayId",
                        self.egress_only_internet_gateway_id.as_ref(),
                    )
                    .value("TransitGatewayId", self.transit_gateway_id.as_ref())
                    .value("VpcPeeringConnectionId", self.vpc_peering_connection_id.as_ref())
                    .value("VpcEndpointId", self.vpc_endpoint_id.as_ref())
                    .value("LocalGatewayId", self.local_gateway_id.as_ref())
                    .value("CarrierGatewayId", self.carrier_gateway_id.as_ref())
                    .value("CoreNetworkArn", self.core_network_arn.as_ref())
                    .finish()?;
                Kind::RouteTable.check(&self.route_table_id)?;
                self.destination()?;
                self.targets().check()
            }

            fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
                let action = concat!("ec2:", stringify!($operation));
                Ok(vec![demand::on(ask, action, Kind::RouteTable, &self.route_table_id)])
            }

            fn is_dry_run(&self) -> bool {
                self.dry_run
            }
        }
    };
}

route_operation!(CreateRoute -> CreateRouteOutput);
route_operation!(ReplaceRoute -> ());

/// The parameters that name a target, of which there must be one.
#[derive(Clone, Copy)]
struct Targets<'a> {
    gateway: Option<&'a str>,
    nat_gateway: Option<&'a str>,
    network_interface: Option<&'a str>,
    instance: Option<&'a str>,
}

impl Targets<'_> {
    fn check(self) -> Result<(), Fault> {
        let given = [self.gateway, self.nat_gateway, self.network_interface, self.instance];
        match given.iter().flatten().count() {
            1 => Ok(()),
            0 => {
                let text = "The request must contain exactly one of gatewayId, natGatewayId, \
                            networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, \
                            transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId, \
                            coreNetworkArn or instanceId";
                Err(Fault::new("MissingParameter", text))
            }
            _ => {
                let text = "The request must contain exactly one route target";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }

    /// The target, held against what is there.
    fn find(self, ask: &Ask<'_>, table: &RouteTableRow) -> Result<Target, Fault> {
        if let Some(id) = self.gateway {
            let gateway = regional::get::<InternetGatewayRow>(ask, id).ok_or_else(|| {
                let text = format!("The gateway ID '{id}' does not exist");
                Fault::new("InvalidGatewayID.NotFound", text)
            })?;
            if gateway.vpc_id.as_ref() != Some(&table.vpc_id) {
                return Err(different_networks(&table.id, "network gateway", id));
            }
            return Ok(Target::InternetGateway(id.to_owned()));
        }
        if let Some(id) = self.nat_gateway {
            let gateway = regional::get::<NatGatewayRow>(ask, id);
            let gateway = gateway.filter(|gateway| gateway.is_there()).ok_or_else(|| {
                let text = format!("The natGateway ID '{id}' does not exist");
                Fault::new("InvalidNatGatewayID.NotFound", text)
            })?;
            if gateway.vpc_id != table.vpc_id {
                return Err(different_networks(&table.id, "NAT gateway", id));
            }
            return Ok(Target::NatGateway(id.to_owned()));
        }
        self.interface(ask, table)
    }

    fn interface(self, ask: &Ask<'_>, table: &RouteTableRow) -> Result<Target, Fault> {
        let interface = if let Some(id) = self.network_interface {
            regional::find::<NetworkInterfaceRow>(ask, id)?
        } else {
            let id = self.instance.unwrap_or_default();
            Kind::Instance.check(id)?;
            let mut all = regional::all::<NetworkInterfaceRow>(ask);
            all.retain(|interface| interface.instance_id() == Some(id));
            if all.len() > 1 {
                let text = format!(
                    "There are multiple interfaces attached to instance '{id}'. \
                                    Please specify an interface ID for the operation instead."
                );
                return Err(Fault::new("InvalidInstanceID", text));
            }
            all.pop().ok_or_else(|| Kind::Instance.not_found(id))?
        };
        if interface.vpc_id != table.vpc_id {
            return Err(different_networks(&table.id, "interface", &interface.id));
        }
        Ok(Target::NetworkInterface(interface.id.clone()))
    }
}

impl Write for CreateRoute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateRouteOutput, Fault> {
        let mut table = table(act, &self.route_table_id)?;
        let destination = self.destination()?;
        let target = self.targets().find(&act.ask(), &table)?;
        let (_, told) = destination.told();
        if is_local(act, &table, &destination)
            || table.routes.iter().any(|route| route.destination == destination)
        {
            let text = format!("The route identified by {told} already exists.");
            return Err(Fault::new("RouteAlreadyExists", text));
        }
        if table.routes.len() >= MAX_ROUTES {
            let text = "The maximum number of routes has been reached.";
            return Err(Fault::new("RouteLimitExceeded", text));
        }
        table.routes.push(Route { destination, target });
        regional::put(act, table)?;
        Ok(CreateRouteOutput { done: true })
    }
}

impl Write for ReplaceRoute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut table = table(act, &self.route_table_id)?;
        let destination = self.destination()?;
        let target = self.targets().find(&act.ask(), &table)?;
        let (_, told) = destination.told();
        let Some(route) = table.routes.iter_mut().find(|it| it.destination == destination) else {
            let text = format!(
                "There is no route defined for '{told}' in the route table. Use CreateRoute instead."
            );
            return Err(Fault::new("InvalidParameterValue", text));
        };
        route.target = target;
        regional::put(act, table)
    }
}

/// `DeleteRoute`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRoute {
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

impl DeleteRoute {
    fn destination(&self) -> Result<Destination, Fault> {
        let ipv4 = self.destination_cidr_block.as_deref();
        let ipv6 = self.destination_ipv6_cidr_block.as_deref();
        destination(ipv4, ipv6, self.destination_prefix_list_id.as_deref())
    }
}

impl Operation for DeleteRoute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteRoute";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::RouteTable.check(&self.route_table_id)?;
        self.destination().map(|_| ())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on(ask, "ec2:DeleteRoute", Kind::RouteTable, &self.route_table_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteRoute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut table = table(act, &self.route_table_id)?;
        let destination = self.destination()?;
        let (name, told) = destination.told();
        let id = &table.id;
        if is_local(act, &table, &destination) {
            let text = format!("cannot remove local route {told} in route table {id}");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let route = table.routes.iter().find(|route| route.destination == destination);
        match route.map(|route| &route.target) {
            None => {
                let text = format!("no route with {name} {told} in route table {id}");
                Err(Fault::new("InvalidRoute.NotFound", text))
            }
            Some(Target::VpcEndpoint(endpoint)) => {
                let text =
                    format!("cannot remove VPC endpoint route {endpoint} in route table {id}");
                Err(Fault::new("InvalidParameterValue", text))
            }
            Some(_) => {
                table.routes.retain(|route| route.destination != destination);
                regional::put(act, table)
            }
        }
    }
}

fn table(act: &Act<'_, '_>, id: &str) -> Result<RouteTableRow, Fault> {
    Ok((*regional::find::<RouteTableRow>(&act.ask(), id)?).clone())
}

/// The one destination that is given.
fn destination(
    ipv4: Option<&str>,
    ipv6_range: Option<&str>,
    list: Option<&str>,
) -> Result<Destination, Fault> {
    match (ipv4, ipv6_range, list) {
        (Some(text), None, None) => {
            Ok(Destination::Ipv4(cidr::parameter("destinationCidrBlock", text)?))
        }
        (None, Some(text), None) => match ipv6(text) {
            Ok(Peer::Ipv6(range)) => Ok(Destination::Ipv6(range)),
            _ => {
                let text = format!(
                    "Value ({text}) for parameter destinationIpv6CidrBlock is invalid. This is not a \
                     valid CIDR block."
                );
                Err(Fault::new("InvalidParameterValue", text))
            }
        },
        (None, None, Some(id)) => {
            Kind::PrefixList.check(id)?;
            Ok(Destination::PrefixList(id.to_owned()))
        }
        (None, None, None) => {
            let text = "The request must contain the parameter destinationCidrBlock or \
                        destinationIpv6CidrBlock or destinationPrefixListId";
            Err(Fault::new("MissingParameter", text))
        }
        _ => {
            let text = "The request must contain exactly one route destination";
            Err(Fault::new("InvalidParameterCombination", text))
        }
    }
}

fn is_local(act: &Act<'_, '_>, table: &RouteTableRow, destination: &Destination) -> bool {
    let vpc = regional::get::<VpcRow>(&act.ask(), &table.vpc_id);
    vpc.is_some_and(|vpc| *destination == Destination::Ipv4(vpc.cidr))
}
