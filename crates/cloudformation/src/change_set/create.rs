//! `CreateChangeSet`

use cloud::constraint::{Check, Constraints};
use cloud::object::{SeenObject, WantedObject};
use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::blueprint::parameter::{self, Parameter};
use crate::blueprint::resolved::{self, Resolved};
use crate::blueprint::{Blueprint, invalid, not_modelled};
use crate::change_set::{self, ChangeSetRow, changes};
use crate::event;
use crate::stack::begin::{self, Intent, Settings};
use crate::stack::create::{RollbackConfiguration, check_common, check_modelled};
use crate::stack::update;
use crate::stack::{self, StackRow, Status};
use crate::stored_template;
use crate::template_source::Source;

/// What is said of a change set that changes nothing; `aws cloudformation deploy` looks for it.
pub const NO_CHANGES: &str = "The submitted information didn't contain changes. Submit different information \
                              to create a change set.";

/// `CreateChangeSet`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateChangeSet {
    stack_name: String,
    change_set_name: String,
    template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    template_url: Option<String>,
    use_previous_template: Option<bool>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    capabilities: Vec<String>,
    resource_types: Option<Vec<String>>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    rollback_configuration: Option<RollbackConfiguration>,
    #[serde(default, rename = "NotificationARNs")]
    notification_arns: Vec<String>,
    tags: Option<Vec<Tag>>,
    client_token: Option<String>,
    description: Option<String>,
    change_set_type: Option<String>,
    resources_to_import: Option<Vec<ResourceToImport>>,
    include_nested_stacks: Option<bool>,
    on_stack_failure: Option<String>,
    import_existing_resources: Option<bool>,
    #[serde(skip)]
    source: Source,
}

/// A resource that exists; none is taken into a stack.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceToImport {
    #[serde(rename = "LogicalResourceId")]
    _logical_resource_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateChangeSetOutput {
    id: String,
    stack_id: String,
}

impl Operation for CreateChangeSet {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "CreateChangeSet";
    type Output = CreateChangeSetOutput;

