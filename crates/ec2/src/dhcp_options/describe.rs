//! `DescribeDhcpOptions`

use super::{DhcpOptionsRow, DhcpOptionsShape};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeDhcpOptions { dhcp_options_id } of DhcpOptionsRow, FIELDS => DescribeDhcpOptionsOutput { dhcp_options_set: DhcpOptionsShape = DhcpOptionsShape::new });

const FIELDS: &[Field<DhcpOptionsRow>] = &[
    ("dhcp-options-id", |_, options| vec![options.id.clone()]),
    ("key", |_, options| options.options.iter().map(|option| option.key.clone()).collect()),
    ("owner-id", |_, options| vec![options.account.to_string()]),
    ("value", |_, options| {
        options.options.iter().flat_map(|option| option.values.clone()).collect()
    }),
];
