//! The account as a whole: its alias, its password policy, what root has.

pub mod alias;
pub mod authorization_details;
pub mod credential_report;
pub mod password_policy;
pub mod summary;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, View};

use crate::fault::Fault;
use password_policy::PasswordPolicy;

/// The key of the one row that an account has.
const KEY: &str = "account";

/// What an account has beside its users, groups, roles and so on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountRow {
    /// The account.
    pub account: AccountId,
    /// The name that stands for its number when signing in. No two accounts have the same.
    pub alias: Option<String>,
    /// The password policy, if there is one of the account's own.
    pub password_policy: Option<PasswordPolicy>,
    /// The ids of root's access keys, oldest first.
    pub root_access_keys: Vec<String>,
}

impl Row for AccountRow {
    const TABLE: &'static str = "iam_account";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["alias"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        KEY.into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        let alias = self.alias.as_deref().filter(|_| index == "alias");
        alias.map(Cow::from)
    }
}

/// The account's row; an account that never needed one has none.
#[must_use]
pub fn row(view: &View, account: AccountId) -> Option<&Arc<AccountRow>> {
    view.get::<AccountRow>(account.as_str(), KEY)
}

/// Changes the account's row, which is made if need be.
///
/// # Errors
/// A limit of the store, or an alias that another account has.
pub fn change(
    tx: &mut Tx<'_>,
    account: AccountId,
    change: impl FnOnce(&mut AccountRow),
) -> Result<(), Fault> {
    let mut changed = match row(tx, account) {
        Some(row) => AccountRow::clone(row),
        None => {
            AccountRow { account, alias: None, password_policy: None, root_access_keys: Vec::new() }
        }
    };
    change(&mut changed);
    Ok(tx.put(changed)?)
}

/// The ARN of an account's root user.
#[must_use]
pub fn root_arn(account: AccountId) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// When an account was made, as far as rolecall knows: its accounts have always been there.
#[must_use]
pub fn created() -> Timestamp {
    Timestamp::default()
}
