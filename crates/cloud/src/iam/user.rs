//! Users: the row, and what their operations share.

mod attach;
mod boundary;
mod create;
mod delete;
mod inline;
#[cfg(test)]
mod policy_tests;
mod read;
mod tags;
#[cfg(test)]
mod tests;
mod update;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::caller::{Caller, SessionKind};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::role::{BoundaryShape, boundary_shape};
use crate::iam::{account, name};
use crate::operation::Ask;
use crate::tag::Tag;

pub use attach::{AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies};
pub use boundary::{DeleteUserPermissionsBoundary, PutUserPermissionsBoundary};
pub use create::CreateUser;
pub use delete::DeleteUser;
pub use inline::{DeleteUserPolicy, GetUserPolicy, ListUserPolicies, PutUserPolicy};
pub use read::{GetUser, ListUsers};
pub use tags::{ListUserTags, TagUser, UntagUser};
pub use update::UpdateUser;

/// Users of an account (user guide, "IAM and AWS STS quotas").
pub const MAX_USERS: usize = 5000;
/// Characters of a parameter that names a user who exists: more than a user's name can have.
pub(crate) const MAX_EXISTING_NAME: usize = 128;

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `AIDA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Document>,
    /// The ARNs of attached managed policies, in the order of attachment.
    pub attached: Vec<String>,
    /// The keys of the groups that it is in.
    pub groups: Vec<String>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The ids of its access keys, oldest first.
    pub access_keys: Vec<String>,
    /// The serial numbers of its MFA devices, in the order in which they were enabled.
    pub mfa_devices: Vec<String>,
    /// That it has a password, if it does. The password itself is kept nowhere.
    pub login_profile: Option<LoginProfile>,
}

/// What is known of a user's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// When the user first got one.
    pub created: Timestamp,
    /// When it was last set.
    pub changed: Timestamp,
    /// Whether the user must choose another one when signing in.
    pub reset_required: bool,
}

impl Row for UserRow {
    const TABLE: &'static str = "iam_user";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "id").then(|| self.id.as_str().into())
    }
}

impl UserRow {
    /// A user who has nothing yet.
    #[must_use]
    pub fn new(
        account: AccountId,
        name: &str,
        path: &str,
        id: impl Into<String>,
        created: Timestamp,
    ) -> Self {
        Self {
            account,
            name: name.to_owned(),
            path: path.to_owned(),
            id: id.into(),
            arn: arn(account, path, name),
            created,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            access_keys: Vec::new(),
            mfa_devices: Vec::new(),
            login_profile: None,
        }
    }
}

/// The user called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, account: AccountId, name: &str) -> Result<&'v Arc<UserRow>, Fault> {
    view.get::<UserRow>(account.as_str(), &name::key(name)).ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("The user with name {name} cannot be found."))
    })
}

/// The ARN of a user.
#[must_use]
pub fn arn(account: AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user{path}{name}")
}

/// A demand on a user, with its tags. A user who does not exist is asked about as if its path were `/`.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    match find(ask.view, ask.account(), name) {
        Ok(user) => demand_on(user, action),
        Err(_) => Demand::new(action, arn(ask.account(), name::DEFAULT_PATH, name)),
    }
}

/// A demand on a user, with its tags.
#[must_use]
pub fn demand_on(user: &UserRow, action: &'static str) -> Demand {
    Demand::new(action, user.arn.as_str()).with_resource_tags(&["aws", "iam"], &user.tags)
}

/// As [`demand`], with `iam:PermissionsBoundary`: for the operations on what a user may do.
#[must_use]
pub fn demand_with_boundary(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    let user = find(ask.view, ask.account(), name).ok();
    let boundary = user.and_then(|user| user.boundary.as_deref());
    demand(ask, action, name).with_some("iam:PermissionsBoundary", boundary)
}

/// Whom an operation means that may leave the user's name out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The root user.
    Root,
    /// The user of this name.
    User(String),
}

impl Subject {
    /// The user called `name`, or else the caller.
    ///
    /// # Errors
    /// `ValidationError` if there is no name and the caller is neither a user nor root.
    pub fn of(ask: &Ask<'_>, name: Option<&str>) -> Result<Self, Fault> {
        if let Some(name) = name {
            return Ok(Self::User(name.to_owned()));
        }
        let id = match ask.caller {
            Caller::Root(_) => return Ok(Self::Root),
            Caller::User(user) => &user.id,
            Caller::Session(session) => match &session.kind {
                SessionKind::Root => return Ok(Self::Root),
                SessionKind::User { user_id, .. } => user_id,
                SessionKind::Role { .. } | SessionKind::FederatedUser { .. } => {
                    return Err(nameless());
                }
            },
            Caller::Anonymous { .. } | Caller::Service { .. } | Caller::Foreign(_) => {
                return Err(nameless());
            }
        };
        // Its name may be another than when it signed in.
        let user = ask.view.by_index::<UserRow>("id", id);
        user.map(|user| Self::User(user.name.clone())).ok_or_else(nameless)
    }

    /// As [`Subject::of`], for what root cannot have.
    ///
    /// # Errors
    /// As [`Subject::of`], and for root without a name.
    pub fn user(ask: &Ask<'_>, name: Option<&str>) -> Result<String, Fault> {
        match Self::of(ask, name)? {
            Self::User(name) => Ok(name),
            // Root needs credentials of AssumeRoot to leave the name out (API reference,
            // CreateLoginProfile); the text is unverified.
            Self::Root => Err(nameless()),
        }
    }

    /// A demand on it.
    #[must_use]
    pub fn demand(&self, ask: &Ask<'_>, action: &'static str) -> Demand {
        match self {
            Self::Root => Demand::new(action, account::root_arn(ask.account())),
            Self::User(name) => demand(ask, action, name),
        }
    }
}

/// Quoted in many reports, such as mhausenblas/rbIAM issue 4.
fn nameless() -> Fault {
    Fault::new("ValidationError", "Must specify userName when calling with non-User credentials")
}

/// A user as IAM answers it. Which fields are there differs from operation to operation.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserShape {
    /// The path; root has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The name; root has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The unique id.
    pub user_id: String,
    /// The ARN.
    pub arn: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// The permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<BoundaryShape>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A user, in the answers of `CreateUser` and `GetUser`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserOutput {
    user: UserShape,
}

impl UserShape {
    /// What lists and other entities show of a user (recorded by LocalStack).
    #[must_use]
    pub fn brief(user: &UserRow) -> Self {
        Self {
            path: Some(user.path.clone()),
            user_name: Some(user.name.clone()),
            user_id: user.id.clone(),
            arn: user.arn.clone(),
            create_date: user.created,
            ..Self::default()
        }
    }

    /// What `CreateUser` and `GetUser` show.
    #[must_use]
    pub fn full(user: &UserRow) -> Self {
        Self {
            permissions_boundary: user.boundary.clone().map(boundary_shape),
            tags: user.tags.clone(),
            ..Self::brief(user)
        }
    }

    /// What `GetUser` shows to root: neither name nor path (grycap/scar pull request 181).
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self {
            user_id: account.to_string(),
            arn: account::root_arn(account),
            create_date: account::created(),
            ..Self::default()
        }
    }
}
