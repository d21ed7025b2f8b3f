//! Writing rows, deletions and index values, each kind in one statement however many there are.

use tokio_postgres::Error;

use super::connect::{Parameter, Session};
use super::number;
use crate::engine::{RowDelete, RowPut, UniqueClaim, UniqueFree};
use crate::limits::MAX_DELETED_ROWS;

/// Deletions after which old records of deletions are cleared away.
pub(super) const DELETIONS_PER_SWEEP: usize = 1_000;

const UPSERT_ROWS: &str = "INSERT INTO stored_row \
     (table_name, account, key, schema_version, revision, body) \
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[]) \
     ON CONFLICT (table_name, account, key) DO UPDATE SET \
     schema_version = excluded.schema_version, revision = excluded.revision, body = excluded.body";
const DELETE_ROWS: &str = "DELETE FROM stored_row \
     USING unnest($1::text[], $2::text[], $3::text[]) AS gone (t, a, k) \
     WHERE table_name = gone.t AND account = gone.a AND key = gone.k";
const RECORD_DELETIONS: &str = "INSERT INTO deleted_row (table_name, account, key, revision) \
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) \
     ON CONFLICT (account, table_name, key) DO UPDATE SET revision = excluded.revision";
const FREE_VALUES: &str = "DELETE FROM unique_value \
     USING unnest($1::text[], $2::text[], $3::text[]) AS freed (t, i, v) \
     WHERE table_name = freed.t AND index_name = freed.i AND value = freed.v";
/// In the order of values, so that replicas which claim the same ones do not block each other in a circle.
const CLAIM_VALUES: &str = "INSERT INTO unique_value (table_name, index_name, value, account, key) \
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) \
     AS claim (t, i, v, a, k) ORDER BY t, i, v ON CONFLICT DO NOTHING";
const SELECT_HOLDERS: &str = "SELECT DISTINCT held.account FROM unique_value AS held \
     JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS claim (t, i, v, a, k) \
     ON table_name = claim.t AND index_name = claim.i AND value = claim.v \
     WHERE (held.account, held.key) <> (claim.a, claim.k)";
/// The newest revision whose deletions need no longer be recorded.
const SELECT_OLD_DELETION: &str = "SELECT revision FROM deleted_row WHERE account = $1 \
     ORDER BY revision DESC OFFSET $2 LIMIT 1";
const DELETE_OLD_DELETIONS: &str = "DELETE FROM deleted_row WHERE account = $1 AND revision <= $2";
const RAISE_FLOOR: &str = "UPDATE account SET floor = $2 WHERE account = $1";

/// Inserts or replaces rows.
pub(super) async fn write_puts(session: &mut Session, puts: &[RowPut<'_>]) -> Result<(), Error> {
    if puts.is_empty() {
        return Ok(());
    }
    let tables: Vec<&str> = puts.iter().map(|row| row.table).collect();
    let accounts: Vec<&str> = puts.iter().map(|row| row.key.account()).collect();
    let keys: Vec<&str> = puts.iter().map(|row| row.key.key()).collect();
    let versions: Vec<i64> = puts.iter().map(|row| i64::from(row.schema_version)).collect();
    let revisions: Vec<i64> = puts.iter().map(|row| number(row.revision)).collect();
    let bodies: Vec<&str> = puts.iter().map(|row| row.body).collect();
    session
        .execute(UPSERT_ROWS, &[&tables, &accounts, &keys, &versions, &revisions, &bodies])
        .await?;
    Ok(())
}

/// Deletes rows and records that for the other replicas.
pub(super) async fn write_deletes(
    session: &mut Session,
    deletes: &[RowDelete<'_>],
) -> Result<(), Error> {
    if deletes.is_empty() {
        return Ok(());
    }
    let tables: Vec<&str> = deletes.iter().map(|row| row.table).collect();
    let accounts: Vec<&str> = deletes.iter().map(|row| row.key.account()).collect();
    let keys: Vec<&str> = deletes.iter().map(|row| row.key.key()).collect();
    let revisions: Vec<i64> = deletes.iter().map(|row| number(row.revision)).collect();
    session.execute(DELETE_ROWS, &[&tables, &accounts, &keys]).await?;
    session.execute(RECORD_DELETIONS, &[&tables, &accounts, &keys, &revisions]).await?;
    Ok(())
}

/// Gives index values up and takes others. If some cannot be taken, gives the accounts of the rows that hold
/// them: none, if those rows let go just now.
pub(super) async fn write_unique(
    session: &mut Session,
    frees: &[UniqueFree<'_>],
    claims: &[UniqueClaim<'_>],
) -> Result<Option<Vec<String>>, Error> {
    if !frees.is_empty() {
        let tables: Vec<&str> = frees.iter().map(|unique| unique.table).collect();
        let indexes: Vec<&str> = frees.iter().map(|unique| unique.index).collect();
        let values: Vec<&str> = frees.iter().map(|unique| unique.value).collect();
        session.execute(FREE_VALUES, &[&tables, &indexes, &values]).await?;
    }
    if claims.is_empty() {
        return Ok(None);
    }
    let tables: Vec<&str> = claims.iter().map(|unique| unique.table).collect();
    let indexes: Vec<&str> = claims.iter().map(|unique| unique.index).collect();
    let values: Vec<&str> = claims.iter().map(|unique| unique.value).collect();
    let accounts: Vec<&str> = claims.iter().map(|unique| unique.key.account()).collect();
    let keys: Vec<&str> = claims.iter().map(|unique| unique.key.key()).collect();
    let claim: [Parameter<'_>; 5] = [&tables, &indexes, &values, &accounts, &keys];
    let taken = session.execute(CLAIM_VALUES, &claim).await?;
    if usize::try_from(taken) == Ok(claims.len()) {
        return Ok(None);
    }
    let rows = session.query(SELECT_HOLDERS, &claim).await?;
    rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map(Some)
}

/// Keeps the newest records of deletions only. Who knows less than they reach back loads the account whole.
pub(super) async fn forget_deletions(session: &mut Session, account: &str) -> Result<(), Error> {
    let old = session.query(SELECT_OLD_DELETION, &[&account, &MAX_DELETED_ROWS]).await?;
    let Some(row) = old.first() else { return Ok(()) };
    let revision: i64 = row.try_get(0)?;
    session.execute(DELETE_OLD_DELETIONS, &[&account, &revision]).await?;
    session.execute(RAISE_FLOOR, &[&account, &revision]).await?;
    Ok(())
}
