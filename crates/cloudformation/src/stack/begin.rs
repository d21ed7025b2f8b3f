//! How an operation on a stack begins: what `CreateStack`, `UpdateStack`, change sets and nested stacks share.

use std::collections::BTreeMap;

use cloud::authorize::{self, Facts};
use cloud::tag::Tag;
use cloud::{Act, Ask, Caller, Demand, Fault};

use crate::blueprint::evaluation::{Values, World};
use crate::blueprint::plan::{self, Plan, Planned};
use crate::blueprint::resolved::Resolved;
use crate::blueprint::{Blueprint, capability, invalid};
use crate::event;
use crate::stack::work::{Actor, OnFailure, Phase, Work, unassumable};
use crate::stack::{MAX_STACKS, Spec, StackRow, Status};
use crate::stack_resource::{self, Change, Existing, ResourceRow, Stage};
use crate::stored_template;

/// CloudFormation as a principal.
pub const SERVICE: &str = "cloudformation.amazonaws.com";
/// The most tags of a stack (user guide, "Understand CloudFormation quotas").
pub const MAX_TAGS: usize = 50;

/// What an operation makes of a stack.
#[derive(Debug)]
pub struct Intent {
    /// The template.
    pub blueprint: Blueprint,
    /// The values of its parameters.
    pub parameters: BTreeMap<String, String>,
    /// What Systems Manager says that they and dynamic references stand for.
    pub resolved: Resolved,
    /// The stack's tags.
    pub tags: Vec<Tag>,
    /// What was acknowledged.
    pub capabilities: Vec<String>,
}

/// How the operation goes about it.
#[derive(Debug, Clone)]
pub struct Manner {
    /// The stack's role.
    pub role_arn: Option<String>,
    /// The client request token.
    pub token: Option<String>,
    /// What is done when something fails.
    pub on_failure: OnFailure,
    /// Whether new resources that were to be kept are deleted when they are rolled back.
    pub retain_except_on_create: bool,
}

/// What a stack is made with beside its template.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `NotificationARNs`
    pub notification_arns: Vec<String>,
    /// `TimeoutInMinutes`
    pub timeout_minutes: Option<i32>,
    /// `EnableTerminationProtection`
    pub is_protected: bool,
    /// The stack that it is a resource of.
    pub parent: Option<String>,
    /// The topmost of those.
    pub root: Option<String>,
}

/// What is known of a call that CloudFormation makes for somebody (user guide, "global condition context keys":
/// `aws:CalledVia`, `aws:ViaAWSService`).
#[must_use]
pub fn facts() -> Facts {
    let via = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
    let mut context: Vec<_> = via.iter().map(|key| (*key, SERVICE.to_owned())).collect();
    context.push(("aws:ViaAWSService", "true".to_owned()));
    Facts { user_agent: Some(SERVICE.to_owned()), context, ..Facts::default() }
}

/// A demand to pass the stack's role to CloudFormation.
#[must_use]
pub fn role_demand(role_arn: &str) -> Demand {
    Demand::new("iam:PassRole", role_arn).with("iam:PassedToService", SERVICE)
}

/// That the role exists and trusts CloudFormation.
///
/// # Errors
/// `ValidationError`
pub fn check_role(act: &Act<'_, '_>, role_arn: Option<&str>) -> Result<(), Fault> {
    let Some(arn) = role_arn else { return Ok(()) };
    let ask = act.ask();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let found = cloud::iam::role::find(ask.view, ask.account(), name);
    let role = found.ok().filter(|role| role.arn == arn).ok_or_else(|| unassumable(arn))?;
    let itself = Caller::Service { name: SERVICE, account: ask.account() };
    let as_itself = Ask { caller: &itself, ..ask };
    let mut demand = Demand::new("sts:AssumeRole", arn);
    demand.resource_policy = Some(role.trust.evaluated().clone());
    demand.resource_account = Some(ask.account());
    let decided = authorize::decide(demand, &as_itself, act.facts, act.policies)?;
    if decided.decision.is_allowed() { Ok(()) } else { Err(unassumable(arn)) }
}

/// Checks the tags of a stack.
///
/// # Errors
/// `ValidationError`
pub fn check_tags(tags: &[Tag]) -> Result<(), Fault> {
    let mut constraints = cloud::constraint::Constraints::new();
    cloud::tag::check(tags, &mut constraints);
    constraints.finish()?;
    cloud::tag::check_duplicates(tags, "ValidationError")
}

/// A new stack's row, not yet stored, with nothing in it.
#[must_use]
pub fn new_stack(act: &mut Act<'_, '_>, name: &str, settings: Settings) -> StackRow {
    let id = act.entropy.uuid();
    StackRow {
        account: act.account(),
        region: act.region.to_owned(),
        id,
        name: name.to_owned(),
        created: act.now,
        updated: None,
        deleted: None,
        status: Status::ReviewInProgress,
        reason: None,
        spec: Spec::default(),
        role_arn: None,
        notification_arns: settings.notification_arns,
        disable_rollback: false,
        timeout_minutes: settings.timeout_minutes,
        is_protected: settings.is_protected,
        outputs: Vec::new(),
        parent: settings.parent,
        root: settings.root,
        change_set: None,
        events: 0,
        templates: 0,
        last: None,
        work: None,
    }
}

