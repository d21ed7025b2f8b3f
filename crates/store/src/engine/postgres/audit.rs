//! Audit rows: appended, trimmed, found.

use std::sync::Arc;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error};

use super::connect::{Parameter, Session};
use crate::audit::{AuditFilter, AuditRow};
use crate::engine::sql::{self, AuditValue};

const APPEND: &str = "INSERT INTO audit (id, account, time_ms, caller, action, verdict, body) \
     SELECT id, account, time_ms, caller, action, verdict, body FROM unnest( \
     $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) \
     WITH ORDINALITY AS new (id, account, time_ms, caller, action, verdict, body, place) ORDER BY place";
/// Rows that another replica is deleting are left to it.
const TRIM: &str = "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit \
     WHERE seq <= (SELECT max(seq) FROM audit) - $1 FOR UPDATE SKIP LOCKED)";

/// Appends rows and keeps the newest `keep`.
pub(super) async fn append(
    session: &mut Session,
    rows: &[&AuditRow],
    keep: i64,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let accounts: Vec<&str> = rows.iter().map(|row| row.account.as_str()).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.time_ms).collect();
    let callers: Vec<&str> = rows.iter().map(|row| row.caller.as_str()).collect();
    let actions: Vec<&str> = rows.iter().map(|row| &*row.action).collect();
    let verdicts: Vec<&str> = rows.iter().map(|row| &*row.verdict).collect();
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    let columns: [Parameter<'_>; 7] =
        [&ids, &accounts, &times, &callers, &actions, &verdicts, &bodies];
    session.execute(APPEND, &columns).await?;
    session.execute(TRIM, &[&keep]).await?;
    Ok(())
}

/// The rows that fit, newest first.
pub(super) async fn find(
    client: &Client,
    filter: &AuditFilter,
) -> Result<Vec<Arc<AuditRow>>, Error> {
    let (query, values) = sql::audit_query(filter);
    let values: Vec<&(dyn ToSql + Sync)> = values
        .iter()
        .map(|value| match value {
            AuditValue::Text(text) => text as &(dyn ToSql + Sync),
            AuditValue::Number(number) => number,
        })
        .collect();
    let rows = client.query(&query, &values).await?;
    let row = |row: &tokio_postgres::Row| {
        let texts = [
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(3)?,
            row.try_get(4)?,
            row.try_get(5)?,
            row.try_get(6)?,
        ];
        Ok(Arc::new(sql::audit_row(row.try_get(2)?, texts)))
    };
    rows.iter().map(row).collect()
}
