//! Groups: the row, and what their operations share.

mod attach;
mod create;
mod delete;
mod inline;
mod members;
mod read;
#[cfg(test)]
mod tests;
mod update;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name;
use crate::operation::Ask;

pub use attach::{AttachGroupPolicy, DetachGroupPolicy, ListAttachedGroupPolicies};
pub use create::CreateGroup;
pub use delete::DeleteGroup;
pub use inline::{DeleteGroupPolicy, GetGroupPolicy, ListGroupPolicies, PutGroupPolicy};
pub use members::{AddUserToGroup, RemoveUserFromGroup};
pub use read::{GetGroup, ListGroups, ListGroupsForUser};
pub use update::UpdateGroup;

/// Groups of an account (user guide, "IAM and AWS STS quotas").
pub const MAX_GROUPS: usize = 300;
/// Groups that one user can be in.
pub const MAX_GROUPS_PER_USER: usize = 10;

/// A group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `AGPA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Document>,
    /// The ARNs of attached managed policies, in the order of attachment.
    pub attached: Vec<String>,
    /// The keys of the users in it.
    pub members: Vec<String>,
}

impl Row for GroupRow {
    const TABLE: &'static str = "iam_group";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }
}

/// The group called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    name: &str,
) -> Result<&'v Arc<GroupRow>, Fault> {
    view.get::<GroupRow>(account.as_str(), &name::key(name)).ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("The group with name {name} cannot be found."))
    })
}

/// The ARN of a group.
#[must_use]
pub fn arn(account: AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:group{path}{name}")
}

/// A demand on a group. One that does not exist is asked about as if its path were `/`.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    match find(ask.view, ask.account(), name) {
        Ok(group) => Demand::new(action, group.arn.as_str()),
        Err(_) => Demand::new(action, arn(ask.account(), name::DEFAULT_PATH, name)),
    }
}

/// A group as IAM answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupShape {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: Timestamp,
}

impl GroupShape {
    /// What IAM shows of a group.
    #[must_use]
    pub fn new(group: &GroupRow) -> Self {
        Self {
            path: group.path.clone(),
            group_name: group.name.clone(),
            group_id: group.id.clone(),
            arn: group.arn.clone(),
            create_date: group.created,
        }
    }
}
