use cloud::testing::{Cloud, allow, code, statement};
use serde_json::{Value, json};

use crate::launch::tests::{AMI, launch, profile, seen, with};
use crate::testing::{cloud, text};

fn request(more: Value) -> Value {
    let specification = json!({"ImageId": AMI, "InstanceType": "m5.large"});
    with(json!({"LaunchSpecification": specification}), more)
}

fn shown(cloud: &Cloud, id: &str) -> Value {
    let input = json!({"SpotInstanceRequestId": [id]});
    cloud.run("DescribeSpotInstanceRequests", input).unwrap()["spotInstanceRequestSet"][0].clone()
}

#[test]
fn a_request_is_fulfilled_by_the_service() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let more = json!({"SpotPrice": "0.05", "LaunchSpecification": {
        "ImageId": AMI, "InstanceType": "m5.large", "IamInstanceProfile": {"Name": "app"},
    }});
    // The caller may not launch anything: the service-linked role does.
    let policy = statement(json!([
        {"Effect": "Allow", "Action": ["ec2:RequestSpotInstances", "iam:CreateServiceLinkedRole"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    ]));
    let caller = cloud.user("ann", &policy);
    let answer = cloud.run_as(&caller, "RequestSpotInstances", request(more)).unwrap();
    let id = text(&answer, "/spotInstanceRequestSet/0/spotInstanceRequestId");
    assert_eq!(answer["spotInstanceRequestSet"][0]["state"], "open");
    let now = shown(&cloud, &id);
    assert_eq!(
        (&now["state"], &now["status"]["code"], &now["spotPrice"]),
        (&json!("active"), &json!("fulfilled"), &json!("0.05"))
    );
    let instance = seen(&cloud, now["instanceId"].as_str().unwrap());
    assert_eq!(
        (&instance["spotInstanceRequestId"], &instance["instanceLifecycle"]),
        (&json!(id), &json!("spot"))
    );
    assert_eq!(instance["iamInstanceProfile"]["arn"], arn);
    cloud.run("GetRole", json!({"RoleName": "AWSServiceRoleForEC2Spot"})).unwrap();

    let stop =
        cloud.run("StopInstances", json!({"InstanceId": [instance["instanceId"]]})).unwrap_err();
    assert!(stop.1.contains("associated with a one-time Spot Instance request"), "{}", stop.1);
    cloud.run("TerminateInstances", json!({"InstanceId": [instance["instanceId"]]})).unwrap();
    let over = shown(&cloud, &id);
    assert_eq!(
        (&over["state"], &over["status"]["code"]),
        (&json!("closed"), &json!("instance-terminated-by-user"))
    );
}

/// As Terraform's `aws_spot_instance_request` asks without `spot_price`.
#[test]
fn an_empty_price_is_none() {
    let cloud = cloud();
    let answer = cloud.run("RequestSpotInstances", request(json!({"SpotPrice": ""}))).unwrap();
    let id = text(&answer, "/spotInstanceRequestSet/0/spotInstanceRequestId");
    let now = shown(&cloud, &id);
    assert_eq!((&now["state"], &now["spotPrice"]), (&json!("active"), &Value::Null));
    let refused = cloud.run("RequestSpotInstances", request(json!({"SpotPrice": "0"})));
    assert_eq!(code(refused), "InvalidParameterValue");
}

#[test]
fn the_role_is_passed_and_the_linked_role_made_by_the_caller() {
    let cloud = cloud();
    profile(&cloud, "app");
    let more = json!({"LaunchSpecification": {"ImageId": AMI, "InstanceType": "m5.large", "IamInstanceProfile": {"Name": "app"}}});
    let caller = cloud.user("ann", &allow("ec2:*", "*"));
    let denied = cloud.run_as(&caller, "RequestSpotInstances", request(more)).unwrap_err();
    assert!(denied.1.contains("iam:PassRole"), "{}", denied.1);
    let denied = cloud.run_as(&caller, "RequestSpotInstances", request(json!({}))).unwrap_err();
    assert_eq!(denied.0, "AuthFailure.ServiceLinkedRoleCreationNotPermitted");
    let spot = json!({"InstanceMarketOptions": {"MarketType": "spot"}});
    let denied = cloud.run_as(&caller, "RunInstances", with(launch(), spot.clone())).unwrap_err();
    assert_eq!(
        denied.1,
        "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."
    );
    // The statement of Databricks' policies is enough, and once the role is there nothing is.
    let linked = json!({
        "Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"],
        "Resource": "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        "Condition": {"StringLike": {"iam:AWSServiceName": "spot.amazonaws.com"}},
    });
    let bob = cloud.user(
        "bob",
        &statement(json!([{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}, linked])),
    );
    cloud.run_as(&bob, "RunInstances", with(launch(), spot.clone())).unwrap();
    cloud.run_as(&caller, "RunInstances", with(launch(), spot)).unwrap();
}

