//! `CreateStack`

use cloud::constraint::{Check, Constraints};
use cloud::object::{SeenObject, WantedObject};
use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::blueprint::parameter::{self, Parameter};
use crate::blueprint::resolved::{self, Resolved};
use crate::blueprint::{Blueprint, invalid, not_modelled};
use crate::stack::begin::{self, Intent, Manner, Settings};
use crate::stack::work::{OnFailure, Phase};
use crate::stack::{self, Last, StackRow, Status};
use crate::template_source::Source;

/// Characters of a client request token.
pub const MAX_TOKEN: usize = 128;

/// `CreateStack`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateStack {
    stack_name: String,
    template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    template_url: Option<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    disable_rollback: Option<bool>,
    rollback_configuration: Option<RollbackConfiguration>,
    timeout_in_minutes: Option<i32>,
    #[serde(default, rename = "NotificationARNs")]
    notification_arns: Vec<String>,
    #[serde(default)]
    capabilities: Vec<String>,
    resource_types: Option<Vec<String>>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    on_failure: Option<String>,
    stack_policy_body: Option<String>,
    #[serde(rename = "StackPolicyURL")]
    stack_policy_url: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    client_request_token: Option<String>,
    enable_termination_protection: Option<bool>,
    retain_except_on_create: Option<bool>,
    /// What a nested stack is part of: no request has it.
    #[serde(skip)]
    parent: Option<(String, String)>,
    #[serde(skip)]
    source: Source,
}

/// Alarms that roll back; clients send it empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RollbackConfiguration {
    #[serde(default)]
    rollback_triggers: Vec<RollbackTrigger>,
    monitoring_time_in_minutes: Option<i32>,
}

/// An alarm.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RollbackTrigger {
    #[serde(rename = "Arn")]
    _arn: String,
    #[serde(rename = "Type")]
    _kind: String,
}

/// What refers to the stack.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StackIdOutput {
    /// Its ARN.
    pub stack_id: String,
}

/// Refuses what is not modelled of what makes and updates stacks.
///
/// # Errors
/// `NotImplemented`
pub fn check_modelled(
    rollback: Option<&RollbackConfiguration>,
    resource_types: Option<&Vec<String>>,
    policy: Option<&String>,
) -> Result<(), Fault> {
    let triggers = rollback.is_some_and(|it| {
        !it.rollback_triggers.is_empty() || it.monitoring_time_in_minutes.is_some_and(|it| it != 0)
    });
    if triggers {
        return Err(not_modelled("the parameter `RollbackConfiguration`"));
    }
    if resource_types.is_some_and(|types| !types.is_empty()) {
        return Err(not_modelled("the parameter `ResourceTypes`"));
    }
    if policy.is_some() {
        return Err(not_modelled("stack policies"));
    }
    Ok(())
}

