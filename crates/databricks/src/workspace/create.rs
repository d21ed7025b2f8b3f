//! Making a workspace.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::aws::Session;
use crate::caller::ACCOUNT_ADMIN;
use crate::credential;
use crate::fault::Fault;
use crate::identity::{self, Kind, change};
use crate::network::{self, NetworkProblem, NetworkRow};
use crate::operation::{Act, Write};
use crate::permit::Need;
use crate::private_access;
use crate::storage_configuration;
use crate::unity::assignment;
use crate::workspace::made_network::{self, MadeNetwork};
use crate::workspace::show::Workspace;
use crate::workspace::{self, State, WorkspaceRow, checks, customer_network, root_bucket};

/// Makes a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateWorkspace {
    workspace_name: String,
    deployment_name: Option<String>,
    aws_region: Option<String>,
    credentials_id: Option<String>,
    storage_configuration_id: Option<String>,
    network_id: Option<String>,
    is_no_public_ip_enabled: Option<bool>,
    pricing_tier: Option<String>,
    #[serde(default)]
    custom_tags: BTreeMap<String, String>,
    private_access_settings_id: Option<String>,
    managed_services_customer_managed_key_id: Option<String>,
    storage_customer_managed_key_id: Option<String>,
    compute_mode: Option<String>,
    /// The workspace's id, for the one that a first start makes.
    #[serde(skip)]
    pub(crate) id: Option<u64>,
}

operation! {
    CreateWorkspace, Post ["/api/2.0/accounts/{account_id}/workspaces"] -> Workspace, Need::Admin,
    |operation| operation.check_parts()
}

impl CreateWorkspace {
    /// What a first start asks for.
    pub(crate) fn first(
        id: u64,
        name: &str,
        region: &str,
        credentials_id: String,
        storage_configuration_id: String,
    ) -> Self {
        Self {
            workspace_name: name.to_owned(),
            deployment_name: None,
            aws_region: Some(region.to_owned()),
            credentials_id: Some(credentials_id),
            storage_configuration_id: Some(storage_configuration_id),
            network_id: None,
            is_no_public_ip_enabled: None,
            pricing_tier: None,
            custom_tags: BTreeMap::new(),
            private_access_settings_id: None,
            managed_services_customer_managed_key_id: None,
            storage_customer_managed_key_id: None,
            compute_mode: None,
            id: Some(id),
        }
    }

    fn check_parts(&self) -> Result<(), Fault> {
        if self.is_no_public_ip_enabled == Some(false) {
            return Err(Fault::invalid(
                "rolecall deploys workspaces with secure cluster connectivity only: leave out \
                 `is_no_public_ip_enabled` or set it to true",
            ));
        }
        if self.compute_mode.as_deref() == Some("SERVERLESS") {
            let text = "rolecall does not model serverless workspaces: leave out `compute_mode`";
            return Err(Fault::not_modelled(text));
        }
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
        let required = |name: &str, value: &Option<String>| match value {
            Some(value) if !value.is_empty() => Ok(()),
            _ => Err(Fault::malformed(format!("{name} is required"))),
        };
        required("aws_region", &self.aws_region)?;
        required("credentials_id", &self.credentials_id)?;
        required("storage_configuration_id", &self.storage_configuration_id)
    }

    fn new_row(&self, act: &mut Act<'_, '_>) -> WorkspaceRow {
        let id = self.id.or_else(|| identity::new_id(act.entropy()).parse().ok());
        let id = id.unwrap_or_default();
        let given = self.deployment_name.clone().filter(|name| !name.is_empty());
        let deployment_name = given.unwrap_or_else(|| {
            let digits = act.entropy().text(b"0123456789abcdef", 12);
            let (one, two) = digits.split_at_checked(8).unwrap_or((&digits, ""));
            format!("dbc-{one}-{two}")
        });
        let address = act.next_address.map(|address| address.to_string()).unwrap_or_default();
        WorkspaceRow {
            account_id: act.host.account_id.clone(),
            key: id.to_string(),
            id,
            name: self.workspace_name.clone(),
            deployment_name,
            aws_region: self.aws_region.clone().unwrap_or_default(),
            credentials_id: self.credentials_id.clone().unwrap_or_default(),
            storage_configuration_id: self.storage_configuration_id.clone().unwrap_or_default(),
            network_id: self.network_id.clone().filter(|id| !id.is_empty()),
            private_access_settings_id: self
                .private_access_settings_id
                .clone()
                .filter(|id| !id.is_empty()),
            pricing_tier: self.pricing_tier.clone().unwrap_or_else(|| "PREMIUM".to_owned()),
            custom_tags: self.custom_tags.clone(),
            state: State::Running,
            created: act.now(),
            address,
            network: None,
            made: None,
        }
    }
}

