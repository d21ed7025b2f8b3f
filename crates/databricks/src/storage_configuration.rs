//! Storage configurations: the root buckets of workspaces.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use store::View;

use crate::credential::check_name;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write, milliseconds};
use crate::permit::Need;
use crate::workspace;

/// A storage configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StorageConfigurationRow {
    /// The Databricks account.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The bucket.
    pub bucket: String,
    /// The role that reaches it, if it is not reached by bucket policy.
    pub role_arn: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

row!(StorageConfigurationRow, "databricks_storage_configuration", account_id, id);

/// A storage configuration as the API has it.
#[derive(Debug, Clone, Serialize)]
pub struct StorageConfiguration {
    storage_configuration_id: String,
    storage_configuration_name: String,
    account_id: String,
    root_bucket_info: RootBucketInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    creation_time: i64,
}

/// The bucket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RootBucketInfo {
    bucket_name: String,
}

impl StorageConfiguration {
    fn new(row: &StorageConfigurationRow) -> Self {
        Self {
            storage_configuration_id: row.id.clone(),
            storage_configuration_name: row.name.clone(),
            account_id: row.account_id.clone(),
            root_bucket_info: RootBucketInfo { bucket_name: row.bucket.clone() },
            role_arn: row.role_arn.clone(),
            creation_time: milliseconds(row.created),
        }
    }
}

/// The storage configuration with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(
    view: &'v View,
    account_id: &str,
    id: &str,
) -> Result<&'v StorageConfigurationRow, Fault> {
    let row = view.get::<StorageConfigurationRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::missing(format!("Storage configuration {id} does not exist in account {account_id}"))
    })
}

/// Makes one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateStorageConfiguration {
    storage_configuration_name: String,
    root_bucket_info: RootBucketInfo,
    role_arn: Option<String>,
}

operation! {
    CreateStorageConfiguration,
    Post ["/api/2.0/accounts/{account_id}/storage-configurations"] -> StorageConfiguration,
    Need::Admin,
    |operation| {
        check_name("storage_configuration_name", &operation.storage_configuration_name)?;
        check_bucket(&operation.root_bucket_info.bucket_name)
    }
}

/// A bucket's name as the Databricks provider has it: `^[0-9a-z][-0-9a-z\.]{1,61}[0-9a-z]$`.
fn check_bucket(name: &str) -> Result<(), Fault> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let ends = name.bytes().next().is_some_and(plain) && name.bytes().last().is_some_and(plain);
    let inner = name.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'.');
    if (3..=63).contains(&name.len()) && ends && inner {
        return Ok(());
    }
    Err(Fault::malformed(format!("Invalid bucket name: {name}")))
}

impl Write for CreateStorageConfiguration {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StorageConfiguration, Fault> {
        let account_id = act.host.account_id.clone();
        let name = &self.storage_configuration_name;
        let rows = act.aws.tx.range::<StorageConfigurationRow>(&account_id, ..);
        if rows.into_iter().any(|row| row.name == *name) {
            return Err(Fault::exists(format!(
                "Storage configuration with name {name} already exists"
            )));
        }
        let row = StorageConfigurationRow {
            account_id,
            id: act.entropy().uuid(),
            name: name.clone(),
            bucket: self.root_bucket_info.bucket_name.clone(),
            role_arn: self.role_arn.clone(),
            created: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(StorageConfiguration::new(&row))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetStorageConfiguration {
    storage_configuration_id: String,
}

operation! {
    GetStorageConfiguration,
    Get [
        "/api/2.0/accounts/{account_id}/storage-configurations/{storage_configuration_id}"
    ] -> StorageConfiguration,
    Need::Admin
}

impl Read for GetStorageConfiguration {
    fn read(self, ask: &Ask<'_>) -> Result<StorageConfiguration, Fault> {
        find(ask.view, &ask.host.account_id, &self.storage_configuration_id)
            .map(StorageConfiguration::new)
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListStorageConfigurations {}

operation! {
    ListStorageConfigurations,
    Get ["/api/2.0/accounts/{account_id}/storage-configurations"] -> Vec<StorageConfiguration>,
    Need::Admin
}

impl Read for ListStorageConfigurations {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<StorageConfiguration>, Fault> {
        let rows = ask.view.range::<StorageConfigurationRow>(&ask.host.account_id, ..);
        Ok(rows.map(|row| StorageConfiguration::new(row)).collect())
    }
}

/// Deletes one.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteStorageConfiguration {
    storage_configuration_id: String,
}

operation! {
    DeleteStorageConfiguration,
    Delete [
        "/api/2.0/accounts/{account_id}/storage-configurations/{storage_configuration_id}"
    ] -> StorageConfiguration,
    Need::Admin
}

impl Write for DeleteStorageConfiguration {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StorageConfiguration, Fault> {
        let account_id = act.host.account_id.clone();
        let row = find(act.aws.tx, &account_id, &self.storage_configuration_id)?.clone();
        workspace::refuse_in_use(act, "Storage configuration", &row.id, |known| {
            known.storage_configuration_id == row.id
        })?;
        act.tx().delete::<StorageConfigurationRow>(&account_id, &row.id)?;
        Ok(StorageConfiguration::new(&row))
    }
}
