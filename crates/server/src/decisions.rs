//! What was decided lately, so that `rolecall why` can tell it.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud::authorize::Decided;
use cloud::{Fault, Made};
use iam::message;
use smol_str::SmolStr;

/// Requests that were denied or failed whose decisions are kept; the oldest go first.
const MAX_FAILED: usize = 10_000;
/// Bytes that they take, about; the oldest go first.
const MAX_FAILED_BYTES: usize = 48 << 20;
/// Requests that succeeded whose decisions are kept. Fewer, so that a busy server writes them where it wrote the
/// last ones, which the processor's caches still hold.
const MAX_SUCCEEDED: usize = 1_000;
/// Bytes that they take, about.
const MAX_SUCCEEDED_BYTES: usize = 8 << 20;
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

/// The latest decisions. Those on requests that succeeded, which are many, do not push out the others, which
/// are what people ask about.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    failed: Latest,
    succeeded: Latest,
    /// The number of records so far.
    count: u64,
}

/// Records, newest last.
#[derive(Debug, Default)]
struct Latest {
    records: VecDeque<Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    /// Which record it is of all.
    number: u64,
    /// The bytes that it takes, so that those of an old one need not be gone through again.
    bytes: usize,
    record: Arc<Record>,
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

    /// Nothing was wrong with it that anybody might ask about.
    fn succeeded(&self) -> bool {
        self.is_allowed() && self.fault.is_none() && self.hints.is_empty()
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
        let bytes = record.bytes();
        let succeeded = record.succeeded();
        let record = Arc::new(record);
        let mut kept = self.kept();
        let number = kept.count;
        kept.count += 1;
        let entry = Entry { number, bytes, record };
        let gone = match succeeded {
            true => kept.succeeded.push(entry, MAX_SUCCEEDED, MAX_SUCCEEDED_BYTES),
            false => kept.failed.push(entry, MAX_FAILED, MAX_FAILED_BYTES),
        };
        // Much is freed with them: others need not wait for that.
        drop(kept);
        drop(gone);
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        let kept = self.kept();
        kept.failed.records.len() + kept.succeeded.records.len()
    }

    /// The newest denial that is like what is asked for.
    pub(crate) fn like(&self, asked: &Asked) -> Option<Arc<Record>> {
        let kept = self.kept();
        kept.failed.newest_first().map(|entry| &entry.record).find(|r| r.is_about(asked)).cloned()
    }

    /// The record of a request, or of the newest one that was denied, or failed for a reason that is not
    /// in its answer.
    pub(crate) fn find(&self, request_id: Option<&str>) -> Option<Arc<Record>> {
        let kept = self.kept();
        let mut failed = kept.failed.newest_first().map(|entry| &entry.record);
        let found = match request_id {
            Some(id) => failed
                .chain(kept.succeeded.newest_first().map(|entry| &entry.record))
                .find(|record| record.request_id == id),
            None => failed.find(|record| !record.is_allowed() || !record.hints.is_empty()),
        };
        found.cloned()
    }

    /// The newest records, newest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<Arc<Record>> {
        let kept = self.kept();
        let failed = kept.failed.newest_first().take(most);
        let mut entries: Vec<_> = failed.chain(kept.succeeded.newest_first().take(most)).collect();
        entries.sort_unstable_by_key(|entry| Reverse(entry.number));
        entries.into_iter().take(most).map(|entry| Arc::clone(&entry.record)).collect()
    }

    pub(crate) fn clear(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Latest {
    /// Appends a record, and hands over the oldest that are too many.
    fn push(&mut self, entry: Entry, most: usize, most_bytes: usize) -> Vec<Entry> {
        self.bytes += entry.bytes;
        self.records.push_back(entry);
        let mut gone = Vec::new();
        while self.records.len() > most || self.bytes > most_bytes {
            let Some(oldest) = self.records.pop_front() else { break };
            self.bytes -= oldest.bytes;
            gone.push(oldest);
        }
        gone
    }

    fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.records.iter().rev()
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

    fn success(number: usize) -> Record {
        Record { hints: Vec::new(), ..record(number, 0) }
    }

    #[test]
    fn the_oldest_go_first_by_number_and_by_bytes() {
        let decisions = Decisions::default();
        (0..=MAX_FAILED).for_each(|number| decisions.keep(record(number, 0)));
        assert!(decisions.find(Some("0")).is_none());
        assert!(decisions.find(Some("1")).is_some());
        decisions.clear();
        for number in 0..3 {
            decisions.keep(record(number, MAX_FAILED_BYTES / 2 - 1024));
        }
        assert!(decisions.find(Some("0")).is_none());
        assert!(decisions.find(Some("1")).is_some());
        assert!(decisions.kept().failed.bytes <= MAX_FAILED_BYTES);
    }

    #[test]
    fn what_failed_is_not_pushed_out_by_what_succeeded() {
        let decisions = Decisions::default();
        decisions.keep(record(0, 1));
        (1..=MAX_SUCCEEDED + 1).for_each(|number| decisions.keep(success(number)));
        decisions.keep(record(MAX_SUCCEEDED + 2, 1));
        assert!(decisions.find(Some("0")).is_some());
        assert!(decisions.find(Some("1")).is_none());
        assert!(decisions.find(Some("2")).is_some());
        assert_eq!(decisions.len(), MAX_SUCCEEDED + 2);
        let id = |record: &Arc<Record>| record.request_id.parse::<usize>().unwrap();
        let newest: Vec<usize> = decisions.newest(3).iter().map(id).collect();
        assert_eq!(newest, [MAX_SUCCEEDED + 2, MAX_SUCCEEDED + 1, MAX_SUCCEEDED]);
        assert_eq!(id(decisions.newest(usize::MAX).last().unwrap()), 0);
        assert_eq!(id(&decisions.find(None).unwrap()), MAX_SUCCEEDED + 2);
    }
}
