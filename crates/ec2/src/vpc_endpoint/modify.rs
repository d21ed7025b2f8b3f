//! `ModifyVpcEndpoint`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::create::{DnsOptionsInput, check_addressing};
use super::service::ServiceKind;
use super::{VpcEndpointRow, check_policy, interface, route};
use crate::kind::Kind;
use crate::security_group::rule::modify::Done;
use crate::{demand, regional};

/// `ModifyVpcEndpoint`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyVpcEndpoint {
    vpc_endpoint_id: String,
    #[serde(default)]
    reset_policy: bool,
    policy_document: Option<String>,
    #[serde(default)]
    add_route_table_id: Vec<String>,
    #[serde(default)]
    remove_route_table_id: Vec<String>,
    #[serde(default)]
    add_subnet_id: Vec<String>,
    #[serde(default)]
    remove_subnet_id: Vec<String>,
    #[serde(default)]
    add_security_group_id: Vec<String>,
    #[serde(default)]
    remove_security_group_id: Vec<String>,
    private_dns_enabled: Option<bool>,
    ip_address_type: Option<String>,
    dns_options: Option<DnsOptionsInput>,
    #[serde(default)]
    dry_run: bool,
}

impl ModifyVpcEndpoint {
    fn ids(&self) -> [(Kind, &[String]); 6] {
        [
            (Kind::RouteTable, &self.add_route_table_id),
            (Kind::RouteTable, &self.remove_route_table_id),
            (Kind::Subnet, &self.add_subnet_id),
            (Kind::Subnet, &self.remove_subnet_id),
            (Kind::SecurityGroup, &self.add_security_group_id),
            (Kind::SecurityGroup, &self.remove_security_group_id),
        ]
    }

    fn check_kind(&self, endpoint: &VpcEndpointRow) -> Result<(), Fault> {
        let invalid = |text: &str| Err(Fault::new("InvalidParameter", text));
        let [tables, _, subnets, _, groups, _] = self.ids().map(|(_, ids)| !ids.is_empty());
        match endpoint.kind {
            ServiceKind::Gateway if subnets => {
                invalid("Subnet IDs are only supported for Interface type VPC Endpoints.")
            }
            ServiceKind::Gateway if groups => {
                invalid("Security group IDs are only supported for Interface type VPC Endpoints.")
            }
            ServiceKind::Interface if tables => {
                invalid("Route table IDs are only supported for Gateway type VPC Endpoints.")
            }
            _ => Ok(()),
        }
    }
}

impl Operation for ModifyVpcEndpoint {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyVpcEndpoint";
    type Output = Done;

    fn check(&self) -> Result<(), Fault> {
        check_addressing(Self::NAME, self.ip_address_type.as_ref(), self.dns_options.as_ref())?;
        Kind::VpcEndpoint.check(&self.vpc_endpoint_id)?;
        for (kind, ids) in self.ids() {
            ids.iter().try_for_each(|id| kind.check(id))?;
        }
        self.policy_document.as_deref().map_or(Ok(()), check_policy)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyVpcEndpoint";
        let endpoint = demand::on(ask, action, Kind::VpcEndpoint, &self.vpc_endpoint_id);
        let named =
            self.ids().into_iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, id)));
        let named = named.map(|(kind, id)| demand::on(ask, action, kind, id));
        Ok(std::iter::once(endpoint).chain(named).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ModifyVpcEndpoint {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let endpoint = regional::find::<VpcEndpointRow>(&act.ask(), &self.vpc_endpoint_id)?;
        let mut endpoint = (*endpoint).clone();
        self.check_kind(&endpoint)?;
        if self.reset_policy {
            endpoint.policy = None;
        }
        if let Some(policy) = &self.policy_document {
            endpoint.policy = Some(policy.clone());
        }
        for id in &self.remove_route_table_id {
            route::remove(act, &mut endpoint, id)?;
        }
        for id in &self.add_route_table_id {
            route::add(act, &mut endpoint, id)?;
        }
        for id in &self.remove_subnet_id {
            interface::remove(act, &mut endpoint, id)?;
        }
        let taken = &self.remove_security_group_id;
        endpoint.groups.retain(|id| !taken.contains(id));
        endpoint.groups.extend(self.add_security_group_id.iter().cloned());
        interface::regroup(act, &mut endpoint)?;
        for id in &self.add_subnet_id {
            interface::add(act, &mut endpoint, id)?;
        }
        if let Some(enabled) = self.private_dns_enabled {
            endpoint.private_dns = enabled && endpoint.kind == ServiceKind::Interface;
            if endpoint.private_dns {
                interface::check_private_dns(&act.ask(), &endpoint)?;
            }
        }
        regional::put(act, endpoint)?;
        Ok(Done::YES)
    }
}
