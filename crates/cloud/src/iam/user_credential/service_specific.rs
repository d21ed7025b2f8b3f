//! Passwords for single services. A password is answered once and kept nowhere.

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::page;
use crate::iam::user;
use crate::iam::user_credential::{self, OfUser, STATUSES, status};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::secret::Secret;

/// Credentials of a user for one service (API reference, CreateServiceSpecificCredential).
pub(super) const MAX_PER_SERVICE: usize = 2;
/// The services that take such passwords (API reference). Bedrock, which takes keys of another form, is not
/// among them here.
const SERVICES: &[&str] = &["codecommit.amazonaws.com", "cassandra.amazonaws.com"];
/// Days for which Bedrock's keys may be good (API model).
const MAX_AGE_DAYS: i64 = 36_600;
/// Characters of a password, as in the API reference's example.
const PASSWORD_CHARACTERS: usize = 44;
const PASSWORD_ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A user's password for a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceSpecificCredentialRow {
    /// Its account.
    pub account: AccountId,
    /// The unique id of its user.
    pub user_id: String,
    /// Its id: `ACCA…`.
    pub id: String,
    /// The service.
    pub service: String,
    /// The name to sign in with.
    pub service_user_name: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for ServiceSpecificCredentialRow {
    const TABLE: &'static str = "iam_service_specific_credential";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        user_credential::key(&self.user_id, &self.id).into()
    }
}

impl OfUser for ServiceSpecificCredentialRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn set_active(&mut self, active: bool) {
        self.active = active;
    }

    /// The text is unverified.
    fn missing(id: &str) -> Fault {
        let text = format!("The Service Specific Credential with id {id} cannot be found.");
        Fault::new("NoSuchEntity", text)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credential {
    create_date: Timestamp,
    service_name: String,
    service_user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_password: Option<Secret>,
    service_specific_credential_id: String,
    user_name: String,
    status: &'static str,
}

fn show(
    row: &ServiceSpecificCredentialRow,
    user_name: &str,
    password: Option<Secret>,
) -> Credential {
    Credential {
        create_date: row.created,
        service_name: row.service.clone(),
        service_user_name: row.service_user_name.clone(),
        service_password: password,
        service_specific_credential_id: row.id.clone(),
        user_name: user_name.to_owned(),
        status: status(row.active),
    }
}

fn new_password(act: &mut Act<'_, '_>) -> Secret {
    Secret::new(act.entropy.text(PASSWORD_ALPHABET, PASSWORD_CHARACTERS))
}

fn check_service(service: &str) -> Result<(), Fault> {
    if SERVICES.contains(&service) {
        return Ok(());
    }
    // The code is the API reference's; the text is unverified.
    let text = format!("No such service {service} is supported for Service Specific Credentials");
    Err(Fault::new("NotSupportedService", text))
}

/// A credential with its password.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialOutput {
    service_specific_credential: Credential,
}

/// `CreateServiceSpecificCredential`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateServiceSpecificCredential {
    user_name: String,
    service_name: String,
    credential_age_days: Option<i64>,
}

impl Operation for CreateServiceSpecificCredential {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateServiceSpecificCredential";
    type Output = CredentialOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        let age = [Check::AtLeast(1), Check::AtMost(MAX_AGE_DAYS)];
        constraints.number("credentialAgeDays", self.credential_age_days, &age);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:CreateServiceSpecificCredential";
        Ok(vec![
            user::demand(ask, action, &self.user_name)
                .with("iam:ServiceSpecificCredentialServiceName", self.service_name.as_str()),
        ])
    }
}

impl Write for CreateServiceSpecificCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CredentialOutput, Fault> {
        let account = act.account();
        let user = user::find(act.tx, account, &self.user_name)?.clone();
        check_service(&self.service_name)?;
        if self.credential_age_days.is_some() {
            // Only Bedrock's keys have an age (API reference); the text is unverified.
            let text = "CredentialAgeDays is only supported for bedrock.amazonaws.com";
            return Err(Fault::new("InvalidInput", text));
        }
        let theirs =
            user_credential::of_user::<ServiceSpecificCredentialRow>(act.tx, account, &user.id);
        let number = theirs.filter(|row| row.service == self.service_name).count();
        if number >= MAX_PER_SERVICE {
            let text = format!(
                "Cannot exceed quota for ServiceSpecificCredentialsPerUser: {MAX_PER_SERVICE}"
            );
            return Err(Fault::new("LimitExceeded", text));
        }
        // As in the API reference; that a second one is told apart by a number is unverified.
        let first = format!("{}-at-{account}", user.name);
        let taken =
            user_credential::of_user::<ServiceSpecificCredentialRow>(act.tx, account, &user.id)
                .any(|row| row.service == self.service_name && row.service_user_name == first);
        let row = ServiceSpecificCredentialRow {
            account,
            user_id: user.id.clone(),
            id: user_credential::new_id("ACCA", act.entropy),
            service: self.service_name.clone(),
            service_user_name: if taken { format!("{}+1-at-{account}", user.name) } else { first },
            active: true,
            created: act.now,
        };
        let password = new_password(act);
        let shown = show(&row, &user.name, Some(password));
        act.tx.insert(row)?;
        Ok(CredentialOutput { service_specific_credential: shown })
    }
}

