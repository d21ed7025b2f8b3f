use cloud::testing::{Answer, Cloud, failure};
use serde_json::{Value, json};

use super::{MAX_GATEWAY_ENDPOINTS, MAX_INTERFACE_ENDPOINTS, MAX_POLICY};
use crate::testing::{cloud, subnet, text, told, vpc};

const S3: &str = "com.amazonaws.us-east-1.s3";
const STS: &str = "com.amazonaws.us-east-1.sts";
const WORKSPACE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-09143d1e626de2f04";

fn create(cloud: &Cloud, vpc_id: &str, service: &str, more: Value) -> Answer {
    let mut input = json!({"VpcId": vpc_id, "ServiceName": service});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    cloud.run("CreateVpcEndpoint", input)
}

fn id(answer: &Value) -> String {
    text(answer, "/vpcEndpoint/vpcEndpointId")
}

fn read(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeVpcEndpoints", json!({"VpcEndpointId": [id]})).unwrap();
    answer["vpcEndpointSet"][0].clone()
}

fn modify(cloud: &Cloud, id: &str, change: Value) -> Answer {
    let mut input = json!({"VpcEndpointId": id});
    input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    cloud.run("ModifyVpcEndpoint", input)
}

fn table(cloud: &Cloud, vpc_id: &str) -> String {
    let made = cloud.run("CreateRouteTable", json!({"VpcId": vpc_id})).unwrap();
    text(&made, "/routeTable/routeTableId")
}

fn routes(cloud: &Cloud, table: &str) -> usize {
    let tables = cloud.run("DescribeRouteTables", json!({"RouteTableId": [table]})).unwrap();
    tables["routeTableSet"][0]["routeSet"].as_array().unwrap().len()
}

#[test]
fn a_gateway_is_a_route() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (one, other) = (table(&cloud, &vpc_id), table(&cloud, &vpc_id));
    let endpoint = id(&create(&cloud, &vpc_id, S3, json!({"RouteTableId": [one]})).unwrap());
    assert_eq!(text(&read(&cloud, &endpoint), "/state"), "available");
    assert_eq!((routes(&cloud, &one), routes(&cloud, &other)), (2, 1));
    let message = format!(
        "route table {one} already has a route with destination-prefix-list-id pl-63a5400a"
    );
    let again = create(&cloud, &vpc_id, S3, json!({"RouteTableId": [one]}));
    assert_eq!(again, failure("RouteAlreadyExists", &message));
    let route = json!({"RouteTableId": one, "DestinationPrefixListId": "pl-63a5400a"});
    assert_eq!(cloud.run("DeleteRoute", route).unwrap_err().0, "InvalidParameterValue");
    let change = json!({"AddRouteTableId": [other], "RemoveRouteTableId": [one]});
    modify(&cloud, &endpoint, change).unwrap();
    assert_eq!((routes(&cloud, &one), routes(&cloud, &other)), (1, 2));
    assert_eq!(read(&cloud, &endpoint)["routeTableIdSet"], json!([other]));
    let refused = modify(&cloud, &endpoint, json!({"AddSubnetId": ["subnet-12345678"]}));
    assert_eq!(refused.unwrap_err().0, "InvalidParameter");
    // A table that goes leaves the endpoint.
    cloud.run("DeleteRouteTable", json!({"RouteTableId": other})).unwrap();
    assert_eq!(read(&cloud, &endpoint)["routeTableIdSet"], json!([]));
    assert_eq!(
        cloud.run("DeleteVpc", json!({"VpcId": vpc_id})).unwrap_err().0,
        "DependencyViolation"
    );
    let input = json!({"VpcEndpointId": [endpoint, "vpce-12345678"]});
    let answer = cloud.run("DeleteVpcEndpoints", input).unwrap();
    assert_eq!(
        answer["unsuccessful"],
        json!([{"resourceId": "vpce-12345678", "error": {
            "code": "InvalidVpcEndpoint.NotFound",
            "message": "The Vpc Endpoint Id 'vpce-12345678' does not exist"
        }}])
    );
    let gone = cloud.run("DescribeVpcEndpoints", json!({"VpcEndpointId": [endpoint]}));
    let message = format!("The Vpc Endpoint Id '{endpoint}' does not exist");
    assert_eq!(gone, failure("InvalidVpcEndpointId.NotFound", &message));
}

