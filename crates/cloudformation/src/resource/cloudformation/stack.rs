//! `AWS::CloudFormation::Stack`: a stack that is a resource of another one.

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;

use std::collections::BTreeMap;

use cloud::object::WantedObject;
use cloud::tag::Tag;
use cloud::{Fault, Operation};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::{Attributes, Physical, Progress, Provision, ResourceType, text};
use crate::stack::create::CreateStack;
use crate::stack::delete::DeleteStack;
use crate::stack::update::UpdateStack;
use crate::stack::{self, StackRow, Status};
use crate::template_source;

/// Characters of the name of a nested stack.
const MAX_NAME: usize = 128;

/// A nested stack.
#[derive(Debug, Clone, Copy)]
pub struct Stack;

/// Its properties.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    #[serde(rename = "TemplateURL")]
    template_url: String,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default, rename = "NotificationARNs")]
    notification_arns: Vec<String>,
    timeout_in_minutes: Option<i32>,
}

impl Properties {
    /// Lists are given to parameters as texts with commas.
    fn parameters(&self) -> Value {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(elements) => {
                let parts = elements.iter().map(|it| it.as_str().unwrap_or_default());
                parts.collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        };
        let parameter = |(name, value): (&String, &Value)| json!({"ParameterKey": name, "ParameterValue": text(value)});
        self.parameters.iter().map(parameter).collect()
    }
}

impl ResourceType for Stack {
    const NAME: &'static str = crate::event::STACK_TYPE;
    type Properties = Properties;

    fn wants(properties: &Properties) -> Option<WantedObject> {
        template_source::place(&properties.template_url).ok()
    }

    /// What the parent was made with holds for it, too: capabilities, and the role, which acts already.
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = on.name(MAX_NAME);
        let (parent, capabilities) = (on.stack.arn(), on.stack.spec.capabilities.clone());
        let root = on.stack.root.clone().unwrap_or_else(|| parent.clone());
        let mut create = on.decode::<CreateStack>(json!({
            "StackName": name,
            "TemplateURL": properties.template_url,
            "Parameters": properties.parameters(),
            "Tags": properties.tags,
            "NotificationARNs": properties.notification_arns,
            "TimeoutInMinutes": properties.timeout_in_minutes,
            "Capabilities": capabilities,
            "OnFailure": "DO_NOTHING",
        }))?;
        if create.wanted_object().is_some() {
            create.see_object(on.object());
        }
        let made = on.run(create.within(parent, root))?;
        let id = text(&made, "StackId");
        Ok(Physical { attributes: [("StackId".to_owned(), id.clone().into())].into(), id })
    }

    fn created(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        let Some(stack) = nested(physical, on) else { return Err(stack::missing(&physical.id)) };
        match stack.status {
            Status::CreateComplete | Status::UpdateComplete => {
                let outputs = stack.outputs.iter().map(|output| {
                    let value = Value::String(output.output_value.clone());
                    (format!("Outputs.{}", output.output_key), value)
                });
                Ok(Progress::Done(outputs.collect::<Attributes>()))
            }
            // An update that is rolled back must come to its end first.
            status if status.is_in_progress() => Ok(Progress::Pending),
            status => {
                let text = format!(
                    "Embedded stack {} was not successfully {}: {}",
                    physical.id,
                    if status == Status::CreateFailed { "created" } else { "updated" },
                    stack.reason.as_deref().unwrap_or_default()
                );
                Err(Fault::new("ValidationError", text.trim_end()))
            }
        }
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let _ = old;
        let mut update = on.decode::<UpdateStack>(json!({
            "StackName": physical.id,
            "TemplateURL": new.template_url,
            "Parameters": new.parameters(),
            "Tags": new.tags,
            "NotificationARNs": new.notification_arns,
            "Capabilities": on.stack.spec.capabilities,
        }))?;
        if update.wanted_object().is_some() {
            update.see_object(on.object());
        }
        match on.run(update.by_parent()) {
            Err(fault) if fault.message == crate::stack::update::NO_UPDATES => {}
            outcome => drop(outcome?),
        }
        Ok(Physical {
            id: physical.id.clone(),
            attributes: [("StackId".to_owned(), physical.id.clone().into())].into(),
        })
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let delete = on.decode::<DeleteStack>(json!({"StackName": physical.id}))?;
        on.run(delete.by_parent()).map(drop)
    }

    fn deleted(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        match nested(physical, on) {
            None => Ok(Progress::Done(Attributes::new())),
            Some(stack) if stack.status == Status::DeleteComplete => {
                Ok(Progress::Done(Attributes::new()))
            }
            Some(stack) if stack.status.is_in_progress() => Ok(Progress::Pending),
            Some(stack) => {
                let text = format!(
                    "Embedded stack {} was not successfully deleted: {}",
                    physical.id,
                    stack.reason.as_deref().unwrap_or_default()
                );
                Err(Fault::new("ValidationError", text.trim_end()))
            }
        }
    }
}

fn nested(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Option<StackRow> {
    let (account, region) = (on.account(), on.region().to_owned());
    stack::find_in(on.view(), account, &region, &physical.id).map(|it| StackRow::clone(it))
}
