//! The policies of callers, compiled once: as long as the rows that they come from stay the same, the
//! compiled set does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use iam::{NamedPolicy, PolicyKind, PolicySet};
use names::AccountId;
use store::View;

use crate::aws_managed;
use crate::iam::group::GroupRow;
use crate::iam::policy::{self, PolicyRow};
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;
use crate::organizations::standing::Standings;
use crate::propagation::Sight;

/// Callers whose policies are kept; beyond, the cache starts anew.
const MAX_CACHED_CALLERS: usize = 10_000;

/// Compiled policies by the unique id of their holder.
#[derive(Debug, Default)]
pub struct PolicyCache {
    /// The guardrails of accounts.
    pub standings: Standings,
    sets: Mutex<HashMap<Box<str>, Entry>>,
}

#[derive(Debug)]
struct Entry {
    parts: Vec<Part>,
    set: Arc<PolicySet>,
}

/// A row that policies come from. Rows are immutable, so the same row has the same policies.
#[derive(Debug, Clone)]
enum Part {
    User(Arc<UserRow>),
    Group(Arc<GroupRow>),
    Role(Arc<RoleRow>),
    Policy(Arc<PolicyRow>),
    Managed(&'static aws_managed::ManagedPolicy),
}

impl PolicyCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All identity-based policies of a user: its own and its groups'.
    pub fn of_user(&self, sight: Sight<'_>, user: &Arc<UserRow>) -> Arc<PolicySet> {
        let mut parts = vec![Part::User(Arc::clone(user))];
        add_managed(sight, &user.attached, &mut parts);
        for group in &user.groups {
            if let Some(group) = sight.get::<GroupRow>(user.account.as_str(), group) {
                parts.push(Part::Group(Arc::clone(group)));
                add_managed(sight, &group.attached, &mut parts);
            }
        }
        self.get(&user.id, parts)
    }

    /// All identity-based policies of a role.
    pub fn of_role(&self, sight: Sight<'_>, role: &Arc<RoleRow>) -> Arc<PolicySet> {
        let mut parts = vec![Part::Role(Arc::clone(role))];
        add_managed(sight, &role.attached, &mut parts);
        self.get(&role.id, parts)
    }

    fn get(&self, holder: &str, parts: Vec<Part>) -> Arc<PolicySet> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = sets.get(holder)
            && same_parts(&entry.parts, &parts)
        {
            return Arc::clone(&entry.set);
        }
        let set = Arc::new(PolicySet::new(parts.iter().flat_map(Part::policies).collect()));
        if sets.len() >= MAX_CACHED_CALLERS {
            sets.clear();
        }
        sets.insert(holder.into(), Entry { parts, set: Arc::clone(&set) });
        set
    }
}

/// The policy `arn` as a boundary or a session policy. One that does not exist allows nothing.
#[must_use]
pub fn managed_set(sight: Sight<'_>, arn: &str) -> Arc<PolicySet> {
    if let Some(managed) = aws_managed::find(arn) {
        return managed.set();
    }
    match policy::find_as(sight, arn).ok().and_then(|row| row.document()) {
        Some(document) => document.set(arn, PolicyKind::Identity),
        None => Arc::default(),
    }
}

/// Whether a managed policy exists for the account: its own, or one of AWS's.
#[must_use]
pub fn managed_exists(view: &View, account: AccountId, arn: &str) -> bool {
    aws_managed::find(arn).is_some()
        || policy::find(view, arn).is_ok_and(|policy| policy.account == account)
}

fn add_managed(sight: Sight<'_>, arns: &[String], parts: &mut Vec<Part>) {
    for arn in arns {
        if let Some(managed) = aws_managed::find(arn) {
            parts.push(Part::Managed(managed));
        } else if let Ok(row) = policy::find_as(sight, arn) {
            parts.push(Part::Policy(Arc::clone(row)));
        }
    }
}

fn same_parts(one: &[Part], other: &[Part]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is(other))
}

impl Part {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::User(one), Self::User(other)) => Arc::ptr_eq(one, other),
            (Self::Group(one), Self::Group(other)) => Arc::ptr_eq(one, other),
            (Self::Role(one), Self::Role(other)) => Arc::ptr_eq(one, other),
            (Self::Policy(one), Self::Policy(other)) => Arc::ptr_eq(one, other),
            (Self::Managed(one), Self::Managed(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }

    fn policies(&self) -> Vec<NamedPolicy> {
        let inline = |policies: &std::collections::BTreeMap<String, _>| -> Vec<NamedPolicy> {
            policies
                .iter()
                .filter_map(|(name, document): (_, &crate::iam::document::Document)| {
                    document.policy(name, PolicyKind::Identity)
                })
                .collect()
        };
        match self {
            Self::User(user) => inline(&user.inline),
            Self::Group(group) => inline(&group.inline),
            Self::Role(role) => inline(&role.inline),
            Self::Policy(row) => row
                .document()
                .and_then(|document| document.policy(&row.arn, PolicyKind::Identity))
                .into_iter()
                .collect(),
            Self::Managed(managed) => managed.set().policies().to_vec(),
        }
    }
}
