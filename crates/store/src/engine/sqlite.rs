//! SQLite: one file in a data folder that one process owns.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, ToSql, Transaction, TransactionBehavior, params};

use super::sql;
use super::{AccountChanges, Commit, CommitError, Engine, RawRow, load_row};
use crate::audit::{AuditFilter, AuditRow};
use crate::engine::sql::{AuditValue, Migration};
use crate::error::StoreError;
use crate::owner::Owner;
use crate::schema::Schema;
use crate::view::{View, version_in};

/// The database's file in the data folder.
const FILE_NAME: &str = "rolecall.db";
/// How long to wait for someone who writes to the file by hand.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages kept in memory, when they were used.
const CACHE_KIB: i64 = 8 * 1024;
/// Pages of the log after which it is brought into the file. Four times SQLite's default: each time costs two
/// flushes more, and a page that changed often is written once.
const CHECKPOINT_PAGES: i64 = 4_000;
/// Prepared statements kept.
const STATEMENTS: usize = 64;

/// The history of the database. Never change an entry: append one.
const MIGRATIONS: &[Migration] = &[Migration {
    title: "accounts, rows, unique values, audit",
    sql: "
    CREATE TABLE account (account TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE row_type (
        name TEXT PRIMARY KEY, version INTEGER NOT NULL, indexes TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE stored_row (
        table_name TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
        schema_version INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (table_name, account, key)
    ) STRICT;
    CREATE TABLE unique_value (
        table_name TEXT NOT NULL, index_name TEXT NOT NULL, value TEXT NOT NULL,
        account TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (table_name, index_name, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, time_ms INTEGER NOT NULL,
        caller TEXT NOT NULL, action TEXT NOT NULL, verdict TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_id ON audit (id);
    ",
}];

const UPSERT_ACCOUNT: &str = "INSERT INTO account (account, version) VALUES ($1, $2) \
     ON CONFLICT (account) DO UPDATE SET version = excluded.version";
const INSERT_ROW: &str = "INSERT INTO stored_row \
     (table_name, account, key, schema_version, revision, body) VALUES ($1, $2, $3, $4, $5, $6)";
const DELETE_ROW: &str =
    "DELETE FROM stored_row WHERE table_name = $1 AND account = $2 AND key = $3";
const INSERT_UNIQUE: &str = "INSERT INTO unique_value \
     (table_name, index_name, value, account, key) VALUES ($1, $2, $3, $4, $5)";
const DELETE_UNIQUE: &str =
    "DELETE FROM unique_value WHERE table_name = $1 AND index_name = $2 AND value = $3";
const INSERT_AUDIT: &str = "INSERT INTO audit \
     (id, account, time_ms, caller, action, verdict, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Rows are numbered without gaps, because only the oldest are ever deleted.
const TRIM_AUDIT: &str = "DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - $1";

/// The open database and the lock on its folder.
pub(crate) struct Sqlite {
    connection: Connection,
    audit_rows: i64,
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
        let unusable =
            |why: String| StoreError::Folder { folder: folder.display().to_string(), why };
        let path = file_in(folder);
        let is_new = create_private(&path).map_err(|error| unusable(error.to_string()))?;
        let mut connection = connect(&path, is_new)?;
        let mode: String =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if mode != "wal" {
            return Err(unusable(format!("its file system has no room for SQLite's log ({mode})")));
        }
        let mut view = View::empty(Arc::clone(schema));
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        migrate(&transaction)?;
        load(&transaction, &mut view)?;
        prepare(&transaction, &view)?;
        transaction.commit()?;
        let audit_rows = i64::try_from(audit_rows).unwrap_or(i64::MAX);
        Ok((Self { connection, audit_rows, flushes: true, _owner: owner }, view))
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
        let audit_rows = self.audit_rows;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_rows(&transaction, commit)?;
        write_audit(&transaction, &commit.audit, audit_rows)?;
        Ok(transaction.commit()?)
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
        for delete in [sql::DELETE_ALL_ROWS, sql::DELETE_ALL_UNIQUE] {
            transaction.execute(delete, [])?;
        }
        if forget_audit {
            transaction.execute(sql::DELETE_ALL_AUDIT, [])?;
        }
        let mut before = View::empty(Arc::clone(&view.schema));
        load_accounts(&transaction, &mut before)?;
        let versions = view.versions_after(&before);
        for (account, version) in &versions {
            transaction.execute(UPSERT_ACCOUNT, params![account, number(*version)])?;
        }
        insert_all(&transaction, view, &versions)?;
        transaction.commit()?;
        Ok(versions)
    }

    fn abandon(&mut self) {}
}

/// The audit rows in the database of `folder` that fit; reads beside the owner.
pub(crate) fn find_audit(
    folder: &Path,
    filter: &AuditFilter,
) -> Result<Vec<Arc<AuditRow>>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file_in(folder), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
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

fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Makes the file, readable by its owner alone: it holds secrets. SQLite gives its side files the same rights.
/// Says whether it is empty.
fn create_private(path: &Path) -> std::io::Result<bool> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?.metadata()?.len() == 0)
}

fn connect(path: &Path, is_new: bool) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where fsync does not reach the disk (macOS), this does; elsewhere it changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    if is_new {
        // There is nothing to roll back to: spares the first start three flushes.
        connection.pragma_update(None, "journal_mode", "MEMORY")?;
    }
    Ok(connection)
}

