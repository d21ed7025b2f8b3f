//! The cloud that EC2's tests run on.

use cloud::testing::{Answer, Call, Cloud, Demands};
use cloud::{Demand, Service};
use serde_json::Value;

/// An empty cloud with EC2 and IAM.
pub(crate) fn cloud() -> Cloud {
    Cloud::with(crate::add_rows(cloud::schema::schema()), run, demands)
}

fn run(name: &str, call: Call<'_>) -> Option<Answer> {
    if has(name) {
        return crate::table::visit(name, call);
    }
    cloud::table::visit(Service::Iam, name, call)
}

fn demands(name: &str, call: Demands<'_>) -> Option<Vec<Demand>> {
    crate::table::visit(name, call)
}

fn has(name: &str) -> bool {
    crate::table::OPERATIONS.iter().any(|entry| entry.name == name)
}

/// The text at this place of an answer.
pub(crate) fn text(answer: &Value, pointer: &str) -> String {
    let value = answer.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {answer}"));
    value.as_str().unwrap_or_else(|| panic!("{pointer} is {value}")).to_owned()
}

/// What a demand looks like: the action, the resource and its keys with their first values.
pub(crate) fn told(demand: &Demand) -> String {
    let keys: Vec<String> = demand
        .context
        .iter()
        .map(|(key, values)| format!("{key}={}", values.iter().collect::<Vec<_>>().join(",")))
        .collect();
    format!("{} {} {}", demand.action, demand.resource, keys.join(" ")).trim_end().to_owned()
}

/// A new VPC of 10.0.0.0/16.
pub(crate) fn vpc(cloud: &Cloud) -> String {
    let made = cloud.run("CreateVpc", serde_json::json!({"CidrBlock": "10.0.0.0/16"}));
    text(&made.expect("a VPC is made"), "/vpc/vpcId")
}

/// A new subnet.
pub(crate) fn subnet(cloud: &Cloud, vpc_id: &str, cidr: &str) -> String {
    let made = cloud.run("CreateSubnet", serde_json::json!({"VpcId": vpc_id, "CidrBlock": cidr}));
    text(&made.expect("a subnet is made"), "/subnet/subnetId")
}
