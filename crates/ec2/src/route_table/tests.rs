use cloud::testing::{Cloud, failure};
use serde_json::{Value, json};

use super::route::{Destination, Route, Target};
use super::{MAX_ROUTES, MAX_TABLES, RouteTableRow};
use crate::cidr::Cidr;
use crate::testing::{cloud, subnet, text, told, vpc};

fn table(cloud: &Cloud, vpc_id: &str) -> String {
    let made = cloud.run("CreateRouteTable", json!({"VpcId": vpc_id})).unwrap();
    text(&made, "/routeTable/routeTableId")
}

fn gateway(cloud: &Cloud, vpc_id: &str) -> String {
    let made = cloud.run("CreateInternetGateway", json!({})).unwrap();
    let id = text(&made, "/internetGateway/internetGatewayId");
    let input = json!({"InternetGatewayId": id, "VpcId": vpc_id});
    cloud.run("AttachInternetGateway", input).unwrap();
    id
}

fn read(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeRouteTables", json!({"RouteTableId": [id]})).unwrap();
    answer["routeTableSet"][0].clone()
}

#[test]
fn the_main_table_of_the_default_vpc_leads_to_the_internet() {
    let cloud = cloud();
    let filter = json!([{"Name": "association.main", "Value": ["true"]}]);
    let answer = cloud.run("DescribeRouteTables", json!({"Filter": filter})).unwrap();
    let routes = answer["routeTableSet"][0]["routeSet"].as_array().unwrap();
    let told: Vec<String> = routes
        .iter()
        .map(|it| format!("{} {}", text(it, "/destinationCidrBlock"), text(it, "/state")))
        .collect();
    assert_eq!(told, ["172.31.0.0/16 active", "0.0.0.0/0 active"]);
}

#[test]
fn routes_come_change_and_go() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let id = table(&cloud, &vpc_id);
    let igw = gateway(&cloud, &vpc_id);
    let everywhere = json!({"RouteTableId": id, "DestinationCidrBlock": "0.0.0.0/0"});
    let with = |more: Value| {
        let mut input = everywhere.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    cloud.run("CreateRoute", with(json!({"GatewayId": igw}))).unwrap();
    assert_eq!(read(&cloud, &id)["routeSet"][1]["gatewayId"], json!(igw));
    let again = cloud.run("CreateRoute", with(json!({"GatewayId": igw})));
    let text = "The route identified by 0.0.0.0/0 already exists.";
    assert_eq!(again, failure("RouteAlreadyExists", text));
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let made = cloud.run("CreateNetworkInterface", json!({"SubnetId": subnet_id})).unwrap();
    let eni = crate::testing::text(&made, "/networkInterface/networkInterfaceId");
    cloud.run("ReplaceRoute", with(json!({"NetworkInterfaceId": eni}))).unwrap();
    // The interface is attached to nothing: the route leads nowhere.
    assert_eq!(read(&cloud, &id)["routeSet"][1]["state"], "blackhole");
    cloud.run("DeleteRoute", everywhere.clone()).unwrap();
    assert_eq!(read(&cloud, &id)["routeSet"].as_array().unwrap().len(), 1);
    let text = format!("no route with destination-cidr-block 0.0.0.0/0 in route table {id}");
    let gone = cloud.run("DeleteRoute", everywhere.clone());
    assert_eq!(gone, failure("InvalidRoute.NotFound", &text));
    let gone = cloud.run("ReplaceRoute", with(json!({"GatewayId": igw})));
    assert_eq!(gone.unwrap_err().0, "InvalidParameterValue");
    let local = json!({"RouteTableId": id, "DestinationCidrBlock": "10.0.0.0/16"});
    let text = format!("cannot remove local route 10.0.0.0/16 in route table {id}");
    assert_eq!(cloud.run("DeleteRoute", local), failure("InvalidParameterValue", &text));
}

