//! The file: made, opened, migrated, loaded.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, params};

use super::rows::insert_unique;
use crate::engine::sql::{self, Migration};
use crate::engine::{RawRow, load_row};
use crate::error::StoreError;
use crate::view::View;

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
const MIGRATIONS: &[Migration] = &[
    Migration {
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
    },
    // Ids are random: keeping them in order cost as much as all else of an audit row, and a search among the
    // rows that are kept takes milliseconds.
    Migration { title: "audit without an index of ids", sql: "DROP INDEX audit_by_id;" },
    Migration {
        title: "audit packed while it is busy",
        sql: "CREATE TABLE audit_pack (last_seq INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;",
    },
];

/// Opens the file in `folder`, made if need be, to write to it.
pub(super) fn open(folder: &Path) -> Result<Connection, StoreError> {
    let unusable = |why: String| StoreError::Folder { folder: folder.display().to_string(), why };
    let path = folder.join(FILE_NAME);
    let is_new = create_private(&path).map_err(|error| unusable(error.to_string()))?;
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
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(unusable(format!("its file system cannot hold SQLite's log ({mode})")));
    }
    Ok(connection)
}

/// Opens the file in `folder` to read beside its owner.
pub(super) fn open_beside(folder: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join(FILE_NAME), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Brings the database to the newest migration.
pub(super) fn migrate(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(sql::CREATE_MIGRATION_TABLE, [])?;
    let found = transaction.query_row(sql::SELECT_MIGRATION, [], |row| row.get(0))?;
    for (number, migration) in sql::pending(MIGRATIONS, found)? {
        transaction.execute_batch(migration.sql)?;
        transaction.execute(sql::INSERT_MIGRATION, params![number, migration.title])?;
    }
    Ok(())
}

/// Loads all rows.
pub(super) fn load(transaction: &Transaction<'_>, view: &mut View) -> Result<(), StoreError> {
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

/// Loads the versions of all accounts.
pub(super) fn load_accounts(
    transaction: &Transaction<'_>,
    view: &mut View,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare(sql::SELECT_ACCOUNTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (account, version): (String, i64) = (row.get(0)?, row.get(1)?);
        view.set_version(account.into(), u64::try_from(version).unwrap_or_default());
    }
    Ok(())
}

/// Brings index values and views to what the schema says today.
pub(super) fn prepare(transaction: &Transaction<'_>, view: &View) -> Result<(), StoreError> {
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

/// Makes the file, readable by its owner alone: it holds secrets. SQLite gives its side files the same rights.
/// Says whether it is empty.
fn create_private(path: &Path) -> std::io::Result<bool> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?.metadata()?.len() == 0)
}