impl Write for CreateWorkspace {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Workspace, Fault> {
        let account_id = act.host.account_id.clone();
        let known = workspace::all(act.aws.tx, &account_id);
        if known.into_iter().any(|row| row.name == self.workspace_name) {
            let text = format!("Workspace with name {} already exists", self.workspace_name);
            return Err(Fault::exists(text));
        }
        let mut row = self.new_row(act);
        let credentials = credential::find(act.aws.tx, &account_id, &row.credentials_id)?.clone();
        let storage = &row.storage_configuration_id;
        let bucket = storage_configuration::find(act.aws.tx, &account_id, storage)?.bucket.clone();
        if let Some(id) = &row.private_access_settings_id {
            private_access::check_for(act.aws.tx, &account_id, id, &row.aws_region)?;
        }
        let network = row.network_id.as_deref();
        let network = network.map(|id| free_network(act, &account_id, id)).transpose()?;
        let session = credential::assume(act, &credentials.role_arn, &row.aws_region);
        let checked = checks::check(act, session.as_ref(), network.is_none())
            .and_then(|()| root_bucket::check(act, &bucket, &row.aws_region));
        match (checked, session) {
            (Ok(()), Ok(session)) => deploy(act, &session, &mut row, network)?,
            (Err(fault), _) => return Err(fault),
            (Ok(()), Err(fault)) => row.state = State::Failed(fault.to_string()),
        }
        let id = row.id;
        act.tx().insert(row.clone())?;
        people(act, id)?;
        assignment::assign_at_once(act, &row)?;
        Ok(Workspace::on_the_way(&row))
    }
}

/// A network that no workspace is in.
fn free_network(act: &Act<'_, '_>, account_id: &str, id: &str) -> Result<NetworkRow, Fault> {
    let network = network::find(act.aws.tx, account_id, id)?.clone();
    match network.workspace_id {
        Some(other) => {
            Err(Fault::state(format!("Network {id} is already attached to workspace {other}")))
        }
        None => Ok(network),
    }
}

/// Finds the workspace its place, or leaves it failed. That is an answer and not a refusal: the workspace is
/// there, says why it failed, and can be deleted.
pub(super) fn deploy(
    act: &mut Act<'_, '_>,
    session: &Session,
    row: &mut WorkspaceRow,
    network: Option<NetworkRow>,
) -> Result<(), Fault> {
    let placed = match network {
        Some(network) => attach(act, session, row, network)?,
        None => {
            if let Some(before) = row.made.take() {
                made_network::unmake(act, session, &before);
            }
            let mut made = MadeNetwork::default();
            let name = format!("databricks-{}", row.deployment_name);
            let placed = made_network::make(act, session, &name, &mut made);
            row.made = Some(made);
            placed.map_err(|fault| format!("Failed to create the network: {fault}"))
        }
    };
    match placed {
        Ok(placement) => {
            row.network = Some(placement);
            row.state = State::Running;
        }
        Err(message) => row.state = State::Failed(message),
    }
    Ok(())
}

fn attach(
    act: &mut Act<'_, '_>,
    session: &Session,
    row: &WorkspaceRow,
    mut network: NetworkRow,
) -> Result<Result<workspace::Placement, String>, Fault> {
    let checked = customer_network::check(act, session, &network);
    network.workspace_id = Some(row.id);
    network.errors = checked.as_ref().err().cloned().unwrap_or_default();
    let text =
        |problem: &NetworkProblem| format!("{}: {}", problem.error_type, problem.error_message);
    let placed = checked.map_err(|problems| {
        let texts: Vec<String> = problems.iter().map(text).collect();
        format!("Network validation failed. {}", texts.join("; "))
    });
    act.tx().put(network)?;
    Ok(placed)
}

/// The new workspace's groups; whoever made it and the account's admins administer it.
fn people(act: &mut Act<'_, '_>, workspace_id: u64) -> Result<(), Fault> {
    change::add_groups_of_workspace(act, workspace_id)?;
    let account_id = act.host.account_id.clone();
    let mut admins = vec![act.caller.identity.id.clone()];
    for kind in [Kind::User, Kind::ServicePrincipal] {
        let known = identity::all(act.aws.tx, &account_id, kind);
        let found = known.filter(|row| row.roles.contains(ACCOUNT_ADMIN)).map(|row| row.id.clone());
        admins.extend(found);
    }
    for id in admins {
        change::assign(act, workspace_id, &id, true)?;
    }
    Ok(())
}
