use cloud::testing::{code, failure};
use serde_json::{Value, json};

use super::MAX_TOKEN;
use crate::launch::tests::{AMI, with};
use crate::testing::{cloud, subnet, text, vpc};

/// Operations that make something once for a token: their input, what else could be asked for, and where the
/// answer has the id.
#[test]
fn a_second_request_with_a_token_makes_nothing() {
    let cloud = cloud();
    let vpc = vpc(&cloud);
    let (one, other) = (subnet(&cloud, &vpc, "10.0.1.0/24"), subnet(&cloud, &vpc, "10.0.2.0/24"));
    let template = json!({"LaunchTemplateName": "base", "LaunchTemplateData": {"ImageId": AMI}});
    let template = cloud.run("CreateLaunchTemplate", template).unwrap();
    let template = text(&template, "/launchTemplate/launchTemplateId");
    let data = |kind: &str| json!({"LaunchTemplateId": template, "LaunchTemplateData": {"InstanceType": kind}});
    let private = |subnet: &str| json!({"SubnetId": subnet, "ConnectivityType": "private"});
    let service = |name: &str| json!({"VpcId": vpc, "ServiceName": format!("com.amazonaws.us-east-1.{name}")});
    let volume = |size: i32| json!({"AvailabilityZone": "us-east-1a", "Size": size});
    let tagged = json!({"VpcId": vpc, "TagSpecification": [
        {"ResourceType": "route-table", "Tag": [{"Key": "k", "Value": "v"}]}
    ]});
    let cases: [(&str, Value, Value, &str); 6] = [
        ("CreateRouteTable", json!({"VpcId": vpc}), tagged, "/routeTable/routeTableId"),
        ("CreateVolume", volume(8), volume(9), "/volumeId"),
        (
            "CreateNetworkInterface",
            json!({"SubnetId": one}),
            json!({"SubnetId": other}),
            "/networkInterface/networkInterfaceId",
        ),
        ("CreateNatGateway", private(&one), private(&other), "/natGateway/natGatewayId"),
        ("CreateVpcEndpoint", service("s3"), service("dynamodb"), "/vpcEndpoint/vpcEndpointId"),
        (
            "CreateLaunchTemplateVersion",
            data("t3.micro"),
            data("t3.small"),
            "/launchTemplateVersion/versionNumber",
        ),
    ];
    for (operation, input, different, id) in cases {
        let run = |input: &Value, token: &str| {
            cloud.run(operation, with(input.clone(), json!({"ClientToken": token})))
        };
        let first = run(&input, "one").unwrap();
        assert!(first.pointer(id).is_some_and(|id| !id.is_null()), "{operation}: {first}");
        assert_eq!(run(&input, "one").unwrap().pointer(id), first.pointer(id), "{operation}");
        assert_ne!(run(&input, "two").unwrap().pointer(id), first.pointer(id), "{operation}");
        let text = "Arguments on this idempotent request are inconsistent with arguments used in \
                    previous request(s).";
        let mismatch = failure("IdempotentParameterMismatch", text);
        assert_eq!(run(&different, "one"), mismatch, "{operation}");
        let long = "x".repeat(MAX_TOKEN + 1);
        assert_eq!(code(run(&input, &long)), "InvalidParameterValue", "{operation}");
        run(&input, &long[..MAX_TOKEN]).unwrap();
    }
}
