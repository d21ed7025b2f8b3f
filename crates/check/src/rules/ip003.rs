//! IP003: a role where a profile belongs, or the other way round.

use source::Dialect;

use crate::entity::Form;
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::usage::{By, Usage};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP003",
    name: "role-for-profile",
    summary: "a role where an instance profile belongs, an ARN where a name belongs, or the reverse",
    severity: Severity::Error,
    what: "Arguments that take a role or a profile, by name or by ARN, are compared with what is given. What is \
           surely of the other kind is an error. A role's ARN as a Databricks grant is a warning: the API stores it.",
    why: "EC2 is not given a role but an instance profile, the container of one; consoles hide the difference by giving \
          both the same name. Each API takes either a name or an ARN and refuses the other.",
    error: "InvalidParameterValue: Value (app) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance \
            Profile name",
    failing: r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_instance" "app" {
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_role.app.name
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
  name = "app"
  role = aws_iam_role.app.name
}
resource "aws_instance" "app" {
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.app.name
}
"#,
    references: &[
        "EC2 user guide: IAM roles for Amazon EC2, instance profiles",
        "hashicorp/terraform#4230, databricks/terraform-provider-databricks#1991",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for usage in &world.usages {
        if usage.resource.dialect != Dialect::Account
            && let Some(form) = world.form(&usage.node)
            && is_wrong(world, usage, form)
        {
            found.push(tell(world, usage, form));
        }
    }
}

fn is_wrong(world: &World<'_>, usage: &Usage<'_>, form: Form) -> bool {
    let takes_arn = usage.takes.iter().all(|form| matches!(form, Form::RoleArn | Form::ProfileArn));
    match form {
        // A plain word may be any name; where an ARN belongs it is wrong, if it can be nothing else.
        Form::Word => {
            takes_arn
                && usage.by != By::Grant
                && usage.node.as_str().is_some_and(|text| !text.is_empty())
        }
        Form::OtherArn => !usage.takes.is_empty() && usage.by != By::Grant,
        Form::RoleName if usage.takes.contains(&Form::ProfileName) => {
            // It works if there is a profile of the same name.
            let name = world.role_of(&usage.node).map(|role| role.name.clone());
            !world.profiles.iter().any(|profile| Some(&profile.name) == name.as_ref())
        }
        Form::ProfileName if usage.takes.contains(&Form::RoleName) => {
            let name = world.profile_of(&usage.node).map(|profile| profile.name.clone());
            !world.roles.iter().any(|role| Some(&role.name) == name.as_ref())
        }
        form => !usage.takes.contains(&form),
    }
}

fn tell(world: &World<'_>, usage: &Usage<'_>, form: Form) -> Finding {
    let takes: Vec<&str> = usage.takes.iter().map(|form| form.name()).collect();
    let takes = takes.join(" or ");
    let severity = match usage.by {
        By::Grant => Severity::Warning,
        _ => Severity::Error,
    };
    let message = format!(
        "this is {}, and `{}` of `{}` takes {takes}",
        form.name(),
        usage.argument,
        usage.resource.address
    );
    let mut finding = Finding::new(&RULE, severity, usage.node.place, message).label(format!(
        "{} (`{}`)",
        form.name(),
        world.graph.show_node(&usage.node)
    ));
    finding = match usage.by {
        By::Ec2 if matches!(form, Form::RoleArn | Form::RoleName) => finding
            .because("an instance is not given a role, but an instance profile that holds one"),
        By::Ec2 => finding,
        By::Grant => {
            finding.because("the API stores it, and compute with the profile stays out of reach")
        }
        By::Registration | By::Compute => {
            finding.because("Databricks registers and launches with instance profiles, by ARN")
        }
        By::Role => finding,
    };
    let Some(role) = world.role_of(&usage.node) else {
        return of_profile(world, finding, usage);
    };
    finding = finding.step(format!("`{}` is the role", role.resource.address), role.resource.place);
    let wants_profile =
        usage.takes.iter().any(|form| matches!(form, Form::ProfileArn | Form::ProfileName));
    if !wants_profile {
        let attribute = if usage.takes.contains(&Form::RoleArn) { "arn" } else { "name" };
        return replace(
            world,
            finding,
            usage,
            &format!("{}.{attribute}", world.local_name(role.resource)),
            role.resource.module(),
        );
    }
    let mut holders = world.profiles.iter().filter(|profile| {
        world.role_in(profile).is_some_and(|it| it.resource.address == role.resource.address)
    });
    match (holders.next(), holders.next()) {
        (Some(profile), None) => {
            let attribute = if usage.takes.contains(&Form::ProfileName) { "name" } else { "arn" };
            let reference = format!("{}.{attribute}", world.local_name(profile.resource));
            replace(world, finding, usage, &reference, profile.resource.module())
        }
        _ => finding.write(
            "make an instance profile that holds the role, and refer to it",
            profile_code(world, usage, role),
        ),
    }
}

/// A profile by its ARN where its name belongs, or the reverse.
fn of_profile(world: &World<'_>, finding: Finding, usage: &Usage<'_>) -> Finding {
    let Some(profile) = world.profile_of(&usage.node) else { return finding };
    let attribute = match usage.takes {
        takes if takes.contains(&Form::ProfileName) => "name",
        takes if takes.contains(&Form::ProfileArn) => "arn",
        _ => return finding,
    };
    let resource = profile.resource;
    let finding = finding.step(format!("`{}` is the profile", resource.address), resource.place);
    let reference = format!("{}.{attribute}", world.local_name(resource));
    replace(world, finding, usage, &reference, resource.module())
}

/// In the language of the file.
fn profile_code(world: &World<'_>, usage: &Usage<'_>, role: &crate::role::Role<'_>) -> String {
    let label = role.resource.label();
    if usage.resource.dialect == Dialect::CloudFormation {
        return format!(
            "{label}Profile:\n  Type: AWS::IAM::InstanceProfile\n  Properties:\n    Roles: [!Ref {label}]"
        );
    }
    let name = world.local_name(role.resource);
    format!(
        "resource \"aws_iam_instance_profile\" \"{label}\" {{\n  name = \"{label}\"\n  role = {name}.name\n}}"
    )
}

/// Puts `reference` in the place of what stands there, if that is a plain reference in the same module.
fn replace(
    world: &World<'_>,
    finding: Finding,
    usage: &Usage<'_>,
    reference: &str,
    module: &str,
) -> Finding {
    if usage.resource.dialect == Dialect::CloudFormation {
        let reference = match reference.rsplit_once('.') {
            Some((id, "arn")) => format!("!GetAtt {id}.Arn"),
            Some((id, _)) => format!("!Ref {id}"),
            None => reference.to_owned(),
        };
        let written = world.graph.sources.at(usage.node.place);
        let is_plain = ["!Ref ", "!GetAtt "].iter().any(|tag| written.starts_with(tag));
        let finding = finding.write("refer to it by the right attribute", reference.clone());
        return if is_plain { finding.edit(usage.node.place, reference) } else { finding };
    }
    let finding = finding.write("refer to it by the right attribute", reference);
    let written = world.graph.sources.at(usage.node.place);
    let is_plain = written.starts_with("aws_iam_")
        && written.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
    if is_plain && module == usage.resource.module() {
        return finding.edit(usage.node.place, reference);
    }
    finding
}
