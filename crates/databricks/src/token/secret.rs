//! Secrets of service principals: what OAuth's client credentials are checked against.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use store::View;

use crate::fault::Fault;
use crate::identity::{self, Kind};
use crate::operation::{Act, Ask, Empty, Read, Write};
use crate::permit::Need;
use crate::token::{self, SecretRow};

/// What secrets begin with.
const PREFIX: &str = "dose";
/// The most secrets of a service principal ("up to five OAuth secrets", Databricks guide, "Authorize service
/// principal access").
pub const MAX_SECRETS: usize = 5;
/// How long a secret is good, in seconds (same page: "two years").
const LIFETIME_SECONDS: i64 = 730 * 24 * 60 * 60;

/// The secrets of a service principal of an account.
pub fn of<'v>(
    view: &'v View,
    account_id: &str,
    principal: &'v str,
) -> impl Iterator<Item = &'v SecretRow> {
    let secrets = view.range::<SecretRow>(account_id, ..);
    secrets.map(|row| &**row).filter(move |row| row.principal == principal)
}

/// The service principal that `client_id` and `secret` are of, by its id.
#[must_use]
pub fn check(
    view: &View,
    account_id: &str,
    client_id: &str,
    secret: &str,
    now: Timestamp,
) -> Option<String> {
    let known = identity::named(view, account_id, Kind::ServicePrincipal, client_id)?;
    // Hashes are compared, so that the time it takes tells nothing of the secret.
    let hash = token::hash(secret);
    let holds = of(view, account_id, &known.id)
        .any(|row| row.hash == hash && row.expires.is_none_or(|expires| now < expires));
    (holds && known.active && known.name == client_id).then(|| known.id.clone())
}

/// Keeps a secret.
///
/// # Errors
/// A limit of the store.
pub fn keep(
    act: &mut Act<'_, '_>,
    principal: &str,
    value: &str,
    expires: Option<Timestamp>,
) -> Result<SecretRow, Fault> {
    let id = act.entropy().uuid();
    let row = SecretRow {
        account_id: act.host.account_id.clone(),
        key: format!("{principal}/{id}"),
        id,
        principal: principal.to_owned(),
        hash: token::hash(value),
        created: act.now(),
        expires,
    };
    act.tx().insert(row.clone())?;
    Ok(row)
}

/// A secret as lists show it.
#[derive(Debug, Serialize)]
pub struct SecretInfo {
    id: String,
    secret_hash: String,
    create_time: Timestamp,
    update_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<Timestamp>,
    status: &'static str,
}

impl SecretInfo {
    fn new(row: &SecretRow) -> Self {
        Self {
            id: row.id.clone(),
            secret_hash: row.hash.clone(),
            create_time: row.created,
            update_time: row.created,
            expire_time: row.expires,
            status: "ACTIVE",
        }
    }
}

fn service_principal(ask: &Ask<'_>, id: &str) -> Result<(), Fault> {
    let known = identity::get(ask.view, &ask.host.account_id, Kind::ServicePrincipal, id);
    known
        .map(|_| ())
        .ok_or_else(|| Fault::missing(format!("Service principal with id {id} not found.")))
}

/// Makes a secret.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateServicePrincipalSecret {
    service_principal_id: String,
}

/// The secret, which is told once.
#[derive(Serialize)]
pub struct CreatedSecret {
    secret: String,
    #[serde(flatten)]
    info: SecretInfo,
}

operation! {
    CreateServicePrincipalSecret,
    Post [
        "/api/2.0/accounts/{account_id}/servicePrincipals/{service_principal_id}/credentials/secrets"
    ] -> CreatedSecret,
    Need::Admin
}

impl Write for CreateServicePrincipalSecret {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedSecret, Fault> {
        let id = &self.service_principal_id;
        service_principal(&act.ask(), id)?;
        if of(act.aws.tx, &act.host.account_id, id).count() >= MAX_SECRETS {
            let text = format!("A service principal has at most {MAX_SECRETS} secrets.");
            return Err(Fault::new("QUOTA_EXCEEDED", text));
        }
        let secret = format!("{PREFIX}{}", act.entropy().text(b"0123456789abcdef", 32));
        let row = keep(act, id, &secret, Some(act.now().plus_seconds(LIFETIME_SECONDS)))?;
        Ok(CreatedSecret { secret, info: SecretInfo::new(&row) })
    }
}

/// Lists secrets.
#[derive(Debug, Clone, Deserialize)]
pub struct ListServicePrincipalSecrets {
    service_principal_id: String,
}

/// Secrets.
#[derive(Debug, Serialize)]
pub struct SecretList {
    secrets: Vec<SecretInfo>,
}

operation! {
    ListServicePrincipalSecrets,
    Get [
        "/api/2.0/accounts/{account_id}/servicePrincipals/{service_principal_id}/credentials/secrets"
    ] -> SecretList,
    Need::Admin
}

impl Read for ListServicePrincipalSecrets {
    fn read(self, ask: &Ask<'_>) -> Result<SecretList, Fault> {
        service_principal(ask, &self.service_principal_id)?;
        let rows = of(ask.view, &ask.host.account_id, &self.service_principal_id);
        Ok(SecretList { secrets: rows.map(SecretInfo::new).collect() })
    }
}

/// Revokes a secret.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteServicePrincipalSecret {
    service_principal_id: String,
    secret_id: String,
}

operation! {
    DeleteServicePrincipalSecret,
    Delete [
        "/api/2.0/accounts/{account_id}/servicePrincipals/{service_principal_id}/credentials/secrets/{secret_id}"
    ] -> Empty,
    Need::Admin
}

impl Write for DeleteServicePrincipalSecret {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let key = format!("{}/{}", self.service_principal_id, self.secret_id);
        let account_id = act.host.account_id.clone();
        let gone = act.tx().delete::<SecretRow>(&account_id, &key)?;
        let missing = || Fault::missing(format!("Secret {} does not exist.", self.secret_id));
        gone.map(|_| Empty {}).ok_or_else(missing)
    }
}
