//! `DescribeNetworkAcls`

use super::{EntryShape, NetworkAclRow, NetworkAclShape, entries, subnets};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeNetworkAcls { network_acl_id } of NetworkAclRow, FIELDS => DescribeNetworkAclsOutput { network_acl_set: NetworkAclShape = NetworkAclShape::new });

fn of_entries(value: fn(&EntryShape) -> String) -> Vec<String> {
    entries().iter().map(value).collect()
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
    ("entry.cidr", |_, _| of_entries(|entry| entry.cidr_block.to_owned())),
    ("entry.egress", |_, _| of_entries(|entry| entry.egress.to_string())),
    ("entry.protocol", |_, _| of_entries(|entry| entry.protocol.to_owned())),
    ("entry.rule-action", |_, _| of_entries(|entry| entry.rule_action.to_owned())),
    ("entry.rule-number", |_, _| of_entries(|entry| entry.rule_number.to_string())),
    ("network-acl-id", |_, acl| vec![acl.id.clone()]),
    ("owner-id", |_, acl| vec![acl.account.to_string()]),
    ("vpc-id", |_, acl| vec![acl.vpc_id.clone()]),
];
