//! What a policy says, statement by statement, apart from the names and the order that it is written
//! in.

use std::collections::BTreeSet;

use iam::Policy;
use iam::policy::{PatternElement, PrincipalElement, Statement};

/// For each statement its set of actions; sorted.
pub(crate) fn action_sets(policy: &Policy) -> Vec<BTreeSet<String>> {
    let mut sets: Vec<_> = policy.statements().iter().map(actions).collect();
    sets.sort();
    sets
}

/// Each statement in full, as a set of facts; sorted.
pub(crate) fn meanings(policy: &Policy) -> Vec<BTreeSet<String>> {
    let mut meanings: Vec<_> = policy.statements().iter().map(meaning).collect();
    meanings.sort();
    meanings
}

fn actions(statement: &Statement) -> BTreeSet<String> {
    statement.action.patterns.iter().map(|pattern| pattern.value.to_lowercase()).collect()
}

fn meaning(statement: &Statement) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([statement.effect.value.as_str().to_owned()]);
    facts.extend(element("Action", &statement.action));
    facts.extend(statement.resource.iter().flat_map(|resource| element("Resource", resource)));
    facts.extend(statement.principal.iter().flat_map(principals));
    for condition in &statement.conditions {
        let (operator, key) = (&condition.operator_name.value, condition.key.value.to_lowercase());
        let mut values: Vec<&str> = condition.values.iter().map(|value| &*value.value).collect();
        values.sort_unstable();
        facts.insert(format!("{operator} {key} {values:?}"));
    }
    facts
}

fn element(name: &str, element: &PatternElement) -> Vec<String> {
    let not = if element.negated { "Not" } else { "" };
    element.patterns.iter().map(|pattern| format!("{not}{name} {}", pattern.value)).collect()
}

fn principals(element: &PrincipalElement) -> Vec<String> {
    let not = if element.negated { "Not" } else { "" };
    let mut facts = Vec::new();
    facts.extend(element.everyone.map(|_| format!("{not}Principal *")));
    for entry in &element.entries {
        let kind = &entry.kind.value;
        facts.extend(
            entry.values.iter().map(|value| format!("{not}Principal {kind} {}", value.value)),
        );
    }
    facts
}
