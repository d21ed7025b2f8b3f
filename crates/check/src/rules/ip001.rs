//! IP001: the cross-account role may not pass the profile's role.

use std::collections::HashSet;

use source::Dialect;

use crate::answer::{Answer, Question};
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Language, Oracle, Rule};
use crate::usage::{By, Usage};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP001",
    name: "role-not-passable",
    summary: "an instance profile whose role the workspace's cross-account role may not pass",
    severity: Severity::Error,
    what: "For every instance profile that is registered or used by compute, the engine is asked whether the \
           cross-account role (`databricks_mws_credentials.role_arn`) may call `iam:PassRole` on the profile's role, path \
           included, with `iam:PassedToService` = `ec2.amazonaws.com`. It is an error if no policy that is seen allows \
           it and every policy of the role is seen; a warning if the role is known as the cross-account role only \
           by its trust policy.",
    why: "Databricks launches instances with the cross-account role, and whoever launches an instance with a profile \
          passes the role in it. Not the deployer's permission counts here, but the cross-account role's. The answer \
          of EC2 is an encoded message that few can read.",
    error: "cannot create instance profile: Verification of the instance profile failed. AWS error: You are not \
            authorized to perform this operation. Encoded authorization failure message: …",
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
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = aws_iam_instance_profile.etl.arn
}
"#,
    passing: r#"
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {
  pass_roles = [aws_iam_role.etl.arn]
}
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
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = aws_iam_instance_profile.etl.arn
  depends_on           = [aws_iam_role_policy.cross_account]
}
"#,
    references: &[
        "Databricks documentation: Manage instance profiles, step 4 (add the role to the EC2 policy)",
        "IAM user guide: Granting a user permissions to pass a role to an AWS service",
        "databricks/terraform-provider-databricks#654, databrickslabs/migrate#187",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    let callers = world.launchers();
    if callers.is_empty() {
        return;
    }
    let mut seen = HashSet::new();
    let mut usages: Vec<&Usage<'_>> =
        world.usages.iter().filter(|it| matches!(it.by, By::Registration | By::Compute)).collect();
    usages.sort_by_key(|usage| usage.by != By::Registration);
    for usage in usages {
        let Some(profile) = world.profile_of(&usage.node) else { continue };
        let Some(role) = world.role_in(profile) else { continue };
        if !seen.insert(role.resource.address.clone()) {
            continue;
        }
        let asked = callers.iter().map(|(caller, told)| (ask(world, caller, role), caller, *told));
        let asked: Vec<_> = asked.collect();
        if asked.iter().any(|(answer, ..)| *answer != Answer::Refused) {
            continue;
        }
        if let Some((_, caller, told)) = asked.first() {
            found.push(tell(world, usage, role, caller, *told));
        }
    }
}

fn ask(world: &World<'_>, caller: &Role<'_>, role: &Role<'_>) -> Answer {
    let question = Question::new(caller, "iam:PassRole", role.arn.clone());
    world.ask(&question.with("iam:passedtoservice", "ec2.amazonaws.com"))
}

fn tell(
    world: &World<'_>,
    usage: &Usage<'_>,
    role: &Role<'_>,
    caller: &Role<'_>,
    told: bool,
) -> Finding {
    let severity =
        if told && usage.resource.is_certain { Severity::Error } else { Severity::Warning };
    let (role_at, caller_at) = (&role.resource.address, &caller.resource.address);
    let message = format!(
        "Databricks will be refused: the cross-account role `{caller_at}` may not pass the role `{role_at}`"
    );
    let mut finding = Finding::new(&RULE, severity, usage.node.place, message)
        .label("this profile holds a role that is not passable")
        .because(format!(
            "launching with the profile needs iam:PassRole on `{}`, and no policy of `{caller_at}` allows that",
            role.arn
        ))
        .step(format!("`{}` uses the profile", usage.resource.address), usage.resource.place);
    if let Some(profile) = world.profile_of(&usage.node) {
        finding = finding
            .step(format!("`{}` holds the role", profile.resource.address), profile.resource.place);
    }
    finding = finding
        .step(format!("`{role_at}` is to be passed"), role.resource.place)
        .step(format!("`{caller_at}` launches, and may not pass it"), caller.resource.place);
    let reference = format!("{role_at}.arn");
    let same_module = role.resource.module() == caller.resource.module();
    let data = world.graph.resources.iter().find(|it| {
        &*it.kind == "databricks_aws_crossaccount_policy"
            && it.module() == caller.resource.module()
            && it.dialect == Dialect::Terraform
            && caller.policies.iter().any(|policy| policy.tree.place == it.extent)
    });
    match data {
        Some(data) if same_module => {
            let local = world.local_name(role.resource);
            let advice = format!("name the role in `pass_roles` of `{}`", data.address);
            if data.get("pass_roles").is_some() {
                return finding.write(advice, format!("{local}.arn"));
            }
            let line = format!("pass_roles = [{local}.arn]");
            let finding = finding.write(advice, line.clone());
            match world.insert_into(data, &line) {
                Some((place, text)) => finding.edit(place, text),
                None => finding,
            }
        }
        _ => finding.write(
            format!("allow it in a policy of `{caller_at}`"),
            format!(
                "statement {{\n  actions   = [\"iam:PassRole\"]\n  resources = [{reference}]\n  condition {{\n    \
                 test     = \"StringEquals\"\n    variable = \"iam:PassedToService\"\n    \
                 values   = [\"ec2.amazonaws.com\"]\n  }}\n}}"
            ),
        ),
    }
}
