//! Changing back: what an update that failed had changed becomes what it was.

use cloud::Fault;

use crate::resource::{Kind, Progress};
use crate::stack_resource::{Change, Stage, Status};
use crate::turn::Turn;

impl Turn<'_, '_, '_> {
    /// A turn of it. Every resource begins as [`Stage::Waiting`].
    pub(super) fn revert(&mut self) -> Result<(), Fault> {
        let waiting = self.ids(|row| row.stage == Stage::Waiting);
        for id in self.ids(|row| row.stage == Stage::Working) {
            self.look_at_reverted(&id)?;
        }
        for id in waiting {
            if self.steps == 0 {
                self.outcome.progressed = true;
                return Ok(());
            }
            if self.may_be_reverted(&id) {
                self.revert_one(&id)?;
            }
        }
        let is_under_way = self.outcome.progressed || self.outcome.waits;
        if is_under_way || !self.outcome.wants.is_empty() {
            return Ok(());
        }
        self.outcome.progressed = true;
        self.revert_done()
    }

    /// Those that it needed before come first.
    fn may_be_reverted(&self, id: &str) -> bool {
        let Some(row) = self.rows.get(id) else { return false };
        let before = row.before.as_ref().or(row.now.as_ref());
        let done = |id: &String| {
            self.rows
                .get(id)
                .is_none_or(|row| row.stage != Stage::Waiting && row.stage != Stage::Working)
        };
        before.is_none_or(|before| before.needs.iter().all(done))
    }

    fn revert_one(&mut self, id: &str) -> Result<(), Fault> {
        let Some(row) = self.rows.get(id) else { return Ok(()) };
        let (change, before, now) = (row.change, row.before.clone(), row.now.clone());
        match (change, before, now) {
            (Change::Create, _, now) => {
                if let Some(row) = self.row(id) {
                    row.doomed = now;
                    row.now = None;
                    row.stage = Stage::Done;
                }
                Ok(())
            }
            (Change::Replace, Some(before), now) => {
                if let Some(row) = self.row(id) {
                    row.doomed = now;
                    row.now = Some(before);
                    row.before = None;
                    row.stage = Stage::Done;
                }
                self.tell(id, Status::UpdateComplete, None)
            }
            (Change::Update, Some(before), Some(now)) => {
                let Some(kind) = Kind::named(&before.kind) else { return Ok(()) };
                // A change that is under way, as a nested stack's, comes to its end first.
                let progress = self.provide(id, |on| kind.created(&now.physical, on));
                if progress == Ok(Progress::Pending) {
                    self.outcome.waits = true;
                    return Ok(());
                }
                let differs = now.properties != before.properties;
                if differs && self.wants_object(id, kind, &before.properties) {
                    return Ok(());
                }
                self.steps = self.steps.saturating_sub(1);
                self.tell(id, Status::UpdateInProgress, None)?;
                let outcome = self.provide(id, |on| {
                    kind.update(&now.properties, &before.properties, &now.physical, on)
                });
                match outcome {
                    Ok(physical) => {
                        if let Some(row) = self.row(id) {
                            let attributes = before.physical.attributes.clone();
                            row.now = Some(before);
                            row.before = None;
                            if let Some(now) = &mut row.now {
                                now.physical = physical;
                                for (name, value) in attributes {
                                    now.physical.attributes.entry(name).or_insert(value);
                                }
                            }
                            row.stage = Stage::Working;
                        }
                        self.look_at_reverted(id)
                    }
                    Err(reason) => {
                        self.set_stage(id, Stage::Failed);
                        self.tell(id, Status::UpdateFailed, Some(&reason))
                    }
                }
            }
            // It failed before it was changed.
            (Change::Update | Change::Replace, None, Some(_)) => {
                self.set_stage(id, Stage::Done);
                self.tell(id, Status::UpdateComplete, None)
            }
            _ => {
                self.set_stage(id, Stage::Done);
                Ok(())
            }
        }
    }

    fn look_at_reverted(&mut self, id: &str) -> Result<(), Fault> {
        let Some(existing) = self.rows.get(id).and_then(|row| row.now.clone()) else {
            return Ok(());
        };
        let Some(kind) = Kind::named(&existing.kind) else { return Ok(()) };
        match self.provide(id, |on| kind.created(&existing.physical, on)) {
            Ok(Progress::Pending) => {
                self.outcome.waits = true;
                Ok(())
            }
            Ok(Progress::Done(attributes)) => {
                if let Some(row) = self.row(id) {
                    row.stage = Stage::Done;
                    if let Some(now) = &mut row.now {
                        now.physical.attributes.extend(attributes);
                    }
                }
                self.tell(id, Status::UpdateComplete, None)
            }
            Err(reason) => {
                self.set_stage(id, Stage::Failed);
                self.tell(id, Status::UpdateFailed, Some(&reason))
            }
        }
    }
}
