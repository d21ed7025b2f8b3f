//! Changing a workspace: a failed one can be tried again with other credentials or another network.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::credential;
use crate::fault::Fault;
use crate::network;
use crate::operation::{Act, Write};
use crate::permit::Need;
use crate::private_access;
use crate::storage_configuration;
use crate::workspace::create::deploy;
use crate::workspace::show::Workspace;
use crate::workspace::{self, State, checks};

/// Changes a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateWorkspace {
    workspace_id: u64,
    aws_region: Option<String>,
    credentials_id: Option<String>,
    network_id: Option<String>,
    private_access_settings_id: Option<String>,
    storage_configuration_id: Option<String>,
    custom_tags: Option<BTreeMap<String, String>>,
    managed_services_customer_managed_key_id: Option<String>,
    storage_customer_managed_key_id: Option<String>,
    #[serde(alias = "customer_facing_workspace")]
    workspace: Option<Box<Inner>>,
}

/// What newer clients wrap the changes in.
#[derive(Debug, Clone, Deserialize)]
struct Inner {
    credentials_id: Option<String>,
    network_id: Option<String>,
    custom_tags: Option<BTreeMap<String, String>>,
}

operation! {
    UpdateWorkspace,
    Patch ["/api/2.0/accounts/{account_id}/workspaces/{workspace_id}"] -> Workspace,
    Need::Admin,
    |operation| operation.check_parts()
}

impl UpdateWorkspace {
    fn check_parts(&self) -> Result<(), Fault> {
        for (name, value) in [
            ("storage_customer_managed_key_id", &self.storage_customer_managed_key_id),
            (
                "managed_services_customer_managed_key_id",
                &self.managed_services_customer_managed_key_id,
            ),
        ] {
            if value.as_ref().is_some_and(|value| !value.is_empty()) {
                let text =
                    format!("rolecall does not model customer-managed keys: leave out `{name}`");
                return Err(Fault::not_modelled(text));
            }
        }
        Ok(())
    }
}

impl Write for UpdateWorkspace {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Workspace, Fault> {
        let account_id = act.host.account_id.clone();
        let found = workspace::find(act.aws.tx, &account_id, self.workspace_id)?;
        let mut row = workspace::WorkspaceRow::clone(found);
        let inner = self.workspace.as_deref();
        if let Some(region) = self.aws_region.as_ref().filter(|region| **region != row.aws_region) {
            return Err(Fault::malformed(format!("A workspace cannot move to region {region}")));
        }
        let credentials_id =
            self.credentials_id.as_ref().or(inner.and_then(|inner| inner.credentials_id.as_ref()));
        let new_credentials = credentials_id.filter(|id| **id != row.credentials_id);
        if let Some(id) = new_credentials {
            row.credentials_id.clone_from(id);
        }
        let network_id =
            self.network_id.as_ref().or(inner.and_then(|inner| inner.network_id.as_ref()));
        let new_network = network_id.filter(|id| Some(*id) != row.network_id.as_ref());
        if new_network.is_some() && row.network_id.is_none() && row.network.is_some() {
            let text =
                "A workspace in a Databricks-managed VPC cannot move to a customer-managed one";
            return Err(Fault::malformed(text));
        }
        if let Some(id) = &self.storage_configuration_id {
            storage_configuration::find(act.aws.tx, &account_id, id)?;
            row.storage_configuration_id.clone_from(id);
        }
        if let Some(id) = &self.private_access_settings_id {
            private_access::check_for(act.aws.tx, &account_id, id, &row.aws_region)?;
            row.private_access_settings_id = Some(id.clone());
        }
        let tags = self.custom_tags.as_ref().or(inner.and_then(|inner| inner.custom_tags.as_ref()));
        if let Some(tags) = tags {
            row.custom_tags.clone_from(tags);
        }
        let again = row.state != State::Running;
        if new_credentials.is_some() || new_network.is_some() || again {
            let role_arn =
                credential::find(act.aws.tx, &account_id, &row.credentials_id)?.role_arn.clone();
            let old = row.network_id.clone();
            if let Some(id) = new_network {
                row.network_id = Some(id.clone());
            }
            let session = credential::assume(act, &role_arn, &row.aws_region);
            checks::check(act, session.as_ref(), row.network_id.is_none())?;
            let network = row.network_id.as_deref();
            let network = network
                .map(|id| network::find(act.aws.tx, &account_id, id).cloned())
                .transpose()?;
            if let (Ok(session), true) = (session, new_network.is_some() || again) {
                release(act, &account_id, old.as_deref().filter(|_| new_network.is_some()))?;
                deploy(act, &session, &mut row, network)?;
            }
        }
        act.tx().put(row.clone())?;
        Ok(Workspace::on_the_way(&row))
    }
}

/// Lets go of a network.
pub(super) fn release(
    act: &mut Act<'_, '_>,
    account_id: &str,
    id: Option<&str>,
) -> Result<(), Fault> {
    let Some(id) = id else { return Ok(()) };
    if let Ok(network) = network::find(act.aws.tx, account_id, id).cloned() {
        act.tx().put(network::NetworkRow { workspace_id: None, errors: Vec::new(), ..network })?;
    }
    Ok(())
}
