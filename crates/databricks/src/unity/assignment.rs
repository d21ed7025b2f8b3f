//! Which workspace has which metastore.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::metastore::{self, New};
use crate::unity::{self, access, grant};
use crate::workspace::{self, WorkspaceRow};

/// The catalog of names without one, unless it is said (terraform-provider-databricks,
/// `resource_metastore_assignment.go`).
const DEFAULT_CATALOG: &str = "hive_metastore";
/// What a workspace's admins hold on a metastore that it was given at once (Databricks guide, "Admin privileges in
/// Unity Catalog").
const PRIVILEGES_OF_WORKSPACE_ADMINS: [&str; 8] = [
    "CREATE_CATALOG",
    "CREATE_CONNECTION",
    "CREATE_EXTERNAL_LOCATION",
    "CREATE_PROVIDER",
    "CREATE_RECIPIENT",
    "CREATE_SERVICE_CREDENTIAL",
    "CREATE_SHARE",
    "CREATE_STORAGE_CREDENTIAL",
];

const OF_ACCOUNT: &str =
    "/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/metastores/{metastore_id}";
const OF_WORKSPACE: &str = "/api/2.1/unity-catalog/workspaces/{workspace_id}/metastore";

/// Which metastore a workspace has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignmentRow {
    /// The account.
    pub account_id: String,
    /// The workspace's id as a key.
    pub key: String,
    /// The metastore.
    pub metastore_id: String,
    /// The catalog of names without one.
    pub default_catalog_name: String,
}

row!(AssignmentRow, "databricks_metastore_assignment", account_id, key);

/// What a workspace has.
#[must_use]
pub fn of<'v>(view: &'v View, account_id: &str, workspace_id: u64) -> Option<&'v AssignmentRow> {
    view.get::<AssignmentRow>(account_id, &workspace_id.to_string()).map(|row| &**row)
}

/// The workspaces that have a metastore.
#[must_use]
pub fn workspaces_of(view: &View, account_id: &str, metastore_id: &str) -> Vec<u64> {
    let rows = view.range::<AssignmentRow>(account_id, ..);
    let of = rows.filter(|row| row.metastore_id == metastore_id);
    of.filter_map(|row| row.key.parse().ok()).collect()
}

/// Gives a new workspace the metastore of its region, and makes that if there is none, as Databricks does since
/// November 2023 (guide, "Automatic enablement of Unity Catalog"). A metastore that somebody made is given to
/// nobody by itself.
///
/// # Errors
/// A limit of the store.
pub fn assign_at_once(act: &mut Act<'_, '_>, workspace: &WorkspaceRow) -> Result<(), Fault> {
    let known = metastore::of_region(act.aws.tx, &workspace.account_id, &workspace.aws_region);
    let metastore = match known.cloned() {
        Some(known) => known,
        None => {
            let name = format!("metastore_aws_{}", workspace.aws_region.replace('-', "_"));
            let owner = access::SYSTEM_USER.to_owned();
            let region = workspace.aws_region.clone();
            metastore::make(act, New { name, region, storage_root: None, owner, automatic: true })?
        }
    };
    if !metastore.automatic {
        return Ok(());
    }
    let admins = access::workspace_admins(&workspace.name, workspace.id);
    grant::add(act, &metastore.id, &admins, &PRIVILEGES_OF_WORKSPACE_ADMINS)?;
    // Its own catalog, which is called as the workspace is.
    put(act, workspace.id, metastore.id, &workspace.name)
}

fn put(
    act: &mut Act<'_, '_>,
    workspace_id: u64,
    metastore_id: String,
    catalog: &str,
) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    Ok(act.tx().put(AssignmentRow {
        account_id,
        key: workspace_id.to_string(),
        metastore_id,
        default_catalog_name: catalog.to_owned(),
    })?)
}

