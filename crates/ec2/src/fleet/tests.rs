use cloud::testing::{ACCOUNT, Cloud, code, statement};
use serde_json::{Value, json};

use crate::launch::tests::{AMI, profile, seen, with};
use crate::testing::{cloud, text};

fn template(cloud: &Cloud, more: Value) -> String {
    let data = with(json!({"ImageId": AMI, "InstanceType": "m5.large"}), more);
    let input = json!({"LaunchTemplateName": "pool", "LaunchTemplateData": data});
    text(&cloud.run("CreateLaunchTemplate", input).unwrap(), "/launchTemplate/launchTemplateId")
}

fn fleet(kind: &str, total: i32, overrides: Value) -> Value {
    json!({
        "Type": kind,
        "LaunchTemplateConfigs": [{
            "LaunchTemplateSpecification": {"LaunchTemplateName": "pool", "Version": "$Default"},
            "Overrides": overrides,
        }],
        "TargetCapacitySpecification": {
            "TotalTargetCapacity": total, "DefaultTargetCapacityType": "on-demand",
        },
    })
}

fn alive(cloud: &Cloud) -> Vec<Value> {
    let input = json!({"Filter": [{"Name": "instance-state-name", "Value": ["running"]}]});
    let answer = cloud.run("DescribeInstances", input).unwrap();
    let reservations = answer["reservationSet"].as_array().unwrap();
    reservations.iter().flat_map(|one| one["instancesSet"].as_array().unwrap().clone()).collect()
}

#[test]
fn an_instant_fleet_launches_the_cheapest_that_it_can() {
    let cloud = cloud();
    template(&cloud, json!({}));
    let overrides = json!([{"InstanceType": "r5.large"}, {"InstanceType": "c5.large"}]);
    let answer = cloud.run("CreateFleet", fleet("instant", 2, overrides)).unwrap();
    let set = &answer["fleetInstanceSet"];
    assert_eq!(set[0]["instanceType"], "c5.large");
    assert_eq!(set[0]["lifecycle"], "on-demand");
    assert_eq!(set[0]["instanceIds"].as_array().unwrap().len(), 2);
    assert_eq!(answer["errorSet"], json!([]));
    let id = text(&answer, "/fleetId");
    let one = seen(&cloud, set[0]["instanceIds"][0].as_str().unwrap());
    let tags = one["tagSet"].as_array().unwrap();
    assert!(tags.contains(&json!({"key": "aws:ec2:fleet-id", "value": id})), "{tags:?}");

    // A type that the zone does not offer is an error of the fleet; the next pool is tried.
    let overrides = json!([
        {"InstanceType": "t3.nano", "AvailabilityZone": "us-east-1e"}, {"InstanceType": "m5.large"},
    ]);
    let answer = cloud.run("CreateFleet", fleet("instant", 1, overrides)).unwrap();
    assert_eq!(answer["errorSet"][0]["errorCode"], "Unsupported");
    let over = &answer["errorSet"][0]["launchTemplateAndOverrides"]["overrides"];
    assert_eq!(over["availabilityZone"], "us-east-1e");
    assert_eq!(answer["fleetInstanceSet"][0]["instanceType"], "m5.large");
    // Instant fleets are shown only to those who ask for them.
    assert_eq!(cloud.run("DescribeFleets", json!({})).unwrap()["fleetSet"], json!([]));
    let shown = cloud.run("DescribeFleets", json!({"FleetId": [id]})).unwrap();
    assert_eq!(shown["fleetSet"][0]["fulfilledCapacity"], 2.0);
    assert_eq!(shown["fleetSet"][0]["activityStatus"], "fulfilled");
}

#[test]
fn the_role_of_a_templates_profile_is_passed() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    template(&cloud, json!({"IamInstanceProfile": {"Arn": arn}}));
    let policy = statement(json!({
        "Effect": "Allow", "Action": ["ec2:*", "iam:CreateServiceLinkedRole"], "Resource": "*",
    }));
    let caller = cloud.user("ann", &policy);
    // In an instant fleet the caller launches: the refusal is an error of the fleet.
    let answer = cloud.run_as(&caller, "CreateFleet", fleet("instant", 1, json!([]))).unwrap();
    let error = &answer["errorSet"][0];
    assert_eq!(error["errorCode"], "UnauthorizedOperation");
    assert!(
        text(error, "/errorMessage")
            .contains("iam:PassRole on resource: arn:aws:iam::123456789012:role/app")
    );
    assert_eq!(answer["fleetInstanceSet"], json!([]));
    // In the others EC2 does, and the caller is asked beforehand.
    let (code, message) =
        cloud.run_as(&caller, "CreateFleet", fleet("maintain", 1, json!([]))).unwrap_err();
    assert_eq!(code, "UnauthorizedOperation");
    assert!(message.contains("iam:PassRole"), "{message}");
    let pass = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": format!("arn:aws:iam::{ACCOUNT}:role/app")});
    let more = statement(
        json!([{"Effect": "Allow", "Action": ["ec2:*", "iam:CreateServiceLinkedRole"], "Resource": "*"}, pass]),
    );
    let caller = cloud.user("bob", &more);
    cloud.run_as(&caller, "CreateFleet", fleet("maintain", 1, json!([]))).unwrap();
    assert_eq!(alive(&cloud)[0]["iamInstanceProfile"]["arn"], arn);
    cloud.run("GetRole", json!({"RoleName": "AWSServiceRoleForEC2Fleet"})).unwrap();
}

