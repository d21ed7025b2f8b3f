//! The writes that share one flush, and the one commit that they come to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::AuditRow;
use crate::engine::{AccountStep, Commit, RowDelete, RowPut, UniqueClaim, UniqueFree};
use crate::limits::{MAX_WAITING_BYTES, MAX_WAITING_WRITES};
use crate::row::RowKey;
use crate::schema::Schema;
use crate::tx::{Change, Effects};
use crate::view::View;
use crate::write::Job;

/// Writes that were executed, in order, on top of `base`, and that nobody was told of yet.
pub(crate) struct Batch {
    base: Arc<View>,
    pub(crate) jobs: Vec<Box<dyn Job>>,
    effects: Vec<Effects>,
    body_bytes: usize,
}

/// A batch that takes no more writes.
pub(crate) struct ClosedBatch {
    pub(crate) batch: Batch,
    /// The state that the batch leads to.
    pub(crate) after: Arc<View>,
    looked_at: BTreeSet<Arc<str>>,
}

/// What becomes of one row or index value over all changes of a batch.
struct Net<T> {
    was_there: bool,
    last: T,
}

impl Batch {
    /// No writes yet on top of `base`.
    pub(crate) fn on(base: Arc<View>) -> Self {
        Self { base, jobs: Vec::new(), effects: Vec::new(), body_bytes: 0 }
    }

    /// The state that the first write was executed on.
    pub(crate) fn base(&self) -> Arc<View> {
        Arc::clone(&self.base)
    }

    /// One more write would be too many.
    pub(crate) fn is_full(&self) -> bool {
        self.jobs.len() >= MAX_WAITING_WRITES || self.body_bytes >= MAX_WAITING_BYTES
    }

    /// Executes a write on `working` and keeps it.
    pub(crate) fn push(&mut self, mut job: Box<dyn Job>, working: &mut View) {
        let effects = job.run(working);
        self.body_bytes += effects.body_bytes;
        self.effects.push(effects);
        self.jobs.push(job);
    }

    /// Executes all writes again, on a `working` state that is `base` with nothing of them.
    pub(crate) fn rerun(&mut self, base: Arc<View>, working: &mut View) {
        let jobs = std::mem::take(&mut self.jobs);
        *self = Self::on(base);
        for job in jobs {
            self.push(job, working);
        }
    }

    /// Ends the batch; `working` is the state that it led to.
    pub(crate) fn close(self, working: &mut View) -> ClosedBatch {
        let looked_at = working.take_looked_at();
        ClosedBatch { batch: self, after: Arc::new(working.copy()), looked_at }
    }
}

impl ClosedBatch {
    /// Executes all writes again, on a `working` state that is `base` with nothing of them.
    pub(crate) fn rerun(&mut self, base: Arc<View>, working: &mut View) {
        self.batch.rerun(base, working);
        self.looked_at = working.take_looked_at();
        self.after = Arc::new(working.copy());
    }

    /// The audit rows of the batch's writes, in order.
    pub(crate) fn audit(&self) -> impl Iterator<Item = &AuditRow> {
        self.batch.effects.iter().flat_map(|effects| &effects.audit)
    }

    /// What to write for this batch together with the audit rows `others`.
    pub(crate) fn commit<'a>(&'a self, schema: &Schema, others: &'a [AuditRow]) -> Commit<'a> {
        let mut commit = Commit {
            accounts: self.account_steps(),
            audit: others.iter().chain(self.audit()).collect(),
            lazy: self.batch.effects.iter().all(Effects::is_empty),
            ..Commit::default()
        };
        let changes = || self.batch.effects.iter().flat_map(|effects| &effects.changes);
        add_rows(&mut commit, schema, changes());
        add_unique(&mut commit, schema, changes());
        commit
    }

    /// The accounts that were looked at or changed, each from the version it had to the one it gets.
    fn account_steps(&self) -> Vec<AccountStep<'_>> {
        let changes = self.batch.effects.iter().flat_map(|effects| &effects.changes);
        let mut accounts: BTreeSet<&str> = changes.map(|change| change.key.account()).collect();
        accounts.extend(self.looked_at.iter().map(|account| &**account));
        let step = |account| AccountStep {
            account,
            expected: self.batch.base.version_of(account),
            next: self.after.version_of(account),
        };
        accounts.into_iter().map(step).collect()
    }
}

fn add_rows<'a>(
    commit: &mut Commit<'a>,
    schema: &Schema,
    changes: impl Iterator<Item = &'a Change>,
) {
    let mut rows: BTreeMap<(usize, &RowKey), Net<&Change>> = BTreeMap::new();
    for change in changes {
        let first = Net { was_there: change.old.is_some(), last: change };
        rows.entry((change.slot, &change.key)).or_insert(first).last = change;
    }
    for ((slot, key), net) in rows {
        let Some(row_type) = schema.row_type(slot) else { continue };
        let (table, revision) = (row_type.name, net.last.revision);
        if let Some(body) = &net.last.body {
            let schema_version = row_type.version;
            commit.puts.push(RowPut { table, key, schema_version, revision, body });
        } else if net.was_there {
            commit.deletes.push(RowDelete { table, key, revision });
        }
    }
}

fn add_unique<'a>(
    commit: &mut Commit<'a>,
    schema: &Schema,
    changes: impl Iterator<Item = &'a Change>,
) {
    let mut values: BTreeMap<(usize, usize, &str), Net<Option<&RowKey>>> = BTreeMap::new();
    let events = changes.flat_map(|change| {
        change.unique.iter().flat_map(|unique| {
            let freed = unique.old.as_deref().map(|value| (value, None));
            let claimed = unique.new.as_deref().map(|value| (value, Some(&change.key)));
            let at = (change.slot, unique.index);
            freed.into_iter().chain(claimed).map(move |(value, holder)| (at, value, holder))
        })
    });
    for ((slot, index), value, holder) in events {
        let first = Net { was_there: holder.is_none(), last: holder };
        values.entry((slot, index, value)).or_insert(first).last = holder;
    }
    for ((slot, index, value), net) in values {
        let Some(row_type) = schema.row_type(slot) else { continue };
        let Some(index) = row_type.indexes.get(index).copied() else { continue };
        if net.was_there {
            commit.frees.push(UniqueFree { table: row_type.name, index, value });
        }
        if let Some(key) = net.last {
            commit.claims.push(UniqueClaim { table: row_type.name, index, value, key });
        }
    }
}
