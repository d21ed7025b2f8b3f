//! One turn of a stack's operation: everything that can be done at once, in one write.
//!
//! A turn looks at what the stack's rows say, does what is ready (independent resources side by side, up to
//! [`MAX_STEPS`]) and leaves rows that say how far it came. The calls that made or deleted a resource, the
//! resource's new state and its events are one commit: whenever a server ends, what exists and what the rows say
//! is the same, and the next server goes on from there.
//!
//! [`forward`] makes and changes, [`backward`] deletes, [`revert`] changes back; [`phase`] goes from one to the
//! next.

mod backward;
mod forward;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod laws;
mod phase;
mod revert;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;

pub(crate) use phase::{doom, join};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud::object::{SeenObject, WantedObject};
use cloud::{Act, Caller, Fault, Made, Service};
use serde_json::Value;

use crate::event::{self, Happened};
use crate::resource::{Kind, Provision};
use crate::stack::StackRow;
use crate::stack::work::{Phase, Work};
use crate::stack_resource::{self, ResourceRow, Stage, Status};

/// Resources that one turn makes or deletes: few enough that others do not wait for long, and so many that reading the
/// template for each turn does not count.
pub const MAX_STEPS: usize = 100;

/// Bytes of a resource's properties, as JSON with everything filled in: its row has them up to three times, and a row
/// holds a megabyte. A template has as many bytes, so only what it repeats may be longer.
pub const MAX_PROPERTIES_BYTES: usize = 256 * 1024;
/// Bytes of the values of a stack's outputs together, likewise.
pub const MAX_OUTPUTS_BYTES: usize = 256 * 1024;

/// Bytes of the properties that an event shows; larger ones are left out.
const MAX_SHOWN_BYTES: usize = 128 * 1024;

/// Objects of S3 that were read for resources, by logical id.
pub type Objects = BTreeMap<String, SeenObject>;

/// What a turn led to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether anything was done: then there may be more to do at once.
    pub progressed: bool,
    /// Whether time must pass for some resource.
    pub waits: bool,
    /// Objects that resources need, by logical id, and who reads them.
    pub wants: Vec<(String, WantedObject, Caller)>,
    /// The calls that were made, to be told by `why`.
    pub notes: Vec<Note>,
}

/// Calls that a turn made.
#[derive(Debug)]
pub struct Note {
    /// The request id, which the event of a failure shows.
    pub request_id: String,
    /// The operation that they belong to.
    pub operation: &'static str,
    /// The calls.
    pub made: Vec<Made>,
    /// How they failed, if they did.
    pub fault: Option<Fault>,
}

/// Takes a turn of the stack with this id, if anything is being done to it. `status_of` knows the HTTP status of
/// a fault, which events show.
///
/// # Errors
/// Only what keeps rows from being stored.
pub fn turn(
    act: &mut Act<'_, '_>,
    stack: &str,
    objects: &Objects,
    status_of: fn(Service, &Fault) -> u16,
) -> Result<Outcome, Fault> {
    let account = act.account();
    let Some(stack) = act.tx.get::<StackRow>(account.as_str(), stack).map(Arc::clone) else {
        return Ok(Outcome::default());
    };
    let stack = StackRow::clone(&stack);
    let Some(work) = stack.work.clone() else { return Ok(Outcome::default()) };
    let caller = work.actor.caller(&act.ask());
    let rows = stack_resource::of_stack(act.tx, &stack);
    let rows = rows.map(|row| (row.logical_id.clone(), ResourceRow::clone(row))).collect();
    let mut turn = Turn {
        act,
        stack,
        work,
        caller,
        rows,
        changed: BTreeSet::new(),
        gone: Vec::new(),
        objects,
        status_of,
        steps: MAX_STEPS,
        outcome: Outcome::default(),
    };
    match turn.work.phase {
        Phase::Create | Phase::Update => turn.forward()?,
        Phase::UpdateRollback => turn.revert()?,
        Phase::Rollback | Phase::Cleanup | Phase::UpdateRollbackCleanup | Phase::Delete => {
            turn.backward()?;
        }
    }
    turn.store()
}

