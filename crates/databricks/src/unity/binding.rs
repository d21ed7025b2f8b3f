//! Which workspaces may use a credential or location that is not open to all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::access::{Kind, Securable};
use crate::unity::{self, Isolation, grant};
use crate::workspace;

const PATHS: &[&str] = &["/api/2.1/unity-catalog/bindings/{securable_type}/{securable_name}"];

/// The bindings of something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BindingRow {
    /// The account.
    pub account_id: String,
    /// The unique id of what is bound.
    pub securable_id: String,
    /// To which workspaces, and how.
    pub workspaces: BTreeMap<u64, BindingType>,
}

row!(BindingRow, "databricks_binding", account_id, securable_id);

/// How something is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BindingType {
    /// To be read and written.
    #[default]
    #[serde(rename = "BINDING_TYPE_READ_WRITE")]
    ReadWrite,
    /// To be read.
    #[serde(rename = "BINDING_TYPE_READ_ONLY")]
    ReadOnly,
}

fn of(view: &View, account_id: &str, id: &str) -> BTreeMap<u64, BindingType> {
    let row = view.get::<BindingRow>(account_id, id);
    row.map(|row| row.workspaces.clone()).unwrap_or_default()
}

/// Whether the workspace that was called may use something.
#[must_use]
pub fn is_usable(ask: &Ask<'_>, of_what: &Securable, isolation: Isolation) -> bool {
    let workspace = ask.host.workspace_id.unwrap_or_default();
    isolation == Isolation::Open
        || of(ask.view, &ask.host.account_id, &of_what.id).contains_key(&workspace)
}

/// Refuses what the workspace that was called may not use. The words are those that users report of catalogs; for
/// credentials and locations they are unverified.
///
/// # Errors
/// `PERMISSION_DENIED`
pub fn check_usable(ask: &Ask<'_>, of_what: &Securable, isolation: Isolation) -> Result<(), Fault> {
    if is_usable(ask, of_what, isolation) {
        return Ok(());
    }
    let kind = match of_what.kind {
        Kind::StorageCredential => "Storage Credential",
        other => other.name(),
    };
    let name = &of_what.name;
    Err(Fault::denied(format!("{kind} '{name}' is not accessible in current workspace")))
}

/// Forgets the bindings of what is gone.
///
/// # Errors
/// A limit of the store.
pub fn forget(act: &mut Act<'_, '_>, id: &str) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    act.tx().delete::<BindingRow>(&account_id, id)?;
    Ok(())
}

/// What can be bound.
fn bindable(ask: &Ask<'_>, kind: &str, name: &str) -> Result<Securable, Fault> {
    let found = grant::securable(ask, kind, name)?;
    match found.kind {
        Kind::Metastore => Err(Fault::invalid("Metastores cannot be bound to workspaces.")),
        _ => Ok(found),
    }
}

fn shown(workspaces: &BTreeMap<u64, BindingType>) -> Vec<Value> {
    let one = |(id, kind)| json!({"workspace_id": id, "binding_type": kind});
    workspaces.iter().map(one).collect()
}

/// Shows bindings.
#[derive(Debug, Clone, Deserialize)]
pub struct GetBindings {
    securable_type: String,
    securable_name: String,
    max_results: Option<i64>,
    page_token: Option<String>,
}

impl Operation for GetBindings {
    const NAME: &'static str = "GetBindings";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = PATHS;
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let found = bindable(ask, &self.securable_type, &self.securable_name)?;
        grant::owner_or_metastore_admin(ask, found)
    }
}

impl Read for GetBindings {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let found = bindable(ask, &self.securable_type, &self.securable_name)?;
        let workspaces = of(ask.view, &ask.host.account_id, &found.id);
        unity::page("bindings", shown(&workspaces), self.max_results, self.page_token.as_deref())
    }
}

/// A binding as clients send it.
#[derive(Debug, Clone, Deserialize)]
struct Sent {
    workspace_id: u64,
    binding_type: Option<BindingType>,
}

/// Adds and removes bindings.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateBindings {
    securable_type: String,
    securable_name: String,
    #[serde(default)]
    add: Vec<Sent>,
    #[serde(default)]
    remove: Vec<Sent>,
}

impl Operation for UpdateBindings {
    const NAME: &'static str = "UpdateBindings";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = PATHS;
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let found = bindable(ask, &self.securable_type, &self.securable_name)?;
        grant::owner_or_metastore_admin(ask, found)
    }
}

impl Write for UpdateBindings {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let found = bindable(&act.ask(), &self.securable_type, &self.securable_name)?;
        let account_id = act.host.account_id.clone();
        let mut workspaces = of(act.aws.tx, &account_id, &found.id);
        for gone in &self.remove {
            workspaces.remove(&gone.workspace_id);
        }
        for added in &self.add {
            workspace::find(act.aws.tx, &account_id, added.workspace_id)?;
            workspaces.insert(added.workspace_id, added.binding_type.unwrap_or_default());
        }
        let bindings = shown(&workspaces);
        act.tx().put(BindingRow { account_id, securable_id: found.id, workspaces })?;
        Ok(json!({"bindings": bindings}))
    }
}
