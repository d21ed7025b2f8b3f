//! IP012: profiles and roles that cannot be replaced or made, or that hold nothing.

use source::{Action, Dialect, Resource};
use template::Node;

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::role::Profile;
use crate::rule::{Oracle, Rule};
use crate::usage::By;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP012",
    name: "lifecycle",
    summary: "a profile with several roles or none, or a fixed name with `create_before_destroy`",
    severity: Severity::Error,
    what: "An instance profile with more than one role is an error. One without a role is a warning, an error if something \
           launches with it. A fixed name together with `create_before_destroy` is a warning, and so is the written-out ARN of a \
           role of this code as principal in another policy. A plan says more: that a role, profile or policy is made anew \
           before the old one of the same name is destroyed is an error there, and so is one that the snapshot of the account \
           has already; a policy that the plan leaves as it is while it replaces the role that the policy names is a warning.",
    why: "A profile holds one role, and that quota cannot be raised. Names are unique in an account, so a replacement \
          that is made first is refused. A policy keeps the unique id of a principal, not its ARN: after the role is \
          replaced, it names somebody who is gone.",
    error: "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1\n\
            EntityAlreadyExists: Instance Profile x already exists.",
    failing: r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
  lifecycle {
    create_before_destroy = true
  }
}
"#,
    passing: r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "app" {
  name_prefix = "app-"
  role        = aws_iam_role.app.name
  lifecycle {
    create_before_destroy = true
  }
}
"#,
    references: &[
        "IAM user guide: IAM and AWS STS quotas (one role in an instance profile)",
        "IAM user guide: Principal element (a principal is kept as its unique id)",
        "hashicorp/terraform#3749, hashicorp/terraform-provider-aws#32671",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

/// Kinds whose names are unique in an account.
const NAMED: [&str; 3] = ["aws_iam_role", "aws_iam_instance_profile", "aws_iam_policy"];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for profile in &world.profiles {
        if profile.resource.dialect == Dialect::Account {
            continue;
        }
        let place = profile.roles.first().map_or(profile.resource.place, |node| node.place);
        if profile.roles.len() > 1 {
            let message = format!(
                "`{}` lists {} roles, and a profile holds one",
                profile.resource.address,
                profile.roles.len()
            );
            found.push(
                Finding::new(&RULE, Severity::Error, place, message)
                    .advise("make a profile for each role: a role may be in several profiles"),
            );
        }
        if profile.roles.is_empty() {
            found.push(empty(world, profile));
        }
        if let Some(name) = fixed_name(profile) {
            found.push(fixed(name, profile.resource));
        }
    }
    for resource in world.graph.resources.iter().filter(|it| NAMED.contains(&&*it.kind)) {
        found.extend(made_beside_itself(resource));
        found.extend(made_twice(world, resource));
    }
    left_behind(world, found);
    for role in world.roles.iter().filter(|role| role.is_of_code()) {
        let name = role.resource.get("name").filter(|name| name.as_str().is_some());
        if let Some(name) = name.filter(|_| replaced_first(role.resource)) {
            found.push(fixed(name, role.resource));
        }
    }
    written_out(world, found);
}

fn empty(world: &World<'_>, profile: &Profile<'_>) -> Finding {
    let launcher = world.usages.iter().find(|usage| {
        matches!(usage.by, By::Ec2 | By::Compute | By::Registration)
            && world
                .profile_of(&usage.node)
                .is_some_and(|it| it.resource.address == profile.resource.address)
    });
    let severity = if launcher.is_some() { Severity::Error } else { Severity::Warning };
    let message = format!("`{}` holds no role", profile.resource.address);
    let mut finding = Finding::new(&RULE, severity, profile.resource.place, message);
    if let Some(usage) = launcher {
        finding = finding
            .because("EC2 answers `IAM Instance Profile \"…\" has no associated IAM Roles`")
            .step(format!("`{}` uses it", usage.resource.address), usage.resource.place);
    }
    finding.advise("name its role")
}

fn replaced_first(resource: &Resource) -> bool {
    resource.lifecycle.create_before_destroy && resource.dialect == Dialect::Terraform
}

fn fixed_name<'p>(profile: &'p Profile<'_>) -> Option<&'p Node> {
    let name = profile.resource.get("name").filter(|name| name.as_str().is_some())?;
    replaced_first(profile.resource).then_some(name)
}

fn fixed(name: &Node, resource: &Resource) -> Finding {
    let shown = name.as_str().unwrap_or_default();
    let message = format!(
        "`{}` is to be made before it is destroyed, and its name `{shown}` is taken until then",
        resource.address
    );
    Finding::new(&RULE, Severity::Warning, name.place, message)
        .because("the first replacement ends in EntityAlreadyExists")
        .write("let the provider make the name", format!("name_prefix = \"{shown}-\""))
}

