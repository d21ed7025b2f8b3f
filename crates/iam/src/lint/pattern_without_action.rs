//! A pattern that no action matches.
//!
//! `s3:Gte*` is stored and says nothing. Wildcards make it harder to see than a misspelled name.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Invalid action".

use super::Rule;
use super::subject::{Named, Subject};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "pattern-without-action",
    summary: "an action pattern that matches no action of its service",
    source: "IAM Access Analyzer policy check reference: Invalid action",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in subject.statements.iter().flat_map(|statement| &statement.actions) {
        if matches!(action.named, Named::Nothing { pattern: true }) {
            let pattern = &action.text.value;
            let service = pattern.split(':').next().unwrap_or_default();
            let message = format!("`{pattern}` matches no action of `{service}`");
            found.push(
                Diagnostic::warning(RULE.code, action.text.span, message)
                    .help(format!("`{service}:*` would match all of its actions")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn patterns() {
        for (action, expected) in [
            ("s3:Gte*", &["warning \"s3:Gte*\""][..]),
            ("s3:?", &["warning \"s3:?\""]),
            ("s3: *", &["warning \"s3: *\""]),
            ("s3:Get*", &[]),
            ("S3:*object", &[]),
            ("s3:*", &[]),
            ("*", &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":"{action}","Resource":"*""#), expected);
        }
    }
}
