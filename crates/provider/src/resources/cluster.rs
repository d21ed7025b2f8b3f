//! `databricks_cluster`: made and waited for, resized or edited, pinned, with its libraries.

mod libraries;
mod schema;

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::aws::Environment;
use crate::client::{ApiError, Client};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::resource::{Failure, Resource, block, flag, some_text, text};
use crate::resources::crud::Kind;
use crate::resources::{arn, instance_profile, termination, timeouts, wait, zone};
use crate::schema::Block;
use crate::value::{Members, Value};

const API: &str = "/api/2.1/clusters";
const KIND: Kind = Kind { called: "cluster", id: "cluster_id" };
/// How long a cluster may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How long an edit waits for a cluster that is between two states.
const EDIT_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// What a request to Databricks does not hold.
const OURS: [&str; 3] = ["is_pinned", "no_wait", "library"];

/// The resource.
pub(super) struct Cluster;

impl Resource for Cluster {
    fn name(&self) -> &'static str {
        "databricks_cluster"
    }

    fn schema(&self) -> Block {
        schema::block()
    }

    fn version(&self) -> i64 {
        4
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if let Some(aws) = block(config, "aws_attributes") {
            arn::check_profile(aws, "instance_profile_arn", found);
        }
        timeouts::check(config, found);
        let given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
        if given("num_workers") && block(config, "autoscale").is_some() {
            let detail = "A cluster has a number of workers or scales by itself: leave `num_workers` or \
                          `autoscale` out.";
            found.error_at("num_workers", "The size is given twice", detail);
        }
        if !given("node_type_id") && !given("instance_pool_id") && !given("policy_id") {
            let detail =
                "Give `node_type_id`, or an `instance_pool_id`, or a policy that sets one of them.";
            found.add(Diagnostic::warning("The cluster has no type of node", detail));
        }
    }

    fn plan(&self, plan: &mut Plan, _: &mut Diagnostics) {
        // A pool decides on the types of its nodes; a policy may.
        for name in ["node_type_id", "driver_node_type_id", "driver_instance_pool_id"] {
            let of_pool = plan.prior.as_ref().is_some_and(|prior| {
                prior.get("instance_pool_id") != plan.planned.get("instance_pool_id")
                    || prior.get("node_type_id") != plan.planned.get("node_type_id")
                        && name == "driver_node_type_id"
            });
            let given = plan.config.get(name).is_some_and(|value| !value.is_null());
            if of_pool && !given {
                plan.planned.insert(name.to_owned(), Value::Unknown);
            }
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let made = KIND.create(client, &format!("{API}/create"), self.body(planned), planned);
        let made = made.map_err(|failure| advised(client, planned, failure))?;
        let id = text(&made, "id");
        if flag(planned, "is_pinned") {
            act(client, "pin", id)?;
        }
        libraries::install(client, id, &libraries::of(planned))?;
        if !flag(planned, "no_wait") {
            let timeout = timeouts::of(planned, "create", START_TIMEOUT);
            if let Err(failure) = wait_until_running(client, id, timeout) {
                // What does not start is of no use, and would be left behind.
                let _ = act(client, "permanent-delete", id);
                return Err(failure);
            }
            libraries::wait(client, id)?;
        }
        Ok(self.read(client, &made)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let id = text(state, "id");
        let Some(answer) = get(client, id)? else { return Ok(None) };
        let mut read = Kind::state(&self.schema(), &answer, state);
        for name in OURS.into_iter().chain(["apply_policy_default_values", "idempotency_token"]) {
            read.insert(name.to_owned(), state.get(name).cloned().unwrap_or(Value::Null));
        }
        if !state.get("library").and_then(Value::as_list).unwrap_or_default().is_empty() {
            let installed = libraries::installed(client, id)?;
            let known = libraries::of(state);
            if !known.iter().all(|library| installed.contains(library)) {
                read.insert("library".to_owned(), Value::List(Vec::new()));
            }
        }
        read.insert("is_pinned".to_owned(), is_pinned(client, id)?.into());
        read.insert("no_wait".to_owned(), flag(state, "no_wait").into());
        zone::keep_auto(state, &mut read);
        read.insert("cluster_id".to_owned(), Value::text(id));
        let url = format!("{}/#setting/clusters/{id}/configuration", client.host());
        read.insert("url".to_owned(), Value::Text(url));
        // Of a cluster that scales by itself Databricks tells how many workers there are now.
        if block(&read, "autoscale").is_some() {
            read.insert("num_workers".to_owned(), Value::int(0));
        }
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let id = text(prior, "id");
        let state = get(client, id)?.and_then(|now| Some(now.get("state")?.as_str()?.to_owned()));
        let (before, after) = (self.body(prior), self.body(planned));
        if before != after {
            if only_size_differs(&before, &after) && state.as_deref() == Some("RUNNING") {
                resize(client, id, &after)?;
            } else {
                edit(client, id, after, timeouts::of(planned, "update", EDIT_TIMEOUT))?;
            }
        }
        if flag(prior, "is_pinned") != flag(planned, "is_pinned") {
            act(client, if flag(planned, "is_pinned") { "pin" } else { "unpin" }, id)?;
        }
        libraries::change(client, id, &libraries::of(prior), &libraries::of(planned))?;
        let mut state = planned.clone();
        state.insert("id".to_owned(), Value::text(id));
        Ok(self.read(client, &state)?.unwrap_or(state))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let (id, path) = (text(state, "id"), format!("{API}/permanent-delete"));
        let delete = || client.post(&path, &json!({"cluster_id": id}));
        let outcome = match delete() {
            Err(error) if error.message.contains("unpin the cluster first") => {
                act(client, "unpin", id)?;
                delete()
            }
            outcome => outcome,
        };
        match outcome {
            Err(error) if !is_gone(&error) => Err(KIND.cannot("delete", &error)),
            _ => Ok(()),
        }
    }
}

impl Cluster {
    /// What Databricks is sent.
    fn body(&self, members: &Members) -> Map<String, Json> {
        let mut body = api::to_json(&self.schema(), members);
        for name in OURS {
            body.remove(name);
        }
        // A pool has its own types of nodes, and of AWS only the instance profile can be said.
        if some_text(members, "instance_pool_id").is_some() {
            body.remove("node_type_id");
            body.remove("driver_node_type_id");
            if let Some(Json::Object(aws)) = body.get_mut("aws_attributes") {
                aws.retain(|name, _| name == "instance_profile_arn");
            }
        }
        if body.contains_key("autoscale") {
            body.remove("num_workers");
        } else {
            body.entry("num_workers").or_insert_with(|| 0.into());
        }
        body
    }
}

/// A refusal with what to do where it is about the instance profile: whoever the provider logs in as sees only those
/// that are registered and granted.
fn advised(client: &Client, planned: &Members, mut failure: Failure) -> Failure {
    let aws = block(planned, "aws_attributes");
    let Some(arn) = aws.and_then(|aws| some_text(aws, "instance_profile_arn")) else {
        return failure;
    };
    if matches!(instance_profile::registered(client, arn), Ok(None)) {
        failure.diagnostic.detail.push_str(&format!(
            "\n\nThe instance profile `{arn}` is not registered with this workspace, or not granted to whoever this \
             provider logs in as. Register it with `databricks_instance_profile` and name it by that resource's `id`, so \
             that the cluster waits for it; grant it with `databricks_group_instance_profile` or one of its kind."
        ));
    }
    failure
}

/// The cluster as it is; `None` if it is gone.
fn get(client: &Client, id: &str) -> Result<Option<Map<String, Json>>, Failure> {
    match client.get(&format!("{API}/get"), &[("cluster_id", id)]) {
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(KIND.cannot("read", &error)),
        Ok(answer) => Ok(answer.as_object().cloned()),
    }
}

/// Clusters that do not exist are told of in two ways.
fn is_gone(error: &ApiError) -> bool {
    error.is_missing()
        || error.code == "INVALID_PARAMETER_VALUE" && error.message.contains("does not exist")
}

/// `pin`, `unpin`, `permanent-delete`: with nothing but the id.
fn act(client: &Client, verb: &str, id: &str) -> Result<(), Failure> {
    let sent = client.post(&format!("{API}/{verb}"), &json!({"cluster_id": id}));
    sent.map(drop).map_err(|error| KIND.cannot(verb, &error))
}

fn is_pinned(client: &Client, id: &str) -> Result<bool, Failure> {
    let query = [("filter_by.is_pinned", "true"), ("page_size", "100")];
    let answer = client.get(&format!("{API}/list"), &query);
    let answer = answer.map_err(|error| KIND.cannot("read", &error))?;
    let clusters = answer.get("clusters").and_then(Json::as_array).into_iter().flatten();
    Ok(clusters.into_iter().any(|it| it.get("cluster_id").and_then(Json::as_str) == Some(id)))
}

fn wait_until_running(client: &Client, id: &str, timeout: Duration) -> Result<(), Failure> {
    wait::until(timeout, "The start of the cluster", || {
        let Some(cluster) = get(client, id)? else {
            let detail = format!("The cluster `{id}` was deleted while it started.");
            return Err(Diagnostic::error("The cluster is gone", detail).into());
        };
        match cluster.get("state").and_then(Json::as_str).unwrap_or_default() {
            "RUNNING" | "RESIZING" => Ok(Some(())),
            "TERMINATED" | "ERROR" | "UNKNOWN" => Err(did_not_start(&cluster, client.aws()).into()),
            _ => Ok(None),
        }
    })
}

fn did_not_start(cluster: &Map<String, Json>, aws: Option<&Environment>) -> Diagnostic {
    let message = cluster.get("state_message").and_then(Json::as_str).unwrap_or_default();
    let told = termination::told(message, cluster.get("termination_reason"), aws);
    Diagnostic::error("The cluster did not start", told)
}

fn only_size_differs(before: &Map<String, Json>, after: &Map<String, Json>) -> bool {
    let rest = |body: &Map<String, Json>| {
        let mut body = body.clone();
        body.remove("num_workers");
        body.remove("autoscale");
        body
    };
    rest(before) == rest(after)
}

fn resize(client: &Client, id: &str, body: &Map<String, Json>) -> Result<(), Failure> {
    let mut resize = Map::new();
    resize.insert("cluster_id".to_owned(), id.into());
    for name in ["num_workers", "autoscale"] {
        if let Some(value) = body.get(name) {
            resize.insert(name.to_owned(), value.clone());
        }
    }
    KIND.send(client, "resize", ("POST", &format!("{API}/resize")), resize)
}

/// Edits; a cluster that is between two states is waited for.
fn edit(
    client: &Client,
    id: &str,
    mut body: Map<String, Json>,
    timeout: Duration,
) -> Result<(), Failure> {
    body.insert("cluster_id".to_owned(), id.into());
    let body = Json::from(body);
    wait::until(timeout, "The edit of the cluster", || {
        match client.post(&format!("{API}/edit"), &body) {
            Ok(_) => Ok(Some(())),
            Err(error) if error.code == "INVALID_STATE" => Ok(None),
            Err(error) => Err(KIND.cannot("edit", &error)),
        }
    })
}
