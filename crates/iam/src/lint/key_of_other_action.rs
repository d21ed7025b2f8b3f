//! A condition on a key that some of the statement's actions never supply.
//!
//! Each action supplies the global keys and those that its service documents for it. A condition on
//! any other key fails for the action, so that the statement is not about it at all, or, with negated
//! operators and `IfExists`, holds whatever the request. Databricks' policies grant
//! `iam:CreateServiceLinkedRole` and `iam:PutRolePolicy` on the condition `iam:AWSServiceName`: only
//! the first supplies it, so the second is never granted.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Unsupported action for
//! condition key"; the Service Authorization Reference for the keys of each action.

use super::Rule;
use super::condition_key::is_known;
use super::statement::{ActionFacts, StatementFacts, holds_without_key, is_everywhere, supplies};
use super::subject::{Named, Subject};
use crate::catalog::{self, Action};
use crate::diagnostic::Diagnostic;
use crate::policy::ConditionElement;

pub(super) const RULE: Rule = Rule {
    code: "key-of-other-action",
    summary: "a condition on a key that the statement's actions never supply",
    source: "IAM Access Analyzer policy check reference: Unsupported action for condition key",
    check,
};

/// Actions that a message names before it says how many more there are.
const SHOWN: usize = 4;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            if is_known(key) && !key.contains('.') && !is_everywhere(key) {
                found.extend(finding(statement, condition));
            }
        }
    }
}

fn finding(statement: &StatementFacts<'_>, condition: &ConditionElement) -> Option<Diagnostic> {
    let key = &*condition.key.value;
    let actions = statement.positive_actions();
    // What is not known may well supply the key.
    let known = actions.iter().filter(|action| !action.known().is_empty());
    let (with, without): (Vec<_>, Vec<_>) =
        known.partition(|action| action.known().iter().any(|action| supplies(action, key)));
    let all = without.len() == actions.len();
    let (span, names, verb, whom) = match *without {
        [] => return None,
        [only] if all => (condition.key.span, quoted(only), "supplies", None),
        [only] => (only.text.span, quoted(only), "supplies", Some("it")),
        _ if all => {
            (condition.key.span, "none of the statement's actions".to_owned(), "supplies", None)
        }
        _ => (condition.key.span, shown(&without), "supply", Some("them")),
    };
    let never = if all && without.len() > 1 { "" } else { "never " };
    let outcome = outcome(statement, condition, whom);
    let message = format!("{names} {never}{verb} the condition key `{key}`: {outcome}");
    let finding = Diagnostic::warning(RULE.code, span, message);
    Some(match advice(statement, &with, key) {
        Some(advice) => finding.help(advice),
        None => finding,
    })
}

/// What becomes of the actions that do not supply the key; of the whole statement, if it is about no
/// other ones.
fn outcome(
    statement: &StatementFacts<'_>,
    condition: &ConditionElement,
    whom: Option<&str>,
) -> String {
    let verb = statement.verb();
    match (holds_without_key(condition), whom) {
        (true, None) => "the condition always holds".to_owned(),
        (true, Some(whom)) => format!("for {whom}, the condition always holds"),
        (false, None) => format!("the statement {verb} nothing"),
        (false, Some(whom)) => format!("the statement never {verb} {whom}"),
    }
}

fn advice(statement: &StatementFacts<'_>, with: &[&ActionFacts<'_>], key: &str) -> Option<String> {
    if let [first, ..] = with {
        return Some(format!(
            "`{}` does supply it: give the actions that do not a statement of their own",
            first.text.value
        ));
    }
    let supplier = supplier(statement, key)?;
    Some(format!("`{supplier}`, for one, supplies it"))
}

/// An action that supplies the key, of the services that the statement speaks of or of the key's own.
fn supplier(statement: &StatementFacts<'_>, key: &str) -> Option<&'static Action> {
    let vendor = key.split(':').next().unwrap_or_default();
    let spoken_of = statement.actions.iter().filter_map(|action| match &action.named {
        Named::Actions(actions) => actions.first().map(|action| action.service),
        _ => None,
    });
    let services = spoken_of.chain([vendor]).filter_map(catalog::service);
    services.flat_map(|service| service.actions).find(|action| supplies(action, key))
}

fn quoted(action: &ActionFacts<'_>) -> String {
    format!("`{}`", action.text.value)
}

fn shown(actions: &[&ActionFacts<'_>]) -> String {
    let names = actions.iter().take(SHOWN).map(|action| quoted(action));
    let names: Vec<String> = match actions.len().saturating_sub(SHOWN) {
        0 => names.collect(),
        more => names.chain([format!("{more} more actions")]).collect(),
    };
    match names.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn actions_and_keys() {
        for (actions, condition, expected) in [
            (
                r#"["iam:CreateServiceLinkedRole","iam:PutRolePolicy"]"#,
                r#"{"StringLike":{"iam:AWSServiceName":"spot.amazonaws.com"}}"#,
                &["warning \"iam:PutRolePolicy\""][..],
            ),
            (
                r#""iam:PutRolePolicy""#,
                r#"{"StringLike":{"iam:AWSServiceName":"spot.amazonaws.com"}}"#,
                &["warning \"iam:AWSServiceName\""],
            ),
            (
                r#"["s3:GetObject","s3:PutObject","s3:ListBucket"]"#,
                r#"{"StringLike":{"s3:prefix":"home/*"}}"#,
                &["warning \"s3:prefix\""],
            ),
            (
                r#"["s3:GetObject","s3:PutObject"]"#,
                r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#,
                &["warning \"s3:prefix\""],
            ),
            (r#""s3:List*""#, r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[]),
            (r#""*""#, r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[]),
            (r#"["nosuch:Action"]"#, r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[]),
            (r#""ec2:RunInstances""#, r#"{"StringEquals":{"ec2:vpc":"x"}}"#, &[]),
            (r#""ec2:RunInstances""#, r#"{"StringEquals":{"aws:RequestTag/a":"x"}}"#, &[]),
            (r#""s3:GetObject""#, r#"{"StringEquals":{"aws:PrincipalTag/a":"x"}}"#, &[]),
            (r#""s3:GetObject""#, r#"{"StringEquals":{"nosuch:key":"x"}}"#, &[]),
        ] {
            let members = format!(r#""Action":{actions},"Resource":"*","Condition":{condition}"#);
            check_allow(&RULE, &members, expected);
        }
        let complement = r#""NotAction":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"s3:prefix":"home/*"}}"#;
        check_allow(&RULE, complement, &[]);
    }
}
