//! IP002: nothing makes a consumer wait for what it needs.

use std::collections::HashSet;

use source::{Dialect, Resource};
use template::Node;

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::trust::Named;
use crate::usage::By;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP002",
    name: "missing-order",
    summary: "a resource that is created without waiting for the policy or profile that it needs",
    severity: Severity::Warning,
    what: "A registration needs the policy that lets the cross-account role pass the profile's role; credentials need \
           the cross-account role's policies; an external location needs the policies of its credential's role; an \
           instance needs its profile. If no reference and no `depends_on` orders the two, that is a warning. If they \
           are ordered and nothing waits for IAM to spread the change, that is a note.",
    why: "Terraform and CloudFormation create in parallel what nothing orders. IAM shows a change to other services only \
          after some seconds, and Databricks asks once and does not try again.",
    error: "Verification of the instance profile failed. AWS error: Value (arn:aws:iam::…:instance-profile/x) for \
            parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN",
    failing: r#"
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {}
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "creds"
  role_arn         = aws_iam_role.cross_account.arn
}
"#,
    passing: r#"
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {}
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "time_sleep" "iam" {
  create_duration = "20s"
  triggers        = { policy = aws_iam_role_policy.cross_account.id }
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "creds"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [time_sleep.iam]
}
"#,
    references: &[
        "IAM user guide: Changes that I make are not always immediately visible",
        "Databricks provider guide: Provisioning AWS Databricks workspace (time_sleep)",
        "databricks/terraform-provider-databricks#1424, #1805, #779",
    ],
    oracle: Oracle::ApplyRefusedWhilePropagating,
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for usage in &world.usages {
        match usage.by {
            By::Registration => {
                let skips = usage.resource.get("skip_validation").and_then(Node::as_bool);
                if skips != Some(true) {
                    let needed = passing_policies(world);
                    tell(world, usage.resource, &needed, "its validation needs", found);
                }
            }
            By::Ec2 => {
                if let Some(profile) = world.profile_of(&usage.node) {
                    let needed = [(profile.resource.block.to_string(), profile.resource)];
                    let waits =
                        world.graph.waits_for(&usage.resource.block, &profile.resource.block);
                    if !waits {
                        tell(world, usage.resource, &needed, "it is launched with", found);
                    }
                }
            }
            _ => {}
        }
    }
    for (role, credentials) in world.cross_account() {
        let needed = blocks(world, &role.policies, &role.resource.block);
        tell(world, credentials, &needed, "its validation needs", found);
    }
    for location in world.of_kind("databricks_external_location") {
        let skips = location.get("skip_validation").and_then(Node::as_bool) == Some(true);
        if let Some(role) = world.role_of_location(location).filter(|_| !skips) {
            let needed = blocks(world, &role.policies, &role.resource.block);
            tell(world, location, &needed, "its validation needs", found);
        }
    }
}

/// Blocks that put policies with `iam:PassRole` in force.
fn passing_policies<'g>(world: &World<'g>) -> Vec<(String, &'g Resource)> {
    let kinds =
        ["aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_role_policy"];
    let resources = world.graph.resources.iter().filter(|it| kinds.contains(&&*it.kind));
    let mut found = Vec::new();
    for resource in resources.filter(|it| may_be_databricks(world, it)) {
        let document = match resource.get("policy_arn") {
            Some(arn) => world.managed(arn, iam::PolicyKind::Identity),
            None => resource
                .get("policy")
                .map(|it| world.document(resource, it, iam::PolicyKind::Identity)),
        };
        if document.is_some_and(|document| mentions_pass_role(world, &document)) {
            found.push((resource.block.to_string(), resource));
        }
    }
    found
}

/// Whether the role that a policy is for may be the one that Databricks launches with: not if it is seen to trust others
/// only.
fn may_be_databricks(world: &World<'_>, policy: &Resource) -> bool {
    let role = policy.get("role").and_then(|node| world.role_of(node));
    let Some(trust) = role.filter(|role| role.is_of_code()).and_then(|role| role.trust.as_ref())
    else {
        return true;
    };
    let statements = trust.tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
    let is_unknown =
        |it: &Node| it.get("Principal").is_none_or(|principal| principal.first_hole().is_some());
    statements.is_empty()
        || statements.iter().any(is_unknown)
        || world.principals(trust).iter().any(Named::is_databricks)
}

fn mentions_pass_role(world: &World<'_>, document: &Document) -> bool {
    let text = world.written(document).text.to_ascii_lowercase();
    text.contains("\"iam:passrole\"")
}

fn blocks<'g>(world: &World<'g>, policies: &[Document], own: &str) -> Vec<(String, &'g Resource)> {
    let mut found: Vec<(String, &'g Resource)> = Vec::new();
    for policy in policies.iter().filter(|policy| policy.block != own) {
        let resource = world.graph.resources.iter().find(|it| *it.block == *policy.block);
        if let Some(resource) = resource
            && !found.iter().any(|(block, _)| *block == policy.block)
        {
            found.push((policy.block.clone(), resource));
        }
    }
    found
}

fn tell(
    world: &World<'_>,
    consumer: &Resource,
    needed: &[(String, &Resource)],
    why: &str,
    found: &mut Vec<Finding>,
) {
    if consumer.dialect == Dialect::Account || needed.is_empty() {
        return;
    }
    let before: HashSet<&str> = world.graph.reachable(&consumer.block);
    let missing: Vec<&(String, &Resource)> = needed
        .iter()
        .filter(|(block, resource)| {
            resource.dialect != Dialect::Account
                && !before.contains(block.as_str())
                && !world.graph.waits_for(block, &consumer.block)
        })
        .collect();
    let Some((_, first)) = missing.first() else {
        let waits = before.iter().any(|block| block.contains("time_sleep."));
        if consumer.kind.starts_with("databricks_") && !waits {
            let (_, first) = match needed.first() {
                Some(first) => first,
                None => return,
            };
            found.push(
                Finding::new(
                    &RULE,
                    Severity::Note,
                    consumer.place,
                    format!("`{}` follows `{}` at once, and IAM needs seconds to spread a change", consumer.address, first.address),
                )
                .advise("put a `time_sleep` of some 20 seconds between them, with the policy in its `triggers`"),
            );
        }
        return;
    };
    let message = format!(
        "this may fail on the first apply: nothing orders `{}` after `{}`",
        consumer.address, first.address
    );
    let mut finding = Finding::new(&RULE, Severity::Warning, consumer.place, message)
        .because(format!(
            "{why} `{}`, and no reference and no `depends_on` leads there",
            first.address
        ))
        .step(format!("`{}` needs it", consumer.address), consumer.place)
        .step(format!("`{}` may come later", first.address), first.place);
    let names: Vec<String> = missing
        .iter()
        .filter(|(_, resource)| resource.module() == consumer.module())
        .map(|(_, resource)| world.local_name(resource))
        .collect();
    if consumer.dialect == Dialect::CloudFormation {
        found.push(finding.write("say so", format!("DependsOn: {}", first.address)));
        return;
    }
    let line = format!("depends_on = [{}]", names.join(", "));
    finding = finding.write("say so", line.clone());
    let has_one = world.graph.sources.at(consumer.extent).contains("depends_on");
    if !has_one
        && names.len() == missing.len()
        && let Some((place, text)) = world.insert_into(consumer, &line)
    {
        finding = finding.edit(place, text);
    }
    found.push(finding);
}
