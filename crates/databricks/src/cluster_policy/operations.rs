//! `/api/2.0/policies/clusters/…`

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::acl::{self, Level};
use crate::cluster_policy::definition::check_text;
use crate::cluster_policy::{self, ClusterPolicyRow};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write, milliseconds};
use crate::permit::{Need, is_met};

/// The most libraries of a policy ("The maximum number of libraries is 500", API reference).
const MAX_LIBRARIES: usize = 500;

/// What makes and changes a policy.
#[derive(Debug, Clone, Deserialize)]
struct Sent {
    policy_id: Option<String>,
    name: Option<String>,
    definition: Option<String>,
    description: Option<String>,
    max_clusters_per_user: Option<i64>,
    #[serde(default)]
    libraries: Vec<Value>,
    policy_family_id: Option<String>,
}

impl Sent {
    fn check(&self) -> Result<(), Fault> {
        if self.policy_family_id.as_ref().is_some_and(|id| !id.is_empty()) {
            let text = "rolecall knows no policy families: give a `definition` instead of \
                        `policy_family_id`";
            return Err(Fault::not_modelled(text));
        }
        // As users report it (terraform-provider-databricks issue 3545).
        if self.max_clusters_per_user.is_some_and(|most| most < 1) {
            return Err(Fault::invalid("max_clusters_per_user must be greater than 0"));
        }
        if self.libraries.len() > MAX_LIBRARIES {
            let text = format!("A policy has at most {MAX_LIBRARIES} libraries.");
            return Err(Fault::invalid(text));
        }
        check_text(self.definition.as_deref().unwrap_or_default())
    }

    fn name(&self) -> Result<&str, Fault> {
        match self.name.as_deref().map(str::trim) {
            Some(name) if (1..=100).contains(&name.chars().count()) => Ok(name),
            Some(_) => Err(Fault::invalid("Policy names have between 1 and 100 characters.")),
            None => Err(Fault::invalid("Missing required field: name")),
        }
    }
}

/// Names are unique; the text is unverified.
fn check_unique(act: &Act<'_, '_>, name: &str, but: Option<&str>) -> Result<(), Fault> {
    let rows = act.aws.tx.range::<ClusterPolicyRow>(&act.host.partition(), ..);
    let taken = rows.into_iter().any(|row| row.name == name && Some(row.id.as_str()) != but);
    if taken {
        return Err(Fault::invalid(format!("Policy with name {name} already exists.")));
    }
    Ok(())
}

/// Makes a policy.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateClusterPolicy(Sent);

/// Its id.
#[derive(Debug, Serialize)]
pub struct CreatedPolicy {
    policy_id: String,
}

operation! {
    CreateClusterPolicy, Post ["/api/2.0/policies/clusters/create"] -> CreatedPolicy, Need::Admin,
    |operation| operation.0.check()
}

impl Write for CreateClusterPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedPolicy, Fault> {
        let Self(sent) = self;
        let name = sent.name()?.to_owned();
        check_unique(act, &name, None)?;
        let id = act.entropy().text(b"0123456789ABCDEF", 16);
        let row = ClusterPolicyRow {
            workspace: act.host.partition(),
            id: id.clone(),
            name,
            definition: sent.definition.clone().unwrap_or_default(),
            description: sent.description.clone(),
            max_clusters_per_user: sent.max_clusters_per_user,
            libraries: sent.libraries.clone(),
            creator: act.caller.name().to_owned(),
            created: act.now(),
        };
        act.tx().insert(row)?;
        Ok(CreatedPolicy { policy_id: id })
    }
}

/// Replaces a policy. Clusters that are there are held against it when they are changed next.
#[derive(Debug, Clone, Deserialize)]
pub struct EditClusterPolicy(Sent);

operation! {
    EditClusterPolicy, Post ["/api/2.0/policies/clusters/edit"] -> Empty, Need::Admin,
    |operation| operation.0.check()
}

