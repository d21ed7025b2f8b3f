//! X.509 certificates with which old SOAP requests were signed.

use std::borrow::Cow;

use base64ct::{Base64, Encoding};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::user::MAX_EXISTING_NAME;
use crate::iam::user_credential::{self, OfUser, STATUSES, status};
use crate::iam::{name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// Signing certificates of a user (user guide, "IAM and AWS STS quotas").
pub(super) const MAX_CERTIFICATES: usize = 2;
/// Characters of an uploaded certificate.
const MAX_BODY: usize = 16_384;

/// A user's certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SigningCertificateRow {
    /// Its account.
    pub account: AccountId,
    /// The unique id of its user.
    pub user_id: String,
    /// Its id.
    pub id: String,
    /// The certificate in PEM form.
    pub body: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was uploaded.
    pub uploaded: Timestamp,
}

impl Row for SigningCertificateRow {
    const TABLE: &'static str = "iam_signing_certificate";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        user_credential::key(&self.user_id, &self.id).into()
    }
}

impl OfUser for SigningCertificateRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn set_active(&mut self, active: bool) {
        self.active = active;
    }

    /// As IAM says it of access keys (unverified).
    fn missing(id: &str) -> Fault {
        Fault::new("NoSuchEntity", format!("The Certificate with id {id} cannot be found."))
    }
}

/// Whether a text is one certificate in PEM form (RFC 7468): a DER sequence of the length that it says.
fn is_certificate(body: &str) -> bool {
    let inner = body.trim().strip_prefix("-----BEGIN CERTIFICATE-----");
    let inner = inner.and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"));
    let Some(inner) = inner else { return false };
    let base64: String = inner.split_ascii_whitespace().collect();
    let Ok(der) = Base64::decode_vec(&base64) else { return false };
    match der.as_slice() {
        // A sequence, whose length takes two bytes: no certificate is shorter than 256 or longer than 65,535.
        [0x30, 0x82, high, low, content @ ..] => {
            usize::from(u16::from_be_bytes([*high, *low])) == content.len()
        }
        _ => false,
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Certificate {
    user_name: String,
    certificate_id: String,
    certificate_body: String,
    status: &'static str,
    upload_date: Timestamp,
}

fn show(row: &SigningCertificateRow, user_name: &str) -> Certificate {
    Certificate {
        user_name: user_name.to_owned(),
        certificate_id: row.id.clone(),
        certificate_body: row.body.clone(),
        status: status(row.active),
        upload_date: row.uploaded,
    }
}

/// `UploadSigningCertificate`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadSigningCertificate {
    user_name: Option<String>,
    certificate_body: String,
}

/// The new certificate.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CertificateOutput {
    certificate: Certificate,
}

impl Operation for UploadSigningCertificate {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UploadSigningCertificate";
    type Output = CertificateOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        for check in [Check::MaxLength(MAX_BODY), Check::MinLength(1)] {
            constraints.hidden("certificateBody", &self.certificate_body, check);
        }
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(ask, "iam:UploadSigningCertificate", self.user_name.as_deref())
    }
}

impl Write for UploadSigningCertificate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CertificateOutput, Fault> {
        let account = act.account();
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        let body = self.certificate_body.trim();
        // The texts are unverified.
        if !is_certificate(body) {
            let text =
                "Unable to parse certificate. Please ensure the certificate is in PEM format.";
            return Err(Fault::new("MalformedCertificate", text));
        }
        let mut theirs = 0;
        for row in user_credential::of_user::<SigningCertificateRow>(act.tx, account, &user.id) {
            if row.body == body {
                let text = "The certificate is already associated with the specified IAM user.";
                return Err(Fault::new("DuplicateCertificate", text));
            }
            theirs += 1;
        }
        if theirs >= MAX_CERTIFICATES {
            let text = format!("Cannot exceed quota for CertificatesPerUser: {MAX_CERTIFICATES}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let row = SigningCertificateRow {
            account,
            user_id: user.id.clone(),
            id: user_credential::new_id("ASCA", act.entropy) + "RXN",
            body: body.to_owned(),
            active: true,
            uploaded: act.now,
        };
        let certificate = show(&row, &user.name);
        act.tx.insert(row)?;
        Ok(CertificateOutput { certificate })
    }
}

/// `ListSigningCertificates`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSigningCertificates {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of certificates.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificates {
    certificates: Vec<Certificate>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListSigningCertificates {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListSigningCertificates";
    type Output = Certificates;

    fn check(&self) -> Result<(), Fault> {
        let (name, marker) = (self.user_name.as_deref(), self.marker.as_deref());
        user_credential::check_list((name, MAX_EXISTING_NAME), marker, self.max_items)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(ask, "iam:ListSigningCertificates", self.user_name.as_deref())
    }
}

impl Read for ListSigningCertificates {
    fn read(self, ask: &Ask<'_>) -> Result<Certificates, Fault> {
        let account = ask.account();
        let user = user_credential::owner(ask, self.user_name.as_deref())?;
        let rows = user_credential::of_user::<SigningCertificateRow>(ask.view, account, &user.id);
        let shown = rows.map(|row| (row.id.clone(), show(row, &user.name)));
        let page = page::cut(shown, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(Certificates { certificates: page.items, is_truncated, marker: page.marker })
    }
}

/// `UpdateSigningCertificate`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSigningCertificate {
    user_name: Option<String>,
    certificate_id: String,
    status: String,
}

impl Operation for UpdateSigningCertificate {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateSigningCertificate";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = check(self.user_name.as_deref(), &self.certificate_id);
        constraints.hidden("status", &self.status, Check::OneOf(STATUSES));
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(ask, "iam:UpdateSigningCertificate", self.user_name.as_deref())
    }
}

impl Write for UpdateSigningCertificate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        let (id, status) = (&self.certificate_id, &self.status);
        user_credential::update::<SigningCertificateRow>(act.tx, &user, id, status)
    }
}

/// `DeleteSigningCertificate`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteSigningCertificate {
    user_name: Option<String>,
    certificate_id: String,
}

impl Operation for DeleteSigningCertificate {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteSigningCertificate";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), &self.certificate_id).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(ask, "iam:DeleteSigningCertificate", self.user_name.as_deref())
    }
}

impl Write for DeleteSigningCertificate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user_credential::owner(&act.ask(), self.user_name.as_deref())?;
        user_credential::delete::<SigningCertificateRow>(act.tx, &user, &self.certificate_id)
    }
}

fn check(user_name: Option<&str>, id: &str) -> Constraints {
    user_credential::check((user_name, MAX_EXISTING_NAME), "certificateId", id, 24)
}