#[test]
fn a_detached_gateway_leaves_a_black_hole() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (id, igw) = (table(&cloud, &vpc_id), gateway(&cloud, &vpc_id));
    let route = json!({"RouteTableId": id, "DestinationIpv6CidrBlock": "::/0", "GatewayId": igw});
    cloud.run("CreateRoute", route.clone()).unwrap();
    let both = json!({"InternetGatewayId": igw, "VpcId": vpc_id});
    cloud.run("DetachInternetGateway", both).unwrap();
    assert_eq!(read(&cloud, &id)["routeSet"][1]["state"], "blackhole");
    let text = format!("route table {id} and network gateway {igw} belong to different networks");
    let refused = cloud.run("ReplaceRoute", route);
    assert_eq!(refused, failure("InvalidParameterValue", &text));
}

#[test]
fn targets_are_checked() {
    let cloud = cloud();
    let id = table(&cloud, &vpc(&cloud));
    let create = |more: Value| {
        let mut input = json!({"RouteTableId": id, "DestinationCidrBlock": "0.0.0.0/0"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.run("CreateRoute", input).map_err(|fault| fault.0)
    };
    for (target, code) in [
        (json!({}), "MissingParameter"),
        (json!({"GatewayId": "igw-12345678"}), "InvalidGatewayID.NotFound"),
        (json!({"NatGatewayId": "nat-12345678"}), "InvalidNatGatewayID.NotFound"),
        (json!({"InstanceId": "i-12345678"}), "InvalidInstanceID.NotFound"),
        (json!({"NetworkInterfaceId": "eni-12345678"}), "InvalidNetworkInterfaceID.NotFound"),
        (
            json!({"GatewayId": "igw-12345678", "InstanceId": "i-12345678"}),
            "InvalidParameterCombination",
        ),
        (json!({"TransitGatewayId": "tgw-12345678"}), "NotImplemented"),
        (
            json!({"DestinationCidrBlock": "x", "GatewayId": "igw-12345678"}),
            "InvalidParameterValue",
        ),
    ] {
        assert_eq!(create(target.clone()), Err(code.to_owned()), "{target}");
    }
}

#[test]
fn associations() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (one, other) = (table(&cloud, &vpc_id), table(&cloud, &vpc_id));
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let associate = |table: &str| {
        cloud.run("AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": subnet_id}))
    };
    let id = text(&associate(&one).unwrap(), "/associationId");
    assert_eq!(text(&associate(&one).unwrap(), "/associationId"), id);
    assert_eq!(associate(&other).unwrap_err().0, "Resource.AlreadyAssociated");
    let refused = cloud.run("DeleteRouteTable", json!({"RouteTableId": one}));
    let message = format!("The routeTable '{one}' has dependencies and cannot be deleted.");
    assert_eq!(refused, failure("DependencyViolation", &message));
    let replaced = cloud
        .run("ReplaceRouteTableAssociation", json!({"AssociationId": id, "RouteTableId": other}))
        .unwrap();
    let new = text(&replaced, "/newAssociationId");
    assert_eq!(read(&cloud, &one)["associationSet"], json!([]));
    assert_eq!(read(&cloud, &other)["associationSet"][0]["subnetId"], json!(subnet_id));
    cloud.run("DisassociateRouteTable", json!({"AssociationId": new})).unwrap();
    let gone = cloud.run("DisassociateRouteTable", json!({"AssociationId": new}));
    let message = format!("The association ID '{new}' does not exist");
    assert_eq!(gone, failure("InvalidAssociationID.NotFound", &message));
    cloud.run("DeleteRouteTable", json!({"RouteTableId": one})).unwrap();
    // Another table can become the main one, but one there must be.
    let filter = json!([
        {"Name": "vpc-id", "Value": [vpc_id]}, {"Name": "association.main", "Value": ["true"]}
    ]);
    let main = cloud.run("DescribeRouteTables", json!({"Filter": filter})).unwrap();
    let main = text(&main, "/routeTableSet/0/associationSet/0/routeTableAssociationId");
    let refused = cloud.run("DisassociateRouteTable", json!({"AssociationId": main}));
    let message = format!("cannot disassociate the main route table association {main}");
    assert_eq!(refused, failure("InvalidParameterValue", &message));
    let input = json!({"AssociationId": main, "RouteTableId": other});
    cloud.run("ReplaceRouteTableAssociation", input).unwrap();
    let main = cloud.run("DescribeRouteTables", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&main, "/routeTableSet/0/routeTableId"), other);
    // A subnet takes its association with it.
    let table = table(&cloud, &vpc_id);
    associate(&table).unwrap();
    cloud.run("DeleteSubnet", json!({"SubnetId": subnet_id})).unwrap();
    cloud.run("DeleteRouteTable", json!({"RouteTableId": table})).unwrap();
}