impl Write for EditClusterPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let Self(sent) = self;
        let id = sent.policy_id.as_deref().unwrap_or_default();
        let known = ClusterPolicyRow::clone(cluster_policy::find(&act.ask(), id)?);
        let name = sent.name()?.to_owned();
        check_unique(act, &name, Some(id))?;
        act.tx().put(ClusterPolicyRow {
            name,
            definition: sent.definition.clone().unwrap_or_default(),
            description: sent.description.clone(),
            max_clusters_per_user: sent.max_clusters_per_user,
            libraries: sent.libraries.clone(),
            ..known
        })?;
        Ok(Empty {})
    }
}

/// Deletes a policy. Clusters that were made by it go on.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteClusterPolicy {
    policy_id: String,
}

operation! {
    DeleteClusterPolicy, Post ["/api/2.0/policies/clusters/delete"] -> Empty, Need::Admin
}

impl Write for DeleteClusterPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        cluster_policy::find(&act.ask(), &self.policy_id)?;
        acl::forget(act, &cluster_policy::object(&self.policy_id))?;
        let workspace = act.host.partition();
        act.tx().delete::<ClusterPolicyRow>(&workspace, &self.policy_id)?;
        Ok(Empty {})
    }
}

/// A policy as the API has it.
#[derive(Debug, Serialize)]
pub struct Policy {
    policy_id: String,
    name: String,
    definition: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_clusters_per_user: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    libraries: Vec<Value>,
    creator_user_name: String,
    created_at_timestamp: i64,
    is_default: bool,
}

impl Policy {
    fn new(row: &ClusterPolicyRow) -> Self {
        Self {
            policy_id: row.id.clone(),
            name: row.name.clone(),
            definition: row.definition.clone(),
            description: row.description.clone(),
            max_clusters_per_user: row.max_clusters_per_user,
            libraries: row.libraries.clone(),
            creator_user_name: row.creator.clone(),
            created_at_timestamp: milliseconds(row.created),
            is_default: false,
        }
    }
}

/// Shows a policy.
#[derive(Debug, Clone, Deserialize)]
pub struct GetClusterPolicy {
    policy_id: String,
}

impl Operation for GetClusterPolicy {
    const NAME: &'static str = "GetClusterPolicy";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &["/api/2.0/policies/clusters/get"];
    type Output = Policy;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster_policy::find(ask, &self.policy_id)?;
        Ok(Need::On(cluster_policy::object(&self.policy_id), Level::CanUse))
    }
}

impl Read for GetClusterPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<Policy, Fault> {
        cluster_policy::find(ask, &self.policy_id).map(|row| Policy::new(row))
    }
}

/// Lists the policies that the caller may use.
#[derive(Debug, Clone, Deserialize)]
pub struct ListClusterPolicies {
    sort_column: Option<String>,
    sort_order: Option<String>,
}

/// Policies.
#[derive(Debug, Serialize)]
pub struct Policies {
    policies: Vec<Policy>,
    total_count: usize,
}

operation! {
    ListClusterPolicies, Get ["/api/2.0/policies/clusters/list"] -> Policies, Need::Anyone
}

impl Read for ListClusterPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<Policies, Fault> {
        let rows = ask.view.range::<ClusterPolicyRow>(&ask.host.partition(), ..);
        let usable = |id: &str| is_met(&Need::On(cluster_policy::object(id), Level::CanUse), ask);
        let mut rows: Vec<&ClusterPolicyRow> =
            rows.map(|row| &**row).filter(|row| usable(&row.id)).collect();
        match self.sort_column.as_deref() {
            Some("POLICY_NAME") => rows.sort_by(|one, other| one.name.cmp(&other.name)),
            _ => rows.sort_by_key(|row| row.created),
        }
        if self.sort_order.as_deref() == Some("DESC") {
            rows.reverse();
        }
        let policies: Vec<Policy> = rows.into_iter().map(Policy::new).collect();
        Ok(Policies { total_count: policies.len(), policies })
    }
}
