//! `DescribeChangeSet` and `ListChangeSets`.

use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use ec2::time::Time;
use serde::{Deserialize, Serialize};

use crate::blueprint::not_modelled;
use crate::blueprint::parameter::{self, Parameter};
use crate::change_set::changes::Change;
use crate::change_set::{self, ChangeSetRow};
use crate::page;
use crate::stack::describe::Empty;
use crate::stack::{self, StackRow};

/// `DescribeChangeSet`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeChangeSet {
    change_set_name: String,
    stack_name: Option<String>,
    next_token: Option<String>,
    include_property_values: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeChangeSetOutput {
    change_set_name: String,
    change_set_id: String,
    stack_id: String,
    stack_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    parameters: Vec<Parameter>,
    creation_time: Time,
    execution_status: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<String>,
    #[serde(rename = "NotificationARNs")]
    notification_arns: Vec<String>,
    rollback_configuration: Empty,
    capabilities: Vec<String>,
    tags: Vec<Tag>,
    changes: Vec<ChangeShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    include_nested_stacks: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_stack_failure: Option<String>,
}

/// A change as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeShape {
    #[serde(rename = "Type")]
    kind: &'static str,
    resource_change: Change,
}

/// `ListChangeSets`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListChangeSets {
    stack_name: String,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListChangeSetsOutput {
    summaries: Vec<ChangeSetSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A change set in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeSetSummary {
    stack_id: String,
    stack_name: String,
    change_set_id: String,
    change_set_name: String,
    execution_status: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<String>,
    creation_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    include_nested_stacks: bool,
}

impl Operation for DescribeChangeSet {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DescribeChangeSet";
    type Output = DescribeChangeSetOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.include_property_values == Some(true) {
            return Err(not_modelled("the parameter `IncludePropertyValues`"));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:DescribeChangeSet";
        let (stack, set) = (self.stack_name.as_deref(), self.change_set_name.as_str());
        let own = change_set::demand(ask, action, stack, Some(set));
        Ok(vec![own.with("cloudformation:ChangeSetName", set)])
    }
}

impl Read for DescribeChangeSet {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeChangeSetOutput, Fault> {
        let set = change_set::find(ask, self.stack_name.as_deref(), &self.change_set_name)?;
        let stack = change_set::stack_of(ask, set)?;
        let blueprint = change_set::create::template(ask.view, set).ok();
        let parameter = |(name, value): (&String, &String)| {
            parameter::told(blueprint.as_ref(), name, value, &set.resolved)
        };
        let token = self.next_token.as_deref();
        let page = page::cut(&set.changes, token, |change| &change.logical_resource_id)?;
        let change =
            |change: &Change| ChangeShape { kind: "Resource", resource_change: change.clone() };
        Ok(DescribeChangeSetOutput {
            change_set_name: set.name.clone(),
            change_set_id: set.arn(),
            stack_id: stack.arn(),
            stack_name: stack.name.clone(),
            description: set.description.clone(),
            parameters: set.parameters.iter().map(parameter).collect(),
            creation_time: set.created.into(),
            execution_status: set.execution_status(stack),
            status: set.status(),
            status_reason: set.failure.clone(),
            notification_arns: set.notification_arns.clone(),
            rollback_configuration: Empty {},
            capabilities: set.capabilities.clone(),
            tags: set.tags.clone(),
            changes: page.items.iter().map(change).collect(),
            next_token: page.next,
            include_nested_stacks: false,
            on_stack_failure: set.on_stack_failure.clone(),
        })
    }
}

impl Operation for ListChangeSets {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ListChangeSets";
    type Output = ListChangeSetsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![stack::demand(ask, "cloudformation:ListChangeSets", &self.stack_name)])
    }
}

impl Read for ListChangeSets {
    fn read(self, ask: &Ask<'_>) -> Result<ListChangeSetsOutput, Fault> {
        let name = &self.stack_name;
        let stack: &Arc<StackRow> =
            stack::find(ask, name).ok_or_else(|| stack::missing_bracketed(name))?;
        let sets: Vec<&Arc<ChangeSetRow>> =
            change_set::of_stack(ask.view, stack).filter(|set| !set.is_executed).collect();
        let page = page::cut(&sets, self.next_token.as_deref(), |set| &set.id)?;
        let summary = |set: &&Arc<ChangeSetRow>| ChangeSetSummary {
            stack_id: stack.arn(),
            stack_name: stack.name.clone(),
            change_set_id: set.arn(),
            change_set_name: set.name.clone(),
            execution_status: set.execution_status(stack),
            status: set.status(),
            status_reason: set.failure.clone(),
            creation_time: set.created.into(),
            description: set.description.clone(),
            include_nested_stacks: false,
        };
        Ok(ListChangeSetsOutput {
            summaries: page.items.iter().map(summary).collect(),
            next_token: page.next,
        })
    }
}