#[test]
fn demands() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (id, subnet_id) = (table(&cloud, &vpc_id), subnet(&cloud, &vpc_id, "10.0.0.0/24"));
    let resources = |name: &str, input: Value| -> Vec<String> {
        let demands = cloud.demands(name, input);
        let last = |text: String| text.rsplit(':').next().map(str::to_owned);
        demands.into_iter().filter_map(|it| last(it.resource)).collect()
    };
    let (of_table, of_subnet) = (format!("route-table/{id}"), format!("subnet/{subnet_id}"));
    let both = json!({"RouteTableId": id, "SubnetId": subnet_id});
    assert_eq!(
        resources("AssociateRouteTable", both.clone()),
        [of_table.clone(), of_subnet.clone()]
    );
    let made = cloud.run("AssociateRouteTable", both).unwrap();
    let association = json!({"AssociationId": text(&made, "/associationId")});
    assert_eq!(resources("DisassociateRouteTable", association), [of_table, of_subnet]);
    let vpcs = format!("vpc/{vpc_id}");
    let create = resources("CreateRouteTable", json!({"VpcId": vpc_id}));
    assert_eq!(create, ["route-table/*".to_owned(), vpcs]);
    let route = json!({
        "RouteTableId": id, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-12345678"
    });
    let demands = cloud.demands("CreateRoute", route);
    assert_eq!(
        told(&demands[0]),
        format!(
            "ec2:CreateRoute arn:aws:ec2:us-east-1:123456789012:route-table/{id} ec2:Region=us-east-1 \
             ec2:Vpc=arn:aws:ec2:us-east-1:123456789012:vpc/{vpc_id} ec2:RouteTableID={id}"
        )
    );
}

#[test]
fn quotas_of_tables_and_routes() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let id = table(&cloud, &vpc_id);
    let igw = gateway(&cloud, &vpc_id);
    let view = cloud.view();
    let key = crate::regional::key("us-east-1", &id);
    let row = view.get::<RouteTableRow>(cloud::testing::ACCOUNT, &key).unwrap();
    let mut full = (**row).clone();
    let target = Target::InternetGateway(igw.clone());
    let route = |number: usize| Route {
        destination: Destination::Ipv4(
            Cidr::parse(&format!("11.{}.{}.0/24", number / 256, number % 256)).unwrap(),
        ),
        target: target.clone(),
    };
    full.routes = (1..MAX_ROUTES).map(route).collect();
    cloud.change(full.clone());
    let create = |cidr: &str| {
        let input = json!({"RouteTableId": id, "DestinationCidrBlock": cidr, "GatewayId": igw});
        cloud.run("CreateRoute", input).map_err(|fault| fault.0)
    };
    create("12.0.0.0/24").unwrap();
    assert_eq!(create("12.0.1.0/24"), Err("RouteLimitExceeded".to_owned()));
    // The main table and this one are there.
    for number in 2..MAX_TABLES - 1 {
        let other = format!("rtb-{number:017x}");
        cloud.change(RouteTableRow { id: other, routes: Vec::new(), ..full.clone() });
    }
    table(&cloud, &vpc_id);
    let refused = cloud.run("CreateRouteTable", json!({"VpcId": vpc_id})).unwrap_err();
    assert_eq!(refused.0, "RouteTableLimitExceeded");
}
