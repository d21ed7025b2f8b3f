use cloud::testing::{Answer, Cloud, failure};
use serde_json::{Value, json};

use super::MAX_SUBNETS;
use crate::testing::{cloud, subnet, text, told, vpc};

fn create(cloud: &Cloud, vpc_id: &str, cidr: &str) -> Answer {
    cloud.run("CreateSubnet", json!({"VpcId": vpc_id, "CidrBlock": cidr}))
}

#[test]
fn a_default_subnet_in_every_zone() {
    let cloud = cloud();
    let filter = json!([{"Name": "default-for-az", "Value": ["true"]}]);
    let answer = cloud.run("DescribeSubnets", json!({"Filter": filter})).unwrap();
    let mut subnets: Vec<String> = answer["subnetSet"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", text(it, "/availabilityZone"), text(it, "/cidrBlock")))
        .collect();
    subnets.sort();
    assert_eq!(subnets.len(), 6);
    assert_eq!(subnets[0], "us-east-1a 172.31.0.0/20");
    assert_eq!(subnets[5], "us-east-1f 172.31.80.0/20");
}

#[test]
fn subnets_come_and_go() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let input = json!({
        "VpcId": vpc_id, "CidrBlock": "10.0.1.0/24", "AvailabilityZoneId": "use1-az2",
        "TagSpecification": [{"ResourceType": "subnet", "Tag": [{"Key": "Name", "Value": "a"}]}]
    });
    let made = cloud.run("CreateSubnet", input).unwrap();
    let id = text(&made, "/subnet/subnetId");
    let filter =
        json!([{"Name": "tag:Name", "Value": ["a"]}, {"Name": "vpc-id", "Value": [vpc_id]}]);
    let found = cloud.run("DescribeSubnets", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&found, "/subnetSet/0/availabilityZone"), "us-east-1b");
    assert_eq!(found["subnetSet"][0]["availableIpAddressCount"], 251);
    let refused = cloud.run("DeleteVpc", json!({"VpcId": vpc_id}));
    let text = format!("The vpc '{vpc_id}' has dependencies and cannot be deleted.");
    assert_eq!(refused, failure("DependencyViolation", &text));
    // An interface keeps its subnet.
    let made = cloud.run("CreateNetworkInterface", json!({"SubnetId": id})).unwrap();
    let found = cloud.run("DescribeSubnets", json!({"SubnetId": [id]})).unwrap();
    assert_eq!(found["subnetSet"][0]["availableIpAddressCount"], 250);
    let refused = cloud.run("DeleteSubnet", json!({"SubnetId": id}));
    let text = format!("The subnet '{id}' has dependencies and cannot be deleted.");
    assert_eq!(refused, failure("DependencyViolation", &text));
    let eni = crate::testing::text(&made, "/networkInterface/networkInterfaceId");
    cloud.run("DeleteNetworkInterface", json!({"NetworkInterfaceId": eni})).unwrap();
    cloud.run("DeleteSubnet", json!({"SubnetId": id})).unwrap();
    cloud.run("DeleteVpc", json!({"VpcId": vpc_id})).unwrap();
    let gone = cloud.run("DescribeSubnets", json!({"SubnetId": [id]}));
    let text = format!("The subnet ID '{id}' does not exist");
    assert_eq!(gone, failure("InvalidSubnetID.NotFound", &text));
}

#[test]
fn places_are_checked() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    create(&cloud, &vpc_id, "10.0.0.0/24").unwrap();
    for (cidr, code) in [
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.0.0/29", "InvalidSubnet.Range"),
        ("10.0.0.0/15", "InvalidSubnet.Range"),
        ("10.0.0.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/16", "InvalidSubnet.Conflict"),
        ("10.0.1", "InvalidParameterValue"),
    ] {
        assert_eq!(create(&cloud, &vpc_id, cidr).unwrap_err().0, code, "{cidr}");
    }
    let input =
        json!({"VpcId": vpc_id, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1z"});
    assert_eq!(
        cloud.run("CreateSubnet", input),
        failure(
            "InvalidParameterValue",
            "Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be \
             created in the following availability zones: us-east-1a, us-east-1b, us-east-1c, \
             us-east-1d, us-east-1e, us-east-1f."
        )
    );
    let missing = cloud.run("CreateSubnet", json!({"VpcId": vpc_id})).unwrap_err();
    assert_eq!(missing.0, "MissingParameter");
}

#[test]
fn there_are_at_most_two_hundred() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    for number in 0..MAX_SUBNETS {
        create(&cloud, &vpc_id, &format!("10.0.{number}.0/24")).unwrap();
    }
    let refused = create(&cloud, &vpc_id, "10.0.255.0/24").unwrap_err();
    assert_eq!(refused.0, "SubnetLimitExceeded");
}

#[test]
fn attributes_change_one_at_a_time() {
    let cloud = cloud();
    let id = subnet(&cloud, &vpc(&cloud), "10.0.0.0/24");
    let modify = |change: Value| {
        let mut input = json!({"SubnetId": id});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        cloud.run("ModifySubnetAttribute", input).map_err(|fault| fault.0)
    };
    let read =
        || cloud.run("DescribeSubnets", json!({"SubnetId": [id]})).unwrap()["subnetSet"][0].clone();
    assert_eq!(read()["mapPublicIpOnLaunch"], false);
    assert!(modify(json!({"MapPublicIpOnLaunch": {"Value": true}})).is_ok());
    assert_eq!(read()["mapPublicIpOnLaunch"], true);
    assert!(modify(json!({"PrivateDnsHostnameTypeOnLaunch": "resource-name"})).is_ok());
    assert_eq!(read()["privateDnsNameOptionsOnLaunch"]["hostnameType"], "resource-name");
    let two = json!({"MapPublicIpOnLaunch": {"Value": true}, "EnableDns64": {"Value": false}});
    assert_eq!(modify(two), Err("InvalidParameterCombination".to_owned()));
    assert_eq!(modify(json!({})), Err("InvalidParameterCombination".to_owned()));
    let ipv6 = json!({"AssignIpv6AddressOnCreation": {"Value": true}});
    assert_eq!(modify(ipv6), Err("NotImplemented".to_owned()));
}

#[test]
fn demands() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let input = json!({"VpcId": vpc_id, "CidrBlock": "10.0.0.0/24"});
    let demands: Vec<String> = cloud.demands("CreateSubnet", input).iter().map(told).collect();
    let arn = "arn:aws:ec2:us-east-1:123456789012";
    assert_eq!(
        demands,
        [
            format!("ec2:CreateSubnet {arn}:subnet/* ec2:Region=us-east-1"),
            format!(
                "ec2:CreateSubnet {arn}:vpc/{vpc_id} ec2:Region=us-east-1 ec2:VpcID={vpc_id} \
                 ec2:Tenancy=default"
            ),
        ]
    );
    let id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let demands = cloud.demands("DeleteSubnet", json!({"SubnetId": id}));
    assert_eq!(
        told(&demands[0]),
        format!(
            "ec2:DeleteSubnet {arn}:subnet/{id} ec2:Region=us-east-1 ec2:Vpc={arn}:vpc/{vpc_id} \
             ec2:SubnetID={id} ec2:AvailabilityZone=us-east-1a ec2:AvailabilityZoneId=use1-az1"
        )
    );
}
