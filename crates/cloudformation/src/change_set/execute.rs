//! `ExecuteChangeSet` and `DeleteChangeSet`.

use cloud::constraint::Constraints;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::blueprint::invalid;
use crate::change_set::{self, ChangeSetRow};
use crate::stack::StackRow;
use crate::stack::begin::{self, Intent, Manner};
use crate::stack::create::check_common;
use crate::stack::update;
use crate::stack::work::{OnFailure, Phase};
use crate::stored_template;

/// `ExecuteChangeSet`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExecuteChangeSet {
    change_set_name: String,
    stack_name: Option<String>,
    client_request_token: Option<String>,
    disable_rollback: Option<bool>,
    retain_except_on_create: Option<bool>,
}

/// `DeleteChangeSet`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteChangeSet {
    change_set_name: String,
    stack_name: Option<String>,
}

/// An answer without content, in an element of its own.
#[derive(Debug, Serialize)]
pub struct Nothing {}

impl Operation for ExecuteChangeSet {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ExecuteChangeSet";
    type Output = Nothing;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_common(&mut constraints, self.client_request_token.as_deref(), &[]);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:ExecuteChangeSet";
        let (stack, set) = (self.stack_name.as_deref(), self.change_set_name.as_str());
        let own = change_set::demand(ask, action, stack, Some(set));
        Ok(vec![own.with("cloudformation:ChangeSetName", set)])
    }
}

impl ExecuteChangeSet {
    fn on_failure(&self, set: &ChangeSetRow) -> Result<OnFailure, Fault> {
        match (set.on_stack_failure.as_deref(), self.disable_rollback) {
            (Some(_), Some(_)) => Err(invalid(
                "You can specify either OnStackFailure or DisableRollback, but not both.",
            )),
            (Some("DO_NOTHING"), None) | (None, Some(true)) => Ok(OnFailure::DoNothing),
            (Some("DELETE"), None) => Ok(OnFailure::Delete),
            _ => Ok(OnFailure::Rollback),
        }
    }
}

impl Write for ExecuteChangeSet {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Nothing, Fault> {
        let ask = act.ask();
        let set = change_set::find(&ask, self.stack_name.as_deref(), &self.change_set_name)?;
        let mut set = ChangeSetRow::clone(set);
        let mut stack = StackRow::clone(change_set::stack_of(&ask, &set)?);
        check_can_execute(&set, &stack)?;
        if !set.is_new {
            update::check_can_update(&stack)?;
        }
        let intent = Intent {
            blueprint: change_set::create::template(act.tx, &set)?,
            parameters: set.parameters.clone(),
            resolved: set.resolved.clone(),
            tags: set.tags.clone(),
            capabilities: set.capabilities.clone(),
        };
        let manner = Manner {
            role_arn: set.role_arn.clone(),
            token: self.client_request_token.clone(),
            on_failure: self.on_failure(&set)?,
            retain_except_on_create: self.retain_except_on_create == Some(true),
        };
        stack.change_set = Some(set.arn());
        if !set.notification_arns.is_empty() {
            stack.notification_arns.clone_from(&set.notification_arns);
        }
        let phase = if set.is_new { Phase::Create } else { Phase::Update };
        let stack = begin::begin(act, stack, &intent, &manner, phase)?;
        // The others are no more, as the stack that they were made for is no more (user guide, "Execute a change set").
        let others: Vec<ChangeSetRow> = change_set::of_stack(act.tx, &stack)
            .filter(|other| other.id != set.id)
            .map(|other| ChangeSetRow::clone(other))
            .collect();
        others.iter().try_for_each(|other| forget(act, other))?;
        set.is_executed = true;
        act.tx.put(set)?;
        Ok(Nothing {})
    }
}

fn check_can_execute(set: &ChangeSetRow, stack: &StackRow) -> Result<(), Fault> {
    let refuse = |what: &str, status: &str| {
        let text = format!(
            "ChangeSet [{}] cannot be executed in its current {what} of [{status}]",
            set.arn()
        );
        Err(Fault::new("InvalidChangeSetStatus", text))
    };
    if set.failure.is_some() {
        return refuse("status", set.status());
    }
    match set.execution_status(stack) {
        "AVAILABLE" => Ok(()),
        other => refuse("execution status", other),
    }
}

fn forget(act: &mut Act<'_, '_>, set: &ChangeSetRow) -> Result<(), Fault> {
    stored_template::forget(act.tx, set.account, &set.id, &[])?;
    act.tx.delete::<ChangeSetRow>(set.account.as_str(), &set.id)?;
    Ok(())
}

impl Operation for DeleteChangeSet {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DeleteChangeSet";
    type Output = Nothing;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:DeleteChangeSet";
        let (stack, set) = (self.stack_name.as_deref(), self.change_set_name.as_str());
        let own = change_set::demand(ask, action, stack, Some(set));
        Ok(vec![own.with("cloudformation:ChangeSetName", set)])
    }
}

impl Write for DeleteChangeSet {
    /// One that does not exist counts as deleted; its stack must exist.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Nothing, Fault> {
        let ask = act.ask();
        match change_set::find(&ask, self.stack_name.as_deref(), &self.change_set_name) {
            Ok(set) => {
                let set = ChangeSetRow::clone(set);
                forget(act, &set)?;
                Ok(Nothing {})
            }
            Err(fault) if fault.code == "ChangeSetNotFound" => Ok(Nothing {}),
            Err(fault) => Err(fault),
        }
    }
}
