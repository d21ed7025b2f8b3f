//! Policies that act together: compiled once, indexed, and asked many times.

use std::sync::Arc;

use crate::policy::{Effect, Policy};
use crate::prefix_index::PrefixIndex;
use crate::principal::Naming;
use crate::request::Request;
use crate::statement::CompiledStatement;
use crate::template::Matched;

/// The most resource patterns of one statement that are indexed one by one.
const MAX_INDEXED_RESOURCES: usize = 8;

/// In a candidate: not one pattern, but the element as a whole.
const WHOLE_ELEMENT: u16 = u16::MAX;

/// A policy together with what it is called.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// The ARN of a managed policy, or whatever the policy is known by.
    pub name: Arc<str>,
    /// The policy.
    pub policy: Arc<Policy>,
}

/// Policies of one kind whose grants add up: all policies of a user and its groups, one level of
/// SCPs, one bucket policy.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    policies: Vec<NamedPolicy>,
    statements: Vec<(StatementRef, CompiledStatement)>,
    by_action: PrefixIndex<PrefixIndex<Vec<Candidate>>>,
}

/// One statement of a [`PolicySet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// Index of the policy in the set.
    pub policy: u16,
    /// Index of the statement in the policy.
    pub statement: u16,
}

/// What a set of policies says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Denied, allowed, or neither.
    pub effect: Option<Effect>,
    /// The statement that says so: the first denying one, or the allowing one that names the caller
    /// most closely.
    pub by: Option<StatementRef>,
    /// How closely the caller is named by an allowing statement.
    pub naming: Naming,
}

/// A statement that could match: one action pattern and one resource pattern of it, or
/// [`WHOLE_ELEMENT`].
#[derive(Debug, Clone, Copy)]
struct Candidate {
    statement: u32,
    action: u16,
    resource: u16,
}

impl NamedPolicy {
    /// A policy called `name`.
    #[must_use]
    pub fn new(name: &str, policy: Policy) -> Self {
        Self { name: name.into(), policy: Arc::new(policy) }
    }
}

impl Answer {
    /// Nothing matches.
    pub const SILENT: Self = Self { effect: None, by: None, naming: Naming::None };

    /// Joins what one more matching statement says: a denial outweighs any grant, of two grants the
    /// one that names the caller more closely counts, and else the statement that stands first. So
    /// the result does not depend on the order in which statements are added.
    pub(crate) fn add(&mut self, effect: Effect, by: StatementRef, naming: Naming) {
        let replaces = match (self.effect, effect) {
            (None, _) | (Some(Effect::Allow), Effect::Deny) => true,
            (Some(Effect::Deny), Effect::Allow) => false,
            (Some(Effect::Deny), Effect::Deny) => self.by > Some(by),
            (Some(Effect::Allow), Effect::Allow) => {
                naming > self.naming || (naming == self.naming && self.by > Some(by))
            }
        };
        if replaces {
            *self = Self { effect: Some(effect), by: Some(by), naming };
        }
    }

    /// Whether a matching statement with this effect and place would leave the answer as it is.
    fn is_settled_for(&self, effect: Effect, place: StatementRef) -> bool {
        match (self.effect, effect) {
            (None, _) | (Some(Effect::Allow), Effect::Deny) => false,
            (Some(Effect::Deny), Effect::Allow) => true,
            (Some(Effect::Deny), Effect::Deny) => self.by <= Some(place),
            (Some(Effect::Allow), Effect::Allow) => {
                self.naming == Naming::Direct && self.by <= Some(place)
            }
        }
    }
}

impl PolicySet {
    /// Compiles `policies`. Beyond 65,535 policies, or statements of one policy, all are asked; only
    /// that a [`StatementRef`] no longer tells them apart.
    #[must_use]
    pub fn new(policies: Vec<NamedPolicy>) -> Self {
        let mut set = Self { policies, ..Self::default() };
        for (policy_index, named) in set.policies.iter().enumerate() {
            for (statement_index, statement) in named.policy.statements().iter().enumerate() {
                let place = StatementRef {
                    policy: saturated(policy_index),
                    statement: saturated(statement_index),
                };
                let compiled = CompiledStatement::new(statement, &named.policy);
                set.statements.push((place, compiled));
            }
        }
        for index in 0..set.statements.len() {
            set.index(index);
        }
        set
    }

