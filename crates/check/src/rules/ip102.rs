//! IP102: whoever is on the cluster can become more than the cluster.

use std::collections::HashSet;

use crate::answer::{Answer, Question};
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP102",
    name: "profile-can-escalate",
    summary: "an instance profile whose role may pass or change roles",
    severity: Severity::Warning,
    what: "The engine is asked whether the role of an instance profile may, for certain, change its own policies or trust, \
           or pass any role.",
    why: "Everybody who runs code on an instance has its role. A role that can give itself more has no bounds, and neither \
          has anybody on the cluster.",
    error: "",
    failing: r#"
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "etl" {
  role = aws_iam_role.etl.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:PutRolePolicy", "s3:*"], Resource = "*" }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
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
resource "aws_iam_role_policy" "etl" {
  role = aws_iam_role.etl.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
"#,
    references: &[
        "IAM user guide: Security best practices, least privilege",
        "EC2 user guide: IAM roles for Amazon EC2",
    ],
    oracle: Oracle::None("nothing is refused; that is the finding"),
    unseen_in: &[],
    check,
};

/// What a role would do to itself.
const ON_ITSELF: [&str; 4] =
    ["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole"];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for profile in &world.profiles {
        let Some(role) = world.role_in(profile).filter(|role| role.is_of_code()) else { continue };
        if !seen.insert(&role.resource.address) {
            continue;
        }
        let able = ON_ITSELF.iter().find(|action| {
            world.ask(&Question::new(role, action, role.arn.clone())) == Answer::Allowed
        });
        let Some(action) = able else { continue };
        let place = role.policies.first().map_or(role.resource.place, |policy| policy.place);
        found.push(
            Finding::new(
                &RULE,
                Severity::Warning,
                place,
                format!("whoever runs code with `{}` can give themselves more: its role may call {action} on itself", profile.resource.address),
            )
            .step(format!("`{}` holds the role", profile.resource.address), profile.resource.place)
            .step(format!("`{}` is the role", role.resource.address), role.resource.place)
            .advise(format!("take {action} away from the role of an instance")),
        );
    }
}
