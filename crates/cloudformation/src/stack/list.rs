//! `ListStacks` and `UpdateTerminationProtection`.

use std::sync::Arc;

use cloud::constraint::{Check, Constraints};
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use ec2::time::Time;
use serde::{Deserialize, Serialize};

use crate::blueprint::invalid;
use crate::page;
use crate::stack::create::StackIdOutput;
use crate::stack::describe::DriftInformation;
use crate::stack::{self, StackRow, Status};

/// `ListStacks`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListStacks {
    #[serde(default)]
    stack_status_filter: Vec<String>,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListStacksOutput {
    stack_summaries: Vec<StackSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A stack in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StackSummary {
    stack_id: String,
    stack_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_description: Option<String>,
    creation_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_time: Option<Time>,
    stack_status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_id: Option<String>,
    drift_information: DriftInformation,
}

impl Operation for ListStacks {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ListStacks";
    type Output = ListStacksOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let known: fn(&str) -> bool = |name| {
            Status::ALL.iter().any(|(_, known)| *known == name) || name.starts_with("IMPORT_")
        };
        let set = "Member must satisfy enum value set of StackStatus";
        let filter = Check::Members(set, known);
        constraints.members("stackStatusFilter", &self.stack_status_filter, filter);
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("cloudformation:ListStacks", "*")])
    }
}

impl Read for ListStacks {
    /// Deleted ones too, the newest first.
    fn read(self, ask: &Ask<'_>) -> Result<ListStacksOutput, Fault> {
        let filter = &self.stack_status_filter;
        let all = ask.view.range::<StackRow>(ask.account().as_str(), ..);
        let mut stacks: Vec<&Arc<StackRow>> = all
            .filter(|stack| stack.region == ask.region)
            .filter(|it| filter.is_empty() || filter.iter().any(|name| name == it.status.name()))
            .collect();
        stacks.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| b.id.cmp(&a.id)));
        let page = page::cut(&stacks, self.next_token.as_deref(), |stack| &stack.id)?;
        let summary = |stack: &&Arc<StackRow>| StackSummary {
            stack_id: stack.arn(),
            stack_name: stack.name.clone(),
            template_description: stack.spec.description.clone(),
            creation_time: stack.created.into(),
            last_updated_time: stack.updated.map(Into::into),
            deletion_time: stack.deleted.map(Into::into),
            stack_status: stack.status,
            stack_status_reason: stack.reason.clone(),
            parent_id: stack.parent.clone(),
            root_id: stack.root.clone(),
            drift_information: DriftInformation::NOT_CHECKED,
        };
        Ok(ListStacksOutput {
            stack_summaries: page.items.iter().map(summary).collect(),
            next_token: page.next,
        })
    }
}

/// `UpdateTerminationProtection`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateTerminationProtection {
    stack_name: String,
    enable_termination_protection: bool,
}

impl Operation for UpdateTerminationProtection {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "UpdateTerminationProtection";
    type Output = StackIdOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:UpdateTerminationProtection";
        Ok(vec![stack::demand(ask, action, &self.stack_name)])
    }
}

impl Write for UpdateTerminationProtection {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StackIdOutput, Fault> {
        let name = &self.stack_name;
        let found = stack::find(&act.ask(), name);
        let found = found.filter(|stack| stack.status != Status::DeleteComplete);
        let mut stack = StackRow::clone(
            found.ok_or_else(|| invalid(format!("Stack [{name}] does not exist")))?,
        );
        // A nested stack follows its root (API reference).
        if stack.parent.is_some() {
            return Err(invalid(
                "Termination protection cannot be set on nested stacks directly; set it on the root stack",
            ));
        }
        stack.is_protected = self.enable_termination_protection;
        let stack_id = stack.arn();
        act.tx.put(stack)?;
        Ok(StackIdOutput { stack_id })
    }
}
