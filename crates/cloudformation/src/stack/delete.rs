//! `DeleteStack`

use cloud::constraint::Constraints;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::blueprint::{invalid, not_modelled};
use crate::event;
use crate::export;
use crate::stack::begin;
use crate::stack::work::{Actor, OnFailure, Phase, Work};
use crate::stack::{self, Last, StackRow, Status};
use crate::stack_resource::{self, ResourceRow};
use crate::turn::doom;

/// `DeleteStack`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteStack {
    stack_name: String,
    #[serde(default)]
    retain_resources: Vec<String>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    client_request_token: Option<String>,
    deletion_mode: Option<String>,
    /// Whether a stack asks that this one is a resource of.
    #[serde(skip)]
    by_parent: bool,
}

impl DeleteStack {
    /// As a resource of another stack.
    #[must_use]
    pub(crate) fn by_parent(mut self) -> Self {
        self.by_parent = true;
        self
    }
}

impl Operation for DeleteStack {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DeleteStack";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let token = self.client_request_token.as_deref();
        super::create::check_common(&mut constraints, token, &[]);
        constraints.finish()?;
        if self.deletion_mode.as_deref().is_some_and(|mode| mode != "STANDARD") {
            return Err(not_modelled("the parameter `DeletionMode`"));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let own = stack::demand(ask, "cloudformation:DeleteStack", &self.stack_name)
            .with_some("cloudformation:RoleArn", self.role_arn.as_deref());
        let mut demands = vec![own];
        demands.extend(self.role_arn.as_deref().map(begin::role_demand));
        Ok(demands)
    }
}

impl Write for DeleteStack {
    /// A stack that does not exist counts as deleted.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let found = stack::find(&act.ask(), &self.stack_name).map(|it| StackRow::clone(it));
        let Some(mut stack) = found else { return Ok(()) };
        if matches!(stack.status, Status::DeleteComplete | Status::DeleteInProgress) {
            return Ok(());
        }
        let (name, arn) = (&stack.name, stack.arn());
        if stack.is_protected && !self.by_parent {
            return Err(invalid(format!(
                "Stack [{name}] cannot be deleted while TerminationProtection is enabled"
            )));
        }
        if stack.status.is_in_progress() && stack.status != Status::CreateInProgress {
            return Err(invalid(format!(
                "Stack [{arn}] cannot be deleted while in status {}",
                stack.status.name()
            )));
        }
        if !self.retain_resources.is_empty() && stack.status != Status::DeleteFailed {
            return Err(invalid(format!(
                "Invalid operation on stack [{arn}]. RetainResources can only be specified when the stack \
                 is in the DELETE_FAILED state."
            )));
        }
        begin::check_role(act, self.role_arn.as_deref())?;
        let role_arn = self.role_arn.clone().or_else(|| stack.role_arn.clone());
        stack.last = Last::of(self.client_request_token.as_deref(), Self::NAME);
        stack.work = Some(Work {
            phase: Phase::Delete,
            actor: Actor::new(act.caller, role_arn.as_deref())?,
            token: self.client_request_token.clone(),
            on_failure: OnFailure::Rollback,
            retain_except_on_create: false,
            retained: self.retain_resources.clone(),
            before: None,
            began: act.now,
            failure: None,
        });
        stack.status = Status::DeleteInProgress;
        stack.reason = Some("User Initiated".to_owned());
        event::add_of_stack(act.tx, &mut stack, act.now, act.entropy)?;
        if let Some(reason) = in_use(act, &stack) {
            stack.work = None;
            stack.status = Status::DeleteFailed;
            stack.reason = Some(reason);
            event::add_of_stack(act.tx, &mut stack, act.now, act.entropy)?;
            act.tx.put(stack)?;
            return Ok(());
        }
        let rows: Vec<ResourceRow> =
            stack_resource::of_stack(act.tx, &stack).map(|row| ResourceRow::clone(row)).collect();
        for mut row in rows {
            doom(&mut row);
            act.tx.put(row)?;
        }
        act.tx.put(stack)?;
        Ok(())
    }
}

/// An export that others use keeps the stack. The text is one that users report
/// (aws-samples/iam-identity-center-team pull request 474); the status that it is told with is unverified.
fn in_use(act: &Act<'_, '_>, stack: &StackRow) -> Option<String> {
    let own = export::of_region(act.tx, stack.account, &stack.region);
    own.filter(|export| export.stack == stack.id).find_map(|export| {
        let users = export::importers(act.tx, stack.account, &stack.region, &export.name);
        let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
        (!names.is_empty()).then(|| {
            let users = crate::turn::join(&names);
            format!(
                "Delete canceled. Cannot delete export {} as it is in use by {users}.",
                export.name
            )
        })
    })
}
