//! The kinds of policy, and what each may hold.

use std::fmt;
use std::str::FromStr;

/// What a policy is attached to decides its grammar and its part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyKind {
    /// Attached to a user, a group or a role.
    Identity,
    /// The trust policy of a role.
    Trust,
    /// Attached to a resource such as a bucket, a queue or a key.
    Resource,
    /// The permissions boundary of a user or role.
    Boundary,
    /// Passed when a session is made.
    Session,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
    /// The policy of a VPC endpoint.
    Endpoint,
}

/// The text names no kind of policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a kind of policy: write one of identity, trust, resource, boundary, session, scp, rcp, vpce"
)]
pub struct UnknownKind {
    text: String,
}

impl PolicyKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Trust,
        Self::Resource,
        Self::Boundary,
        Self::Session,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Endpoint,
    ];

    /// The name that people type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Trust => "trust",
            Self::Resource => "resource",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Endpoint => "vpce",
        }
    }

    /// Whether statements name principals; the others speak of whoever they are attached to.
    #[must_use]
    pub fn has_principal(self) -> bool {
        matches!(self, Self::Trust | Self::Resource | Self::ResourceControl | Self::Endpoint)
    }

    /// Whether an ARN with fewer than six parts stands for one whose missing parts are `*`.
    ///
    /// AWS documents no rule; this is what public engines agree on (unverified).
    pub(crate) fn completes_short_arn(self, text: &str) -> bool {
        match self {
            Self::Identity | Self::Session | Self::Boundary => true,
            Self::Resource | Self::Trust | Self::Endpoint => text.contains('*'),
            Self::ServiceControl => text.ends_with('*'),
            Self::ResourceControl => false,
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for PolicyKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownKind { text: text.to_owned() })
    }
}
