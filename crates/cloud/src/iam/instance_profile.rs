//! Instance profiles: what carries a role to an EC2 instance. The row, how it is found, shown and
//! asked about; the operations are in the files below.

pub mod contents;
pub mod create;
pub mod list;
pub mod tags;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name::{self, MAX_NAME};
use crate::iam::role::{self, RoleShape};
use crate::operation::Ask;
use crate::propagation::Sight;
use crate::tag::Tag;

/// Instance profiles of an account.
pub const MAX_INSTANCE_PROFILES: usize = 1000;

/// An instance profile. It holds one role at most: the field, not a check, makes it so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InstanceProfileRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `AIPA…`.
    pub id: String,
    /// Its ARN, which is not its role's.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// The name of the role in it.
    pub role: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Row for InstanceProfileRow {
    const TABLE: &'static str = "iam_instance_profile";
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

impl InstanceProfileRow {
    /// Whether it holds the role called `role_name`.
    #[must_use]
    pub fn holds(&self, role_name: &str) -> bool {
        self.role.as_ref().is_some_and(|role| name::key(role) == name::key(role_name))
    }
}

/// An instance profile as IAM answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfileShape {
    /// The path.
    pub path: String,
    /// The name.
    pub instance_profile_name: String,
    /// The unique id.
    pub instance_profile_id: String,
    /// The ARN.
    pub arn: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// The role in it, if there is one. Never left out.
    pub roles: Vec<RoleShape>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl InstanceProfileShape {
    /// What lists show: no tags ("IAM resource-listing operations return a subset of the available
    /// attributes for the resource. For example, this operation does not return tags", API reference).
    #[must_use]
    pub fn brief(view: &View, profile: &InstanceProfileRow) -> Self {
        let role = profile.role.as_ref();
        let role = role.and_then(|name| role::find(view, profile.account, name).ok());
        Self {
            path: profile.path.clone(),
            instance_profile_name: profile.name.clone(),
            instance_profile_id: profile.id.clone(),
            arn: profile.arn.clone(),
            create_date: profile.created,
            roles: role.into_iter().map(|role| RoleShape::nested(view, role)).collect(),
            tags: Vec::new(),
        }
    }

    /// What `CreateInstanceProfile` and `GetInstanceProfile` show.
    #[must_use]
    pub fn full(view: &View, profile: &InstanceProfileRow) -> Self {
        Self { tags: profile.tags.clone(), ..Self::brief(view, profile) }
    }
}

/// The instance profile called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    name: &str,
) -> Result<&'v Arc<InstanceProfileRow>, Fault> {
    view.get::<InstanceProfileRow>(account.as_str(), &name::key(name)).ok_or_else(|| missing(name))
}

/// The instance profile called `name`, as `sight` shows it.
///
/// # Errors
/// As [`find`].
pub fn find_as<'v>(
    sight: Sight<'v>,
    account: AccountId,
    name: &str,
) -> Result<&'v Arc<InstanceProfileRow>, Fault> {
    let row = sight.get::<InstanceProfileRow>(account.as_str(), &name::key(name));
    row.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    Fault::new("NoSuchEntity", format!("Instance Profile {name} cannot be found."))
}

/// The instance profiles that hold the role called `role_name`.
pub fn of_role<'v>(
    view: &'v View,
    account: AccountId,
    role_name: &str,
) -> impl Iterator<Item = &'v Arc<InstanceProfileRow>> {
    view.range::<InstanceProfileRow>(account.as_str(), ..)
        .filter(move |profile| profile.holds(role_name))
}

/// A demand on an instance profile, with its tags. Unlike roles, it has them as `aws:ResourceTag/*`
/// alone (service authorization reference).
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    match find(ask.view, ask.account(), name) {
        Ok(profile) => {
            Demand::new(action, profile.arn.as_str()).with_resource_tags(&["aws"], &profile.tags)
        }
        Err(_) => {
            let account = ask.account();
            Demand::new(action, format!("arn:aws:iam::{account}:instance-profile/{name}"))
        }
    }
}

/// Checks `InstanceProfileName`.
pub fn check_name(constraints: &mut Constraints, name: &str) {
    name::check_name(constraints, "instanceProfileName", name, MAX_NAME);
}

/// Checks an operation whose only parameter is the instance profile's name.
///
/// # Errors
/// `ValidationError`
pub fn check_name_alone(name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    check_name(&mut constraints, name);
    constraints.finish()
}
