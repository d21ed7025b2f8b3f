//! SQLite: one file in a data folder that one process owns.

mod audit;
mod file;
mod pack;
mod rows;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, ToSql, TransactionBehavior};

use self::audit::Kept;
use super::sql::{self, AuditValue};
use super::{AccountChanges, Commit, CommitError, Engine};
use crate::audit::{AuditFilter, AuditRow};
use crate::error::StoreError;
use crate::owner::Owner;
use crate::schema::Schema;
use crate::view::View;

/// The open database and the lock on its folder.
pub(crate) struct Sqlite {
    connection: Connection,
    audit: Kept,
    /// Whether commits are flushed at present.
    flushes: bool,
    /// Last, so that the folder is let go after the file is closed.
    _owner: Owner,
}

impl Sqlite {
    /// Takes the folder, brings the database up to date and loads it.
    pub(crate) fn open(
        folder: &Path,
        schema: &Arc<Schema>,
        audit_rows: u64,
    ) -> Result<(Self, View), StoreError> {
        let owner = Owner::of_folder(folder)?;
        let mut connection = file::open(folder)?;
        let mut view = View::empty(Arc::clone(schema));
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        file::migrate(&transaction)?;
        file::load(&transaction, &mut view)?;
        file::prepare(&transaction, &view)?;
        let audit = Kept::find(&transaction, audit_rows)?;
        transaction.commit()?;
        Ok((Self { connection, audit, flushes: true, _owner: owner }, view))
    }

    /// Makes the next commits survive a power cut, or only the death of the process.
    fn set_flushes(&mut self, flushes: bool) -> Result<(), StoreError> {
        if self.flushes != flushes {
            let level = if flushes { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.flushes = flushes;
        }
        Ok(())
    }

    fn write(&mut self, commit: &Commit<'_>) -> Result<(), StoreError> {
        self.set_flushes(!commit.lazy)?;
        let mut audit = self.audit;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        rows::write_rows(&transaction, commit)?;
        audit.append(&transaction, &commit.audit)?;
        transaction.commit()?;
        self.audit = audit;
        Ok(())
    }
}

impl Engine for Sqlite {
    fn commit(&mut self, commit: &Commit<'_>) -> Result<(), CommitError> {
        // One process owns the file, so accounts cannot have moved and index values cannot be taken.
        if commit.writes() { Ok(self.write(commit)?) } else { Ok(()) }
    }

    fn changes(&mut self, _: &[(Arc<str>, u64)]) -> Result<Vec<AccountChanges>, StoreError> {
        Ok(Vec::new())
    }

    fn replace(
        &mut self,
        view: &View,
        forget_audit: bool,
    ) -> Result<Vec<(Arc<str>, u64)>, StoreError> {
        self.set_flushes(true)?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let versions = rows::replace_all(&transaction, view)?;
        let mut audit = self.audit;
        if forget_audit {
            audit.forget(&transaction)?;
        }
        transaction.commit()?;
        self.audit = audit;
        Ok(versions)
    }

    fn abandon(&mut self) {}

    fn has_packed_audit(&self) -> bool {
        self.audit.is_packed
    }

    fn unpack_audit(&mut self) -> Result<(), StoreError> {
        self.set_flushes(false)?;
        let mut audit = self.audit;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        audit.unpack(&transaction)?;
        transaction.commit()?;
        self.audit = audit;
        Ok(())
    }
}

/// The audit rows in the database of `folder` that fit; reads beside the owner.
pub(crate) fn find_audit(
    folder: &Path,
    filter: &AuditFilter,
) -> Result<Vec<Arc<AuditRow>>, StoreError> {
    let connection = file::open_beside(folder)?;
    let (query, values) = sql::audit_query(filter);
    let values = values.iter().map(|value| match value {
        AuditValue::Text(text) => text as &dyn ToSql,
        AuditValue::Number(number) => number,
    });
    let mut statement = connection.prepare(&query)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
        let texts = [row.get(0)?, row.get(1)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
        Ok(Arc::new(sql::audit_row(row.get(2)?, texts)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(format!("SQLite: {error}"))
    }
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}