    /// The policies, in the order in which they were given.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// The policy that a statement belongs to.
    #[must_use]
    pub fn policy(&self, place: StatementRef) -> Option<&NamedPolicy> {
        self.policies.get(usize::from(place.policy))
    }

    /// What the policies say to a request. `bounded` says whether the caller has a permissions
    /// boundary (see [`crate::principal::PrincipalTest::names`]).
    #[must_use]
    pub fn ask(&self, request: &Request, bounded: bool) -> Answer {
        let mut answer = Answer::SILENT;
        self.by_action.prefixes_of(request.action().folded(), |by_resource| {
            by_resource.prefixes_of(request.resource().as_str(), |candidates| {
                for candidate in candidates {
                    self.consider(*candidate, request, bounded, &mut answer);
                }
            });
        });
        answer
    }

    pub(crate) fn statements(&self) -> &[(StatementRef, CompiledStatement)] {
        &self.statements
    }

    fn consider(
        &self,
        candidate: Candidate,
        request: &Request,
        bounded: bool,
        answer: &mut Answer,
    ) {
        let Some((place, statement)) = self.statements.get(candidate.statement as usize) else {
            return;
        };
        if answer.is_settled_for(statement.effect, *place) || !candidate.covers(statement, request)
        {
            return;
        }
        let naming = statement.naming(request, bounded);
        if naming > Naming::None && statement.conditions_hold(request.context()) {
            answer.add(statement.effect, *place, naming);
        }
    }

    fn index(&mut self, index: usize) {
        let Some((_, statement)) = self.statements.get(index) else { return };
        let statement_number = u32::try_from(index).unwrap_or(u32::MAX);
        let too_many = statement.actions.patterns.len() > usize::from(WHOLE_ELEMENT);
        let actions: Vec<(u16, &str)> = if statement.actions.negated || too_many {
            vec![(WHOLE_ELEMENT, "")]
        } else {
            let prefixes = statement.actions.patterns.iter().map(|pattern| pattern.prefix());
            (0u16..WHOLE_ELEMENT).zip(prefixes).collect()
        };
        let resources: Vec<(u16, &str)> = match &statement.resources {
            Some(list) if !list.negated && list.patterns.len() <= MAX_INDEXED_RESOURCES => {
                let prefixes = list.patterns.iter().map(|pattern| pattern.prefix());
                (0u16..WHOLE_ELEMENT).zip(prefixes).collect()
            }
            _ => vec![(WHOLE_ELEMENT, "")],
        };
        for (action, action_prefix) in &actions {
            for (resource, resource_prefix) in &resources {
                let candidate =
                    Candidate { statement: statement_number, action: *action, resource: *resource };
                if let Some(by_resource) = self.by_action.entry(action_prefix)
                    && let Some(candidates) = by_resource.entry(resource_prefix)
                {
                    candidates.push(candidate);
                }
            }
        }
    }
}

/// `index`, or the largest number that a [`StatementRef`] holds.
fn saturated(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

impl Candidate {
    fn covers(self, statement: &CompiledStatement, request: &Request) -> bool {
        let actions = &statement.actions;
        let action = match actions.patterns.get(usize::from(self.action)) {
            Some(pattern) if self.action != WHOLE_ELEMENT => pattern.matches(request.action()),
            _ => actions.covers_action(request.action()).covers,
        };
        if !action {
            return false;
        }
        match &statement.resources {
            Some(resources) if self.resource != WHOLE_ELEMENT => {
                resources.patterns.get(usize::from(self.resource)).is_some_and(|pattern| {
                    pattern.matches(request.resource(), request.context()) == Matched::Yes
                })
            }
            _ => statement.covers_resource(request).covers,
        }
    }
}
