//! What else a user can prove itself with, beside access keys, passwords and MFA devices: public SSH keys,
//! signing certificates and passwords for single services. IAM keeps them for services that are not here, so
//! nothing in this cloud is opened with one; but they stand in the way of a user's deletion.

mod service_specific;
mod signing_certificate;
mod ssh_public_key;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use names::{AccountId, Entropy};
use store::{Row, Tx, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::user::{self, Subject, UserRow};
use crate::iam::{name, page};
use crate::operation::Ask;

pub use service_specific::{
    CreateServiceSpecificCredential, DeleteServiceSpecificCredential,
    ListServiceSpecificCredentials, ResetServiceSpecificCredential, ServiceSpecificCredentialRow,
    UpdateServiceSpecificCredential,
};
pub use signing_certificate::{
    DeleteSigningCertificate, ListSigningCertificates, SigningCertificateRow,
    UpdateSigningCertificate, UploadSigningCertificate,
};
pub use ssh_public_key::{
    DeleteSSHPublicKey, GetSSHPublicKey, ListSSHPublicKeys, SshPublicKeyRow, UpdateSSHPublicKey,
    UploadSSHPublicKey,
};

/// The words of `Status`. Which of them IAM shows in its sentence is unverified.
const STATUSES: &[&str] = &["Active", "Inactive", "Expired"];
/// Characters of an id after its four letters.
const ID_CHARACTERS: usize = 17;
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A row that belongs to a user. Its key is the user's unique id and its own, so that neither a new name nor
/// a new user of the same name changes whose it is.
pub trait OfUser: Row + Clone {
    /// Its id.
    fn id(&self) -> &str;

    /// Switches it on or off.
    fn set_active(&mut self, active: bool);

    /// That a user has none with this id, in IAM's words.
    fn missing(id: &str) -> Fault;
}

/// What IAM calls the state.
fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

fn key(user_id: &str, id: &str) -> String {
    format!("{user_id}/{id}")
}

/// Everything of a kind that a user has, in the order of the ids.
pub fn of_user<'v, R: OfUser>(
    view: &'v View,
    account: AccountId,
    user_id: &str,
) -> impl Iterator<Item = &'v Arc<R>> {
    // `0` follows `/`.
    let (first, end) = (format!("{user_id}/"), format!("{user_id}0"));
    view.range::<R>(account.as_str(), first.as_str()..end.as_str())
}

fn find<'v, R: OfUser>(view: &'v View, user: &UserRow, id: &str) -> Result<&'v Arc<R>, Fault> {
    view.get::<R>(user.account.as_str(), &key(&user.id, id)).ok_or_else(|| R::missing(id))
}

/// Switches a credential on or off.
fn update<R: OfUser>(tx: &mut Tx<'_>, user: &UserRow, id: &str, status: &str) -> Result<(), Fault> {
    let mut row = R::clone(find::<R>(tx, user, id)?);
    row.set_active(match status {
        "Active" => true,
        "Inactive" => false,
        // Only IAM itself sets it; the text is unverified.
        other => {
            return Err(Fault::new("InvalidInput", format!("The status {other} cannot be set.")));
        }
    });
    Ok(tx.update(row)?)
}

fn delete<R: OfUser>(tx: &mut Tx<'_>, user: &UserRow, id: &str) -> Result<(), Fault> {
    find::<R>(tx, user, id)?;
    tx.delete::<R>(user.account.as_str(), &key(&user.id, id))?;
    Ok(())
}

fn new_id(prefix: &str, entropy: &mut dyn Entropy) -> String {
    format!("{prefix}{}", entropy.text(ID_ALPHABET, ID_CHARACTERS))
}

/// The user called `name`, or else the caller: root has none of these here.
fn owner(ask: &Ask<'_>, name: Option<&str>) -> Result<Arc<UserRow>, Fault> {
    let name = Subject::user(ask, name)?;
    user::find(ask.view, ask.account(), &name).cloned()
}

/// A demand on [`owner`].
fn demand(ask: &Ask<'_>, action: &'static str, name: Option<&str>) -> Result<Vec<Demand>, Fault> {
    let name = Subject::user(ask, name)?;
    Ok(vec![user::demand(ask, action, &name)])
}

/// Checks what a list is asked with: the user's name, which may have so many characters, and what page.
fn check_list(
    (user_name, most): (Option<&str>, usize),
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    name::check_some_name(&mut constraints, "userName", user_name, most);
    page::check_marker(&mut constraints, marker);
    page::check(&mut constraints, max_items);
    constraints.finish()
}

/// Checks the user's name, which may have so many characters, and the credential's id.
fn check(
    (user_name, most): (Option<&str>, usize),
    parameter: &'static str,
    id: &str,
    least_id: usize,
) -> Constraints {
    let mut constraints = Constraints::new();
    name::check_some_name(&mut constraints, "userName", user_name, most);
    let form = Check::Pattern("[\\w]+", |id| {
        id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    for check in [form, Check::MaxLength(128), Check::MinLength(least_id)] {
        constraints.hidden(parameter, id, check);
    }
    constraints
}

/// What a user has of these that must be deleted before the user can be, in IAM's words
/// (rebuy-de/aws-nuke issues 671 and 522; that service passwords count among the referenced objects is
/// unverified).
#[must_use]
pub fn in_the_way(view: &View, user: &UserRow) -> Option<&'static str> {
    let has = |there: bool, what| there.then_some(what);
    let (account, id) = (user.account, user.id.as_str());
    let certificates = of_user::<SigningCertificateRow>(view, account, id).next().is_some();
    let keys = of_user::<SshPublicKeyRow>(view, account, id).next().is_some();
    let passwords = of_user::<ServiceSpecificCredentialRow>(view, account, id).next().is_some();
    has(certificates, "delete certificates").or(has(keys || passwords, "remove referenced objects"))
}
