use cloud::testing::{ACCOUNT, Cloud, failure};
use serde_json::{Value, json};

use super::{MAX_IN_ZONE, NatGatewayRow, VISIBLE_SECONDS};
use crate::testing::{cloud, subnet, text, vpc};

fn internet(cloud: &Cloud, vpc_id: &str) {
    let made = cloud.run("CreateInternetGateway", json!({})).unwrap();
    let id = text(&made, "/internetGateway/internetGatewayId");
    cloud.run("AttachInternetGateway", json!({"InternetGatewayId": id, "VpcId": vpc_id})).unwrap();
}

fn elastic(cloud: &Cloud) -> String {
    text(&cloud.run("AllocateAddress", json!({"Domain": "vpc"})).unwrap(), "/allocationId")
}

fn create(cloud: &Cloud, subnet_id: &str, allocation_id: &str) -> String {
    let input = json!({"SubnetId": subnet_id, "AllocationId": allocation_id});
    let made = cloud.run("CreateNatGateway", input).unwrap();
    assert_eq!(text(&made, "/natGateway/state"), "pending");
    text(&made, "/natGateway/natGatewayId")
}

fn read(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeNatGateways", json!({"NatGatewayId": [id]})).unwrap();
    answer["natGatewaySet"][0].clone()
}

#[test]
fn a_gateway_takes_its_address_and_gives_it_back() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    internet(&cloud, &vpc_id);
    let allocation = elastic(&cloud);
    let id = create(&cloud, &subnet_id, &allocation);
    let gateway = read(&cloud, &id);
    assert_eq!(text(&gateway, "/state"), "available");
    assert_eq!(text(&gateway, "/natGatewayAddressSet/0/allocationId"), allocation);
    let interface = text(&gateway, "/natGatewayAddressSet/0/networkInterfaceId");
    let input = json!({"NetworkInterfaceId": [interface]});
    let shown = cloud.run("DescribeNetworkInterfaces", input).unwrap();
    assert_eq!(text(&shown, "/networkInterfaceSet/0/interfaceType"), "nat_gateway");
    let address = text(&shown, "/networkInterfaceSet/0/association/publicIp");
    let addresses = cloud.run("DescribeAddresses", json!({"AllocationId": [allocation]})).unwrap();
    assert_eq!(text(&addresses, "/addressesSet/0/networkInterfaceId"), interface);
    let refused = cloud.run("ReleaseAddress", json!({"AllocationId": allocation}));
    let message = format!("Address {address} is in use.");
    assert_eq!(refused, failure("InvalidIPAddress.InUse", &message));
    // A route through it, which becomes a black hole when it goes.
    let made = cloud.run("CreateRouteTable", json!({"VpcId": vpc_id})).unwrap();
    let table = text(&made, "/routeTable/routeTableId");
    let route = json!({
        "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": id
    });
    cloud.run("CreateRoute", route).unwrap();
    let state = || {
        let tables = cloud.run("DescribeRouteTables", json!({"RouteTableId": [table]})).unwrap();
        text(&tables, "/routeTableSet/0/routeSet/1/state")
    };
    assert_eq!(state(), "active");
    cloud.run("DeleteNatGateway", json!({"NatGatewayId": id})).unwrap();
    assert_eq!(state(), "blackhole");
    assert_eq!(text(&read(&cloud, &id), "/state"), "deleted");
    cloud.run("ReleaseAddress", json!({"AllocationId": allocation})).unwrap();
    cloud.sleep(VISIBLE_SECONDS - 1);
    read(&cloud, &id);
    cloud.sleep(1);
    let gone = cloud.run("DescribeNatGateways", json!({"NatGatewayId": [id]}));
    let message = format!("The Nat Gateway {id} was not found");
    assert_eq!(gone, failure("NatGatewayNotFound", &message));
    let kept = || cloud.view().count::<NatGatewayRow>(ACCOUNT);
    assert_eq!(kept(), 1);
    let next = create(&cloud, &subnet_id, &elastic(&cloud));
    assert_eq!(kept(), 1);
    read(&cloud, &next);
}

#[test]
fn gateways_fail_after_they_were_accepted() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let allocation = elastic(&cloud);
    let gateway = read(&cloud, &create(&cloud, &subnet_id, &allocation));
    assert_eq!(text(&gateway, "/state"), "failed");
    assert_eq!(text(&gateway, "/failureCode"), "Gateway.NotAttached");
    internet(&cloud, &vpc_id);
    create(&cloud, &subnet_id, &allocation);
    let gateway = read(&cloud, &create(&cloud, &subnet_id, &allocation));
    let message = format!("Elastic IP address [{allocation}] is already associated");
    assert_eq!(text(&gateway, "/failureMessage"), message);
}

#[test]
fn input_is_checked() {
    let cloud = cloud();
    let subnet_id = subnet(&cloud, &vpc(&cloud), "10.0.0.0/24");
    let create = |input| cloud.run("CreateNatGateway", input).map_err(|fault| fault.0);
    for (input, code) in [
        (json!({"SubnetId": subnet_id}), "MissingParameter"),
        (
            json!({"SubnetId": subnet_id, "AllocationId": "eipalloc-12345678"}),
            "InvalidElasticIpID.NotFound",
        ),
        (
            json!({"SubnetId": "subnet-12345678", "AllocationId": "eipalloc-12345678"}),
            "InvalidSubnet",
        ),
        (json!({"SubnetId": subnet_id, "ConnectivityType": "secret"}), "InvalidParameterValue"),
        (
            json!({"SubnetId": subnet_id, "ConnectivityType": "private", "AllocationId": "eipalloc-12345678"}),
            "InvalidParameterCombination",
        ),
        (json!({"AvailabilityMode": "regional", "VpcId": "vpc-12345678"}), "NotImplemented"),
    ] {
        assert_eq!(create(input.clone()), Err(code.to_owned()), "{input}");
    }
    // A private one needs no address of the internet.
    for _ in 0..MAX_IN_ZONE {
        create(json!({"SubnetId": subnet_id, "ConnectivityType": "private"})).unwrap();
    }
    let one_more = create(json!({"SubnetId": subnet_id, "ConnectivityType": "private"}));
    assert_eq!(one_more, Err("NatGatewayLimitExceeded".to_owned()));
}

#[test]
fn demands() {
    let cloud = cloud();
    let input = json!({"SubnetId": "subnet-12345678", "AllocationId": "eipalloc-12345678"});
    let demands = cloud.demands("CreateNatGateway", input);
    let resources: Vec<&str> =
        demands.iter().filter_map(|it| it.resource.rsplit(':').next()).collect();
    assert_eq!(
        resources,
        ["natgateway/*", "subnet/subnet-12345678", "elastic-ip/eipalloc-12345678"]
    );
}
