//! Users.

use std::borrow::Cow;
use std::collections::BTreeMap;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name;
use crate::tag::Tag;

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

/// The user called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    name: &str,
) -> Result<&'v std::sync::Arc<UserRow>, Fault> {
    view.get::<UserRow>(account.as_str(), &name::key(name)).ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("The user with name {name} cannot be found."))
    })
}
