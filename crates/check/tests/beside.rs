//! What rules find beside single files: across modules, in what is imported, and with a snapshot of the account.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;

use check::Extra;
use source::{Graph, Memory, Options};

fn graph(files: &[(&str, &str)], path: &str) -> Graph {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let memory = Memory(files.collect::<BTreeMap<_, _>>());
    source::read(&memory, path, &Options::default()).remove(0)
}

fn told(graph: &Graph, rule: &str) -> Vec<String> {
    let findings = check::run(graph, &Extra::default());
    let own = findings.iter().filter(|it| it.rule.id == rule);
    own.map(|it| format!("{}: {}", it.severity.name(), it.message)).collect()
}

#[test]
fn a_module_gets_the_wrong_provider() {
    let root = |passed: &str| {
        format!(
            r#"
provider "databricks" {{
  alias = "mws"
  host  = "https://accounts.cloud.databricks.com"
}}
provider "databricks" {{
  host = "https://dbc-1234abcd-5678.cloud.databricks.com"
}}
module "profile" {{
  source    = "./profile"
  providers = {{ databricks = {passed} }}
}}
"#
        )
    };
    let module = "resource \"databricks_instance_profile\" \"this\" {\n  instance_profile_arn = \
                  \"arn:aws:iam::123456789012:instance-profile/x\"\n}\n";
    let check = |passed: &str| {
        told(&graph(&[("main.tf", &root(passed)), ("profile/main.tf", module)], ""), "IP014")
    };
    assert_eq!(check("databricks"), [""; 0]);
    assert_eq!(
        check("databricks.mws"),
        [
            "error: `module.profile.databricks_instance_profile.this` needs a workspace's host, and `databricks.mws` \
          is configured for the account console"
        ]
    );
}

#[test]
fn imports_by_ids_of_every_kind() {
    const PROFILE: &str = "\"arn:aws:iam::123456789012:instance-profile/x\"";
    const POLICY: &str = "\"arn:aws:iam::123456789012:policy/x\"";
    for (kind, id, expected) in [
        ("aws_iam_role", "\"x\"", None),
        ("aws_iam_role", "\"arn:aws:iam::123456789012:role/x\"", Some("error")),
        ("aws_iam_instance_profile", PROFILE, Some("error")),
        ("aws_iam_instance_profile", "var.unknown", None),
        ("aws_iam_policy", POLICY, None),
        ("aws_iam_policy", "\"x\"", Some("error")),
        ("aws_iam_role_policy", "\"x\"", Some("error")),
        ("aws_iam_role_policy", "\"x:y\"", None),
        ("aws_iam_role_policy_attachment", "\"x/arn:aws:iam::aws:policy/ReadOnlyAccess\"", None),
        ("databricks_instance_profile", PROFILE, None),
        ("databricks_instance_profile", "\"x\"", Some("error")),
        ("databricks_instance_profile", "\"arn:aws:iam::123456789012:role/x\"", Some("error")),
        ("databricks_mws_credentials", "\"0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9\"", Some("error")),
        ("databricks_mws_credentials", "\"${var.unknown}/1\"", None),
        ("databricks_mws_workspaces", "\"a/1\"", None),
        ("databricks_group", "\"engineers\"", Some("warning")),
        ("databricks_service_principal", "\"2345678901234567\"", None),
        ("databricks_job", "\"anything\"", None),
    ] {
        let code =
            format!("variable \"unknown\" {{}}\nimport {{\n  to = {kind}.x\n  id = {id}\n}}\n");
        let found = told(&graph(&[("main.tf", &code)], "main.tf"), "IP014");
        let severity = found.first().and_then(|line| line.split(':').next());
        assert_eq!(severity, expected, "{kind} {id}: {found:?}");
        assert!(found.len() <= 1, "{found:?}");
    }
}

