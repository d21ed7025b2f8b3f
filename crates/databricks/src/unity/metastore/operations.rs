//! Making, showing, changing and deleting metastores, on the account's host and on workspaces'.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::access::{self, Hold};
use crate::unity::assignment::{self, AssignmentRow};
use crate::unity::external_location::ExternalLocationRow;
use crate::unity::metastore::{self, MetastoreRow, New};
use crate::unity::storage_credential::StorageCredentialRow;
use crate::unity::{self, binding, grant, storage_credential};
use crate::workspace;

const OF_ACCOUNT: &str = "/api/2.0/accounts/{account_id}/metastores";
const ONE_OF_ACCOUNT: &str = "/api/2.0/accounts/{account_id}/metastores/{metastore_id}";
const OF_WORKSPACE: &str = "/api/2.1/unity-catalog/metastores";
const ONE_OF_WORKSPACE: &str = "/api/2.1/unity-catalog/metastores/{metastore_id}";

/// The account's host wraps answers.
fn wrapped(ask: &Ask<'_>, row: &MetastoreRow) -> Value {
    let shown = row.show(ask.view);
    if ask.host.is_account() { json!({"metastore_info": shown}) } else { shown }
}

/// Who may do it to a metastore: its owner; on the account's host, admins of the account.
fn owner(ask: &Ask<'_>, metastore_id: &str) -> Result<Need, Fault> {
    if ask.host.is_account() {
        return Ok(Need::Admin);
    }
    let row = metastore::find(ask.view, &ask.host.account_id, metastore_id)?;
    Ok(Need::Has(row.securable(), Hold::Owner))
}

/// What a metastore is made with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Info {
    name: Option<String>,
    region: Option<String>,
    storage_root: Option<String>,
    external_access_enabled: Option<bool>,
}

/// Makes a metastore.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateMetastore {
    metastore_info: Option<Info>,
    name: Option<String>,
    region: Option<String>,
    storage_root: Option<String>,
    external_access_enabled: Option<bool>,
}

operation! {
    CreateMetastore, Post [OF_ACCOUNT, OF_WORKSPACE] -> Value, Need::AccountAdmin("create metastores")
}

impl Write for CreateMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let info = self.metastore_info.clone().unwrap_or(Info {
            name: self.name.clone(),
            region: self.region.clone(),
            storage_root: self.storage_root.clone(),
            external_access_enabled: self.external_access_enabled,
        });
        let missing = |name: &str| Fault::invalid(format!("Missing required field: {name}"));
        let name = info.name.filter(|name| !name.is_empty()).ok_or_else(|| missing("name"))?;
        // A workspace stands for its region, the account for none (terraform-provider-databricks issue 2849).
        let own = workspace::of(&act.ask()).map(|row| row.aws_region.clone());
        let given = info.region.filter(|region| !region.is_empty());
        let region = given.or(own.ok()).ok_or_else(|| missing("region"))?;
        let storage_root = info.storage_root.filter(|root| !root.is_empty());
        if let Some(root) = &storage_root {
            unity::place::Place::parse(root)?;
        }
        let owner = act.caller.name().to_owned();
        let new = New { name, region, storage_root, owner, automatic: false };
        let mut row = metastore::make(act, new)?;
        row.external_access_enabled = info.external_access_enabled.unwrap_or_default();
        act.tx().put(row.clone())?;
        Ok(wrapped(&act.ask(), &row))
    }
}

/// Shows a metastore.
#[derive(Debug, Clone, Deserialize)]
pub struct GetMetastore {
    metastore_id: String,
}

impl Operation for GetMetastore {
    const NAME: &'static str = "GetMetastore";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &[ONE_OF_ACCOUNT, ONE_OF_WORKSPACE];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let owner = owner(ask, &self.metastore_id)?;
        Ok(Need::AnyOf(vec![owner, Need::AccountAdmin("get metastores")]))
    }
}

impl Read for GetMetastore {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = metastore::find(ask.view, &ask.host.account_id, &self.metastore_id)?;
        Ok(wrapped(ask, row))
    }
}

/// Lists metastores.
#[derive(Debug, Clone, Deserialize)]
pub struct ListMetastores {
    max_results: Option<i64>,
    page_token: Option<String>,
}

operation! {
    ListMetastores, Get [OF_ACCOUNT, OF_WORKSPACE] -> Value, Need::AccountAdmin("list metastores")
}

impl Read for ListMetastores {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let rows = ask.view.range::<MetastoreRow>(&ask.host.account_id, ..);
        let all = rows.map(|row| row.show(ask.view)).collect();
        unity::page("metastores", all, self.max_results, self.page_token.as_deref())
    }
}

/// What can be changed of a metastore.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Change {
    new_name: Option<String>,
    owner: Option<String>,
    storage_root_credential_id: Option<String>,
    delta_sharing_scope: Option<String>,
    delta_sharing_recipient_token_lifetime_in_seconds: Option<i64>,
    delta_sharing_organization_name: Option<String>,
    external_access_enabled: Option<bool>,
    privilege_model_version: Option<String>,
}