#[test]
fn whoever_may_not_make_the_service_linked_role() {
    let cloud = cloud();
    template(&cloud, json!({}));
    let caller = cloud.user("ann", &cloud::testing::allow("ec2:*", "*"));
    let (code, message) =
        cloud.run_as(&caller, "CreateFleet", fleet("maintain", 1, json!([]))).unwrap_err();
    assert_eq!(code, "AuthFailure.ServiceLinkedRoleCreationNotPermitted");
    assert!(message.ends_with("service-linked role for EC2 Fleet."), "{message}");
}

#[test]
fn a_fleet_maintains_its_capacity() {
    let cloud = cloud();
    template(&cloud, json!({}));
    let answer = cloud.run("CreateFleet", fleet("maintain", 2, json!([]))).unwrap();
    let id = text(&answer, "/fleetId");
    assert_eq!(answer["fleetInstanceSet"], json!([]));
    let count = || alive(&cloud).len();
    assert_eq!(count(), 2);
    let first = text(&alive(&cloud)[0], "/instanceId");
    cloud.run("TerminateInstances", json!({"InstanceId": [first]})).unwrap();
    assert_eq!(count(), 2, "it was replaced");
    let active = cloud.run("DescribeFleetInstances", json!({"FleetId": id})).unwrap();
    assert_eq!(active["activeInstanceSet"].as_array().unwrap().len(), 2);

    let modify = |total: i32| {
        let target = json!({"TotalTargetCapacity": total});
        cloud.run("ModifyFleet", json!({"FleetId": id, "TargetCapacitySpecification": target}))
    };
    modify(3).unwrap();
    assert_eq!(count(), 3);
    modify(1).unwrap();
    assert_eq!(count(), 1);
    let history = |kind: Value| {
        let input = json!({"FleetId": id, "StartTime": cloud.now.to_string(), "EventType": kind});
        let answer = cloud.run("DescribeFleetHistory", input).unwrap();
        answer["historyRecordSet"].as_array().unwrap().len()
    };
    assert!(history(Value::Null) > history(json!("instance-change")));
    assert_eq!(history(json!("service-error")), 0);
    let later = json!({"FleetId": id, "StartTime": cloud.now.plus_seconds(1).to_string()});
    let later = cloud.run("DescribeFleetHistory", later).unwrap();
    assert_eq!(later["historyRecordSet"], json!([]));

    let deleted =
        cloud.run("DeleteFleets", json!({"FleetId": [id], "TerminateInstances": true})).unwrap();
    let shape = &deleted["successfulFleetDeletionSet"][0];
    assert_eq!(
        (&shape["previousFleetState"], &shape["currentFleetState"]),
        (&json!("active"), &json!("deleted_terminating"))
    );
    assert_eq!(count(), 0);
    let again = cloud
        .run("DeleteFleets", json!({"FleetId": [id, "fleet-x"], "TerminateInstances": true}))
        .unwrap();
    let errors = again["unsuccessfulFleetDeletionSet"].as_array().unwrap();
    let codes: Vec<&Value> = errors.iter().map(|one| &one["error"]["code"]).collect();
    assert_eq!(codes, ["fleetNotInDeletableState", "fleetIdMalformed"]);
    assert_eq!(code(modify(2)), "UnsupportedOperation");
}

#[test]
fn spot_weights_and_subnets() {
    let cloud = cloud();
    template(&cloud, json!({}));
    let subnets = cloud.run("DescribeSubnets", json!({})).unwrap();
    let subnet = subnets["subnetSet"]
        .as_array()
        .unwrap()
        .iter()
        .find(|subnet| subnet["availabilityZone"] == "us-east-1b")
        .unwrap();
    let overrides = json!([{"InstanceType": "m5.xlarge", "WeightedCapacity": 2.0, "SubnetId": subnet["subnetId"]}]);
    let mut input = fleet("instant", 3, overrides);
    input["TargetCapacitySpecification"]["DefaultTargetCapacityType"] = json!("spot");
    let answer = cloud.run("CreateFleet", input).unwrap();
    let set = &answer["fleetInstanceSet"][0];
    assert_eq!(set["lifecycle"], "spot");
    assert_eq!(set["instanceIds"].as_array().unwrap().len(), 2);
    let one = seen(&cloud, set["instanceIds"][0].as_str().unwrap());
    assert_eq!(one["subnetId"], subnet["subnetId"]);
    assert_eq!(one["instanceLifecycle"], "spot");
    assert!(one["spotInstanceRequestId"].as_str().unwrap().starts_with("sir-"));
}

#[test]
fn bad_input() {
    let cloud = cloud();
    template(&cloud, json!({}));
    let code_of =
        |more: Value| code(cloud.run("CreateFleet", with(fleet("instant", 1, json!([])), more)));
    for (more, code) in [
        (json!({"Type": "forever"}), "InvalidParameterValue"),
        (json!({"LaunchTemplateConfigs": []}), "MissingParameter"),
        (json!({"TargetCapacitySpecification": null}), "MissingParameter"),
        (
            json!({"TargetCapacitySpecification": {"TotalTargetCapacity": -1}}),
            "InvalidParameterValue",
        ),
        (
            json!({"TargetCapacitySpecification": {"TotalTargetCapacity": 1001}}),
            "InvalidParameterValue",
        ),
        (
            json!({"LaunchTemplateConfigs": [{"LaunchTemplateSpecification": {"LaunchTemplateName": "none"}}]}),
            "InvalidLaunchTemplateName.NotFoundException",
        ),
        (
            json!({"LaunchTemplateConfigs": [{"LaunchTemplateSpecification": {"LaunchTemplateName": "pool"}, "Overrides": [{"InstanceRequirements": {}}]}]}),
            "NotImplemented",
        ),
    ] {
        assert_eq!(code_of(more.clone()), code, "{more}");
    }
    assert_eq!(
        code(cloud.run("DescribeFleetInstances", json!({"FleetId": "fleet-x"}))),
        "InvalidParameterValue"
    );
}