fn migrate(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(sql::CREATE_MIGRATION_TABLE, [])?;
    let found = transaction.query_row(sql::SELECT_MIGRATION, [], |row| row.get(0))?;
    for (number, migration) in sql::pending(MIGRATIONS, found)? {
        transaction.execute_batch(migration.sql)?;
        transaction.execute(sql::INSERT_MIGRATION, params![number, migration.title])?;
    }
    Ok(())
}

fn load(transaction: &Transaction<'_>, view: &mut View) -> Result<(), StoreError> {
    load_accounts(transaction, view)?;
    let mut statement = transaction.prepare(sql::SELECT_ROWS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let account: String = row.get(0)?;
        let raw = RawRow {
            table: row.get(1)?,
            key: row.get(2)?,
            schema_version: row.get(3)?,
            body: row.get(4)?,
        };
        load_row(view, &account, &raw)?;
    }
    Ok(())
}

fn load_accounts(transaction: &Transaction<'_>, view: &mut View) -> Result<(), StoreError> {
    let mut statement = transaction.prepare(sql::SELECT_ACCOUNTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (account, version): (String, i64) = (row.get(0)?, row.get(1)?);
        view.set_version(account.into(), u64::try_from(version).unwrap_or_default());
    }
    Ok(())
}

/// Brings index values and views to what the schema says today.
fn prepare(transaction: &Transaction<'_>, view: &View) -> Result<(), StoreError> {
    let mut statement = transaction.prepare(sql::SELECT_ROW_TYPES)?;
    let known = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    for slot in sql::outdated(&view.schema, &known) {
        let (Some(row_type), Some(table)) = (view.schema.row_type(slot), view.tables.get(slot))
        else {
            continue;
        };
        table.check_unique()?;
        transaction.execute(sql::DELETE_TABLE_UNIQUE, [row_type.name])?;
        insert_unique(transaction, view, slot)?;
        let row = params![row_type.name, row_type.version, sql::index_list(row_type)];
        transaction.execute(sql::UPSERT_ROW_TYPE, row)?;
        transaction.execute(&format!("DROP VIEW IF EXISTS {}", row_type.name), [])?;
        transaction.execute(&format!("CREATE {}", sql::view_of(row_type)), [])?;
    }
    Ok(())
}

fn write_rows(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), StoreError> {
    for step in commit.accounts.iter().filter(|step| step.next != step.expected) {
        let mut upsert = transaction.prepare_cached(UPSERT_ACCOUNT)?;
        upsert.execute(params![step.account, number(step.next)])?;
    }
    for row in &commit.deletes {
        let mut delete = transaction.prepare_cached(DELETE_ROW)?;
        delete.execute([row.table, row.key.account(), row.key.key()])?;
    }
    let upsert_row = format!("{INSERT_ROW} {}", sql::ELSE_UPDATE_ROW);
    for row in &commit.puts {
        let mut upsert = transaction.prepare_cached(&upsert_row)?;
        let (account, key) = (row.key.account(), row.key.key());
        let revision = number(row.revision);
        upsert.execute(params![row.table, account, key, row.schema_version, revision, row.body])?;
    }
    for unique in &commit.frees {
        let mut delete = transaction.prepare_cached(DELETE_UNIQUE)?;
        delete.execute([unique.table, unique.index, unique.value])?;
    }
    for unique in &commit.claims {
        let mut insert = transaction.prepare_cached(INSERT_UNIQUE)?;
        let (account, key) = (unique.key.account(), unique.key.key());
        insert.execute([unique.table, unique.index, unique.value, account, key])?;
    }
    Ok(())
}

fn write_audit(
    transaction: &Transaction<'_>,
    rows: &[&AuditRow],
    keep: i64,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = transaction.prepare_cached(INSERT_AUDIT)?;
    for row in rows {
        let (action, verdict) = (&*row.action, &*row.verdict);
        insert.execute(params![
            row.id,
            row.account,
            row.time_ms,
            row.caller,
            action,
            verdict,
            row.body
        ])?;
    }
    transaction.prepare_cached(TRIM_AUDIT)?.execute([keep])?;
    Ok(())
}

/// Writes all rows and index values of `view`, each row at its account's version.
fn insert_all(
    transaction: &Transaction<'_>,
    view: &View,
    versions: &[(Arc<str>, u64)],
) -> Result<(), StoreError> {
    for (slot, (row_type, table)) in view.schema.types().iter().zip(&view.tables).enumerate() {
        let mut insert = transaction.prepare_cached(INSERT_ROW)?;
        table.visit_rows(&mut |key, body| {
            let revision = version_in(versions, key.account());
            insert.execute(params![
                row_type.name,
                key.account(),
                key.key(),
                row_type.version,
                number(revision),
                body
            ])?;
            Ok(())
        })?;
        insert_unique(transaction, view, slot)?;
    }
    Ok(())
}

/// Writes the index values of one table of `view`.
fn insert_unique(
    transaction: &Transaction<'_>,
    view: &View,
    slot: usize,
) -> Result<(), StoreError> {
    let (Some(row_type), Some(table)) = (view.schema.row_type(slot), view.tables.get(slot)) else {
        return Ok(());
    };
    let mut insert = transaction.prepare_cached(INSERT_UNIQUE)?;
    let mut result = Ok(());
    table.visit_unique(&mut |index, value, key| {
        if result.is_ok() {
            let row = [row_type.name, index, value, key.account(), key.key()];
            result = insert.execute(row).map(drop);
        }
    });
    Ok(result?)
}

/// A version as the database counts; it would take 10^18 writes to reach the end.
fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
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