/// Gives a workspace a metastore; of a catalog that is not said, the known one stays.
fn assign(
    act: &mut Act<'_, '_>,
    workspace_id: u64,
    metastore_id: Option<&str>,
    catalog: Option<&str>,
) -> Result<Empty, Fault> {
    let account_id = &act.host.account_id;
    let known = of(act.aws.tx, account_id, workspace_id).cloned();
    let known_id = known.as_ref().map(|row| row.metastore_id.as_str());
    let Some(id) = metastore_id.filter(|id| !id.is_empty()).or(known_id) else {
        return Err(Fault::invalid("Missing required field: metastore_id"));
    };
    let row = metastore::find(act.aws.tx, account_id, id)?.clone();
    let workspace = workspace::find(act.aws.tx, account_id, workspace_id)?;
    if workspace.aws_region != row.region {
        // As users report it (terraform-provider-databricks issue 2876).
        return Err(Fault::invalid(format!(
            "Workspace is not in the same region as metastore. Workspace region: {}, Metastore region: {}",
            workspace.aws_region, row.region
        )));
    }
    let known = known.map(|row| row.default_catalog_name);
    let catalog = catalog.map(str::to_owned).filter(|name| !name.is_empty()).or(known);
    put(act, workspace_id, row.id, catalog.as_deref().unwrap_or(DEFAULT_CATALOG))?;
    Ok(Empty {})
}

/// What the account's host wraps.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Info {
    metastore_id: Option<String>,
    default_catalog_name: Option<String>,
}

/// Gives a workspace a metastore, on the account's host.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateMetastoreAssignment {
    workspace_id: u64,
    metastore_id: String,
    #[serde(default)]
    metastore_assignment: Info,
}

operation! { CreateMetastoreAssignment, Post [OF_ACCOUNT] -> Empty, Need::Admin }

impl Write for CreateMetastoreAssignment {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let catalog = self.metastore_assignment.default_catalog_name.as_deref();
        assign(act, self.workspace_id, Some(&self.metastore_id), catalog)
    }
}

/// Changes a workspace's metastore, on the account's host.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateAccountMetastoreAssignment {
    workspace_id: u64,
    metastore_id: String,
    #[serde(default)]
    metastore_assignment: Info,
}

operation! { UpdateAccountMetastoreAssignment, Put [OF_ACCOUNT] -> Empty, Need::Admin }

impl Write for UpdateAccountMetastoreAssignment {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let Info { metastore_id, default_catalog_name } = &self.metastore_assignment;
        let id = metastore_id.as_deref().unwrap_or(&self.metastore_id);
        assign(act, self.workspace_id, Some(id), default_catalog_name.as_deref())
    }
}

/// Gives a workspace a metastore, on a workspace's host.
#[derive(Debug, Clone, Deserialize)]
pub struct AssignMetastore {
    workspace_id: u64,
    metastore_id: String,
    default_catalog_name: Option<String>,
}

operation! {
    AssignMetastore, Put [OF_WORKSPACE] -> Empty, Need::AccountAdmin("assign metastores")
}

impl Write for AssignMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let catalog = self.default_catalog_name.as_deref();
        assign(act, self.workspace_id, Some(&self.metastore_id), catalog)
    }
}

/// Changes a workspace's metastore, on a workspace's host.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateMetastoreAssignment {
    workspace_id: u64,
    metastore_id: Option<String>,
    default_catalog_name: Option<String>,
}

impl Operation for UpdateMetastoreAssignment {
    const NAME: &'static str = "UpdateMetastoreAssignment";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = &[OF_WORKSPACE];
    type Output = Empty;

    /// "The caller must be an account admin to update metastore_id; otherwise, the caller can be a Workspace
    /// admin" (API reference).
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let known = of(ask.view, &ask.host.account_id, self.workspace_id);
        let stays = self
            .metastore_id
            .as_ref()
            .is_none_or(|id| id.is_empty() || known.is_some_and(|row| row.metastore_id == *id));
        let own = ask.host.workspace_id == Some(self.workspace_id);
        let admin = Need::AccountAdmin("update metastore assignments");
        Ok(if stays && own { Need::AnyOf(vec![admin, Need::Admin]) } else { admin })
    }
}

