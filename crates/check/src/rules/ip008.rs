//! IP008: a role that has to exist before it is made.

use source::{Dialect, Resource};

use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP008",
    name: "role-before-itself",
    summary: "a trust policy that names its own role, or a circle of credential and role",
    severity: Severity::Error,
    what: "A role whose own trust policy names it as `Principal`, by ARN or by reference; and a storage credential and a \
           role that each need the other first. Both are errors.",
    why: "IAM looks a principal up when the policy is stored, and refuses one that does not exist. A role does not exist \
          while it is being made. The account's root with a condition on `aws:PrincipalArn` says the same and needs nobody.",
    error: "MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"arn:aws:iam::…:role/lake\"",
    failing: r#"
resource "aws_iam_role" "lake" {
  name = "lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::123456789012:role/lake"] }
    }]
  })
}
"#,
    passing: r#"
resource "aws_iam_role" "lake" {
  name = "lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/lake" } }
    }]
  })
}
"#,
    references: &[
        "IAM user guide: Principal element",
        "databricks/terraform-provider-databricks#4088, databricks/terraform-databricks-examples#116",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for role in world.roles.iter().filter(|role| role.is_of_code()) {
        names_itself(world, role, found);
    }
    for credential in world.of_kind("databricks_storage_credential") {
        found.extend(circle(world, credential));
    }
}

fn names_itself(world: &World<'_>, role: &Role<'_>, found: &mut Vec<Finding>) {
    let Some(trust) = &role.trust else { return };
    let own = format!(":role{}{}", role.path, role.name);
    for named in world.principals(trust) {
        if !named.text.ends_with(&own) || !role.name_is_known && !named.text.contains(&role.name) {
            continue;
        }
        // An account that is surely another one has a role of its own by this name.
        let account = named.text.split(':').nth(4).unwrap_or_default();
        if world.account_is_known && account != world.account {
            continue;
        }
        let message = format!(
            "the trust policy of `{}` names the role itself, which does not exist while it is made",
            role.resource.address
        );
        let root = named.text.replace(&own, ":root");
        found.push(
            Finding::new(&RULE, Severity::Error, named.place, message)
                .label("a principal must exist")
                .because("IAM looks every principal up when it stores the policy")
                .write(
                    "name the account's root, and ask for the role in a condition",
                    world.written_as(
                        format!(
                            "Principal = {{ AWS = \"{root}\" }}\nCondition = {{ ArnLike = {{ \"aws:PrincipalArn\" = \"{}\" }} }}",
                            named.text
                        ),
                        format!(
                            "Principal: {{AWS: \"{root}\"}}\nCondition: {{ArnLike: {{\"aws:PrincipalArn\": \"{}\"}}}}",
                            named.text
                        ),
                    ),
                ),
        );
    }
}

/// A credential that waits for its role, whose trust policy waits for the credential.
fn circle(world: &World<'_>, credential: &Resource) -> Option<Finding> {
    if credential.dialect == Dialect::Account {
        return None;
    }
    let graph = world.graph;
    let before = graph.reachable(&credential.block);
    let role = world.roles.iter().find(|role| {
        before.contains(&*role.resource.block)
            && graph.waits_for(&role.resource.block, &credential.block)
    })?;
    let message = format!(
        "`{}` and `{}` each need the other first",
        credential.address, role.resource.address
    );
    Some(
        Finding::new(&RULE, Severity::Error, credential.place, message)
            .because("Terraform refuses this with `Error: Cycle`")
            .step(format!("`{}` refers to the role", credential.address), credential.place)
            .step(format!("`{}` needs the external id", role.resource.address), role.resource.place)
            .write(
                "make the credential first: let nothing in it refer to the role, and write its ARN out of account and name",
                format!(
                    "role_arn = \"arn:aws:iam::${{data.aws_caller_identity.current.account_id}}:role/{}\"",
                    role.name
                ),
            ),
    )
}
