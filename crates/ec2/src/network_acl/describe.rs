//! `DescribeNetworkAcls`

use super::entry::EntryShape;
use super::{NetworkAclRow, NetworkAclShape, subnets};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeNetworkAcls { network_acl_id } of NetworkAclRow, FIELDS => DescribeNetworkAclsOutput { network_acl_set: NetworkAclShape = NetworkAclShape::new });

fn of_entries(acl: &NetworkAclRow, value: fn(&EntryShape) -> Option<String>) -> Vec<String> {
    acl.shown_entries().iter().filter_map(value).collect()
}

const FIELDS: &[Field<NetworkAclRow>] = &[
    ("association.association-id", |ask, acl| {
        subnets(ask, acl).iter().map(|subnet| subnet.acl_association_id.clone()).collect()
    }),
    ("association.network-acl-id", |ask, acl| {
        subnets(ask, acl).iter().map(|_| acl.id.clone()).collect()
    }),
    ("association.subnet-id", |ask, acl| {
        subnets(ask, acl).iter().map(|subnet| subnet.id.clone()).collect()
    }),
    ("default", |_, acl| vec![acl.is_default.to_string()]),
    ("entry.cidr", |_, acl| of_entries(acl, |entry| entry.cidr_block.clone())),
    ("entry.egress", |_, acl| of_entries(acl, |entry| Some(entry.egress.to_string()))),
    ("entry.ipv6-cidr", |_, acl| of_entries(acl, |entry| entry.ipv6_cidr_block.clone())),
    ("entry.protocol", |_, acl| of_entries(acl, |entry| Some(entry.protocol.clone()))),
    ("entry.rule-action", |_, acl| of_entries(acl, |entry| Some(entry.rule_action.to_owned()))),
    ("entry.rule-number", |_, acl| of_entries(acl, |entry| Some(entry.rule_number.to_string()))),
    ("network-acl-id", |_, acl| vec![acl.id.clone()]),
    ("owner-id", |_, acl| vec![acl.account.to_string()]),
    ("vpc-id", |_, acl| vec![acl.vpc_id.clone()]),
];
