//! `CreateVpcEndpoint`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::service::{self, ServiceKind};
use super::{
    MAX_GATEWAY_ENDPOINTS, MAX_INTERFACE_ENDPOINTS, VpcEndpointRow, VpcEndpointShape, check_policy,
    interface, route,
};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::vpc::VpcRow;
use crate::{client_token, demand, regional, tag};

/// `CreateVpcEndpoint`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVpcEndpoint {
    vpc_id: String,
    service_name: Option<String>,
    vpc_endpoint_type: Option<String>,
    policy_document: Option<String>,
    #[serde(default)]
    route_table_id: Vec<String>,
    #[serde(default)]
    subnet_id: Vec<String>,
    #[serde(default)]
    security_group_id: Vec<String>,
    private_dns_enabled: Option<bool>,
    ip_address_type: Option<String>,
    dns_options: Option<DnsOptionsInput>,
    client_token: Option<String>,
    service_network_arn: Option<String>,
    resource_configuration_arn: Option<String>,
    service_region: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// Which records are asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DnsOptionsInput {
    dns_record_ip_type: Option<String>,
    private_dns_only_for_inbound_resolver_endpoint: Option<bool>,
}

/// What `CreateVpcEndpoint` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateVpcEndpointOutput {
    vpc_endpoint: VpcEndpointShape,
    client_token: Option<String>,
}

/// Refuses what IPv6 and resolvers would be needed for.
pub(super) fn check_addressing(
    operation: &'static str,
    address_type: Option<&String>,
    options: Option<&DnsOptionsInput>,
) -> Result<(), Fault> {
    let records = options.and_then(|options| options.dns_record_ip_type.as_ref());
    let inbound = options.and_then(|it| it.private_dns_only_for_inbound_resolver_endpoint);
    Unmodelled::new(operation)
        .value("IpAddressType", address_type.filter(|kind| *kind != "ipv4"))
        .value(
            "DnsOptions.DnsRecordIpType",
            records.filter(|kind| !matches!(kind.as_str(), "ipv4" | "service-defined")),
        )
        .flag("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint", inbound == Some(true))
        .finish()
}

impl CreateVpcEndpoint {
    fn kind(&self) -> ServiceKind {
        match self.vpc_endpoint_type.as_deref() {
            Some("Interface") => ServiceKind::Interface,
            _ => ServiceKind::Gateway,
        }
    }

    fn name(&self) -> &str {
        self.service_name.as_deref().unwrap_or_default()
    }
}

