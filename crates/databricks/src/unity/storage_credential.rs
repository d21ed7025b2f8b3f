//! Storage credentials: the roles by which Unity Catalog reaches S3.
//!
//! Making one does not try it, whether or not `skip_validation` is given: guides make the credential first, learn
//! its external id and write the role's trust policy last. It is tried where it is used, and by the calls that
//! validate.

pub mod operations;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::aws::Principal;
use crate::credential::is_role_arn;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, milliseconds};
use crate::unity::access::{self, Kind, Securable};
use crate::unity::external_location::ExternalLocationRow;
use crate::unity::{self, Isolation, add, binding, grant, rows_of};

/// The most storage credentials of a metastore (Databricks guide, "Resource limits").
pub const MAX_CREDENTIALS: usize = 200;

/// A storage credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StorageCredentialRow {
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
    /// The role.
    pub role_arn: String,
    /// What the role's trust policy demands.
    pub external_id: String,
    /// What it is for.
    pub comment: Option<String>,
    /// Whether nothing is written by it.
    pub read_only: bool,
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

row!(StorageCredentialRow, "databricks_storage_credential", account_id, key);

/// The storage credential called `name`.
///
/// # Errors
/// `STORAGE_CREDENTIAL_DOES_NOT_EXIST`
pub fn find<'v>(
    view: &'v View,
    account_id: &str,
    metastore_id: &str,
    name: &str,
) -> Result<&'v StorageCredentialRow, Fault> {
    let key = unity::name_key(metastore_id, name);
    let row = view.get::<StorageCredentialRow>(account_id, &key);
    row.map(|row| &**row).ok_or_else(|| missing(name))
}

/// The words are those that users report (terraform-provider-databricks issues 2450, 3134).
#[must_use]
pub fn missing(name: &str) -> Fault {
    let text = format!("Storage Credential '{name}' does not exist.");
    Fault::new("STORAGE_CREDENTIAL_DOES_NOT_EXIST", text)
}

/// The storage credential with `id`.
#[must_use]
pub fn with_id<'v>(
    view: &'v View,
    account_id: &str,
    metastore_id: &str,
    id: &str,
) -> Option<&'v StorageCredentialRow> {
    rows_of::<StorageCredentialRow>(view, account_id, metastore_id).find(|row| row.id == id)
}

/// A role as clients send it; what else they send of it is the server's to say.
#[derive(Debug, Clone, Deserialize)]
pub struct Role {
    /// Its ARN.
    pub role_arn: String,
}

impl Role {
    /// Refuses what is no role's ARN; the text is unverified.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE`
    pub fn check(&self) -> Result<(), Fault> {
        if is_role_arn(&self.role_arn) {
            return Ok(());
        }
        Err(Fault::invalid(format!("Invalid IAM role ARN: {}", self.role_arn)))
    }
}

/// What a credential is made with.
#[derive(Debug, Clone, Deserialize)]
pub struct New {
    pub(super) name: String,
    pub(super) aws_iam_role: Option<Role>,
    pub(super) comment: Option<String>,
    #[serde(default)]
    pub(super) read_only: bool,
}

/// What is changed of one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    pub(super) new_name: Option<String>,
    pub(super) aws_iam_role: Option<Role>,
    pub(super) comment: Option<String>,
    pub(super) read_only: Option<bool>,
    pub(super) owner: Option<String>,
    pub(super) isolation_mode: Option<Isolation>,
    pub(super) force: bool,
}

impl New {
    /// Refuses what cannot be made.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE`, and what is not modelled.
    pub fn check(&self) -> Result<(), Fault> {
        unity::check_name(&self.name)?;
        match &self.aws_iam_role {
            Some(role) => role.check(),
            None => Err(Fault::not_modelled(
                "rolecall models storage credentials with `aws_iam_role` alone",
            )),
        }
    }

