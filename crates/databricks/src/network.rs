//! Network configurations: customers' own VPCs. They are looked at when a workspace is made in one.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use store::View;

use crate::credential::check_name;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write, milliseconds};
use crate::permit::Need;
use crate::workspace;

/// The fewest subnets ("at least two subnets, in different availability zones", API reference).
const MIN_SUBNETS: usize = 2;
/// The most security groups ("one to five", API reference).
const MAX_SECURITY_GROUPS: usize = 5;

/// A network configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkRow {
    /// The Databricks account.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The VPC.
    pub vpc_id: String,
    /// Where nodes are put.
    pub subnet_ids: Vec<String>,
    /// What they wear.
    pub security_group_ids: Vec<String>,
    /// `PrivateLink` endpoints.
    pub vpc_endpoints: Option<VpcEndpoints>,
    /// What was found wrong when it was attached.
    pub errors: Vec<NetworkProblem>,
    /// The workspace that it is attached to.
    pub workspace_id: Option<u64>,
    /// When it was made.
    pub created: Timestamp,
}

row!(NetworkRow, "databricks_network", account_id, id);

/// `PrivateLink` endpoints, by the ids of their registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcEndpoints {
    /// For the API.
    #[serde(default)]
    pub rest_api: Vec<String>,
    /// For secure cluster connectivity.
    #[serde(default)]
    pub dataplane_relay: Vec<String>,
}

impl NetworkRow {
    /// Whether a registered endpoint is one of its own.
    #[must_use]
    pub fn uses(&self, vpc_endpoint_id: &str) -> bool {
        self.vpc_endpoints.iter().any(|endpoints| {
            let mut ids = endpoints.rest_api.iter().chain(&endpoints.dataplane_relay);
            ids.any(|id| id == vpc_endpoint_id)
        })
    }
}

/// Something that is wrong with a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkProblem {
    /// `credentials`, `vpc`, `subnet`, `securityGroup` or `networkAcl`.
    pub error_type: String,
    /// In words.
    pub error_message: String,
}

/// A network configuration as the API has it.
#[derive(Debug, Clone, Serialize)]
pub struct Network {
    network_id: String,
    network_name: String,
    account_id: String,
    vpc_id: String,
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoints: Option<VpcEndpoints>,
    vpc_status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    error_messages: Vec<NetworkProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace_id: Option<u64>,
    creation_time: i64,
}

impl Network {
    fn new(row: &NetworkRow) -> Self {
        let vpc_status = match row.workspace_id {
            _ if !row.errors.is_empty() => "BROKEN",
            Some(_) => "VALID",
            None => "UNATTACHED",
        };
        Self {
            network_id: row.id.clone(),
            network_name: row.name.clone(),
            account_id: row.account_id.clone(),
            vpc_id: row.vpc_id.clone(),
            subnet_ids: row.subnet_ids.clone(),
            security_group_ids: row.security_group_ids.clone(),
            vpc_endpoints: row.vpc_endpoints.clone(),
            vpc_status,
            error_messages: row.errors.clone(),
            workspace_id: row.workspace_id,
            creation_time: milliseconds(row.created),
        }
    }
}

/// The network configuration with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(view: &'v View, account_id: &str, id: &str) -> Result<&'v NetworkRow, Fault> {
    let row = view.get::<NetworkRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::missing(format!("Network {id} does not exist in account {account_id}"))
    })
}

/// Makes one. Nothing of it is looked at yet.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateNetwork {
    network_name: String,
    #[serde(default)]
    vpc_id: String,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    vpc_endpoints: Option<VpcEndpoints>,
}

operation! {
    CreateNetwork, Post ["/api/2.0/accounts/{account_id}/networks"] -> Network, Need::Admin,
    |operation| operation.check_parts()
}

impl CreateNetwork {
    fn check_parts(&self) -> Result<(), Fault> {
        check_name("network_name", &self.network_name)?;
        if self.vpc_id.is_empty() {
            return Err(Fault::malformed("vpc_id is required"));
        }
        if self.subnet_ids.len() < MIN_SUBNETS {
            return Err(Fault::malformed(format!("At least {MIN_SUBNETS} subnets are required")));
        }
        if !(1..=MAX_SECURITY_GROUPS).contains(&self.security_group_ids.len()) {
            let text = format!("Between 1 and {MAX_SECURITY_GROUPS} security groups are required");
            return Err(Fault::malformed(text));
        }
        Ok(())
    }
}

impl Write for CreateNetwork {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Network, Fault> {
        let account_id = act.host.account_id.clone();
        let name = &self.network_name;
        if act.aws.tx.range::<NetworkRow>(&account_id, ..).any(|row| row.name == *name) {
            return Err(Fault::exists(format!("Network with name {name} already exists")));
        }
        let row = NetworkRow {
            account_id,
            id: act.entropy().uuid(),
            name: name.clone(),
            vpc_id: self.vpc_id.clone(),
            subnet_ids: self.subnet_ids.clone(),
            security_group_ids: self.security_group_ids.clone(),
            vpc_endpoints: self.vpc_endpoints.clone(),
            errors: Vec::new(),
            workspace_id: None,
            created: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(Network::new(&row))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetNetwork {
    network_id: String,
}

operation! {
    GetNetwork, Get ["/api/2.0/accounts/{account_id}/networks/{network_id}"] -> Network, Need::Admin
}

impl Read for GetNetwork {
    fn read(self, ask: &Ask<'_>) -> Result<Network, Fault> {
        find(ask.view, &ask.host.account_id, &self.network_id).map(Network::new)
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListNetworks {}

operation! {
    ListNetworks, Get ["/api/2.0/accounts/{account_id}/networks"] -> Vec<Network>, Need::Admin
}

impl Read for ListNetworks {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<Network>, Fault> {
        let rows = ask.view.range::<NetworkRow>(&ask.host.account_id, ..);
        Ok(rows.map(|row| Network::new(row)).collect())
    }
}

/// Deletes one.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteNetwork {
    network_id: String,
}

operation! {
    DeleteNetwork,
    Delete ["/api/2.0/accounts/{account_id}/networks/{network_id}"] -> Network,
    Need::Admin
}

impl Write for DeleteNetwork {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Network, Fault> {
        let account_id = act.host.account_id.clone();
        let row = find(act.aws.tx, &account_id, &self.network_id)?.clone();
        workspace::refuse_in_use(act, "Network", &row.id, |known| {
            known.network_id.as_deref() == Some(row.id.as_str())
        })?;
        act.tx().delete::<NetworkRow>(&account_id, &row.id)?;
        Ok(Network::new(&row))
    }
}
