//! `UpdateStack`

use cloud::constraint::Constraints;
use cloud::object::{SeenObject, WantedObject};
use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::blueprint::parameter::{self, Parameter};
use crate::blueprint::resolved::{self, Resolved};
use crate::blueprint::{Blueprint, invalid, not_modelled};
use crate::change_set::changes::{self, Change};
use crate::stack::begin::{self, Intent, Manner};
use crate::stack::create::{RollbackConfiguration, StackIdOutput, check_common, check_modelled};
use crate::stack::work::{OnFailure, Phase};
use crate::stack::{self, Last, StackRow, Status};
use crate::stored_template;
use crate::template_source::Source;

/// What is said of an update that changes nothing.
pub const NO_UPDATES: &str = "No updates are to be performed.";

/// `UpdateStack`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateStack {
    stack_name: String,
    template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    template_url: Option<String>,
    use_previous_template: Option<bool>,
    stack_policy_during_update_body: Option<String>,
    #[serde(rename = "StackPolicyDuringUpdateURL")]
    stack_policy_during_update_url: Option<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    capabilities: Vec<String>,
    resource_types: Option<Vec<String>>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    rollback_configuration: Option<RollbackConfiguration>,
    stack_policy_body: Option<String>,
    #[serde(rename = "StackPolicyURL")]
    stack_policy_url: Option<String>,
    #[serde(rename = "NotificationARNs")]
    notification_arns: Option<Vec<String>>,
    tags: Option<Vec<Tag>>,
    disable_rollback: Option<bool>,
    client_request_token: Option<String>,
    retain_except_on_create: Option<bool>,
    #[serde(skip)]
    by_parent: bool,
    #[serde(skip)]
    source: Source,
}

impl UpdateStack {
    /// As a resource of another stack.
    #[must_use]
    pub(crate) fn by_parent(mut self) -> Self {
        self.by_parent = true;
        self
    }
}

/// The template that an update names: a new one, or the one that the stack has.
///
/// # Errors
/// `ValidationError`
pub fn template(
    ask: &Ask<'_>,
    stack: &StackRow,
    (source, body, url): (&Source, Option<&str>, Option<&str>),
    uses_previous: bool,
) -> Result<Blueprint, Fault> {
    if !uses_previous {
        return Blueprint::read(&source.text(body, url)?);
    }
    let number = stack.spec.template;
    Blueprint::read(&stored_template::find(ask.view, stack.account, &stack.id, number))
}

/// Checks where an update's template comes from.
///
/// # Errors
/// `ValidationError`
pub fn check_source(
    body: Option<&str>,
    url: Option<&str>,
    uses_previous: Option<bool>,
) -> Result<(), Fault> {
    if uses_previous == Some(true) {
        if body.is_some() || url.is_some() {
            return Err(invalid(
                "You cannot specify both usePreviousTemplate and Template Body/Template URL.",
            ));
        }
        return Ok(());
    }
    Source::check(body, url)
}

/// Refuses to update a stack that cannot be.
///
/// # Errors
/// `ValidationError`
pub fn check_can_update(stack: &StackRow) -> Result<(), Fault> {
    if stack.status.can_be_updated() {
        return Ok(());
    }
    Err(invalid(format!(
        "Stack:{} is in {} state and can not be updated.",
        stack.arn(),
        stack.status.name()
    )))
}

/// Whether an update would do nothing: no resource changes, and no output. A template that is only written in
/// another way is the same one.
#[must_use]
pub fn changes_nothing(
    ask: &Ask<'_>,
    stack: &StackRow,
    intent: &Intent,
    changes: &[Change],
) -> bool {
    let number = stack.spec.template;
    let old = stored_template::find(ask.view, stack.account, &stack.id, number);
    let is_given_the_same =
        stack.spec.parameters == intent.parameters && stack.spec.resolved == intent.resolved;
    let is_same = |old: Blueprint| {
        changes::has_same_outputs(&old, &intent.blueprint)
            && (stack.outputs.is_empty() || is_given_the_same)
    };
    changes.is_empty()
        && stack.spec.tags == intent.tags
        && (old == intent.blueprint.text && is_given_the_same
            || Blueprint::read(&old).is_ok_and(is_same))
        && !matches!(stack.status, Status::CreateFailed | Status::UpdateFailed)
}

