//! The committing thread: takes the waiting writes as one batch, has them flushed, publishes the state that
//! they lead to, and only then tells who waits.
//!
//! While a batch is being flushed the next one is executed, by its callers, on top of it. If the flush does
//! not happen, because another replica was first or the disk failed, everything that was executed on top is
//! executed again.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::audit::AuditRow;
use crate::batch::{Batch, ClosedBatch};
use crate::desk::{Command, Desk, Shared};
use crate::engine::{AccountChanges, CommitError, Engine};
use crate::error::StoreError;
use crate::limits::{AUDIT_DELAY_MS, MAX_ATTEMPTS, PACKED_AUDIT_ROWS, UNPACK_DELAY_MS};
use crate::metrics::Counts;
use crate::view::View;
use crate::write::{Failure, Job};

/// The longest wait, after a flush, for the writers that it answered.
const MAX_GATHER: Duration = Duration::from_millis(10);
/// How long nobody may come before the gathering ends.
const GATHER_PAUSE: Duration = Duration::from_micros(250);

/// The committing thread's own state.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    engine: Box<dyn Engine>,
    gathering: Gathering,
    /// When the audit rows that wait must be saved at the latest.
    audit_due: Option<Instant>,
    /// When audit rows that are packed are unpacked, if there are any.
    unpack_at: Option<Instant>,
}

/// Whom the next batch waits for.
///
/// Writers that were just answered tend to come back at once. A flush that starts without them makes them
/// wait for it and for their own: two groups alternate, and each flush carries half of the writers. So the
/// next flush waits a little, while they keep coming, until as many are there as were answered or waited.
struct Gathering {
    wanted: usize,
    until: Instant,
    /// Writes that waited at the last look, and when they became that many.
    seen: usize,
    seen_at: Instant,
}

/// What to do next.
enum Task {
    Command(Command),
    Commit(ClosedBatch),
    Unpack,
    End,
}

impl Committer {
    pub(crate) fn new(shared: Arc<Shared>, engine: Box<dyn Engine>) -> Self {
        let gathering = Gathering::new(0, 0, Duration::ZERO);
        let unpack_at = engine.has_packed_audit().then(Instant::now);
        Self { shared, engine, gathering, audit_due: None, unpack_at }
    }

    /// Works until the store is closed and nothing waits.
    pub(crate) fn run(&mut self) {
        loop {
            match self.next_task() {
                Task::Command(command) => self.obey(command),
                Task::Commit(batch) => self.commit(batch),
                Task::Unpack => self.unpack_some(),
                Task::End => break,
            }
        }
    }

    fn next_task(&mut self) -> Task {
        let shared = Arc::clone(&self.shared);
        loop {
            let mut guard = shared.desk();
            let desk = &mut *guard;
            if let Some(command) = desk.commands.pop_front() {
                return Task::Command(command);
            }
            let now = Instant::now();
            let Some(pause) = self.pause(desk, now) else {
                if desk.open.jobs.is_empty() && self.audit_due.is_none() {
                    return if self.unpack_at.is_some() { Task::Unpack } else { Task::End };
                }
                return Task::Commit(take_batch(desk));
            };
            if self.unpack_at.is_some_and(|at| at <= now) && desk.open.jobs.is_empty() {
                return Task::Unpack;
            }
            drop(guard);
            if pause == Duration::MAX { thread::park() } else { thread::park_timeout(pause) }
        }
    }

    /// How long to wait before a batch is taken; `None` takes it, or ends if there is nothing to take.
    fn pause(&mut self, desk: &mut Desk, now: Instant) -> Option<Duration> {
        if self.audit_due.is_none() && self.shared.trail().unsaved() > 0 {
            self.audit_due = Some(now + Duration::from_millis(AUDIT_DELAY_MS));
        }
        let audit_left = self.audit_due.map(|due| due.saturating_duration_since(now));
        if desk.closing || audit_left == Some(Duration::ZERO) {
            return None;
        }
        if desk.open.jobs.is_empty() {
            desk.wake_at = 1;
            self.gathering.seen = 0;
            let unpack_left = self.unpack_at.map(|at| at.saturating_duration_since(now));
            return Some(audit_left.into_iter().chain(unpack_left).min().unwrap_or(Duration::MAX));
        }
        let pause = self.gathering.pause(desk.open.jobs.len(), now)?;
        desk.wake_at = self.gathering.wanted;
        Some(pause)
    }

