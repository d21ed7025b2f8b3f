//! Storage credentials on the account's host, where a path names their metastore and everything is wrapped.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Read, Write};
use crate::permit::Need;
use crate::unity::storage_credential::{self, Change, New, StorageCredentialRow};
use crate::unity::{self, metastore};

const ALL: &str = "/api/2.0/accounts/{account_id}/metastores/{metastore_id}/storage-credentials";
const ONE: &str = "/api/2.0/accounts/{account_id}/metastores/{metastore_id}/storage-credentials/{storage_credential_name}";

fn wrapped(row: &StorageCredentialRow) -> Value {
    json!({"credential_info": row.show()})
}

fn find<'v>(
    ask: &Ask<'v>,
    metastore_id: &str,
    name: &str,
) -> Result<&'v StorageCredentialRow, Fault> {
    let account_id = &ask.host.account_id;
    metastore::find(ask.view, account_id, metastore_id)?;
    storage_credential::find(ask.view, account_id, metastore_id, name)
}

/// Makes one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateAccountStorageCredential {
    metastore_id: String,
    credential_info: New,
}

operation! {
    CreateAccountStorageCredential, Post [ALL] -> Value, Need::Admin,
    |operation| operation.credential_info.check()
}

impl Write for CreateAccountStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let account_id = &act.host.account_id;
        let id = metastore::find(act.aws.tx, account_id, &self.metastore_id)?.id.clone();
        self.credential_info.make(act, &id).map(|row| wrapped(&row))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetAccountStorageCredential {
    metastore_id: String,
    storage_credential_name: String,
}

operation! { GetAccountStorageCredential, Get [ONE] -> Value, Need::Admin }

impl Read for GetAccountStorageCredential {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        find(ask, &self.metastore_id, &self.storage_credential_name).map(wrapped)
    }
}

/// Lists those of a metastore.
#[derive(Debug, Clone, Deserialize)]
pub struct ListAccountStorageCredentials {
    metastore_id: String,
}

operation! { ListAccountStorageCredentials, Get [ALL] -> Value, Need::Admin }

impl Read for ListAccountStorageCredentials {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let account_id = &ask.host.account_id;
        let id = &metastore::find(ask.view, account_id, &self.metastore_id)?.id;
        let rows = unity::rows_of::<StorageCredentialRow>(ask.view, account_id, id);
        let all: Vec<Value> = rows.map(StorageCredentialRow::show).collect();
        Ok(json!({"storage_credentials": all}))
    }
}

/// Changes one.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateAccountStorageCredential {
    metastore_id: String,
    storage_credential_name: String,
    #[serde(default)]
    credential_info: Change,
}

operation! { UpdateAccountStorageCredential, Put [ONE] -> Value, Need::Admin }

impl Write for UpdateAccountStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let row = find(&act.ask(), &self.metastore_id, &self.storage_credential_name)?.clone();
        self.credential_info.apply(act, &row).map(|row| wrapped(&row))
    }
}

/// Deletes one that no location uses, or any with `force`.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteAccountStorageCredential {
    metastore_id: String,
    storage_credential_name: String,
    #[serde(default)]
    force: bool,
}

operation! { DeleteAccountStorageCredential, Delete [ONE] -> Empty, Need::Admin }

impl Write for DeleteAccountStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let row = find(&act.ask(), &self.metastore_id, &self.storage_credential_name)?.clone();
        row.delete(act, self.force)
    }
}
