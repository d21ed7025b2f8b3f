//! What happens to the whole database: migrations, loading, replacing everything.

use std::sync::Arc;

use tokio_postgres::{Error, Row};

use super::connect::{Session, describe};
use super::{number, rows};
use crate::engine::sql::{self, Migration};
use crate::engine::{RawRow, RowPut, UniqueClaim, load_row};
use crate::error::StoreError;
use crate::row::RowKey;
use crate::schema::Schema;
use crate::view::View;

/// Rows that travel together.
const CHUNK_ROWS: usize = 2_000;
/// Replicas that start at the same time set up one after the other; the number means nothing.
const LOCK_SETUP: &str = "SELECT pg_advisory_xact_lock(7306649)";
/// No replica commits, and none begins to, until the transaction ends.
const STOP_COMMITS: &str = "LOCK TABLE account IN EXCLUSIVE MODE";
const OPEN_ROWS: &str = "DECLARE stored NO SCROLL CURSOR FOR \
     SELECT account, table_name, key, schema_version, body FROM stored_row";
const FETCH_ROWS: &str = "FETCH 2000 FROM stored";
const INSERT_REPLICA: &str = "INSERT INTO replica (last_commit, at) VALUES (0, now()) RETURNING id";
const FORGET_REPLICAS: &str = "DELETE FROM replica WHERE at < now() - interval '90 days'";
const DELETE_ALL_DELETIONS: &str = "DELETE FROM deleted_row";
const UPSERT_ACCOUNTS: &str = "INSERT INTO account (account, version, floor) \
     SELECT name, version, version FROM unnest($1::text[], $2::bigint[]) AS new (name, version) \
     ON CONFLICT (account) DO UPDATE SET version = excluded.version, floor = excluded.floor";

