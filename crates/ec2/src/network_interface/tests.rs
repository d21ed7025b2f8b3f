use cloud::testing::{Cloud, code, failure};
use serde_json::{Value, json};

use super::MAX_GROUPS;
use crate::launch::tests::{seen, start};
use crate::testing::{cloud, subnet, text, told, vpc};

fn create(cloud: &Cloud, subnet_id: &str, more: Value) -> Value {
    let mut input = json!({"SubnetId": subnet_id});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    cloud.run("CreateNetworkInterface", input).unwrap()["networkInterface"].clone()
}

fn read(cloud: &Cloud, id: &str) -> Value {
    let input = json!({"NetworkInterfaceId": [id]});
    cloud.run("DescribeNetworkInterfaces", input).unwrap()["networkInterfaceSet"][0].clone()
}

#[test]
fn interfaces_have_addresses_of_their_subnet() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/28");
    let made =
        create(&cloud, &subnet_id, json!({"PrivateIpAddress": "10.0.0.5", "Description": "x"}));
    let id = text(&made, "/networkInterfaceId");
    assert_eq!(made["status"], "available");
    assert_eq!(made["groupSet"][0]["groupName"], "default");
    let filter = json!([{"Name": "private-ip-address", "Value": ["10.0.0.5"]}]);
    let found = cloud.run("DescribeNetworkInterfaces", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&found, "/networkInterfaceSet/0/networkInterfaceId"), id);
    for (address, code) in [
        ("10.0.0.5", "InvalidIPAddress.InUse"),
        ("10.0.0.3", "InvalidParameterValue"),
        ("10.0.0.15", "InvalidParameterValue"),
        ("10.0.1.5", "InvalidParameterValue"),
        ("ten", "InvalidParameterValue"),
    ] {
        let input = json!({"SubnetId": subnet_id, "PrivateIpAddress": address});
        assert_eq!(cloud.run("CreateNetworkInterface", input).unwrap_err().0, code, "{address}");
    }
    // 16 addresses, of which five are AWS's and one is taken.
    let all = json!({"NetworkInterfaceId": id, "SecondaryPrivateIpAddressCount": 10});
    let assigned = cloud.run("AssignPrivateIpAddresses", all).unwrap();
    assert_eq!(assigned["assignedPrivateIpAddressesSet"].as_array().unwrap().len(), 10);
    assert_eq!(read(&cloud, &id)["privateIpAddressesSet"].as_array().unwrap().len(), 11);
    let full = cloud.run("CreateNetworkInterface", json!({"SubnetId": subnet_id}));
    let text = format!("There are not enough free addresses in subnet '{subnet_id}'");
    assert_eq!(full, failure("InsufficientFreeAddressesInSubnet", &text));
}

#[test]
fn secondary_addresses_can_move() {
    let cloud = cloud();
    let subnet_id = subnet(&cloud, &vpc(&cloud), "10.0.0.0/24");
    let [one, other] =
        [(); 2].map(|()| text(&create(&cloud, &subnet_id, json!({})), "/networkInterfaceId"));
    let assign = |id: &str, reassign: bool| {
        let input = json!({
            "NetworkInterfaceId": id, "PrivateIpAddress": ["10.0.0.77"], "AllowReassignment": reassign
        });
        cloud.run("AssignPrivateIpAddresses", input).map_err(|fault| fault.0)
    };
    assign(&one, false).unwrap();
    assert_eq!(assign(&other, false), Err("InvalidIPAddress.InUse".to_owned()));
    assign(&other, true).unwrap();
    assert_eq!(read(&cloud, &one)["privateIpAddressesSet"].as_array().unwrap().len(), 1);
    let take = |id: &str| {
        let input = json!({"NetworkInterfaceId": id, "PrivateIpAddress": ["10.0.0.77"]});
        cloud.run("UnassignPrivateIpAddresses", input).map_err(|fault| fault.0)
    };
    assert_eq!(take(&one), Err("InvalidParameterValue".to_owned()));
    take(&other).unwrap();
    assign(&one, false).unwrap();
    let none = cloud.run("AssignPrivateIpAddresses", json!({"NetworkInterfaceId": one}));
    assert_eq!(none.unwrap_err().0, "MissingParameter");
}

