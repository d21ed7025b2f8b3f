//! Managed policies and their versions as IAM answers them.

use names::{AccountId, Timestamp};
use serde::Serialize;
use store::View;

use crate::aws_managed::{Listing, ManagedPolicy};
use crate::iam::attachment::{self, Usage};
use crate::iam::policy::{PolicyRow, PolicyVersion};
use crate::iam::role::percent_encode;
use crate::tag::Tag;

/// A managed policy as IAM answers it. Which fields are there differs from operation to operation.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyShape {
    /// The name.
    pub policy_name: String,
    /// The unique id.
    pub policy_id: String,
    /// The ARN.
    pub arn: String,
    /// The path.
    pub path: String,
    /// The version that counts.
    pub default_version_id: String,
    /// How many users, groups and roles of the account have it as a permissions policy.
    pub attachment_count: usize,
    /// How many have it as a boundary.
    pub permissions_boundary_usage_count: usize,
    /// Always so.
    pub is_attachable: bool,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was made.
    pub create_date: Timestamp,
    /// When it last changed.
    pub update_date: Timestamp,
    /// The tags; some operations show them even if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
    /// All versions with their documents, in `GetAccountAuthorizationDetails` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version_list: Option<Vec<VersionShape>>,
}

/// A version of a managed policy as IAM answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionShape {
    /// The document, percent-encoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// `v1`, …
    pub version_id: String,
    /// Whether it counts.
    pub is_default_version: bool,
    /// When it was made.
    pub create_date: Timestamp,
}

impl PolicyShape {
    /// What lists show of a customer's policy.
    #[must_use]
    pub fn brief(view: &View, policy: &PolicyRow) -> Self {
        let (attachment_count, permissions_boundary_usage_count) =
            uses(view, policy.account, &policy.arn);
        Self {
            policy_name: policy.name.clone(),
            policy_id: policy.id.clone(),
            arn: policy.arn.clone(),
            path: policy.path.clone(),
            default_version_id: format!("v{}", policy.default_version),
            attachment_count,
            permissions_boundary_usage_count,
            is_attachable: true,
            description: None,
            create_date: policy.created,
            update_date: policy.updated,
            tags: None,
            policy_version_list: None,
        }
    }

    /// What `GetPolicy` shows of a customer's policy.
    #[must_use]
    pub fn full(view: &View, policy: &PolicyRow) -> Self {
        Self {
            description: policy.description.clone(),
            tags: Some(sorted(&policy.tags)),
            ..Self::brief(view, policy)
        }
    }

    /// What lists show of a policy of AWS. Its description is not known here.
    #[must_use]
    pub fn of_aws(view: &View, account: AccountId, policy: &Listing) -> Self {
        let (attachment_count, permissions_boundary_usage_count) = uses(view, account, policy.arn);
        Self {
            policy_name: policy.name.to_owned(),
            policy_id: policy.id.to_string(),
            arn: policy.arn.to_owned(),
            path: policy.path.to_owned(),
            default_version_id: policy.default_version_id.to_owned(),
            attachment_count,
            permissions_boundary_usage_count,
            is_attachable: true,
            description: None,
            create_date: policy.created.parse().unwrap_or_default(),
            update_date: policy.updated.parse().unwrap_or_default(),
            tags: None,
            policy_version_list: None,
        }
    }
}

impl VersionShape {
    /// A version without its document.
    #[must_use]
    pub fn brief(policy: &PolicyRow, version: &PolicyVersion) -> Self {
        Self {
            document: None,
            version_id: format!("v{}", version.number),
            is_default_version: policy.default_version == version.number,
            create_date: version.created,
        }
    }

    /// A version with its document.
    #[must_use]
    pub fn full(policy: &PolicyRow, version: &PolicyVersion) -> Self {
        let document = Some(percent_encode(version.document.text()));
        Self { document, ..Self::brief(policy, version) }
    }

    /// The version of a policy of AWS that is known here: the default one.
    #[must_use]
    pub fn of_aws(policy: &ManagedPolicy) -> Self {
        Self {
            document: Some(percent_encode(policy.document())),
            version_id: policy.default_version_id.to_owned(),
            is_default_version: true,
            create_date: policy.updated.parse().unwrap_or_default(),
        }
    }
}

/// How often an account uses a policy as permissions policy, and as boundary.
#[must_use]
pub(super) fn uses(view: &View, account: AccountId, arn: &str) -> (usize, usize) {
    attachment::of(view, account, arn).fold((0, 0), |(policy, boundary), row| match row.usage {
        Usage::Policy => (policy + 1, boundary),
        Usage::Boundary => (policy, boundary + 1),
    })
}

/// Tags by key.
fn sorted(tags: &[Tag]) -> Vec<Tag> {
    let mut tags = tags.to_vec();
    tags.sort_by(|one, other| one.key.cmp(&other.key));
    tags
}
