//! A trust policy whose action its principals cannot call.
//!
//! Accounts, users, roles and services call `sts:AssumeRole`; who comes with a token of an OIDC
//! provider calls `sts:AssumeRoleWithWebIdentity`, with a SAML assertion `sts:AssumeRoleWithSAML`. Any
//! other pair trusts nobody.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Mismatched action for principal".

use super::Rule;
use super::statement::StatementFacts;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::kind::PolicyKind;
use crate::policy::PrincipalEntry;

pub(super) const RULE: Rule = Rule {
    code: "trust-action",
    summary: "a trust policy whose action its principals cannot call",
    source: "IAM Access Analyzer policy check reference: Mismatched action for principal",
    check,
};

const ASSUME_ROLE: [&str; 3] = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.policy.kind() != PolicyKind::Trust {
        return;
    }
    for statement in subject.statements.iter().filter(|statement| statement.allows()) {
        let offered: Vec<&str> =
            ASSUME_ROLE.into_iter().filter(|action| offers(statement, action)).collect();
        if offered.is_empty() {
            continue;
        }
        let entries = statement.statement.principal.iter().flat_map(|element| &element.entries);
        found.extend(entries.filter_map(|entry| finding(entry, &offered)));
    }
}

fn offers(statement: &StatementFacts<'_>, action: &str) -> bool {
    let mut known = statement.positive_actions().iter().flat_map(|pattern| pattern.known());
    known.any(|known| known.service == "sts" && known.name == action)
}

fn finding(entry: &PrincipalEntry, offered: &[&str]) -> Option<Diagnostic> {
    let wrong =
        entry.values.iter().find(|value| !offered.contains(&called(entry, &value.value)))?;
    let message = format!(
        "`{}` cannot call `sts:{}`: the statement trusts nobody there",
        wrong.value,
        offered.first()?
    );
    let help = format!("it calls `sts:{}`", called(entry, &wrong.value));
    Some(Diagnostic::warning(RULE.code, wrong.span, message).help(help))
}

/// How such a principal assumes a role.
fn called(entry: &PrincipalEntry, value: &str) -> &'static str {
    match &*entry.kind.value {
        "Federated" if value.contains(":saml-provider/") => "AssumeRoleWithSAML",
        "Federated" => "AssumeRoleWithWebIdentity",
        _ => "AssumeRole",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Trust;

    #[test]
    fn pairs() {
        let oidc = "arn:aws:iam::123456789012:oidc-provider/example.com";
        let saml = "arn:aws:iam::123456789012:saml-provider/idp";
        for (kind, value, action, hit) in [
            ("Federated", oidc, "sts:AssumeRole", true),
            ("Federated", saml, "sts:AssumeRoleWithWebIdentity", true),
            ("Service", "ec2.amazonaws.com", "sts:AssumeRoleWithWebIdentity", true),
            ("Federated", oidc, "sts:AssumeRoleWithWebIdentity", false),
            ("Federated", saml, "sts:AssumeRoleWithSAML", false),
            ("Federated", saml, "sts:AssumeRole*", false),
            ("Federated", saml, "sts:TagSession", false),
            ("AWS", "123456789012", "STS:assumerole", false),
        ] {
            let members = format!(
                r#""Effect":"Allow","Principal":{{"{kind}":"{value}"}},"Action":"{action}""#
            );
            let expected = format!("warning \"{value}\"");
            check(&RULE, Trust, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
