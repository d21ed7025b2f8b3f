//! A statement, compiled: its elements in the form in which requests are held against them.

use crate::condition::Condition;
use crate::context::Context;
use crate::kind::PolicyKind;
use crate::pattern::{ActionPattern, ResourcePattern};
use crate::policy::{ConditionElement, Effect, PatternElement, Policy, Statement};
use crate::principal::{Naming, PrincipalTest};
use crate::request::{Action, Request, Resource};
use crate::template::Matched;

/// A compiled statement.
#[derive(Debug, Clone)]
pub(crate) struct CompiledStatement {
    pub(crate) effect: Effect,
    pub(crate) actions: Patterns<ActionPattern>,
    pub(crate) resources: Option<Patterns<ResourcePattern>>,
    principal: PrincipalRule,
    conditions: Box<[Condition]>,
}

/// Whom a statement speaks of.
#[derive(Debug, Clone)]
enum PrincipalRule {
    /// Whoever the policy is attached to.
    Holder,
    /// Whoever the element names.
    Named(PrincipalTest),
    /// Nobody: a resource-based statement without a principal.
    Nobody,
}

/// The patterns of an element and whether it is the `Not…` form.
#[derive(Debug, Clone)]
pub(crate) struct Patterns<P> {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[P]>,
}

/// Whether an element covers a request, and by which of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Whether it does.
    pub covers: bool,
    /// The first of its values that matches; of a `Not…` element the one that exempts the request.
    pub by: Option<u16>,
}

impl CompiledStatement {
    pub(crate) fn new(statement: &Statement, policy: &Policy) -> Self {
        let variables = policy.version().has_variables();
        let kind = policy.kind();
        let principal = match &statement.principal {
            Some(element) => PrincipalRule::Named(PrincipalTest::new(element)),
            None if kind == PolicyKind::Endpoint || !kind.has_principal() => PrincipalRule::Holder,
            None => PrincipalRule::Nobody,
        };
        Self {
            effect: statement.effect.value,
            actions: Patterns::new(&statement.action, ActionPattern::new),
            resources: statement.resource.as_ref().map(|element| {
                Patterns::new(element, |text| ResourcePattern::new(text, kind, variables))
            }),
            principal,
            conditions: statement
                .conditions
                .iter()
                .map(|line| compile(line, variables, statement.effect.value))
                .collect(),
        }
    }

    /// How the statement names the caller; `bounded` says whether it has a permissions boundary.
    pub(crate) fn naming(&self, request: &Request, bounded: bool) -> Naming {
        match &self.principal {
            PrincipalRule::Holder => Naming::Direct,
            PrincipalRule::Nobody => Naming::None,
            PrincipalRule::Named(test) => {
                let allows = self.effect == Effect::Allow;
                test.names(request.caller(), request.context(), allows, bounded)
            }
        }
    }

    pub(crate) fn covers_resource(&self, request: &Request) -> Coverage {
        match &self.resources {
            Some(resources) => resources.covers_resource(request.resource(), request.context()),
            None => Coverage { covers: true, by: None },
        }
    }

    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    pub(crate) fn conditions_hold(&self, context: &Context) -> bool {
        self.conditions.iter().all(|condition| condition.holds(context))
    }
}

impl<P> Patterns<P> {
    fn new(element: &PatternElement, compile: impl Fn(&str) -> P) -> Self {
        let patterns = element.patterns.iter().map(|pattern| compile(&pattern.value)).collect();
        Self { negated: element.negated, patterns }
    }
}

impl Patterns<ActionPattern> {
    pub(crate) fn covers_action(&self, action: &Action) -> Coverage {
        let by = self.patterns.iter().position(|pattern| pattern.matches(action));
        Coverage { covers: by.is_some() != self.negated, by: by.and_then(|at| at.try_into().ok()) }
    }
}

impl Patterns<ResourcePattern> {
    /// A pattern that has no value matches nothing and, in `NotResource`, lets the statement match
    /// nothing either: it must not turn round into a match (user guide, "policy variables").
    fn covers_resource(&self, resource: &Resource, context: &Context) -> Coverage {
        let mut has_value = true;
        for (at, pattern) in self.patterns.iter().enumerate() {
            match pattern.matches(resource, context) {
                Matched::Yes => {
                    return Coverage { covers: !self.negated, by: at.try_into().ok() };
                }
                Matched::No => {}
                Matched::NoValue => has_value = false,
            }
        }
        Coverage { covers: self.negated && has_value, by: None }
    }
}

fn compile(line: &ConditionElement, variables: bool, effect: Effect) -> Condition {
    let values: Vec<&str> = line.values.iter().map(|value| &*value.value).collect();
    Condition::new(line.operator, &line.key.value, &values, variables, effect)
}
