//! Long-term access keys: the row, and what their operations share.

mod create;
mod last_used;
mod manage;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::account;
use crate::iam::user::{self, Subject};
use crate::operation::Ask;

pub use create::CreateAccessKey;
pub use last_used::{AccessKeyUseRow, GetAccessKeyLastUsed, is_due, note_use};
pub use manage::{DeleteAccessKey, ListAccessKeys, UpdateAccessKey};

/// Access keys of one user, active or not (recorded by LocalStack). Root's quota is taken to be the same
/// (unverified).
pub const MAX_ACCESS_KEYS: usize = 2;

/// An access key of a user.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessKeyRow {
    /// Its account.
    pub account: AccountId,
    /// Its id: `AKIA…`.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The user that it belongs to; none for root's.
    pub user_name: Option<String>,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for AccessKeyRow {
    const TABLE: &'static str = "iam_access_key";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "id").then(|| self.id.as_str().into())
    }
}

impl std::fmt::Debug for AccessKeyRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AccessKeyRow")
            .field("id", &self.id)
            .field("user_name", &self.user_name)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

impl AccessKeyRow {
    /// What IAM calls the key's state.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.active { "Active" } else { "Inactive" }
    }
}

/// The ids of someone's keys, oldest first.
///
/// # Errors
/// `NoSuchEntity` for a user who does not exist.
fn ids_of<'v>(view: &'v View, account: AccountId, owner: &Subject) -> Result<&'v [String], Fault> {
    match owner {
        Subject::Root => {
            Ok(account::row(view, account).map_or(&[], |row| row.root_access_keys.as_slice()))
        }
        Subject::User(name) => Ok(&user::find(view, account, name)?.access_keys),
    }
}

/// The key with `id`, if it is the owner's.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
/// A demand on the owner of keys, whom the request names or not. Denials show that it does not (seen of
/// `CreateAccessKey`, `DeleteAccessKey` and `ListAccessKeys` in stefansundin/aws-rotate-key issue 25 and in write-ups
/// of Splunk's data set botsv3; unverified for `UpdateAccessKey`, and for users with a path).
fn demand(ask: &Ask<'_>, owner: &Subject, action: &'static str, is_named: bool) -> Demand {
    let called = match owner {
        Subject::User(name) if !is_named => Some(format!("user null{name}")),
        _ => None,
    };
    Demand { called, ..owner.demand(ask, action) }
}

fn find<'v>(
    view: &'v View,
    account: AccountId,
    owner: &Subject,
    id: &str,
) -> Result<&'v Arc<AccessKeyRow>, Fault> {
    let known = ids_of(view, account, owner)?.iter().any(|known| known == id);
    let key = view.get::<AccessKeyRow>(account.as_str(), id).filter(|_| known);
    key.ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("The Access Key with id {id} cannot be found."))
    })
}

fn check_id(constraints: &mut Constraints, id: &str) {
    let form = Check::Pattern("[\\w]+", |id| {
        id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    for check in [form, Check::MaxLength(128), Check::MinLength(16)] {
        constraints.hidden("accessKeyId", id, check);
    }
}
