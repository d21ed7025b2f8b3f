//! The one place where writes are executed, and what the store's callers share with its committing thread.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread::Thread;

use arc_swap::ArcSwap;
use tokio::sync::oneshot;

use crate::audit::{AuditRow, Trail};
use crate::batch::Batch;
use crate::error::{RowError, StoreError};
use crate::metrics::Counts;
use crate::schema::Schema;
use crate::view::{Snapshot, View};
use crate::write::Job;

/// Commands that may wait for the committing thread.
const MAX_COMMANDS: usize = 1_000;

/// What all users of a store share.
pub(crate) struct Shared {
    pub(crate) schema: Arc<Schema>,
    /// The newest state that is durable.
    pub(crate) published: ArcSwap<View>,
    desk: Mutex<Desk>,
    /// Whether commits must check what writes looked at, because there are replicas.
    watched: bool,
    /// The committing thread. It is unparked when there is work, which no lock is needed for and which it
    /// cannot miss; an ephemeral store has none.
    committer: OnceLock<Thread>,
    trail: Mutex<Trail>,
    pub(crate) counts: Counts,
}

/// Where writes are executed, one after the other.
pub(crate) struct Desk {
    /// The newest state, flushed or not.
    pub(crate) working: View,
    /// The writes that the next flush will take.
    pub(crate) open: Batch,
    pub(crate) commands: VecDeque<Command>,
    /// The number of waiting writes from which on the committing thread wants to be woken.
    pub(crate) wake_at: usize,
    pub(crate) closing: bool,
    /// Why nothing is accepted any more.
    pub(crate) broken: Option<StoreError>,
}

/// Work for the committing thread other than a batch.
pub(crate) enum Command {
    /// Load what other replicas changed in these accounts.
    Reload { accounts: Vec<Arc<str>>, reply: Reply },
    /// Save the waiting audit rows.
    SaveAudit { reply: Reply },
    /// Replace the whole state.
    Replace { view: Box<View>, forget_audit: bool, reply: Reply },
}

/// Who waits for a command.
pub(crate) type Reply = oneshot::Sender<Result<(), StoreError>>;

impl Shared {
    /// Starts from `state`; `watched` notes what writes look at.
    pub(crate) fn new(state: View, watched: bool) -> Self {
        let working = if watched { state.watched_copy() } else { state.copy() };
        let published = Arc::new(state);
        Self {
            schema: Arc::clone(&published.schema),
            desk: Mutex::new(Desk {
                working,
                open: Batch::on(Arc::clone(&published)),
                commands: VecDeque::new(),
                wake_at: 1,
                closing: false,
                broken: None,
            }),
            published: ArcSwap::new(published),
            watched,
            committer: OnceLock::new(),
            trail: Mutex::default(),
            counts: Counts::default(),
        }
    }

    /// The newest durable state.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::from_shared(self.published.load_full())
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody executes a write at this moment.
    pub(crate) fn is_desk_free(&self) -> bool {
        !matches!(self.desk.try_lock(), Err(TryLockError::WouldBlock))
    }

    pub(crate) fn trail(&self) -> MutexGuard<'_, Trail> {
        self.trail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A state to execute writes on.
    pub(crate) fn working_copy(&self, state: &View) -> View {
        if self.watched { state.watched_copy() } else { state.copy() }
    }

    /// The thread that takes batches and commands from now on.
    pub(crate) fn set_committer(&self, thread: Thread) {
        // Set once, by the thread that opens the store.
        let _ = self.committer.set(thread);
    }

    /// Wakes the committing thread.
    pub(crate) fn ring(&self) {
        if let Some(thread) = self.committer.get() {
            thread.unpark();
        }
    }

    /// Executes a write and leaves it for the next flush. `false` if too many wait; then it was not executed.
    pub(crate) fn enqueue(&self, job: Box<dyn Job>) -> Result<bool, StoreError> {
        let mut guard = self.desk();
        let desk = &mut *guard;
        desk.accepts()?;
        if desk.open.is_full() {
            return Ok(false);
        }
        desk.open.push(job, &mut desk.working);
        if desk.open.jobs.len() >= desk.wake_at {
            drop(guard);
            self.ring();
        }
        Ok(true)
    }

    /// Gives the committing thread a command.
    pub(crate) fn command(&self, command: Command) -> Result<(), StoreError> {
        let mut desk = self.desk();
        desk.accepts()?;
        if desk.commands.len() >= MAX_COMMANDS {
            return Err(StoreError::Database(
                "too many requests wait for it: try again".to_owned(),
            ));
        }
        desk.commands.push_back(command);
        drop(desk);
        self.ring();
        Ok(())
    }

    /// Keeps an audit row for a later commit, or drops and counts it. Without a database it is kept here.
    pub(crate) fn audit(&self, row: AuditRow) -> Result<(), RowError> {
        row.check()?;
        let mut trail = self.trail();
        self.counts.audit_rows.fetch_add(1, Ordering::Relaxed);
        if self.committer.get().is_none() {
            trail.show(row);
            return Ok(());
        }
        let is_first = trail.unsaved() == 0;
        if !trail.keep(row) {
            self.counts.audit_dropped.fetch_add(1, Ordering::Relaxed);
        }
        drop(trail);
        if is_first {
            self.ring();
        }
        Ok(())
    }
}

impl Desk {
    /// Writes and commands are still taken.
    pub(crate) fn accepts(&self) -> Result<(), StoreError> {
        match &self.broken {
            Some(error) => Err(error.clone()),
            None if self.closing => Err(StoreError::Closed),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
