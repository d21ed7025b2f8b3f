//! What keeps the state when the process ends: one narrow trait, one file for each database.

pub(crate) mod postgres;
pub(crate) mod sql;
pub(crate) mod sqlite;

use std::sync::Arc;

use crate::audit::AuditRow;
use crate::error::StoreError;
use crate::row::RowKey;
use crate::view::View;

/// A database. Used by the committing thread alone, so calls may block.
pub(crate) trait Engine: Send {
    /// Keeps everything in `commit` or nothing, and returns when it would survive a crash.
    fn commit(&mut self, commit: &Commit<'_>) -> Result<(), CommitError>;

    /// What other replicas changed in these accounts since the versions that are known here. An account
    /// without changes is left out.
    fn changes(&mut self, known: &[(Arc<str>, u64)]) -> Result<Vec<AccountChanges>, StoreError>;

    /// Replaces all rows by those of `view`, and the audit by nothing if `forget_audit`. Gives the new
    /// version of every account, those without rows included.
    fn replace(
        &mut self,
        view: &View,
        forget_audit: bool,
    ) -> Result<Vec<(Arc<str>, u64)>, StoreError>;

    /// Lets go of what [`CommitError::Stale`] still held, because its commit is not tried again.
    fn abandon(&mut self);

    /// Whether audit rows are packed, because many came at once.
    fn has_packed_audit(&self) -> bool {
        false
    }

    /// Makes rows of some that are packed, the oldest first. Nobody waits for it: it need not be flushed.
    fn unpack_audit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What one commit writes; borrowed from the batch, each row and index value once.
#[derive(Default)]
pub(crate) struct Commit<'a> {
    /// Every account that the batch looked at or changed, in order.
    pub(crate) accounts: Vec<AccountStep<'a>>,
    /// Rows to insert or to replace.
    pub(crate) puts: Vec<RowPut<'a>>,
    /// Rows to delete.
    pub(crate) deletes: Vec<RowDelete<'a>>,
    /// Index values that are given up; before `claims`, which may take them again.
    pub(crate) frees: Vec<UniqueFree<'a>>,
    /// Index values that are taken.
    pub(crate) claims: Vec<UniqueClaim<'a>>,
    /// Audit rows to append.
    pub(crate) audit: Vec<&'a AuditRow>,
    /// Nobody waits for this commit: it need not be flushed.
    pub(crate) lazy: bool,
}

/// An account must be at `expected` and is at `next` afterwards.
pub(crate) struct AccountStep<'a> {
    pub(crate) account: &'a str,
    pub(crate) expected: u64,
    pub(crate) next: u64,
}

/// A row to insert or to replace.
pub(crate) struct RowPut<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a RowKey,
    pub(crate) schema_version: u32,
    pub(crate) revision: u64,
    pub(crate) body: &'a str,
}

/// A row to delete.
pub(crate) struct RowDelete<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a RowKey,
    pub(crate) revision: u64,
}

/// An index value to give up.
pub(crate) struct UniqueFree<'a> {
    pub(crate) table: &'static str,
    pub(crate) index: &'static str,
    pub(crate) value: &'a str,
}

/// An index value to take.
pub(crate) struct UniqueClaim<'a> {
    pub(crate) table: &'static str,
    pub(crate) index: &'static str,
    pub(crate) value: &'a str,
    pub(crate) key: &'a RowKey,
}

/// A commit that was not done.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// Accounts have moved on: here is how. They stay locked for the next try, so that it succeeds.
    Stale(Vec<AccountChanges>),
    /// Rows of these accounts, changed by another replica, hold an index value that the commit claims.
    Taken(Vec<String>),
    /// The database failed.
    Failed(StoreError),
}

/// What happened to an account elsewhere.
#[derive(Debug)]
pub(crate) struct AccountChanges {
    pub(crate) account: String,
    pub(crate) version: u64,
    /// `rows` are all there are, whatever was known before.
    pub(crate) whole: bool,
    pub(crate) deleted: Vec<(String, String)>,
    pub(crate) rows: Vec<RawRow>,
}

/// A row as the database has it.
pub(crate) struct RawRow {
    pub(crate) table: String,
    pub(crate) key: String,
    pub(crate) schema_version: u32,
    pub(crate) body: String,
}

impl Commit<'_> {
    /// There is something to write. A row that came and went leaves nothing but its account's version.
    pub(crate) fn writes(&self) -> bool {
        let moves = self.accounts.iter().any(|step| step.next != step.expected);
        moves || !self.audit.is_empty()
    }
}

impl AccountChanges {
    /// Brings the account's rows in `view` to this version.
    pub(crate) fn apply(&self, view: &mut View) -> Result<(), StoreError> {
        if self.whole {
            for slot in 0..view.tables.len() {
                if let Some(table) = view.slot_mut(slot) {
                    table.forget_account(&self.account);
                }
            }
        }
        for (table, key) in &self.deleted {
            if let Some(table) = view.schema.slot_named(table).and_then(|slot| view.slot_mut(slot))
            {
                table.forget(&RowKey::joined(&self.account, key));
            }
        }
        for row in &self.rows {
            load_row(view, &self.account, row)?;
        }
        let name = view.account_name(&self.account);
        view.set_version(name, self.version);
        Ok(())
    }
}

/// Puts a row of the database into `view`.
pub(crate) fn load_row(view: &mut View, account: &str, row: &RawRow) -> Result<(), StoreError> {
    let table = view.schema.slot_named(&row.table).and_then(|slot| view.slot_mut(slot));
    let table = table.ok_or_else(|| StoreError::UnknownTable { table: row.table.clone() })?;
    table.load(&RowKey::joined(account, &row.key), row.schema_version, &row.body)
}

impl std::fmt::Debug for RawRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Bodies may hold secrets.
        formatter
            .debug_struct("RawRow")
            .field("table", &self.table)
            .field("key", &self.key)
            .finish()
    }
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}
