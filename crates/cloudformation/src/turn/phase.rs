//! From one phase of an operation to the next, and what the stack is called then (user guide, "stack status
//! codes"; the reasons are those of public reports).

use cloud::Fault;

use crate::event;
use crate::export::{self, ExportRow};
use crate::stack::work::{OnFailure, Phase};
use crate::stack::{Output, StackRow, Status};
use crate::stack_resource::{Change, ResourceRow, Stage};
use crate::stored_template;
use crate::turn::Turn;

impl Turn<'_, '_, '_> {
    /// All resources are as they should be.
    pub(super) fn forward_done(&mut self, outputs: Vec<Output>) -> Result<(), Fault> {
        self.outcome.progressed = true;
        let before = self.act.tx.savepoint();
        if let Err(reason) = self.export(&outputs) {
            self.act.tx.undo_to(before);
            self.work.failure = Some(reason);
            return self.forward_failed();
        }
        self.stack.outputs = outputs;
        if self.work.phase == Phase::Create {
            return self.end(Status::CreateComplete, None);
        }
        self.every_row(|row| {
            let before = row.before.take();
            match row.change {
                Change::Replace => row.doomed = before,
                Change::Remove => row.doomed = row.now.take(),
                _ => {}
            }
            row.stage = if row.doomed.is_some() { Stage::Waiting } else { Stage::Done };
        });
        self.work.phase = Phase::Cleanup;
        self.set_status(Status::UpdateCompleteCleanupInProgress, None)
    }

    /// Something is not as it should be.
    pub(super) fn forward_failed(&mut self) -> Result<(), Fault> {
        self.outcome.progressed = true;
        let mut reason = self.work.failure.clone().map(|it| sentence(&it)).unwrap_or_default();
        for (verb, ids) in self.failed_ids() {
            reason.push_str(&failed(verb, &ids));
        }
        let is_new = self.work.phase == Phase::Create;
        match (is_new, self.work.on_failure) {
            (true, OnFailure::Rollback) => {
                reason.push_str("Rollback requested by user.");
                self.doom_all();
                self.work.phase = Phase::Rollback;
                self.set_status(Status::RollbackInProgress, Some(reason))
            }
            (true, OnFailure::Delete) => {
                reason.push_str("Delete requested by user.");
                self.doom_all();
                self.work.phase = Phase::Delete;
                self.set_status(Status::DeleteInProgress, Some(reason))
            }
            (true, OnFailure::DoNothing) => self.end(Status::CreateFailed, Some(reason)),
            (false, OnFailure::DoNothing) => {
                self.every_row(|row| row.before = None);
                self.end(Status::UpdateFailed, Some(reason))
            }
            (false, _) => {
                self.every_row(|row| row.stage = Stage::Waiting);
                self.work.phase = Phase::UpdateRollback;
                if let Some(before) = self.work.before.take() {
                    self.stack.spec = *before;
                }
                self.set_status(Status::UpdateRollbackInProgress, Some(reason))
            }
        }
    }

    /// All that could be changed back was.
    pub(super) fn revert_done(&mut self) -> Result<(), Fault> {
        let failed_ids = self.ids(|row| row.stage == Stage::Failed);
        if !failed_ids.is_empty() {
            return self.end(Status::UpdateRollbackFailed, Some(failed("update", &failed_ids)));
        }
        self.every_row(|row| {
            row.stage = if row.doomed.is_some() { Stage::Waiting } else { Stage::Done };
        });
        self.work.phase = Phase::UpdateRollbackCleanup;
        self.set_status(Status::UpdateRollbackCompleteCleanupInProgress, None)
    }

    /// All that could be deleted was.
    pub(super) fn backward_done(&mut self) -> Result<(), Fault> {
        let left = self.ids(|row| row.doomed.is_some() && row.stage == Stage::Failed);
        let reason = (!left.is_empty()).then(|| failed("delete", &left));
        match (self.work.phase, reason) {
            (Phase::Rollback, None) => self.end(Status::RollbackComplete, None),
            (Phase::Rollback, reason) => {
                self.keep_doomed();
                self.end(Status::RollbackFailed, reason)
            }
            (Phase::Delete, None) => self.end_of_stack(),
            (Phase::Delete, reason) => {
                self.keep_doomed();
                self.end(Status::DeleteFailed, reason)
            }
            // An update is complete though something that it has no use for could not be deleted.
            (Phase::Cleanup, _) => {
                self.let_go();
                self.end(Status::UpdateComplete, None)
            }
            _ => {
                self.let_go();
                self.end(Status::UpdateRollbackComplete, None)
            }
        }
    }

    /// Dooms everything that exists.
    pub(super) fn doom_all(&mut self) {
        self.every_row(doom);
    }

    /// What could not be deleted is the stack's still.
    fn keep_doomed(&mut self) {
        self.every_row(|row| {
            if row.doomed.is_some() {
                row.now = row.doomed.take();
            }
        });
    }

    /// What could not be deleted is nobody's, and what does not exist is not shown.
    fn let_go(&mut self) {
        self.every_row(|row| row.doomed = None);
        for id in self.ids(|row| row.now.is_none()) {
            self.drop_row(&id);
        }
    }

    /// The stack has no such resource any more.
    pub(super) fn drop_row(&mut self, id: &str) {
        self.outcome.progressed = true;
        self.changed.remove(id);
        if let Some(row) = self.rows.remove(id) {
            self.gone.push(crate::stack_resource::key(&row.stack, id));
        }
    }

    fn every_row(&mut self, change: impl Fn(&mut ResourceRow)) {
        self.outcome.progressed = true;
        for (id, row) in &mut self.rows {
            change(row);
            self.changed.insert(id.clone());
        }
    }

    /// The stack's exports are those of its outputs.
    fn export(&mut self, outputs: &[Output]) -> Result<(), String> {
        let (account, region) = (self.stack.account, self.stack.region.clone());
        let wanted: Vec<(&String, &String)> = outputs
            .iter()
            .filter_map(|output| Some((output.export_name.as_ref()?, &output.output_value)))
            .collect();
        let own = export::of_region(self.act.tx, account, &region);
        let own: Vec<_> =
            own.filter(|it| it.stack == self.stack.id).map(std::sync::Arc::clone).collect();
        for old in &own {
            let new = wanted.iter().find(|(name, _)| **name == old.name);
            let verb = match new {
                Some((_, value)) if **value == old.value => continue,
                Some(_) => "updated",
                None => "deleted",
            };
            check_unused(self, &old.name, verb)?;
            let key = export::key(&region, &old.name);
            let gone = self.act.tx.delete::<ExportRow>(account.as_str(), &key);
            gone.map_err(|error| error.to_string())?;
        }
        for (name, value) in wanted {
            if let Some(other) = export::find(self.act.tx, account, &region, name)
                && other.stack != self.stack.id
            {
                let by = self.act.tx.get::<StackRow>(account.as_str(), &other.stack);
                let by = by.map(|stack| stack.name.clone()).unwrap_or_default();
                return Err(format!("Export with name {name} is already exported by stack {by}"));
            }
            let row = ExportRow {
                account,
                region: region.clone(),
                name: name.clone(),
                value: value.clone(),
                stack: self.stack.id.clone(),
            };
            self.act.tx.put(row).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn end_of_stack(&mut self) -> Result<(), Fault> {
        let (account, region) = (self.stack.account, self.stack.region.clone());
        let own = export::of_region(self.act.tx, account, &region);
        let own: Vec<String> =
            own.filter(|it| it.stack == self.stack.id).map(|it| it.name.clone()).collect();
        for name in own {
            self.act.tx.delete::<ExportRow>(account.as_str(), &export::key(&region, &name))?;
        }
        let sets: Vec<String> = crate::change_set::of_stack(self.act.tx, &self.stack)
            .map(|set| set.id.clone())
            .collect();
        for id in sets {
            stored_template::forget(self.act.tx, account, &id, &[])?;
            self.act.tx.delete::<crate::change_set::ChangeSetRow>(account.as_str(), &id)?;
        }
        self.stack.deleted = Some(self.act.now);
        self.stack.spec.imports.clear();
        self.end(Status::DeleteComplete, None)
    }

    fn end(&mut self, status: Status, reason: Option<String>) -> Result<(), Fault> {
        self.set_status(status, reason)?;
        let (account, id) = (self.stack.account, self.stack.id.clone());
        stored_template::forget(self.act.tx, account, &id, &[self.stack.spec.template])?;
        self.stack.work = None;
        Ok(())
    }

    fn set_status(&mut self, status: Status, reason: Option<String>) -> Result<(), Fault> {
        self.outcome.progressed = true;
        self.stack.status = status;
        self.stack.reason = reason;
        event::add_of_stack(self.act.tx, &mut self.stack, self.act.now, self.act.entropy)?;
        Ok(())
    }
}

/// Dooms what exists of a resource.
pub(crate) fn doom(row: &mut ResourceRow) {
    if row.doomed.is_none() {
        row.doomed = row.now.take();
    }
    row.stage = if row.doomed.is_some() { Stage::Waiting } else { Stage::Done };
}

fn check_unused(turn: &Turn<'_, '_, '_>, name: &str, verb: &str) -> Result<(), String> {
    let (account, region) = (turn.stack.account, &turn.stack.region);
    let users = export::importers(turn.act.tx, account, region, name);
    if users.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = users.iter().map(|stack| stack.name.as_str()).collect();
    Err(format!("Export {name} cannot be {verb} as it is in use by {}", join(&names)))
}

/// `a`, `a and b`, `a, b and c`
#[must_use]
pub(crate) fn join(names: &[&str]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// The sentence ends with a space, as another may follow.
fn failed(verb: &str, ids: &[String]) -> String {
    format!("The following resource(s) failed to {verb}: [{}]. ", ids.join(", "))
}

fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with('.') { format!("{text} ") } else { format!("{text}. ") }
}
