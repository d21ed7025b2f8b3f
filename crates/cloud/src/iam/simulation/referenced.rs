//! The condition keys that policies speak of.

use std::collections::HashSet;

use iam::Policy;
use iam::policy::Statement;
use iam::template::{Syntax, Template};

/// What stands for itself between `${` and `}`.
const SPECIAL: [&str; 3] = ["*", "?", "$"];

/// Keys in the order in which they are first spoken of, each as it is first written.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Vec<String>,
    known: HashSet<String>,
    by_the_letter: bool,
}

impl Keys {
    /// Keys as AWS lists them for a policy: one in two letter cases is two, and `${*}` is one (recorded from
    /// AWS by radkawar/stackd, context_keys_aws.json).
    pub(super) fn by_the_letter() -> Self {
        Self { by_the_letter: true, ..Self::default() }
    }

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
        if syntax.variables && self.by_the_letter {
            let found = SPECIAL.iter().filter(|name| text.contains(&format!("${{{name}}}")));
            found.for_each(|name| self.add(name));
        }
    }

    fn add(&mut self, name: &str) {
        let known = if self.by_the_letter { name.to_owned() } else { name.to_lowercase() };
        if self.known.insert(known) {
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
