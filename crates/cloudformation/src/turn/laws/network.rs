//! Recipes of networks. All is in one VPC and one zone, so that what is drawn fits together.

use serde_json::{Value, json};

use super::recipe::Need::{After, Any, Own};
use super::recipe::{Given, Recipe, nothing};

pub(super) const ZONE: &str = "us-east-1a";

/// A rule on its own, with another group or addresses at the other side.
fn rule(given: &Given<'_>, group: &str) -> Value {
    let port = 1000 + given.nth();
    let mut properties = json!({
        "GroupId": given.attribute(0, "GroupId"), "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
        "Description": format!("of variation {}", given.variation(3)),
    });
    match given.variation(4) {
        0 => properties[group] = given.attribute(1, "GroupId"),
        _ => properties["CidrIp"] = json!("10.0.0.0/8"),
    }
    properties
}

/// The second number of the VPC's addresses; another one makes another VPC.
fn second(vpc: &Given<'_>) -> u8 {
    if vpc.variation(8) == 7 { 8 } else { 7 }
}

fn route(given: &Given<'_>, target: &str, to: &Value) -> Value {
    json!({
        "RouteTableId": given.of(0), "DestinationCidrBlock": format!("172.16.{}.0/24", given.nth()),
        target: to,
    })
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe::new("AWS::EC2::VPC", &[], |given| {
        json!({
            "CidrBlock": format!("10.{}.0.0/16", second(given)), "Tags": given.tags(),
            "EnableDnsHostnames": given.variation(2) == 0,
        })
    })
    .once(),
    Recipe::new("AWS::EC2::InternetGateway", &[], |given| json!({"Tags": given.tags()})),
    Recipe::new(
        "AWS::EC2::VPCGatewayAttachment",
        &[Any("AWS::EC2::VPC"), Own("AWS::EC2::InternetGateway")],
        |given| json!({"VpcId": given.of(0), "InternetGatewayId": given.of(1)}),
    )
    .once(),
    Recipe::new("AWS::EC2::Subnet", &[Any("AWS::EC2::VPC")], |given| {
        json!({
            "VpcId": given.of(0), "AvailabilityZone": ZONE, "Tags": given.tags(),
            "CidrBlock": format!("10.{}.{}.0/24", second(&given.needed(0)), given.nth()),
            "MapPublicIpOnLaunch": given.variation(2) == 0,
        })
    }),
    Recipe::new("AWS::EC2::SecurityGroup", &[Any("AWS::EC2::VPC")], |given| {
        let about = if given.variation(5) == 4 { "another" } else { "one" };
        let port = given.variation(u8::MAX);
        let open = json!([{
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8",
        }]);
        let open = |is: bool| if is { open.clone() } else { nothing() };
        json!({
            "GroupDescription": about, "VpcId": given.of(0), "Tags": given.tags(),
            "SecurityGroupIngress": open(given.variation(2) == 0),
            "SecurityGroupEgress": open(given.variation(3) == 0),
        })
    }),
    Recipe::new(
        "AWS::EC2::SecurityGroupIngress",
        &[Any("AWS::EC2::SecurityGroup"), Any("AWS::EC2::SecurityGroup")],
        |given| rule(given, "SourceSecurityGroupId"),
    ),
    Recipe::new(
        "AWS::EC2::SecurityGroupEgress",
        &[Any("AWS::EC2::SecurityGroup"), Any("AWS::EC2::SecurityGroup")],
        |given| rule(given, "DestinationSecurityGroupId"),
    ),
    Recipe::new(
        "AWS::EC2::RouteTable",
        &[Any("AWS::EC2::VPC")],
        |given| json!({"VpcId": given.of(0), "Tags": given.tags()}),
    ),
    Recipe::new(
        "AWS::EC2::SubnetRouteTableAssociation",
        &[Any("AWS::EC2::RouteTable"), Own("AWS::EC2::Subnet")],
        |given| json!({"RouteTableId": given.of(0), "SubnetId": given.of(1)}),
    ),
    Recipe::new(
        "AWS::EC2::Route",
        &[Any("AWS::EC2::RouteTable"), After("AWS::EC2::VPCGatewayAttachment")],
        |given| route(given, "GatewayId", &given.needed(1).of(1)),
    ),
    Recipe::new(
        "AWS::EC2::Route",
        &[Any("AWS::EC2::RouteTable"), Any("AWS::EC2::NatGateway")],
        |given| route(given, "NatGatewayId", &given.of(1)),
    ),
    Recipe::new(
        "AWS::EC2::Route",
        &[Any("AWS::EC2::RouteTable"), Own("AWS::EC2::Instance")],
        |given| route(given, "InstanceId", &given.of(1)),
    ),
    Recipe::new("AWS::EC2::EIP", &[], |given| json!({"Domain": "vpc", "Tags": given.tags()})),
    Recipe::new(
        "AWS::EC2::EIP",
        &[Own("AWS::EC2::Instance")],
        |given| json!({"InstanceId": given.of(0), "Tags": given.tags()}),
    ),
    Recipe::new(
        "AWS::EC2::EIPAssociation",
        &[Own("AWS::EC2::EIP"), Own("AWS::EC2::Instance")],
        |given| json!({"AllocationId": given.attribute(0, "AllocationId"), "InstanceId": given.of(1)}),
    ),
    Recipe::new(
        "AWS::EC2::NatGateway",
        &[Any("AWS::EC2::Subnet"), Own("AWS::EC2::EIP"), After("AWS::EC2::VPCGatewayAttachment")],
        |given| {
            let address = given.attribute(1, "AllocationId");
            json!({"SubnetId": given.of(0), "AllocationId": address, "Tags": given.tags()})
        },
    ),
    Recipe::new(
        "AWS::EC2::NatGateway",
        &[Any("AWS::EC2::Subnet")],
        |given| json!({"SubnetId": given.of(0), "ConnectivityType": "private", "Tags": given.tags()}),
    ),
    Recipe::new(
        "AWS::EC2::VPCEndpoint",
        &[Any("AWS::EC2::VPC"), Own("AWS::EC2::RouteTable")],
        |given| {
            json!({
                "VpcId": given.of(0), "RouteTableIds": [given.of(1)], "Tags": given.tags(),
                "ServiceName": "com.amazonaws.us-east-1.s3",
            })
        },
    ),
    Recipe::new(
        "AWS::EC2::VPCEndpoint",
        &[Any("AWS::EC2::VPC"), Any("AWS::EC2::Subnet"), Any("AWS::EC2::SecurityGroup")],
        |given| {
            json!({
                "VpcId": given.of(0), "SubnetIds": [given.of(1)], "SecurityGroupIds": [given.of(2)],
                "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.ec2",
                "PrivateDnsEnabled": false, "Tags": given.tags(),
            })
        },
    ),
];
