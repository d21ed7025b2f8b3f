//! The managed policies that AWS itself keeps, such as `AdministratorAccess`: they belong to the
//! account `aws`, exist in every account and cannot be changed.
//!
//! The facts are those that the package `moto` collected from AWS, packed into
//! `data/managed-policies.bin` by `cargo xtask managed-policies` (see `data/ATTRIBUTION.md`). Only the
//! default version of each is there. A document is inflated and parsed when it is first asked for and
//! stays: everything here is `&'static` and may be asked from any thread.
//!
//! ```
//! use cloud::aws_managed;
//!
//! let admin = aws_managed::find("arn:aws:iam::aws:policy/AdministratorAccess").expect("exists");
//! assert_eq!(admin.default_version_id, "v1");
//! assert!(admin.document().contains(r#""Action":"*""#));
//! assert_eq!(admin.policy().statements().len(), 1);
//! assert!(aws_managed::find("arn:aws:iam::aws:policy/AdministratorAcces").is_none());
//! ```
//!
//! Unverified: the spelling of the documents. Their elements are in the order of AWS's pages and
//! without spaces; what AWS sends has spaces and may have another order. Their meaning is the same.

mod archive;
mod id;
#[cfg(test)]
mod tests;

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use iam::{NamedPolicy, Policy, PolicyKind, PolicySet};
use names::ArnParts;

use archive::{Archive, Entry, archive};

/// What lists of policies show of an AWS managed policy.
#[derive(Debug)]
pub struct Listing {
    /// In the partition `aws`: `arn:aws:iam::aws:policy/service-role/AWSLambdaRole`.
    pub arn: &'static str,
    /// `/`, `/service-role/`, `/job-function/`, `/aws-service-role/` or `/root-task/`.
    pub path: &'static str,
    /// `AWSLambdaRole`
    pub name: &'static str,
    /// `ANPA…`, shaped as AWS's own and always the same for the same ARN. It is not the id that AWS
    /// gave, which the package does not carry.
    pub id: Box<str>,
    /// `v1`, …
    pub default_version_id: &'static str,
    /// When the policy came to be, in UTC: `2015-02-06T18:39:46Z`.
    pub created: &'static str,
    /// When its default version came to be, likewise.
    pub updated: &'static str,
    block: usize,
    range: Range<usize>,
    opened: OnceLock<Option<ManagedPolicy>>,
}

/// An AWS managed policy with its document. Dereferences to its [`Listing`].
#[derive(Debug)]
pub struct ManagedPolicy {
    listing: &'static Listing,
    document: &'static str,
    policy: Arc<Policy>,
    set: OnceLock<Arc<PolicySet>>,
}

/// Where the facts come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Source {
    /// The version of the package `moto`.
    pub version: &'static str,
}

/// The policy of an ARN, byte for byte. The partitions `aws`, `aws-cn` and `aws-us-gov` have the same
/// policies here (unverified: AWS may lack some in the latter two, or word their ARNs differently).
///
/// `None` means that it is not known: refuse it by name, do not take it for a policy that allows
/// nothing.
#[must_use]
pub fn find(arn: &str) -> Option<&'static ManagedPolicy> {
    let parts = ArnParts::split(arn)?;
    let managed = PARTITIONS.contains(&parts.partition)
        && (parts.service, parts.region, parts.account) == ("iam", "", "aws");
    let full_name = parts.resource.strip_prefix("policy").filter(|_| managed)?;
    let (_, name) = full_name.rsplit_once('/')?;
    let found = listings().binary_search_by(|listing| listing.name.cmp(name)).ok()?;
    let listing = listings().get(found)?;
    if listing.full_name() == full_name { listing.open() } else { None }
}

/// Every policy, in the order of their names, which no two share. Opens none of them: to hold all
/// documents parsed takes 18 MB.
pub fn all() -> impl Iterator<Item = &'static Listing> {
    listings().iter()
}

/// Where the facts come from.
#[must_use]
pub fn source() -> Source {
    Source { version: archive().version }
}

impl Listing {
    /// The policy with its document; read when first asked for (0.2 to 0.6 milliseconds).
    ///
    /// `None` only if the embedded file were damaged, which the tests exclude.
    pub fn open(&'static self) -> Option<&'static ManagedPolicy> {
        self.opened.get_or_init(|| ManagedPolicy::read(self)).as_ref()
    }

    /// Whether only a service-linked role can have the policy. AWS refuses to attach it to anything else:
    /// `PolicyNotAttachable`, "Cannot attach a Service Role Policy to a Customer Role." Sources: AWS
    /// Managed Policy Reference ("You cannot attach this policy to your users, groups, or roles"); the
    /// text from the public report aws/aws-cdk#6131.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path == SERVICE_LINKED_PATH
    }

    /// Path and name.
    fn full_name(&self) -> &'static str {
        self.arn.strip_prefix(ARN_PREFIX).unwrap_or_default()
    }
}

impl ManagedPolicy {
    /// The document of the default version: compact JSON.
    #[must_use]
    pub fn document(&self) -> &'static str {
        self.document
    }

    /// The document, parsed.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    /// The policy alone, compiled when first asked for, named by its ARN.
    #[must_use]
    pub fn set(&self) -> Arc<PolicySet> {
        let compile = || Arc::new(PolicySet::new(vec![self.named()]));
        Arc::clone(self.set.get_or_init(compile))
    }

    /// The policy under its ARN, to be compiled together with others.
    #[must_use]
    pub fn named(&self) -> NamedPolicy {
        NamedPolicy { name: self.listing.arn.into(), policy: self.policy() }
    }

    fn read(listing: &'static Listing) -> Option<Self> {
        let document = archive().document(listing.block, &listing.range)?;
        let policy = Policy::parse(document.as_bytes(), PolicyKind::Identity).ok()?;
        Some(Self { listing, document, policy: Arc::new(policy), set: OnceLock::new() })
    }
}

impl Deref for ManagedPolicy {
    type Target = Listing;

    fn deref(&self) -> &Listing {
        self.listing
    }
}

const ARN_PREFIX: &str = "arn:aws:iam::aws:policy";
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];
const SERVICE_LINKED_PATH: &str = "/aws-service-role/";

/// All policies, in the order of their names.
fn listings() -> &'static [Listing] {
    static LISTINGS: OnceLock<Vec<Listing>> = OnceLock::new();
    LISTINGS.get_or_init(|| {
        let Archive { entries, .. } = archive();
        entries.iter().filter_map(Listing::read).collect()
    })
}

impl Listing {
    fn read(entry: &Entry<'static>) -> Option<Self> {
        let full_name = entry.arn.strip_prefix(ARN_PREFIX)?;
        let (path, name) = full_name.split_at_checked(full_name.rfind('/')? + 1)?;
        Some(Self {
            arn: entry.arn,
            path,
            name,
            id: id::of(entry.arn),
            default_version_id: entry.default_version_id,
            created: entry.created,
            updated: entry.updated,
            block: entry.block,
            range: entry.range.clone(),
            opened: OnceLock::new(),
        })
    }
}
