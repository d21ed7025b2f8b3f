//! Public SSH keys, which CodeCommit takes.

use std::borrow::Cow;

use base64ct::{Base64, Encoding};
use md5::{Digest, Md5};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name::MAX_USER_NAME;
use crate::iam::user;
use crate::iam::user_credential::{self, OfUser, STATUSES, status};
use crate::iam::{name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// Public SSH keys of a user (user guide, "IAM and AWS STS quotas").
pub(super) const MAX_SSH_KEYS: usize = 5;
/// Characters of an uploaded key.
const MAX_BODY: usize = 16_384;
/// The only kind of key that IAM takes (user guide, "Use IAM with CodeCommit").
const KIND: &str = "ssh-rsa";

/// A user's public key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SshPublicKeyRow {
    /// Its account.
    pub account: AccountId,
    /// The unique id of its user.
    pub user_id: String,
    /// Its id: `APKA…`.
    pub id: String,
    /// The key as it was uploaded: `ssh-rsa AAAA… comment`.
    pub body: String,
    /// The MD5 of the key's bytes, as `ssh-keygen -l -E md5` shows it.
    pub fingerprint: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was uploaded.
    pub uploaded: Timestamp,
}

impl Row for SshPublicKeyRow {
    const TABLE: &'static str = "iam_ssh_public_key";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        user_credential::key(&self.user_id, &self.id).into()
    }
}

impl OfUser for SshPublicKeyRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn set_active(&mut self, active: bool) {
        self.active = active;
    }

    /// As IAM says it of access keys (unverified).
    fn missing(id: &str) -> Fault {
        Fault::new("NoSuchEntity", format!("The Public Key with id {id} cannot be found."))
    }
}

/// The fingerprint of a key in the form of OpenSSH; `None` if it is none.
fn fingerprint(body: &str) -> Option<String> {
    let mut words = body.split_ascii_whitespace();
    let bytes = words.next().filter(|kind| *kind == KIND).and_then(|_| words.next())?;
    let bytes = Base64::decode_vec(bytes).ok()?;
    // The bytes name the kind again, after its length (RFC 4253, section 6.6).
    let rest = bytes.strip_prefix(&[0, 0, 0, 7])?.strip_prefix(KIND.as_bytes())?;
    if rest.is_empty() {
        return None;
    }
    let digest: Vec<String> =
        Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(digest.join(":"))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    fingerprint: String,
    #[serde(rename = "SSHPublicKeyBody")]
    body: String,
    status: &'static str,
    upload_date: Timestamp,
}

/// One key.
#[derive(Debug, Serialize)]
pub struct SshPublicKeyOutput {
    #[serde(rename = "SSHPublicKey")]
    key: SshPublicKey,
}

fn show(row: &SshPublicKeyRow, user_name: &str) -> SshPublicKeyOutput {
    let key = SshPublicKey {
        user_name: user_name.to_owned(),
        id: row.id.clone(),
        fingerprint: row.fingerprint.clone(),
        body: row.body.clone(),
        status: status(row.active),
        upload_date: row.uploaded,
    };
    SshPublicKeyOutput { key }
}

/// `UploadSSHPublicKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadSSHPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyBody")]
    body: String,
}

impl Operation for UploadSSHPublicKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UploadSSHPublicKey";
    type Output = SshPublicKeyOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        for check in [Check::MaxLength(MAX_BODY), Check::MinLength(1)] {
            constraints.hidden("sSHPublicKeyBody", &self.body, check);
        }
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:UploadSSHPublicKey", &self.user_name)])
    }
}

impl Write for UploadSSHPublicKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<SshPublicKeyOutput, Fault> {
        let account = act.account();
        let user = user::find(act.tx, account, &self.user_name)?.clone();
        // The texts are unverified. A key in PEM form, which IAM takes too, is refused as one it cannot read.
        let body = self.body.trim();
        if body.starts_with("-----BEGIN") {
            let text = "Only keys in the form of OpenSSH (ssh-rsa …) are taken here.";
            return Err(Fault::new("UnrecognizedPublicKeyEncoding", text));
        }
        let Some(fingerprint) = fingerprint(body) else {
            return Err(Fault::new("InvalidPublicKey", "The public key is malformed or invalid."));
        };
        let mut theirs = 0;
        for key in user_credential::of_user::<SshPublicKeyRow>(act.tx, account, &user.id) {
            if key.fingerprint == fingerprint {
                let text = "The SSH public key is already associated with the specified IAM user.";
                return Err(Fault::new("DuplicateSSHPublicKey", text));
            }
            theirs += 1;
        }
        if theirs >= MAX_SSH_KEYS {
            let text = format!("Cannot exceed quota for SSHPublicKeysPerUser: {MAX_SSH_KEYS}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let row = SshPublicKeyRow {
            account,
            user_id: user.id.clone(),
            id: user_credential::new_id("APKA", act.entropy),
            body: body.to_owned(),
            fingerprint,
            active: true,
            uploaded: act.now,
        };
        let output = show(&row, &user.name);
        act.tx.insert(row)?;
        Ok(output)
    }
}

