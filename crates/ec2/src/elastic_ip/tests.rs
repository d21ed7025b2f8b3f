use cloud::testing::{Cloud, failure};
use serde_json::{Value, json};

use super::MAX_ADDRESSES;
use crate::launch::tests::start;
use crate::testing::{cloud, subnet, text, told, vpc};

fn allocate(cloud: &Cloud) -> (String, String) {
    let made = cloud.run("AllocateAddress", json!({})).unwrap();
    (text(&made, "/allocationId"), text(&made, "/publicIp"))
}

fn interface(cloud: &Cloud, subnet_id: &str) -> String {
    let made = cloud.run("CreateNetworkInterface", json!({"SubnetId": subnet_id})).unwrap();
    text(&made, "/networkInterface/networkInterfaceId")
}

/// A subnet of a network with a way to the internet.
fn open_subnet(cloud: &Cloud) -> String {
    let vpc_id = vpc(cloud);
    let made = cloud.run("CreateInternetGateway", json!({})).unwrap();
    let id = text(&made, "/internetGateway/internetGatewayId");
    cloud.run("AttachInternetGateway", json!({"InternetGatewayId": id, "VpcId": vpc_id})).unwrap();
    subnet(cloud, &vpc_id, "10.0.0.0/24")
}

#[test]
fn addresses_move_between_interfaces() {
    let cloud = cloud();
    let subnet_id = open_subnet(&cloud);
    let (one, other) = (interface(&cloud, &subnet_id), interface(&cloud, &subnet_id));
    let (id, address) = allocate(&cloud);
    let associate = |eni: &str, allow: Option<bool>| {
        let input = json!({
            "AllocationId": id, "NetworkInterfaceId": eni, "AllowReassociation": allow
        });
        cloud.run("AssociateAddress", input)
    };
    let holder = || {
        let filter = json!([{"Name": "public-ip", "Value": [address]}]);
        let answer = cloud.run("DescribeAddresses", json!({"Filter": filter})).unwrap();
        answer["addressesSet"][0]["networkInterfaceId"].clone()
    };
    assert_eq!(holder(), Value::Null);
    let first = text(&associate(&one, None).unwrap(), "/associationId");
    assert_eq!(holder(), json!(one));
    // As often as one likes.
    assert_eq!(text(&associate(&one, None).unwrap(), "/associationId"), first);
    let message = format!("resource {id} is already associated with associate-id {first}");
    assert_eq!(associate(&other, Some(false)), failure("Resource.AlreadyAssociated", &message));
    let second = text(&associate(&other, None).unwrap(), "/associationId");
    assert_eq!(holder(), json!(other));
    let disassociate = |id: &str| cloud.run("DisassociateAddress", json!({"AssociationId": id}));
    let message = format!("The association ID '{first}' does not exist");
    assert_eq!(disassociate(&first), failure("InvalidAssociationID.NotFound", &message));
    let message = format!("Address {address} is in use.");
    let refused = cloud.run("ReleaseAddress", json!({"AllocationId": id}));
    assert_eq!(refused, failure("InvalidIPAddress.InUse", &message));
    disassociate(&second).unwrap();
    cloud.run("ReleaseAddress", json!({"AllocationId": id})).unwrap();
    let message = format!("The allocation ID '{id}' does not exist");
    let gone = cloud.run("ReleaseAddress", json!({"AllocationId": id}));
    assert_eq!(gone, failure("InvalidAllocationID.NotFound", &message));
    let message = format!("Address '{address}' not found.");
    let gone = cloud.run("DescribeAddresses", json!({"PublicIp": [address]}));
    assert_eq!(gone, failure("InvalidAddress.NotFound", &message));
}

/// Terraform's `aws_eip` names the interface of the instance that was replaced beside the new one.
#[test]
fn an_instance_counts_more_than_an_interface() {
    let cloud = cloud();
    let subnet_id = open_subnet(&cloud);
    let instance = start(&cloud, json!({"SubnetId": subnet_id}));
    let (id, _) = allocate(&cloud);
    let input = json!({
        "AllocationId": id, "InstanceId": instance, "NetworkInterfaceId": "eni-12345678"
    });
    cloud.run("AssociateAddress", input.clone()).unwrap();
    let shown = cloud.run("DescribeAddresses", json!({"AllocationId": [id]})).unwrap();
    assert_eq!(shown["addressesSet"][0]["instanceId"], instance);
    let second = json!({
        "NetworkInterfaceId": interface(&cloud, &subnet_id), "InstanceId": instance, "DeviceIndex": 1
    });
    cloud.run("AttachNetworkInterface", second).unwrap();
    let message = format!(
        "There are multiple interfaces attached to instance '{instance}'. Please specify an interface ID for the \
         operation instead."
    );
    assert_eq!(cloud.run("AssociateAddress", input), failure("InvalidInstanceID", &message));
}

#[test]
fn a_network_without_a_gateway_has_no_public_addresses() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let eni = interface(&cloud, &subnet(&cloud, &vpc_id, "10.0.0.0/24"));
    let (id, _) = allocate(&cloud);
    let input = json!({"AllocationId": id, "NetworkInterfaceId": eni});
    let message = format!("Network {vpc_id} is not attached to any internet gateway");
    assert_eq!(cloud.run("AssociateAddress", input), failure("Gateway.NotAttached", &message));
}

#[test]
fn there_are_at_most_five() {
    let cloud = cloud();
    for _ in 0..MAX_ADDRESSES {
        allocate(&cloud);
    }
    let message = "The maximum number of addresses has been reached.";
    let refused = cloud.run("AllocateAddress", json!({}));
    assert_eq!(refused, failure("AddressLimitExceeded", message));
    let page = cloud.run("DescribeAddressesAttribute", json!({"MaxResults": 3})).unwrap();
    assert_eq!(page["addressSet"].as_array().unwrap().len(), 3);
    let input = json!({"NextToken": text(&page, "/nextToken")});
    let rest = cloud.run("DescribeAddressesAttribute", input).unwrap();
    assert_eq!(rest["addressSet"].as_array().unwrap().len(), 2);
}

#[test]
fn demands() {
    let cloud = cloud();
    let (id, address) = allocate(&cloud);
    let demands = cloud.demands("ReleaseAddress", json!({"AllocationId": id}));
    assert_eq!(
        told(&demands[0]),
        format!(
            "ec2:ReleaseAddress arn:aws:ec2:us-east-1:123456789012:elastic-ip/{id} \
             ec2:Region=us-east-1 ec2:AllocationId={id} ec2:Domain=vpc ec2:PublicIpAddress={address}"
        )
    );
    let input = json!({"AllocationId": id, "NetworkInterfaceId": "eni-12345678"});
    assert_eq!(cloud.demands("AssociateAddress", input).len(), 2);
}
