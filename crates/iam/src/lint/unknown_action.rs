//! An action that its service does not have.
//!
//! IAM stores any name. A statement about an action that does not exist says nothing, and the
//! permission that was meant is missing. Often the name is that of an API operation whose permission
//! is called otherwise: `s3:ListObjectsV2` is allowed by `s3:ListBucket`.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Invalid action".

use super::Rule;
use super::patience::Patience;
use super::statement::listed;
use super::subject::{Named, Subject};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "unknown-action",
    summary: "an action that its service does not have",
    source: "IAM Access Analyzer policy check reference: Invalid action",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut patience = Patience::default();
    for action in subject.statements.iter().flat_map(|statement| &statement.actions) {
        if !matches!(action.named, Named::Nothing { pattern: false }) {
            continue;
        }
        let name = &action.text.value;
        let message = format!("AWS documents no action `{name}`");
        let finding = Diagnostic::warning(RULE.code, action.text.span, message);
        let meant = patience.actions(name);
        found.push(if meant.is_empty() {
            finding.help(
                "actions are listed, service by service, in the Service Authorization Reference",
            )
        } else {
            finding.help(format!("did you mean {}?", listed(&meant, "or")))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn names() {
        for (action, expected) in [
            ("s3:GetObjects", &["warning \"s3:GetObjects\""][..]),
            ("s3:ListObjectsV2", &["warning \"s3:ListObjectsV2\""]),
            ("s3:", &["warning \"s3:\""]),
            ("s3:Get Object", &["warning \"s3:Get Object\""]),
            ("s3:getobject", &[]),
            ("s3:Gett*", &[]),
            ("nosuch:Get", &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":["{action}"],"Resource":"*""#), expected);
            check_allow(&RULE, &format!(r#""NotAction":"{action}","Resource":"*""#), expected);
        }
    }
}
