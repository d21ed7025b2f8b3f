//! The whole state as one JSON text, and back.
//!
//! Tables are in the order of their names, rows in the order of account and key, one on a line, so that two
//! exports can be compared by any tool:
//!
//! ```json
//! {"format":1,"tables":{
//! "iam_role":{"version":1,"rows":[
//! {"account":"000000000000","key":"admin","row":{"account":"000000000000","name":"Admin"}}
//! ]}
//! }}
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::engine::{RawRow, load_row};
use crate::error::StoreError;
use crate::row::RowKey;
use crate::schema::Schema;
use crate::view::View;

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export<'a> {
    format: u32,
    #[serde(borrow)]
    tables: BTreeMap<String, ExportTable<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportTable<'a> {
    version: u32,
    #[serde(borrow)]
    rows: Vec<ExportRow<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportRow<'a> {
    account: String,
    key: String,
    #[serde(borrow)]
    row: &'a RawValue,
}

/// The rows of `view` as JSON text.
pub(crate) fn export(view: &View) -> Result<String, StoreError> {
    let mut tables: Vec<_> = view.schema.types().iter().zip(view.tables.iter()).collect();
    tables.sort_by_key(|(row_type, _)| row_type.name);
    let mut text = format!("{{\"format\":{FORMAT},\"tables\":{{");
    let mut separator = "\n";
    for (row_type, table) in tables.into_iter().filter(|(_, table)| table.len() > 0) {
        let (name, version) = (row_type.name, row_type.version);
        // Writing to a String cannot fail.
        let _ = write!(text, "{separator}\"{name}\":{{\"version\":{version},\"rows\":[");
        separator = ",\n";
        let mut row_separator = "\n";
        table.visit_rows(&mut |key, body| {
            let (account, key) = (quoted(key.account())?, quoted(key.key())?);
            let _ = write!(
                text,
                "{row_separator}{{\"account\":{account},\"key\":{key},\"row\":{body}}}"
            );
            row_separator = ",\n";
            Ok(())
        })?;
        text.push_str("\n]}");
    }
    text.push_str("\n}}\n");
    Ok(text)
}

/// The state that an export's text describes.
pub(crate) fn import(schema: &Arc<Schema>, text: &str) -> Result<View, StoreError> {
    let export: Export<'_> =
        serde_json::from_str(text).map_err(|error| StoreError::Import(error.to_string()))?;
    if export.format != FORMAT {
        return Err(StoreError::Import(format!(
            "it has format {} and this program reads {FORMAT}",
            export.format
        )));
    }
    let mut view = View::empty(Arc::clone(schema));
    for (table, content) in export.tables {
        for row in content.rows {
            RowKey::new(&row.account, &row.key)
                .map_err(|error| StoreError::Import(error.to_string()))?;
            let raw = RawRow {
                table: table.clone(),
                key: row.key,
                schema_version: content.version,
                body: row.row.get().to_owned(),
            };
            import_row(&mut view, &row.account, &raw)
                .map_err(|error| StoreError::Import(error.to_string()))?;
        }
    }
    for table in view.tables.iter() {
        table.check_unique().map_err(|error| StoreError::Import(error.to_string()))?;
    }
    Ok(view)
}

fn import_row(view: &mut View, account: &str, raw: &RawRow) -> Result<(), StoreError> {
    let slot = view.schema.slot_named(&raw.table);
    if let Some(table) = slot.and_then(|slot| view.tables.get(slot))
        && table.has(&RowKey::joined(account, &raw.key))
    {
        let (table, key) = (&raw.table, &raw.key);
        let why = format!("row `{key}` of account `{account}` in table `{table}` is there twice");
        return Err(StoreError::Import(why));
    }
    load_row(view, account, raw)?;
    if view.version_of(account) == 0 {
        view.set_version(account.into(), 1);
    }
    Ok(())
}

fn quoted(text: &str) -> Result<String, StoreError> {
    serde_json::to_string(text).map_err(|error| StoreError::Database(error.to_string()))
}