impl Operation for UpdateStack {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "UpdateStack";
    type Output = StackIdOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_common(&mut constraints, self.client_request_token.as_deref(), &self.capabilities);
        constraints.finish()?;
        begin::check_tags(self.tags.as_deref().unwrap_or_default())?;
        let policy = [
            &self.stack_policy_body,
            &self.stack_policy_url,
            &self.stack_policy_during_update_body,
            &self.stack_policy_during_update_url,
        ];
        let policy = policy.into_iter().find_map(Option::as_ref);
        let types = self.resource_types.as_ref();
        check_modelled(self.rollback_configuration.as_ref(), types, policy)?;
        let (body, url) = (self.template_body.as_deref(), self.template_url.as_deref());
        check_source(body, url, self.use_previous_template)
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.source.wanted(self.template_url.as_deref())
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.source.see(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let own = stack::demand(ask, "cloudformation:UpdateStack", &self.stack_name)
            .with_request_tags(self.tags.as_deref().unwrap_or_default())
            .with_some("cloudformation:TemplateUrl", self.template_url.as_deref())
            .with_some("cloudformation:RoleArn", self.role_arn.as_deref());
        let mut demands = vec![own];
        demands.extend(self.role_arn.as_deref().map(begin::role_demand));
        Ok(demands)
    }
}

impl Write for UpdateStack {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StackIdOutput, Fault> {
        let name = &self.stack_name;
        let ask = act.ask();
        let found = stack::find(&ask, name).filter(|it| it.status != Status::DeleteComplete);
        let mut stack = found.map(|it| StackRow::clone(it)).ok_or_else(|| missing(name))?;
        let last = Last::of(self.client_request_token.as_deref(), Self::NAME);
        if last.is_some() && stack.last == last {
            return Ok(StackIdOutput { stack_id: stack.arn() });
        }
        if stack.parent.is_some() && !self.by_parent {
            // AWS lets it be done and advises against it; the parent would not know.
            return Err(not_modelled("updating a nested stack but by its parent"));
        }
        check_can_update(&stack)?;
        let source = (&self.source, self.template_body.as_deref(), self.template_url.as_deref());
        let blueprint = template(&ask, &stack, source, self.use_previous_template == Some(true))?;
        let previous = Some(&stack.spec.parameters);
        let parameters = parameter::values(&blueprint, &self.parameters, previous, &ask)?;
        let mut intent = Intent {
            blueprint,
            parameters,
            resolved: Resolved::new(),
            tags: self.tags.clone().unwrap_or_else(|| stack.spec.tags.clone()),
            capabilities: self.capabilities.clone(),
        };
        resolved::resolve(act, &stack, &mut intent, self.role_arn.as_deref())?;
        let plan = begin::plan_for(act, &stack, &intent)?;
        let changes = changes::of(act.tx, &stack, &intent, &plan)?;
        if changes_nothing(&act.ask(), &stack, &intent, &changes) {
            return Err(invalid(NO_UPDATES));
        }
        let on_failure = if self.disable_rollback == Some(true) {
            OnFailure::DoNothing
        } else {
            OnFailure::Rollback
        };
        let manner = Manner {
            role_arn: self.role_arn.clone(),
            token: self.client_request_token.clone(),
            on_failure,
            retain_except_on_create: self.retain_except_on_create == Some(true),
        };
        if let Some(arns) = &self.notification_arns {
            stack.notification_arns.clone_from(arns);
        }
        stack.last = last;
        let stack = begin::begin(act, stack, &intent, &manner, Phase::Update)?;
        Ok(StackIdOutput { stack_id: stack.arn() })
    }
}

fn missing(name: &str) -> Fault {
    if name.starts_with("arn:") { stack::missing(name) } else { stack::missing_bracketed(name) }
}