/// `GetSSHPublicKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSSHPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    encoding: String,
}

impl Operation for GetSSHPublicKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetSSHPublicKey";
    type Output = SshPublicKeyOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = check(&self.user_name, &self.id);
        constraints.hidden("encoding", &self.encoding, Check::OneOf(&["SSH", "PEM"]));
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:GetSSHPublicKey", &self.user_name)])
    }
}

impl Read for GetSSHPublicKey {
    fn read(self, ask: &Ask<'_>) -> Result<SshPublicKeyOutput, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        let key = user_credential::find::<SshPublicKeyRow>(ask.view, user, &self.id)?;
        if self.encoding == "PEM" {
            let text = "The key is given in the form of OpenSSH only: ask for the encoding SSH.";
            return Err(Fault::new("UnrecognizedPublicKeyEncoding", text));
        }
        Ok(show(key, &user.name))
    }
}

/// `ListSSHPublicKeys`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSSHPublicKeys {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of keys.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SshPublicKeys {
    #[serde(rename = "SSHPublicKeys")]
    keys: Vec<SshPublicKeyMetadata>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SshPublicKeyMetadata {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    status: &'static str,
    upload_date: Timestamp,
}

impl Operation for ListSSHPublicKeys {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListSSHPublicKeys";
    type Output = SshPublicKeys;

    fn check(&self) -> Result<(), Fault> {
        let (name, marker) = (self.user_name.as_deref(), self.marker.as_deref());
        user_credential::check_list((name, MAX_USER_NAME), marker, self.max_items)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        user_credential::demand(ask, "iam:ListSSHPublicKeys", self.user_name.as_deref())
    }
}

impl Read for ListSSHPublicKeys {
    fn read(self, ask: &Ask<'_>) -> Result<SshPublicKeys, Fault> {
        let account = ask.account();
        let user = user_credential::owner(ask, self.user_name.as_deref())?;
        let keys = user_credential::of_user::<SshPublicKeyRow>(ask.view, account, &user.id);
        let keys = keys.map(|key| {
            let metadata = SshPublicKeyMetadata {
                user_name: user.name.clone(),
                id: key.id.clone(),
                status: status(key.active),
                upload_date: key.uploaded,
            };
            (key.id.clone(), metadata)
        });
        let page = page::cut(keys, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(SshPublicKeys { keys: page.items, is_truncated, marker: page.marker })
    }
}

/// `UpdateSSHPublicKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSSHPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
    status: String,
}

impl Operation for UpdateSSHPublicKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateSSHPublicKey";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = check(&self.user_name, &self.id);
        constraints.hidden("status", &self.status, Check::OneOf(STATUSES));
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:UpdateSSHPublicKey", &self.user_name)])
    }
}

impl Write for UpdateSSHPublicKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user::find(act.tx, act.account(), &self.user_name)?.clone();
        user_credential::update::<SshPublicKeyRow>(act.tx, &user, &self.id, &self.status)
    }
}

/// `DeleteSSHPublicKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteSSHPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    id: String,
}

impl Operation for DeleteSSHPublicKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteSSHPublicKey";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.user_name, &self.id).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:DeleteSSHPublicKey", &self.user_name)])
    }
}

impl Write for DeleteSSHPublicKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user::find(act.tx, act.account(), &self.user_name)?.clone();
        user_credential::delete::<SshPublicKeyRow>(act.tx, &user, &self.id)
    }
}

fn check(user_name: &str, id: &str) -> Constraints {
    user_credential::check((Some(user_name), MAX_USER_NAME), "sSHPublicKeyId", id, 20)
}
