//! IP006: a profile that Databricks does not know, or whose user was not given it.

use std::collections::HashSet;

use source::Resource;
use template::Node;

use crate::finding::{Finding, Severity};
use crate::role::Profile;
use crate::rule::{Language, Oracle, Rule};
use crate::usage::{By, Usage};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP006",
    name: "profile-not-registered",
    summary: "compute with a profile that is not registered, or a job whose principal was not given it",
    severity: Severity::Error,
    what: "A cluster, pool, job, policy, mount or SQL configuration that names an instance profile of this code which no \
           `databricks_instance_profile` registers: an error, as nobody can have registered what is not made yet. A job \
           that runs as a service principal of this code to which no role grants the profile: a warning.",
    why: "Databricks launches only with profiles that an administrator has registered, and lets only those use one who \
          were given it, themselves or through a group.",
    error: "",
    failing: r#"
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
resource "databricks_cluster" "etl" {
  cluster_name  = "etl"
  spark_version = "15.4.x-scala2.12"
  node_type_id  = "i3.xlarge"
  num_workers   = 1
  aws_attributes {
    instance_profile_arn = aws_iam_instance_profile.etl.arn
  }
}
"#,
    passing: r#"
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
resource "databricks_cluster" "etl" {
  cluster_name  = "etl"
  spark_version = "15.4.x-scala2.12"
  node_type_id  = "i3.xlarge"
  num_workers   = 1
  aws_attributes {
    instance_profile_arn = databricks_instance_profile.etl.id
  }
}
"#,
    references: &[
        "Databricks documentation: Manage instance profiles",
        "Databricks provider: databricks_service_principal_role, databricks_group_role",
        "databricks/databricks-sdk-py#320",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    let registered: HashSet<&str> = world
        .usages
        .iter()
        .filter(|usage| usage.by == By::Registration)
        .filter_map(|usage| world.profile_of(&usage.node))
        .map(|profile| &*profile.resource.address)
        .collect();
    for usage in world.usages.iter().filter(|usage| usage.by == By::Compute) {
        let Some(profile) = world.profile_of(&usage.node) else { continue };
        if !registered.contains(&*profile.resource.address) {
            found.push(not_registered(world, usage, profile));
        }
        found.extend(not_granted(world, usage, profile));
    }
}

fn not_registered(world: &World<'_>, usage: &Usage<'_>, profile: &Profile<'_>) -> Finding {
    let open = world
        .usages
        .iter()
        .any(|it| it.by == By::Registration && world.profile_of(&it.node).is_none());
    let is_new = profile.resource.dialect != source::Dialect::Account;
    let certain = is_new && !open && usage.resource.is_certain && profile.resource.is_certain;
    let severity = if certain { Severity::Error } else { Severity::Warning };
    let label = profile.resource.label();
    let name = world.local_name(profile.resource);
    Finding::new(
        &RULE,
        severity,
        usage.node.place,
        format!("`{}` uses the profile `{}`, which nothing registers in the workspace", usage.resource.address, profile.resource.address),
    )
    .label("Databricks does not know this profile")
    .step(format!("`{}` is made here", profile.resource.address), profile.resource.place)
    .step(format!("`{}` uses it", usage.resource.address), usage.resource.place)
    .write(
        "register it, and refer to the registration",
        format!("resource \"databricks_instance_profile\" \"{label}\" {{\n  instance_profile_arn = {name}.arn\n}}"),
    )
}

/// A job that runs as a service principal of this code, with a profile that nobody gives to it.
fn not_granted(world: &World<'_>, usage: &Usage<'_>, profile: &Profile<'_>) -> Option<Finding> {
    if &*usage.resource.kind != "databricks_job" {
        return None;
    }
    let run_as = usage.resource.get("run_as.service_principal_name")?;
    let (principal, _) = world.graph.origin(run_as)?;
    if &*principal.kind != "databricks_service_principal" || principal.is_data {
        return None;
    }
    let groups = groups_of(world, principal);
    let grants = world.usages.iter().filter(|it| it.by == By::Grant);
    for grant in grants {
        let who = ["service_principal_id", "group_id", "user_id"];
        let who = who.iter().find_map(|name| grant.resource.get(name));
        let origin = who.and_then(|node| world.graph.origin(node)).map(|(resource, _)| resource);
        let to_them = match origin {
            Some(resource) => {
                resource.address == principal.address
                    || groups.contains(&*resource.address)
                    || resource.text("display_name") == Some("users")
            }
            // Whom it is given to is not known: it may be them.
            None => true,
        };
        let what = world.profile_of(&grant.node);
        if to_them && what.is_none_or(|it| it.resource.address == profile.resource.address) {
            return None;
        }
    }
    let name = world.local_name(principal);
    Some(
        Finding::new(
            &RULE,
            Severity::Warning,
            run_as.place,
            format!("the job runs as `{}`, to which nothing gives the profile `{}`", principal.address, profile.resource.address),
        )
        .label("runs as this service principal")
        .step(format!("`{}` is the profile", profile.resource.address), profile.resource.place)
        .step(format!("`{}` is the principal", principal.address), principal.place)
        .write(
            "give it the profile",
            format!(
                "resource \"databricks_service_principal_role\" \"{}\" {{\n  service_principal_id = {name}.id\n  role                 = {}.arn\n}}",
                principal.label(),
                world.local_name(profile.resource)
            ),
        ),
    )
}

/// The groups that a principal is a member of, as far as the code says.
fn groups_of<'g>(world: &World<'g>, principal: &Resource) -> HashSet<&'g str> {
    let origin = |node: Option<&Node>| {
        let found = node
            .and_then(|node| world.graph.origin(node))
            .map(|(resource, _)| resource.address.to_string());
        found.and_then(|address| world.graph.resource(&address))
    };
    let members = world.of_kind("databricks_group_member");
    let own = members
        .filter(|it| origin(it.get("member_id")).is_some_and(|it| it.address == principal.address));
    own.filter_map(|it| origin(it.get("group_id"))).map(|group| &*group.address).collect()
}
