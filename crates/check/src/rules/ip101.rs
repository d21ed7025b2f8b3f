//! IP101: whoever has this may hand any role to any service.

use iam::PolicyKind;
use template::Node;

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP101",
    name: "pass-any-role",
    summary: "iam:PassRole on every role, without iam:PassedToService",
    severity: Severity::Warning,
    what: "Statements that allow `iam:PassRole` on `*`, or on every role of an account, without a condition on \
           `iam:PassedToService` or `iam:AssociatedResourceArn`. Statements that allow every action are left to others.",
    why: "Passing a role to a service that one commands is having the role. With PassRole on everything, that is the most \
          powerful role of the account. It is the usual quick fix for IP001.",
    error: "",
    failing: r#"
resource "aws_iam_policy" "launcher" {
  name = "launcher"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ec2:RunInstances", "iam:PassRole"], Resource = "*" }]
  })
}
"#,
    passing: r#"
resource "aws_iam_policy" "launcher" {
  name = "launcher"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "arn:aws:iam::123456789012:role/workers/*"
        Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
      },
    ]
  })
}
"#,
    references: &["IAM user guide: Granting a user permissions to pass a role to an AWS service"],
    oracle: Oracle::None("nothing is refused; that is the finding"),
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for document in world.documents() {
        if document.kind == PolicyKind::Identity {
            of_document(world, &document, found);
        }
    }
}

fn of_document(world: &World<'_>, document: &Document, found: &mut Vec<Finding>) {
    let statements = document.tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
    for statement in statements {
        if statement.get("Effect").and_then(Node::as_str) != Some("Allow") {
            continue;
        }
        let actions = statement.get("Action").map(Node::one_or_many).unwrap_or_default();
        let passes = actions.iter().find(|action| {
            action.as_str().is_some_and(|action| {
                let action = action.to_ascii_lowercase();
                action == "iam:passrole" || action == "iam:pass*" || action == "iam:*"
            })
        });
        let resources = statement.get("Resource").map(Node::one_or_many).unwrap_or_default();
        let any = resources.iter().find(|resource| resource.as_str().is_some_and(is_any_role));
        let (Some(action), Some(resource)) = (passes, any) else { continue };
        let bound = ["iam:PassedToService", "iam:AssociatedResourceArn"]
            .iter()
            .any(|key| world.condition(statement, key).is_some());
        if bound || world.conditions_unknown(statement) {
            continue;
        }
        found.push(
            Finding::new(&RULE, Severity::Warning, action.place, format!("`{}` lets any role be passed to any service", document.name))
                .because("whoever has this policy can have any role of the account, by way of a service")
                .step("on every role", resource.place)
                .write(
                    "name the roles, and the service",
                    world.written_as(
                        "Resource  = [aws_iam_role.worker.arn]\nCondition = { StringEquals = { \"iam:PassedToService\" = \"ec2.amazonaws.com\" } }",
                        "Resource: !GetAtt WorkerRole.Arn\nCondition: {StringEquals: {\"iam:PassedToService\": ec2.amazonaws.com}}",
                    ),
                ),
        );
    }
}

fn is_any_role(text: &str) -> bool {
    let tail = text.splitn(6, ':').nth(5);
    text == "*" || tail.is_some_and(|tail| matches!(tail, "*" | "role/*" | "role*"))
}
