//! An action of a service that does not exist.
//!
//! IAM stores any prefix. A statement about a service that does not exist says nothing, and the
//! permission that was meant is missing: `ce2:RunInstances` for `ec2:RunInstances`.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Invalid service in action".

use super::Rule;
use super::patience::Patience;
use super::statement::listed;
use super::subject::Subject;
use crate::catalog;
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "unknown-service",
    summary: "an action of a service that AWS does not document",
    source: "IAM Access Analyzer policy check reference: Invalid service in action",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut patience = Patience::default();
    for action in subject.statements.iter().flat_map(|statement| &statement.actions) {
        let Some((prefix, _)) = action.text.value.split_once(':') else { continue };
        if prefix.contains(['*', '?']) || catalog::service(prefix).is_some() {
            continue;
        }
        let message = format!("AWS documents no service with the prefix `{prefix}`");
        let finding = Diagnostic::warning(RULE.code, action.text.span, message);
        let meant = patience.actions(&action.text.value);
        found.push(if meant.is_empty() {
            finding.help("prefixes are listed in AWS's Service Authorization Reference")
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
    fn prefixes() {
        for (action, expected) in [
            ("ce2:RunInstances", &["warning \"ce2:RunInstances\""][..]),
            ("nosuch:*", &["warning \"nosuch:*\""]),
            ("EC2:runinstances", &[]),
            ("ec2:NoSuchAction", &[]),
            ("*", &[]),
            ("*:*", &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":"{action}","Resource":"*""#), expected);
        }
    }
}
