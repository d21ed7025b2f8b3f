//! What a store counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Totals since the store was opened, and what waits now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Writes that were executed and answered, those that their closure refused included.
    pub writes: u64,
    /// Commits to the database, those of audit rows alone included.
    pub flushes: u64,
    /// Microseconds that these took together.
    pub flush_us: u64,
    /// Writes that were executed again because a replica was first or a flush failed.
    pub reruns: u64,
    /// Accounts that were brought forward because a replica changed them.
    pub reloads: u64,
    /// Writes that the database did not keep.
    pub failures: u64,
    /// Audit rows that were given.
    pub audit_rows: u64,
    /// Audit rows of reads and denials that did not reach the database.
    pub audit_dropped: u64,
    /// Writes that wait for their flush.
    pub waiting_writes: usize,
    /// Audit rows of reads and denials that wait for the database.
    pub waiting_audit_rows: usize,
}

/// The totals, counted by whoever has something to count.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) writes: AtomicU64,
    pub(crate) flushes: AtomicU64,
    pub(crate) flush_us: AtomicU64,
    pub(crate) reruns: AtomicU64,
    pub(crate) reloads: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) audit_rows: AtomicU64,
    pub(crate) audit_dropped: AtomicU64,
}

impl Counts {
    pub(crate) fn add(counter: &AtomicU64, more: usize) {
        counter.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The totals as they are now.
    pub(crate) fn read(&self) -> Metrics {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            writes: of(&self.writes),
            flushes: of(&self.flushes),
            flush_us: of(&self.flush_us),
            reruns: of(&self.reruns),
            reloads: of(&self.reloads),
            failures: of(&self.failures),
            audit_rows: of(&self.audit_rows),
            audit_dropped: of(&self.audit_dropped),
            ..Metrics::default()
        }
    }
}
