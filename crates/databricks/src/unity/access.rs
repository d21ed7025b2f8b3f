//! Who may do what in Unity Catalog. Administering a workspace is not enough: one owns something, or holds a
//! privilege on it, oneself or by way of a group of the account.

use store::View;

use crate::caller::Caller;
use crate::fault::Fault;
use crate::identity::{self, Kind as Principal};
use crate::operation::{Act, Ask};
use crate::unity::{grant, metastore};
use crate::workspace;

/// The group of everybody in the account.
pub const ACCOUNT_USERS: &str = "account users";
/// The owner of what Databricks made by itself.
pub const SYSTEM_USER: &str = "System user";

/// The kinds of things that have owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A metastore.
    Metastore,
    /// A storage credential.
    StorageCredential,
    /// An external location.
    ExternalLocation,
}

/// Something that has an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Securable {
    /// What it is.
    pub kind: Kind,
    /// The metastore that it is or is in.
    pub metastore_id: String,
    /// Its unique id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
}

/// What one can have of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It is one's own, or one manages it.
    Owner,
    /// A privilege on it; its owner has all.
    Privilege(&'static str),
    /// Any privilege on it; the metastore's owner sees everything in it.
    Any,
}

impl Kind {
    /// The kind that is called so in a path.
    ///
    /// # Errors
    /// What is not modelled, and what there is not.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.to_lowercase().replace('-', "_").as_str() {
            "metastore" => Ok(Self::Metastore),
            "storage_credential" | "credential" => Ok(Self::StorageCredential),
            "external_location" => Ok(Self::ExternalLocation),
            other => Err(Fault::not_modelled(format!(
                "rolecall models metastores, storage credentials and external locations of Unity Catalog, \
                 not `{other}`"
            ))),
        }
    }

    /// How denials call it: "User does not have CREATE EXTERNAL LOCATION on Credential …" is what users report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Metastore => "Metastore",
            Self::StorageCredential => "Credential",
            Self::ExternalLocation => "External Location",
        }
    }
}

/// The names that a caller's privileges can be granted to.
fn names(ask: &Ask<'_>) -> Vec<String> {
    let Caller { identity, is_admin, .. } = ask.caller;
    let groups = identity::groups_of(ask.view, &ask.host.account_id, &identity.id);
    let mut names: Vec<String> = groups.into_iter().map(|group| group.name.clone()).collect();
    names.push(identity.name.clone());
    names.push(ACCOUNT_USERS.to_owned());
    if *is_admin && let Ok(row) = workspace::of(ask) {
        names.push(workspace_admins(&row.name, row.id));
    }
    names
}

/// The group that a workspace's admins are to Unity Catalog, as users report it of workspaces that Databricks
/// gave a metastore.
#[must_use]
pub fn workspace_admins(name: &str, id: u64) -> String {
    format!("_workspace_admins_{name}_{id}")
}

/// Whether there is anybody of this name: Unity Catalog knows the account's principals alone.
///
/// # Errors
/// `PRINCIPAL_DOES_NOT_EXIST`, in the words that users report.
pub fn check_principal(view: &View, account_id: &str, name: &str) -> Result<(), Fault> {
    let is_known = Principal::ALL
        .into_iter()
        .any(|kind| identity::named(view, account_id, kind, name).is_some());
    let is_special = [ACCOUNT_USERS, SYSTEM_USER].contains(&name)
        || workspace::all(view, account_id).any(|row| workspace_admins(&row.name, row.id) == name);
    if is_known || is_special {
        return Ok(());
    }
    let text = format!("Could not find principal with name {name}.");
    Err(Fault::new("PRINCIPAL_DOES_NOT_EXIST", text))
}

/// The owner that is asked for, if any is.
///
/// # Errors
/// As [`check_principal`].
pub fn new_owner(act: &Act<'_, '_>, name: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(None) };
    check_principal(act.aws.tx, &act.host.account_id, name)?;
    Ok(Some(name.to_owned()))
}

/// Whether the caller has this of a securable.
#[must_use]
pub fn has(ask: &Ask<'_>, securable: &Securable, hold: Hold) -> bool {
    let names = names(ask);
    if names.contains(&securable.owner) {
        return true;
    }
    let held = grant::held(ask.view, &ask.host.account_id, securable, &names);
    match hold {
        Hold::Owner => held.contains("MANAGE"),
        Hold::Privilege(name) => held.contains(name) || held.contains("ALL_PRIVILEGES"),
        Hold::Any => !held.is_empty() || is_metastore_admin(ask, &securable.metastore_id),
    }
}

/// Whether the caller owns the metastore, which makes a metastore admin.
#[must_use]
pub fn is_metastore_admin(ask: &Ask<'_>, metastore_id: &str) -> bool {
    let found = metastore::find(ask.view, &ask.host.account_id, metastore_id);
    found.is_ok_and(|row| names(ask).contains(&row.owner))
}

/// What is said to whom that is lacking. The words for a privilege are those that users report; for an owner they
/// are reported of tables, and for anything at all they are unverified.
#[must_use]
pub fn denial(securable: &Securable, hold: Hold) -> Fault {
    let (kind, name) = (securable.kind.name(), &securable.name);
    Fault::denied(match hold {
        Hold::Owner => format!("User is not an owner of {kind} '{name}'."),
        Hold::Privilege(privilege) => {
            format!("User does not have {} on {kind} '{name}'.", privilege.replace('_', " "))
        }
        Hold::Any => format!("User does not have any privilege on {kind} '{name}'."),
    })
}

/// The metastore of the workspace that was called.
///
/// # Errors
/// As [`crate::unity::metastore_id`].
pub fn metastore(ask: &Ask<'_>) -> Result<Securable, Fault> {
    let id = crate::unity::metastore_id(ask)?;
    metastore::find(ask.view, &ask.host.account_id, &id).map(|row| row.securable())
}
