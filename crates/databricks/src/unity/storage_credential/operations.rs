//! Storage credentials on workspaces' hosts.

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::access::{self, Hold};
use crate::unity::storage_credential::{self, Change, New, Role, StorageCredentialRow};
use crate::unity::{self, Isolation, binding, grant};

const ALL: &str = "/api/2.1/unity-catalog/storage-credentials";
const ONE: &str = "/api/2.1/unity-catalog/storage-credentials/{name}";

/// The credential called `name` in the workspace's metastore.
fn find<'v>(ask: &Ask<'v>, name: &str) -> Result<&'v StorageCredentialRow, Fault> {
    let metastore_id = unity::metastore_id(ask)?;
    storage_credential::find(ask.view, &ask.host.account_id, &metastore_id, name)
}

/// Makes one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateStorageCredential {
    name: String,
    aws_iam_role: Option<Role>,
    comment: Option<String>,
    #[serde(default)]
    read_only: bool,
}

impl CreateStorageCredential {
    fn wanted(&self) -> New {
        New {
            name: self.name.clone(),
            aws_iam_role: self.aws_iam_role.clone(),
            comment: self.comment.clone(),
            read_only: self.read_only,
        }
    }
}

impl Operation for CreateStorageCredential {
    const NAME: &'static str = "CreateStorageCredential";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &[ALL];
    type Output = Value;

    fn check(&self) -> Result<(), Fault> {
        self.wanted().check()
    }

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let privilege = Hold::Privilege("CREATE_STORAGE_CREDENTIAL");
        Ok(Need::Has(access::metastore(ask)?, privilege))
    }
}

impl Write for CreateStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let metastore_id = unity::metastore_id(&act.ask())?;
        self.wanted().make(act, &metastore_id).map(|row| row.show())
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetStorageCredential {
    name: String,
}

impl Operation for GetStorageCredential {
    const NAME: &'static str = "GetStorageCredential";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(find(ask, &self.name)?.securable(), Hold::Any))
    }
}

impl Read for GetStorageCredential {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = find(ask, &self.name)?;
        row.check_usable(ask)?;
        Ok(row.show())
    }
}

/// Lists those that the caller has anything of.
#[derive(Debug, Clone, Deserialize)]
pub struct ListStorageCredentials {
    max_results: Option<i64>,
    page_token: Option<String>,
}

operation! { ListStorageCredentials, Get [ALL] -> Value, Need::Anyone }

impl Read for ListStorageCredentials {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let metastore_id = unity::metastore_id(ask)?;
        let account_id = &ask.host.account_id;
        let rows = unity::rows_of::<StorageCredentialRow>(ask.view, account_id, &metastore_id);
        let seen = rows.filter(|row| {
            let securable = row.securable();
            access::has(ask, &securable, Hold::Any)
                && binding::is_usable(ask, &securable, row.isolation)
        });
        let all = seen.map(StorageCredentialRow::show).collect();
        unity::page("storage_credentials", all, self.max_results, self.page_token.as_deref())
    }
}

/// Changes one.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateStorageCredential {
    name: String,
    new_name: Option<String>,
    aws_iam_role: Option<Role>,
    comment: Option<String>,
    read_only: Option<bool>,
    owner: Option<String>,
    isolation_mode: Option<Isolation>,
    #[serde(default)]
    force: bool,
}

impl UpdateStorageCredential {
    fn change(&self) -> Change {
        Change {
            new_name: self.new_name.clone(),
            aws_iam_role: self.aws_iam_role.clone(),
            comment: self.comment.clone(),
            read_only: self.read_only,
            owner: self.owner.clone(),
            isolation_mode: self.isolation_mode,
            force: self.force,
        }
    }
}

impl Operation for UpdateStorageCredential {
    const NAME: &'static str = "UpdateStorageCredential";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Value;

    /// "If the caller is a metastore admin, only the owner field can be changed" (API reference).
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let securable = find(ask, &self.name)?.securable();
        if self.change().is_of_owner_alone() {
            return grant::owner_or_metastore_admin(ask, securable);
        }
        Ok(Need::Has(securable, Hold::Owner))
    }
}

impl Write for UpdateStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let row = find(&act.ask(), &self.name)?.clone();
        self.change().apply(act, &row).map(|row| row.show())
    }
}

/// Deletes one that no location uses, or any with `force`.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteStorageCredential {
    name: String,
    #[serde(default)]
    force: bool,
}

impl Operation for DeleteStorageCredential {
    const NAME: &'static str = "DeleteStorageCredential";
    const METHOD: Method = Method::Delete;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(find(ask, &self.name)?.securable(), Hold::Owner))
    }
}

impl Write for DeleteStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let row = find(&act.ask(), &self.name)?.clone();
        row.delete(act, self.force)
    }
}
