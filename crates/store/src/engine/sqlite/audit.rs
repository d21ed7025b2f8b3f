//! The audit in the file: each row by itself, or, when many come at once, packed by the hundreds.
//!
//! A busy server writes more rows a second than are kept for long. Each by itself costs an insert, its share of
//! pages in the log and in the file, and a delete soon after. So while it is busy rows are packed; most packs are
//! dropped as they are, and those that are still wanted when the server has time are made rows of.

use rusqlite::{OptionalExtension, Transaction, params};

use super::pack;
use crate::audit::AuditRow;
use crate::engine::sql;
use crate::error::StoreError;
use crate::limits::PACKED_AUDIT_ROWS;

const LAST_SEQ: &str = "SELECT max(coalesce((SELECT max(seq) FROM audit), 0), \
     coalesce((SELECT max(last_seq) FROM audit_pack), 0))";
const IS_PACKED: &str = "SELECT EXISTS (SELECT 1 FROM audit_pack)";
const INSERT: &str = "INSERT INTO audit \
     (seq, id, account, time_ms, caller, action, verdict, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const TRIM: &str = "DELETE FROM audit WHERE seq <= $1";
const INSERT_PACK: &str = "INSERT INTO audit_pack (last_seq, rows) VALUES ($1, $2)";
const TRIM_PACKS: &str = "DELETE FROM audit_pack WHERE last_seq <= $1";
const OLDEST_PACK: &str = "SELECT last_seq, rows FROM audit_pack ORDER BY last_seq LIMIT 1";
const DELETE_ALL_PACKS: &str = "DELETE FROM audit_pack";

/// What the file has of the audit.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    /// How many rows to keep.
    bound: i64,
    /// The number of the newest row. Rows are numbered without gaps.
    last: i64,
    /// Some rows are packed.
    pub(super) is_packed: bool,
}

impl Kept {
    /// What the file has, of which the newest `bound` rows are to be kept.
    pub(super) fn find(transaction: &Transaction<'_>, bound: u64) -> Result<Self, StoreError> {
        Ok(Self {
            bound: i64::try_from(bound).unwrap_or(i64::MAX),
            last: transaction.query_row(LAST_SEQ, [], |row| row.get(0))?,
            is_packed: transaction.query_row(IS_PACKED, [], |row| row.get(0))?,
        })
    }

    /// Appends rows, and drops the oldest.
    pub(super) fn append(
        &mut self,
        transaction: &Transaction<'_>,
        rows: &[&AuditRow],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        if rows.len() < PACKED_AUDIT_ROWS {
            let first = self.last + 1;
            insert(transaction, (first..).zip(rows.iter().copied()))?;
            self.last += number(rows.len());
        } else {
            self.append_packed(transaction, rows)?;
        }
        self.trim(transaction)
    }

    fn append_packed(
        &mut self,
        transaction: &Transaction<'_>,
        rows: &[&AuditRow],
    ) -> Result<(), StoreError> {
        let mut insert_pack = transaction.prepare_cached(INSERT_PACK)?;
        let mut left = rows;
        while !left.is_empty() {
            let (packed, count) = pack::pack(left);
            left = left.get(count..).unwrap_or_default();
            self.last += number(count);
            insert_pack.execute(params![self.last, packed])?;
        }
        self.is_packed = true;
        Ok(())
    }

    fn trim(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let dropped = self.last.saturating_sub(self.bound);
        transaction.prepare_cached(TRIM)?.execute([dropped])?;
        if self.is_packed {
            transaction.prepare_cached(TRIM_PACKS)?.execute([dropped])?;
        }
        Ok(())
    }

