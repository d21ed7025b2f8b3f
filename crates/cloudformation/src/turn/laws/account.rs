//! What an account holds, so that it can be compared.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::testing::Stacks;

/// Seconds for which what is over can be seen (EC2 user guide, "Terminate your instance").
const VISIBLE_SECONDS: i64 = 60 * 60;

/// Members of rows that tell when and how often something changed, or how a part of it is called that is made
/// anew when it is changed back: rules of groups, associations, versions.
const HISTORY: [&str; 15] = [
    "association_id",
    "attached",
    "changed",
    "created",
    "default_version",
    "last_version",
    "latest_version",
    "modified",
    "newest_version",
    "number",
    "revision_id",
    "settles",
    "since",
    "updated",
    "versions",
];

/// Everything but the traces that stay on AWS, too: terminated instances and deleted NAT gateways with their tags,
/// which can be seen for an hour, and deletions of service-linked roles, which can be asked for.
pub(super) fn account(stacks: &Stacks) -> String {
    serde_json::to_string_pretty(&tables(stacks)).unwrap()
}

fn tables(stacks: &Stacks) -> Value {
    let mut all: Value = serde_json::from_str(&stacks.others()).unwrap();
    let mut tables = all["tables"].take();
    let by_name = tables.as_object_mut().unwrap();
    by_name.remove("iam_role_deletion");
    let mut over = Vec::new();
    for name in ["ec2_instance", "ec2_nat_gateway", "ec2_tags"] {
        let Some(table) = by_name.get_mut(name) else { continue };
        table["rows"].as_array_mut().unwrap().retain(|row| {
            let (row, id) = (&row["row"], &row["row"]["id"]);
            if row["life"]["target"] == "Terminated" || !row["ended"].is_null() {
                over.push(id.clone());
            }
            !over.contains(id)
        });
    }
    by_name.retain(|_, table| !table["rows"].as_array().unwrap().is_empty());
    tables
}

/// How everything is set, without its history.
pub(super) fn settings(stacks: &Stacks) -> String {
    let mut tables = tables(stacks);
    let templates = tables.as_object_mut().unwrap();
    templates.remove("ec2_launch_template_version");
    for policy in tables["iam_policy"]["rows"].as_array_mut().into_iter().flatten() {
        let policy = &mut policy["row"];
        let versions = policy["versions"].as_array().unwrap().iter();
        let mut default = versions.filter(|it| it["number"] == policy["default_version"]);
        policy["document"] = default.next().unwrap()["document"].clone();
    }
    forget(&mut tables);
    serde_json::to_string_pretty(&tables).unwrap()
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !HISTORY.contains(&name.as_str()));
            let id = members.get("id").and_then(Value::as_str).unwrap_or_default();
            if id.starts_with("sgr-") || id.starts_with("iip-assoc-") {
                members.remove("id");
            }
            members.values_mut().for_each(forget);
        }
        Value::Array(elements) => elements.iter_mut().for_each(forget),
        _ => {}
    }
}

/// Checks that an hour later nothing is to be seen any more.
pub(super) fn check_traces_fade(stacks: &Stacks) {
    stacks.cloud.sleep(VISIBLE_SECONDS);
    for (operation, list) in
        [("DescribeInstances", "reservationSet"), ("DescribeNatGateways", "natGatewaySet")]
    {
        let answer = stacks.run(operation, json!({})).unwrap();
        assert_eq!(answer[list], json!([]), "{operation}");
    }
}

/// The lines that one has and the other has not.
pub(super) fn difference(before: &str, after: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, after) = (lines(before), lines(after));
    let gone = before.difference(&after).map(|line| format!("- {line}\n"));
    gone.chain(after.difference(&before).map(|line| format!("+ {line}\n"))).collect()
}
