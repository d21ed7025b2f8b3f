//! Instance pools: instances that wait for clusters. A cluster that borrows one dresses it in its own instance
//! profile and undresses it when it gives it back.

pub mod lend;
pub mod operations;

use std::collections::BTreeMap;
use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::View;

use crate::acl::{Object, ObjectKind};
use crate::cluster::node::Node;
use crate::fault::Fault;
use crate::operation::Ask;

/// An instance pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InstancePoolRow {
    /// The workspace.
    pub workspace: String,
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub spec: Map<String, Value>,
    /// Who made it.
    pub creator: String,
    /// The id of whoever made it, for the tags.
    pub creator_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Instances that wait, and since when.
    pub idle: Vec<(Node, Timestamp)>,
    /// How many are lent.
    pub used: usize,
    /// Why instances that should wait are not there.
    pub failure: Option<String>,
}

row!(InstancePoolRow, "databricks_instance_pool", workspace, id);

/// The part of what clients send that something follows from.
#[derive(Debug, Clone, Deserialize)]
pub struct PoolSpec {
    /// Its name.
    pub instance_pool_name: String,
    /// What its instances are.
    pub node_type_id: String,
    /// How many wait at least.
    #[serde(default)]
    pub min_idle_instances: usize,
    /// How many there are at most, lent ones included.
    pub max_capacity: Option<usize>,
    /// How long those beyond the least wait.
    #[serde(default)]
    pub idle_instance_autotermination_minutes: i64,
    /// What is AWS's.
    #[serde(default)]
    pub aws_attributes: crate::cluster::spec::AwsAttributes,
    /// Tags on its instances.
    #[serde(default)]
    pub custom_tags: BTreeMap<String, String>,
}

impl InstancePoolRow {
    /// What follows from what was asked for.
    ///
    /// # Errors
    /// `MALFORMED_REQUEST`; a stored one has been read before.
    pub fn read_spec(&self) -> Result<PoolSpec, Fault> {
        crate::lenient::decode(self.spec.clone())
    }

    /// The tags that its instances wear, beside those that were asked for ("Pool tags", Databricks guide).
    #[must_use]
    pub fn default_tags(&self) -> Map<String, Value> {
        let tags = [
            ("Vendor", "Databricks"),
            ("DatabricksInstancePoolId", self.id.as_str()),
            ("DatabricksInstancePoolCreatorId", self.creator_id.as_str()),
        ];
        tags.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }
}

/// The pool with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a Arc<InstancePoolRow>, Fault> {
    let found = get(ask.view, &ask.host.partition(), id);
    found.ok_or_else(|| Fault::missing(format!("Instance pool {id} does not exist.")))
}

/// As [`find`].
#[must_use]
pub fn get<'v>(view: &'v View, workspace: &str, id: &str) -> Option<&'v Arc<InstancePoolRow>> {
    view.get::<InstancePoolRow>(workspace, id)
}

/// A pool as permissions speak of it.
#[must_use]
pub fn object(id: &str) -> Object {
    Object::new(ObjectKind::InstancePool, id)
}
