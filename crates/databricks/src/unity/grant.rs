//! Privileges on metastores, storage credentials and external locations.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::access::{self, Hold, Kind, Securable};
use crate::unity::{self, external_location, metastore, storage_credential};

/// The privileges on something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantRow {
    /// The account.
    pub account_id: String,
    /// The unique id of what they are on.
    pub securable_id: String,
    /// Who has which.
    pub privileges: BTreeMap<String, BTreeSet<String>>,
}

row!(GrantRow, "databricks_grant", account_id, securable_id);

/// The privileges that can be had of a kind (Databricks guide, "Unity Catalog privileges and securable objects").
fn known(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Metastore => &[
            "CREATE_CATALOG",
            "CREATE_CLEAN_ROOM",
            "CREATE_CONNECTION",
            "CREATE_EXTERNAL_LOCATION",
            "CREATE_PROVIDER",
            "CREATE_RECIPIENT",
            "CREATE_SERVICE_CREDENTIAL",
            "CREATE_SHARE",
            "CREATE_STORAGE_CREDENTIAL",
            "MANAGE_ALLOWLIST",
            "SET_SHARE_PERMISSION",
            "USE_CONNECTION",
            "USE_MARKETPLACE_ASSETS",
            "USE_PROVIDER",
            "USE_RECIPIENT",
            "USE_SHARE",
        ],
        Kind::StorageCredential => &[
            "ALL_PRIVILEGES",
            "CREATE_EXTERNAL_LOCATION",
            "CREATE_EXTERNAL_TABLE",
            "MANAGE",
            "READ_FILES",
            "WRITE_FILES",
        ],
        Kind::ExternalLocation => &[
            "ALL_PRIVILEGES",
            "BROWSE",
            "CREATE_EXTERNAL_TABLE",
            "CREATE_EXTERNAL_VOLUME",
            "CREATE_FOREIGN_SECURABLE",
            "CREATE_MANAGED_STORAGE",
            "EXTERNAL_USE_LOCATION",
            "MANAGE",
            "READ_FILES",
            "WRITE_FILES",
        ],
    }
}

/// What any of these principals holds on something.
#[must_use]
pub fn held(
    view: &View,
    account_id: &str,
    securable: &Securable,
    names: &[String],
) -> BTreeSet<String> {
    let row = view.get::<GrantRow>(account_id, &securable.id);
    let all = row.iter().flat_map(|row| &row.privileges);
    let own = all.filter(|(principal, _)| names.contains(*principal));
    own.flat_map(|(_, privileges)| privileges.iter().cloned()).collect()
}

fn privileges_on(view: &View, account_id: &str, id: &str) -> BTreeMap<String, BTreeSet<String>> {
    let row = view.get::<GrantRow>(account_id, id);
    row.map(|row| row.privileges.clone()).unwrap_or_default()
}

/// Grants privileges beside those that there are.
///
/// # Errors
/// A limit of the store.
pub fn add(act: &mut Act<'_, '_>, id: &str, principal: &str, added: &[&str]) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    let mut privileges = privileges_on(act.aws.tx, &account_id, id);
    let has = privileges.entry(principal.to_owned()).or_default();
    has.extend(added.iter().map(|name| (*name).to_owned()));
    Ok(act.tx().put(GrantRow { account_id, securable_id: id.to_owned(), privileges })?)
}

/// Forgets the privileges on what is gone.
///
/// # Errors
/// A limit of the store.
pub fn forget(act: &mut Act<'_, '_>, id: &str) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    act.tx().delete::<GrantRow>(&account_id, id)?;
    Ok(())
}

/// What a path speaks of: a metastore by its id, all else by name.
///
/// # Errors
/// What is not modelled or does not exist.
pub fn securable(ask: &Ask<'_>, kind: &str, name: &str) -> Result<Securable, Fault> {
    let account_id = &ask.host.account_id;
    let metastore_id = unity::metastore_id(ask)?;
    match Kind::parse(kind)? {
        Kind::Metastore => metastore::find(ask.view, account_id, name).map(|row| row.securable()),
        Kind::StorageCredential => {
            let row = storage_credential::find(ask.view, account_id, &metastore_id, name)?;
            Ok(row.securable())
        }
        Kind::ExternalLocation => {
            let row = external_location::find(ask.view, account_id, &metastore_id, name)?;
            Ok(row.securable())
        }
    }
}

fn show(privileges: &BTreeMap<String, BTreeSet<String>>, of: Option<&str>) -> Value {
    let shown: Vec<Value> = privileges
        .iter()
        .filter(|(principal, _)| of.is_none_or(|of| of == *principal))
        .map(|(principal, privileges)| json!({"principal": principal, "privileges": privileges}))
        .collect();
    json!({"privilege_assignments": shown})
}

