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
use crate::cluster_policy::definition::Definition;
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
        let definition = Definition::read(&self.definition).map_err(|_| {
            // Databricks keeps definitions whose shape is wrong, and says so when one is used (databricks/cli
            // pull request 6492).
            Fault::invalid(format!(
                "Requests for the policy {} cannot be satisfied due to the malformed policy definition. \
                 Please contact your administrator to correct the policy definition.",
                self.id
            ))
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

/// Refuses a cluster beyond those that the policy allows a user.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check_count(ask: &Ask<'_>, policy: &ClusterPolicyRow) -> Result<(), Fault> {
    let Some(most) = policy.max_clusters_per_user else { return Ok(()) };
    let clusters = ask.view.range::<ClusterRow>(&ask.host.partition(), ..);
    let own = clusters.filter(|row| {
        row.creator == ask.caller.name()
            && row.spec.get("policy_id").and_then(Value::as_str) == Some(policy.id.as_str())
    });
    if i64::try_from(own.count()).unwrap_or(i64::MAX) < most {
        return Ok(());
    }
    let name = &policy.name;
    Err(Fault::invalid(format!(
        "The policy {name} allows {most} clusters per user, and {} has as many.",
        ask.caller.name()
    )))
}
