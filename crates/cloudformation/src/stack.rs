//! Stacks: the row, its states, how it is found and shown.

pub mod begin;
pub mod create;
pub mod delete;
pub mod describe;
pub mod list;
pub mod update;
pub mod work;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Ask, Demand, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Row, View};

use crate::blueprint::resolved::Resolved;
use crate::resource::schema::Schema;
use crate::stack::work::Work;

/// Stacks of an account in a region (user guide, "Understand CloudFormation quotas").
pub const MAX_STACKS: usize = 2000;
/// Characters of a stack's name.
pub const MAX_NAME: usize = 128;

/// A stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StackRow {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// The last part of its ARN, which no other stack has.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// Its status.
    pub status: Status,
    /// Why.
    pub reason: Option<String>,
    /// What it should be.
    #[serde(default)]
    pub spec: Spec,
    /// The role that acts for it.
    pub role_arn: Option<String>,
    /// Who is told; nobody is.
    #[serde(default)]
    pub notification_arns: Vec<String>,
    /// Whether what was made before a failure stays.
    #[serde(default)]
    pub disable_rollback: bool,
    /// Minutes that its creation may take.
    pub timeout_minutes: Option<i32>,
    /// Whether it cannot be deleted.
    #[serde(default)]
    pub is_protected: bool,
    /// What it tells of itself.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// The ARN of the stack that it is a resource of.
    pub parent: Option<String>,
    /// The ARN of the topmost of those.
    pub root: Option<String>,
    /// The change set that made it or changed it last.
    pub change_set: Option<String>,
    /// The events that it has had.
    #[serde(default)]
    pub events: u64,
    /// The templates that it has had.
    #[serde(default)]
    pub templates: u32,
    /// The operation that was asked for last, with a token.
    #[serde(default)]
    pub last: Option<Last>,
    /// What is being done to it.
    pub work: Option<Work>,
}

/// What a stack should be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The number of its template.
    pub template: u32,
    /// The template's description.
    pub description: Option<String>,
    /// The values of its parameters, defaults included.
    pub parameters: BTreeMap<String, String>,
    /// What Systems Manager said that they and dynamic references stand for.
    #[serde(default)]
    pub resolved: Resolved,
    /// Its tags, which its resources get.
    pub tags: Vec<Tag>,
    /// What the template may do.
    pub capabilities: Vec<String>,
    /// The exports of other stacks that it uses.
    pub imports: Vec<String>,
}

/// An operation with a client request token: asked for again, it is not done again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Last {
    /// The token.
    pub token: String,
    /// The operation.
    pub operation: String,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    /// Its name.
    pub output_key: String,
    /// Its value.
    pub output_value: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name by which other stacks use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export_name: Option<String>,
}

/// The states of a stack (API reference, `Stack`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Status {
    CreateInProgress,
    CreateFailed,
    CreateComplete,
    RollbackInProgress,
    RollbackFailed,
    RollbackComplete,
    DeleteInProgress,
    DeleteFailed,
    DeleteComplete,
    UpdateInProgress,
    UpdateCompleteCleanupInProgress,
    UpdateComplete,
    UpdateFailed,
    UpdateRollbackInProgress,
    UpdateRollbackFailed,
    UpdateRollbackCompleteCleanupInProgress,
    UpdateRollbackComplete,
    ReviewInProgress,
}

impl Status {
    /// All of them, by name.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::CreateInProgress, "CREATE_IN_PROGRESS"),
        (Self::CreateFailed, "CREATE_FAILED"),
        (Self::CreateComplete, "CREATE_COMPLETE"),
        (Self::RollbackInProgress, "ROLLBACK_IN_PROGRESS"),
        (Self::RollbackFailed, "ROLLBACK_FAILED"),
        (Self::RollbackComplete, "ROLLBACK_COMPLETE"),
        (Self::DeleteInProgress, "DELETE_IN_PROGRESS"),
        (Self::DeleteFailed, "DELETE_FAILED"),
        (Self::DeleteComplete, "DELETE_COMPLETE"),
        (Self::UpdateInProgress, "UPDATE_IN_PROGRESS"),
        (Self::UpdateCompleteCleanupInProgress, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (Self::UpdateComplete, "UPDATE_COMPLETE"),
        (Self::UpdateFailed, "UPDATE_FAILED"),
        (Self::UpdateRollbackInProgress, "UPDATE_ROLLBACK_IN_PROGRESS"),
        (Self::UpdateRollbackFailed, "UPDATE_ROLLBACK_FAILED"),
        (
            Self::UpdateRollbackCompleteCleanupInProgress,
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        ),
        (Self::UpdateRollbackComplete, "UPDATE_ROLLBACK_COMPLETE"),
        (Self::ReviewInProgress, "REVIEW_IN_PROGRESS"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }

    /// Whether something is being done.
    #[must_use]
    pub fn is_in_progress(self) -> bool {
        self.name().ends_with("_IN_PROGRESS") && self != Self::ReviewInProgress
    }

    /// Whether the stack can be updated (user guide, "stack status codes").
    #[must_use]
    pub fn can_be_updated(self) -> bool {
        matches!(
            self,
            Self::CreateComplete
                | Self::UpdateComplete
                | Self::UpdateRollbackComplete
                // With rollback disabled, a failed stack can be updated to a state that works.
                | Self::CreateFailed
                | Self::UpdateFailed
        )
    }
}

impl Row for StackRow {
    const TABLE: &'static str = "cloudformation_stack";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["name"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }

    /// A deleted stack's name is free.
    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "name" && self.status != Status::DeleteComplete)
            .then(|| name_index(self.account, &self.region, &self.name).into())
    }
}

fn name_index(account: AccountId, region: &str, name: &str) -> String {
    format!("{account}/{region}/{name}")
}

impl StackRow {
    /// Its ARN, which is its id for clients.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(self.account, &self.region, &self.name, &self.id)
    }
}

/// The ARN of a stack.
#[must_use]
pub fn arn(account: AccountId, region: &str, name: &str, id: &str) -> String {
    format!("arn:aws:cloudformation:{region}:{account}:stack/{name}/{id}")
}

/// The stack called `name`, or with this ARN, which finds deleted ones too.
#[must_use]
pub fn find<'v>(ask: &Ask<'v>, name: &str) -> Option<&'v Arc<StackRow>> {
    find_in(ask.view, ask.account(), ask.region, name)
}

/// As [`find`].
#[must_use]
pub fn find_in<'v>(
    view: &'v View,
    account: AccountId,
    region: &str,
    name: &str,
) -> Option<&'v Arc<StackRow>> {
    if let Some((rest, id)) = name.strip_prefix("arn:").and_then(|rest| rest.rsplit_once('/')) {
        let stack = view.get::<StackRow>(account.as_str(), id)?;
        return (stack.arn() == format!("arn:{rest}/{id}") && stack.region == region)
            .then_some(stack);
    }
    view.by_index::<StackRow>("name", &name_index(account, region, name))
}

/// What most operations say of a stack that does not exist.
#[must_use]
pub fn missing(name: &str) -> Fault {
    Fault::new("ValidationError", format!("Stack with id {name} does not exist"))
}

/// What the operations on events, resources and change sets say of one.
#[must_use]
pub fn missing_bracketed(name: &str) -> Fault {
    Fault::new("ValidationError", format!("Stack [{name}] does not exist"))
}

/// A demand on a stack, by its name or ARN (service authorization reference: `stack/${StackName}/${Id}`). One that
/// does not exist is asked about with `*` in the place of its id.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    if let Some(stack) = find(ask, name) {
        let tags = &stack.spec.tags;
        return Demand::new(action, stack.arn()).with_resource_tags(&["aws"], tags);
    }
    if name.starts_with("arn:") {
        return Demand::new(action, name);
    }
    Demand::new(action, arn(ask.account(), ask.region, name, "*"))
}

/// Checks `StackName` of an operation that makes one.
///
/// # Errors
/// `ValidationError`
pub fn check_new_name(name: &str) -> Result<(), Fault> {
    use cloud::constraint::{Check, Constraints};
    let mut constraints = Constraints::new();
    let form: fn(&str) -> bool = |name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let checks = [Check::Pattern("[a-zA-Z][-a-zA-Z0-9]*", form), Check::MaxLength(MAX_NAME)];
    constraints.text("stackName", name, &checks);
    constraints.finish()
}

/// What a stack's template can know of it.
#[must_use]
pub fn pseudo(stack: &StackRow) -> template::Pseudo {
    template::Pseudo {
        account_id: Some(stack.account.to_string()),
        region: Some(stack.region.clone()),
        partition: Some("aws".to_owned()),
        url_suffix: Some("amazonaws.com".to_owned()),
        stack_name: Some(stack.name.clone()),
        stack_id: Some(stack.arn()),
        notification_arns: stack.notification_arns.clone(),
    }
}

/// Gives a resource that has tags those of its stack, but for keys that it has itself (user guide, "Resource tag").
/// The system tags `aws:cloudformation:…` are left out: the services refuse that prefix to everybody.
pub fn add_tags(stack: &StackRow, schema: &Schema, properties: &mut Value) {
    if stack.spec.tags.is_empty() || !schema.has_tags() {
        return;
    }
    let Some(members) = properties.as_object_mut() else { return };
    let own = members.entry("Tags").or_insert_with(|| json!([]));
    let Some(own) = own.as_array_mut() else { return };
    for tag in &stack.spec.tags {
        if !own.iter().any(|it| it.get("Key").and_then(Value::as_str) == Some(&tag.key)) {
            own.push(json!({"Key": tag.key, "Value": tag.value}));
        }
    }
}
