//! Workspaces: the row, what their states are, and what they are found by.

pub mod assignment;
pub mod checks;
pub mod create;
pub mod customer_network;
pub mod delete;
pub mod made_network;
pub mod root_bucket;
pub mod show;
pub mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use store::View;

use crate::aws::Session;
use crate::credential;
use crate::fault::Fault;
use crate::operation::{Act, Ask};
use crate::workspace::made_network::MadeNetwork;

/// A workspace.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkspaceRow {
    /// The Databricks account.
    pub account_id: String,
    /// Its id as a key.
    pub key: String,
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The first part of its host's name at Databricks.
    pub deployment_name: String,
    /// The AWS region.
    pub aws_region: String,
    /// The credentials configuration.
    pub credentials_id: String,
    /// The storage configuration.
    pub storage_configuration_id: String,
    /// The customer's network, if it is not in one of Databricks' making.
    pub network_id: Option<String>,
    /// The private access settings.
    pub private_access_settings_id: Option<String>,
    /// The pricing tier.
    pub pricing_tier: String,
    /// Tags on everything that it launches.
    pub custom_tags: BTreeMap<String, String>,
    /// Where it is on its way.
    pub state: State,
    /// When it was made.
    pub created: Timestamp,
    /// Where it is reached: an address with a port.
    pub address: String,
    /// Where its nodes go.
    pub network: Option<Placement>,
    /// What Databricks made for it in AWS.
    pub made: Option<MadeNetwork>,
}

row!(WorkspaceRow, "databricks_workspace", account_id, key);

/// Where a workspace is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It runs.
    Running,
    /// It could not be made.
    Failed(String),
}

/// Where the nodes of a workspace go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The VPC.
    pub vpc_id: String,
    /// Subnets with their zones.
    pub subnets: Vec<Subnet>,
    /// Security groups.
    pub security_group_ids: Vec<String>,
}

/// A subnet and its zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-…`
    pub id: String,
    /// Such as `us-east-1a`.
    pub zone: String,
}

/// The workspaces of an account.
pub fn all<'v>(view: &'v View, account_id: &str) -> impl Iterator<Item = &'v Arc<WorkspaceRow>> {
    view.range::<WorkspaceRow>(account_id, ..)
}

/// The workspace with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(view: &'v View, account_id: &str, id: u64) -> Result<&'v Arc<WorkspaceRow>, Fault> {
    let row = view.get::<WorkspaceRow>(account_id, &id.to_string());
    row.ok_or_else(|| {
        Fault::missing(format!("workspace {id} does not exist in account {account_id}"))
    })
}

/// The workspace whose host was called.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST` on the account's host.
pub fn of<'a>(ask: &Ask<'a>) -> Result<&'a Arc<WorkspaceRow>, Fault> {
    find(ask.view, &ask.host.account_id, ask.host.workspace_id.unwrap_or_default())
}

/// Refuses to delete what a workspace uses.
///
/// # Errors
/// `INVALID_STATE`; the text is unverified.
pub fn refuse_in_use(
    act: &Act<'_, '_>,
    noun: &str,
    id: &str,
    uses: impl Fn(&WorkspaceRow) -> bool,
) -> Result<(), Fault> {
    let user = all(act.aws.tx, &act.host.account_id).find(|row| uses(row));
    match user {
        Some(row) => Err(Fault::state(format!(
            "{noun} {id} is in use by workspace {} and cannot be deleted",
            row.id
        ))),
        None => Ok(()),
    }
}

/// A session of a workspace's cross-account role.
///
/// # Errors
/// AWS's own, and its code for a workspace whose credentials are gone.
pub fn session(act: &mut Act<'_, '_>, workspace: &WorkspaceRow) -> Result<Session, cloud::Fault> {
    let found = credential::find(act.aws.tx, &workspace.account_id, &workspace.credentials_id);
    let role_arn = found.map(|row| row.role_arn.clone());
    let role_arn = role_arn.map_err(|fault| cloud::Fault::new("ValidationError", fault.message))?;
    credential::assume(act, &role_arn, &workspace.aws_region)
}

/// Where the nodes of a workspace go.
///
/// # Errors
/// `INVALID_STATE` for a workspace that has no network, as its making failed.
pub fn placement(workspace: &WorkspaceRow) -> Result<&Placement, Fault> {
    let missing = || {
        let text = format!("Workspace {} has no network: it was not deployed", workspace.id);
        Fault::state(text)
    };
    workspace.network.as_ref().ok_or_else(missing)
}
