//! Route tables: the row, how it is shown and found; routes, associations and operations are in the files
//! below.

pub mod association;
pub mod create;
pub mod delete;
pub mod describe;
pub mod route;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};
use crate::vpc::VpcRow;
use association::{Association, AssociationShape};
use route::{Route, RouteShape};

/// Route tables of a VPC ("Amazon VPC quotas").
pub const MAX_TABLES: usize = 200;
/// Routes of a table that were added ("Amazon VPC quotas": the quota, raised at the end of 2024).
pub const MAX_ROUTES: usize = 500;

/// A route table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RouteTableRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `rtb-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Routes beside the one to the VPC's own addresses.
    pub routes: Vec<Route>,
    /// What it is for.
    pub associations: Vec<Association>,
}

regional_row!(RouteTableRow, "ec2_route_table");

impl Regional for RouteTableRow {
    const KIND: Kind = Kind::RouteTable;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::route_table(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:Vpc", Kind::Vpc.arn(&self.region, self.account, &self.vpc_id)),
            ("ec2:RouteTableID", self.id.clone()),
        ]
    }
}

impl RouteTableRow {
    /// Whether it is for all subnets of its VPC that have none of their own.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet_id.is_none())
    }
}

/// The route tables of a VPC.
#[must_use]
pub fn of_vpc(ask: &Ask<'_>, vpc_id: &str) -> Vec<Arc<RouteTableRow>> {
    let mut all = regional::all::<RouteTableRow>(ask);
    all.retain(|table| table.vpc_id == vpc_id);
    all
}

/// The route table that is for a subnet: its own, or the VPC's main one.
#[must_use]
pub fn of_subnet(ask: &Ask<'_>, vpc_id: &str, subnet_id: &str) -> Option<Arc<RouteTableRow>> {
    let tables = of_vpc(ask, vpc_id);
    let own = tables.iter().find(|table| {
        table.associations.iter().any(|it| it.subnet_id.as_deref() == Some(subnet_id))
    });
    own.or_else(|| tables.iter().find(|table| table.is_main())).cloned()
}

/// A route table as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTableShape {
    route_table_id: String,
    vpc_id: String,
    owner_id: AccountId,
    route_set: Vec<RouteShape>,
    association_set: Vec<AssociationShape>,
    propagating_vgw_set: Vec<()>,
    tag_set: Vec<TagShape>,
}

impl RouteTableShape {
    /// How `table` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, table: &RouteTableRow) -> Self {
        let vpc = regional::get::<VpcRow>(ask, &table.vpc_id);
        let local = vpc.map(|vpc| RouteShape::local(vpc.cidr));
        let added = table.routes.iter().map(|route| RouteShape::new(ask, table, route));
        let associations = table.associations.iter();
        Self {
            route_table_id: table.id.clone(),
            vpc_id: table.vpc_id.clone(),
            owner_id: table.account,
            route_set: local.into_iter().chain(added).collect(),
            association_set: associations.map(|it| AssociationShape::new(table, it)).collect(),
            propagating_vgw_set: Vec::new(),
            tag_set: tag::shown(ask, &table.id),
        }
    }
}

/// What EC2 says to whoever names a table of another network.
pub(crate) fn different_networks(table: &str, noun: &str, id: &str) -> Fault {
    let text = format!("route table {table} and {noun} {id} belong to different networks");
    Fault::new("InvalidParameterValue", text)
}
