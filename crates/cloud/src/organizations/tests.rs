//! An organization, its tree, and what its guardrails allow.

mod guardrails;
mod tree;

use serde_json::{Value, json};

use crate::Demand;
use crate::caller::Caller;
use crate::iam;
use crate::operation::Service;
use crate::organizations::table;
use crate::table::visit;
use crate::testing::{Answer, Call, Cloud, Demands};

/// Denies one action.
pub(super) fn deny(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": action, "Resource": "*"},
    ]})
    .to_string()
}

/// An empty cloud; names that IAM has, too, mean the operations of Organizations.
pub(super) fn cloud() -> Cloud {
    let find = |name: &str, call: Call<'_>| -> Option<Answer> {
        let service = service(name)?;
        visit(service, name, call)
    };
    let demands = |name: &str, call: Demands<'_>| -> Option<Vec<Demand>> {
        let service = service(name)?;
        visit(service, name, call)
    };
    Cloud::with(crate::schema::schema(), find, demands)
}

fn service(name: &str) -> Option<Service> {
    let has = |part: &[crate::table::Entry]| part.iter().any(|entry| entry.name == name);
    if has(table::OPERATIONS) {
        return Some(Service::Organizations);
    }
    if has(iam::table::OPERATIONS) {
        return Some(Service::Iam);
    }
    has(crate::sts::table::OPERATIONS).then_some(Service::Sts)
}

/// A cloud with an organization; the id of its root.
pub(super) fn organized() -> (Cloud, String) {
    let cloud = cloud();
    cloud.run("CreateOrganization", json!({})).unwrap();
    let roots = cloud.run("ListRoots", json!({})).unwrap();
    let root = text(&roots["Roots"][0]["Id"]);
    (cloud, root)
}

/// As [`organized`], with a type of policy enabled.
pub(super) fn guarded(policy_type: &str) -> (Cloud, String) {
    let (cloud, root) = organized();
    let enabled =
        cloud.run("EnablePolicyType", json!({"RootId": root, "PolicyType": policy_type})).unwrap();
    assert_eq!(enabled["Root"]["PolicyTypes"], json!([{"Type": policy_type, "Status": "ENABLED"}]));
    (cloud, root)
}

/// A new account of the organization.
pub(super) fn member(cloud: &Cloud, name: &str) -> String {
    let input = json!({"AccountName": name, "Email": format!("{name}@example.com")});
    let begun = cloud.run("CreateAccount", input).unwrap();
    assert_eq!(begun["CreateAccountStatus"]["State"], "IN_PROGRESS");
    let id = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
    let ended = cloud.run("DescribeCreateAccountStatus", id).unwrap();
    assert_eq!(ended["CreateAccountStatus"]["State"], "SUCCEEDED", "{ended}");
    text(&ended["CreateAccountStatus"]["AccountId"])
}

/// A new unit.
pub(super) fn unit(cloud: &Cloud, parent: &str, name: &str) -> String {
    let made =
        cloud.run("CreateOrganizationalUnit", json!({"ParentId": parent, "Name": name})).unwrap();
    text(&made["OrganizationalUnit"]["Id"])
}

/// A new policy.
pub(super) fn policy(cloud: &Cloud, policy_type: &str, name: &str, content: &str) -> String {
    let input = json!({"Name": name, "Description": "", "Type": policy_type, "Content": content});
    let made = cloud.run("CreatePolicy", input).unwrap();
    text(&made["Policy"]["PolicySummary"]["Id"])
}

pub(super) fn attach(cloud: &Cloud, policy: &str, target: &str) {
    cloud.run("AttachPolicy", json!({"PolicyId": policy, "TargetId": target})).unwrap();
}

pub(super) fn detach(cloud: &Cloud, policy: &str, target: &str) -> Answer {
    cloud.run("DetachPolicy", json!({"PolicyId": policy, "TargetId": target}))
}

pub(super) fn root_of(account: &str) -> Caller {
    Caller::Root(account.parse().unwrap())
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