    /// Makes rows of the oldest pack.
    pub(super) fn unpack(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let mut oldest = transaction.prepare_cached(OLDEST_PACK)?;
        let found: Option<(i64, Vec<u8>)> =
            oldest.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((last, packed)) = found {
            let rows = pack::unpack(&packed)?;
            let first = last - number(rows.len()) + 1;
            insert(transaction, (first..).zip(&rows))?;
            transaction.prepare_cached(TRIM_PACKS)?.execute([last])?;
        }
        self.is_packed = transaction.query_row(IS_PACKED, [], |row| row.get(0))?;
        // Of a pack that was partly too old there are rows now.
        self.trim(transaction)
    }

    /// Drops all rows.
    pub(super) fn forget(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        transaction.execute(sql::DELETE_ALL_AUDIT, [])?;
        transaction.execute(DELETE_ALL_PACKS, [])?;
        self.is_packed = false;
        Ok(())
    }
}

fn insert<'a>(
    transaction: &Transaction<'_>,
    rows: impl Iterator<Item = (i64, &'a AuditRow)>,
) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached(INSERT)?;
    for (seq, row) in rows {
        let (account, action, verdict) = (&*row.account, &*row.action, &*row.verdict);
        insert.execute(params![
            seq,
            row.id,
            account,
            row.time_ms,
            row.caller,
            action,
            verdict,
            row.body
        ])?;
    }
    Ok(())
}

/// A count of rows as the database counts.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::engine::sqlite::file;
    use crate::limits::MAX_PACK_ROWS;

    const BOUND: u64 = 2_500;

    fn rows(count: usize) -> Vec<AuditRow> {
        let texts = || ["id", "account", "caller", "action", "allow", "{}"].map(str::to_owned);
        (0..count).map(|at| sql::audit_row(number(at), texts())).collect()
    }

    fn count(connection: &Connection, table: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        connection.query_row(&query, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn rows_are_packed_while_many_come_and_unpacked_later() {
        let mut connection = Connection::open_in_memory().unwrap();
        let transaction = connection.transaction().unwrap();
        file::migrate(&transaction).unwrap();
        let mut kept = Kept::find(&transaction, BOUND).unwrap();
        let mut append = |count| {
            let rows = rows(count);
            kept.append(&transaction, &rows.iter().collect::<Vec<_>>()).unwrap();
            kept
        };
        assert!(!append(PACKED_AUDIT_ROWS - 1).is_packed);
        assert!(append(PACKED_AUDIT_ROWS).is_packed);
        append(2 * MAX_PACK_ROWS + 1);
        append(1);
        assert_eq!(count(&transaction, "audit"), 1);
        // Of the first pack three rows are still wanted.
        assert_eq!(count(&transaction, "audit_pack"), 4);

        let mut found = Kept::find(&transaction, BOUND).unwrap();
        assert!(found.is_packed);
        assert_eq!(found.last, kept.last);
        while found.is_packed {
            found.unpack(&transaction).unwrap();
        }
        assert_eq!(count(&transaction, "audit_pack"), 0);
        let seqs = "SELECT count(*), min(seq), max(seq), sum(time_ms = 0) FROM audit";
        let seqs: [i64; 4] = transaction
            .query_row(seqs, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
            .unwrap();
        assert_eq!(seqs, [2_500, kept.last - 2_499, kept.last, 2]);
    }

    #[test]
    fn all_rows_are_forgotten_but_their_numbers_go_on() {
        let mut connection = Connection::open_in_memory().unwrap();
        let transaction = connection.transaction().unwrap();
        file::migrate(&transaction).unwrap();
        let mut kept = Kept::find(&transaction, BOUND).unwrap();
        let many = rows(PACKED_AUDIT_ROWS);
        kept.append(&transaction, &many.iter().collect::<Vec<_>>()).unwrap();
        kept.append(&transaction, &[&many[0]]).unwrap();
        kept.forget(&transaction).unwrap();
        assert_eq!((count(&transaction, "audit"), count(&transaction, "audit_pack")), (0, 0));
        kept.append(&transaction, &[&many[0]]).unwrap();
        assert_eq!(Kept::find(&transaction, BOUND).unwrap().last, number(PACKED_AUDIT_ROWS) + 2);
    }
}
