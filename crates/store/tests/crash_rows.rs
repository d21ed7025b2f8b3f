//! The rows that the victim of the crash test writes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use store::{Row, Schema};

pub(crate) const ACCOUNT: &str = "000000000000";

/// An order, by its number, of an item that is ordered once.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) account: String,
    pub(crate) id: String,
    pub(crate) item: String,
}

/// What each writer has one of at any time.
#[derive(Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) account: String,
    pub(crate) id: String,
}

/// How many orders there are.
#[derive(Serialize, Deserialize)]
pub(crate) struct Total {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) count: u64,
}

impl Row for Order {
    const TABLE: &'static str = "crash_order";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["item"];

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }

    fn index(&self, _: &str) -> Option<Cow<'_, str>> {
        Some(self.item.as_str().into())
    }
}

impl Row for Item {
    const TABLE: &'static str = "crash_item";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

impl Row for Total {
    const TABLE: &'static str = "crash_total";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }
}

pub(crate) fn schema() -> Schema {
    Schema::new().with::<Order>().with::<Item>().with::<Total>()
}
