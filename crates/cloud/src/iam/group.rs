//! Groups.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name;

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
