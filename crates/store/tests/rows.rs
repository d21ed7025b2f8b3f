//! Row types for tests.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use store::{AuditRow, Row, Schema};

pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const OTHER_ACCOUNT: &str = "111122223333";

/// A row with an index, and a field that can be of any size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) note: String,
}

/// A number to count up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) count: u64,
}

impl User {
    pub(crate) fn new(account: &str, name: &str, id: &str) -> Self {
        Self {
            account: account.into(),
            name: name.into(),
            id: Some(id.into()),
            note: String::new(),
        }
    }
}

impl Row for User {
    const TABLE: &'static str = "test_user";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.to_lowercase().into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        self.id.as_deref().filter(|_| index == "id").map(Cow::from)
    }
}

impl Row for Counter {
    const TABLE: &'static str = "test_counter";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }
}

pub(crate) fn schema() -> Schema {
    Schema::new().with::<User>().with::<Counter>()
}

pub(crate) fn audit_row(id: &str, verdict: &'static str) -> AuditRow {
    AuditRow {
        id: id.into(),
        account: ACCOUNT.into(),
        time_ms: 1_000,
        caller: "arn:aws:iam::000000000000:user/alice".into(),
        action: "iam:CreateUser".into(),
        verdict: verdict.into(),
        body: format!("{{\"request\":\"{id}\"}}"),
    }
}
