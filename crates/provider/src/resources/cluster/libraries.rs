//! The libraries of a cluster.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::diagnostic::Diagnostic;
use crate::resource::Failure;
use crate::resources::cluster::{KIND, schema};
use crate::resources::wait;
use crate::value::{Members, Value};

const API: &str = "/api/2.0/libraries";
/// How long an installation may take.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// The libraries of a block, as Databricks writes them.
pub(super) fn of(members: &Members) -> Vec<Json> {
    let block = schema::block();
    let Some(nested) = block.nested.iter().find(|nested| nested.name == "library") else {
        return Vec::new();
    };
    let items = members.get("library").and_then(Value::as_list).unwrap_or_default();
    let items = items.iter().filter_map(Value::as_map);
    items.map(|item| Json::Object(api::to_json(&nested.block, item))).collect()
}

/// Installs.
pub(super) fn install(client: &Client, id: &str, libraries: &[Json]) -> Result<(), Failure> {
    send(client, "install", id, libraries)
}

/// From one set of libraries to another.
pub(super) fn change(
    client: &Client,
    id: &str,
    before: &[Json],
    after: &[Json],
) -> Result<(), Failure> {
    let without = |these: &[Json], others: &[Json]| -> Vec<Json> {
        these.iter().filter(|library| !others.contains(library)).cloned().collect()
    };
    send(client, "uninstall", id, &without(before, after))?;
    send(client, "install", id, &without(after, before))
}

/// Waits until every library is installed, or fails.
pub(super) fn wait(client: &Client, id: &str) -> Result<(), Failure> {
    wait::until(TIMEOUT, "The installation of libraries", || {
        for status in statuses(client, id)? {
            let text = |name: &str| status.get(name).and_then(Json::as_str).unwrap_or_default();
            match text("status") {
                "PENDING" | "RESOLVING" | "INSTALLING" => return Ok(None),
                "FAILED" => return Err(failed(&status).into()),
                _ => {}
            }
        }
        Ok(Some(()))
    })
}

/// The libraries that are there or on their way.
pub(super) fn installed(client: &Client, id: &str) -> Result<Vec<Json>, Failure> {
    let statuses = statuses(client, id)?;
    let leaves = |status: &Map<String, Json>| {
        status.get("status").and_then(Json::as_str) == Some("UNINSTALL_ON_RESTART")
    };
    let stay = statuses.into_iter().filter(|status| !leaves(status));
    Ok(stay.filter_map(|mut status| status.remove("library")).collect())
}

fn statuses(client: &Client, id: &str) -> Result<Vec<Map<String, Json>>, Failure> {
    let answer = client.get(&format!("{API}/cluster-status"), &[("cluster_id", id)]);
    let answer = match answer {
        Err(error) if error.is_missing() => return Ok(Vec::new()),
        answer => answer.map_err(|error| KIND.cannot("read the libraries of", &error))?,
    };
    let statuses = answer.get("library_statuses").and_then(Json::as_array);
    Ok(statuses.into_iter().flatten().filter_map(|it| it.as_object().cloned()).collect())
}

fn send(client: &Client, verb: &str, id: &str, libraries: &[Json]) -> Result<(), Failure> {
    if libraries.is_empty() {
        return Ok(());
    }
    let body = json!({"cluster_id": id, "libraries": libraries});
    let sent = client.post(&format!("{API}/{verb}"), &body);
    sent.map(drop).map_err(|error| KIND.cannot(&format!("{verb} libraries on"), &error))
}

fn failed(status: &Map<String, Json>) -> Diagnostic {
    let messages = status.get("messages").and_then(Json::as_array).into_iter().flatten();
    let messages: Vec<&str> = messages.filter_map(Json::as_str).collect();
    let library = status.get("library").map(ToString::to_string).unwrap_or_default();
    Diagnostic::error("A library was not installed", format!("{library}: {}", messages.join("; ")))
}
