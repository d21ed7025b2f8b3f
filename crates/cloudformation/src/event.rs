//! Events: what happened to a stack and its resources, in order.

pub mod describe;

use std::borrow::Cow;

use ec2::time::Time;
use names::{AccountId, Entropy, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx};

use crate::stack::StackRow;

/// The type of a stack, among those of resources.
pub const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

/// An event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventRow {
    /// The stack's account.
    pub account: AccountId,
    /// The stack's id.
    pub stack: String,
    /// The how manieth of the stack's.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// When.
    pub time: Timestamp,
    /// Of which resource; the stack itself has its name.
    pub logical_id: String,
    /// The physical id, empty before there is one.
    pub physical_id: String,
    /// The type.
    pub kind: String,
    /// The status.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// The properties of a resource, as JSON.
    pub properties: Option<String>,
    /// The token of the request that led to it.
    pub token: Option<String>,
}

/// What happened.
#[derive(Debug, Clone)]
pub struct Happened<'a> {
    /// To which resource.
    pub logical_id: &'a str,
    /// Which is.
    pub physical_id: &'a str,
    /// Of which type.
    pub kind: &'a str,
    /// The status.
    pub status: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// With which properties.
    pub properties: Option<String>,
}

impl Row for EventRow {
    const TABLE: &'static str = "cloudformation_event";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        format!("{}/{:010}", self.stack, self.number).into()
    }
}

/// Keeps what happened; the stack's row, which counts its events, is the caller's to store.
///
/// # Errors
/// A [`RowError`].
pub fn add(
    tx: &mut Tx<'_>,
    stack: &mut StackRow,
    happened: Happened<'_>,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(), RowError> {
    stack.events += 1;
    let uuid = entropy.uuid();
    let is_stack = happened.kind == STACK_TYPE && happened.logical_id == stack.name;
    let id =
        if is_stack { uuid } else { format!("{}-{}-{uuid}", happened.logical_id, happened.status) };
    tx.put(EventRow {
        account: stack.account,
        stack: stack.id.clone(),
        number: stack.events,
        id,
        time: now,
        logical_id: happened.logical_id.to_owned(),
        physical_id: happened.physical_id.to_owned(),
        kind: happened.kind.to_owned(),
        status: happened.status.to_owned(),
        reason: happened.reason.map(str::to_owned),
        properties: happened.properties,
        token: stack.work.as_ref().and_then(|work| work.token.clone()),
    })
}

/// Keeps an event of the stack itself: its status and reason.
///
/// # Errors
/// A [`RowError`].
pub fn add_of_stack(
    tx: &mut Tx<'_>,
    stack: &mut StackRow,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(), RowError> {
    let (name, arn, reason) = (stack.name.clone(), stack.arn(), stack.reason.clone());
    let happened = Happened {
        logical_id: &name,
        physical_id: &arn,
        kind: STACK_TYPE,
        status: stack.status.name(),
        reason: reason.as_deref(),
        properties: None,
    };
    add(tx, stack, happened, now, entropy)
}

/// An event as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventShape {
    stack_id: String,
    event_id: String,
    stack_name: String,
    logical_resource_id: String,
    physical_resource_id: String,
    resource_type: String,
    timestamp: Time,
    resource_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_properties: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_request_token: Option<String>,
}

impl EventShape {
    /// `event` of `stack`.
    #[must_use]
    pub fn new(stack: &StackRow, event: &EventRow) -> Self {
        Self {
            stack_id: stack.arn(),
            event_id: event.id.clone(),
            stack_name: stack.name.clone(),
            logical_resource_id: event.logical_id.clone(),
            physical_resource_id: event.physical_id.clone(),
            resource_type: event.kind.clone(),
            timestamp: event.time.into(),
            resource_status: event.status.clone(),
            resource_status_reason: event.reason.clone(),
            resource_properties: event.properties.clone(),
            client_request_token: event.token.clone(),
        }
    }
}
