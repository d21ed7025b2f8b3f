//! `DescribeSubnets`

use super::{SubnetRow, SubnetShape};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeSubnets { subnet_id } of SubnetRow, FIELDS => DescribeSubnetsOutput { subnet_set: SubnetShape = SubnetShape::new });

const FIELDS: &[Field<SubnetRow>] = &[
    ("availability-zone", |_, subnet| vec![subnet.zone.clone()]),
    // The names with capitals are those of the older reference.
    ("availabilityZone", |_, subnet| vec![subnet.zone.clone()]),
    ("availability-zone-id", |_, subnet| vec![subnet.zone_id.clone()]),
    ("availabilityZoneId", |_, subnet| vec![subnet.zone_id.clone()]),
    ("available-ip-address-count", |ask, subnet| vec![subnet.free_addresses(ask).to_string()]),
    ("cidr", |_, subnet| vec![subnet.cidr.to_string()]),
    ("cidr-block", |_, subnet| vec![subnet.cidr.to_string()]),
    ("cidrBlock", |_, subnet| vec![subnet.cidr.to_string()]),
    ("default-for-az", |_, subnet| vec![subnet.default_for_az.to_string()]),
    ("defaultForAz", |_, subnet| vec![subnet.default_for_az.to_string()]),
    ("enable-dns64", |_, _| vec!["false".to_owned()]),
    ("ipv6-native", |_, _| vec!["false".to_owned()]),
    ("map-customer-owned-ip-on-launch", |_, _| vec!["false".to_owned()]),
    ("map-public-ip-on-launch", |_, subnet| vec![subnet.map_public_ip.to_string()]),
    ("owner-id", |_, subnet| vec![subnet.account.to_string()]),
    ("private-dns-name-options-on-launch.hostname-type", |_, subnet| {
        vec![subnet.hostname_type.clone()]
    }),
    ("state", |_, _| vec!["available".to_owned()]),
    ("subnet-arn", |_, subnet| vec![subnet.arn()]),
    ("subnet-id", |_, subnet| vec![subnet.id.clone()]),
    ("vpc-id", |_, subnet| vec![subnet.vpc_id.clone()]),
];
