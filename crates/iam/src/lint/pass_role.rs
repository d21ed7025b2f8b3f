//! `iam:PassRole` on every role.
//!
//! Whoever may pass every role can give a service the most powerful one and use it from there. The
//! permission should name the roles; `iam:PassedToService` should name the service that gets them.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Pass role with star in resource";
//! "Grant a user permissions to pass a role to an AWS service".

use super::Rule;
use super::statement::StatementFacts;
use super::subject::{Stands, Subject};
use crate::catalog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

pub(super) const RULE: Rule = Rule {
    code: "pass-role-on-any-role",
    summary: "iam:PassRole allowed on every role",
    source: "IAM Access Analyzer policy check reference: Pass role with star in resource",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in subject.statements.iter().filter(|statement| statement.allows()) {
        if let (Some(action), Some(resource)) = (pass_role(statement), every_role(statement)) {
            found.push(finding(statement, action, resource));
        }
    }
}

/// Where the statement allows `iam:PassRole`, unless it allows simply everything.
fn pass_role(statement: &StatementFacts<'_>) -> Option<Span> {
    let passes = |action: &catalog::Action| action.service == "iam" && action.name == "PassRole";
    let mut patterns = statement.positive_actions().iter();
    let found = patterns.find(|pattern| pattern.known().iter().any(|action| passes(action)))?;
    Some(found.text.span)
}

/// The first resource that takes in every role of an account.
fn every_role<'s>(statement: &'s StatementFacts<'_>) -> Option<&'s str> {
    let mut resources = statement.positive_resources().iter();
    let every = |text: &str| {
        let last = text.splitn(6, ':').nth(5);
        last.is_some_and(|last| matches!(last, "*" | "role/*" | "role*"))
    };
    let found = resources.find(|resource| {
        matches!(resource.stands, Stands::ForAll) || every(&resource.text.value)
    })?;
    Some(&found.text.value)
}

fn finding(statement: &StatementFacts<'_>, action: Span, resource: &str) -> Diagnostic {
    let mut conditions = statement.statement.conditions.iter();
    let limited =
        conditions.any(|condition| condition.key.value.eq_ignore_ascii_case("iam:PassedToService"));
    let (severity, to, help) = if limited {
        (Severity::Note, "to the services that the condition names", "name the roles")
    } else {
        (
            Severity::Warning,
            "to any service",
            "name the roles, and the service that gets them in a condition on `iam:PassedToService`",
        )
    };
    let message = format!("`iam:PassRole` on `{resource}` passes every role {to}");
    Diagnostic { severity, ..Diagnostic::warning(RULE.code, action, message) }.help(help)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_allow};
    use super::RULE;

    #[test]
    fn roles() {
        let limited =
            r#","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}"#;
        for (action, resource, condition, expected) in [
            ("iam:PassRole", "*", "", &["warning \"iam:PassRole\""][..]),
            ("iam:PassRole", "*", limited, &["note \"iam:PassRole\""]),
            ("iam:*", "*", "", &["warning \"iam:*\""]),
            ("IAM:pass*", "arn:aws:iam::123456789012:role/*", "", &["warning \"IAM:pass*\""]),
            ("iam:PassRole", "arn:aws:iam::*:*", "", &["warning \"iam:PassRole\""]),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/team/*", "", &[]),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/a", "", &[]),
            ("iam:GetRole", "*", "", &[]),
            ("*", "*", "", &[]),
        ] {
            let members = format!(r#""Action":"{action}","Resource":"{resource}"{condition}"#);
            check_allow(&RULE, &members, expected);
        }
        let deny = r#"{"Statement":{"Effect":"Deny","Action":"iam:PassRole","Resource":"*"}}"#;
        check_allow(&RULE, r#""NotAction":"iam:PassRole","Resource":"*""#, &[]);
        check(&RULE, crate::PolicyKind::Identity, deny, &[]);
    }
}
