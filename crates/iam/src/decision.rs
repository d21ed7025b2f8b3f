//! The engine's answer: allowed or not, and by what.

use std::fmt;

use crate::policy_set::StatementRef;

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every gate lets it pass.
    Allowed,
    /// Nothing denies it, but something that must allow it does not.
    ImplicitlyDenied,
    /// A `Deny` statement matches.
    ExplicitlyDenied,
}

/// A kind of policy in its part as a condition for the request to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// Service control policies of the caller's organization.
    ServiceControl,
    /// Resource control policies of the resource's organization.
    ResourceControl,
    /// The policies of the caller.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The policies of the caller's session.
    Session,
    /// The policy of the resource.
    Resource,
    /// The trust policy of the role that is assumed.
    Trust,
    /// The policy of the VPC endpoint that the request came through.
    Endpoint,
}

/// A set of gates.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct GateSet(u8);

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The outcome.
    pub verdict: Verdict,
    /// Every gate that stands in the way; empty if the request is allowed.
    pub blocked_by: GateSet,
    /// The gate that AWS names in its message, for denials.
    pub reason: Option<Reason>,
    /// The statement that allowed the request, or denied it explicitly.
    pub by: Option<Place>,
    /// A rule beyond the policies that settled the matter.
    pub special: Option<Special>,
}

/// Why a request is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The gate.
    pub gate: Gate,
    /// Whether one of its statements denies, rather than none allows.
    pub explicit: bool,
}

/// A statement in the policies around a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The gate that it belongs to.
    pub gate: Gate,
    /// The level of the organization, for service and resource control policies.
    pub level: u16,
    /// Policy and statement.
    pub statement: StatementRef,
}

/// Rules of AWS that no policy states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Special {
    /// The action needs no permission and cannot be denied, as `sts:GetCallerIdentity`.
    NeedsNoPermission,
    /// The root user has full access to its account.
    RootUser,
    /// The resource is AWS's own and nobody else may change it.
    OwnedByAws,
}

impl Gate {
    /// All gates, in the order in which AWS evaluates them: organization, then the caller's side,
    /// then the resource's.
    pub const ALL: [Self; 8] = [
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Identity,
        Self::Boundary,
        Self::Session,
        Self::Resource,
        Self::Trust,
        Self::Endpoint,
    ];

    /// The short name: `identity`, `scp`, …
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Endpoint => "vpce",
        }
    }

    /// What AWS calls the kind of policy in its messages.
    #[must_use]
    pub fn policy_type(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl GateSet {
    /// Adds a gate.
    pub fn insert(&mut self, gate: Gate) {
        self.0 |= gate.bit();
    }

    /// Whether the gate is in the set.
    #[must_use]
    pub fn contains(self, gate: Gate) -> bool {
        self.0 & gate.bit() != 0
    }

    /// Whether no gate is.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The gates, in the order of [`Gate::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Gate> {
        Gate::ALL.into_iter().filter(move |gate| self.contains(*gate))
    }
}

impl fmt::Debug for GateSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Gate> for GateSet {
    fn from_iter<I: IntoIterator<Item = Gate>>(gates: I) -> Self {
        let mut set = Self::default();
        gates.into_iter().for_each(|gate| set.insert(gate));
        set
    }
}

impl Verdict {
    /// `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
        }
    }
}

impl Decision {
    /// Whether the request may go ahead.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }
}
