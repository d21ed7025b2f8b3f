//! From a denial to the smallest changes that would allow the request.
//!
//! Candidates are tried, not trusted: each is applied to a copy of the policies or of the request,
//! and counts only if the copy is then allowed. No candidate grants more than this one request
//! needs: one action, one resource, one caller; of S3's objects, which come and go, those in one folder.

use std::sync::Arc;

use crate::decision::{Decision, Gate, Place};
use crate::evaluate::{evaluate, evaluate_traced};
use crate::policy::{Effect, Policy};
use crate::policy_set::{NamedPolicy, PolicySet};
use crate::request::Request;
use crate::surroundings::{Level, Surroundings};
use crate::trace::Trace;

mod candidates;
mod change;

pub use candidates::as_written;
pub use change::Change;

/// The most remedies that are returned.
pub const MAX_REMEDIES: usize = 5;

/// The most changes that one remedy is made of.
const MAX_CHANGES: usize = 8;

/// The most combinations that are tried.
const MAX_TRIALS: usize = 400;

/// A set of changes that together would allow the request.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// The changes, in the order in which AWS would ask for them.
    pub changes: Vec<Change>,
}

impl Remedy {
    /// Lower is smaller: a fact to send with the request before a grant, a grant before a guardrail.
    #[must_use]
    pub fn cost(&self) -> u32 {
        self.changes.iter().map(Change::cost).sum()
    }
}

/// The remedies for a denied request, smallest first; none if it is allowed, or if no change of
/// policies can allow it.
#[must_use]
pub fn remedies(request: &Request, around: &Surroundings) -> Vec<Remedy> {
    if evaluate(request, around).is_allowed() {
        return Vec::new();
    }
    let mut search = Search { trials: 0, found: Vec::new() };
    search.explore(request, around, &mut Vec::new());
    let mut found = search.found;
    found.sort_by_key(Remedy::cost);
    let mut smallest: Vec<Remedy> = Vec::new();
    for remedy in found {
        let superfluous = smallest
            .iter()
            .any(|smaller| smaller.changes.iter().all(|change| remedy.changes.contains(change)));
        if !superfluous && smallest.len() < MAX_REMEDIES {
            smallest.push(remedy);
        }
    }
    smallest
}

/// Applies `remedy` and decides again.
#[must_use]
pub fn prove(remedy: &Remedy, request: &Request, around: &Surroundings) -> Decision {
    let (mut request, mut around) = (request.clone(), around.clone());
    for change in &remedy.changes {
        (request, around) = apply(change, &request, &around);
    }
    evaluate(&request, &around)
}

struct Search {
    trials: usize,
    found: Vec<Remedy>,
}

impl Search {
    /// Removes the first obstacle in every way there is, then the next one, until nothing is left.
    fn explore(&mut self, request: &Request, around: &Surroundings, path: &mut Vec<Change>) {
        let mut trace = Trace::new();
        let decision = evaluate_traced(request, around, &mut trace);
        if decision.is_allowed() {
            self.found.push(Remedy { changes: path.clone() });
            return;
        }
        if path.len() == MAX_CHANGES {
            return;
        }
        for change in candidates::of(request, around, &decision, &trace) {
            self.trials += 1;
            if self.trials > MAX_TRIALS {
                return;
            }
            if path.contains(&change) {
                continue;
            }
            let (changed_request, changed_around) = apply(&change, request, around);
            path.push(change);
            self.explore(&changed_request, &changed_around, path);
            path.pop();
        }
    }
}

fn apply(change: &Change, request: &Request, around: &Surroundings) -> (Request, Surroundings) {
    match change {
        Change::Supply { key, value, .. } => (request.with(key, value.clone()), around.clone()),
        Change::Omit { key } => (request.without(key), around.clone()),
        Change::Grant { gate, level, policy, .. } => {
            let added = NamedPolicy { name: "(added)".into(), policy: Arc::clone(policy) };
            let around = with_set(around, *gate, *level, |policies| policies.push(added));
            (request.clone(), around)
        }
        Change::Exempt { place, policy, .. } | Change::Lift { place, policy, .. } => {
            let around = with_set(around, place.gate, place.level, |policies| {
                if let Some(named) = policies.get_mut(usize::from(place.statement.policy)) {
                    named.policy = Arc::clone(policy);
                }
            });
            (request.clone(), around)
        }
    }
}

/// The surroundings with the policies of one gate changed.
fn with_set(
    around: &Surroundings,
    gate: Gate,
    level: u16,
    change: impl FnOnce(&mut Vec<NamedPolicy>),
) -> Surroundings {
    let mut around = around.clone();
    let mut policies = around.set(gate, level).map_or_else(Vec::new, |set| set.policies().to_vec());
    change(&mut policies);
    let set = Arc::new(PolicySet::new(policies));
    let replace = |levels: &mut Vec<Level>| {
        if let Some(level) = levels.get_mut(usize::from(level)) {
            level.policies = Arc::clone(&set);
        }
    };
    match gate {
        Gate::Identity => around.identity = set,
        Gate::Boundary => around.boundary = Some(set),
        Gate::Session => around.session = Some(set),
        Gate::Resource | Gate::Trust => around.resource = Some(set),
        Gate::Endpoint => around.endpoint = Some(set),
        Gate::ServiceControl => replace(&mut around.service_control),
        Gate::ResourceControl => replace(&mut around.resource_control),
    }
    around
}

/// The policy that holds a statement, with that statement changed by `edit` or, if it answers
/// nothing, left out.
fn edited(
    around: &Surroundings,
    place: Place,
    edit: impl FnOnce(crate::policy::Statement) -> Option<crate::policy::Statement>,
) -> Option<Arc<Policy>> {
    let named = around.policy(place)?;
    let mut policy = Policy::clone(&named.policy);
    let index = usize::from(place.statement.statement);
    if index >= policy.statements.len() {
        return None;
    }
    let statement = policy.statements.remove(index);
    debug_assert_eq!(statement.effect.value, Effect::Deny, "only denials are taken back");
    if let Some(statement) = edit(statement) {
        policy.statements.insert(index, statement);
    }
    Some(Arc::new(policy))
}
