//! External locations: paths of S3, each with the credential that reaches it.

pub mod change;
pub mod operations;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, Ask, milliseconds};
use crate::unity::access::{Kind, Securable};
use crate::unity::place::Place;
use crate::unity::probe;
use crate::unity::storage_credential::{self, StorageCredentialRow};
use crate::unity::{self, Isolation, add, binding, rows_of};

/// An external location.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExternalLocationRow {
    /// The account.
    pub account_id: String,
    /// The metastore and its name in lower case, by which it is found.
    pub key: String,
    /// The metastore.
    pub metastore_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is, as it was written.
    pub url: String,
    /// The credential, by its id.
    pub credential_id: String,
    /// What it is for.
    pub comment: Option<String>,
    /// Whether nothing is written.
    pub read_only: bool,
    /// Whether whoever may not by Unity Catalog falls back to the cluster's credentials.
    pub fallback: bool,
    /// Whether files are announced.
    pub enable_file_events: Option<bool>,
    /// Whose it is.
    pub owner: String,
    /// Who may use it.
    pub isolation: Isolation,
    /// Who made it.
    pub creator: String,
    /// When.
    pub created: Timestamp,
    /// Who changed it last.
    pub updater: String,
    /// When.
    pub updated: Timestamp,
}

row!(ExternalLocationRow, "databricks_external_location", account_id, key);

/// The external location called `name`.
///
/// # Errors
/// `EXTERNAL_LOCATION_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(
    view: &'v View,
    account_id: &str,
    metastore_id: &str,
    name: &str,
) -> Result<&'v ExternalLocationRow, Fault> {
    let row = view.get::<ExternalLocationRow>(account_id, &unity::name_key(metastore_id, name));
    row.map(|row| &**row).ok_or_else(|| {
        let text = format!("External Location '{name}' does not exist.");
        Fault::new("EXTERNAL_LOCATION_DOES_NOT_EXIST", text)
    })
}

/// The text is unverified.
fn already_exists(name: &str) -> Fault {
    let text = format!("External Location '{name}' already exists");
    Fault::new("EXTERNAL_LOCATION_ALREADY_EXISTS", text)
}

/// Refuses a path that overlaps with that of a location other than the one with the id `but`. Clients look for
/// "Conflicting location:"; the rest of the text is unverified.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`
pub fn check_overlap(
    ask: &Ask<'_>,
    metastore_id: &str,
    place: &Place,
    but: Option<&str>,
) -> Result<(), Fault> {
    let overlaps = |row: &&ExternalLocationRow| {
        Some(row.id.as_str()) != but
            && Place::parse(&row.url).is_ok_and(|other| other.overlaps(place))
    };
    let mut rows = rows_of::<ExternalLocationRow>(ask.view, &ask.host.account_id, metastore_id);
    match rows.find(overlaps) {
        Some(row) => Err(Fault::invalid(format!(
            "Input path url '{}' overlaps with other external locations. Conflicting location: {}.",
            place.url(),
            row.name
        ))),
        None => Ok(()),
    }
}

/// Tries a place with a credential, as one that is only read if either is.
///
/// # Errors
/// What Databricks says; AWS's words at the end.
pub fn validate(
    act: &mut Act<'_, '_>,
    credential: &StorageCredentialRow,
    place: &Place,
    read_only: bool,
) -> Result<(), Fault> {
    let session = probe::session(act, &credential.role_arn, &credential.external_id)?;
    let outcomes = probe::run(act, &session, place, read_only || credential.read_only);
    probe::check(place, &outcomes)
}

impl ExternalLocationRow {
    /// It as something that has an owner.
    #[must_use]
    pub fn securable(&self) -> Securable {
        Securable {
            kind: Kind::ExternalLocation,
            metastore_id: self.metastore_id.clone(),
            id: self.id.clone(),
            name: self.name.clone(),
            owner: self.owner.clone(),
        }
    }

    /// Refuses a workspace that it is not bound to.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`
    pub fn check_usable(&self, ask: &Ask<'_>) -> Result<(), Fault> {
        binding::check_usable(ask, &self.securable(), self.isolation)
    }

    /// The credential; none if it was deleted by force.
    #[must_use]
    pub fn credential<'v>(&self, view: &'v View) -> Option<&'v StorageCredentialRow> {
        let (account, metastore) = (&self.account_id, &self.metastore_id);
        storage_credential::with_id(view, account, metastore, &self.credential_id)
    }

    /// As the API has it.
    #[must_use]
    pub fn show(&self, view: &View) -> Value {
        let credential = self.credential(view).map(|row| row.name.as_str());
        let mut out = json!({
            "name": self.name,
            "url": self.url,
            "credential_name": credential.unwrap_or_default(),
            "credential_id": self.credential_id,
            "metastore_id": self.metastore_id,
            "read_only": self.read_only,
            "fallback": self.fallback,
            "owner": self.owner,
            "isolation_mode": self.isolation,
            "created_by": self.creator,
            "created_at": milliseconds(self.created),
            "updated_by": self.updater,
            "updated_at": milliseconds(self.updated),
            "browse_only": false,
            "securable_type": "EXTERNAL_LOCATION",
            "securable_kind": "EXTERNAL_LOCATION_STANDARD",
        });
        add(&mut out, "comment", self.comment.as_deref());
        add(&mut out, "enable_file_events", self.enable_file_events);
        add(&mut out, "effective_enable_file_events", self.enable_file_events);
        out
    }
}
