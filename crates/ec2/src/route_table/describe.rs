//! `DescribeRouteTables`

use cloud::Ask;

use super::route::{Destination, Route, RouteShape, Target};
use super::{RouteTableRow, RouteTableShape};
use crate::describe::describe_operation;
use crate::filter::Field;
use crate::regional;
use crate::vpc::VpcRow;

describe_operation!(DescribeRouteTables { route_table_id } of RouteTableRow, FIELDS => DescribeRouteTablesOutput { route_table_set: RouteTableShape = RouteTableShape::new });

fn routes(table: &RouteTableRow, value: fn(&Route) -> Option<String>) -> Vec<String> {
    table.routes.iter().filter_map(value).collect()
}

/// The addresses of the VPC, to which every table has a route.
fn local(ask: &Ask<'_>, table: &RouteTableRow) -> Option<String> {
    regional::get::<VpcRow>(ask, &table.vpc_id).map(|vpc| vpc.cidr.to_string())
}

const FIELDS: &[Field<RouteTableRow>] = &[
    ("association.gateway-id", |_, _| Vec::new()),
    ("association.route-table-association-id", |_, table| {
        table.associations.iter().map(|it| it.id.clone()).collect()
    }),
    ("association.route-table-id", |_, table| match table.associations.is_empty() {
        true => Vec::new(),
        false => vec![table.id.clone()],
    }),
    ("association.subnet-id", |_, table| {
        table.associations.iter().filter_map(|it| it.subnet_id.clone()).collect()
    }),
    ("association.main", |_, table| {
        table.associations.iter().map(|it| it.subnet_id.is_none().to_string()).collect()
    }),
    ("owner-id", |_, table| vec![table.account.to_string()]),
    ("route-table-id", |_, table| vec![table.id.clone()]),
    ("route.destination-cidr-block", |ask, table| {
        let added = routes(table, |route| match &route.destination {
            Destination::Ipv4(cidr) => Some(cidr.to_string()),
            _ => None,
        });
        local(ask, table).into_iter().chain(added).collect()
    }),
    ("route.destination-ipv6-cidr-block", |_, table| {
        routes(table, |route| match &route.destination {
            Destination::Ipv6(range) => Some(range.clone()),
            _ => None,
        })
    }),
    ("route.destination-prefix-list-id", |_, table| {
        routes(table, |route| match &route.destination {
            Destination::PrefixList(id) => Some(id.clone()),
            _ => None,
        })
    }),
    ("route.gateway-id", |_, table| {
        let added = routes(table, |route| match &route.target {
            Target::InternetGateway(id) | Target::VpcEndpoint(id) => Some(id.clone()),
            _ => None,
        });
        std::iter::once("local".to_owned()).chain(added).collect()
    }),
    ("route.instance-id", |ask, table| {
        let shapes = table.routes.iter().map(|route| RouteShape::new(ask, table, route));
        shapes.filter_map(|shape| shape.instance_id().map(str::to_owned)).collect()
    }),
    ("route.nat-gateway-id", |_, table| {
        routes(table, |route| match &route.target {
            Target::NatGateway(id) => Some(id.clone()),
            _ => None,
        })
    }),
    ("route.origin", |_, table| match table.routes.is_empty() {
        true => vec!["CreateRouteTable".to_owned()],
        false => vec!["CreateRouteTable".to_owned(), "CreateRoute".to_owned()],
    }),
    ("route.state", |ask, table| {
        let shapes = table.routes.iter().map(|route| RouteShape::new(ask, table, route));
        std::iter::once("active")
            .chain(shapes.map(|shape| shape.state()))
            .map(str::to_owned)
            .collect()
    }),
    ("route.egress-only-internet-gateway-id", |_, _| Vec::new()),
    ("route.transit-gateway-id", |_, _| Vec::new()),
    ("route.vpc-peering-connection-id", |_, _| Vec::new()),
    ("vpc-id", |_, table| vec![table.vpc_id.clone()]),
];
