//! What was decided lately, so that `rolecall why` can tell it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud::authorize::Decided;
use cloud::{Fault, Made};

/// Requests whose decisions are kept; the oldest go first.
const MAX_KEPT: usize = 10_000;

/// The decisions on one request.
#[derive(Debug)]
pub(crate) struct Record {
    /// The request id that the client saw.
    pub(crate) request_id: String,
    /// When, in milliseconds since 1970.
    pub(crate) time_ms: i64,
    /// The operation, such as `iam:CreateRole`.
    pub(crate) operation: String,
    /// Demand by demand; the last one is a denial if any is.
    pub(crate) decided: Vec<Decided>,
    /// The calls that it made as other callers.
    pub(crate) made: Vec<Made>,
    /// How the service failed it, if it did.
    pub(crate) fault: Option<Fault>,
    /// What helps to understand why it failed: changes that were not seen yet, and the fault's own hint.
    pub(crate) hints: Vec<String>,
}

/// The latest decisions, newest last.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    records: Mutex<VecDeque<Arc<Record>>>,
}

impl Record {
    pub(crate) fn is_allowed(&self) -> bool {
        self.decided.iter().all(|decided| decided.decision.is_allowed())
            && !self.made.iter().any(Made::is_denied)
    }
}

impl Decisions {
    pub(crate) fn keep(&self, record: Record) {
        let record = Arc::new(record);
        let mut records = self.lock();
        let oldest = if records.len() >= MAX_KEPT { records.pop_front() } else { None };
        records.push_back(record);
        // Much is freed with it: others need not wait for that.
        drop(records);
        drop(oldest);
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Record>>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record of a request, or of the newest one that was denied, or failed for a reason that is not
    /// in its answer.
    pub(crate) fn find(&self, request_id: Option<&str>) -> Option<Arc<Record>> {
        let records = self.lock();
        let mut newest_first = records.iter().rev();
        let found = match request_id {
            Some(id) => newest_first.find(|record| record.request_id == id),
            None => newest_first.find(|record| !record.is_allowed() || !record.hints.is_empty()),
        };
        found.cloned()
    }

    /// The newest records, newest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<Arc<Record>> {
        let records = self.lock();
        records.iter().rev().take(most).cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}
