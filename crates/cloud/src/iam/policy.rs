//! Managed policies with their versions: the customer's own, and those of AWS.

mod create;
mod delete;
mod entities;
mod granting;
mod list;
mod shape;
mod tags;
#[cfg(test)]
mod tests;
mod version;

use std::borrow::Cow;
use std::sync::Arc;

use iam::PolicyKind;
use names::{AccountId, ArnParts, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach;
use crate::iam::document::{self, Document};
use crate::iam::name;
use crate::operation::Ask;
use crate::propagation::Sight;
use crate::tag::Tag;

pub use create::{CreatePolicy, GetPolicy, PolicyOutput};
pub use delete::DeletePolicy;
pub use entities::{EntitiesOutput, ListEntitiesForPolicy};
pub use granting::{GrantingOutput, ListPoliciesGrantingServiceAccess};
pub use list::{ListPolicies, PoliciesOutput};
pub use shape::{PolicyShape, VersionShape};
pub use tags::{ListPolicyTags, TagPolicy, UntagPolicy};
pub use version::{
    CreatePolicyVersion, DeletePolicyVersion, GetPolicyVersion, ListPolicyVersions,
    SetDefaultPolicyVersion, VersionOutput, VersionsOutput,
};

/// Customer managed policies of an account.
pub const MAX_POLICIES: usize = 1500;
/// Versions of a policy.
pub const MAX_VERSIONS: usize = 5;
/// Characters of a managed policy, white space aside.
pub const MAX_POLICY_CHARACTERS: usize = 6144;

/// The partition of everything here.
const PARTITION: &str = "aws";

/// How policies are used, in requests.
const USAGES: [Check; 1] = [Check::OneOf(&["PermissionsPolicy", "PermissionsBoundary"])];

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `ANPA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last got a version or another default.
    pub updated: Timestamp,
    /// The number of the version that counts.
    pub default_version: u32,
    /// The number of the newest version that ever was.
    pub newest_version: u32,
    /// Its versions, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// One version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number: 3 of `v3`.
    pub number: u32,
    /// Its document.
    pub document: Document,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for PolicyRow {
    const TABLE: &'static str = "iam_policy";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["arn"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "arn").then(|| self.arn.as_str().into())
    }
}

impl PolicyRow {
    /// The document that counts.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.version(self.default_version).map(|version| &version.document)
    }

    /// The version with `number`.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }
}

/// The customer managed policy with `arn`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, arn: &str) -> Result<&'v Arc<PolicyRow>, Fault> {
    view.by_index::<PolicyRow>("arn", arn)
        .ok_or_else(|| Fault::new("NoSuchEntity", format!("Policy {arn} was not found.")))
}

/// The customer managed policy with `arn`, as `sight` shows it.
///
/// # Errors
/// As [`find`].
pub fn find_as<'v>(sight: Sight<'v>, arn: &str) -> Result<&'v Arc<PolicyRow>, Fault> {
    let parts = ArnParts::split(arn);
    let name = parts.as_ref().and_then(|parts| parts.resource.rsplit('/').next());
    let row = parts.as_ref().zip(name).and_then(|(parts, name)| {
        sight.get::<PolicyRow>(parts.account, &name::key(name)).filter(|row| row.arn == arn)
    });
    row.ok_or_else(|| Fault::new("NoSuchEntity", format!("Policy {arn} was not found.")))
}

/// A demand on a managed policy, with its tags.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, arn: &str) -> Demand {
    let demand = Demand::new(action, arn);
    match find(ask.view, arn) {
        Ok(policy) => demand.with_resource_tags(&["aws"], &policy.tags),
        Err(_) => demand,
    }
}

/// Checks the ARN of a managed policy. The text on another partition is recorded from AWS by radkawar/stackd,
/// `immutability.json`, of `GetPolicy`.
///
/// # Errors
/// `ValidationError`
fn check_arn(mut constraints: Constraints, arn: &str) -> Result<(), Fault> {
    attach::check_arn(&mut constraints, "policyArn", arn);
    constraints.finish()?;
    if ArnParts::split(arn).is_some_and(|arn| arn.partition != PARTITION) {
        return Err(Fault::new("ValidationError", "Invalid ARN partition"));
    }
    Ok(())
}

/// The document of a managed policy, as IAM would store it.
///
/// # Errors
/// `MalformedPolicyDocument` or `LimitExceeded`.
fn accept(text: &str) -> Result<Document, Fault> {
    let document = document::accept(text, PolicyKind::Identity)?;
    let current = iam::Policy::parse(text.as_bytes(), PolicyKind::Identity)
        .is_ok_and(|policy| policy.version().has_variables());
    if !current {
        let text = "Policy document must be version 2012-10-17 or greater.";
        return Err(Fault::new("MalformedPolicyDocument", text));
    }
    if document::counted_characters(text) > MAX_POLICY_CHARACTERS {
        let text = format!("Cannot exceed quota for PolicySize: {MAX_POLICY_CHARACTERS}");
        return Err(Fault::new("LimitExceeded", text));
    }
    Ok(document)
}
