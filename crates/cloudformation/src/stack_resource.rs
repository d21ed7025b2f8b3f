//! The resources of stacks: the row, and the operations that show them.

pub mod describe;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Row, View};

use crate::resource::Physical;
use crate::stack::StackRow;

/// A resource of a stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResourceRow {
    /// The stack's account.
    pub account: AccountId,
    /// The stack's id.
    pub stack: String,
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// Its status; none before anything was done to it.
    pub status: Option<Status>,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub updated: Timestamp,
    /// What exists.
    pub now: Option<Existing>,
    /// What existed before the update under way.
    pub before: Option<Existing>,
    /// What is to be deleted.
    pub doomed: Option<Existing>,
    /// What the operation under way does to it.
    pub change: Change,
    /// How far it is with that.
    pub stage: Stage,
    /// The resources that it waits for.
    pub needs: BTreeSet<String>,
    /// The physical id that is shown, also when it is gone.
    pub shown_id: Option<String>,
}

/// A resource that exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Existing {
    /// Its type.
    pub kind: String,
    /// What it is.
    pub physical: Physical,
    /// The properties that it was made with.
    pub properties: Value,
    /// What it needs, which is deleted after it.
    pub needs: BTreeSet<String>,
    /// What becomes of it when it leaves the stack.
    pub deletion: Retention,
    /// What becomes of it when it is replaced.
    pub replacement: Retention,
}

/// What becomes of a resource that the stack has no use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Retention {
    /// It is deleted.
    #[default]
    Delete,
    /// It stays.
    Retain,
    /// It stays, unless its creation is rolled back.
    RetainExceptOnCreate,
}

/// What an operation does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Change {
    /// Nothing, or it is not known yet.
    #[default]
    None,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// Another takes its place.
    Replace,
    /// It leaves the stack.
    Remove,
}

/// How far the operation is with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Stage {
    /// It has not begun.
    #[default]
    Waiting,
    /// It has, and time must pass.
    Working,
    /// It is done.
    Done,
    /// It failed.
    Failed,
}

/// The states of a resource (API reference, `StackResource`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Status {
    CreateInProgress,
    CreateFailed,
    CreateComplete,
    DeleteInProgress,
    DeleteFailed,
    DeleteComplete,
    DeleteSkipped,
    UpdateInProgress,
    UpdateFailed,
    UpdateComplete,
}

impl Row for ResourceRow {
    const TABLE: &'static str = "cloudformation_resource";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        key(&self.stack, &self.logical_id).into()
    }
}

impl ResourceRow {
    /// One that nothing was done to yet.
    #[must_use]
    pub fn new(stack: &StackRow, logical_id: &str, kind: &str, now: Timestamp) -> Self {
        Self {
            account: stack.account,
            stack: stack.id.clone(),
            logical_id: logical_id.to_owned(),
            kind: kind.to_owned(),
            status: None,
            reason: None,
            updated: now,
            now: None,
            before: None,
            doomed: None,
            change: Change::None,
            stage: Stage::Waiting,
            needs: BTreeSet::new(),
            shown_id: None,
        }
    }
}

/// The key of a resource.
#[must_use]
pub fn key(stack: &str, logical_id: &str) -> String {
    format!("{stack}/{logical_id}")
}

/// The resources of a stack, in the order of their logical ids.
pub fn of_stack<'v>(
    view: &'v View,
    stack: &StackRow,
) -> impl Iterator<Item = &'v Arc<ResourceRow>> {
    // `0` comes right after `/`.
    let (from, until) = (format!("{}/", stack.id), format!("{}0", stack.id));
    let found: Vec<_> =
        view.range::<ResourceRow>(stack.account.as_str(), from.as_str()..until.as_str()).collect();
    found.into_iter()
}