#[test]
fn an_interface_is_in_subnets_of_different_zones() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (one, same) =
        (subnet(&cloud, &vpc_id, "10.0.0.0/24"), subnet(&cloud, &vpc_id, "10.0.1.0/24"));
    let plain =
        json!({"VpcEndpointType": "Interface", "SubnetId": [one], "PrivateDnsEnabled": false});
    let made = create(&cloud, &vpc_id, STS, plain).unwrap();
    assert_eq!(text(&made, "/vpcEndpoint/state"), "pending");
    let endpoint = id(&made);
    let shown = read(&cloud, &endpoint);
    assert_eq!(text(&shown, "/state"), "available");
    assert_eq!(text(&shown, "/groupSet/0/groupName"), "default");
    let eni = text(&shown, "/networkInterfaceIdSet/0");
    let filter = json!([{"Name": "interface-type", "Value": ["vpc_endpoint"]}]);
    let interfaces = cloud.run("DescribeNetworkInterfaces", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&interfaces, "/networkInterfaceSet/0/networkInterfaceId"), eni);
    let refused = modify(&cloud, &endpoint, json!({"AddSubnetId": [same]})).unwrap_err();
    assert_eq!(refused.0, "DuplicateSubnetsInSameZone");
    modify(&cloud, &endpoint, json!({"RemoveSubnetId": [one], "AddSubnetId": [same]})).unwrap();
    assert_eq!(read(&cloud, &endpoint)["subnetIdSet"], json!([same]));
    cloud.run("DeleteSubnet", json!({"SubnetId": one})).unwrap();
    cloud.run("DeleteVpcEndpoints", json!({"VpcEndpointId": [endpoint]})).unwrap();
    cloud.run("DeleteSubnet", json!({"SubnetId": same})).unwrap();
}

#[test]
fn private_names_need_names_and_are_one_endpoints() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let interface = json!({"VpcEndpointType": "Interface"});
    let refused = create(&cloud, &vpc_id, STS, interface.clone());
    let message = format!(
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set \
         to true for {vpc_id}"
    );
    assert_eq!(refused, failure("InvalidParameter", &message));
    let names = json!({"VpcId": vpc_id, "EnableDnsHostnames": {"Value": true}});
    cloud.run("ModifyVpcAttribute", names).unwrap();
    let made = create(&cloud, &vpc_id, STS, interface.clone()).unwrap();
    assert_eq!(text(&made, "/vpcEndpoint/dnsEntrySet/1/dnsName"), "sts.us-east-1.amazonaws.com");
    let message = format!(
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for \
         sts.us-east-1.amazonaws.com in the VPC {vpc_id}"
    );
    let again = create(&cloud, &vpc_id, STS, interface);
    assert_eq!(again, failure("InvalidParameter", &message));
}

#[test]
fn databricks_accepts_its_endpoints_itself() {
    let cloud = cloud();
    let made = create(&cloud, &vpc(&cloud), WORKSPACE, json!({"VpcEndpointType": "Interface"}));
    let endpoint = id(&made.unwrap());
    assert_eq!(text(&read(&cloud, &endpoint), "/state"), "pendingAcceptance");
    let all =
        cloud.run("DescribeVpcEndpointServices", json!({"ServiceName": [WORKSPACE]})).unwrap();
    assert_eq!(text(&all, "/serviceDetailSet/0/owner"), "414351767826");
    assert_eq!(all["serviceDetailSet"][0]["acceptanceRequired"], true);
}