/// Checks what all operations with a token and capabilities have.
pub fn check_common(constraints: &mut Constraints, token: Option<&str>, capabilities: &[String]) {
    let form: fn(&str) -> bool = |token| {
        token.starts_with(|c: char| c.is_ascii_alphanumeric())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let checks = [
        Check::Pattern("[a-zA-Z0-9][-a-zA-Z0-9]*", form),
        Check::MinLength(1),
        Check::MaxLength(MAX_TOKEN),
    ];
    constraints.optional("clientRequestToken", token, &checks);
    let known: fn(&str) -> bool =
        |name| ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"].contains(&name);
    let set = "Member must satisfy enum value set: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]";
    constraints.members("capabilities", capabilities, Check::Members(set, known));
}

impl CreateStack {
    /// As a resource of the stack with the ARN `parent`, whose topmost one is `root`.
    #[must_use]
    pub(crate) fn within(mut self, parent: String, root: String) -> Self {
        self.parent = Some((parent, root));
        self
    }

    fn on_failure(&self) -> OnFailure {
        match self.on_failure.as_deref() {
            Some("DO_NOTHING") => OnFailure::DoNothing,
            Some("DELETE") => OnFailure::Delete,
            None if self.disable_rollback == Some(true) => OnFailure::DoNothing,
            _ => OnFailure::Rollback,
        }
    }
}

impl Operation for CreateStack {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "CreateStack";
    type Output = StackIdOutput;

    fn check(&self) -> Result<(), Fault> {
        stack::check_new_name(&self.stack_name)?;
        let mut constraints = Constraints::new();
        check_common(&mut constraints, self.client_request_token.as_deref(), &self.capabilities);
        let words = Check::OneOf(&["DO_NOTHING", "ROLLBACK", "DELETE"]);
        constraints.optional("onFailure", self.on_failure.as_deref(), &[words]);
        let minutes = self.timeout_in_minutes.map(i64::from);
        constraints.number("timeoutInMinutes", minutes, &[Check::AtLeast(1)]);
        constraints.finish()?;
        if self.on_failure.is_some() && self.disable_rollback.is_some() {
            let text = "You can specify either OnFailure or DisableRollback, but not both.";
            return Err(invalid(text));
        }
        begin::check_tags(&self.tags)?;
        let policy = self.stack_policy_body.as_ref().or(self.stack_policy_url.as_ref());
        let types = self.resource_types.as_ref();
        check_modelled(self.rollback_configuration.as_ref(), types, policy)?;
        Source::check(self.template_body.as_deref(), self.template_url.as_deref())
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.source.wanted(self.template_url.as_deref())
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.source.see(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:CreateStack";
        let arn = stack::arn(ask.account(), ask.region, &self.stack_name, "*");
        let own = Demand::new(action, arn)
            .with_request_tags(&self.tags)
            .with_some("cloudformation:TemplateUrl", self.template_url.as_deref())
            .with_some("cloudformation:RoleArn", self.role_arn.as_deref());
        let mut demands = vec![own];
        demands.extend(self.role_arn.as_deref().map(begin::role_demand));
        Ok(demands)
    }
}

impl Write for CreateStack {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StackIdOutput, Fault> {
        let name = &self.stack_name;
        let found = stack::find(&act.ask(), name).map(|found| StackRow::clone(found));
        if let Some(found) = &found
            && found.status != Status::ReviewInProgress
        {
            let last = Last::of(self.client_request_token.as_deref(), Self::NAME);
            if last.is_some() && found.last == last {
                return Ok(StackIdOutput { stack_id: found.arn() });
            }
            let text = format!("Stack [{name}] already exists");
            return Err(Fault::new("AlreadyExistsException", text));
        }
        if found.is_some() {
            let text = format!("Stack [{name}] already exists");
            return Err(Fault::new("AlreadyExistsException", text));
        }
        begin::check_number(&act.ask())?;
        let text = self.source.text(self.template_body.as_deref(), self.template_url.as_deref())?;
        let blueprint = Blueprint::read(&text)?;
        let parameters = parameter::values(&blueprint, &self.parameters, None, &act.ask())?;
        let mut intent = Intent {
            blueprint,
            parameters,
            resolved: Resolved::new(),
            tags: self.tags.clone(),
            capabilities: self.capabilities.clone(),
        };
        let manner = Manner {
            role_arn: self.role_arn.clone(),
            token: self.client_request_token.clone(),
            on_failure: self.on_failure(),
            retain_except_on_create: self.retain_except_on_create == Some(true),
        };
        let settings = Settings {
            notification_arns: self.notification_arns.clone(),
            timeout_minutes: self.timeout_in_minutes,
            is_protected: self.enable_termination_protection == Some(true),
            parent: self.parent.as_ref().map(|(parent, _)| parent.clone()),
            root: self.parent.as_ref().map(|(_, root)| root.clone()),
        };
        let mut stack = begin::new_stack(act, name, settings);
        stack.last = Last::of(self.client_request_token.as_deref(), Self::NAME);
        resolved::resolve(act, &stack, &mut intent, self.role_arn.as_deref())?;
        let stack = begin::begin(act, stack, &intent, &manner, Phase::Create)?;
        Ok(StackIdOutput { stack_id: stack.arn() })
    }
}

impl Last {
    /// The operation `name` with a token, if it has one.
    #[must_use]
    pub fn of(token: Option<&str>, name: &str) -> Option<Self> {
        token.map(|token| Self { token: token.to_owned(), operation: name.to_owned() })
    }
}
