//! An action that knows no resources, in a statement that names some.
//!
//! For such actions a request's resource is `*`, which no ARN matches: on an ARN they are neither
//! allowed nor denied. `ec2:DescribeInstances` on `arn:aws:ec2:*:*:instance/*` grants nothing.
//!
//! Source: Service Authorization Reference, "Actions" ("If the column is empty, the action does not
//! support resource-level permissions, and you must specify all resources (\"*\") in your policy").

use super::Rule;
use super::statement::StatementFacts;
use super::subject::{Stands, Subject};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "no-resource-level",
    summary: "an action that knows no resources, in a statement that names some",
    source: "Service Authorization Reference: actions without resource-level permissions",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        let resources = statement.positive_resources();
        let arns_only = resources.iter().all(|resource| !matches!(resource.stands, Stands::ForAll));
        if resources.is_empty() || !arns_only {
            continue;
        }
        found.extend(of_statement(statement));
    }
}

fn of_statement(statement: &StatementFacts<'_>) -> impl Iterator<Item = Diagnostic> {
    let actions = statement.positive_actions().iter().filter(|action| action.is_wildcard_only());
    actions.map(|action| {
        let name = &action.text.value;
        let message = format!(
            "`{name}` works on no resource in particular, so that on an ARN the statement never {} it",
            statement.verb()
        );
        Diagnostic::warning(RULE.code, action.text.span, message)
            .help("give it a statement of its own with \"Resource\": \"*\"")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn pairs() {
        for (actions, resources, expected) in [
            (
                r#""ec2:DescribeInstances""#,
                r#""arn:aws:ec2:*:*:instance/*""#,
                &["warning \"ec2:DescribeInstances\""][..],
            ),
            (
                r#"["s3:ListBucket","s3:ListAllMyBuckets"]"#,
                r#""arn:aws:s3:::b""#,
                &["warning \"s3:ListAllMyBuckets\""],
            ),
            (
                r#""ec2:DescribeAvail*""#,
                r#""arn:aws:ec2:*:*:instance/*""#,
                &["warning \"ec2:DescribeAvail*\""],
            ),
            (r#""ec2:DescribeInstances""#, r#"["*","arn:aws:ec2:*:*:instance/*"]"#, &[]),
            (r#""ec2:*""#, r#""arn:aws:ec2:*:*:instance/*""#, &[]),
            (r#""ec2:TerminateInstances""#, r#""arn:aws:ec2:*:*:instance/*""#, &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":{actions},"Resource":{resources}"#), expected);
        }
        let complement =
            r#""Action":"ec2:DescribeInstances","NotResource":"arn:aws:ec2:*:*:instance/*""#;
        check_allow(&RULE, complement, &[]);
    }
}
