//! Chains of calls, told.

use cloud::authorize::Decided;
use cloud::testing::{ACCOUNT, Cloud, allow};
use cloud::{Fault, Made, Service};
use serde_json::{Value, json};

use super::tell;
use crate::decisions::Record;

struct World {
    cloud: Cloud,
}

impl World {
    fn new() -> Self {
        let cloud = Cloud::new();
        cloud.user("admin", &allow("*", "*"));
        cloud.user("databricks", &allow("ec2:Describe*", "*"));
        Self { cloud }
    }

    fn decided(&self, user: &str, action: &'static str, resource: &str) -> Decided {
        self.cloud.decided(&self.cloud.caller(user), action, resource)
    }

    fn made(&self, user: &str, operation: &'static str, decided: Vec<Decided>) -> Made {
        Made {
            caller: format!("arn:aws:iam::{ACCOUNT}:user/{user}"),
            service: Service::Ec2,
            operation,
            decided,
            fault: None,
            time: self.cloud.time(),
            made: Vec::new(),
        }
    }
}

fn record(decided: Vec<Decided>, made: Vec<Made>) -> Record {
    let operation = "databricks:clusters/create".to_owned();
    Record {
        request_id: "r-1".to_owned(),
        time_ms: 0,
        operation: operation.into(),
        decided,
        made,
        fault: None,
        hints: Vec::new(),
    }
}

const IMAGE: &str = "arn:aws:ec2:us-east-1::image/ami-1";

#[test]
fn a_call_that_is_denied_is_told_whole() {
    let world = World::new();
    let mut zones = world.made(
        "databricks",
        "DescribeAvailabilityZones",
        vec![world.decided("databricks", "ec2:DescribeAvailabilityZones", "*")],
    );
    zones.made = vec![world.made("admin", "DescribeRegions", Vec::new())];
    let mut run = world.made(
        "databricks",
        "RunInstances",
        vec![
            world.decided(
                "admin",
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1:123456789012:instance/*",
            ),
            world.decided("databricks", "ec2:RunInstances", IMAGE),
        ],
    );
    run.fault = Some(Fault::new("UnauthorizedOperation", "You are not authorized …"));
    let record = record(Vec::new(), vec![zones, run]);
    assert!(!record.is_allowed());
    let told = tell(&record);

    let text = told.text(false, false);
    let start = "\
databricks:clusters/create (request r-1)
  called ec2:DescribeAvailabilityZones as arn:aws:iam::123456789012:user/databricks: succeeded
    called ec2:DescribeRegions as arn:aws:iam::123456789012:user/admin: succeeded
  called ec2:RunInstances as arn:aws:iam::123456789012:user/databricks: denied
    allowed: ec2:RunInstances on arn:aws:ec2:us-east-1:123456789012:instance/*

DENIED because nothing allows it
";
    assert!(text.starts_with(start), "{text}");
    assert!(
        text.contains(&format!(r#""Action":"ec2:RunInstances","Resource":"{IMAGE}""#)),
        "{text}"
    );

    let json = serde_json::to_value(&told).unwrap();
    assert_eq!(json["story"], Value::Null);
    let outcomes = [&json["calls"][0], &json["calls"][0]["calls"][0], &json["calls"][1]]
        .map(|call| json!([call["operation"], call["outcome"], call["story"]["decision"]]));
    assert_eq!(
        json!(outcomes),
        json!([
            ["ec2:DescribeAvailabilityZones", "succeeded", "Allowed"],
            ["ec2:DescribeRegions", "succeeded", null],
            ["ec2:RunInstances", "denied", "ImplicitlyDenied"],
        ])
    );
    assert_eq!(json["calls"][1]["error"]["code"], "UnauthorizedOperation");
    assert_eq!(json["calls"][1]["met"][0]["action"], "ec2:RunInstances");
}

#[test]
fn a_call_that_fails_is_told_with_its_error() {
    let world = World::new();
    let decided = world.decided("admin", "ec2:RunInstances", IMAGE);
    let mut run = world.made("admin", "RunInstances", vec![decided]);
    run.fault = Some(Fault::new("InvalidAMIID.NotFound", "The image id 'ami-1' does not exist"));
    let own = world.decided("admin", "iam:GetRole", "arn:aws:iam::123456789012:role/etl");
    let record = record(vec![own], vec![run]);
    assert!(record.is_allowed());
    let text = tell(&record).text(false, false);
    let start = "\
databricks:clusters/create (request r-1)
  called ec2:RunInstances as arn:aws:iam::123456789012:user/admin: failed: InvalidAMIID.NotFound: The image id \
'ami-1' does not exist

ALLOWED
";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("iam:GetRole"), "the request's own demand is told:\n{text}");
}

#[test]
fn a_request_without_demands() {
    let text = tell(&record(Vec::new(), Vec::new())).text(false, false);
    assert_eq!(text, "databricks:clusters/create (request r-1)\n\nNo permission was needed.\n");
}