/// Refuses more stacks than an account may have.
///
/// # Errors
/// `LimitExceededException`
pub fn check_number(ask: &Ask<'_>) -> Result<(), Fault> {
    let all = ask.view.range::<StackRow>(ask.account().as_str(), ..);
    let own = all.filter(|it| it.region == ask.region && it.status != Status::DeleteComplete);
    if own.count() < MAX_STACKS {
        return Ok(());
    }
    let text = format!("Limit for stack has been exceeded: {MAX_STACKS}");
    Err(Fault::new("LimitExceededException", text))
}

/// What the template makes of a stack, given what exists of it.
///
/// # Errors
/// `ValidationError`, `InsufficientCapabilitiesException`
pub fn plan_for(act: &Act<'_, '_>, stack: &StackRow, intent: &Intent) -> Result<Plan, Fault> {
    capability::check(&intent.blueprint, &intent.capabilities)?;
    let rows: Vec<_> = stack_resource::of_stack(act.tx, stack).collect();
    let existing = |id: &str| -> Option<&Existing> {
        rows.iter().find(|row| row.logical_id == id)?.now.as_ref()
    };
    let Intent { blueprint, parameters, resolved, .. } = intent;
    let world = World {
        existing: &existing,
        view: act.tx,
        account: stack.account,
        region: &stack.region,
        resolved,
    };
    let values = Values::new(blueprint, parameters, resolved, crate::stack::pseudo(stack));
    let plan = plan::plan(&intent.blueprint, &values, &world)?;
    let changed: Vec<&str> = plan
        .resources
        .iter()
        .filter(|planned| existing(&planned.id).is_some_and(|now| now.kind != planned.kind))
        .map(|planned| planned.id.as_str())
        .collect();
    if !changed.is_empty() {
        return Err(invalid(format!(
            "Update of resource type is not permitted. The new template modifies resource type of the \
             following resources: [{}]",
            changed.join(", ")
        )));
    }
    Ok(plan)
}

/// Begins to make or to update a stack: keeps the template, notes for each resource what it waits for.
///
/// # Errors
/// As [`plan_for`], and what keeps rows from being stored.
pub fn begin(
    act: &mut Act<'_, '_>,
    mut stack: StackRow,
    intent: &Intent,
    manner: &Manner,
    phase: Phase,
) -> Result<StackRow, Fault> {
    check_role(act, manner.role_arn.as_deref().or(stack.role_arn.as_deref()))?;
    let plan = plan_for(act, &stack, intent)?;
    if manner.role_arn.is_some() {
        stack.role_arn.clone_from(&manner.role_arn);
    }
    let is_new = phase == Phase::Create;
    let before = (!is_new).then(|| Box::new(stack.spec.clone()));
    stack.templates += 1;
    stack.spec = Spec {
        template: stack.templates,
        description: intent.blueprint.description().map(str::to_owned),
        parameters: intent.parameters.clone(),
        resolved: intent.resolved.clone(),
        tags: intent.tags.clone(),
        capabilities: intent.capabilities.clone(),
        imports: plan.imports.iter().cloned().collect(),
    };
    let text = &intent.blueprint.text;
    stored_template::keep(act.tx, stack.account, &stack.id, stack.templates, text)?;
    let missing = stack
        .spec
        .imports
        .iter()
        .find(|name| crate::export::find(act.tx, stack.account, &stack.region, name).is_none());
    stack.work = Some(Work {
        phase,
        actor: Actor::new(act.caller, stack.role_arn.as_deref())?,
        token: manner.token.clone(),
        on_failure: manner.on_failure,
        retain_except_on_create: manner.retain_except_on_create,
        retained: Vec::new(),
        before,
        began: act.now,
        failure: missing.map(|name| format!("No export named {name} found.")),
    });
    lay_out(act, &stack, &plan.resources)?;
    if is_new {
        stack.status = Status::CreateInProgress;
        stack.created = act.now;
    } else {
        stack.status = Status::UpdateInProgress;
        stack.updated = Some(act.now);
    }
    stack.reason = Some("User Initiated".to_owned());
    stack.disable_rollback = manner.on_failure == OnFailure::DoNothing;
    event::add_of_stack(act.tx, &mut stack, act.now, act.entropy)?;
    act.tx.put(stack.clone())?;
    Ok(stack)
}

/// A row for each resource that will be, and a mark on those that will not.
fn lay_out(act: &mut Act<'_, '_>, stack: &StackRow, planned: &[Planned]) -> Result<(), Fault> {
    let rows: Vec<ResourceRow> =
        stack_resource::of_stack(act.tx, stack).map(|row| ResourceRow::clone(row)).collect();
    for planned in planned {
        let found = rows.iter().find(|row| row.logical_id == planned.id).cloned();
        let mut row =
            found.unwrap_or_else(|| ResourceRow::new(stack, &planned.id, &planned.kind, act.now));
        row.needs.clone_from(&planned.needs);
        row.before = None;
        row.doomed = None;
        row.change = Change::None;
        row.stage = Stage::Waiting;
        act.tx.put(row)?;
    }
    for mut row in rows {
        if planned.iter().any(|planned| planned.id == row.logical_id) {
            continue;
        }
        row.change = Change::Remove;
        row.stage = Stage::Done;
        row.needs.clear();
        act.tx.put(row)?;
    }
    Ok(())
}
