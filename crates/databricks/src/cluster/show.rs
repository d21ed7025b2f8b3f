//! Clusters as the API has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acl::Level;
use crate::cluster::{self, ClusterRow, State, catalogue};
use crate::fault::Fault;
use crate::operation::{Ask, Method, Operation, Read, milliseconds};
use crate::permit::{Need, is_met};

/// Clusters of a page (API reference: "maximum 100", SDK's unit); the default is as many.
const MAX_PAGE: usize = 100;

/// A cluster as it is: what was sent, with what came of it.
#[must_use]
pub fn show(row: &ClusterRow) -> Value {
    let mut out = row.spec.clone();
    let spec = row.read_spec().unwrap_or_default();
    fill_defaults(&mut out);
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("cluster_id", json!(row.id));
    put("creator_user_name", json!(row.creator));
    put("cluster_source", json!("API"));
    put("state", json!(row.state.name()));
    put("state_message", json!(""));
    put("start_time", json!(milliseconds(row.created)));
    put("last_restarted_time", json!(milliseconds(row.started)));
    put("last_state_loss_time", json!(0));
    put("default_tags", Value::Object(row.default_tags.clone()));
    put("spec", Value::Object(row.spec.clone()));
    if let Some(user) = &row.pinned_by {
        put("pinned_by_user_name", json!(user));
    }
    match &row.state {
        State::Running => {
            put("spark_context_id", json!(row.spark_context_id));
            put("jdbc_port", json!(10_000));
            put("last_activity_time", json!(milliseconds(row.active)));
            put("cluster_cores", json!(sum(row, catalogue::NodeType::cores)));
            put("cluster_memory_mb", json!(memory_mb(row)));
            if let Some(driver) = &row.driver {
                put("driver", driver.show());
            }
            if !row.workers.is_empty() {
                put("executors", row.workers.iter().map(cluster::node::Node::show).collect());
            }
            if spec.num_workers.is_none() {
                put("num_workers", json!(row.workers.len()));
            }
        }
        State::Terminated(time, reason) => {
            put("state_message", json!(reason.sentence()));
            put("terminated_time", json!(milliseconds(*time)));
            put("termination_reason", json!(reason));
        }
    }
    Value::Object(out)
}

/// What the server fills in where nobody said anything; what was said is left alone.
fn fill_defaults(out: &mut Map<String, Value>) {
    let worker = out.get("node_type_id").cloned();
    let empty = |value: Option<&Value>| value.is_none_or(|value| value.as_str() == Some(""));
    if empty(out.get("driver_node_type_id"))
        && let Some(worker) = worker
    {
        out.insert("driver_node_type_id".to_owned(), worker);
    }
    for (name, value) in [
        ("enable_elastic_disk", json!(false)),
        ("enable_local_disk_encryption", json!(false)),
        ("autotermination_minutes", json!(0)),
    ] {
        out.entry(name).or_insert(value);
    }
    if let Value::Object(aws) = out.entry("aws_attributes").or_insert_with(|| json!({})) {
        aws.entry("availability").or_insert(json!("SPOT_WITH_FALLBACK"));
        aws.entry("zone_id").or_insert(json!("auto"));
    }
}

fn sum(row: &ClusterRow, of: impl Fn(&catalogue::NodeType) -> f64) -> f64 {
    row.nodes().filter_map(|node| catalogue::node_type(&node.node_type_id)).map(of).sum()
}

fn memory_mb(row: &ClusterRow) -> i64 {
    let types = row.nodes().filter_map(|node| catalogue::node_type(&node.node_type_id));
    types.map(catalogue::NodeType::memory_mb).sum()
}

/// Shows a cluster.
#[derive(Debug, Clone, Deserialize)]
pub struct GetCluster {
    cluster_id: String,
}

impl Operation for GetCluster {
    const NAME: &'static str = "GetCluster";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &["/api/2.0/clusters/get", "/api/2.1/clusters/get"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanAttachTo)
    }
}

impl Read for GetCluster {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        Ok(show(cluster::find(ask, &self.cluster_id)?))
    }
}

/// Lists the clusters that the caller may see.
#[derive(Debug, Clone, Deserialize)]
pub struct ListClusters {
    page_size: Option<usize>,
    page_token: Option<String>,
    #[serde(default)]
    filter_by: FilterBy,
    #[serde(default)]
    sort_by: SortBy,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct FilterBy {
    #[serde(default)]
    cluster_sources: Vec<String>,
    #[serde(default)]
    cluster_states: Vec<String>,
    is_pinned: Option<bool>,
    policy_id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct SortBy {
    direction: Option<String>,
    field: Option<String>,
}

/// Clusters.
#[derive(Debug, Serialize)]
pub struct Clusters {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clusters: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_page_token: Option<String>,
}

operation! {
    ListClusters, Get ["/api/2.0/clusters/list", "/api/2.1/clusters/list"] -> Clusters, Need::Anyone
}

impl FilterBy {
    fn holds(&self, row: &ClusterRow) -> bool {
        let state = row.state.name();
        (self.cluster_states.is_empty() || self.cluster_states.iter().any(|name| name == state))
            && (self.cluster_sources.is_empty()
                || self.cluster_sources.iter().any(|name| name == "API"))
            && self.is_pinned.is_none_or(|pinned| row.pinned_by.is_some() == pinned)
            && self
                .policy_id
                .as_deref()
                .is_none_or(|id| row.spec.get("policy_id").and_then(Value::as_str) == Some(id))
    }
}

impl Read for ListClusters {
    fn read(self, ask: &Ask<'_>) -> Result<Clusters, Fault> {
        let rows = ask.view.range::<ClusterRow>(&ask.host.partition(), ..);
        let may_see = |id: &str| is_met(&Need::On(cluster::object(id), Level::CanAttachTo), ask);
        let mut found: Vec<&ClusterRow> = rows
            .map(|row| &**row)
            .filter(|row| self.filter_by.holds(row) && may_see(&row.id))
            .collect();
        if self.sort_by.field.as_deref() == Some("CLUSTER_NAME") {
            found.sort_by_key(|row| row.name().to_lowercase());
        }
        if self.sort_by.direction.as_deref() == Some("DESC") {
            found.reverse();
        }
        let size = self.page_size.filter(|size| *size > 0).unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let start: usize = match &self.page_token {
            Some(token) if !token.is_empty() => {
                token.parse().map_err(|_| Fault::invalid(format!("Invalid page token {token}.")))?
            }
            _ => 0,
        };
        let next = start.saturating_add(size);
        Ok(Clusters {
            clusters: found.iter().skip(start).take(size).map(|row| show(row)).collect(),
            next_page_token: (next < found.len()).then(|| next.to_string()),
            prev_page_token: (start > 0).then(|| start.saturating_sub(size).to_string()),
        })
    }
}
