//! Principals of the policies of roles and of resources.
//!
//! When such a policy is written, AWS turns the ARNs of users and roles in it into their unique ids.
//! That is why they must exist then, why an entity that was made anew under its old name is another
//! one, and why a policy shows the bare id of an entity that is gone (user guide, "AWS JSON policy
//! elements: Principal"). Here a policy keeps its text and, beside it, the id of each principal.
//!
//! An account that was never used here is foreign: nobody can say what exists in it, so its ARNs are
//! kept as text. The ARN of a role's session stays text in any account; whether AWS wants its role to
//! exist is unverified. So do identity providers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use iam::policy::PrincipalEntry;
use iam::{Policy, PolicyKind};
use names::{AccountId, ArnParts};
use serde::{Deserialize, Serialize};
use store::View;

use crate::fault::Fault;
use crate::iam::document::{self, Document};
use crate::iam::name;
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;
use crate::propagation::{Reader, Sight, Standpoint};

/// Characters of a trust policy, white space aside.
pub const MAX_TRUST_POLICY: usize = 2048;

/// Accounts of Databricks, in which every principal exists whatever is kept here: its control plane and
/// Unity Catalog (also of GovCloud, its DoD part and development), and its serverless compute.
/// Source: Databricks' Terraform provider and its documentation.
pub const DATABRICKS_ACCOUNTS: [&str; 5] =
    ["414351767826", "790110701330", "044793339203", "170661010020", "707343435239"];

/// A policy that names principals, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct NamingPolicy<K> {
    document: Document,
    /// The unique ids of principals, by what the document calls them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    principals: BTreeMap<String, String>,
    /// The document with the ids in place. Shared by all clones.
    #[serde(skip)]
    evaluated: Arc<OnceLock<Document>>,
    #[serde(skip)]
    kind: PhantomData<K>,
}

/// A role's trust policy.
pub type TrustPolicy = NamingPolicy<Trust>;
/// The policy of a resource, such as a bucket's.
pub type ResourcePolicy = NamingPolicy<Resource>;

/// What a policy belongs to.
pub trait Kind {
    /// The same for the engine.
    const KIND: PolicyKind;
}

/// To a role.
#[derive(Debug, Clone, Copy)]
pub struct Trust;

/// To another resource.
#[derive(Debug, Clone, Copy)]
pub struct Resource;

impl Kind for Trust {
    const KIND: PolicyKind = PolicyKind::Trust;
}

impl Kind for Resource {
    const KIND: PolicyKind = PolicyKind::Resource;
}

/// A principal that does not exist, as a policy writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPrincipal(pub String);

impl TrustPolicy {
    /// The policy that IAM would store for a role of `account`; `sight` is [`principals_sight`]'s.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is no trust policy and for principals that do not exist,
    /// `LimitExceeded` for one that is too large. The order of the checks is unverified.
    pub fn accept(sight: Sight<'_>, account: AccountId, text: &str) -> Result<Self, Fault> {
        let policy = document::read(text, PolicyKind::Trust)?;
        if document::counted_characters(text) > MAX_TRUST_POLICY {
            let text = format!("Cannot exceed quota for ACLSizePerRole: {MAX_TRUST_POLICY}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let principals = resolve_all(sight, account, &policy).map_err(|unknown| {
            let text = format!("Invalid principal in policy: \"AWS\":\"{}\"", unknown.0);
            Fault::new("MalformedPolicyDocument", text)
        })?;
        Ok(Self::new(Document::new(text), principals))
    }

    /// A policy that names no user or role, such as that of a service-linked role.
    #[must_use]
    pub fn without_ids(text: &str) -> Self {
        Self::new(Document::new(text), BTreeMap::new())
    }
}

impl<K: Kind> NamingPolicy<K> {
    fn new(document: Document, principals: BTreeMap<String, String>) -> Self {
        Self { document, principals, evaluated: Arc::default(), kind: PhantomData }
    }

    /// The policy with its principals found; its form must have been checked.
    ///
    /// # Errors
    /// [`UnknownPrincipal`]
    pub fn resolve(
        sight: Sight<'_>,
        account: AccountId,
        document: Document,
    ) -> Result<Self, UnknownPrincipal> {
        let principals = match Policy::parse(document.text().as_bytes(), K::KIND) {
            Ok(policy) => resolve_all(sight, account, &policy)?,
            Err(_) => BTreeMap::new(),
        };
        Ok(Self::new(document, principals))
    }

    /// The text as it was sent.
    #[must_use]
    pub fn text(&self) -> &str {
        self.document.text()
    }

    /// The text as IAM shows it now: a principal that is gone by its id, one that was renamed by its
    /// new ARN.
    #[must_use]
    pub fn shown(&self, view: &View) -> Cow<'_, str> {
        let now = |id: &String| arn_of(view, id).map_or_else(|| id.clone(), str::to_owned);
        let changed = self.principals.iter().map(|(written, id)| (written.as_str(), now(id)));
        let changed: BTreeMap<&str, String> =
            changed.filter(|(written, now)| written != now).collect();
        if changed.is_empty() {
            return Cow::Borrowed(self.text());
        }
        let now = |principal: &str| changed.get(principal).map(String::as_str);
        Cow::Owned(substitute(self.text(), K::KIND, now))
    }

    /// The document to decide by: the ids stand in the place of the ARNs.
    #[must_use]
    pub fn evaluated(&self) -> &Document {
        self.evaluated.get_or_init(|| {
            if self.principals.is_empty() {
                return self.document.clone();
            }
            let id = |principal: &str| self.principals.get(principal).map(String::as_str);
            Document::new(&substitute(self.text(), K::KIND, id))
        })
    }
}

