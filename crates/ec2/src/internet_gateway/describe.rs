//! `DescribeInternetGateways`

use super::{InternetGatewayRow, InternetGatewayShape};
use crate::describe::describe_operation;
use crate::filter::Field;

describe_operation!(DescribeInternetGateways { internet_gateway_id } of InternetGatewayRow, FIELDS => DescribeInternetGatewaysOutput {
    internet_gateway_set: InternetGatewayShape = InternetGatewayShape::new
});

const FIELDS: &[Field<InternetGatewayRow>] = &[
    ("attachment.state", |_, gateway| {
        gateway.vpc_id.iter().map(|_| "available".to_owned()).collect()
    }),
    ("attachment.vpc-id", |_, gateway| gateway.vpc_id.iter().cloned().collect()),
    ("internet-gateway-id", |_, gateway| vec![gateway.id.clone()]),
    ("owner-id", |_, gateway| vec![gateway.account.to_string()]),
];
