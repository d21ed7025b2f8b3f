//! Who has a managed policy: one row for each attachment and for each permissions boundary, so that
//! a policy's users are found without looking at every entity.

use std::borrow::Cow;
use std::ops::Bound;

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

/// A managed policy in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// The account of the entity.
    pub account: AccountId,
    /// The policy's ARN.
    pub policy_arn: String,
    /// How it is used.
    pub usage: Usage,
    /// The kind of entity.
    pub holder: Holder,
    /// The entity's name.
    pub name: String,
}

/// How a managed policy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Usage {
    /// As a permissions policy.
    Policy,
    /// As a permissions boundary.
    Boundary,
}

/// What can have a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl Row for AttachmentRow {
    const TABLE: &'static str = "iam_attachment";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        let Self { policy_arn, usage, holder, name, .. } = self;
        format!("{policy_arn}|{usage:?}|{holder:?}|{}", name.to_lowercase()).into()
    }
}

/// Every use of a policy in an account.
pub fn of<'v>(
    view: &'v View,
    account: AccountId,
    policy_arn: &str,
) -> impl Iterator<Item = &'v AttachmentRow> {
    let start = format!("{policy_arn}|");
    let end = format!("{policy_arn}}}");
    let range = (Bound::Included(start.as_str()), Bound::Excluded(end.as_str()));
    view.range::<AttachmentRow>(account.as_str(), range).map(|row| &**row)
}

/// Notes a use; noting it again changes nothing.
///
/// # Errors
/// A limit of the store.
pub fn add(tx: &mut Tx<'_>, row: AttachmentRow) -> Result<(), RowError> {
    tx.put(row)
}

/// Takes a use back. Whether it was there.
///
/// # Errors
/// A limit of the store.
pub fn remove(tx: &mut Tx<'_>, row: &AttachmentRow) -> Result<bool, RowError> {
    let account = row.account;
    Ok(tx.delete::<AttachmentRow>(account.as_str(), &row.key())?.is_some())
}