#[test]
fn attributes_and_groups() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let group = |vpc_id: &str, name: String| {
        let input = json!({"GroupName": name, "GroupDescription": "d", "VpcId": vpc_id});
        text(&cloud.run("CreateSecurityGroup", input).unwrap(), "/groupId")
    };
    let mine = group(&vpc_id, "mine".to_owned());
    let foreign = group(&vpc(&cloud), "foreign".to_owned());
    let id = text(&create(&cloud, &subnet_id, json!({})), "/networkInterfaceId");
    let modify = |change: Value| {
        let mut input = json!({"NetworkInterfaceId": id});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        cloud.run("ModifyNetworkInterfaceAttribute", input).map_err(|fault| fault.0)
    };
    modify(json!({"SecurityGroupId": [mine]})).unwrap();
    assert_eq!(read(&cloud, &id)["groupSet"][0]["groupName"], "mine");
    let refused = cloud.run("DeleteSecurityGroup", json!({"GroupId": mine})).unwrap_err();
    assert_eq!(refused.0, "DependencyViolation");
    assert_eq!(modify(json!({"SecurityGroupId": [foreign]})), Err("InvalidParameter".to_owned()));
    let many: Vec<String> = (0..=MAX_GROUPS).map(|n| group(&vpc_id, format!("g{n}"))).collect();
    assert_eq!(
        modify(json!({"SecurityGroupId": many})),
        Err("SecurityGroupsPerInterfaceLimitExceeded".to_owned())
    );
    modify(json!({"SecurityGroupId": many[1..]})).unwrap();
    modify(json!({"SourceDestCheck": {"Value": false}})).unwrap();
    assert_eq!(read(&cloud, &id)["sourceDestCheck"], false);
    modify(json!({"Description": {"Value": "new"}})).unwrap();
    assert_eq!(read(&cloud, &id)["description"], "new");
    assert_eq!(modify(json!({})), Err("InvalidParameterCombination".to_owned()));
    cloud.run("DeleteNetworkInterface", json!({"NetworkInterfaceId": id})).unwrap();
    let gone = cloud.run("DescribeNetworkInterfaces", json!({"NetworkInterfaceId": [id]}));
    let text = format!("The networkInterface ID '{id}' does not exist");
    assert_eq!(gone, failure("InvalidNetworkInterfaceID.NotFound", &text));
}

#[test]
fn creating_demands_interface_subnet_and_groups() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let input = json!({"SubnetId": subnet_id, "SecurityGroupId": ["sg-12345678"]});
    let demands = cloud.demands("CreateNetworkInterface", input);
    let resources: Vec<&str> =
        demands.iter().filter_map(|it| it.resource.rsplit_once(':')).map(|(_, it)| it).collect();
    let subnet = format!("subnet/{subnet_id}");
    assert_eq!(resources, ["network-interface/*", &subnet, "security-group/sg-12345678"]);
    assert!(told(&demands[1]).contains("ec2:Vpc=arn:aws:ec2:us-east-1:123456789012:vpc/vpc-"));
}

#[test]
fn interfaces_are_attached_and_detached() {
    let cloud = cloud();
    let instance = start(&cloud, json!({}));
    let shown = || seen(&cloud, &instance)["networkInterfaceSet"].as_array().unwrap().clone();
    let subnet_id = text(&seen(&cloud, &instance), "/subnetId");
    let spare = create(&cloud, &subnet_id, json!({}));
    let spare = text(&spare, "/networkInterfaceId");
    let attach = |interface: &str, index: i32| {
        let input =
            json!({"NetworkInterfaceId": interface, "InstanceId": instance, "DeviceIndex": index});
        cloud.run("AttachNetworkInterface", input)
    };
    let taken =
        format!("Instance '{instance}' already has an interface attached at device index '0'.");
    assert_eq!(attach(&spare, 0), failure("InvalidParameterValue", &taken));
    let attachment = text(&attach(&spare, 1).unwrap(), "/attachmentId");
    assert_eq!(read(&cloud, &spare)["attachment"]["deleteOnTermination"], false);
    assert_eq!(shown()[1]["networkInterfaceId"], spare);
    let in_use = format!("Interface: [{spare}] in use.");
    assert_eq!(attach(&spare, 2), failure("InvalidNetworkInterface.InUse", &in_use));
    // A t3.micro has two.
    let third = text(&create(&cloud, &subnet_id, json!({})), "/networkInterfaceId");
    let full = "Interface count 3 exceeds the limit for t3.micro";
    assert_eq!(attach(&third, 2), failure("AttachmentLimitExceeded", full));
    let detach =
        |attachment: &str| cloud.run("DetachNetworkInterface", json!({"AttachmentId": attachment}));
    let first = text(&shown()[0], "/attachment/attachmentId");
    let fixed =
        "The network interface at device index 0 and networkCard index 0 cannot be detached.";
    assert_eq!(detach(&first), failure("OperationNotPermitted", fixed));
    detach(&attachment).unwrap();
    assert_eq!((shown().len(), &read(&cloud, &spare)["status"]), (1, &json!("available")));
    let gone = format!("The attachment ID '{attachment}' does not exist");
    assert_eq!(detach(&attachment), failure("InvalidAttachmentID.NotFound", &gone));
    let zones = [("us-east-1a", "us-east-1b"), ("us-east-1b", "us-east-1a")];
    let here = text(&seen(&cloud, &instance), "/placement/availabilityZone");
    let other = zones.iter().find(|(zone, _)| *zone == here).map_or("us-east-1a", |(_, it)| it);
    let vpc_id = text(&seen(&cloud, &instance), "/vpcId");
    let filter = json!([
        {"Name": "vpc-id", "Value": [vpc_id]}, {"Name": "availability-zone", "Value": [other]}
    ]);
    let elsewhere = cloud.run("DescribeSubnets", json!({"Filter": filter})).unwrap();
    let elsewhere = create(&cloud, &text(&elsewhere, "/subnetSet/0/subnetId"), json!({}));
    let elsewhere = attach(&text(&elsewhere, "/networkInterfaceId"), 1);
    assert_eq!(code(elsewhere), "InvalidParameterCombination");
    cloud.run("TerminateInstances", json!({"InstanceId": [instance]})).unwrap();
    assert_eq!(code(attach(&spare, 1)), "IncorrectInstanceState");
}
