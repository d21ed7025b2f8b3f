//! `DescribeStackResource`, `DescribeStackResources` and `ListStackResources`.

use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use ec2::time::Time;
use serde::{Deserialize, Serialize};
use template::Syntax;

use crate::blueprint::{Blueprint, invalid};
use crate::page;
use crate::stack::{self, StackRow};
use crate::stack_resource::{ResourceRow, Status, of_stack};
use crate::stored_template;

/// Resources that `DescribeStackResources` answers (API reference).
const MAX_DESCRIBED: usize = 100;

/// `DescribeStackResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackResource {
    stack_name: String,
    logical_resource_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackResourceOutput {
    stack_resource_detail: ResourceDetail,
}

/// One resource as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceDetail {
    stack_name: String,
    stack_id: String,
    logical_resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_resource_id: Option<String>,
    resource_type: String,
    last_updated_timestamp: Time,
    resource_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    metadata: String,
    drift_information: DriftOfResource,
}

/// Drift is never looked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DriftOfResource {
    stack_resource_drift_status: &'static str,
}

const NOT_CHECKED: DriftOfResource = DriftOfResource { stack_resource_drift_status: "NOT_CHECKED" };

/// `DescribeStackResources`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackResources {
    stack_name: Option<String>,
    logical_resource_id: Option<String>,
    physical_resource_id: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackResourcesOutput {
    stack_resources: Vec<ResourceShape>,
}

/// A resource as it is answered among others.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceShape {
    stack_name: String,
    stack_id: String,
    logical_resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_resource_id: Option<String>,
    resource_type: String,
    timestamp: Time,
    resource_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_status_reason: Option<String>,
    drift_information: DriftOfResource,
}

/// `ListStackResources`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListStackResources {
    stack_name: String,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListStackResourcesOutput {
    stack_resource_summaries: Vec<ResourceSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A resource in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceSummary {
    logical_resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_resource_id: Option<String>,
    resource_type: String,
    last_updated_timestamp: Time,
    resource_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_status_reason: Option<String>,
    drift_information: DriftOfResource,
}

/// The resources of a stack that something was done to.
fn shown<'v>(ask: &Ask<'v>, stack: &StackRow) -> Vec<&'v Arc<ResourceRow>> {
    of_stack(ask.view, stack).filter(|row| row.status.is_some()).collect()
}

impl ResourceShape {
    fn new(stack: &StackRow, row: &ResourceRow) -> Self {
        Self {
            stack_name: stack.name.clone(),
            stack_id: stack.arn(),
            logical_resource_id: row.logical_id.clone(),
            physical_resource_id: row.shown_id.clone(),
            resource_type: row.kind.clone(),
            timestamp: row.updated.into(),
            resource_status: row.status,
            resource_status_reason: row.reason.clone(),
            drift_information: NOT_CHECKED,
        }
    }
}

impl Operation for DescribeStackResource {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DescribeStackResource";
    type Output = DescribeStackResourceOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![stack::demand(ask, "cloudformation:DescribeStackResource", &self.stack_name)])
    }
}

impl Read for DescribeStackResource {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeStackResourceOutput, Fault> {
        let (name, id) = (&self.stack_name, &self.logical_resource_id);
        let stack = stack::find(ask, name)
            .ok_or_else(|| invalid(format!("Stack '{name}' does not exist")))?;
        let rows = shown(ask, stack);
        let row = rows.into_iter().find(|row| row.logical_id == *id).ok_or_else(|| {
            invalid(format!("Resource {id} does not exist for stack {}", stack.name))
        })?;
        let number = stack.spec.template;
        let text = stored_template::find(ask.view, stack.account, &stack.id, number);
        let blueprint = Blueprint::read(&text).ok();
        let body = blueprint.as_ref().and_then(|blueprint| blueprint.document.resource(id));
        let metadata = body.and_then(|resource| resource.body.get("Metadata"));
        let description = body.and_then(|resource| resource.body.get("Description"));
        Ok(DescribeStackResourceOutput {
            stack_resource_detail: ResourceDetail {
                stack_name: stack.name.clone(),
                stack_id: stack.arn(),
                logical_resource_id: row.logical_id.clone(),
                physical_resource_id: row.shown_id.clone(),
                resource_type: row.kind.clone(),
                last_updated_timestamp: row.updated.into(),
                resource_status: row.status,
                resource_status_reason: row.reason.clone(),
                description: description.and_then(Syntax::as_str).map(str::to_owned),
                metadata: metadata
                    .map_or_else(|| "{}".to_owned(), |it| crate::blueprint::plain(it).to_string()),
                drift_information: NOT_CHECKED,
            },
        })
    }
}

