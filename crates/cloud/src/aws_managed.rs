//! AWS's own managed policies.

use std::sync::Arc;

use iam::{NamedPolicy, Policy, PolicySet};

/// What lists of policies show of an AWS managed policy.
#[derive(Debug)]
pub struct Listing {
    /// `arn:aws:iam::aws:policy/…`
    pub arn: &'static str,
    /// `/`, `/service-role/`, …
    pub path: &'static str,
    /// The name.
    pub name: &'static str,
    /// `ANPA…`
    pub id: Box<str>,
    /// `v1`, …
    pub default_version_id: &'static str,
    /// When the policy came to be.
    pub created: &'static str,
    /// When its default version came to be.
    pub updated: &'static str,
}

/// A policy of AWS.
#[derive(Debug)]
pub struct ManagedPolicy {
    listing: &'static Listing,
    document: &'static str,
    policy: Arc<Policy>,
}

/// The policy with `arn`.
#[must_use]
pub fn find(_arn: &str) -> Option<&'static ManagedPolicy> {
    None
}

/// Every policy, in the order of their names.
pub fn all() -> impl Iterator<Item = &'static Listing> {
    std::iter::empty()
}

impl Listing {
    /// The policy with its document.
    pub fn open(&'static self) -> Option<&'static ManagedPolicy> {
        find(self.arn)
    }
}

impl ManagedPolicy {
    /// The document of the default version.
    #[must_use]
    pub fn document(&self) -> &'static str {
        self.document
    }

    /// The document, parsed.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    /// Compiled.
    #[must_use]
    pub fn set(&self) -> Arc<PolicySet> {
        Arc::new(PolicySet::new(vec![self.named()]))
    }

    /// The policy under its ARN.
    #[must_use]
    pub fn named(&self) -> NamedPolicy {
        NamedPolicy { name: self.listing.arn.into(), policy: self.policy() }
    }
}

impl std::ops::Deref for ManagedPolicy {
    type Target = Listing;

    fn deref(&self) -> &Listing {
        self.listing
    }
}
