//! Cluster policies: rules that clusters obey when they are made and changed.

pub mod definition;
pub mod enforce;
pub mod operations;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::View;

use crate::acl::{Object, ObjectKind};
use crate::cluster::ClusterRow;
use crate::cluster_policy::definition::{Definition, Unusable};
use crate::fault::Fault;
use crate::operation::Ask;

/// A cluster policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClusterPolicyRow {
    /// The workspace.
    pub workspace: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its rules, as text.
    pub definition: String,
    /// What it is for.
    pub description: Option<String>,
    /// How many clusters each user may have by it.
    pub max_clusters_per_user: Option<i64>,
    /// Libraries that its clusters get.
    pub libraries: Vec<Value>,
    /// Who made it.
    pub creator: String,
    /// When.
    pub created: Timestamp,
}

row!(ClusterPolicyRow, "databricks_cluster_policy", workspace, id);

impl ClusterPolicyRow {
    /// Puts into `fields` what the policy fixes and, with `defaults`, what it says for what nobody said, and
    /// holds the result against it.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE` with every rule that is broken.
    pub fn enforce(&self, fields: &mut Map<String, Value>, defaults: bool) -> Result<(), Fault> {
        let definition = Definition::read(&self.definition).map_err(|unusable| match unusable {
            Unusable::Pattern { path, pattern } => Fault::not_modelled(format!(
                "rolecall knows no look-around, back-references and atomic groups: write \
                 `{pattern}` of `{path}` in policy {} without them",
                self.id
            )),
            // Databricks keeps definitions whose shape is wrong, and says so when one is used (databricks/cli
            // pull request 6492).
            Unusable::Malformed { .. } => Fault::invalid(format!(
                "Requests for the policy {} cannot be satisfied due to the malformed policy definition. \
                 Please contact your administrator to correct the policy definition.",
                self.id
            )),
        })?;
        enforce::enforce(&definition, fields, defaults)
    }
}

/// The cluster policy with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a Arc<ClusterPolicyRow>, Fault> {
    let found = get(ask.view, &ask.host.partition(), id);
    found.ok_or_else(|| Fault::missing(format!("Policy {id} does not exist.")))
}

/// As [`find`].
#[must_use]
pub fn get<'v>(view: &'v View, workspace: &str, id: &str) -> Option<&'v Arc<ClusterPolicyRow>> {
    view.get::<ClusterPolicyRow>(workspace, id)
}

/// A cluster policy as permissions speak of it.
#[must_use]
pub fn object(id: &str) -> Object {
    Object::new(ObjectKind::ClusterPolicy, id)
}

/// Refuses to start a cluster of `creator` beyond those that the policy allows a user: "Max number of clusters per
/// user that can be active using this policy" (API reference).
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check_count(ask: &Ask<'_>, policy: &ClusterPolicyRow, creator: &str) -> Result<(), Fault> {
    let Some(most) = policy.max_clusters_per_user else { return Ok(()) };
    let clusters = ask.view.range::<ClusterRow>(&ask.host.partition(), ..);
    let active = clusters.filter(|row| {
        row.is_running()
            && row.creator == creator
            && row.spec.get("policy_id").and_then(Value::as_str) == Some(policy.id.as_str())
    });
    if i64::try_from(active.count()).unwrap_or(i64::MAX) < most {
        return Ok(());
    }
    let name = &policy.name;
    Err(Fault::invalid(format!(
        "The policy {name} allows {most} active clusters per user, and {creator} has as many."
    )))
}