impl Operation for DescribeStackResources {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DescribeStackResources";
    type Output = DescribeStackResourcesOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.stack_name.is_none() && self.physical_resource_id.is_none() {
            return Err(invalid("Either stack name or physical resource ID must be specified."));
        }
        if self.stack_name.is_some() && self.physical_resource_id.is_some() {
            return Err(invalid(
                "Cannot specify both a stack name and a physical resource ID in the same request",
            ));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:DescribeStackResources";
        let name = match (&self.stack_name, self.owner(ask)) {
            (Some(name), _) => name.clone(),
            (None, Some(stack)) => stack.arn(),
            (None, None) => "*".to_owned(),
        };
        Ok(vec![stack::demand(ask, action, &name)])
    }
}

impl DescribeStackResources {
    /// The stack that has the physical resource.
    fn owner<'v>(&self, ask: &Ask<'v>) -> Option<&'v Arc<StackRow>> {
        let id = self.physical_resource_id.as_ref()?;
        let rows = ask.view.range::<ResourceRow>(ask.account().as_str(), ..);
        let row =
            rows.filter(|row| row.now.as_ref().is_some_and(|now| now.physical.id == *id)).last()?;
        let stack = ask.view.get::<StackRow>(row.account.as_str(), &row.stack)?;
        (stack.region == ask.region).then_some(stack)
    }
}

impl Read for DescribeStackResources {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeStackResourcesOutput, Fault> {
        let stack = match (&self.stack_name, &self.physical_resource_id) {
            (Some(name), _) => stack::find(ask, name).ok_or_else(|| stack::missing(name))?,
            (None, Some(id)) => {
                self.owner(ask).ok_or_else(|| invalid(format!("Stack for {id} does not exist")))?
            }
            (None, None) => return self.check().map(|()| DescribeStackResourcesOutput::none()),
        };
        let logical_id = self.logical_resource_id.as_ref();
        let rows = shown(ask, stack).into_iter();
        let rows = rows.filter(|row| logical_id.is_none_or(|id| row.logical_id == *id));
        let rows = rows.take(MAX_DESCRIBED).map(|row| ResourceShape::new(stack, row));
        Ok(DescribeStackResourcesOutput { stack_resources: rows.collect() })
    }
}

impl DescribeStackResourcesOutput {
    fn none() -> Self {
        Self { stack_resources: Vec::new() }
    }
}

impl Operation for ListStackResources {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ListStackResources";
    type Output = ListStackResourcesOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![stack::demand(ask, "cloudformation:ListStackResources", &self.stack_name)])
    }
}

impl Read for ListStackResources {
    fn read(self, ask: &Ask<'_>) -> Result<ListStackResourcesOutput, Fault> {
        let name = &self.stack_name;
        let stack = stack::find(ask, name).ok_or_else(|| stack::missing(name))?;
        let rows = shown(ask, stack);
        let page = page::cut(&rows, self.next_token.as_deref(), |row| &row.logical_id)?;
        let summary = |row: &&Arc<ResourceRow>| ResourceSummary {
            logical_resource_id: row.logical_id.clone(),
            physical_resource_id: row.shown_id.clone(),
            resource_type: row.kind.clone(),
            last_updated_timestamp: row.updated.into(),
            resource_status: row.status,
            resource_status_reason: row.reason.clone(),
            drift_information: NOT_CHECKED,
        };
        Ok(ListStackResourcesOutput {
            stack_resource_summaries: page.items.iter().map(summary).collect(),
            next_token: page.next,
        })
    }
}