/// The history of the database. Never change an entry: append one.
const MIGRATIONS: &[Migration] = &[
    Migration {
        title: "accounts, rows, unique values, deletions, replicas, audit",
        sql: r#"
    CREATE TABLE account (
        account text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, floor bigint NOT NULL
    );
    CREATE TABLE row_type (name text PRIMARY KEY, version bigint NOT NULL, indexes text NOT NULL);
    CREATE TABLE stored_row (
        table_name text COLLATE "C" NOT NULL, account text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        schema_version bigint NOT NULL, revision bigint NOT NULL, body text NOT NULL,
        PRIMARY KEY (table_name, account, key)
    );
    CREATE INDEX stored_row_by_revision ON stored_row (account, revision);
    CREATE TABLE deleted_row (
        account text COLLATE "C" NOT NULL, table_name text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL, revision bigint NOT NULL,
        PRIMARY KEY (account, table_name, key)
    );
    CREATE INDEX deleted_row_by_revision ON deleted_row (account, revision);
    CREATE TABLE replica (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        last_commit bigint NOT NULL, at timestamptz NOT NULL
    );
    CREATE TABLE unique_value (
        table_name text COLLATE "C" NOT NULL, index_name text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        account text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
        PRIMARY KEY (table_name, index_name, value)
    );
    CREATE TABLE audit (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL, account text NOT NULL, time_ms bigint NOT NULL,
        caller text NOT NULL, action text NOT NULL, verdict text NOT NULL, body text NOT NULL
    );
    CREATE INDEX audit_by_id ON audit (id);
    "#,
    },
    Migration {
        title: "contents",
        sql: r#"
    CREATE TABLE content (
        id text COLLATE "C" PRIMARY KEY, bytes bigint, touched timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE content_chunk (
        id text COLLATE "C" NOT NULL REFERENCES content (id) ON DELETE CASCADE,
        number bigint NOT NULL, data bytea NOT NULL,
        PRIMARY KEY (id, number)
    );
    "#,
    },
    // As in SQLite.
    Migration { title: "audit without an index of ids", sql: "DROP INDEX audit_by_id;" },
];

/// Migrates the database, gives this replica a number and loads everything.
pub(super) async fn set_up(
    session: &mut Session,
    schema: &Arc<Schema>,
) -> Result<(i64, View), StoreError> {
    session.run("BEGIN").await?;
    session.run(LOCK_SETUP).await?;
    session.run(sql::CREATE_MIGRATION_TABLE).await?;
    let found = session.query_one(sql::SELECT_MIGRATION, &[]).await?.try_get(0)?;
    for (number, migration) in sql::pending(MIGRATIONS, found)? {
        session.run(migration.sql).await?;
        session.execute(sql::INSERT_MIGRATION, &[&number, &migration.title]).await?;
    }
    let known = row_types(session).await?;
    let outdated = sql::outdated(schema, &known);
    if !outdated.is_empty() {
        session.run(STOP_COMMITS).await?;
    }
    let mut view = View::empty(Arc::clone(schema));
    load(session, &mut view).await?;
    for slot in outdated {
        prepare(session, &view, slot).await?;
    }
    session.run(FORGET_REPLICAS).await?;
    let replica = session.query_one(INSERT_REPLICA, &[]).await?.try_get(0)?;
    session.run("COMMIT").await?;
    Ok((replica, view))
}

/// Replaces all rows by those of `view`. Every replica then loads every account whole.
pub(super) async fn replace(
    session: &mut Session,
    view: &View,
    forget_audit: bool,
) -> Result<Vec<(Arc<str>, u64)>, StoreError> {
    session.run("BEGIN").await?;
    session.run(STOP_COMMITS).await?;
    let mut before = View::empty(Arc::clone(&view.schema));
    load_accounts(session, &mut before).await?;
    for delete in [sql::DELETE_ALL_ROWS, sql::DELETE_ALL_UNIQUE, DELETE_ALL_DELETIONS] {
        session.run(delete).await?;
    }
    if forget_audit {
        session.run(sql::DELETE_ALL_AUDIT).await?;
    }
    let versions = view.versions_after(&before);
    let names: Vec<&str> = versions.iter().map(|(account, _)| &**account).collect();
    let numbers: Vec<i64> = versions.iter().map(|(_, version)| number(*version)).collect();
    session.execute(UPSERT_ACCOUNTS, &[&names, &numbers]).await?;
    for slot in 0..view.tables.len() {
        insert_rows(session, view, slot, &versions).await?;
        insert_unique(session, view, slot).await?;
    }
    let committed = session.run("COMMIT").await;
    committed.map_err(|error| StoreError::Unknown(describe(&error)))?;
    Ok(versions)
}

/// A row from four columns: table, key, schema version, body; `first` is the first one's place.
pub(super) fn raw_row(row: &Row, first: usize) -> Result<RawRow, Error> {
    let schema_version: i64 = row.try_get(first + 2)?;
    Ok(RawRow {
        table: row.try_get(first)?,
        key: row.try_get(first + 1)?,
        schema_version: u32::try_from(schema_version).unwrap_or(u32::MAX),
        body: row.try_get(first + 3)?,
    })
}

async fn row_types(session: &mut Session) -> Result<Vec<(String, i64, String)>, Error> {
    let rows = session.query(sql::SELECT_ROW_TYPES, &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

async fn load_accounts(session: &mut Session, view: &mut View) -> Result<(), StoreError> {
    for row in session.query(sql::SELECT_ACCOUNTS, &[]).await? {
        let (account, version): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        view.set_version(account.into(), u64::try_from(version).unwrap_or_default());
    }
    Ok(())
}

/// Loads all rows. Commits may come between accounts and rows: an account's version is then lower than its
/// rows deserve, so the next look at it loads the same changes once more.
async fn load(session: &mut Session, view: &mut View) -> Result<(), StoreError> {
    load_accounts(session, view).await?;
    session.run(OPEN_ROWS).await?;
    loop {
        let rows = session.query(FETCH_ROWS, &[]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let account: String = row.try_get(0)?;
            load_row(view, &account, &raw_row(row, 1)?)?;
        }
    }
}

/// Brings the index values and the view of one row type to what the schema says today.
async fn prepare(session: &mut Session, view: &View, slot: usize) -> Result<(), StoreError> {
    let (Some(row_type), Some(table)) = (view.schema.row_type(slot), view.tables.get(slot)) else {
        return Ok(());
    };
    table.check_unique()?;
    session.execute(sql::DELETE_TABLE_UNIQUE, &[&row_type.name]).await?;
    insert_unique(session, view, slot).await?;
    let version = i64::from(row_type.version);
    let indexes = sql::index_list(row_type);
    session.execute(sql::UPSERT_ROW_TYPE, &[&row_type.name, &version, &indexes]).await?;
    session.run(&format!("CREATE OR REPLACE {}", sql::view_of(row_type))).await?;
    Ok(())
}

async fn insert_rows(
    session: &mut Session,
    view: &View,
    slot: usize,
    versions: &[(Arc<str>, u64)],
) -> Result<(), StoreError> {
    let (Some(row_type), Some(table)) = (view.schema.row_type(slot), view.tables.get(slot)) else {
        return Ok(());
    };
    let mut all: Vec<(RowKey, String)> = Vec::with_capacity(table.len());
    table.visit_rows(&mut |key, body| {
        all.push((key.clone(), body));
        Ok(())
    })?;
    for chunk in all.chunks(CHUNK_ROWS) {
        let puts: Vec<RowPut<'_>> = chunk
            .iter()
            .map(|(key, body)| RowPut {
                table: row_type.name,
                key,
                schema_version: row_type.version,
                revision: crate::view::version_in(versions, key.account()),
                body,
            })
            .collect();
        rows::write_puts(session, &puts).await?;
    }
    Ok(())
}

async fn insert_unique(session: &mut Session, view: &View, slot: usize) -> Result<(), StoreError> {
    let (Some(row_type), Some(table)) = (view.schema.row_type(slot), view.tables.get(slot)) else {
        return Ok(());
    };
    let mut all: Vec<(&'static str, String, RowKey)> = Vec::new();
    table.visit_unique(&mut |index, value, key| all.push((index, value.to_owned(), key.clone())));
    for chunk in all.chunks(CHUNK_ROWS) {
        let claims: Vec<UniqueClaim<'_>> = chunk
            .iter()
            .map(|(index, value, key)| UniqueClaim { table: row_type.name, index, value, key })
            .collect();
        if rows::write_unique(session, &[], &claims).await?.is_some() {
            return Err(StoreError::Database(format!(
                "index values of table `{}` are not unique",
                row_type.name
            )));
        }
    }
    Ok(())
}
