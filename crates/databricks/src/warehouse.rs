//! SQL warehouses. All of a workspace share one instance profile: the workspace's configuration names it.

pub mod config;
pub mod data_source;
pub mod life;
pub mod operations;

use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::View;

use crate::acl::{Object, ObjectKind};
use crate::cluster::node::Node;
use crate::fault::Fault;
use crate::operation::Ask;

/// A warehouse.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WarehouseRow {
    /// The workspace.
    pub workspace: String,
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub spec: Map<String, Value>,
    /// Who made it.
    pub creator: String,
    /// Where it is.
    pub state: State,
    /// When it was used last.
    pub active: Timestamp,
    /// Its instances, unless it has no servers.
    pub nodes: Vec<Node>,
    /// The id of its data source.
    pub data_source_id: String,
}

row!(WarehouseRow, "databricks_warehouse", workspace, id);

/// Where a warehouse is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It runs.
    Running,
    /// It does not; if it should, this is why.
    Stopped(Option<Failure>),
}

/// Why a warehouse did not start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Code and parameters as clusters have them.
    pub reason: crate::cluster::termination::Termination,
    /// In words.
    pub message: String,
}

/// What a warehouse is to be.
#[derive(Debug, Clone, Deserialize)]
pub struct WarehouseSpec {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its size, such as `2X-Small`.
    #[serde(default)]
    pub cluster_size: String,
    /// The fewest clusters.
    pub min_num_clusters: Option<i64>,
    /// The most clusters.
    pub max_num_clusters: Option<i64>,
    /// After how many idle minutes it stops; 0 is never.
    pub auto_stop_mins: Option<i64>,
    /// `PRO` or `CLASSIC`.
    pub warehouse_type: Option<String>,
    /// Whether it has no servers in the customer's account.
    pub enable_serverless_compute: Option<bool>,
    /// `COST_OPTIMIZED` or `RELIABILITY_OPTIMIZED`.
    pub spot_instance_policy: Option<String>,
}

impl WarehouseSpec {
    /// Whether it runs in Databricks' own account.
    #[must_use]
    pub fn is_serverless(&self) -> bool {
        self.enable_serverless_compute.unwrap_or(false)
    }

    /// How many clusters it has at least: one unless somebody says otherwise (API reference).
    #[must_use]
    pub fn least_clusters(&self) -> i64 {
        self.min_num_clusters.unwrap_or(1)
    }

    /// How many it has at most: "defaults to min_clusters if unset" (API reference).
    #[must_use]
    pub fn most_clusters(&self) -> i64 {
        self.max_num_clusters.unwrap_or_else(|| self.least_clusters())
    }

    /// Its type. One without servers is `PRO`; else it is `CLASSIC` unless somebody says otherwise.
    #[must_use]
    pub fn kind(&self) -> &str {
        let usual = if self.is_serverless() { "PRO" } else { "CLASSIC" };
        self.warehouse_type.as_deref().filter(|kind| *kind != "TYPE_UNSPECIFIED").unwrap_or(usual)
    }

    /// After how many idle minutes it stops: 120 unless somebody says otherwise (API reference).
    #[must_use]
    pub fn auto_stop_minutes(&self) -> i64 {
        self.auto_stop_mins.unwrap_or(120)
    }
}

impl WarehouseRow {
    /// What it is to be.
    ///
    /// # Errors
    /// `MALFORMED_REQUEST`; a stored one has been read before.
    pub fn read_spec(&self) -> Result<WarehouseSpec, Fault> {
        crate::lenient::decode(self.spec.clone())
    }
}

/// The warehouse with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a Arc<WarehouseRow>, Fault> {
    let found = get(ask.view, &ask.host.partition(), id);
    found.ok_or_else(|| Fault::missing(format!("SQL warehouse {id} does not exist.")))
}

/// As [`find`].
#[must_use]
pub fn get<'v>(view: &'v View, workspace: &str, id: &str) -> Option<&'v Arc<WarehouseRow>> {
    view.get::<WarehouseRow>(workspace, id)
}

/// A warehouse as permissions speak of it.
#[must_use]
pub fn object(id: &str) -> Object {
    Object::new(ObjectKind::Warehouse, id)
}
