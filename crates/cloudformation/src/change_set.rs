//! Change sets: what an operation would do to a stack, before it is done. The row, and how it is found.

pub mod changes;
pub mod create;
pub mod describe;
pub mod execute;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Ask, Demand, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::blueprint::invalid;
use crate::blueprint::resolved::Resolved;
use crate::change_set::changes::Change;
use crate::stack::{self, StackRow};

/// A change set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeSetRow {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// The last part of its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack's id.
    pub stack: String,
    /// What it is about.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it makes the stack.
    pub is_new: bool,
    /// Why it changes nothing; none if it does.
    pub failure: Option<String>,
    /// Whether it was executed.
    pub is_executed: bool,
    /// How many templates the stack had had: with more, the stack is another one.
    pub base: u32,
    /// The values of the template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// What Systems Manager said that they and dynamic references stand for.
    #[serde(default)]
    pub resolved: Resolved,
    /// The stack's tags.
    pub tags: Vec<Tag>,
    /// What was acknowledged.
    pub capabilities: Vec<String>,
    /// Who is told.
    pub notification_arns: Vec<String>,
    /// The stack's role.
    pub role_arn: Option<String>,
    /// What is done when it fails.
    pub on_stack_failure: Option<String>,
    /// What it changes.
    pub changes: Vec<Change>,
}

impl Row for ChangeSetRow {
    const TABLE: &'static str = "cloudformation_change_set";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

impl ChangeSetRow {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        let Self { account, region, name, id, .. } = self;
        format!("arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{id}")
    }

    /// `Status`
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.failure.is_some() { "FAILED" } else { "CREATE_COMPLETE" }
    }

    /// `ExecutionStatus`
    #[must_use]
    pub fn execution_status(&self, stack: &StackRow) -> &'static str {
        if self.is_executed {
            "EXECUTE_COMPLETE"
        } else if self.failure.is_some() {
            "UNAVAILABLE"
        } else if stack.templates != self.base {
            "OBSOLETE"
        } else {
            "AVAILABLE"
        }
    }
}

/// What is said of a change set that does not exist.
#[must_use]
pub fn missing(name: &str) -> Fault {
    Fault::new("ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"))
}

/// The change sets of a stack.
pub fn of_stack<'v>(
    view: &'v store::View,
    stack: &StackRow,
) -> impl Iterator<Item = &'v Arc<ChangeSetRow>> {
    let id = stack.id.clone();
    view.range::<ChangeSetRow>(stack.account.as_str(), ..).filter(move |set| set.stack == id)
}

/// The change set with this ARN, or called `name` of a stack.
///
/// # Errors
/// `ChangeSetNotFound`, `ValidationError`
pub fn find<'v>(
    ask: &Ask<'v>,
    stack_name: Option<&str>,
    name: &str,
) -> Result<&'v Arc<ChangeSetRow>, Fault> {
    if name.starts_with("arn:") {
        let id = name.rsplit('/').next().unwrap_or_default();
        let found = ask.view.get::<ChangeSetRow>(ask.account().as_str(), id);
        return found
            .filter(|set| set.arn() == name && set.region == ask.region)
            .ok_or_else(|| missing(name));
    }
    let Some(stack_name) = stack_name else {
        return Err(invalid(
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ));
    };
    let stack = stack::find(ask, stack_name).ok_or_else(|| stack::missing_bracketed(stack_name))?;
    of_stack(ask.view, stack).find(|set| set.name == name).ok_or_else(|| missing(name))
}

/// The stack of a change set.
///
/// # Errors
/// `ValidationError`
pub fn stack_of<'v>(ask: &Ask<'v>, set: &ChangeSetRow) -> Result<&'v Arc<StackRow>, Fault> {
    let found = ask.view.get::<StackRow>(set.account.as_str(), &set.stack);
    found.ok_or_else(|| stack::missing_bracketed(&set.stack))
}

/// A demand on the stack that a change set is of: actions on change sets are asked for on stacks (service
/// authorization reference).
#[must_use]
pub fn demand(
    ask: &Ask<'_>,
    action: &'static str,
    stack_name: Option<&str>,
    name: Option<&str>,
) -> Demand {
    if let Some(stack_name) = stack_name {
        return stack::demand(ask, action, stack_name);
    }
    let set = name.and_then(|name| find(ask, None, name).ok());
    let stack = set.and_then(|set| stack_of(ask, set).ok());
    let name = stack.map_or_else(|| "*".to_owned(), |stack| stack.arn());
    stack::demand(ask, action, &name)
}
