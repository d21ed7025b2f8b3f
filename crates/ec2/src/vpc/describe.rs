//! `DescribeVpcs`

use super::{VpcRow, VpcShape};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeVpcs { vpc_id } of VpcRow, FIELDS => DescribeVpcsOutput { vpc_set: VpcShape = |ask, vpc| VpcShape::new(ask, vpc, "available") });

const FIELDS: &[Field<VpcRow>] = &[
    ("cidr", |_, vpc| vec![vpc.cidr.to_string()]),
    ("cidr-block-association.cidr-block", |_, vpc| vec![vpc.cidr.to_string()]),
    ("cidr-block-association.association-id", |_, vpc| vec![vpc.cidr_association_id.clone()]),
    ("cidr-block-association.state", |_, _| vec!["associated".to_owned()]),
    ("dhcp-options-id", |_, vpc| vec![vpc.dhcp_options_id.clone()]),
    ("is-default", |_, vpc| vec![vpc.is_default.to_string()]),
    // The name of the older reference, which most scripts still use.
    ("isDefault", |_, vpc| vec![vpc.is_default.to_string()]),
    ("owner-id", |_, vpc| vec![vpc.account.to_string()]),
    ("state", |_, _| vec!["available".to_owned()]),
    ("vpc-id", |_, vpc| vec![vpc.id.clone()]),
];
