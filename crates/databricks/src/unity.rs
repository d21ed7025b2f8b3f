//! Unity Catalog: what it reaches in S3, and by which roles. Its catalogs, schemas and tables are not modelled.
//!
//! A workspace has at most one [`metastore`], by its [`assignment`]. In it are [`storage_credential`]s, which are
//! roles, and [`external_location`]s, which are paths that a credential reaches. Whether it does is [`probe`]d in
//! S3 as the role. Who may do what is for [`access`] to say, by ownership and by [`grant`]s; where something may
//! be used, by [`binding`]s.

pub mod access;
pub mod account_credential;
pub mod assignment;
pub mod binding;
pub mod external_location;
pub mod grant;
pub mod metastore;
pub mod place;
pub mod probe;
pub mod storage_credential;
pub mod validate;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::operation::{Act, Ask};

/// The most characters of a name (API reference, "Unity Catalog object names").
pub const MAX_NAME_CHARACTERS: usize = 255;

/// Whether all workspaces of a metastore may use something, or only those that are bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Isolation {
    /// All.
    #[default]
    #[serde(rename = "ISOLATION_MODE_OPEN")]
    Open,
    /// Those that are bound.
    #[serde(rename = "ISOLATION_MODE_ISOLATED")]
    Isolated,
}

/// The metastore of the workspace that was called, by id.
///
/// # Errors
/// `METASTORE_DOES_NOT_EXIST` in a workspace without one, in the words that clients look for
/// (terraform-provider-databricks, `data_current_metastore.go`).
pub fn metastore_id(ask: &Ask<'_>) -> Result<String, Fault> {
    let workspace = ask.host.workspace_id.unwrap_or_default();
    let found = assignment::of(ask.view, &ask.host.account_id, workspace);
    found.map(|row| row.metastore_id.clone()).ok_or_else(|| {
        let text = "No metastore assigned for the current workspace.";
        Fault::new("METASTORE_DOES_NOT_EXIST", text)
    })
}

/// Refuses what cannot be a name; the text is unverified.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`
pub fn check_name(name: &str) -> Result<(), Fault> {
    let bad = |char: char| char.is_control() || matches!(char, '.' | ' ' | '/');
    if (1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) && !name.contains(bad) {
        return Ok(());
    }
    Err(Fault::invalid(format!("\"{name}\" is not a valid name")))
}

/// The key of a name in a metastore: names do not differ in letter case alone.
#[must_use]
pub fn name_key(metastore_id: &str, name: &str) -> String {
    format!("{metastore_id}/{}", name.to_lowercase())
}

/// The rows of a metastore among those of an account.
fn rows_of<'v, R: store::Row>(
    view: &'v store::View,
    account_id: &str,
    metastore_id: &str,
) -> impl Iterator<Item = &'v R> + use<'v, R> {
    // `0` follows `/`.
    let (from, to) = (format!("{metastore_id}/"), format!("{metastore_id}0"));
    view.range::<R>(account_id, from.as_str()..to.as_str()).map(|row| &**row)
}

/// Makes room for something under another name: its key there. What it was known by is gone.
fn rename<R: store::Row>(
    act: &mut Act<'_, '_>,
    known_key: &str,
    (metastore_id, name): (&str, &str),
    taken: fn(&str) -> Fault,
) -> Result<String, Fault> {
    check_name(name)?;
    let (account_id, key) = (act.host.account_id.clone(), name_key(metastore_id, name));
    if key != known_key && act.aws.tx.get::<R>(&account_id, &key).is_some() {
        return Err(taken(name));
    }
    act.tx().delete::<R>(&account_id, known_key)?;
    Ok(key)
}

/// A page of a list: at most so many from a token on, and the token of the next.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE` for a token that this server did not make, or less than no results.
pub fn page(
    name: &str,
    all: Vec<Value>,
    max_results: Option<i64>,
    token: Option<&str>,
) -> Result<Value, Fault> {
    let start: usize = match token.filter(|token| !token.is_empty()) {
        Some(token) => {
            let bad = |_| Fault::invalid(format!("Page token {token} is not valid."));
            token.parse().map_err(bad)?
        }
        None => 0,
    };
    // 0 stands for a page of the server's choice (API reference), which is all there is.
    let size = match max_results {
        Some(size) if size < 0 => {
            return Err(Fault::invalid(format!("max_results must not be negative: {size}")));
        }
        Some(size) if size > 0 => usize::try_from(size).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let more = all.len().saturating_sub(start) > size;
    let shown: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    let mut out = Map::new();
    out.insert(name.to_owned(), shown.into());
    if more {
        out.insert("next_page_token".to_owned(), start.saturating_add(size).to_string().into());
    }
    Ok(out.into())
}

/// Adds what there is to an object.
fn add(object: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(value), Some(fields)) = (value, object.as_object_mut()) {
        fields.insert(name.to_owned(), value.into());
    }
}