pub(crate) struct Turn<'t, 'a, 'tx> {
    act: &'t mut Act<'a, 'tx>,
    stack: StackRow,
    work: Work,
    caller: Result<Caller, Fault>,
    rows: BTreeMap<String, ResourceRow>,
    /// The logical ids of rows that changed.
    changed: BTreeSet<String>,
    /// The keys of rows that go.
    gone: Vec<String>,
    objects: &'t Objects,
    status_of: fn(Service, &Fault) -> u16,
    steps: usize,
    outcome: Outcome,
}

impl<'a, 'tx> Turn<'_, 'a, 'tx> {
    /// Stores what changed.
    fn store(mut self) -> Result<Outcome, Fault> {
        let left = self.act.made.split_off(0);
        if !left.is_empty() {
            let request_id = self.act.entropy.uuid();
            let operation = self.operation();
            self.outcome.notes.push(Note { request_id, operation, made: left, fault: None });
        }
        if !self.outcome.progressed {
            return Ok(self.outcome);
        }
        let account = self.stack.account;
        for id in &self.changed {
            if let Some(row) = self.rows.remove(id) {
                self.act.tx.put(row)?;
            }
        }
        for key in &self.gone {
            self.act.tx.delete::<ResourceRow>(account.as_str(), key)?;
        }
        // The last phase takes the work away.
        if self.stack.work.is_some() {
            self.stack.work = Some(self.work);
        }
        self.act.tx.put(self.stack)?;
        Ok(self.outcome)
    }

    /// The operation under way, for the audit.
    fn operation(&self) -> &'static str {
        match self.work.phase {
            Phase::Create | Phase::Rollback => "cloudformation:CreateStack",
            Phase::Delete => "cloudformation:DeleteStack",
            _ => "cloudformation:UpdateStack",
        }
    }

    /// Whether a resource needs an object of S3 that was not read yet: then it is asked for.
    fn wants_object(&mut self, id: &str, kind: &Kind, properties: &Value) -> bool {
        let Ok(caller) = &self.caller else { return false };
        if self.objects.contains_key(id) {
            return false;
        }
        let wanted = kind.wants(properties).map(|wanted| (id.to_owned(), wanted, caller.clone()));
        let wants = wanted.is_some();
        self.outcome.wants.extend(wanted);
        wants
    }

    /// Runs a handler for a resource. What fails leaves nothing but the reason, as its event tells it.
    fn provide<T>(
        &mut self,
        logical_id: &str,
        run: impl FnOnce(&mut Provision<'_, 'a, 'tx>) -> Result<T, Fault>,
    ) -> Result<T, String> {
        let before = self.act.tx.savepoint();
        let made_before = self.act.made.len();
        let (outcome, failed) = match &self.caller {
            Ok(caller) => {
                let object = self.objects.get(logical_id);
                let mut on = Provision::new(self.act, caller, &self.stack, logical_id, object);
                (run(&mut on), on.failed)
            }
            Err(fault) => (Err(fault.clone()), None),
        };
        outcome.map_err(|fault| {
            self.act.tx.undo_to(before);
            let request_id = self.act.entropy.uuid();
            let token = self.act.entropy.uuid();
            let reason = self.reason(&fault, failed, &request_id, &token);
            let made = self.act.made.split_off(made_before);
            let operation = self.operation();
            let note = Note { request_id, operation, made, fault: Some(fault) };
            self.outcome.notes.push(note);
            reason
        })
    }

    /// The reason of an event, for a failure of a service: the form that public reports show.
    fn reason(
        &self,
        fault: &Fault,
        failed: Option<Service>,
        request_id: &str,
        token: &str,
    ) -> String {
        let code = handler_code(fault.code);
        let message = match failed {
            Some(service) => format!(
                "{} (Service: {}, Status Code: {}, Request ID: {request_id})",
                fault.message,
                service_name(service),
                (self.status_of)(service, fault),
            ),
            None if fault.code == "ValidationError" => return fault.message.clone(),
            None => fault.message.clone(),
        };
        format!(
            "Resource handler returned message: \"{message}\" (RequestToken: {token}, HandlerErrorCode: {code})"
        )
    }

    /// Gives a resource a status, with an event.
    fn tell(&mut self, id: &str, status: Status, reason: Option<&str>) -> Result<(), Fault> {
        self.outcome.progressed = true;
        self.changed.insert(id.to_owned());
        let now = self.act.now;
        let Some(row) = self.rows.get_mut(id) else { return Ok(()) };
        row.status = Some(status);
        row.reason = reason.map(str::to_owned);
        row.updated = now;
        let of_doomed = matches!(
            status,
            Status::DeleteInProgress
                | Status::DeleteFailed
                | Status::DeleteComplete
                | Status::DeleteSkipped
        );
        let existing = if of_doomed { row.doomed.as_ref() } else { row.now.as_ref() };
        if let Some(existing) = existing {
            row.shown_id = Some(existing.physical.id.clone());
        }
        let name = status_name(status);
        let (kind, shown) = (row.kind.clone(), row.shown_id.clone().unwrap_or_default());
        let properties = existing.map(|existing| without_password(&existing.properties));
        // A row holds less than a template may.
        let properties = properties.filter(|text| text.len() <= MAX_SHOWN_BYTES);
        let happened = Happened {
            logical_id: id,
            physical_id: &shown,
            kind: &kind,
            status: &name,
            reason,
            properties,
        };
        // Events show the token of the work.
        event::add(self.act.tx, &mut self.stack, happened, now, self.act.entropy)?;
        Ok(())
    }

    fn row(&mut self, id: &str) -> Option<&mut ResourceRow> {
        self.outcome.progressed = true;
        self.changed.insert(id.to_owned());
        self.rows.get_mut(id)
    }

    fn set_stage(&mut self, id: &str, stage: Stage) {
        if let Some(row) = self.row(id) {
            row.stage = stage;
        }
    }

    /// The logical ids of the rows for which `is` holds.
    fn ids(&self, is: impl Fn(&ResourceRow) -> bool) -> Vec<String> {
        self.rows.values().filter(|row| is(row)).map(|row| row.logical_id.clone()).collect()
    }
}

