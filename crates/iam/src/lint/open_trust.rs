//! A role that everybody may assume.
//!
//! `"Principal": "*"` in a trust policy lets every identity of every account in, as soon as its own
//! policies allow it to ask. A condition (on `aws:PrincipalOrgID`, say) should say who is meant.
//!
//! Source: user guide, "AWS JSON policy elements: Principal", all principals; "IAM Access Analyzer
//! policy check reference", "Role trust policy unsupported wildcard in principal".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::kind::PolicyKind;
use crate::policy::PrincipalElement;
use crate::span::Span;

pub(super) const RULE: Rule = Rule {
    code: "open-trust",
    summary: "a role that everybody may assume",
    source: "IAM user guide: Principal, all principals",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.policy.kind() != PolicyKind::Trust {
        return;
    }
    for statement in subject.statements.iter().filter(|statement| statement.allows()) {
        let Some(principal) = &statement.statement.principal else { continue };
        if let Some(span) = everybody(principal)
            && statement.statement.conditions.is_empty()
        {
            let message = "every identity of every AWS account may assume this role";
            found.push(Diagnostic::warning(RULE.code, span, message).help(
                "name accounts or roles, or add a condition, such as on `aws:PrincipalOrgID`",
            ));
        }
    }
}

fn everybody(principal: &PrincipalElement) -> Option<Span> {
    let listed = principal.entries.iter().flat_map(|entry| &entry.values);
    let star = listed.into_iter().find(|value| &*value.value == "*").map(|value| value.span);
    principal.everyone.or(star)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::{Resource, Trust};

    #[test]
    fn principals() {
        let condition = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
        for (kind, effect, principal, condition, expected) in [
            (Trust, "Allow", r#""*""#, "", &["warning \"*\""][..]),
            (Trust, "Allow", r#"{"AWS":["123456789012","*"]}"#, "", &["warning \"*\""]),
            (Trust, "Allow", r#""*""#, condition, &[]),
            (Trust, "Deny", r#""*""#, "", &[]),
            (Trust, "Allow", r#"{"AWS":"123456789012"}"#, "", &[]),
            (Resource, "Allow", r#""*""#, r#","Resource":"*""#, &[]),
        ] {
            let members = format!(
                r#""Effect":"{effect}","Principal":{principal},"Action":"sts:AssumeRole"{condition}"#
            );
            check(&RULE, kind, &members, expected);
        }
    }
}
