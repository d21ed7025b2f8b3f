//! The three policies that Databricks' guide gives the cross-account role, held against what EC2 asks: who may
//! do what, as one table.

use cloud::Caller;
use cloud::testing::{ACCOUNT, Cloud, statement};
use serde_json::{Value, json};

use super::tests::{launch, profile, start, with};
use crate::testing::cloud;

const POLICIES: [(&str, &str); 3] = [
    ("managed", include_str!("../../../../examples/policies/databricks-managed-vpc.json")),
    ("customer", include_str!("../../../../examples/policies/customer-managed-vpc.json")),
    (
        "restricted",
        include_str!("../../../../examples/policies/customer-managed-vpc-restricted.json"),
    ),
];

/// The names that the examples use, and what stands for them in the test.
fn filled(text: &str, vpc: &str, group: &str) -> String {
    text.replace("111122223333", ACCOUNT)
        .replace("us-west-2", "us-east-1")
        .replace("vpc-0a1b2c3d4e5f60718", vpc)
        .replace("sg-0a1b2c3d4e5f60718", group)
}

fn id(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

fn tagged(kinds: &[&str]) -> Value {
    let tags = json!([{"Key": "Vendor", "Value": "Databricks"}]);
    let one = |kind: &&str| json!({"ResourceType": kind, "Tag": tags});
    json!({"TagSpecification": kinds.iter().map(one).collect::<Vec<_>>()})
}

/// One row: what is asked, and which of the three policies allow it.
struct Row {
    what: &'static str,
    operation: &'static str,
    input: Value,
    allowed: [bool; 3],
}

fn row(what: &'static str, operation: &'static str, input: Value, allowed: [bool; 3]) -> Row {
    Row { what, operation, input, allowed }
}

/// A dry run where there is one; an operation without counts as allowed if IAM does not refuse it.
fn may(cloud: &Cloud, caller: &Caller, row: &Row) -> bool {
    let without =
        matches!(row.operation, "AssociateIamInstanceProfile" | "DisassociateIamInstanceProfile");
    let input =
        if without { row.input.clone() } else { with(row.input.clone(), json!({"DryRun": true})) };
    match cloud.run_as(caller, row.operation, input) {
        Err((code, _)) if code == "UnauthorizedOperation" => false,
        Err((code, message)) => {
            assert_eq!(code, "DryRunOperation", "{}: {message}", row.what);
            true
        }
        Ok(_) => true,
    }
}

#[test]
fn what_the_three_policies_allow() {
    let cloud = cloud();
    profile(&cloud, "app");
    let vpc = cloud.run("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})).unwrap();
    let vpc = id(&vpc, "/vpc/vpcId");
    let subnet =
        json!({"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"});
    let subnet = id(&cloud.run("CreateSubnet", subnet).unwrap(), "/subnet/subnetId");
    let group = json!({"GroupName": "workspace", "GroupDescription": "workspace", "VpcId": vpc});
    let group = id(&cloud.run("CreateSecurityGroup", group).unwrap(), "/groupId");
    let place = json!({"SubnetId": subnet, "SecurityGroupId": [group]});
    let here = |more: Value| with(with(launch(), place.clone()), more);
    let tags = tagged(&["instance", "volume"]);
    let mine = start(&cloud, with(place.clone(), tagged(&["instance"])));
    let other = start(&cloud, place.clone());
    let data = json!({"InstanceType": "m5.large", "ImageId": super::tests::AMI});
    let template = json!({"LaunchTemplateName": "pool", "LaunchTemplateData": data});
    let worn = json!({"IamInstanceProfile": {"Name": "app"}});
    let every = [true; 3];
    let loose = [true, true, false];
    let rows = [
        row("launch tagged in the VPC", "RunInstances", here(tags.clone()), every),
        row("launch untagged", "RunInstances", here(json!({})), loose),
        row(
            "launch with only the instance tagged",
            "RunInstances",
            here(tagged(&["instance"])),
            loose,
        ),
        row("launch in another VPC", "RunInstances", with(launch(), tags.clone()), loose),
        row(
            "launch with a profile",
            "RunInstances",
            here(with(tags.clone(), worn.clone())),
            [false; 3],
        ),
        row(
            "ask for Spot Instances",
            "RequestSpotInstances",
            json!({"LaunchSpecification": data}),
            every,
        ),
        row(
            "terminate a tagged instance",
            "TerminateInstances",
            json!({"InstanceId": [mine]}),
            every,
        ),
        row(
            "terminate another instance",
            "TerminateInstances",
            json!({"InstanceId": [other]}),
            loose,
        ),
        row("stop an instance", "StopInstances", json!({"InstanceId": [mine]}), [false; 3]),
        row("describe instances", "DescribeInstances", json!({}), every),
        row("describe images", "DescribeImages", json!({}), [false; 3]),
        row("make a launch template", "CreateLaunchTemplate", template, [true, false, false]),
        row(
            "put a profile on",
            "AssociateIamInstanceProfile",
            json!({"InstanceId": mine, "IamInstanceProfile": {"Name": "app"}}),
            [false; 3],
        ),
    ];
    for (at, (name, text)) in POLICIES.iter().enumerate() {
        let policy = filled(text, &vpc, &group);
        let caller = cloud.user(name, &policy);
        for row in &rows {
            assert_eq!(may(&cloud, &caller, row), row.allowed[at], "{name}: {}", row.what);
        }
        // What the page on instance profiles adds: the role may be passed.
        let pass = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": format!("arn:aws:iam::{ACCOUNT}:role/app")});
        let mut statements: Value =
            serde_json::from_str::<Value>(&policy).unwrap()["Statement"].clone();
        statements.as_array_mut().unwrap().push(pass);
        let passing = cloud.user(&format!("{name}-pass"), &statement(statements));
        let launch = row(
            "launch with a profile",
            "RunInstances",
            here(with(tags.clone(), worn.clone())),
            every,
        );
        assert!(may(&cloud, &passing, &launch), "{name}: {}", launch.what);
    }
}
