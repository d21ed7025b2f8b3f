//! Deleting: every doomed resource that no other doomed one needs any more.

use cloud::Fault;

use crate::resource::{Kind, Progress};
use crate::stack::work::Phase;
use crate::stack_resource::{Change, Existing, ResourceRow, Retention, Stage, Status};
use crate::turn::Turn;

impl Turn<'_, '_, '_> {
    pub(super) fn backward(&mut self) -> Result<(), Fault> {
        for id in self.ids(|row| row.doomed.is_some() && row.stage == Stage::Working) {
            let Some(doomed) = self.rows.get(&id).and_then(|row| row.doomed.clone()) else {
                continue;
            };
            let Some(kind) = Kind::named(&doomed.kind) else { continue };
            let progress = self.provide(&id, |on| kind.deleted(&doomed.physical, on));
            self.take_deletion(&id, progress)?;
        }
        for id in self.ids(|row| row.doomed.is_some() && row.stage == Stage::Waiting) {
            if self.steps == 0 {
                self.outcome.progressed = true;
                return Ok(());
            }
            if !self.is_needed(&id) {
                self.delete(&id)?;
            }
        }
        if self.outcome.progressed || self.outcome.waits {
            return Ok(());
        }
        // Nothing can be done any more: all is gone, or what is left failed or is needed by what failed.
        self.outcome.progressed = true;
        self.backward_done()
    }

    fn is_needed(&self, id: &str) -> bool {
        let needs = |row: &ResourceRow| {
            row.logical_id != id && row.doomed.as_ref().is_some_and(|it| it.needs.contains(id))
        };
        self.rows.values().any(needs)
    }

    fn delete(&mut self, id: &str) -> Result<(), Fault> {
        let Some(doomed) = self.rows.get(id).and_then(|row| row.doomed.clone()) else {
            return Ok(());
        };
        if self.is_retained(id, &doomed) {
            self.tell(id, Status::DeleteSkipped, None)?;
            self.forget(id);
            return Ok(());
        }
        self.steps = self.steps.saturating_sub(1);
        self.tell(id, Status::DeleteInProgress, None)?;
        let Some(kind) = Kind::named(&doomed.kind) else { return Ok(()) };
        let outcome = self.provide(id, |on| {
            kind.delete(&doomed.properties, &doomed.physical, on)?;
            kind.deleted(&doomed.physical, on)
        });
        self.take_deletion(id, outcome)
    }

    fn take_deletion(&mut self, id: &str, progress: Result<Progress, String>) -> Result<(), Fault> {
        match progress {
            Ok(Progress::Done(_)) => {
                self.tell(id, Status::DeleteComplete, None)?;
                self.forget(id);
                Ok(())
            }
            Ok(Progress::Pending) => {
                self.outcome.waits = true;
                if self.rows.get(id).is_some_and(|row| row.stage != Stage::Working) {
                    self.set_stage(id, Stage::Working);
                }
                Ok(())
            }
            Err(reason) => {
                self.tell(id, Status::DeleteFailed, Some(&reason))?;
                self.set_stage(id, Stage::Failed);
                Ok(())
            }
        }
    }

    /// Whether it stays (user guide, "DeletionPolicy attribute", "UpdateReplacePolicy attribute"; API reference,
    /// `RetainExceptOnCreate`).
    fn is_retained(&self, id: &str, doomed: &Existing) -> bool {
        if self.work.phase == Phase::Delete && self.work.retained.iter().any(|it| it == id) {
            return true;
        }
        let is_replaced = self.work.phase == Phase::Cleanup
            && self.rows.get(id).is_some_and(|row| row.change == Change::Replace);
        let retention = if is_replaced { doomed.replacement } else { doomed.deletion };
        let is_new = matches!(self.work.phase, Phase::Rollback | Phase::UpdateRollbackCleanup);
        match retention {
            Retention::Delete => false,
            Retention::Retain => !(is_new && self.work.retain_except_on_create),
            Retention::RetainExceptOnCreate => !is_new,
        }
    }

    /// The stack knows no more of it. What is left of a stack that goes, or was never made, is shown as deleted;
    /// what an update took away is not shown.
    fn forget(&mut self, id: &str) {
        let is_update = matches!(self.work.phase, Phase::Cleanup | Phase::UpdateRollbackCleanup);
        let Some(row) = self.row(id) else { return };
        row.doomed = None;
        row.stage = Stage::Done;
        let Some(now) = &row.now else {
            if is_update {
                self.drop_row(id);
            }
            return;
        };
        // The one that took its place is what is shown again.
        row.shown_id = Some(now.physical.id.clone());
        row.status = Some(Status::UpdateComplete);
        row.reason = None;
    }
}