#[test]
fn a_launch_of_the_spot_market_is_a_request_too() {
    let cloud = cloud();
    let spot = json!({"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.1"}}});
    let answer = cloud.run("RunInstances", with(launch(), spot)).unwrap();
    let id = text(&answer, "/instancesSet/0/spotInstanceRequestId");
    let request = shown(&cloud, &id);
    assert_eq!((&request["state"], &request["type"]), (&json!("active"), &json!("one-time")));
    assert_eq!(request["instanceId"], answer["instancesSet"][0]["instanceId"]);
    let by_state = json!({"Filter": [{"Name": "state", "Value": ["closed"]}]});
    let none = cloud.run("DescribeSpotInstanceRequests", by_state).unwrap();
    assert_eq!(none["spotInstanceRequestSet"], json!([]));
}

#[test]
fn a_persistent_request_is_fulfilled_anew_until_it_is_cancelled() {
    let cloud = cloud();
    let answer = cloud.run("RequestSpotInstances", request(json!({"Type": "persistent"}))).unwrap();
    let id = text(&answer, "/spotInstanceRequestSet/0/spotInstanceRequestId");
    let instance = || shown(&cloud, &id)["instanceId"].clone();
    let first = instance();
    cloud.run("TerminateInstances", json!({"InstanceId": [first]})).unwrap();
    let second = instance();
    assert_ne!(first, second);
    cloud.run("StopInstances", json!({"InstanceId": [second]})).unwrap();
    let cancelled =
        cloud.run("CancelSpotInstanceRequests", json!({"SpotInstanceRequestId": [id]})).unwrap();
    assert_eq!(cancelled["spotInstanceRequestSet"][0]["state"], "cancelled");
    cloud.run("TerminateInstances", json!({"InstanceId": [second]})).unwrap();
    assert_eq!(shown(&cloud, &id)["status"]["code"], "request-canceled-and-instance-running");
    let alive =
        json!({"Filter": [{"Name": "instance-state-name", "Value": ["running", "stopped"]}]});
    assert_eq!(cloud.run("DescribeInstances", alive).unwrap()["reservationSet"], json!([]));
}

#[test]
fn bad_input() {
    let cloud = cloud();
    for (more, code_of) in [
        (json!({"InstanceCount": 0}), "InvalidParameterValue"),
        (json!({"InstanceCount": 501}), "InvalidParameterValue"),
        (json!({"Type": "forever"}), "InvalidParameterValue"),
        (json!({"SpotPrice": "-1"}), "InvalidParameterValue"),
        (json!({"ValidFrom": "2026-01-01T00:00:00Z"}), "NotImplemented"),
        (json!({"LaunchSpecification": {"InstanceType": "m5.large"}}), "MissingParameter"),
    ] {
        assert_eq!(
            code(cloud.run("RequestSpotInstances", request(more.clone()))),
            code_of,
            "{more}"
        );
    }
    let unknown = json!({"SpotInstanceRequestId": ["sir-0000000000000000a"]});
    assert_eq!(
        code(cloud.run("CancelSpotInstanceRequests", unknown)),
        "InvalidSpotInstanceRequestID.NotFound"
    );
}