impl Operation for CreateVpcEndpoint {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateVpcEndpoint";
    type Output = CreateVpcEndpointOutput;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        let kind = self.vpc_endpoint_type.as_ref();
        Unmodelled::new(Self::NAME)
            .value(
                "VpcEndpointType",
                kind.filter(|it| !matches!(it.as_str(), "Gateway" | "Interface")),
            )
            .value("ServiceNetworkArn", self.service_network_arn.as_ref())
            .value("ResourceConfigurationArn", self.resource_configuration_arn.as_ref())
            .finish()?;
        check_addressing(Self::NAME, self.ip_address_type.as_ref(), self.dns_options.as_ref())?;
        Kind::Vpc.check(&self.vpc_id)?;
        if self.service_name.is_none() {
            let text = "The request must contain the parameter ServiceName";
            return Err(Fault::new("MissingParameter", text));
        }
        self.route_table_id.iter().try_for_each(|id| Kind::RouteTable.check(id))?;
        self.subnet_id.iter().try_for_each(|id| Kind::Subnet.check(id))?;
        self.security_group_id.iter().try_for_each(|id| Kind::SecurityGroup.check(id))?;
        let invalid = |text: &str| Err(Fault::new("InvalidParameter", text));
        match self.kind() {
            ServiceKind::Gateway if !self.subnet_id.is_empty() => {
                return invalid("Subnet IDs are only supported for Interface type VPC Endpoints.");
            }
            ServiceKind::Gateway if !self.security_group_id.is_empty() => {
                return invalid(
                    "Security group IDs are only supported for Interface type VPC Endpoints.",
                );
            }
            ServiceKind::Interface if !self.route_table_id.is_empty() => {
                return invalid(
                    "Route table IDs are only supported for Gateway type VPC Endpoints.",
                );
            }
            _ => {}
        }
        self.policy_document.as_deref().map_or(Ok(()), check_policy)?;
        tag::check_specifications(&self.tag_specification, &[Kind::VpcEndpoint])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:CreateVpcEndpoint";
        let owner = service::named(ask.region, self.name()).map(|it| it.owner.to_owned());
        let mut keys = vec![
            ("ec2:VpceServiceName", self.name().to_owned()),
            ("ec2:VpceServiceRegion", ask.region.to_owned()),
        ];
        keys.extend(owner.map(|owner| ("ec2:VpceServiceOwner", owner)));
        let tags = tag::specified(&self.tag_specification, Kind::VpcEndpoint);
        let mut demands = demand::create(ask, action, Kind::VpcEndpoint, keys, &tags);
        demands.push(demand::on(ask, action, Kind::Vpc, &self.vpc_id));
        for (kind, ids) in [
            (Kind::RouteTable, &self.route_table_id),
            (Kind::Subnet, &self.subnet_id),
            (Kind::SecurityGroup, &self.security_group_id),
        ] {
            demands.extend(ids.iter().map(|id| demand::on(ask, action, kind, id)));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateVpcEndpoint {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateVpcEndpointOutput, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let endpoint = regional::find::<VpcEndpointRow>(&act.ask(), &id)?;
        let state = match (endpoint.accepted, endpoint.kind) {
            (true, ServiceKind::Interface) => "pending",
            _ => endpoint.state(),
        };
        Ok(CreateVpcEndpointOutput {
            vpc_endpoint: VpcEndpointShape::new(&act.ask(), &endpoint, state),
            client_token: self.client_token.clone(),
        })
    }
}

impl CreateVpcEndpoint {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        let service = service::named(act.region, self.name());
        let elsewhere = self.service_region.as_deref().is_some_and(|region| region != act.region);
        let service = service.filter(|service| service.kinds.contains(&self.kind()) && !elsewhere);
        let Some(service) = service else {
            let text = format!("The Vpc Endpoint Service '{}' does not exist", self.name());
            return Err(Fault::new("InvalidServiceName", text));
        };
        check_number(&act.ask(), &vpc.id, self.kind())?;
        let interface = self.kind() == ServiceKind::Interface;
        let mut endpoint = VpcEndpointRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::VpcEndpoint.new_id(act.entropy),
            vpc_id: vpc.id.clone(),
            service_name: service.name.clone(),
            kind: self.kind(),
            accepted: !service.acceptance,
            policy: self.policy_document.clone(),
            route_table_ids: Vec::new(),
            interfaces: Vec::new(),
            groups: self.security_group_id.clone(),
            // "Default: true" for AWS's own services (API reference); others' names must be asked for.
            private_dns: interface && self.private_dns_enabled.unwrap_or(!service.acceptance),
            created: act.now,
        };
        if endpoint.private_dns {
            interface::check_private_dns(&act.ask(), &endpoint)?;
        }
        for id in &self.route_table_id {
            route::add(act, &mut endpoint, id)?;
        }
        for id in &self.subnet_id {
            interface::add(act, &mut endpoint, id)?;
        }
        regional::put(act, endpoint.clone())?;
        tag::set(act, &endpoint.id, &tag::specified(&self.tag_specification, Kind::VpcEndpoint))?;
        Ok(endpoint.id)
    }
}

fn check_number(ask: &Ask<'_>, vpc_id: &str, kind: ServiceKind) -> Result<(), Fault> {
    let mut all = regional::all::<VpcEndpointRow>(ask);
    all.retain(|endpoint| endpoint.kind == kind);
    let most = match kind {
        ServiceKind::Gateway => MAX_GATEWAY_ENDPOINTS,
        ServiceKind::Interface => {
            all.retain(|endpoint| endpoint.vpc_id == vpc_id);
            MAX_INTERFACE_ENDPOINTS
        }
    };
    if all.len() < most {
        return Ok(());
    }
    let text = "The maximum number of VPC endpoints has been reached.";
    Err(Fault::new("VpcEndpointLimitExceeded", text))
}
