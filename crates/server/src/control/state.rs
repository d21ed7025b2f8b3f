//! The whole state as one text, and back; what IAM says of an account, into the account.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cloud::authorize::Facts;
use cloud::iam::import::{Import, Imported};
use cloud::{Caller, Fault};
use names::Entropy;
use serde_json::Value;
use store::StoreError;

use crate::clock::OsEntropy;
use crate::perform::Job;
use crate::respond::Failure;
use crate::shared::Shared;

/// The largest text that is imported, in bytes.
pub(super) const MAX_IMPORT_BYTES: usize = 256 << 20;

/// Keys of this server, which are not part of the state that people carry about.
const SERVERS_OWN: [&str; 2] = ["server_seal", "server_identity_key"];

pub(super) async fn export(State(shared): State<Arc<Shared>>) -> Response {
    let text = match shared.store.export().await {
        Ok(text) => text,
        Err(error) => return failed(&error),
    };
    match without_servers_own(&text) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The export without the server's own, again one row a line.
fn without_servers_own(text: &str) -> Result<String, serde_json::Error> {
    let export: Value = serde_json::from_str(text)?;
    let mut out = format!("{{\"format\":{},\"tables\":{{", member(&export, "format"));
    let mut separator = "\n";
    let tables = export.get("tables").and_then(Value::as_object).into_iter().flatten();
    for (name, table) in tables.filter(|(name, _)| !SERVERS_OWN.contains(&name.as_str())) {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "{separator}\"{name}\":{{\"version\":{},\"rows\":[",
            member(table, "version")
        );
        let rows = table.get("rows").and_then(Value::as_array).into_iter().flatten();
        let rows: Vec<String> = rows.map(|row| format!("\n{row}")).collect();
        out.push_str(&rows.join(","));
        out.push_str("\n]}");
        separator = ",\n";
    }
    out.push_str("\n}}\n");
    Ok(out)
}

fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

pub(super) async fn import(State(shared): State<Arc<Shared>>, text: String) -> Response {
    let refuse = |text: String| (StatusCode::BAD_REQUEST, text).into_response();
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => return refuse(format!("the file is not JSON: {error}\n")),
    };
    if value.get("tables").is_some() {
        return match shared.import(&text).await {
            Ok(()) => "the whole state was replaced\n".into_response(),
            Err(StoreError::Import(why)) => refuse(format!("nothing was imported: {why}\n")),
            Err(error) => failed(&error),
        };
    }
    let import = match Import::read(value, shared.config.account) {
        Ok(import) => import,
        Err(why) => return refuse(format!("nothing was imported: {why}\n")),
    };
    match add(&shared, import).await {
        Ok(imported) => imported.to_string().into_response(),
        Err(Failure::Service(Fault { message, .. })) => refuse(format!(
            "nothing was imported:\n{message}\ndelete what is in the way, or import into an empty account: that of \
                 `rolecall serve --ephemeral --empty`, say\n"
        )),
        Err(other) => failed(&format!("{other:?}")),
    }
}

/// Adds what IAM says of an account, as root of the server's own.
async fn add(shared: &Arc<Shared>, import: Import) -> Result<Imported, Failure> {
    let account = shared.config.account;
    let job = Job {
        facts: Facts::default(),
        moment: shared.moment(shared.config.region.clone()),
        caller: Caller::Root(account),
        shared: Arc::clone(shared),
        request_id: OsEntropy::new().uuid(),
        snapshot: shared.current(account).await?,
        before: Vec::new(),
    };
    job.write(import).await
}

fn failed(error: &impl std::fmt::Display) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
}
