//! The condition keys that policies speak of.

use std::collections::HashSet;

use iam::Policy;
use iam::policy::Statement;
use iam::template::{Syntax, Template};

/// Keys in the order in which they are first spoken of, each as it is first written.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Vec<String>,
    known: HashSet<String>,
}

impl Keys {
    /// Adds the keys of a policy.
    pub(super) fn add_policy(&mut self, policy: &Policy) {
        policy.statements().iter().for_each(|statement| self.add_statement(policy, statement));
    }

    /// Adds the keys of a statement: those of its conditions, and its policy variables.
    pub(super) fn add_statement(&mut self, policy: &Policy, statement: &Statement) {
        for condition in &statement.conditions {
            self.add(&condition.key.value);
            for value in &condition.values {
                self.add_variables(policy, &value.value);
            }
        }
        for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
            self.add_variables(policy, &pattern.value);
        }
    }

    /// The keys that satisfy `wanted`.
    pub(super) fn into_names(self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        self.names.into_iter().filter(|name| wanted(name)).collect()
    }

    fn add_variables(&mut self, policy: &Policy, text: &str) {
        let syntax = Syntax { wildcards: true, variables: policy.version().has_variables() };
        let template = Template::new(text, syntax);
        template.variables().for_each(|key| self.add(key.name()));
    }

    fn add(&mut self, name: &str) {
        if self.known.insert(name.to_lowercase()) {
            self.names.push(name.to_owned());
        }
    }
}

/// Whether one of the statement's resources depends on the request.
pub(super) fn has_variable_resource(policy: &Policy, statement: &Statement) -> bool {
    let mut keys = Keys::default();
    for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
        keys.add_variables(policy, &pattern.value);
    }
    !keys.names.is_empty()
}