impl Change {
    fn apply(self, act: &mut Act<'_, '_>, metastore_id: &str) -> Result<Value, Fault> {
        let account_id = act.host.account_id.clone();
        let mut row = metastore::find(act.aws.tx, &account_id, metastore_id)?.clone();
        if let Some(owner) = self.owner {
            // The empty name stands for Databricks itself (API reference).
            let owner = if owner.is_empty() { access::SYSTEM_USER.to_owned() } else { owner };
            access::check_principal(act.aws.tx, &account_id, &owner)?;
            row.owner = owner;
        }
        if let Some(id) = self.storage_root_credential_id.filter(|id| !id.is_empty()) {
            let known = storage_credential::with_id(act.aws.tx, &account_id, &row.id, &id);
            if known.is_none() {
                return Err(storage_credential::missing(&id));
            }
            row.storage_root_credential_id = Some(id);
        }
        row.name = self.new_name.filter(|name| !name.is_empty()).unwrap_or(row.name);
        row.sharing.scope = self.delta_sharing_scope.or(row.sharing.scope);
        row.sharing.token_lifetime_seconds = self
            .delta_sharing_recipient_token_lifetime_in_seconds
            .or(row.sharing.token_lifetime_seconds);
        row.sharing.organization =
            self.delta_sharing_organization_name.or(row.sharing.organization);
        row.external_access_enabled =
            self.external_access_enabled.unwrap_or(row.external_access_enabled);
        row.privilege_model_version =
            self.privilege_model_version.unwrap_or(row.privilege_model_version);
        row.updater = act.caller.name().to_owned();
        row.updated = act.now();
        act.tx().put(row.clone())?;
        Ok(wrapped(&act.ask(), &row))
    }
}

/// Changes a metastore, on a workspace's host.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateMetastore {
    metastore_id: String,
    new_name: Option<String>,
    owner: Option<String>,
    storage_root_credential_id: Option<String>,
    delta_sharing_scope: Option<String>,
    delta_sharing_recipient_token_lifetime_in_seconds: Option<i64>,
    delta_sharing_organization_name: Option<String>,
    external_access_enabled: Option<bool>,
    privilege_model_version: Option<String>,
}

impl Operation for UpdateMetastore {
    const NAME: &'static str = "UpdateMetastore";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = &[ONE_OF_WORKSPACE];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        owner(ask, &self.metastore_id)
    }
}

impl Write for UpdateMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let lifetime = self.delta_sharing_recipient_token_lifetime_in_seconds;
        let change = Change {
            new_name: self.new_name.clone(),
            owner: self.owner.clone(),
            storage_root_credential_id: self.storage_root_credential_id.clone(),
            delta_sharing_scope: self.delta_sharing_scope.clone(),
            delta_sharing_recipient_token_lifetime_in_seconds: lifetime,
            delta_sharing_organization_name: self.delta_sharing_organization_name.clone(),
            external_access_enabled: self.external_access_enabled,
            privilege_model_version: self.privilege_model_version.clone(),
        };
        change.apply(act, &self.metastore_id)
    }
}

/// Changes a metastore, on the account's host.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateAccountMetastore {
    metastore_id: String,
    #[serde(default)]
    metastore_info: Change,
}

operation! {
    UpdateAccountMetastore, Put [ONE_OF_ACCOUNT] -> Value, Need::Admin
}

impl Write for UpdateAccountMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        self.metastore_info.clone().apply(act, &self.metastore_id)
    }
}

/// Deletes a metastore with nothing in it that no workspace has, or any with `force`.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteMetastore {
    metastore_id: String,
    #[serde(default)]
    force: bool,
}

impl Operation for DeleteMetastore {
    const NAME: &'static str = "DeleteMetastore";
    const METHOD: Method = Method::Delete;
    const PATHS: &'static [&'static str] = &[ONE_OF_ACCOUNT, ONE_OF_WORKSPACE];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        owner(ask, &self.metastore_id)
    }
}

impl Write for DeleteMetastore {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let account_id = act.host.account_id.clone();
        let row = metastore::find(act.aws.tx, &account_id, &self.metastore_id)?.clone();
        let workspaces = assignment::workspaces_of(act.aws.tx, &account_id, &row.id);
        let credentials: Vec<_> =
            unity::rows_of::<StorageCredentialRow>(act.aws.tx, &account_id, &row.id)
                .map(|row| (row.key.clone(), row.id.clone()))
                .collect();
        let locations: Vec<_> =
            unity::rows_of::<ExternalLocationRow>(act.aws.tx, &account_id, &row.id)
                .map(|row| (row.key.clone(), row.id.clone()))
                .collect();
        let is_used = !workspaces.is_empty() || !credentials.is_empty() || !locations.is_empty();
        if is_used && !self.force {
            // The code is the SDKs', the text unverified.
            let text = format!(
                "Metastore '{}' is not empty: {} workspaces are assigned to it, and it has {} storage \
                 credentials and {} external locations. Use the force option to delete it anyway.",
                row.name,
                workspaces.len(),
                credentials.len(),
                locations.len()
            );
            return Err(Fault::new("METASTORE_NOT_EMPTY", text));
        }
        for workspace in workspaces {
            act.tx().delete::<AssignmentRow>(&account_id, &workspace.to_string())?;
        }
        for (key, id) in locations {
            act.tx().delete::<ExternalLocationRow>(&account_id, &key)?;
            forget(act, &id)?;
        }
        for (key, id) in credentials {
            act.tx().delete::<StorageCredentialRow>(&account_id, &key)?;
            forget(act, &id)?;
        }
        forget(act, &row.id)?;
        act.tx().delete::<MetastoreRow>(&account_id, &row.id)?;
        Ok(Empty {})
    }
}

fn forget(act: &mut Act<'_, '_>, id: &str) -> Result<(), Fault> {
    binding::forget(act, id)?;
    grant::forget(act, id)
}
