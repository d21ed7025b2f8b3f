//! A policy variable where variables are not expanded.
//!
//! In an ARN, variables count in the last part only; in `Action` nowhere. Elsewhere `${…}` is plain
//! text, which no ARN and no action holds.
//!
//! Source: user guide, "IAM policy elements: Variables and tags", "Where you can use policy variables";
//! "IAM Access Analyzer policy check reference", "Variable unsupported in element".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "variable-place",
    summary: "a policy variable where variables are not expanded",
    source: "IAM Access Analyzer policy check reference: Variable unsupported in element",
    check,
};

/// Colons before an ARN's last part.
const COLONS: usize = 5;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        for action in statement.actions.iter().filter(|action| action.text.value.contains("${")) {
            let message =
                format!("`{}` is plain text: actions know no policy variables", action.text.value);
            found.push(Diagnostic::error(RULE.code, action.text.span, message));
        }
        for resource in &statement.resources {
            let text = &*resource.text.value;
            let Some((before, _)) = text.split_once("${") else { continue };
            if text.starts_with("arn:") && before.matches(':').count() < COLONS {
                let message = format!(
                    "the policy variable in `{text}` is plain text: an ARN takes them in its last part only"
                );
                found.push(
                    Diagnostic::error(RULE.code, resource.text.span, message)
                        .help("write `*` in its place, and compare the key in a condition"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn places() {
        for (action, resource, expected) in [
            (
                "*",
                "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q",
                &["error \"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q\""][..],
            ),
            ("s3:${aws:username}", "*", &["error \"s3:${aws:username}\""]),
            ("*", "arn:aws:s3:::${aws:username}", &[]),
            ("*", "arn:aws:sqs:us-east-1:123456789012:${aws:username}", &[]),
        ] {
            let members = format!(r#""Action":"{action}","Resource":"{resource}""#);
            check_allow(&RULE, &members, expected);
        }
    }
}
