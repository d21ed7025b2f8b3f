//! The tree: its root, its organizational units, its accounts. One row type, as policies, tags and parents
//! are the same for all three.

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::Ask;
use crate::organizations::input::{is_account_id, is_root_id};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::policy_type;
use crate::tag::Tag;

/// A root, an organizational unit or an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodeRow {
    /// The management account.
    pub account: AccountId,
    /// `r-…`, `ou-…`, or the account's number.
    pub id: String,
    /// The root or unit that it is in; none for the root.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// The ids of the policies that are attached to it, of every type.
    pub policies: Vec<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    /// The root.
    Root,
    /// An organizational unit.
    Unit,
    /// An account.
    Account(Member),
}

/// What is known of an account as a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The e-mail address of its root user.
    pub email: String,
    /// Since when it is in the organization.
    pub joined: Timestamp,
    /// How it came.
    pub method: Joined,
    /// Whether it works.
    pub status: Status,
}

/// How an account came into the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Joined {
    /// It was there before.
    Invited,
    /// The organization made it.
    Created,
}

/// Whether an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It does.
    Active,
    /// It was closed.
    Suspended,
}

impl Row for NodeRow {
    const TABLE: &'static str = "organizations_node";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

impl NodeRow {
    /// A new one, with the default policies of the types that are enabled.
    #[must_use]
    pub fn new(
        organization: &OrganizationRow,
        id: &str,
        parent: Option<&str>,
        name: &str,
        kind: NodeKind,
    ) -> Self {
        let defaults = organization.enabled.iter().map(|kind| kind.default_policy().to_owned());
        Self {
            account: organization.account,
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            name: name.to_owned(),
            kind,
            policies: defaults.collect(),
            tags: Vec::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, organization: &OrganizationRow) -> String {
        arn(organization, &self.id)
    }

    /// What `ListTargetsForPolicy` and the like call it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            NodeKind::Root => "ROOT",
            NodeKind::Unit => "ORGANIZATIONAL_UNIT",
            NodeKind::Account(_) => "ACCOUNT",
        }
    }

    /// What is known of it as a member, if it is an account.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        match &self.kind {
            NodeKind::Account(member) => Some(member),
            _ => None,
        }
    }
}

/// The node with this id.
#[must_use]
pub fn find<'v>(
    view: &'v View,
    organization: &OrganizationRow,
    id: &str,
) -> Option<&'v Arc<NodeRow>> {
    view.get::<NodeRow>(organization.account.as_str(), id)
}

/// The node with this id, or the fault `code` with the service's `text`.
pub(super) fn require<'v>(
    view: &'v View,
    organization: &OrganizationRow,
    id: &str,
    (code, text): (&'static str, &str),
) -> Result<&'v Arc<NodeRow>, Fault> {
    find(view, organization, id).ok_or_else(|| Fault::new(code, text))
}

/// What says that a root or unit to look into is not there.
pub(super) const NO_PARENT: (&str, &str) =
    ("ParentNotFoundException", "You specified parent that doesn't exist.");
/// What says that a unit is not there.
pub(super) const NO_UNIT: (&str, &str) = (
    "OrganizationalUnitNotFoundException",
    "You specified an organizational unit that doesn't exist.",
);
/// What says that an account is not there.
pub(super) const NO_ACCOUNT: (&str, &str) =
    ("AccountNotFoundException", "You specified an account that doesn't exist.");
/// What says that something to attach to is not there.
pub(super) const NO_TARGET: (&str, &str) =
    ("TargetNotFoundException", "You specified a target that doesn't exist.");

/// The nodes directly below `parent`.
pub fn children<'v>(
    view: &'v View,
    organization: &OrganizationRow,
    parent: &str,
) -> impl Iterator<Item = &'v Arc<NodeRow>> {
    let nodes = view.range::<NodeRow>(organization.account.as_str(), ..);
    nodes.filter(move |node| node.parent.as_deref() == Some(parent))
}

/// The way from the root down to the node `id`, both included.
#[must_use]
pub fn way_to<'v>(
    view: &'v View,
    organization: &OrganizationRow,
    id: &str,
) -> Vec<&'v Arc<NodeRow>> {
    let mut way = Vec::new();
    let mut next = find(view, organization, id);
    while let Some(node) = next {
        way.push(node);
        next = node.parent.as_deref().and_then(|parent| find(view, organization, parent));
    }
    way.reverse();
    way
}

/// A demand on a node, whether it exists or not, with its tags.
#[must_use]
pub fn demand(
    ask: &Ask<'_>,
    action: &'static str,
    organization: &OrganizationRow,
    id: &str,
) -> Demand {
    let tags = find(ask.view, organization, id).map_or(&[][..], |node| node.tags.as_slice());
    Demand::new(action, arn(organization, id)).with_resource_tags(&["aws"], tags)
}

/// As [`demand`], of an operation that concerns a type of policy.
pub(super) fn demand_of_type(
    ask: &Ask<'_>,
    action: &'static str,
    organization: &OrganizationRow,
    id: &str,
    kind: policy_type::PolicyType,
) -> Demand {
    demand(ask, action, organization, id).with("organizations:PolicyType", kind.name())
}

/// An operation with this input, to be run for another caller.
pub(super) fn operation<O: DeserializeOwned>(input: serde_json::Value) -> Result<O, Fault> {
    serde_json::from_value(input).map_err(|error| Fault::new("ServiceException", error.to_string()))
}

fn arn(organization: &OrganizationRow, id: &str) -> String {
    let kind = match id {
        id if is_root_id(id) => "root",
        id if is_account_id(id) => "account",
        _ => "ou",
    };
    organization.arn_of(kind, id)
}