    fn commit(&mut self, mut batch: ClosedBatch) {
        self.audit_due = None;
        let others = self.shared.trail().take_unsaved();
        self.put_off_unpacking(others.len() + batch.audit().count());
        let started = Instant::now();
        for _ in 0..MAX_ATTEMPTS {
            match self.try_commit(&mut batch, &others) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Ok(())) => return self.publish(batch, started),
                ControlFlow::Break(Err(error)) => {
                    return self.give_up(batch, &others, &Failure::Store(error));
                }
            }
        }
        self.give_up(batch, &others, &Failure::Contended);
    }

    /// Packed rows wait until no more are packed, however many smaller commits come in between.
    fn put_off_unpacking(&mut self, audit_rows: usize) {
        if audit_rows >= PACKED_AUDIT_ROWS {
            self.unpack_at = Some(Instant::now() + Duration::from_millis(UNPACK_DELAY_MS));
        }
    }

    /// Unpacks some of what is packed. If that fails, it is tried again when somebody asks for the audit.
    fn unpack_some(&mut self) {
        let unpacked = self.engine.unpack_audit();
        self.unpack_at = (unpacked.is_ok() && self.engine.has_packed_audit()).then(Instant::now);
    }

    /// Makes a row of every audit row that waits or is packed.
    fn save_audit(&mut self) -> Result<(), StoreError> {
        if self.shared.trail().unsaved() > 0 {
            let state = self.shared.published.load_full();
            let mut working = state.copy();
            self.commit(Batch::on(state).close(&mut working));
        }
        while self.engine.has_packed_audit() {
            self.engine.unpack_audit()?;
        }
        self.unpack_at = None;
        Ok(())
    }

    /// Tries once; `Continue` means that the batch was executed again on a newer state.
    fn try_commit(
        &mut self,
        batch: &mut ClosedBatch,
        others: &[AuditRow],
    ) -> ControlFlow<Result<(), StoreError>> {
        let changes = match self.engine.commit(&batch.commit(&self.shared.schema, others)) {
            Ok(()) => return ControlFlow::Break(Ok(())),
            Err(CommitError::Stale(changes)) => Ok(changes),
            Err(CommitError::Taken(accounts)) => {
                let accounts: Vec<Arc<str>> = accounts.into_iter().map(Arc::from).collect();
                self.changes_since_published(&accounts)
            }
            Err(CommitError::Failed(error)) => Err(error),
        };
        match changes.and_then(|changes| self.with_changes(&changes)) {
            Ok(base) => {
                self.restart_from(base, Some(batch));
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(Err(error)),
        }
    }

    /// The batch is durable: shows it and answers its writers.
    fn publish(&mut self, batch: ClosedBatch, started: Instant) {
        let took = started.elapsed();
        let counts = &self.shared.counts;
        let answered = batch.batch.jobs.len();
        counts.flushes.fetch_add(1, Ordering::Relaxed);
        Counts::add(&counts.flush_us, usize::try_from(took.as_micros()).unwrap_or(usize::MAX));
        Counts::add(&counts.writes, answered);
        Counts::add(&counts.audit_rows, batch.audit().count());
        let before = self.shared.published.swap(batch.after);
        let waiting = self.shared.desk().open.jobs.len();
        self.gathering = Gathering::new(answered + waiting, waiting, (took / 2).min(MAX_GATHER));
        batch.batch.jobs.into_iter().for_each(Job::acknowledge);
        drop(before);
    }

    /// The batch is not kept: tells its writers, and executes again what was executed on top of it.
    fn give_up(&mut self, batch: ClosedBatch, others: &[AuditRow], failure: &Failure) {
        self.engine.abandon();
        Counts::add(&self.shared.counts.failures, batch.batch.jobs.len());
        Counts::add(&self.shared.counts.audit_dropped, others.len());
        self.restart_from(self.shared.published.load_full(), None);
        for job in batch.batch.jobs {
            job.fail(failure.clone());
        }
    }

    fn changes_since_published(
        &mut self,
        accounts: &[Arc<str>],
    ) -> Result<Vec<AccountChanges>, StoreError> {
        let published = self.shared.published.load();
        let known: Vec<_> = accounts
            .iter()
            .map(|account| (Arc::clone(account), published.version_of(account)))
            .collect();
        self.engine.changes(&known)
    }

    /// The published state brought forward by what other replicas did.
    fn with_changes(&self, changes: &[AccountChanges]) -> Result<Arc<View>, StoreError> {
        let mut state = self.shared.published.load().copy();
        changes.iter().try_for_each(|change| change.apply(&mut state))?;
        Counts::add(&self.shared.counts.reloads, changes.len());
        Ok(Arc::new(state))
    }

    /// Publishes `base` and executes on top of it, again, `batch` if it was not given up and all that waits.
    fn restart_from(&self, base: Arc<View>, batch: Option<&mut ClosedBatch>) {
        let mut guard = self.shared.desk();
        let desk = &mut *guard;
        self.shared.published.store(Arc::clone(&base));
        desk.working = self.shared.working_copy(&base);
        let mut top = base;
        if let Some(batch) = batch {
            Counts::add(&self.shared.counts.reruns, batch.batch.jobs.len());
            batch.rerun(top, &mut desk.working);
            top = Arc::clone(&batch.after);
        }
        Counts::add(&self.shared.counts.reruns, desk.open.jobs.len());
        desk.open.rerun(top, &mut desk.working);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Reload { accounts, reply } => drop(reply.send(self.reload(&accounts))),
            Command::SaveAudit { reply } => drop(reply.send(self.save_audit())),
            Command::Replace { view, forget_audit, reply } => {
                drop(reply.send(self.replace(*view, forget_audit)));
            }
        }
    }

    fn reload(&mut self, accounts: &[Arc<str>]) -> Result<(), StoreError> {
        let changes = self.changes_since_published(accounts)?;
        if !changes.is_empty() {
            self.restart_from(self.with_changes(&changes)?, None);
        }
        Ok(())
    }

    fn replace(&mut self, mut view: View, forget_audit: bool) -> Result<(), StoreError> {
        for (account, version) in self.engine.replace(&view, forget_audit)? {
            view.set_version(account, version);
        }
        if forget_audit {
            self.shared.trail().clear();
        }
        self.restart_from(Arc::new(view), None);
        Ok(())
    }
}

/// Closes the open batch and begins the next one on top of it.
fn take_batch(desk: &mut Desk) -> ClosedBatch {
    let nothing = Batch::on(desk.open.base());
    let closed = std::mem::replace(&mut desk.open, nothing).close(&mut desk.working);
    desk.open = Batch::on(Arc::clone(&closed.after));
    closed
}

impl Gathering {
    fn new(wanted: usize, seen: usize, window: Duration) -> Self {
        let now = Instant::now();
        Self { wanted, until: now + window, seen, seen_at: now }
    }

    /// How long to wait for more than the `waiting` writes; `None` if nobody else is expected.
    fn pause(&mut self, waiting: usize, now: Instant) -> Option<Duration> {
        if waiting != self.seen {
            (self.seen, self.seen_at) = (waiting, now);
        }
        let until = self.until.min(self.seen_at + GATHER_PAUSE);
        let left = until.saturating_duration_since(now);
        (waiting < self.wanted && !left.is_zero()).then_some(left)
    }
}