/// Properties as events show them, without passwords.
fn without_password(properties: &Value) -> String {
    if properties.get("LoginProfile").is_none() {
        return properties.to_string();
    }
    let mut properties = properties.clone();
    if let Some(profile) = properties.get_mut("LoginProfile").and_then(|it| it.as_object_mut()) {
        profile.insert("Password".to_owned(), crate::blueprint::parameter::HIDDEN.into());
    }
    properties.to_string()
}

/// `CREATE_COMPLETE`
fn status_name(status: Status) -> String {
    let value = serde_json::to_value(status).ok();
    value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// How events call a service.
fn service_name(service: Service) -> &'static str {
    match service {
        Service::Iam => "Iam",
        Service::Sts => "Sts",
        Service::Ec2 => "Ec2",
        Service::S3 => "S3",
        Service::Organizations => "Organizations",
        Service::CloudTrail => "CloudTrail",
        Service::CloudFormation => "CloudFormation",
        Service::Lambda => "Lambda",
        Service::Ssm => "Ssm",
    }
}

/// The codes of resource handlers ("Handler error codes", CloudFormation CLI user guide). Which code which service's
/// fault becomes is each handler's matter, and unverified.
fn handler_code(code: &str) -> &'static str {
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => "AccessDenied",
        "NoSuchEntity" | "NoSuchBucket" | "NoSuchKey" | "ResourceNotFoundException" => "NotFound",
        "EntityAlreadyExists"
        | "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "ResourceConflictException"
        | "AlreadyExistsException" => "AlreadyExists",
        "LimitExceeded" | "LimitExceededException" => "ServiceLimitExceeded",
        "ServiceFailure" | "InternalFailure" => "InternalFailure",
        "DeleteConflict" => "ResourceConflict",
        code if code.ends_with(".NotFound") => "NotFound",
        code if code.ends_with("LimitExceeded") => "ServiceLimitExceeded",
        _ => "InvalidRequest",
    }
}