/// Shows privileges.
#[derive(Debug, Clone, Deserialize)]
pub struct GetGrants {
    securable_type: String,
    full_name: String,
    principal: Option<String>,
}

impl Operation for GetGrants {
    const NAME: &'static str = "GetGrants";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] =
        &["/api/2.1/unity-catalog/permissions/{securable_type}/{full_name}"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(securable(ask, &self.securable_type, &self.full_name)?, Hold::Any))
    }
}

impl Read for GetGrants {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let on = securable(ask, &self.securable_type, &self.full_name)?;
        let privileges = privileges_on(ask.view, &ask.host.account_id, &on.id);
        Ok(show(&privileges, self.principal.as_deref()))
    }
}

/// Shows privileges with those that are inherited; on what is modelled none is.
#[derive(Debug, Clone, Deserialize)]
pub struct GetEffectiveGrants {
    securable_type: String,
    full_name: String,
    principal: Option<String>,
}

impl Operation for GetEffectiveGrants {
    const NAME: &'static str = "GetEffectiveGrants";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] =
        &["/api/2.1/unity-catalog/effective-permissions/{securable_type}/{full_name}"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(securable(ask, &self.securable_type, &self.full_name)?, Hold::Any))
    }
}

impl Read for GetEffectiveGrants {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let on = securable(ask, &self.securable_type, &self.full_name)?;
        let privileges = privileges_on(ask.view, &ask.host.account_id, &on.id);
        let of = self.principal.as_deref();
        let shown: Vec<Value> = privileges
            .iter()
            .filter(|(principal, _)| of.is_none_or(|of| of == *principal))
            .map(|(principal, privileges)| {
                let each: Vec<Value> =
                    privileges.iter().map(|name| json!({"privilege": name})).collect();
                json!({"principal": principal, "privileges": each})
            })
            .collect();
        Ok(json!({"privilege_assignments": shown}))
    }
}

/// A change for one principal.
#[derive(Debug, Clone, Deserialize)]
struct Change {
    principal: String,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Changes privileges.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateGrants {
    securable_type: String,
    full_name: String,
    #[serde(default)]
    changes: Vec<Change>,
}

impl Operation for UpdateGrants {
    const NAME: &'static str = "UpdateGrants";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] =
        &["/api/2.1/unity-catalog/permissions/{securable_type}/{full_name}"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let on = securable(ask, &self.securable_type, &self.full_name)?;
        owner_or_metastore_admin(ask, on)
    }
}

/// Whoever owns it or the metastore that it is in.
///
/// # Errors
/// A metastore that is gone.
pub fn owner_or_metastore_admin(ask: &Ask<'_>, of: Securable) -> Result<Need, Fault> {
    let metastore = metastore::find(ask.view, &ask.host.account_id, &of.metastore_id)?.securable();
    Ok(Need::AnyOf(vec![Need::Has(of, Hold::Owner), Need::Has(metastore, Hold::Owner)]))
}

impl Write for UpdateGrants {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let on = securable(&act.ask(), &self.securable_type, &self.full_name)?;
        let account_id = act.host.account_id.clone();
        let mut privileges = privileges_on(act.aws.tx, &account_id, &on.id);
        for change in &self.changes {
            let has = privileges.entry(change.principal.clone()).or_default();
            for gone in &change.remove {
                has.remove(&name(gone));
            }
            for added in change.add.iter().map(|added| name(added)) {
                check_applicable(&on, &added)?;
                access::check_principal(act.aws.tx, &account_id, &change.principal)?;
                has.insert(added);
            }
        }
        privileges.retain(|_, has| !has.is_empty());
        let shown = show(&privileges, None);
        act.tx().put(GrantRow { account_id, securable_id: on.id, privileges })?;
        Ok(shown)
    }
}

/// `CREATE EXTERNAL LOCATION` is `CREATE_EXTERNAL_LOCATION`.
fn name(privilege: &str) -> String {
    privilege.trim().to_uppercase().replace(' ', "_")
}

/// The text is reported of catalogs; for other kinds it is unverified.
fn check_applicable(on: &Securable, privilege: &str) -> Result<(), Fault> {
    if known(on.kind).contains(&privilege) {
        return Ok(());
    }
    let kind = match on.kind {
        Kind::Metastore => "METASTORE/METASTORE_STANDARD",
        Kind::StorageCredential => "STORAGE_CREDENTIAL/STORAGE_CREDENTIAL_AWS_IAM",
        Kind::ExternalLocation => "EXTERNAL_LOCATION/EXTERNAL_LOCATION_STANDARD",
    };
    Err(Fault::invalid(format!(
        "Privilege {privilege} is not applicable to this entity [{}:{kind}]. If this seems unexpected, \
         please check the privilege version of the metastore in use [1.0].",
        on.name
    )))
}
