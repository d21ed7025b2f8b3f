//! Users, service principals and groups, which one row type keeps at both levels: an account has identities,
//! and each workspace knows some of them under the same id, with entitlements and roles of its own.

pub mod change;
pub mod membership;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use names::Entropy;
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::caller::USERS;

/// Digits of an id.
const ID_DIGITS: usize = 16;

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A group.
    Group,
    /// A service principal.
    ServicePrincipal,
    /// A user.
    User,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Group, Self::ServicePrincipal, Self::User];

    /// Its collection in SCIM.
    #[must_use]
    pub fn collection(self) -> &'static str {
        match self {
            Self::Group => "Groups",
            Self::ServicePrincipal => "ServicePrincipals",
            Self::User => "Users",
        }
    }

    /// Its name in SCIM.
    #[must_use]
    pub fn resource(self) -> &'static str {
        match self {
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
            Self::User => "User",
        }
    }

    /// What texts call one.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Group => "Group",
            Self::ServicePrincipal => "Service principal",
            Self::User => "User",
        }
    }
}

/// A user, service principal or group, as one level knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityRow {
    /// The level.
    pub partition: String,
    /// What it is.
    pub kind: Kind,
    /// Its id: digits.
    pub id: String,
    /// By what it is found: a user's name, a service principal's application id, a group's display name.
    pub name: String,
    /// How it is shown; groups are shown by their name.
    pub display_name: Option<String>,
    /// Its id with whoever provisions it.
    pub external_id: Option<String>,
    /// Whether it can do anything at all.
    pub active: bool,
    /// A user's names: given, family.
    pub person: Option<(Option<String>, Option<String>)>,
    /// A user's addresses; the first is the primary one.
    pub emails: Vec<String>,
    /// What it may do in a workspace.
    pub entitlements: BTreeSet<String>,
    /// Its roles; instance profiles are granted as such.
    pub roles: BTreeSet<String>,
    /// A group's members, by id.
    pub members: BTreeSet<String>,
    /// Whether a group is the workspace's own and not the account's.
    pub is_local: bool,
    /// Whether a workspace knows somebody only as a member of a group of the account's.
    #[serde(default)]
    pub by_group: bool,
}

impl Row for IdentityRow {
    const TABLE: &'static str = "databricks_identity";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["name"];

    fn account(&self) -> &str {
        &self.partition
    }

    fn key(&self) -> Cow<'_, str> {
        key(self.kind, &self.id).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "name").then(|| name_key(&self.partition, self.kind, &self.name).into())
    }
}

impl IdentityRow {
    /// A new one, active, with nothing granted.
    #[must_use]
    pub fn new(partition: String, kind: Kind, id: String, name: impl Into<String>) -> Self {
        Self {
            partition,
            kind,
            id,
            name: name.into(),
            display_name: None,
            external_id: None,
            active: true,
            person: None,
            emails: Vec::new(),
            entitlements: BTreeSet::new(),
            roles: BTreeSet::new(),
            members: BTreeSet::new(),
            is_local: false,
            by_group: false,
        }
    }

    /// How it is shown.
    #[must_use]
    pub fn display(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether it is a workspace's group of everybody, whose members are not listed in its row.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        self.kind == Kind::Group && self.is_local && self.name == USERS
    }
}

fn key(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.collection())
}

fn name_key(partition: &str, kind: Kind, name: &str) -> String {
    // Application ids and names of users and groups do not differ in letter case alone.
    format!("{partition}/{}/{}", kind.collection(), name.to_lowercase())
}

/// A new id.
pub fn new_id(entropy: &mut dyn Entropy) -> String {
    // The first digit is none that would make the number shorter.
    let first = entropy.text(b"123456789", 1);
    first + &entropy.text(b"0123456789", ID_DIGITS - 1)
}

/// The identity of `kind` with `id`.
#[must_use]
pub fn get<'v>(
    view: &'v View,
    partition: &str,
    kind: Kind,
    id: &str,
) -> Option<&'v Arc<IdentityRow>> {
    view.get::<IdentityRow>(partition, &key(kind, id))
}

/// The identity with `id`, whatever it is.
#[must_use]
pub fn any<'v>(view: &'v View, partition: &str, id: &str) -> Option<&'v Arc<IdentityRow>> {
    Kind::ALL.into_iter().find_map(|kind| get(view, partition, kind, id))
}

/// The user or service principal with `id`.
#[must_use]
pub fn principal<'v>(view: &'v View, partition: &str, id: &str) -> Option<&'v Arc<IdentityRow>> {
    [Kind::User, Kind::ServicePrincipal].into_iter().find_map(|kind| get(view, partition, kind, id))
}

/// The identity of `kind` called `name`.
#[must_use]
pub fn named<'v>(
    view: &'v View,
    partition: &str,
    kind: Kind,
    name: &str,
) -> Option<&'v Arc<IdentityRow>> {
    view.by_index::<IdentityRow>("name", &name_key(partition, kind, name))
}

/// All identities of `kind`, in the order of their ids.
pub fn all<'v>(
    view: &'v View,
    partition: &str,
    kind: Kind,
) -> impl Iterator<Item = &'v Arc<IdentityRow>> {
    let (from, to) = (key(kind, ""), format!("{}0", kind.collection()));
    view.range::<IdentityRow>(partition, from.as_str()..to.as_str())
}

/// The groups that have `id` as a member themselves.
#[must_use]
pub fn direct_groups_of<'v>(
    view: &'v View,
    partition: &str,
    id: &str,
) -> Vec<&'v Arc<IdentityRow>> {
    let is_principal = principal(view, partition, id).is_some();
    all(view, partition, Kind::Group)
        .filter(|group| group.members.contains(id) || is_principal && group.is_everybody())
        .collect()
}

/// The groups that have `id` as a member, themselves or by way of others.
#[must_use]
pub fn groups_of<'v>(view: &'v View, partition: &str, id: &str) -> Vec<&'v Arc<IdentityRow>> {
    let mut found = direct_groups_of(view, partition, id);
    let mut looked_at = 0;
    while let Some(group) = found.get(looked_at).copied() {
        looked_at += 1;
        for outer in all(view, partition, Kind::Group) {
            let known = found.iter().any(|known| known.id == outer.id);
            if outer.members.contains(&group.id) && !known {
                found.push(outer);
            }
        }
    }
    found
}

/// The members of a group.
#[must_use]
pub fn members<'v>(view: &'v View, group: &IdentityRow) -> Vec<&'v Arc<IdentityRow>> {
    if group.is_everybody() {
        let users = all(view, &group.partition, Kind::User);
        return users.chain(all(view, &group.partition, Kind::ServicePrincipal)).collect();
    }
    group.members.iter().filter_map(|id| any(view, &group.partition, id)).collect()
}
