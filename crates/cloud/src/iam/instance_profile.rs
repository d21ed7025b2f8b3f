//! Instance profiles: what carries a role to an EC2 instance.

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::fault::Fault;
use crate::iam::name;
use crate::tag::Tag;

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

/// The instance profile called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    name: &str,
) -> Result<&'v Arc<InstanceProfileRow>, Fault> {
    view.get::<InstanceProfileRow>(account.as_str(), &name::key(name)).ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("Instance Profile {name} cannot be found."))
    })
}