    /// Makes one.
    ///
    /// # Errors
    /// `STORAGE_CREDENTIAL_ALREADY_EXISTS` in the words that users report (terraform-provider-databricks issue
    /// 3011); `QUOTA_EXCEEDED` in unverified ones.
    pub fn make(
        &self,
        act: &mut Act<'_, '_>,
        metastore_id: &str,
    ) -> Result<StorageCredentialRow, Fault> {
        let account_id = act.host.account_id.clone();
        if find(act.aws.tx, &account_id, metastore_id, &self.name).is_ok() {
            return Err(already_exists(&self.name));
        }
        let count = rows_of::<StorageCredentialRow>(act.aws.tx, &account_id, metastore_id).count();
        if count >= MAX_CREDENTIALS {
            let text = format!("A metastore has at most {MAX_CREDENTIALS} storage credentials.");
            return Err(Fault::new("QUOTA_EXCEEDED", text));
        }
        // "If you are a Databricks account admin, the external ID is populated with your Databricks account ID",
        // else it is random (Databricks knowledge base, "AWS S3 storage credential validation failure due to
        // external ID").
        let external_id =
            if act.caller.is_account_admin { account_id.clone() } else { act.entropy().uuid() };
        let creator = act.caller.name().to_owned();
        let role_arn = self.aws_iam_role.as_ref().map(|role| role.role_arn.clone());
        let row = StorageCredentialRow {
            account_id,
            key: unity::name_key(metastore_id, &self.name),
            metastore_id: metastore_id.to_owned(),
            id: act.entropy().uuid(),
            name: self.name.clone(),
            role_arn: role_arn.unwrap_or_default(),
            external_id,
            comment: self.comment.clone(),
            read_only: self.read_only,
            owner: creator.clone(),
            isolation: Isolation::Open,
            creator: creator.clone(),
            created: act.now(),
            updater: creator,
            updated: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(row)
    }
}

fn already_exists(name: &str) -> Fault {
    let text = format!("Storage Credential '{name}' already exists");
    Fault::new("STORAGE_CREDENTIAL_ALREADY_EXISTS", text)
}

/// The locations that a credential reaches.
fn dependents(view: &View, row: &StorageCredentialRow) -> usize {
    let rows = rows_of::<ExternalLocationRow>(view, &row.account_id, &row.metastore_id);
    rows.filter(|location| location.credential_id == row.id).count()
}

/// The text is unverified.
fn depended_on(name: &str, count: usize, what: &str) -> Fault {
    Fault::invalid(format!(
        "Storage Credential '{name}' has {count} directly dependent external location(s); use force option to \
         {what} anyway."
    ))
}

impl Change {
    /// Whether nothing but the owner is changed.
    pub(super) fn is_of_owner_alone(&self) -> bool {
        self.owner.is_some()
            && self.new_name.is_none()
            && self.aws_iam_role.is_none()
            && self.comment.is_none()
            && self.read_only.is_none()
            && self.isolation_mode.is_none()
    }

    /// Changes one.
    ///
    /// # Errors
    /// A role that locations depend on is changed with `force` alone ("Force update even if there are dependent
    /// external locations", API reference).
    pub fn apply(
        &self,
        act: &mut Act<'_, '_>,
        known: &StorageCredentialRow,
    ) -> Result<StorageCredentialRow, Fault> {
        let mut row = known.clone();
        if let Some(role) = self.aws_iam_role.as_ref().filter(|it| it.role_arn != row.role_arn) {
            role.check()?;
            let count = dependents(act.aws.tx, &row);
            if count > 0 && !self.force {
                return Err(depended_on(&row.name, count, "update"));
            }
            row.role_arn.clone_from(&role.role_arn);
        }
        row.comment = self.comment.clone().or(row.comment);
        row.read_only = self.read_only.unwrap_or(row.read_only);
        row.isolation = self.isolation_mode.unwrap_or(row.isolation);
        row.owner = access::new_owner(act, self.owner.as_deref())?.unwrap_or(row.owner);
        if let Some(name) = self.new_name.as_ref().filter(|name| **name != row.name) {
            let wanted = (row.metastore_id.as_str(), name.as_str());
            row.key =
                unity::rename::<StorageCredentialRow>(act, &known.key, wanted, already_exists)?;
            row.name.clone_from(name);
        }
        row.updater = act.caller.name().to_owned();
        row.updated = act.now();
        act.tx().put(row.clone())?;
        Ok(row)
    }
}

impl StorageCredentialRow {
    /// It as something that has an owner.
    #[must_use]
    pub fn securable(&self) -> Securable {
        Securable {
            kind: Kind::StorageCredential,
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

    /// Deletes it.
    ///
    /// # Errors
    /// Locations that depend on it, unless it is forced.
    pub fn delete(&self, act: &mut Act<'_, '_>, force: bool) -> Result<Empty, Fault> {
        let count = dependents(act.aws.tx, self);
        if count > 0 && !force {
            return Err(depended_on(&self.name, count, "delete"));
        }
        binding::forget(act, &self.id)?;
        grant::forget(act, &self.id)?;
        act.tx().delete::<Self>(&self.account_id, &self.key)?;
        Ok(Empty {})
    }

    /// As the API has it.
    #[must_use]
    pub fn show(&self) -> Value {
        let mut out = json!({
            "id": self.id,
            "name": self.name,
            "full_name": self.name,
            "metastore_id": self.metastore_id,
            "aws_iam_role": {
                "role_arn": self.role_arn,
                "external_id": self.external_id,
                "unity_catalog_iam_arn": Principal::UnityCatalog.arn(),
            },
            "read_only": self.read_only,
            "owner": self.owner,
            "isolation_mode": self.isolation,
            "created_by": self.creator,
            "created_at": milliseconds(self.created),
            "updated_by": self.updater,
            "updated_at": milliseconds(self.updated),
            "used_for_managed_storage": false,
            "securable_type": "STORAGE_CREDENTIAL",
            "securable_kind": "STORAGE_CREDENTIAL_AWS_IAM",
        });
        add(&mut out, "comment", self.comment.as_deref());
        out
    }
}
