//! VPC endpoints: the row, how it is shown; services and operations are in the files below.
//!
//! A gateway endpoint is a route in tables, an interface endpoint a network interface in subnets. What an
//! endpoint's policy would forbid is not asked, as requests over the loopback come through no endpoint:
//! `aws:SourceVpce` and its like are never in a request.

pub mod create;
pub mod delete;
pub mod describe;
pub mod interface;
pub mod modify;
pub mod route;
pub mod service;
#[cfg(test)]
mod tests;

use cloud::{Act, Ask, Fault};
use iam::{Policy, PolicyKind};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::kind::Kind;
use crate::network_interface::shape::{GroupIdentifier, groups};
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};
use crate::time::Time;
use service::{Service, ServiceKind};

/// Interface endpoints of a VPC ("AWS PrivateLink quotas").
pub const MAX_INTERFACE_ENDPOINTS: usize = 50;
/// Gateway endpoints in a region ("Amazon VPC quotas").
pub const MAX_GATEWAY_ENDPOINTS: usize = 20;
/// The largest policy, in characters ("AWS PrivateLink quotas").
pub const MAX_POLICY: usize = 20_480;

/// A VPC endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VpcEndpointRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `vpce-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// The service that it leads to.
    pub service_name: String,
    /// In which way it leads there.
    pub kind: ServiceKind,
    /// Whether the service's owner has accepted it.
    pub accepted: bool,
    /// What may go through it, as it was sent; none for all.
    pub policy: Option<String>,
    /// The tables that have its route.
    pub route_table_ids: Vec<String>,
    /// Its subnets, each with its network interface.
    pub interfaces: Vec<(String, String)>,
    /// The groups of its interfaces.
    pub groups: Vec<String>,
    /// Whether the service's own name leads to it.
    pub private_dns: bool,
    /// When it was made.
    pub created: Timestamp,
}

regional_row!(VpcEndpointRow, "ec2_vpc_endpoint");

impl Regional for VpcEndpointRow {
    const KIND: Kind = Kind::VpcEndpoint;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:VpceServiceName", self.service_name.clone()),
            ("ec2:VpceServiceRegion", self.region.clone()),
        ]
    }
}

impl VpcEndpointRow {
    /// Its state, once whoever waits asks again.
    #[must_use]
    pub fn state(&self) -> &'static str {
        if self.accepted { "available" } else { "pendingAcceptance" }
    }

    /// The service that it leads to, as long as that is known.
    #[must_use]
    pub fn service(&self) -> Option<Service> {
        service::named(&self.region, &self.service_name)
    }
}

/// Accepts an endpoint on behalf of the service's owner, as Databricks does when it is registered.
///
/// # Errors
/// `InvalidVpcEndpointId.NotFound`
pub fn accept(act: &mut Act<'_, '_>, id: &str) -> Result<(), Fault> {
    let endpoint = regional::find::<VpcEndpointRow>(&act.ask(), id)?;
    regional::put(act, VpcEndpointRow { accepted: true, ..(*endpoint).clone() })
}

/// What may go through an endpoint without a policy of its own (VPC user guide, "Default endpoint policy").
const OPEN_POLICY: &str = "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \
                           \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

/// Checks the policy of an endpoint.
///
/// # Errors
/// `InvalidPolicyDocument`
pub fn check_policy(text: &str) -> Result<(), Fault> {
    let known = Policy::parse(text.as_bytes(), PolicyKind::Endpoint).is_ok();
    if known && text.chars().count() <= MAX_POLICY {
        return Ok(());
    }
    let text = "The specified policy document is not a valid JSON policy document.";
    Err(Fault::new("InvalidPolicyDocument", text))
}

/// A VPC endpoint as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcEndpointShape {
    vpc_endpoint_id: String,
    vpc_endpoint_type: &'static str,
    vpc_id: String,
    service_name: String,
    service_region: String,
    state: &'static str,
    policy_document: String,
    route_table_id_set: Vec<String>,
    subnet_id_set: Vec<String>,
    group_set: Vec<GroupIdentifier>,
    ip_address_type: &'static str,
    dns_options: DnsOptions,
    private_dns_enabled: bool,
    requester_managed: bool,
    network_interface_id_set: Vec<String>,
    dns_entry_set: Vec<DnsEntry>,
    creation_timestamp: Time,
    tag_set: Vec<TagShape>,
    owner_id: AccountId,
}

/// Which records there are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsOptions {
    dns_record_ip_type: &'static str,
}

/// A name of an endpoint.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsEntry {
    dns_name: String,
    hosted_zone_id: &'static str,
}

impl VpcEndpointShape {
    /// How `endpoint` is shown in a state.
    #[must_use]
    pub fn new(ask: &Ask<'_>, endpoint: &VpcEndpointRow, state: &'static str) -> Self {
        let names = interface::names(ask, endpoint).into_iter();
        let gateway = endpoint.kind == ServiceKind::Gateway;
        Self {
            vpc_endpoint_id: endpoint.id.clone(),
            vpc_endpoint_type: endpoint.kind.name(),
            vpc_id: endpoint.vpc_id.clone(),
            service_name: endpoint.service_name.clone(),
            service_region: endpoint.region.clone(),
            state,
            policy_document: endpoint.policy.clone().unwrap_or_else(|| OPEN_POLICY.to_owned()),
            route_table_id_set: endpoint.route_table_ids.clone(),
            subnet_id_set: endpoint.interfaces.iter().map(|(subnet, _)| subnet.clone()).collect(),
            group_set: groups(ask, &endpoint.groups),
            ip_address_type: "ipv4",
            dns_options: DnsOptions {
                dns_record_ip_type: if gateway { "service-defined" } else { "ipv4" },
            },
            private_dns_enabled: endpoint.private_dns,
            requester_managed: false,
            network_interface_id_set: endpoint
                .interfaces
                .iter()
                .map(|(_, id)| id.clone())
                .collect(),
            // unverified: the hosted zones of other regions than us-east-1.
            dns_entry_set: names
                .map(|dns_name| DnsEntry { dns_name, hosted_zone_id: "Z7HUB22UULQXV" })
                .collect(),
            creation_timestamp: Time(endpoint.created),
            tag_set: tag::shown(ask, &endpoint.id),
            owner_id: endpoint.account,
        }
    }
}