#[test]
fn policies() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let policy = json!({"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    ]})
    .to_string();
    let endpoint = id(&create(&cloud, &vpc_id, S3, json!({"PolicyDocument": policy})).unwrap());
    assert_eq!(text(&read(&cloud, &endpoint), "/policyDocument"), policy);
    modify(&cloud, &endpoint, json!({"ResetPolicy": true})).unwrap();
    assert!(text(&read(&cloud, &endpoint), "/policyDocument").contains("\"Action\": \"*\""));
    let long = |length: usize| {
        let end = " ".repeat(length - policy.len());
        modify(&cloud, &endpoint, json!({"PolicyDocument": format!("{policy}{end}")}))
    };
    long(MAX_POLICY).unwrap();
    assert_eq!(long(MAX_POLICY + 1).unwrap_err().0, "InvalidPolicyDocument");
    let bad = modify(&cloud, &endpoint, json!({"PolicyDocument": "{"}));
    let message = "The specified policy document is not a valid JSON policy document.";
    assert_eq!(bad, failure("InvalidPolicyDocument", message));
}

#[test]
fn services_and_quotas() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let message = "The Vpc Endpoint Service 'com.amazonaws.mars.s3' does not exist";
    let unknown = create(&cloud, &vpc_id, "com.amazonaws.mars.s3", json!({}));
    assert_eq!(unknown, failure("InvalidServiceName", message));
    // STS has no gateway.
    assert_eq!(create(&cloud, &vpc_id, STS, json!({})).unwrap_err().0, "InvalidServiceName");
    for _ in 0..MAX_GATEWAY_ENDPOINTS {
        create(&cloud, &vpc_id, S3, json!({})).unwrap();
    }
    let refused = create(&cloud, &vpc_id, S3, json!({})).unwrap_err();
    assert_eq!(refused.0, "VpcEndpointLimitExceeded");
    let filter = json!([{"Name": "service-type", "Value": ["Gateway"]}]);
    let answer = cloud.run("DescribeVpcEndpointServices", json!({"Filter": &filter})).unwrap();
    assert_eq!(
        answer["serviceNameSet"],
        json!(["com.amazonaws.us-east-1.dynamodb", "com.amazonaws.us-east-1.s3"])
    );
    // S3 is two services, of which Terraform's data source asks for one.
    let kinds = |more: Value| {
        let mut input = json!({"ServiceName": [S3]});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = cloud.run("DescribeVpcEndpointServices", input).unwrap();
        let details = answer["serviceDetailSet"].as_array().unwrap().clone();
        details.iter().map(|one| one["serviceType"][0]["serviceType"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(json!({})), ["Gateway", "Interface"]);
    assert_eq!(kinds(json!({"Filter": filter})), ["Gateway"]);
}

#[test]
fn demands() {
    let cloud = cloud();
    let input = json!({
        "VpcId": "vpc-12345678", "ServiceName": S3, "RouteTableId": ["rtb-12345678"]
    });
    let demands: Vec<String> = cloud.demands("CreateVpcEndpoint", input).iter().map(told).collect();
    let arn = "arn:aws:ec2:us-east-1:123456789012";
    assert_eq!(
        demands,
        [
            format!(
                "ec2:CreateVpcEndpoint {arn}:vpc-endpoint/* ec2:Region=us-east-1 \
                 ec2:VpceServiceName={S3} ec2:VpceServiceRegion=us-east-1 ec2:VpceServiceOwner=amazon"
            ),
            format!("ec2:CreateVpcEndpoint {arn}:vpc/vpc-12345678 ec2:Region=us-east-1"),
            format!("ec2:CreateVpcEndpoint {arn}:route-table/rtb-12345678 ec2:Region=us-east-1"),
        ]
    );
}

#[test]
fn there_are_at_most_fifty_interfaces_in_a_vpc() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let plain = json!({"VpcEndpointType": "Interface", "PrivateDnsEnabled": false});
    for _ in 0..MAX_INTERFACE_ENDPOINTS {
        create(&cloud, &vpc_id, STS, plain.clone()).unwrap();
    }
    let refused = create(&cloud, &vpc_id, STS, plain.clone()).unwrap_err();
    assert_eq!(refused.0, "VpcEndpointLimitExceeded");
    create(&cloud, &vpc(&cloud), STS, plain).unwrap();
}
