use cloud::testing::{Cloud, failure};
use serde_json::json;

use super::MAX_GATEWAYS;
use crate::testing::{cloud, text, vpc};

fn create(cloud: &Cloud) -> String {
    let made = cloud.run("CreateInternetGateway", json!({})).unwrap();
    text(&made, "/internetGateway/internetGatewayId")
}

#[test]
fn gateways_are_attached_to_one_vpc() {
    let cloud = cloud();
    let (one, other) = (vpc(&cloud), vpc(&cloud));
    let (id, second) = (create(&cloud), create(&cloud));
    let attach = |id: &str, vpc_id: &str| {
        cloud.run("AttachInternetGateway", json!({"InternetGatewayId": id, "VpcId": vpc_id}))
    };
    let detach = |id: &str, vpc_id: &str| {
        cloud.run("DetachInternetGateway", json!({"InternetGatewayId": id, "VpcId": vpc_id}))
    };
    attach(&id, &one).unwrap();
    let message = format!("resource {id} is already attached to network {one}");
    assert_eq!(attach(&id, &other), failure("Resource.AlreadyAssociated", &message));
    let message = format!("Network {one} already has an internet gateway attached");
    assert_eq!(attach(&second, &one), failure("InvalidParameterValue", &message));
    let filter = json!([{"Name": "attachment.vpc-id", "Value": [one]}]);
    let found = cloud.run("DescribeInternetGateways", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&found, "/internetGatewaySet/0/internetGatewayId"), id);
    assert_eq!(text(&found, "/internetGatewaySet/0/attachmentSet/0/state"), "available");
    let message = format!("The internetGateway '{id}' has dependencies and cannot be deleted.");
    let refused = cloud.run("DeleteInternetGateway", json!({"InternetGatewayId": id}));
    assert_eq!(refused, failure("DependencyViolation", &message));
    let refused = cloud.run("DeleteVpc", json!({"VpcId": one})).unwrap_err();
    assert_eq!(refused.0, "DependencyViolation");
    let message = format!("resource {id} is not attached to network {other}");
    assert_eq!(detach(&id, &other), failure("Gateway.NotAttached", &message));
    detach(&id, &one).unwrap();
    cloud.run("DeleteInternetGateway", json!({"InternetGatewayId": id})).unwrap();
    let gone = cloud.run("DescribeInternetGateways", json!({"InternetGatewayId": [id]}));
    let message = format!("The internetGateway ID '{id}' does not exist");
    assert_eq!(gone, failure("InvalidInternetGatewayID.NotFound", &message));
    cloud.run("DeleteVpc", json!({"VpcId": one})).unwrap();
}

#[test]
fn there_are_as_many_as_vpcs() {
    let cloud = cloud();
    // The default VPC's is one of them.
    for _ in 1..MAX_GATEWAYS {
        create(&cloud);
    }
    let refused = cloud.run("CreateInternetGateway", json!({})).unwrap_err();
    assert_eq!(refused.0, "InternetGatewayLimitExceeded");
}

#[test]
fn attaching_demands_both() {
    let cloud = cloud();
    let input = json!({"InternetGatewayId": "igw-12345678", "VpcId": "vpc-12345678"});
    for name in ["AttachInternetGateway", "DetachInternetGateway"] {
        let demands = cloud.demands(name, input.clone());
        let resources: Vec<&str> =
            demands.iter().filter_map(|it| it.resource.rsplit(':').next()).collect();
        assert_eq!(resources, ["internet-gateway/igw-12345678", "vpc/vpc-12345678"]);
    }
}
