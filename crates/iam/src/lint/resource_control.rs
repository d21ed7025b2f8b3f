//! What a resource control policy cannot say.
//!
//! Policies that customers write can only deny, to everybody (`"Principal": "*"`), named actions of
//! the services that support such policies; exceptions are conditions. Organizations refuses others.
//!
//! Source: AWS Organizations user guide, "RCP syntax" and "AWS services that support RCPs"; IAM user
//! guide, "IAM Access Analyzer policy check reference", "RCP syntax error allow", "… principal", "…
//! NotAction", "… action".

use super::Rule;
use super::statement::{ActionFacts, StatementFacts};
use super::subject::{Named, Subject};
use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::kind::PolicyKind;
use crate::policy::PrincipalElement;

pub(super) const RULE: Rule = Rule {
    code: "resource-control",
    summary: "what a resource control policy cannot say",
    source: "AWS Organizations user guide: RCP syntax",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.policy.kind() == PolicyKind::ResourceControl {
        subject.statements.iter().for_each(|statement| of_statement(statement, found));
    }
}

fn of_statement(facts: &StatementFacts<'_>, found: &mut Vec<Diagnostic>) {
    let statement = facts.statement;
    if facts.allows() {
        let message = "a resource control policy can only deny";
        found.push(
            Diagnostic::error(RULE.code, statement.effect.span, message)
                .help("AWS attaches RCPFullAWSAccess, which allows everything, itself"),
        );
    }
    if let Some(principal) = statement.principal.as_ref().filter(|named| !is_everybody(named)) {
        let message = "a resource control policy is about everybody: `\"Principal\": \"*\"`";
        found.push(
            Diagnostic::error(RULE.code, principal.span, message)
                .help("write exceptions as conditions, such as on `aws:PrincipalArn`"),
        );
    }
    if statement.action.negated {
        let message = "a resource control policy takes no `NotAction`";
        found.push(Diagnostic::error(RULE.code, statement.action.span, message));
    }
    facts.positive_actions().iter().for_each(|action| of_action(action, found));
}

fn of_action(action: &ActionFacts<'_>, found: &mut Vec<Diagnostic>) {
    let text = &*action.text.value;
    let prefix = text.split(':').next().unwrap_or_default();
    // Access Analyzer has a check of this name; its exact condition is unverified.
    if matches!(action.named, Named::Everything) {
        let message = format!("`{text}` is too much for a resource control policy");
        found.push(
            Diagnostic::error(RULE.code, action.text.span, message)
                .help("name services, such as `s3:*`"),
        );
    } else if catalog::service(prefix).is_some() && !catalog::rcp_supported(prefix) {
        let message = format!("resource control policies do not apply to resources of `{prefix}`");
        found.push(Diagnostic::warning(RULE.code, action.text.span, message));
    }
}

fn is_everybody(principal: &PrincipalElement) -> bool {
    let mut values = principal.entries.iter().flat_map(|entry| &entry.values);
    !principal.negated && (principal.everyone.is_some() || values.all(|value| &*value.value == "*"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::{Resource, ResourceControl};

    #[test]
    fn statements() {
        let good = r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#;
        for (kind, members, expected) in [
            (ResourceControl, good.to_owned(), &[][..]),
            (ResourceControl, good.replacen("\"*\"", "{\"AWS\":\"*\"}", 1), &[]),
            (ResourceControl, good.replace("Deny", "Allow"), &["error \"Allow\""]),
            (
                ResourceControl,
                good.replacen("\"*\"", "{\"AWS\":\"123456789012\"}", 1),
                &["error {\"AWS\":\"123456789012\"}"],
            ),
            (ResourceControl, good.replace("Princ", "NotPrinc"), &["error \"*\""]),
            (ResourceControl, good.replace("Action", "NotAction"), &["error \"s3:*\""]),
            (ResourceControl, good.replace("s3:*", "*"), &["error \"*\""]),
            (ResourceControl, good.replace("s3:*", "ec2:*"), &["warning \"ec2:*\""]),
            (Resource, good.replace("Deny", "Allow"), &[]),
        ] {
            check(&RULE, kind, &members, expected);
        }
    }
}
