//! What every principal has asked for since the start or the last reset: from it follows the least policy
//! that covers it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use cloud::Made;
use cloud::authorize::Decided;
use iam::Values;
use iam::key::known;
use iam::remedy::as_written;
use serde::Serialize;
use serde_json::Value;

/// Pairs of action and resource that are kept in all; what comes then is not.
const MAX_KEPT: usize = 100_000;

/// What was asked for, by principal, action and resource, and whether it was ever allowed.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    principals: HashMap<Box<str>, Actions>,
    count: usize,
}

/// A policy, its members in the order in which people write them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: Value,
    resource: Value,
}

type Actions = HashMap<Box<str>, HashMap<Box<str>, bool>>;

impl Needs {
    /// Notes what was decided, for the request's caller and for the calls that were made for others.
    pub(crate) fn note(&self, decided: &[Decided], made: &[Made]) {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            decided.iter().for_each(|decided| kept.note(decided));
        }
        for call in made {
            self.note(&call.decided, &call.made);
        }
    }

    /// The least policy for a principal, sorted; none if it has asked for nothing.
    pub(crate) fn policy(&self, principal: &str, attempted: bool) -> Option<Policy> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of = kept.principals.iter().filter(|(known, _)| is(known, principal));
        // The resources of each action, then the actions of each set of resources.
        let mut by_action: BTreeMap<&str, BTreeSet<Cow<'_, str>>> = BTreeMap::new();
        for (action, resources) in of.flat_map(|(_, actions)| actions) {
            let wanted = resources.iter().filter(|(_, allowed)| attempted || **allowed);
            let mut wanted = wanted.map(|(resource, _)| as_written(action, resource)).peekable();
            if wanted.peek().is_some() {
                by_action.entry(action).or_default().extend(wanted);
            }
        }
        let mut statements: BTreeMap<Vec<Cow<'_, str>>, Vec<Cow<'_, str>>> = BTreeMap::new();
        for (action, resources) in by_action {
            statements.entry(resources.into_iter().collect()).or_default().push(action.into());
        }
        if statements.is_empty() {
            return None;
        }
        let mut statements: Vec<_> =
            statements.into_iter().map(|(resources, actions)| (actions, resources)).collect();
        statements.sort();
        let one = |(actions, resources)| Statement {
            effect: "Allow",
            action: single(actions),
            resource: single(resources),
        };
        let statement = statements.into_iter().map(one).collect();
        Some(Policy { version: "2012-10-17", statement })
    }

    /// Everybody who has asked for something.
    pub(crate) fn principals(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<String> =
            kept.principals.keys().map(|name| String::from(&**name)).collect();
        names.sort();
        names
    }

    pub(crate) fn clear(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }
}

impl Kept {
    fn note(&mut self, decided: &Decided) {
        // What needs no permission is in no policy.
        if decided.decision.special == Some(iam::decision::Special::NeedsNoPermission) {
            return;
        }
        let request = &decided.request;
        let stated = request.context().get(&known::PRINCIPAL_ARN).and_then(Values::single);
        let principal = stated.unwrap_or_else(|| request.caller().name());
        let (action, resource) = (request.action().as_str(), request.resource().as_str());
        let allowed = decided.decision.is_allowed();
        let known = self.principals.get_mut(principal).and_then(|actions| actions.get_mut(action));
        if let Some(known) = known.and_then(|resources| resources.get_mut(resource)) {
            *known |= allowed;
            return;
        }
        if self.count >= MAX_KEPT {
            return;
        }
        self.count += 1;
        let actions = self.principals.entry(principal.into()).or_default();
        actions.entry(action.into()).or_default().insert(resource.into(), allowed);
    }
}

/// Whether `known` is the principal that is meant: by its ARN, or by a session's for a role's.
fn is(known: &str, meant: &str) -> bool {
    if known == meant {
        return true;
    }
    let session = meant.split_once(":assumed-role/").and_then(|(start, rest)| {
        let (role, _) = rest.split_once('/')?;
        Some((start.replace(":sts:", ":iam:"), role))
    });
    session.is_some_and(|(start, role)| {
        let path = known.strip_prefix(&start).and_then(|rest| rest.strip_prefix(":role/"));
        path.is_some_and(|path| path.rsplit('/').next() == Some(role))
    })
}

/// One as itself, several as a list: as people write policies.
fn single(mut items: Vec<Cow<'_, str>>) -> Value {
    match items.len() {
        1 => items.pop().into(),
        _ => items.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_mean_their_role() {
        let session = "arn:aws:sts::123456789012:assumed-role/etl/i-1";
        assert!(is("arn:aws:iam::123456789012:role/a/etl", session));
        assert!(!is("arn:aws:iam::123456789012:role/a/etl2", session));
        assert!(!is("arn:aws:iam::999999999999:role/etl", session));
    }
}