/// What a plan makes anew under the name that it has, before it destroys the old one.
fn made_beside_itself(resource: &Resource) -> Option<Finding> {
    let change = resource.change.as_ref().filter(|it| it.action == Action::CreateFirst)?;
    let (name, old) = (resource.get("name")?, change.before.get("name")?);
    let shown = name.as_str().filter(|name| Some(*name) == old.as_str())?;
    let message = format!(
        "`{}` is made anew before the old one is destroyed, and its name `{shown}` is taken until then",
        resource.address
    );
    let finding = Finding::new(&RULE, Severity::Error, name.place, message)
        .because("the apply ends in EntityAlreadyExists")
        .because("`create_before_destroy` is set for it, or for something that depends on it");
    Some(finding.write("let the provider make the name", format!("name_prefix = \"{shown}-\"")))
}

/// What a plan makes, and the account has.
fn made_twice(world: &World<'_>, resource: &Resource) -> Option<Finding> {
    resource.change.as_ref().filter(|it| it.action == Action::Create)?;
    let name = resource.get("name")?;
    let shown = name.as_str()?;
    let is_it = |kind: &str, names: &str| {
        let mut all = world.of_kind(kind).filter(|it| it.dialect == Dialect::Account);
        all.find(|it| it.text(names).is_some_and(|it| it.eq_ignore_ascii_case(shown)))
    };
    let there = match &*resource.kind {
        "aws_iam_role" => is_it("AWS::IAM::Role", "RoleName"),
        "aws_iam_instance_profile" => is_it("AWS::IAM::InstanceProfile", "InstanceProfileName"),
        _ => is_it("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    }?;
    let message =
        format!("`{}` is to be made, and the account has one called `{shown}`", resource.address);
    // Policies and roles are taken over by different ids: see IP014.
    let id = match &*resource.kind {
        "aws_iam_policy" => there.text("Arn").unwrap_or(shown),
        _ => shown,
    };
    Some(
        Finding::new(&RULE, Severity::Error, name.place, message)
            .because("the apply ends in EntityAlreadyExists: what another state, a console or a failed apply has made is not Terraform's")
            .step("it is in the account", there.place)
            .write(
                "take it over, or give the new one another name",
                format!("import {{\n  to = {}\n  id = \"{id}\"\n}}", resource.address),
            ),
    )
}

/// Policies that a plan leaves as they are, while it replaces a role that they name.
fn left_behind(world: &World<'_>, found: &mut Vec<Finding>) {
    let is_replaced = |it: &&Resource| {
        let action = it.change.as_ref().map(|change| change.action);
        &*it.kind == "aws_iam_role"
            && matches!(action, Some(Action::CreateFirst | Action::DeleteFirst))
    };
    let replaced: Vec<&Resource> = world.graph.resources.iter().filter(is_replaced).collect();
    if replaced.is_empty() {
        return;
    }
    for document in world.documents().iter().filter(|it| it.kind.has_principal()) {
        let owner = world.graph.resource(&document.name);
        let is_left =
            |it: &Resource| it.change.as_ref().is_some_and(|change| change.action == Action::Leave);
        let Some(owner) = owner.filter(|it| is_left(it)) else { continue };
        for node in principals(document) {
            let named = |it: &&&Resource| {
                let arn = it.change.as_ref().and_then(|it| it.before.get("arn"));
                arn.and_then(Node::as_str).is_some_and(|arn| node.as_str() == Some(arn))
            };
            let Some(role) = replaced.iter().find(named) else { continue };
            found.push(
                Finding::new(
                    &RULE,
                    Severity::Warning,
                    node.place,
                    format!("`{}` is replaced, and `{}`, which names it, is left as it is", role.address, owner.address),
                )
                .because("the policy keeps the unique id of the role that is destroyed: the new one is refused by it")
                .step(format!("`{}` is replaced", role.address), role.place)
                .step(format!("`{}` is left as it is", owner.address), owner.place)
                .write(
                    "have it written again with the role",
                    format!("lifecycle {{\n  replace_triggered_by = [{}.id]\n}}", role.address),
                ),
            );
        }
    }
}

/// The principals of a document, as they are written.
fn principals(document: &Document) -> Vec<Node> {
    let statements = document.tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
    let principals = statements.iter().filter_map(|it| it.get("Principal"));
    let nodes = principals.flat_map(|it| it.entries().flat_map(|(_, node)| node.one_or_many()));
    nodes.cloned().collect()
}

/// Policies that name a role of this code by its written-out ARN: nothing renews them when the role is replaced.
fn written_out(world: &World<'_>, found: &mut Vec<Finding>) {
    for document in world.documents().iter().filter(|it| it.kind == iam::PolicyKind::Resource) {
        let owner = world.graph.resource(&document.name);
        if owner.is_none_or(|owner| owner.dialect != Dialect::Terraform) {
            continue;
        }
        for node in &principals(document) {
            let Some(text) = node.as_str().filter(|text| text.contains(":role/")) else { continue };
            let Some(role) = world.role_of(node).filter(|role| role.is_of_code()) else { continue };
            let message = format!(
                "replacing `{}` leaves this principal of `{}` behind: `{text}`",
                role.resource.address, document.name
            );
            found.push(
                Finding::new(&RULE, Severity::Warning, node.place, message)
                    .because("the policy keeps the role's unique id, and nothing here tells Terraform to write it again")
                    .step(format!("`{}` is the role", role.resource.address), role.resource.place)
                    .write("refer to the role", format!("{}.arn", world.local_name(role.resource))),
            );
        }
    }
}
