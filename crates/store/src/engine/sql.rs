//! The SQL that both databases understand, and what is decided about it alike.

use crate::audit::{AuditFilter, AuditRow};
use crate::error::StoreError;
use crate::schema::{RowType, Schema};

/// One step of a database's history.
pub(crate) struct Migration {
    pub(crate) title: &'static str,
    pub(crate) sql: &'static str,
}

pub(crate) const CREATE_MIGRATION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, title TEXT NOT NULL)";
pub(crate) const SELECT_MIGRATION: &str = "SELECT coalesce(max(number), 0) FROM migration";
pub(crate) const INSERT_MIGRATION: &str = "INSERT INTO migration (number, title) VALUES ($1, $2)";

pub(crate) const SELECT_ACCOUNTS: &str = "SELECT account, version FROM account";
pub(crate) const SELECT_ROWS: &str =
    "SELECT account, table_name, key, schema_version, body FROM stored_row";
pub(crate) const SELECT_ROW_TYPES: &str = "SELECT name, version, indexes FROM row_type";
pub(crate) const UPSERT_ROW_TYPE: &str = "INSERT INTO row_type (name, version, indexes) VALUES ($1, $2, $3) \
     ON CONFLICT (name) DO UPDATE SET version = excluded.version, indexes = excluded.indexes";

/// What follows the values of an insert that may also replace.
pub(crate) const ELSE_UPDATE_ROW: &str = "ON CONFLICT (table_name, account, key) DO UPDATE SET \
     schema_version = excluded.schema_version, revision = excluded.revision, body = excluded.body";

pub(crate) const DELETE_TABLE_UNIQUE: &str = "DELETE FROM unique_value WHERE table_name = $1";
pub(crate) const DELETE_ALL_ROWS: &str = "DELETE FROM stored_row";
pub(crate) const DELETE_ALL_UNIQUE: &str = "DELETE FROM unique_value";
pub(crate) const DELETE_ALL_AUDIT: &str = "DELETE FROM audit";

pub(crate) const AUDIT_COLUMNS: &str = "id, account, time_ms, caller, action, verdict, body";

/// A value of an audit query.
pub(crate) enum AuditValue {
    Text(String),
    Number(i64),
}

/// How many of `migrations` the database, which has had `found`, has seen.
pub(crate) fn pending(
    migrations: &'static [Migration],
    found: i64,
) -> Result<impl Iterator<Item = (i64, &'static Migration)>, StoreError> {
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    Ok((1..).zip(migrations).filter(move |(number, _)| *number > found))
}

/// A row type's indexes as the database remembers them.
pub(crate) fn index_list(row_type: &RowType) -> String {
    row_type.indexes.join(" ")
}

/// The slots whose index values the database does not have as this schema computes them.
/// `known` has the name, version and indexes of each row type that the database has seen.
pub(crate) fn outdated(schema: &Schema, known: &[(String, i64, String)]) -> Vec<usize> {
    let is_known = |row_type: &RowType| {
        known.iter().any(|(name, version, indexes)| {
            name == row_type.name
                && *version == i64::from(row_type.version)
                && *indexes == index_list(row_type)
        })
    };
    let slots = schema.types().iter().enumerate();
    slots.filter(|(_, row_type)| !is_known(row_type)).map(|(slot, _)| slot).collect()
}

/// The view that shows one row type's rows to people. Table names need no quotes: they were checked.
pub(crate) fn view_of(row_type: &RowType) -> String {
    let name = row_type.name;
    format!(
        "VIEW {name} AS SELECT account, key, schema_version, revision, body \
         FROM stored_row WHERE table_name = '{name}'"
    )
}

/// The query for audit rows, newest first, with its values in the order of their first use.
pub(crate) fn audit_query(filter: &AuditFilter) -> (String, Vec<AuditValue>) {
    let mut values = Vec::new();
    let mut tests = Vec::new();
    let texts = [
        ("id", &filter.id),
        ("account", &filter.account),
        ("caller", &filter.caller),
        ("action", &filter.action),
        ("verdict", &filter.verdict),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            values.push(AuditValue::Text(text.clone()));
            tests.push(format!("{column} = ${}", values.len()));
        }
    }
    for (test, number) in [("time_ms >=", filter.from_ms), ("time_ms <", filter.until_ms)] {
        if let Some(number) = number {
            values.push(AuditValue::Number(number));
            tests.push(format!("{test} ${}", values.len()));
        }
    }
    let tests = if tests.is_empty() { "true".to_owned() } else { tests.join(" AND ") };
    let query = format!(
        "SELECT {AUDIT_COLUMNS} FROM audit WHERE {tests} ORDER BY seq DESC LIMIT {} OFFSET {}",
        filter.page(),
        filter.skip
    );
    (query, values)
}

/// An audit row from its columns.
pub(crate) fn audit_row(
    time_ms: i64,
    [id, account, caller, action, verdict, body]: [String; 6],
) -> AuditRow {
    let (account, action) = (account.into(), action.into());
    AuditRow { id, account, time_ms, caller, action, verdict: verdict.into(), body }
}
