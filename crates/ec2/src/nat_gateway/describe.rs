//! `DescribeNatGateways`

use cloud::Ask;

use super::{NatGatewayRow, NatGatewayShape};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeNatGateways { nat_gateway_id } of NatGatewayRow, FIELDS
    => DescribeNatGatewaysOutput { nat_gateway_set: NatGatewayShape = show });

fn show(ask: &Ask<'_>, gateway: &NatGatewayRow) -> NatGatewayShape {
    NatGatewayShape::new(ask, gateway, gateway.state())
}

const FIELDS: &[Field<NatGatewayRow>] = &[
    ("nat-gateway-id", |_, gateway| vec![gateway.id.clone()]),
    ("state", |_, gateway| vec![gateway.state().to_owned()]),
    ("subnet-id", |_, gateway| vec![gateway.subnet_id.clone()]),
    ("vpc-id", |_, gateway| vec![gateway.vpc_id.clone()]),
];
