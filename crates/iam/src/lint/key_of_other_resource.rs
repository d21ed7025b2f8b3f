//! A condition on a key that the statement's actions supply, but not for the resources that it names.
//!
//! A request may be about several resources, each checked with keys of its own: `ec2:RunInstances`
//! supplies `aws:RequestTag` for what it makes (instance, volume, network interface) and not for what
//! it uses (image, subnet, security group). A statement with both on one condition allows only half
//! of the launch, which then fails.
//!
//! Source: Service Authorization Reference, the column "condition keys" of each action's resource
//! types; EC2 user guide, "Resource-level permissions to use RunInstances".

use super::Rule;
use super::condition_key::is_known;
use super::statement::{
    ResourceFacts, StatementFacts, has, holds_without_key, is_everywhere, supplies, uses_of,
};
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::policy::ConditionElement;

pub(super) const RULE: Rule = Rule {
    code: "key-of-other-resource",
    summary: "a condition on a key that is supplied for other types of resource only",
    source: "Service Authorization Reference: condition keys by resource type",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            if key.contains('.') || !is_known(key) || is_everywhere(key) {
                continue;
            }
            for resource in statement.positive_resources() {
                found.extend(finding(statement, condition, resource));
            }
        }
    }
}

fn finding(
    statement: &StatementFacts<'_>,
    condition: &ConditionElement,
    resource: &ResourceFacts<'_>,
) -> Option<Diagnostic> {
    let key = &*condition.key.value;
    let types = resource.known();
    let mut example = None;
    for pattern in statement.positive_actions() {
        if pattern.known().is_empty() {
            return None;
        }
        for action in pattern.known() {
            for used in uses_of(action, types) {
                if has(action.condition_keys, key) || has(used.keys(), key) {
                    return None;
                }
                if supplies(action, key) {
                    example = Some((*action, used.resource.name));
                }
            }
        }
    }
    let (action, kind) = example?;
    let others: Vec<&str> = action
        .resources
        .iter()
        .filter(|used| has(used.keys(), key))
        .map(|used| used.resource.name)
        .take(4)
        .collect();
    let outcome = if holds_without_key(condition) {
        "the condition always holds there".to_owned()
    } else {
        format!("the statement {} nothing there", statement.verb())
    };
    let message = format!("`{action}` never supplies `{key}` for {kind} resources: {outcome}");
    Some(
        Diagnostic::warning(RULE.code, resource.text.span, message)
            .help(format!("it supplies the key for resources of type {}", others.join(", "))),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn types_and_keys() {
        let image = "arn:aws:ec2:*::image/*";
        let instance = "arn:aws:ec2:*:*:instance/*";
        for (key, resources, expected) in [
            ("aws:RequestTag/a", [instance, image], &["warning \"arn:aws:ec2:*::image/*\""][..]),
            ("ec2:ResourceTag/a", [instance, image], &["warning \"arn:aws:ec2:*:*:instance/*\""]),
            ("ec2:InstanceType", [instance, instance], &[]),
            ("ec2:Region", [instance, image], &[]),
            ("aws:SourceVpc", [instance, image], &[]),
            ("aws:RequestTag/a", ["arn:aws:ec2:*:*:*", "*"], &[]),
        ] {
            let [one, two] = resources;
            let members = format!(
                r#""Action":"ec2:RunInstances","Resource":["{one}","{two}"],"Condition":{{"StringEquals":{{"{key}":"x"}}}}"#
            );
            check_allow(&RULE, &members, expected);
        }
    }
}
