//! Long-term access keys.

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

/// An access key of a user.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessKeyRow {
    /// Its account.
    pub account: AccountId,
    /// Its id: `AKIA…`.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The user that it belongs to.
    pub user_name: String,
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
