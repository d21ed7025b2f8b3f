//! IP004: the role in a profile does not trust EC2.

use crate::answer::{Answer, Question, Who};
use crate::finding::{Finding, Severity};
use crate::role::{Profile, Role};
use crate::rule::{Oracle, Rule};
use crate::trust::SERVERLESS_ACCOUNT;
use crate::usage::By;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP004",
    name: "role-does-not-trust-ec2",
    summary: "a role in an instance profile whose trust policy does not let EC2 assume it",
    severity: Severity::Error,
    what: "The engine is asked whether `ec2.amazonaws.com` may assume the role of each instance profile. If not, it is an \
           error where something launches instances with the profile, and a warning elsewhere. A profile whose role \
           trusts serverless compute of Databricks and that nothing launches with is fine.",
    why: "The profile can be made and instances start with it; then the metadata service has no credentials to give, and \
          says why in a field that clients do not show.",
    error: "Unable to locate credentials",
    failing: r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
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
    passing: r#"
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "ec2.amazonaws.com"] } }]
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
        "EC2 user guide: IAM roles for Amazon EC2",
        "EC2 user guide: Instance identity roles, `iam/info` with InstanceProfile errors",
        "aws/aws-cli#2060",
    ],
    oracle: Oracle::RequestRefused("the instance's request for credentials"),
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for profile in &world.profiles {
        let Some(role) = world.role_in(profile).filter(|role| role.is_of_code()) else { continue };
        if role.trust.is_none() {
            continue;
        }
        let question = Question::assume(Who::Service("ec2.amazonaws.com"), role);
        if world.ask(&question) == Answer::Refused {
            found.extend(tell(world, profile, role));
        }
    }
}

fn tell(world: &World<'_>, profile: &Profile<'_>, role: &Role<'_>) -> Option<Finding> {
    let trust = role.trust.as_ref()?;
    let of_profile = |usage: &&crate::usage::Usage<'_>| {
        world
            .profile_of(&usage.node)
            .is_some_and(|it| it.resource.address == profile.resource.address)
    };
    let launcher = world
        .usages
        .iter()
        .filter(|usage| matches!(usage.by, By::Ec2 | By::Compute))
        .find(of_profile);
    let serverless =
        world.principals(trust).iter().any(|named| named.text.contains(SERVERLESS_ACCOUNT));
    if launcher.is_none() && serverless {
        return None;
    }
    let severity = match launcher {
        Some(usage) if usage.resource.is_certain && role.resource.is_certain => Severity::Error,
        _ => Severity::Warning,
    };
    let message = format!(
        "instances with `{}` start without credentials: `{}` does not trust ec2.amazonaws.com",
        profile.resource.address, role.resource.address
    );
    let mut finding = Finding::new(&RULE, severity, trust.place, message)
        .label("no statement lets ec2.amazonaws.com call sts:AssumeRole")
        .step(format!("`{}` holds the role", profile.resource.address), profile.resource.place)
        .step(format!("`{}` is the role", role.resource.address), role.resource.place);
    if let Some(usage) = launcher {
        finding = finding.step(
            format!("`{}` launches with the profile", usage.resource.address),
            usage.resource.place,
        );
    }
    Some(finding.write(
        "let EC2 assume the role",
        world.written_as(
            "statement {\n  actions = [\"sts:AssumeRole\"]\n  principals {\n    type        = \"Service\"\n    \
             identifiers = [\"ec2.amazonaws.com\"]\n  }\n}",
            "- Effect: Allow\n  Principal: {Service: ec2.amazonaws.com}\n  Action: sts:AssumeRole",
        ),
    ))
}