/// `ListServiceSpecificCredentials`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServiceSpecificCredentials {
    user_name: Option<String>,
    service_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// A user's credentials.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    service_specific_credentials: Vec<Credential>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListServiceSpecificCredentials {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListServiceSpecificCredentials";
    type Output = Credentials;

    fn check(&self) -> Result<(), Fault> {
        let user = (self.user_name.as_deref(), MAX_USER_NAME);
        user_credential::check_list(user, self.marker.as_deref(), self.max_items)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(
            ask,
            "iam:ListServiceSpecificCredentials",
            self.user_name.as_deref(),
        )
    }
}

impl Read for ListServiceSpecificCredentials {
    fn read(self, ask: &Ask<'_>) -> Result<Credentials, Fault> {
        let account = ask.account();
        let user = user_credential::owner(ask, self.user_name.as_deref())?;
        self.service_name.as_deref().map_or(Ok(()), check_service)?;
        let service = self.service_name.as_deref();
        let rows =
            user_credential::of_user::<ServiceSpecificCredentialRow>(ask.view, account, &user.id);
        let wanted = rows.filter(|row| service.is_none_or(|service| row.service == service));
        let shown = wanted.map(|row| (row.id.clone(), show(row, &user.name, None)));
        let page = page::cut(shown, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        let (shown, marker) = (page.items, page.marker);
        Ok(Credentials { service_specific_credentials: shown, is_truncated, marker })
    }
}

/// `UpdateServiceSpecificCredential`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateServiceSpecificCredential {
    user_name: Option<String>,
    service_specific_credential_id: String,
    status: String,
}

impl Operation for UpdateServiceSpecificCredential {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateServiceSpecificCredential";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let id = &self.service_specific_credential_id;
        let mut constraints = check(self.user_name.as_deref(), id);
        constraints.hidden("status", &self.status, Check::OneOf(STATUSES));
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(
            ask,
            "iam:UpdateServiceSpecificCredential",
            self.user_name.as_deref(),
        )
    }
}

impl Write for UpdateServiceSpecificCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        let (id, status) = (&self.service_specific_credential_id, &self.status);
        user_credential::update::<ServiceSpecificCredentialRow>(act.tx, &user, id, status)
    }
}

/// `ResetServiceSpecificCredential`: a new password, which replaces the old one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResetServiceSpecificCredential {
    user_name: Option<String>,
    service_specific_credential_id: String,
}

impl Operation for ResetServiceSpecificCredential {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ResetServiceSpecificCredential";
    type Output = CredentialOutput;

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), &self.service_specific_credential_id).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(
            ask,
            "iam:ResetServiceSpecificCredential",
            self.user_name.as_deref(),
        )
    }
}

impl Write for ResetServiceSpecificCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CredentialOutput, Fault> {
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        let id = &self.service_specific_credential_id;
        let row = user_credential::find::<ServiceSpecificCredentialRow>(act.tx, &user, id)?.clone();
        let shown = show(&row, &user.name, Some(new_password(act)));
        Ok(CredentialOutput { service_specific_credential: shown })
    }
}

/// `DeleteServiceSpecificCredential`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteServiceSpecificCredential {
    user_name: Option<String>,
    service_specific_credential_id: String,
}

impl Operation for DeleteServiceSpecificCredential {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteServiceSpecificCredential";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), &self.service_specific_credential_id).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(
            ask,
            "iam:DeleteServiceSpecificCredential",
            self.user_name.as_deref(),
        )
    }
}

impl Write for DeleteServiceSpecificCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        let id = &self.service_specific_credential_id;
        user_credential::delete::<ServiceSpecificCredentialRow>(act.tx, &user, id)
    }
}

fn check(user_name: Option<&str>, id: &str) -> Constraints {
    user_credential::check((user_name, MAX_USER_NAME), "serviceSpecificCredentialId", id, 20)
}
