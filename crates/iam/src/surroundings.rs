//! The policies around a request.

use std::sync::Arc;

use crate::decision::{Gate, Place};
use crate::policy_set::{NamedPolicy, PolicySet};

/// Every policy that has a say in a request.
///
/// `None` means that there is no such gate. A gate that is there with an empty set allows nothing,
/// as a boundary whose policy was deleted. (A federated user's session has its gate in any case.)
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The caller's own policies and those of its groups.
    pub identity: Arc<PolicySet>,
    /// The policy of the resource; for `sts:AssumeRole*` the trust policy, for `kms:*` the key's.
    pub resource: Option<Arc<PolicySet>>,
    /// The caller's permissions boundary.
    pub boundary: Option<Arc<PolicySet>>,
    /// The session policies that were passed; together they are one gate.
    pub session: Option<Arc<PolicySet>>,
    /// The policy of the VPC endpoint that the request comes through.
    pub endpoint: Option<Arc<PolicySet>>,
    /// SCPs on the way from the root of the caller's organization to its account. None for a
    /// management account and outside of organizations.
    pub service_control: Vec<Level>,
    /// RCPs on the way to the resource's account.
    pub resource_control: Vec<Level>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self::of(Arc::default())
    }
}

/// The policies attached to one root, organizational unit or account.
#[derive(Debug, Clone)]
pub struct Level {
    /// What the level is called, such as `r-ab12` or `ou-ab12-finance`.
    pub name: Arc<str>,
    /// Its policies.
    pub policies: Arc<PolicySet>,
}

impl Surroundings {
    /// Those of a caller with nothing but its own policies.
    #[must_use]
    pub fn of(identity: Arc<PolicySet>) -> Self {
        Self {
            identity,
            resource: None,
            boundary: None,
            session: None,
            endpoint: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
        }
    }

    /// The policy set behind a gate.
    #[must_use]
    pub fn set(&self, gate: Gate, level: u16) -> Option<&PolicySet> {
        match gate {
            Gate::Identity => Some(&self.identity),
            Gate::Boundary => self.boundary.as_deref(),
            Gate::Session => self.session.as_deref(),
            Gate::Resource | Gate::Trust => self.resource.as_deref(),
            Gate::Endpoint => self.endpoint.as_deref(),
            Gate::ServiceControl | Gate::ResourceControl => {
                self.levels(gate).get(usize::from(level)).map(|level| &*level.policies)
            }
        }
    }

    /// The levels of SCPs or RCPs; none for other gates.
    #[must_use]
    pub fn levels(&self, gate: Gate) -> &[Level] {
        match gate {
            Gate::ServiceControl => &self.service_control,
            Gate::ResourceControl => &self.resource_control,
            _ => &[],
        }
    }

    /// The policy that a statement belongs to.
    #[must_use]
    pub fn policy(&self, place: Place) -> Option<&NamedPolicy> {
        self.set(place.gate, place.level)?.policy(place.statement)
    }
}