impl Write for UpdateMetastoreAssignment {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let catalog = self.default_catalog_name.as_deref();
        assign(act, self.workspace_id, self.metastore_id.as_deref(), catalog)
    }
}

/// Takes a workspace's metastore away.
#[derive(Debug, Clone, Deserialize)]
pub struct UnassignMetastore {
    workspace_id: u64,
    metastore_id: Option<String>,
}

operation! {
    UnassignMetastore, Delete [OF_ACCOUNT, OF_WORKSPACE] -> Empty,
    Need::AccountAdmin("delete metastore assignments")
}

impl Write for UnassignMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let account_id = act.host.account_id.clone();
        let known = of(act.aws.tx, &account_id, self.workspace_id);
        // Terraform names none on a workspace's host.
        let wanted = self.metastore_id.as_deref().filter(|id| !id.is_empty());
        let Some(known) = known.filter(|row| wanted.is_none_or(|id| id == row.metastore_id)) else {
            return Err(missing(self.workspace_id));
        };
        let key = known.key.clone();
        act.tx().delete::<AssignmentRow>(&account_id, &key)?;
        Ok(Empty {})
    }
}

/// The code is one that clients take for absence; code and text are unverified.
fn missing(workspace_id: u64) -> Fault {
    Fault::missing(format!("No metastore is assigned to workspace {workspace_id}."))
}

/// Shows which metastore a workspace has, on the account's host.
#[derive(Debug, Clone, Deserialize)]
pub struct GetMetastoreAssignment {
    workspace_id: u64,
}

operation! {
    GetMetastoreAssignment,
    Get ["/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/metastore"] -> Value,
    Need::Admin
}

impl AssignmentRow {
    fn show(&self) -> Value {
        json!({
            "metastore_id": self.metastore_id,
            "workspace_id": self.key.parse::<u64>().unwrap_or_default(),
            "default_catalog_name": self.default_catalog_name,
        })
    }
}

impl Read for GetMetastoreAssignment {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let found = of(ask.view, &ask.host.account_id, self.workspace_id);
        let row = found.ok_or_else(|| missing(self.workspace_id))?;
        Ok(json!({"metastore_assignment": row.show()}))
    }
}

/// Lists the workspaces that have a metastore.
#[derive(Debug, Clone, Deserialize)]
pub struct ListMetastoreWorkspaces {
    metastore_id: String,
}

operation! {
    ListMetastoreWorkspaces,
    Get ["/api/2.0/accounts/{account_id}/metastores/{metastore_id}/workspaces"] -> Value,
    Need::Admin
}

impl Read for ListMetastoreWorkspaces {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let account_id = &ask.host.account_id;
        let row = metastore::find(ask.view, account_id, &self.metastore_id)?;
        Ok(json!({"workspace_ids": workspaces_of(ask.view, account_id, &row.id)}))
    }
}

/// Shows which metastore the workspace has.
#[derive(Debug, Clone, Deserialize)]
pub struct GetCurrentMetastoreAssignment {}

operation! {
    GetCurrentMetastoreAssignment,
    Get ["/api/2.1/unity-catalog/current-metastore-assignment"] -> Value,
    Need::Anyone
}

impl Read for GetCurrentMetastoreAssignment {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        unity::metastore_id(ask)?;
        let workspace = ask.host.workspace_id.unwrap_or_default();
        let found = of(ask.view, &ask.host.account_id, workspace);
        found.map(AssignmentRow::show).ok_or_else(|| missing(workspace))
    }
}

/// Shows the workspace's metastore.
#[derive(Debug, Clone, Deserialize)]
pub struct GetMetastoreSummary {}

operation! {
    GetMetastoreSummary, Get ["/api/2.1/unity-catalog/metastore_summary"] -> Value, Need::Anyone
}

impl Read for GetMetastoreSummary {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let id = unity::metastore_id(ask)?;
        metastore::find(ask.view, &ask.host.account_id, &id).map(|row| row.show(ask.view))
    }
}
