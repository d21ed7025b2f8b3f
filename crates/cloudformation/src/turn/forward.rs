//! Making and changing: every resource whose needs are met.

use std::collections::BTreeMap;

use cloud::Fault;
use serde_json::{Value, json};
use template::Syntax;

use crate::blueprint::evaluation::{Values, World};
use crate::blueprint::{Blueprint, plan};
use crate::resource::schema::Schema;
use crate::resource::{Kind, Progress};
use crate::stack::Output;
use crate::stack::work::Phase;
use crate::stack_resource::{Change, Existing, Stage, Status};
use crate::stored_template;
use crate::turn::{MAX_OUTPUTS_BYTES, MAX_PROPERTIES_BYTES, Turn};

impl Turn<'_, '_, '_> {
    pub(super) fn forward(&mut self) -> Result<(), Fault> {
        let (account, number) = (self.stack.account, self.stack.spec.template);
        let text = stored_template::find(self.act.tx, account, &self.stack.id, number);
        let blueprint = Blueprint::read(&text)?;
        let values = self.values(&blueprint);
        if self.work.failure.is_none() {
            self.look_at_working()?;
        }
        if !self.has_failed() {
            self.start_ready(&blueprint, &values)?;
        }
        if self.has_failed() {
            self.cancel()?;
            return self.forward_failed();
        }
        let is_done = self.rows.values().all(|row| row.stage == Stage::Done);
        if is_done {
            match self.outputs(&blueprint, &values) {
                Ok(outputs) => return self.forward_done(outputs),
                Err(fault) => {
                    self.work.failure = Some(fault.message);
                    self.outcome.progressed = true;
                    return self.forward_failed();
                }
            }
        }
        self.check_time()
    }

    pub(super) fn values(&self, blueprint: &Blueprint) -> Values {
        let spec = &self.stack.spec;
        let pseudo = crate::stack::pseudo(&self.stack);
        Values::new(blueprint, &spec.parameters, &spec.resolved, pseudo)
    }

    fn has_failed(&self) -> bool {
        self.work.failure.is_some() || self.rows.values().any(|row| row.stage == Stage::Failed)
    }

    /// Asks those that take time.
    fn look_at_working(&mut self) -> Result<(), Fault> {
        for id in self.ids(|row| row.stage == Stage::Working) {
            let Some(row) = self.rows.get(&id) else { continue };
            let (Some(kind), Some(existing)) = (Kind::named(&row.kind), row.now.clone()) else {
                continue;
            };
            let progress = self.provide(&id, |on| kind.created(&existing.physical, on));
            self.take_progress(&id, progress)?;
        }
        Ok(())
    }

    /// What became of one that was made or changed.
    fn take_progress(&mut self, id: &str, progress: Result<Progress, String>) -> Result<(), Fault> {
        match progress {
            Ok(Progress::Pending) => {
                self.outcome.waits = true;
                let is_working = self.rows.get(id).is_some_and(|row| row.stage == Stage::Working);
                if !is_working {
                    self.set_stage(id, Stage::Working);
                }
                Ok(())
            }
            Ok(Progress::Done(attributes)) => {
                let Some(row) = self.row(id) else { return Ok(()) };
                row.stage = Stage::Done;
                let is_new = row.change == Change::Create;
                if let Some(now) = &mut row.now {
                    now.physical.attributes.extend(attributes);
                }
                let done = if is_new { Status::CreateComplete } else { Status::UpdateComplete };
                self.tell(id, done, None)
            }
            Err(reason) => self.fail(id, &reason),
        }
    }

    fn fail(&mut self, id: &str, reason: &str) -> Result<(), Fault> {
        self.set_stage(id, Stage::Failed);
        let is_new = self.rows.get(id).is_some_and(|row| row.change == Change::Create);
        let status = if is_new { Status::CreateFailed } else { Status::UpdateFailed };
        self.tell(id, status, Some(reason))
    }

    fn start_ready(&mut self, blueprint: &Blueprint, values: &Values) -> Result<(), Fault> {
        let ready = self.ids(|row| {
            let met = |id: &String| self.rows.get(id).is_none_or(|row| row.stage == Stage::Done);
            row.stage == Stage::Waiting && row.needs.iter().all(met)
        });
        for id in ready {
            if self.steps == 0 {
                // The rest is for the next turn.
                self.outcome.progressed = true;
                break;
            }
            if self.has_failed() {
                // It began beside the one that failed.
                self.begin_and_cancel(&id)?;
                continue;
            }
            self.start(blueprint, values, &id)?;
        }
        Ok(())
    }

    /// Begins with one resource.
    fn start(&mut self, blueprint: &Blueprint, values: &Values, id: &str) -> Result<(), Fault> {
        let Some(resource) = blueprint.document.resource(id) else { return Ok(()) };
        let Some(kind) = Kind::named(&resource.kind) else { return Ok(()) };
        let is_new = self.rows.get(id).is_some_and(|row| row.now.is_none());
        let properties = self.properties(blueprint, values, id);
        let properties = match properties {
            Ok(properties) => properties,
            Err(reason) => {
                if let Some(row) = self.row(id) {
                    row.change = if is_new { Change::Create } else { Change::Update };
                }
                let begun =
                    if is_new { Status::CreateInProgress } else { Status::UpdateInProgress };
                self.tell(id, begun, None)?;
                return self.fail(id, &reason);
            }
        };
        let existing = self.rows.get(id).and_then(|row| row.now.as_ref());
        let is_changed = existing.is_none_or(|now| now.properties != properties);
        if is_changed && self.wants_object(id, kind, &properties) {
            return Ok(());
        }
        let Some(row) = self.rows.get(id) else { return Ok(()) };
        let made = Existing {
            kind: kind.name.to_owned(),
            physical: row.now.as_ref().map(|now| now.physical.clone()).unwrap_or_default(),
            properties,
            needs: row.needs.clone(),
            deletion: plan::retention(id, &resource.body, "DeletionPolicy")?,
            replacement: plan::retention(id, &resource.body, "UpdateReplacePolicy")?,
        };
        match row.now.clone() {
            None => self.create(kind, id, made, Change::Create),
            Some(old) if old.properties == made.properties => {
                // Nothing but what the stack knows of it.
                if let Some(row) = self.row(id) {
                    row.now = Some(Existing { physical: old.physical, ..made });
                    row.stage = Stage::Done;
                }
                Ok(())
            }
            Some(old) => match kind.replaces(&old.properties, &made.properties) {
                Some(_) => self.replace(kind, id, &old, made),
                None => self.update(kind, id, &old, made),
            },
        }
    }

    fn create(
        &mut self,
        kind: &'static Kind,
        id: &str,
        made: Existing,
        change: Change,
    ) -> Result<(), Fault> {
        self.steps = self.steps.saturating_sub(1);
        let is_new = change == Change::Create;
        if let Some(row) = self.row(id) {
            row.change = change;
            if is_new {
                row.kind = kind.name.to_owned();
                row.shown_id = None;
            }
        }
        let begun = if is_new { Status::CreateInProgress } else { Status::UpdateInProgress };
        let why = "Requested update requires the creation of a new physical resource; hence creating one.";
        self.tell(id, begun, (!is_new).then_some(why))?;
        let outcome = self.provide(id, |on| kind.create(&made.properties, on));
        let physical = match outcome {
            Ok(physical) => physical,
            Err(reason) => return self.fail(id, &reason),
        };
        if let Some(row) = self.row(id) {
            if !is_new {
                row.before = row.now.take();
            }
            row.now = Some(Existing { physical: physical.clone(), ..made });
        }
        self.tell(id, begun, Some("Resource creation Initiated"))?;
        let progress = self.provide(id, |on| kind.created(&physical, on));
        self.take_progress(id, progress)
    }

    fn replace(
        &mut self,
        kind: &'static Kind,
        id: &str,
        old: &Existing,
        made: Existing,
    ) -> Result<(), Fault> {
        let name = Schema::of(kind.name).and_then(Schema::own_name);
        let keeps_name = name.is_some_and(|name| {
            let own = made.properties.get(name);
            own.is_some() && own == old.properties.get(name)
        });
        if keeps_name {
            if let Some(row) = self.row(id) {
                row.change = Change::Update;
            }
            self.tell(id, Status::UpdateInProgress, None)?;
            let shown = made.properties.get(name.unwrap_or_default()).and_then(Value::as_str);
            let reason = format!(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. \
                 Rename {} and update the stack again.",
                shown.unwrap_or_default()
            );
            return self.fail(id, &reason);
        }
        self.create(kind, id, made, Change::Replace)
    }

    fn update(
        &mut self,
        kind: &'static Kind,
        id: &str,
        old: &Existing,
        made: Existing,
    ) -> Result<(), Fault> {
        self.steps = self.steps.saturating_sub(1);
        if let Some(row) = self.row(id) {
            row.change = Change::Update;
        }
        self.tell(id, Status::UpdateInProgress, None)?;
        let outcome = self
            .provide(id, |on| kind.update(&old.properties, &made.properties, &old.physical, on));
        let physical = match outcome {
            Ok(physical) => physical,
            Err(reason) => return self.fail(id, &reason),
        };
        if let Some(row) = self.row(id) {
            row.before = row.now.take();
            row.now = Some(Existing { physical: physical.clone(), ..made });
        }
        let progress = self.provide(id, |on| kind.created(&physical, on));
        self.take_progress(id, progress)
    }

    /// The properties of a resource with everything in them: values, the stack's tags, the schema's types.
    fn properties(
        &self,
        blueprint: &Blueprint,
        values: &Values,
        id: &str,
    ) -> Result<Value, String> {
        let Some(resource) = blueprint.document.resource(id) else { return Ok(json!({})) };
        let existing = |id: &str| self.rows.get(id).and_then(|row| row.now.as_ref());
        let world = World {
            existing: &existing,
            view: self.act.tx,
            account: self.stack.account,
            region: &self.stack.region,
            resolved: &self.stack.spec.resolved,
        };
        let properties = resource.properties.as_ref();
        let properties = properties.map(|it| values.json(blueprint, &world, it)).transpose();
        let mut properties =
            properties.map_err(|fault| fault.message)?.unwrap_or_else(|| json!({}));
        let Some(schema) = Schema::of(&resource.kind) else { return Ok(properties) };
        schema.fit(&mut properties).map_err(|misfits| {
            format!(
                "Properties validation failed for resource {id} with message:\n{}",
                misfits.join("\n")
            )
        })?;
        crate::stack::add_tags(&self.stack, schema, &mut properties);
        let bytes = properties.to_string().len();
        if bytes > MAX_PROPERTIES_BYTES {
            return Err(format!(
                "rolecall keeps at most {MAX_PROPERTIES_BYTES} bytes of a resource's properties, and those of {id} \
                 are {bytes}: shorten them"
            ));
        }
        Ok(properties)
    }

    /// The values of the outputs.
    fn outputs(&self, blueprint: &Blueprint, values: &Values) -> Result<Vec<Output>, Fault> {
        let existing = |id: &str| self.rows.get(id).and_then(|row| row.now.as_ref());
        let world = World {
            existing: &existing,
            view: self.act.tx,
            account: self.stack.account,
            region: &self.stack.region,
            resolved: &self.stack.spec.resolved,
        };
        let entries = blueprint.document.outputs.as_ref().map(Syntax::entries).unwrap_or_default();
        let mut outputs = Vec::new();
        for entry in entries {
            let condition = entry.value.get("Condition").and_then(Syntax::as_str);
            let (is_made, _) = values.with(blueprint, &world, |evaluator| {
                condition.is_none_or(|name| evaluator.condition(name) != Some(false))
            });
            let Some(value) = entry.value.get("Value").filter(|_| is_made) else { continue };
            let text = |syntax: &Syntax| {
                Ok(match values.json(blueprint, &world, syntax)? {
                    Value::String(text) => text,
                    value @ (Value::Bool(_) | Value::Number(_)) => value.to_string(),
                    _ => {
                        let text = "Template format error: The Value field of every Outputs member must \
                                    evaluate to a String.";
                        return Err(crate::blueprint::invalid(text));
                    }
                })
            };
            let export = entry.value.get("Export").and_then(|export| export.get("Name"));
            outputs.push(Output {
                output_key: entry.key.to_string(),
                output_value: text(value)?,
                description: entry
                    .value
                    .get("Description")
                    .and_then(Syntax::as_str)
                    .map(Into::into),
                export_name: export.map(text).transpose()?,
            });
        }
        let bytes: usize = outputs.iter().map(|output| output.output_value.len()).sum();
        if bytes > MAX_OUTPUTS_BYTES {
            return Err(crate::blueprint::invalid(format!(
                "rolecall keeps at most {MAX_OUTPUTS_BYTES} bytes of a stack's outputs, and these are {bytes}: \
                 shorten them"
            )));
        }
        Ok(outputs)
    }

    /// Cancels what is under way, as another resource failed.
    fn cancel(&mut self) -> Result<(), Fault> {
        for id in self.ids(|row| row.stage == Stage::Working) {
            self.cancel_one(&id)?;
        }
        Ok(())
    }

    fn cancel_one(&mut self, id: &str) -> Result<(), Fault> {
        self.set_stage(id, Stage::Failed);
        let is_new = self.rows.get(id).is_some_and(|row| row.change == Change::Create);
        match is_new {
            true => self.tell(id, Status::CreateFailed, Some("Resource creation cancelled")),
            false => self.tell(id, Status::UpdateFailed, Some("Resource update cancelled")),
        }
    }

    /// One that is ready is under way when another fails beside it; only new ones are told of, as it is not known
    /// whether others would change.
    fn begin_and_cancel(&mut self, id: &str) -> Result<(), Fault> {
        let is_new = self.rows.get(id).is_some_and(|row| row.now.is_none());
        if !is_new {
            return Ok(());
        }
        if let Some(row) = self.row(id) {
            row.change = Change::Create;
        }
        self.tell(id, Status::CreateInProgress, None)?;
        self.cancel_one(id)
    }

    /// A creation that takes longer than it may fails.
    fn check_time(&mut self) -> Result<(), Fault> {
        let Some(minutes) = self.stack.timeout_minutes.filter(|_| self.work.phase == Phase::Create)
        else {
            return Ok(());
        };
        let until = self.work.began.plus_seconds(i64::from(minutes) * 60);
        if self.act.now < until {
            return Ok(());
        }
        self.work.failure = Some("Stack creation time exceeded the specified timeout".to_owned());
        self.outcome.progressed = true;
        self.cancel()?;
        self.forward_failed()
    }

    /// The logical ids of those that failed, by what was tried.
    pub(super) fn failed_ids(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut failed: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for row in self.rows.values().filter(|row| row.stage == Stage::Failed) {
            let verb = if row.change == Change::Create { "create" } else { "update" };
            failed.entry(verb).or_default().push(row.logical_id.clone());
        }
        failed
    }
}
