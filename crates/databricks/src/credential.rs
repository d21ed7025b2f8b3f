//! Credentials configurations: the cross-account roles that workspaces are made with.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use store::View;

use crate::aws::{Principal, Session};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write, milliseconds};
use crate::permit::Need;
use crate::workspace;

/// A credentials configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CredentialRow {
    /// The Databricks account.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The cross-account role.
    pub role_arn: String,
    /// When it was made.
    pub created: Timestamp,
}

row!(CredentialRow, "databricks_credential", account_id, id);

/// A credentials configuration as the API has it.
#[derive(Debug, Clone, Serialize)]
pub struct Credential {
    credentials_id: String,
    credentials_name: String,
    account_id: String,
    aws_credentials: AwsCredentials,
    creation_time: i64,
}

/// How AWS is reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AwsCredentials {
    sts_role: StsRole,
}

/// By assuming a role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StsRole {
    role_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

impl Credential {
    fn new(row: &CredentialRow) -> Self {
        Self {
            credentials_id: row.id.clone(),
            credentials_name: row.name.clone(),
            account_id: row.account_id.clone(),
            aws_credentials: AwsCredentials {
                sts_role: StsRole {
                    role_arn: row.role_arn.clone(),
                    external_id: Some(row.account_id.clone()),
                },
            },
            creation_time: milliseconds(row.created),
        }
    }
}

/// The credentials configuration with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(view: &'v View, account_id: &str, id: &str) -> Result<&'v CredentialRow, Fault> {
    let row = view.get::<CredentialRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::missing(format!("Credentials {id} does not exist in account {account_id}"))
    })
}

/// Assumes a cross-account role, as every call in a customer's account begins.
///
/// # Errors
/// AWS's own.
pub fn assume(
    act: &mut Act<'_, '_>,
    role_arn: &str,
    region: &str,
) -> Result<Session, cloud::Fault> {
    let external_id = act.host.account_id.clone();
    act.assume(Principal::ControlPlane, role_arn, &external_id, region)
}

/// Makes one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateCredentials {
    credentials_name: String,
    aws_credentials: AwsCredentials,
}

operation! {
    CreateCredentials, Post ["/api/2.0/accounts/{account_id}/credentials"] -> Credential, Need::Admin,
    |operation| operation.check_names()
}

impl CreateCredentials {
    fn check_names(&self) -> Result<(), Fault> {
        check_name("credentials_name", &self.credentials_name)?;
        let arn = &self.aws_credentials.sts_role.role_arn;
        if is_role_arn(arn) {
            Ok(())
        } else {
            Err(Fault::malformed(format!("Invalid role ARN: {arn}")))
        }
    }
}

/// The ARN of a role, of whichever path.
#[must_use]
pub fn is_role_arn(text: &str) -> bool {
    text.parse::<names::Arn>().is_ok_and(|arn| {
        let parts = arn.parts();
        parts.service == "iam"
            && parts.account.parse::<names::AccountId>().is_ok()
            && parts.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
    })
}

/// Names in an account have 4 to 256 characters (API reference, "human-readable name").
///
/// # Errors
/// `MALFORMED_REQUEST`; the text is unverified.
pub fn check_name(field: &str, name: &str) -> Result<(), Fault> {
    if (4..=256).contains(&name.chars().count()) {
        return Ok(());
    }
    Err(Fault::malformed(format!("{field} must be between 4 and 256 characters")))
}

impl Write for CreateCredentials {
    /// The role must be there for the taking: "Failed credential validation checks" is what users report of a
    /// role that cannot be assumed, or has none of the permissions (terraform-provider-databricks issue 1363).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Credential, Fault> {
        let account_id = act.host.account_id.clone();
        let rows = act.aws.tx.range::<CredentialRow>(&account_id, ..);
        if rows.into_iter().any(|row| row.name == self.credentials_name) {
            let text = format!("Credentials with name {} already exists", self.credentials_name);
            return Err(Fault::exists(text));
        }
        let role_arn = &self.aws_credentials.sts_role.role_arn;
        let region = act.aws.region.to_owned();
        let usable = assume(act, role_arn, &region)
            .and_then(|session| act.ec2_would(&session, "DescribeVpcs", serde_json::json!({})));
        if usable.is_err() {
            return Err(Fault::malformed(
                "Failed credential validation checks: please use a valid cross account IAM role with \
                 permissions setup correctly",
            ));
        }
        let row = CredentialRow {
            account_id,
            id: act.entropy().uuid(),
            name: self.credentials_name.clone(),
            role_arn: role_arn.clone(),
            created: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(Credential::new(&row))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetCredentials {
    credentials_id: String,
}

operation! {
    GetCredentials,
    Get ["/api/2.0/accounts/{account_id}/credentials/{credentials_id}"] -> Credential,
    Need::Admin
}

impl Read for GetCredentials {
    fn read(self, ask: &Ask<'_>) -> Result<Credential, Fault> {
        find(ask.view, &ask.host.account_id, &self.credentials_id).map(Credential::new)
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListCredentials {}

operation! {
    ListCredentials, Get ["/api/2.0/accounts/{account_id}/credentials"] -> Vec<Credential>, Need::Admin
}

impl Read for ListCredentials {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<Credential>, Fault> {
        let rows = ask.view.range::<CredentialRow>(&ask.host.account_id, ..);
        Ok(rows.map(|row| Credential::new(row)).collect())
    }
}

/// Deletes one.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteCredentials {
    credentials_id: String,
}

operation! {
    DeleteCredentials,
    Delete ["/api/2.0/accounts/{account_id}/credentials/{credentials_id}"] -> Credential,
    Need::Admin
}

impl Write for DeleteCredentials {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Credential, Fault> {
        let account_id = act.host.account_id.clone();
        let row = find(act.aws.tx, &account_id, &self.credentials_id)?.clone();
        workspace::refuse_in_use(act, "Credentials", &row.id, |known| {
            known.credentials_id == row.id
        })?;
        act.tx().delete::<CredentialRow>(&account_id, &row.id)?;
        Ok(Credential::new(&row))
    }
}
