//! Workspaces as the API has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::operation::{Ask, Read, milliseconds};
use crate::permit::Need;
use crate::workspace::{self, State, WorkspaceRow};

/// A workspace.
#[derive(Debug, Clone, Serialize)]
pub struct Workspace {
    workspace_id: u64,
    workspace_name: String,
    account_id: String,
    deployment_name: String,
    aws_region: String,
    credentials_id: String,
    storage_configuration_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_access_settings_id: Option<String>,
    is_no_public_ip_enabled: bool,
    pricing_tier: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_tags: BTreeMap<String, String>,
    workspace_status: &'static str,
    workspace_status_message: String,
    workspace_url: String,
    compute_mode: &'static str,
    creation_time: i64,
}

impl Workspace {
    /// As it is.
    #[must_use]
    pub fn new(row: &WorkspaceRow) -> Self {
        let (status, message) = match &row.state {
            State::Running => ("RUNNING", "Workspace is running."),
            State::Failed(message) => ("FAILED", message.as_str()),
        };
        Self {
            workspace_id: row.id,
            workspace_name: row.name.clone(),
            account_id: row.account_id.clone(),
            deployment_name: row.deployment_name.clone(),
            aws_region: row.aws_region.clone(),
            credentials_id: row.credentials_id.clone(),
            storage_configuration_id: row.storage_configuration_id.clone(),
            network_id: row.network_id.clone(),
            private_access_settings_id: row.private_access_settings_id.clone(),
            is_no_public_ip_enabled: true,
            pricing_tier: row.pricing_tier.clone(),
            custom_tags: row.custom_tags.clone(),
            workspace_status: status,
            workspace_status_message: message.to_owned(),
            workspace_url: format!("http://{}", row.address),
            compute_mode: "HYBRID",
            creation_time: milliseconds(row.created),
        }
    }

    /// As whoever made or changed it is answered: it gets there before the next question.
    #[must_use]
    pub fn on_the_way(row: &WorkspaceRow) -> Self {
        Self {
            workspace_status: "PROVISIONING",
            workspace_status_message: "Workspace resources are being set up.".to_owned(),
            ..Self::new(row)
        }
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetWorkspace {
    workspace_id: u64,
}

operation! {
    GetWorkspace,
    Get ["/api/2.0/accounts/{account_id}/workspaces/{workspace_id}"] -> Workspace,
    Need::Admin
}

impl Read for GetWorkspace {
    fn read(self, ask: &Ask<'_>) -> Result<Workspace, Fault> {
        workspace::find(ask.view, &ask.host.account_id, self.workspace_id)
            .map(|row| Workspace::new(row))
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListWorkspaces {}

operation! {
    ListWorkspaces, Get ["/api/2.0/accounts/{account_id}/workspaces"] -> Vec<Workspace>, Need::Admin
}

impl Read for ListWorkspaces {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<Workspace>, Fault> {
        let rows = workspace::all(ask.view, &ask.host.account_id);
        Ok(rows.map(|row| Workspace::new(row)).collect())
    }
}
