//! Metastores. An account has one for each region.

pub mod operations;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, milliseconds};
use crate::unity::access::{Kind, Securable};
use crate::unity::{add, storage_credential};

/// A metastore.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MetastoreRow {
    /// The account.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The region whose workspaces can have it.
    pub region: String,
    /// Where managed tables are, with the metastore's id at the end.
    pub storage_root: Option<String>,
    /// The credential that reaches it.
    pub storage_root_credential_id: Option<String>,
    /// Whether new workspaces of the region have it at once.
    pub automatic: bool,
    /// Whose it is.
    pub owner: String,
    /// How it is shared.
    pub sharing: Sharing,
    /// Whether engines other than Databricks' reach its tables.
    pub external_access_enabled: bool,
    /// The version of its privileges.
    pub privilege_model_version: String,
    /// Who made it.
    pub creator: String,
    /// When it was made.
    pub created: Timestamp,
    /// Who changed it last.
    pub updater: String,
    /// When.
    pub updated: Timestamp,
}

row!(MetastoreRow, "databricks_metastore", account_id, id);

/// How a metastore is shared: kept and shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sharing {
    /// `INTERNAL` or `INTERNAL_AND_EXTERNAL`.
    pub scope: Option<String>,
    /// How long tokens of recipients live.
    pub token_lifetime_seconds: Option<i64>,
    /// What others see.
    pub organization: Option<String>,
}

/// The metastore with `id`.
///
/// # Errors
/// `METASTORE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(view: &'v View, account_id: &str, id: &str) -> Result<&'v MetastoreRow, Fault> {
    let row = view.get::<MetastoreRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::new("METASTORE_DOES_NOT_EXIST", format!("Metastore '{id}' does not exist."))
    })
}

/// The metastore of a region.
#[must_use]
pub fn of_region<'v>(view: &'v View, account_id: &str, region: &str) -> Option<&'v MetastoreRow> {
    let mut rows = view.range::<MetastoreRow>(account_id, ..);
    rows.find(|row| row.region == region).map(|row| &**row)
}

/// What a metastore is made with.
#[derive(Debug, Clone)]
pub struct New {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Where managed tables go.
    pub storage_root: Option<String>,
    /// Whose it is.
    pub owner: String,
    /// Whether new workspaces of the region have it at once.
    pub automatic: bool,
}

/// Makes a metastore.
///
/// # Errors
/// `METASTORE_ALREADY_EXISTS`, with an unverified text; for a second one in a region what users report, under a
/// code that is unverified.
pub fn make(act: &mut Act<'_, '_>, new: New) -> Result<MetastoreRow, Fault> {
    let account_id = act.host.account_id.clone();
    if of_region(act.aws.tx, &account_id, &new.region).is_some() {
        return Err(Fault::new(
            "QUOTA_EXCEEDED",
            format!(
                "This account with id {account_id} has reached the limit for metastores in region {}.",
                new.region
            ),
        ));
    }
    let known = act.aws.tx.range::<MetastoreRow>(&account_id, ..);
    if known.into_iter().any(|row| row.name == new.name) {
        let text = format!("Metastore '{}' already exists.", new.name);
        return Err(Fault::new("METASTORE_ALREADY_EXISTS", text));
    }
    let id = act.entropy().uuid();
    let row = MetastoreRow {
        account_id,
        name: new.name,
        region: new.region,
        // As the answer of databricks-cli pull request 547 shows it.
        storage_root: new.storage_root.map(|root| format!("{}/{id}", root.trim_end_matches('/'))),
        storage_root_credential_id: None,
        automatic: new.automatic,
        owner: new.owner,
        sharing: Sharing::default(),
        external_access_enabled: false,
        privilege_model_version: "1.0".to_owned(),
        creator: act.caller.name().to_owned(),
        created: act.now(),
        updater: act.caller.name().to_owned(),
        updated: act.now(),
        id,
    };
    act.tx().insert(row.clone())?;
    Ok(row)
}

impl MetastoreRow {
    /// It as something that has an owner.
    #[must_use]
    pub fn securable(&self) -> Securable {
        Securable {
            kind: Kind::Metastore,
            metastore_id: self.id.clone(),
            id: self.id.clone(),
            name: self.name.clone(),
            owner: self.owner.clone(),
        }
    }

    /// As the API has it.
    #[must_use]
    pub fn show(&self, view: &View) -> Value {
        let mut out = json!({
            "metastore_id": self.id,
            "name": self.name,
            "region": self.region,
            "cloud": "aws",
            "global_metastore_id": format!("aws:{}:{}", self.region, self.id),
            "owner": self.owner,
            "created_by": self.creator,
            "created_at": milliseconds(self.created),
            "updated_by": self.updater,
            "updated_at": milliseconds(self.updated),
            "delta_sharing_scope": self.sharing.scope.as_deref().unwrap_or("INTERNAL"),
            "external_access_enabled": self.external_access_enabled,
            "privilege_model_version": self.privilege_model_version,
        });
        add(&mut out, "storage_root", self.storage_root.as_deref());
        let lifetime = "delta_sharing_recipient_token_lifetime_in_seconds";
        add(&mut out, lifetime, self.sharing.token_lifetime_seconds);
        let organization = self.sharing.organization.as_deref();
        add(&mut out, "delta_sharing_organization_name", organization);
        if let Some(id) = self.storage_root_credential_id.as_deref() {
            add(&mut out, "storage_root_credential_id", Some(id));
            add(&mut out, "default_data_access_config_id", Some(id));
            let credential = storage_credential::with_id(view, &self.account_id, &self.id, id);
            let name = credential.map(|row| row.name.as_str());
            add(&mut out, "storage_root_credential_name", name);
        }
        out
    }
}
