//! Writing rows and index values, each with a statement that is prepared once.

use std::sync::Arc;

use rusqlite::{Transaction, params};

use super::file::load_accounts;
use crate::engine::{Commit, sql};
use crate::error::StoreError;
use crate::view::{View, version_in};

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

/// Writes the rows, index values and account versions of a commit.
pub(super) fn write_rows(
    transaction: &Transaction<'_>,
    commit: &Commit<'_>,
) -> Result<(), StoreError> {
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

/// Replaces all rows and index values by those of `view`. Gives each account's new version.
pub(super) fn replace_all(
    transaction: &Transaction<'_>,
    view: &View,
) -> Result<Vec<(Arc<str>, u64)>, StoreError> {
    let mut before = View::empty(Arc::clone(&view.schema));
    load_accounts(transaction, &mut before)?;
    for delete in [sql::DELETE_ALL_ROWS, sql::DELETE_ALL_UNIQUE] {
        transaction.execute(delete, [])?;
    }
    let versions = view.versions_after(&before);
    for (account, version) in &versions {
        transaction.execute(UPSERT_ACCOUNT, params![account, number(*version)])?;
    }
    insert_all(transaction, view, &versions)?;
    Ok(versions)
}

/// Writes all rows and index values of `view`, each row at its account's version.
fn insert_all(
    transaction: &Transaction<'_>,
    view: &View,
    versions: &[(Arc<str>, u64)],
) -> Result<(), StoreError> {
    for (slot, (row_type, table)) in view.schema.types().iter().zip(view.tables.iter()).enumerate()
    {
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
pub(super) fn insert_unique(
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