    fn check(&self) -> Result<(), Fault> {
        if !self.stack_name.starts_with("arn:") {
            stack::check_new_name(&self.stack_name)?;
        }
        let mut constraints = Constraints::new();
        check_common(&mut constraints, self.client_token.as_deref(), &self.capabilities);
        let form: fn(&str) -> bool = |name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let checks = [Check::Pattern("[a-zA-Z][-a-zA-Z0-9]*", form), Check::MaxLength(128)];
        constraints.text("changeSetName", &self.change_set_name, &checks);
        let kinds = Check::OneOf(&["CREATE", "UPDATE", "IMPORT"]);
        constraints.optional("changeSetType", self.change_set_type.as_deref(), &[kinds]);
        let words = Check::OneOf(&["DO_NOTHING", "ROLLBACK", "DELETE"]);
        constraints.optional("onStackFailure", self.on_stack_failure.as_deref(), &[words]);
        constraints.finish()?;
        begin::check_tags(self.tags.as_deref().unwrap_or_default())?;
        let imports = self.change_set_type.as_deref() == Some("IMPORT")
            || self.resources_to_import.as_ref().is_some_and(|list| !list.is_empty())
            || self.import_existing_resources == Some(true);
        if imports {
            return Err(not_modelled("taking existing resources into stacks"));
        }
        if self.include_nested_stacks == Some(true) {
            return Err(not_modelled("change sets of nested stacks"));
        }
        let types = self.resource_types.as_ref();
        check_modelled(self.rollback_configuration.as_ref(), types, None)?;
        let (body, url) = (self.template_body.as_deref(), self.template_url.as_deref());
        update::check_source(body, url, self.use_previous_template)
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.source.wanted(self.template_url.as_deref())
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.source.see(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let own = stack::demand(ask, "cloudformation:CreateChangeSet", &self.stack_name)
            .with("cloudformation:ChangeSetName", self.change_set_name.as_str())
            .with_request_tags(self.tags.as_deref().unwrap_or_default())
            .with_some("cloudformation:TemplateUrl", self.template_url.as_deref())
            .with_some("cloudformation:RoleArn", self.role_arn.as_deref());
        let mut demands = vec![own];
        demands.extend(self.role_arn.as_deref().map(begin::role_demand));
        Ok(demands)
    }
}

impl CreateChangeSet {
    /// The stack that it is for: one that exists, or a new one that waits for its review.
    fn stack(&self, act: &mut Act<'_, '_>) -> Result<StackRow, Fault> {
        let name = &self.stack_name;
        let found = stack::find(&act.ask(), name).filter(|it| it.status != Status::DeleteComplete);
        let found = found.map(|stack| StackRow::clone(stack));
        let is_new = self.change_set_type.as_deref() == Some("CREATE");
        match found {
            Some(stack) if is_new && stack.status != Status::ReviewInProgress => {
                Err(invalid(format!(
                    "Stack [{name}] already exists and cannot be created again with the changeSet [{}].",
                    self.change_set_name
                )))
            }
            Some(stack) => {
                if !is_new {
                    update::check_can_update(&stack)?;
                }
                Ok(stack)
            }
            None if is_new => {
                begin::check_number(&act.ask())?;
                let mut stack = begin::new_stack(act, name, Settings::default());
                stack.reason = Some("User Initiated".to_owned());
                event::add_of_stack(act.tx, &mut stack, act.now, act.entropy)?;
                Ok(stack)
            }
            None => Err(stack::missing_bracketed(name)),
        }
    }
}

impl Write for CreateChangeSet {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateChangeSetOutput, Fault> {
        let stack = self.stack(act)?;
        let is_new = stack.status == Status::ReviewInProgress;
        let ask = act.ask();
        if change_set::of_stack(ask.view, &stack).any(|set| set.name == self.change_set_name) {
            let text = format!("ChangeSet {} already exists", self.change_set_name);
            return Err(Fault::new("AlreadyExistsException", text));
        }
        let source = (&self.source, self.template_body.as_deref(), self.template_url.as_deref());
        let uses_previous = self.use_previous_template == Some(true);
        let blueprint = update::template(&ask, &stack, source, uses_previous)?;
        let previous = (!is_new).then_some(&stack.spec.parameters);
        let parameters = parameter::values(&blueprint, &self.parameters, previous, &ask)?;
        let tags = self.tags.clone().unwrap_or_else(|| stack.spec.tags.clone());
        let capabilities = self.capabilities.clone();
        let mut intent =
            Intent { blueprint, parameters, resolved: Resolved::new(), tags, capabilities };
        begin::check_role(act, self.role_arn.as_deref())?;
        resolved::resolve(act, &stack, &mut intent, self.role_arn.as_deref())?;
        let plan = begin::plan_for(act, &stack, &intent)?;
        let changes = changes::of(act.tx, &stack, &intent, &plan)?;
        let nothing = !is_new && update::changes_nothing(&act.ask(), &stack, &intent, &changes);
        let row = ChangeSetRow {
            account: stack.account,
            region: stack.region.clone(),
            id: act.entropy.uuid(),
            name: self.change_set_name.clone(),
            stack: stack.id.clone(),
            description: self.description.clone(),
            created: act.now,
            is_new,
            failure: nothing.then(|| NO_CHANGES.to_owned()),
            is_executed: false,
            base: stack.templates,
            parameters: intent.parameters,
            resolved: intent.resolved,
            tags: intent.tags,
            capabilities: intent.capabilities,
            notification_arns: self.notification_arns.clone(),
            role_arn: self.role_arn.clone(),
            on_stack_failure: self.on_stack_failure.clone(),
            changes,
        };
        stored_template::keep(act.tx, row.account, &row.id, 1, &intent.blueprint.text)?;
        let output = CreateChangeSetOutput { id: row.arn(), stack_id: stack.arn() };
        act.tx.put(stack)?;
        act.tx.put(row)?;
        Ok(output)
    }
}

/// The template of a change set.
///
/// # Errors
/// None, as it was read before.
pub fn template(view: &store::View, set: &ChangeSetRow) -> Result<Blueprint, Fault> {
    Blueprint::read(&stored_template::find(view, set.account, &set.id, 1))
}
