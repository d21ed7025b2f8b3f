//! IP005: serverless compute looks for the role under the profile's name.

use source::Resource;
use template::Node;

use crate::finding::{Finding, Severity};
use crate::role::{Profile, Role};
use crate::rule::{Language, Oracle, Rule};
use crate::trust::SERVERLESS_ACCOUNT;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP005",
    name: "role-name-differs",
    summary: "a profile for serverless SQL whose role has another name, without `iam_role_arn`",
    severity: Severity::Error,
    what: "A registered profile whose name or path differs from its role's, without `iam_role_arn`. An error if the \
           workspace's SQL configuration names the profile and turns serverless on; a warning if the role trusts \
           serverless compute.",
    why: "Serverless SQL does not ask EC2 which role a profile holds. It takes the profile's name for the role's, unless \
          the registration says otherwise.",
    error: "",
    failing: r#"
resource "aws_iam_role" "sql" {
  name = "sql-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::790110701330:role/serverless-customer-resource-role" }
      Condition = { StringEquals = { "sts:ExternalId" = "databricks-serverless-1234567890123456" } }
    }, {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
resource "aws_iam_instance_profile" "sql" {
  name = "sql-profile"
  role = aws_iam_role.sql.name
}
resource "databricks_instance_profile" "sql" {
  instance_profile_arn = aws_iam_instance_profile.sql.arn
}
resource "databricks_sql_global_config" "this" {
  instance_profile_arn        = databricks_instance_profile.sql.id
  enable_serverless_compute   = true
}
"#,
    passing: r#"
resource "aws_iam_role" "sql" {
  name = "sql-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::790110701330:role/serverless-customer-resource-role" }
      Condition = { StringEquals = { "sts:ExternalId" = "databricks-serverless-1234567890123456" } }
    }, {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
resource "aws_iam_instance_profile" "sql" {
  name = "sql-profile"
  role = aws_iam_role.sql.name
}
resource "databricks_instance_profile" "sql" {
  instance_profile_arn = aws_iam_instance_profile.sql.arn
  iam_role_arn         = aws_iam_role.sql.arn
}
resource "databricks_sql_global_config" "this" {
  instance_profile_arn        = databricks_instance_profile.sql.id
  enable_serverless_compute   = true
}
"#,
    references: &[
        "Databricks provider: databricks_instance_profile, usage with Databricks SQL serverless",
        "databricks/terraform-provider-databricks#2164, #1710",
    ],
    oracle: Oracle::RequestRefused("the start of a serverless warehouse"),
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for registration in world.of_kind("databricks_instance_profile") {
        if registration.get("iam_role_arn").is_some() {
            continue;
        }
        let Some(node) = registration.get("instance_profile_arn") else { continue };
        let Some(profile) = world.profile_of(node) else { continue };
        let Some(role) = world.role_in(profile) else { continue };
        if !profile.name_is_known || !role.name_is_known {
            continue;
        }
        if profile.name != role.name || profile.path != role.path {
            found.extend(tell(world, registration, node, profile, role));
        }
    }
}

fn tell(
    world: &World<'_>,
    registration: &Resource,
    node: &Node,
    profile: &Profile<'_>,
    role: &Role<'_>,
) -> Option<Finding> {
    let serverless = world.of_kind("databricks_sql_global_config").find(|config| {
        let same = config.get("instance_profile_arn").and_then(|it| world.profile_of(it));
        same.is_some_and(|it| it.resource.address == profile.resource.address)
    });
    let turned_on = serverless.is_some_and(|config| {
        config.get("enable_serverless_compute").and_then(Node::as_bool) == Some(true)
    });
    let principals = role.trust.as_ref().map(|trust| world.principals(trust)).unwrap_or_default();
    let trusts = principals.iter().any(|named| named.text.contains(SERVERLESS_ACCOUNT));
    if !turned_on && !trusts {
        return None;
    }
    let severity = if turned_on { Severity::Error } else { Severity::Warning };
    let message = format!(
        "serverless SQL looks for a role `{}{}` and will not find it: the role is `{}{}`",
        profile.path.trim_start_matches('/'),
        profile.name,
        role.path.trim_start_matches('/'),
        role.name
    );
    let mut finding = Finding::new(&RULE, severity, node.place, message)
        .label("no `iam_role_arn` beside it")
        .step(format!("`{}` is registered", profile.resource.address), profile.resource.place)
        .step(format!("`{}` is its role", role.resource.address), role.resource.place);
    if let Some(config) = serverless {
        finding = finding.step(format!("`{}` uses it", config.address), config.place);
    }
    let line = format!("iam_role_arn = {}.arn", world.local_name(role.resource));
    finding = finding.write("say which role it is", line.clone());
    if role.resource.module() == registration.module()
        && let Some((place, text)) = world.insert_into(registration, &line)
    {
        finding = finding.edit(place, text);
    }
    Some(finding)
}
