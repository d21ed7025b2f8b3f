//! NAT gateways: the row, how it is shown; the operations are in the files below.

pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use cloud::Ask;
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::regional::{Regional, regional_row};
use crate::tag::{self, TagShape};
use crate::time::Time;

/// NAT gateways in a zone ("Amazon VPC quotas").
pub const MAX_IN_ZONE: usize = 5;
/// How long one that is deleted or failed can be seen, in seconds: "usually about an hour" (VPC user guide).
pub const VISIBLE_SECONDS: i64 = 60 * 60;

/// A NAT gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NatGatewayRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `nat-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// Whether it leads to the internet.
    pub is_public: bool,
    /// Its address in the subnet; none if it failed.
    pub address: Option<NatAddress>,
    /// Why it is not there, and that it never was.
    pub failure: Option<(String, String)>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was deleted, or failed: it is shown for a while longer.
    pub ended: Option<Timestamp>,
}

/// The address of a NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatAddress {
    /// Its network interface.
    pub interface_id: String,
    /// Its private address.
    pub private: Ipv4Addr,
    /// Its Elastic IP address.
    pub elastic: Option<NatElastic>,
}

/// The Elastic IP address of a NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatElastic {
    /// `eipalloc-…`
    pub allocation_id: String,
    /// `eipassoc-…`
    pub association_id: String,
    /// The address.
    pub address: Ipv4Addr,
}

regional_row!(NatGatewayRow, "ec2_nat_gateway");

impl Regional for NatGatewayRow {
    const KIND: Kind = Kind::NatGateway;

    fn id(&self) -> &str {
        &self.id
    }

    fn is_visible(&self, now: Timestamp) -> bool {
        self.ended.is_none_or(|ended| now < ended.plus_seconds(VISIBLE_SECONDS))
    }
}

impl NatGatewayRow {
    /// Whether it works.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.ended.is_none()
    }

    /// Its state, once whoever waits asks again.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (self.ended, &self.failure) {
            (None, _) => "available",
            (Some(_), Some(_)) => "failed",
            (Some(_), None) => "deleted",
        }
    }
}

/// A NAT gateway as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatGatewayShape {
    nat_gateway_id: String,
    vpc_id: String,
    subnet_id: String,
    state: &'static str,
    create_time: Time,
    delete_time: Option<Time>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    connectivity_type: &'static str,
    availability_mode: &'static str,
    nat_gateway_address_set: Vec<NatAddressShape>,
    tag_set: Vec<TagShape>,
}

/// An address of a NAT gateway as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatAddressShape {
    allocation_id: Option<String>,
    association_id: Option<String>,
    public_ip: Option<Ipv4Addr>,
    network_interface_id: String,
    private_ip: Ipv4Addr,
    is_primary: bool,
    status: &'static str,
}

impl NatGatewayShape {
    /// How `gateway` is shown in a state.
    #[must_use]
    pub fn new(ask: &Ask<'_>, gateway: &NatGatewayRow, state: &'static str) -> Self {
        let failure = gateway.failure.as_ref();
        Self {
            nat_gateway_id: gateway.id.clone(),
            vpc_id: gateway.vpc_id.clone(),
            subnet_id: gateway.subnet_id.clone(),
            state,
            create_time: Time(gateway.created),
            delete_time: gateway.ended.map(Time),
            failure_code: failure.map(|(code, _)| code.clone()),
            failure_message: failure.map(|(_, text)| text.clone()),
            connectivity_type: if gateway.is_public { "public" } else { "private" },
            availability_mode: "zonal",
            nat_gateway_address_set: gateway.address.iter().map(NatAddressShape::new).collect(),
            tag_set: tag::shown(ask, &gateway.id),
        }
    }
}

impl NatAddressShape {
    fn new(address: &NatAddress) -> Self {
        let elastic = address.elastic.as_ref();
        Self {
            allocation_id: elastic.map(|it| it.allocation_id.clone()),
            association_id: elastic.map(|it| it.association_id.clone()),
            public_ip: elastic.map(|it| it.address),
            network_interface_id: address.interface_id.clone(),
            private_ip: address.private,
            is_primary: true,
            status: "succeeded",
        }
    }
}