/// A plan that makes a profile and a role.
const PLAN: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [
  {"address": "aws_iam_instance_profile.etl", "mode": "managed", "type": "aws_iam_instance_profile", "name": "etl",
   "change": {"actions": ["ACTION"], "before": null, "after": {"name": "etl", "path": "/", "role": "etl"}, "after_unknown": {"arn": true}}},
  {"address": "aws_iam_role.other", "mode": "managed", "type": "aws_iam_role", "name": "other",
   "change": {"actions": ["create"], "before": null, "after": {"name": "other", "path": "/"}, "after_unknown": {"arn": true}}}
]}"#;

const SNAPSHOT: &str = r#"{"RoleDetailList": [
  {"RoleName": "etl", "Path": "/", "Arn": "arn:aws:iam::123456789012:role/etl",
   "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}, "RolePolicyList": [],
   "AttachedManagedPolicies": [], "InstanceProfileList": [{"InstanceProfileName": "ETL", "Path": "/"}]}
], "Policies": []}"#;

#[test]
fn what_an_account_has_is_not_made_again() {
    for (action, expected) in [("create", 1), ("update", 0), ("no-op", 0)] {
        let mut graph = graph(&[("plan.json", &PLAN.replace("ACTION", action))], "plan.json");
        assert_eq!(told(&graph, "IP012"), [""; 0]);
        source::account::read(&mut graph, "account.json", SNAPSHOT.to_owned());
        let found = told(&graph, "IP012");
        assert_eq!(found.len(), expected, "{action}: {found:?}");
        let message = "error: `aws_iam_instance_profile.etl` is to be made, and the account has one called `etl`";
        assert!(found.iter().all(|it| it == message), "{found:?}");
    }
}

/// A role of the code and one of the account by the same name are one role.
#[test]
fn what_the_code_holds_goes_before_what_the_account_has() {
    let code = r#"
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = "etl"
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
}
resource "databricks_cluster" "etl" {
  aws_attributes {
    instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
  }
}
"#;
    let mut graph = graph(&[("main.tf", code)], "main.tf");
    source::account::read(&mut graph, "account.json", SNAPSHOT.replace("ETL", "etl"));
    let found = told(&graph, "IP004");
    assert!(found.iter().any(|it| it.contains("`aws_iam_role.etl` does not trust")), "{found:?}");
}

/// Terraform makes no such plans; whoever does gets an answer all the same.
#[test]
fn references_in_a_circle_end() {
    let made = |kind: &str, name: &str, argument: &str, to: &str| {
        let change = format!(
            r#"{{"address": "{kind}.{name}", "mode": "managed", "type": "{kind}", "name": "{name}", "change":
               {{"actions": ["create"], "before": null, "after": {{}}, "after_unknown": {{"{argument}": true}}}}}}"#
        );
        let written = format!(
            r#"{{"address": "{kind}.{name}", "type": "{kind}", "name": "{name}",
               "expressions": {{"{argument}": {{"references": ["{to}"]}}}}}}"#
        );
        (change, written)
    };
    for (kind, argument) in [
        ("aws_iam_role", "name"),
        ("aws_iam_policy", "policy"),
        ("databricks_instance_profile", "instance_profile_arn"),
        ("databricks_instance_profile", "iam_role_arn"),
    ] {
        let (one, other) = (
            made(kind, "a", argument, &format!("{kind}.b.{argument}")),
            made(kind, "b", argument, &format!("{kind}.a.{argument}")),
        );
        let alone = made(kind, "c", argument, &format!("{kind}.c.{argument}"));
        let plan = format!(
            r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [{}, {}, {}],
               "configuration": {{"root_module": {{"resources": [{}, {}, {}]}}}}}}"#,
            one.0, other.0, alone.0, one.1, other.1, alone.1
        );
        let graph = graph(&[("plan.json", &plan)], "plan.json");
        assert_eq!(graph.resources.len(), 3);
        let findings = check::run(&graph, &Extra::default());
        assert!(findings.iter().all(|it| it.severity < check::Severity::Error), "{findings:?}");
    }
}