/// Those who check the principals of a policy that is written see IAM's changes late: a role that was just
/// made is an `Invalid principal in policy` to its trust policies too, which Terraform retries
/// (hashicorp/terraform-provider-aws, `internal/service/iam/role.go`). That they see what STS does is
/// unverified.
#[must_use]
pub fn principals_sight<'a>(standpoint: Standpoint<'a>, view: &'a View) -> Sight<'a> {
    standpoint.sight_as(view, Some(Reader::Sts))
}

impl<K> PartialEq for NamingPolicy<K> {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document && self.principals == other.principals
    }
}

/// The ids of all principals of a policy, by what it calls them.
fn resolve_all(
    sight: Sight<'_>,
    account: AccountId,
    policy: &Policy,
) -> Result<BTreeMap<String, String>, UnknownPrincipal> {
    let mut resolved = BTreeMap::new();
    for principal in aws_entries(policy).flat_map(|entry| &entry.values) {
        let written: &str = &principal.value;
        match resolve(sight, account, written) {
            Resolved::Id(id) => {
                resolved.insert(written.to_owned(), id.to_owned());
            }
            Resolved::Text => {}
            Resolved::Nobody => {
                return Err(UnknownPrincipal(written.to_owned()));
            }
        }
    }
    Ok(resolved)
}

/// What a principal stands for.
enum Resolved<'v> {
    /// A user or role of an account that is held here.
    Id(&'v str),
    /// What its text says.
    Text,
    /// Nobody.
    Nobody,
}

fn resolve<'v>(sight: Sight<'v>, own: AccountId, principal: &'v str) -> Resolved<'v> {
    let view = sight.view();
    let Some(arn) = ArnParts::split(principal) else {
        return match id_kind(principal) {
            // AWS shows the ids of the dead, but takes only those of the living: many reports of
            // policies that were read and written back.
            Some(_) if arn_of(view, principal).is_none() => Resolved::Nobody,
            Some(_) => Resolved::Id(principal),
            None => Resolved::Text,
        };
    };
    let Some((kind, path)) = arn.resource.split_once('/').filter(|_| arn.service == "iam") else {
        return Resolved::Text;
    };
    let Some(account) = arn.account.parse().ok().filter(|account| is_held(view, own, *account))
    else {
        return Resolved::Text;
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let found = match kind {
        "user" => {
            let row = sight.get::<UserRow>(account.as_str(), &name::key(last));
            row.map(|row| (&row.arn, &row.id))
        }
        "role" => {
            let row = sight.get::<RoleRow>(account.as_str(), &name::key(last));
            row.map(|row| (&row.arn, &row.id))
        }
        _ => return Resolved::Text,
    };
    // Names in principals are case-sensitive, and the path is part of them (user guide, "Principal").
    match found.filter(|(arn, _)| *arn == principal) {
        Some((_, id)) => Resolved::Id(id),
        None => Resolved::Nobody,
    }
}

/// Whether it can be said what exists in `account`.
fn is_held(view: &View, own: AccountId, account: AccountId) -> bool {
    let account_id = account.as_str();
    account == own || (!DATABRICKS_ACCOUNTS.contains(&account_id) && view.version(account_id) > 0)
}

/// The ARN of the living user or role with this unique id.
fn arn_of<'v>(view: &'v View, id: &str) -> Option<&'v str> {
    match id_kind(id)? {
        IdHolder::User => view.by_index::<UserRow>("id", id).map(|row| row.arn.as_str()),
        IdHolder::Role => view.by_index::<RoleRow>("id", id).map(|row| row.arn.as_str()),
    }
}

enum IdHolder {
    User,
    Role,
}

fn id_kind(id: &str) -> Option<IdHolder> {
    match id.get(..4)? {
        "AIDA" => Some(IdHolder::User),
        "AROA" => Some(IdHolder::Role),
        _ => None,
    }
}

fn aws_entries(policy: &Policy) -> impl Iterator<Item = &PrincipalEntry> {
    let elements = policy.statements().iter().filter_map(|statement| statement.principal.as_ref());
    elements.flat_map(|element| &element.entries).filter(|entry| &*entry.kind.value == "AWS")
}

/// `text` with other principals; all else stays as it is, byte for byte.
fn substitute<'r>(
    text: &str,
    kind: PolicyKind,
    replacement: impl Fn(&str) -> Option<&'r str>,
) -> String {
    let Ok(policy) = Policy::parse(text.as_bytes(), kind) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for principal in aws_entries(&policy).flat_map(|entry| &entry.values) {
        let Some(new) = replacement(&principal.value) else { continue };
        let place = principal.span.range();
        out.push_str(text.get(copied..place.start).unwrap_or_default());
        out.push_str(&serde_json::Value::from(new).to_string());
        copied = place.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
