//! What was decided lately, so that `rolecall why` can tell it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud::authorize::Decided;
use cloud::{Fault, Made};
use iam::message;
use smol_str::SmolStr;

/// Requests whose decisions are kept; the oldest go first.
const MAX_KEPT: usize = 10_000;
/// Bytes that they take, about; the oldest go first.
const MAX_KEPT_BYTES: usize = 64 << 20;
/// Bytes that a decision takes beside its texts, about: the keys of its request; policies are shared.
const DECIDED_BYTES: usize = 2048;

/// The decisions on one request.
#[derive(Debug)]
pub(crate) struct Record {
    /// The request id that the client saw.
    pub(crate) request_id: String,
    /// When, in milliseconds since 1970.
    pub(crate) time_ms: i64,
    /// The operation, such as `iam:CreateRole`.
    pub(crate) operation: SmolStr,
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
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Each with the bytes that it takes, so that those of an old one need not be gone through again.
    records: VecDeque<(usize, Arc<Record>)>,
    bytes: usize,
}

/// What a denial is looked for by.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) principal: String,
    pub(crate) action: String,
    /// Where it is known: its ARN, or what the denial called it.
    pub(crate) resource: Option<String>,
}

impl Asked {
    /// Whether the denial of a decision is the one that is meant.
    fn is(&self, decided: &Decided) -> bool {
        let request = &decided.request;
        !decided.decision.is_allowed()
            && request.caller().name() == self.principal
            && request.action().as_str().eq_ignore_ascii_case(&self.action)
            && self.resource.as_ref().is_none_or(|resource| {
                message::is_called(&self.action, request.resource().as_str(), resource)
            })
    }
}

impl Record {
    pub(crate) fn is_allowed(&self) -> bool {
        self.decided.iter().all(|decided| decided.decision.is_allowed())
            && !self.made.iter().any(Made::is_denied)
    }

    fn is_about(&self, asked: &Asked) -> bool {
        fn made_is(made: &[Made], asked: &Asked) -> bool {
            made.iter().any(|made| {
                made.decided.iter().any(|decided| asked.is(decided)) || made_is(&made.made, asked)
            })
        }
        self.decided.iter().any(|decided| asked.is(decided)) || made_is(&self.made, asked)
    }

    /// The bytes that it takes, about.
    fn bytes(&self) -> usize {
        fn of(decided: &[Decided], made: &[Made]) -> usize {
            let texts = |decided: &Decided| {
                decided.request.action().as_str().len() + decided.request.resource().as_str().len()
            };
            let own: usize = decided.iter().map(|decided| DECIDED_BYTES + texts(decided)).sum();
            own + made
                .iter()
                .map(|made| size_of::<Made>() + of(&made.decided, &made.made))
                .sum::<usize>()
        }
        let hints: usize = self.hints.iter().map(String::len).sum();
        size_of::<Self>() + hints + of(&self.decided, &self.made)
    }
}

impl Decisions {
    pub(crate) fn keep(&self, record: Record) {
        let (bytes, record) = (record.bytes(), Arc::new(record));
        let mut gone = Vec::new();
        let mut kept = self.kept();
        kept.bytes += bytes;
        kept.records.push_back((bytes, record));
        while kept.records.len() > MAX_KEPT || kept.bytes > MAX_KEPT_BYTES {
            let Some((bytes, oldest)) = kept.records.pop_front() else { break };
            kept.bytes -= bytes;
            gone.push(oldest);
        }
        // Much is freed with them: others need not wait for that.
        drop(kept);
        drop(gone);
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept().records.len()
    }

    /// The newest denial that is like what is asked for.
    pub(crate) fn like(&self, asked: &Asked) -> Option<Arc<Record>> {
        let kept = self.kept();
        let mut newest_first = kept.newest_first();
        newest_first.find(|record| record.is_about(asked)).cloned()
    }

    /// The record of a request, or of the newest one that was denied, or failed for a reason that is not
    /// in its answer.
    pub(crate) fn find(&self, request_id: Option<&str>) -> Option<Arc<Record>> {
        let kept = self.kept();
        let mut newest_first = kept.newest_first();
        let found = match request_id {
            Some(id) => newest_first.find(|record| record.request_id == id),
            None => newest_first.find(|record| !record.is_allowed() || !record.hints.is_empty()),
        };
        found.cloned()
    }

    /// The newest records, newest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<Arc<Record>> {
        self.kept().newest_first().take(most).cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn newest_first(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.iter().rev().map(|(_, record)| record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: usize, hint_bytes: usize) -> Record {
        Record {
            request_id: number.to_string(),
            time_ms: 0,
            operation: "iam:GetRole".into(),
            decided: Vec::new(),
            made: Vec::new(),
            fault: None,
            hints: vec!["x".repeat(hint_bytes)],
        }
    }

    #[test]
    fn the_oldest_go_first_by_number_and_by_bytes() {
        let decisions = Decisions::default();
        (0..=MAX_KEPT).for_each(|number| decisions.keep(record(number, 0)));
        assert!(decisions.find(Some("0")).is_none());
        assert!(decisions.find(Some("1")).is_some());
        decisions.clear();
        for number in 0..3 {
            decisions.keep(record(number, MAX_KEPT_BYTES / 2 - 1024));
        }
        assert!(decisions.find(Some("0")).is_none());
        assert!(decisions.find(Some("1")).is_some());
        assert!(decisions.kept().bytes <= MAX_KEPT_BYTES);
    }
}
