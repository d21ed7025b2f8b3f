//! Audit rows as one compressed block: their columns as text, each ended by a NUL, which none of them holds.

use lz4_flex::block;

use crate::audit::AuditRow;
use crate::engine::sql;
use crate::error::StoreError;
use crate::limits::{MAX_AUDIT_BODY_BYTES, MAX_KEY_BYTES, MAX_PACK_BYTES, MAX_PACK_ROWS};

/// The columns of a row.
const COLUMNS: usize = 7;
/// Bytes that a pack unpacks to, at most: one row may come after the last that left room.
const MAX_BYTES: usize = MAX_PACK_BYTES + MAX_AUDIT_BODY_BYTES + COLUMNS * MAX_KEY_BYTES;

/// Packs the first of `rows`, and says how many.
pub(super) fn pack(rows: &[&AuditRow]) -> (Vec<u8>, usize) {
    let mut text = String::with_capacity(MAX_PACK_BYTES / 2);
    let mut count = 0;
    for row in rows.iter().take(MAX_PACK_ROWS) {
        if text.len() >= MAX_PACK_BYTES {
            break;
        }
        let time = row.time_ms.to_string();
        let columns: [&str; COLUMNS] =
            [&row.id, &row.account, &time, &row.caller, &row.action, &row.verdict, &row.body];
        for column in columns {
            text.push_str(column);
            text.push('\0');
        }
        count += 1;
    }
    (block::compress_prepend_size(text.as_bytes()), count)
}

/// The rows of a pack.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<AuditRow>, StoreError> {
    let unreadable =
        |why: &dyn std::fmt::Display| StoreError::Database(format!("packed audit rows: {why}"));
    let (bytes, block) = block::uncompressed_size(packed).map_err(|error| unreadable(&error))?;
    if bytes > MAX_BYTES {
        return Err(unreadable(&format!("{bytes} bytes are more than the {MAX_BYTES} of a pack")));
    }
    let text = block::decompress(block, bytes).map_err(|error| unreadable(&error))?;
    let text = String::from_utf8(text).map_err(|error| unreadable(&error))?;
    let mut columns = text.split_terminator('\0').map(str::to_owned);
    let mut rows = Vec::new();
    while let Some(id) = columns.next() {
        let mut next = || columns.next().ok_or_else(|| unreadable(&"a row is cut off"));
        let account = next()?;
        let time_ms = next()?.parse().map_err(|error| unreadable(&error))?;
        rows.push(sql::audit_row(time_ms, [id, account, next()?, next()?, next()?, next()?]));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: usize, body: String) -> AuditRow {
        let text = |what: &str| format!("{what} {id}");
        sql::audit_row(
            i64::try_from(id).unwrap() - 1,
            [text("id"), text("account"), text("caller"), text("action"), text("verdict"), body],
        )
    }

    fn packed(rows: &[AuditRow]) -> (Vec<u8>, usize) {
        pack(&rows.iter().collect::<Vec<_>>())
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let bodies = ["", "{}", "{\"name\":\"\u{1f980} \\u0000 \\\" '\"}"];
        let rows: Vec<_> = (0..).zip(bodies).map(|(id, body)| row(id, body.to_owned())).collect();
        let (bytes, count) = packed(&rows);
        assert_eq!(count, 3);
        assert_eq!(unpack(&bytes).unwrap(), rows);
    }

    #[test]
    fn a_pack_is_bounded_by_rows_and_bytes() {
        let rows: Vec<_> = (0..=MAX_PACK_ROWS).map(|id| row(id, String::new())).collect();
        let (bytes, count) = packed(&rows);
        assert_eq!((count, unpack(&bytes).unwrap().len()), (MAX_PACK_ROWS, MAX_PACK_ROWS));

        let large: Vec<_> = (0..9).map(|id| row(id, "x".repeat(MAX_AUDIT_BODY_BYTES))).collect();
        let (bytes, count) = packed(&large);
        assert_eq!(count, MAX_PACK_BYTES.div_ceil(MAX_AUDIT_BODY_BYTES));
        assert_eq!(unpack(&bytes).unwrap(), large[..count]);
    }

    #[test]
    fn many_rows_that_are_alike_take_little_room() {
        let body =
            r#"{"demands":[{"action":"iam:GetRole","decision":"Allowed"}],"sourceIp":"127.0.0.1"}"#;
        let rows: Vec<_> = (0..MAX_PACK_ROWS).map(|id| row(id, body.to_owned())).collect();
        let plain: usize = rows.iter().map(|row| row.id.len() + row.body.len()).sum();
        assert!(packed(&rows).0.len() < plain / 2);
    }

    #[test]
    fn what_is_no_pack_is_an_error() {
        let (good, _) = packed(&[row(1, "{}".to_owned())]);
        let cut_off = block::compress_prepend_size(b"id\0account\0");
        let no_time = block::compress_prepend_size(b"id\0account\0now\0c\0a\0v\0b\0");
        let no_text = block::compress_prepend_size(b"\xff\0");
        let huge = [&u32::MAX.to_le_bytes()[..], &good[4..]].concat();
        for bytes in [&good[..2], &good[..good.len() - 1], &cut_off, &no_time, &no_text, &huge] {
            let error = unpack(bytes).unwrap_err();
            assert!(error.to_string().contains("packed audit rows"), "{error}");
        }
    }
}
