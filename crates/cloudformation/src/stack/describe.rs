//! `DescribeStacks`

use cloud::tag::Tag;
use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use ec2::time::Time;
use serde::{Deserialize, Serialize};

use crate::blueprint::Blueprint;
use crate::blueprint::parameter::{self, Parameter};
use crate::stack::{self, Output, StackRow, Status};
use crate::stored_template;

/// `DescribeStacks`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStacks {
    stack_name: Option<String>,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStacksOutput {
    stacks: Vec<StackShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A stack as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StackShape {
    stack_id: String,
    stack_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_set_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    parameters: Vec<Parameter>,
    creation_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_time: Option<Time>,
    rollback_configuration: Empty,
    stack_status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_status_reason: Option<String>,
    disable_rollback: bool,
    #[serde(rename = "NotificationARNs")]
    notification_arns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_in_minutes: Option<i32>,
    capabilities: Vec<String>,
    outputs: Vec<Output>,
    #[serde(rename = "RoleARN", skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    tags: Vec<Tag>,
    enable_termination_protection: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_id: Option<String>,
    drift_information: DriftInformation,
}

/// A structure without members.
#[derive(Debug, Serialize)]
pub struct Empty {}

/// Drift is never looked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DriftInformation {
    stack_drift_status: &'static str,
}

impl DriftInformation {
    /// Nobody looked.
    pub const NOT_CHECKED: Self = Self { stack_drift_status: "NOT_CHECKED" };
}

impl StackShape {
    /// `stack` as it is answered.
    #[must_use]
    pub fn new(ask: &Ask<'_>, stack: &StackRow) -> Self {
        let spec = &stack.spec;
        let text = stored_template::find(ask.view, stack.account, &stack.id, spec.template);
        let blueprint = if spec.parameters.is_empty() { None } else { Blueprint::read(&text).ok() };
        let parameter = |(name, value): (&String, &String)| {
            parameter::told(blueprint.as_ref(), name, value, &spec.resolved)
        };
        Self {
            stack_id: stack.arn(),
            stack_name: stack.name.clone(),
            change_set_id: stack.change_set.clone(),
            description: spec.description.clone(),
            parameters: spec.parameters.iter().map(parameter).collect(),
            creation_time: stack.created.into(),
            deletion_time: stack.deleted.map(Into::into),
            last_updated_time: stack.updated.map(Into::into),
            rollback_configuration: Empty {},
            stack_status: stack.status,
            stack_status_reason: stack.reason.clone(),
            disable_rollback: stack.disable_rollback,
            notification_arns: stack.notification_arns.clone(),
            timeout_in_minutes: stack.timeout_minutes,
            capabilities: spec.capabilities.clone(),
            outputs: stack.outputs.clone(),
            role_arn: stack.role_arn.clone(),
            tags: spec.tags.clone(),
            enable_termination_protection: stack.is_protected,
            parent_id: stack.parent.clone(),
            root_id: stack.root.clone(),
            drift_information: DriftInformation::NOT_CHECKED,
        }
    }
}

impl Operation for DescribeStacks {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DescribeStacks";
    type Output = DescribeStacksOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:DescribeStacks";
        Ok(vec![match &self.stack_name {
            Some(name) => stack::demand(ask, action, name),
            None => {
                let (account, region) = (ask.account(), ask.region);
                Demand::new(action, format!("arn:aws:cloudformation:{region}:{account}:stack/*/*"))
            }
        }])
    }
}

impl Read for DescribeStacks {
    /// By name or ARN, deleted ones by ARN alone; else all that are not deleted, the newest first.
    fn read(self, ask: &Ask<'_>) -> Result<DescribeStacksOutput, Fault> {
        if let Some(name) = &self.stack_name {
            let stack = stack::find(ask, name).ok_or_else(|| stack::missing(name))?;
            return Ok(DescribeStacksOutput {
                stacks: vec![StackShape::new(ask, stack)],
                next_token: None,
            });
        }
        let all = ask.view.range::<StackRow>(ask.account().as_str(), ..);
        let mut stacks: Vec<_> = all
            .filter(|stack| stack.region == ask.region && stack.status != Status::DeleteComplete)
            .collect();
        stacks.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| b.id.cmp(&a.id)));
        let page = crate::page::cut(&stacks, self.next_token.as_deref(), |stack| &stack.id)?;
        Ok(DescribeStacksOutput {
            stacks: page.items.iter().map(|stack| StackShape::new(ask, stack)).collect(),
            next_token: page.next,
        })
    }
}
