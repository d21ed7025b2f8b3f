//! Where an account stands in its organization, as authorization needs it: the guardrails on the way down
//! to it, compiled once for as long as the rows that they come from stay the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use iam::PolicySet;
use iam::surroundings::Level;
use names::AccountId;
use store::View;

use crate::organizations::membership;
use crate::organizations::node::{self, NodeRow};
use crate::organizations::organization::{self, OrganizationRow};
use crate::organizations::policy::{self, Found};
use crate::organizations::policy_type::PolicyType;

/// Accounts whose standing is kept; beyond, the cache starts anew.
const MAX_CACHED: usize = 1_000;

/// Where an account stands.
#[derive(Debug)]
pub struct Standing {
    /// The organization: `aws:PrincipalOrgID`, `aws:ResourceOrgID`.
    pub organization: String,
    /// The way to the account: `aws:PrincipalOrgPaths`, `aws:ResourceOrgPaths`.
    pub path: String,
    /// SCPs from the root down. None for the management account, to which they do not apply (user guide,
    /// "service control policies").
    pub service_control: Vec<Level>,
    /// RCPs, likewise.
    pub resource_control: Vec<Level>,
}

/// Standings by account.
#[derive(Debug, Default)]
pub struct Standings {
    known: Mutex<HashMap<AccountId, Entry>>,
}

#[derive(Debug)]
struct Entry {
    parts: Parts,
    standing: Arc<Standing>,
}

/// The rows that a standing comes from. They are immutable: the same rows make the same standing.
#[derive(Debug)]
struct Parts {
    organization: Arc<OrganizationRow>,
    way: Vec<(Arc<NodeRow>, Vec<Found>)>,
}

impl Standings {
    /// Where `account` stands; none outside of organizations, which one look-up finds out.
    pub fn of(&self, view: &View, account: AccountId) -> Option<Arc<Standing>> {
        let management = membership::management_of(view, account)?;
        let organization = organization::find(view, management)?;
        let parts = Parts::gather(view, organization, account)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(&account)
            && entry.parts.are(&parts)
        {
            return Some(Arc::clone(&entry.standing));
        }
        let standing = Arc::new(parts.standing(account));
        if known.len() >= MAX_CACHED {
            known.clear();
        }
        known.insert(account, Entry { parts, standing: Arc::clone(&standing) });
        Some(standing)
    }
}

impl Parts {
    fn gather(
        view: &View,
        organization: &Arc<OrganizationRow>,
        account: AccountId,
    ) -> Option<Self> {
        let way = node::way_to(view, organization, account.as_str());
        way.last()?;
        let with_policies = |node: &Arc<NodeRow>| {
            let found = node.policies.iter().filter_map(|id| policy::find(view, organization, id));
            (Arc::clone(node), found.collect())
        };
        let way = way.into_iter().map(with_policies).collect();
        Some(Self { organization: Arc::clone(organization), way })
    }

    fn are(&self, other: &Self) -> bool {
        let same = |one: &(Arc<NodeRow>, Vec<Found>), other: &(Arc<NodeRow>, Vec<Found>)| {
            Arc::ptr_eq(&one.0, &other.0)
                && one.1.len() == other.1.len()
                && one.1.iter().zip(&other.1).all(|(one, other)| one.is(other))
        };
        Arc::ptr_eq(&self.organization, &other.organization)
            && self.way.len() == other.way.len()
            && self.way.iter().zip(&other.way).all(|(one, other)| same(one, other))
    }

    fn standing(&self, account: AccountId) -> Standing {
        let mut path = format!("{}/", self.organization.id);
        let above = self.way.iter().filter(|(node, _)| node.member().is_none());
        above.for_each(|(node, _)| {
            path.push_str(&node.id);
            path.push('/');
        });
        Standing {
            organization: self.organization.id.clone(),
            path,
            service_control: self.levels(account, PolicyType::ServiceControlPolicy),
            resource_control: self.levels(account, PolicyType::ResourceControlPolicy),
        }
    }

    fn levels(&self, account: AccountId, kind: PolicyType) -> Vec<Level> {
        if account == self.organization.account || !self.organization.enabled.contains(&kind) {
            return Vec::new();
        }
        let level = |(node, found): &(Arc<NodeRow>, Vec<Found>)| {
            let of_type = found.iter().filter(|found| found.r#type() == kind);
            let policies =
                of_type.filter_map(|found| found.document().policy(&found.arn(), kind.kind()));
            Level {
                name: node.id.as_str().into(),
                policies: Arc::new(PolicySet::new(policies.collect())),
            }
        };
        self.way.iter().map(level).collect()
    }
}
