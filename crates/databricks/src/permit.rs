//! The one place where Databricks gives permission.
//!
//! [`permit`] asks an operation who may call it. Only it makes a [`Permitted`], and only that can be run, so an
//! operation cannot run unpermitted by oversight. What AWS has to allow is another matter: see [`crate::aws`].

use crate::acl::{self, Level, Object};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Write};
use crate::unity::access::{self, Hold, Securable};

/// Who may call an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Everybody whom the host knows.
    Anyone,
    /// Admins of the workspace; on the account's host, of the account.
    Admin,
    /// Whoever has this entitlement, and admins.
    Entitlement(&'static str),
    /// Whoever has at least this permission level on an object, and admins.
    On(Object, Level),
    /// Whoever meets one of these.
    AnyOf(Vec<Need>),
    /// Whoever meets all of these.
    AllOf(Vec<Need>),
    /// The user or service principal with this id, and admins.
    Principal(String),
    /// Admins of the account alone, whichever host is called; what for, as in "create metastores".
    AccountAdmin(&'static str),
    /// Whoever has this of something in Unity Catalog; admins of the workspace are nobody there.
    Has(Securable, Hold),
}

/// An operation that may run.
#[derive(Debug)]
pub struct Permitted<O>(O);

/// Asks who may call `operation`, and whether the caller is among them.
///
/// # Errors
/// `PERMISSION_DENIED`, or what is wrong with the operation's input.
pub fn permit<O: Operation>(operation: O, ask: &Ask<'_>) -> Result<Permitted<O>, Fault> {
    operation.check()?;
    let need = operation.need(ask)?;
    if is_met(&need, ask) { Ok(Permitted(operation)) } else { Err(denial(&need, ask)) }
}

/// Whether the caller meets `need`.
#[must_use]
pub fn is_met(need: &Need, ask: &Ask<'_>) -> bool {
    let caller = ask.caller;
    let admin = if ask.host.is_account() { caller.is_account_admin } else { caller.is_admin };
    match need {
        Need::AnyOf(needs) => needs.iter().any(|need| is_met(need, ask)),
        Need::AllOf(needs) => needs.iter().all(|need| is_met(need, ask)),
        Need::AccountAdmin(_) => caller.is_account_admin,
        Need::Has(securable, hold) => access::has(ask, securable, *hold),
        Need::Anyone => true,
        Need::Admin => admin,
        Need::Entitlement(name) => admin || caller.entitlements.contains(*name),
        Need::On(object, level) => {
            admin || acl::level_of(ask, object).is_some_and(|has| has >= *level)
        }
        Need::Principal(id) => admin || caller.identity.id == *id,
    }
}

/// The texts are unverified but for that of clusters, which users report.
fn denial(need: &Need, ask: &Ask<'_>) -> Fault {
    let name = ask.caller.name();
    let text = match need {
        Need::Entitlement("allow-cluster-create") => {
            "You are not authorized to create clusters. Please contact your administrator."
                .to_owned()
        }
        Need::On(object, level) => {
            format!("{name} does not have {} permissions on {}", level.name(), object.path())
        }
        // What comes first would be enough.
        Need::AnyOf(needs) => {
            return match needs.first() {
                Some(need) => denial(need, ask),
                None => Fault::denied(format!("{name} is not permitted")),
            };
        }
        Need::AllOf(needs) => {
            return match needs.iter().find(|need| !is_met(need, ask)) {
                Some(need) => denial(need, ask),
                None => Fault::denied(format!("{name} is not permitted")),
            };
        }
        Need::Has(securable, hold) => return access::denial(securable, *hold),
        // As users report it of listing and creating metastores.
        Need::AccountAdmin(what) => format!("Only account admin can {what}."),
        _ if ask.host.is_account() => {
            format!("This API is disabled for users without account admin status: {name}")
        }
        _ => "Only workspace admins can perform this action.".to_owned(),
    };
    Fault::denied(text)
}

impl<O: Read> Permitted<O> {
    /// Runs the operation.
    ///
    /// # Errors
    /// Databricks' own.
    pub fn read(self, ask: &Ask<'_>) -> Result<O::Output, Fault> {
        self.0.read(ask)
    }
}

impl<O: Write> Permitted<O> {
    /// Runs the operation.
    ///
    /// # Errors
    /// Databricks' own.
    pub fn write(&self, act: &mut Act<'_, '_>) -> Result<O::Output, Fault> {
        self.0.write(act)
    }
}
