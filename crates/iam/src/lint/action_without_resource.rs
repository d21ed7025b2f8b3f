//! An action that works on none of the statement's resources.
//!
//! `s3:ListBucket` and `s3:GetObject` together on the ARN of a bucket: the second has nothing to work
//! on, and reading objects stays forbidden.
//!
//! Source: Service Authorization Reference, the column "resource types" of each action.

use super::Rule;
use super::statement::{ActionFacts, StatementFacts, places};
use super::subject::{Stands, Subject};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "action-without-resource",
    summary: "an action that works on none of the statement's resources",
    source: "Service Authorization Reference: resource types of each action",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        let resources = statement.positive_resources();
        let typed = resources.iter().any(|resource| matches!(resource.stands, Stands::For(_)));
        if !typed || !statement.has_a_fitting_pair() {
            continue;
        }
        for action in statement.positive_actions() {
            let unfit = !resources.iter().any(|resource| action.fits(resource));
            if unfit && !action.known().is_empty() && !action.is_wildcard_only() {
                found.push(finding(statement, action));
            }
        }
    }
}

fn finding(statement: &StatementFacts<'_>, action: &ActionFacts<'_>) -> Diagnostic {
    let name = &action.text.value;
    let message = format!(
        "`{name}` works on none of the statement's resources, which so never {} it",
        statement.verb()
    );
    let finding = Diagnostic::warning(RULE.code, action.text.span, message);
    match action.known().iter().find(|action| !action.is_wildcard_only()) {
        Some(known) => finding.help(format!("`{known}` works on {}", places(known))),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn pairs() {
        for (actions, resources, expected) in [
            (
                r#"["s3:ListBucket","s3:GetObject"]"#,
                r#""arn:aws:s3:::b""#,
                &["warning \"s3:GetObject\""][..],
            ),
            (
                r#"["s3:ListBucket","s3:GetObject*"]"#,
                r#"["arn:aws:s3:::b"]"#,
                &["warning \"s3:GetObject*\""],
            ),
            (r#"["s3:ListBucket","s3:GetObject"]"#, r#"["arn:aws:s3:::b","*"]"#, &[]),
            (r#"["s3:ListBucket","s3:Get*"]"#, r#""arn:aws:s3:::b""#, &[]),
            (r#"["s3:ListBucket","s3:ListAllMyBuckets"]"#, r#""arn:aws:s3:::b""#, &[]),
            (r#"["s3:ListBucket","nosuch:Get"]"#, r#""arn:aws:s3:::b""#, &[]),
            (r#""s3:GetObject""#, r#""arn:aws:s3:::b""#, &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":{actions},"Resource":{resources}"#), expected);
        }
    }
}
