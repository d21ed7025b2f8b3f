//! Roles: the row, and how it is found, shown, asked about and changed. The operations are in the
//! files below.

pub mod attach;
pub mod boundary;
pub mod create;
pub mod delete;
pub mod inline;
pub mod last_used;
pub mod list;
pub mod service_linked;
mod shape;
pub mod tags;
#[cfg(test)]
mod tests;
pub mod update;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name::{self, MAX_ROLE_NAME};
use crate::iam::principal::TrustPolicy;
use crate::operation::{Act, Ask};
use crate::propagation::Sight;

pub use shape::{
    BoundaryShape, RoleLastUsed, RoleOutput, RoleShape, boundary_shape, percent_encode,
};

use crate::tag::Tag;

/// Roles of an account.
pub const MAX_ROLES: usize = 1000;
/// Seconds that a role's sessions last at most unless the role says otherwise.
pub const DEFAULT_MAX_SESSION_SECONDS: u32 = 3600;
/// The path of service-linked roles; the name of the service follows.
pub const SERVICE_LINKED_PATH: &str = "/aws-service-role/";
/// The path of the roles that other services of AWS keep, such as Identity Center.
pub const RESERVED_PATH: &str = "/aws-reserved/";

/// Characters of a description.
const MAX_DESCRIPTION: usize = 1000;
/// `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`
const DESCRIPTION: Check =
    Check::Pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*", is_description);

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `AROA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its description.
    pub description: Option<String>,
    /// How long its sessions may last.
    pub max_session_seconds: u32,
    /// Its trust policy.
    pub trust: TrustPolicy,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Document>,
    /// The ARNs of attached managed policies, in the order of attachment.
    pub attached: Vec<String>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Row for RoleRow {
    const TABLE: &'static str = "iam_role";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "id").then(|| self.id.as_str().into())
    }
}

impl RoleRow {
    /// Whether the role is linked to a service: that service alone changes it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with(SERVICE_LINKED_PATH)
    }

    /// Refuses to change a role that belongs to AWS.
    ///
    /// # Errors
    /// `UnmodifiableEntity` with IAM's text, which is quoted in rebuy-de/aws-nuke issues 331 and 441.
    pub fn check_modifiable(&self) -> Result<(), Fault> {
        if !self.is_service_linked() && !self.path.starts_with(RESERVED_PATH) {
            return Ok(());
        }
        let text = format!(
            "Cannot perform the operation on the protected role '{}' - this role is only modifiable by \
             AWS",
            self.name
        );
        Err(Fault::new("UnmodifiableEntity", text))
    }
}

/// The role called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, account: AccountId, name: &str) -> Result<&'v Arc<RoleRow>, Fault> {
    view.get::<RoleRow>(account.as_str(), &name::key(name)).ok_or_else(|| missing(name))
}

/// The role called `name`, as `sight` shows it.
///
/// # Errors
/// As [`find`].
pub fn find_as<'v>(
    sight: Sight<'v>,
    account: AccountId,
    name: &str,
) -> Result<&'v Arc<RoleRow>, Fault> {
    sight.get::<RoleRow>(account.as_str(), &name::key(name)).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    Fault::new("NoSuchEntity", format!("The role with name {name} cannot be found."))
}

/// The caller's role called `name`, to be changed and put back.
///
/// # Errors
/// `NoSuchEntity`, or `UnmodifiableEntity` for a role that belongs to AWS.
pub fn find_modifiable(act: &Act<'_, '_>, name: &str) -> Result<RoleRow, Fault> {
    let role = find(act.tx, act.account(), name)?;
    role.check_modifiable()?;
    Ok((**role).clone())
}

/// The ARN to ask permission for where an operation names a role: the stored one, path included, or
/// what it would be.
#[must_use]
pub fn arn_of(ask: &Ask<'_>, name: &str) -> String {
    match find(ask.view, ask.account(), name) {
        Ok(role) => role.arn.clone(),
        Err(_) => missing_arn(ask, name),
    }
}

fn missing_arn(ask: &Ask<'_>, name: &str) -> String {
    format!("arn:aws:iam::{}:role/{name}", ask.account())
}

/// A demand on a role, with its tags.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    demand_on(ask, action, name, find(ask.view, ask.account(), name).ok())
}

/// As [`demand`], for the actions that tell the role's permissions boundary too.
#[must_use]
pub fn bounded_demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    let role = find(ask.view, ask.account(), name).ok();
    let boundary = role.and_then(|role| role.boundary.as_deref());
    demand_on(ask, action, name, role).with_some("iam:PermissionsBoundary", boundary)
}

fn demand_on(
    ask: &Ask<'_>,
    action: &'static str,
    name: &str,
    role: Option<&Arc<RoleRow>>,
) -> Demand {
    match role {
        Some(role) => {
            Demand::new(action, role.arn.clone()).with_resource_tags(&["aws", "iam"], &role.tags)
        }
        None => Demand::new(action, missing_arn(ask, name)),
    }
}

/// Checks `RoleName`.
pub fn check_name(constraints: &mut Constraints, name: &str) {
    name::check_name(constraints, "roleName", name, MAX_ROLE_NAME);
}

/// Checks an operation whose only parameter is the role's name.
///
/// # Errors
/// `ValidationError`
pub fn check_name_alone(name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    check_name(&mut constraints, name);
    constraints.finish()
}

/// Checks `Description`, whose failures do not show the value.
pub fn check_description(constraints: &mut Constraints, description: &str) {
    constraints.hidden("description", description, DESCRIPTION);
    constraints.hidden("description", description, Check::MaxLength(MAX_DESCRIPTION));
}

/// Checks `MaxSessionDuration`.
pub fn check_max_session(constraints: &mut Constraints, seconds: Option<u32>) {
    let Some(seconds) = seconds.map(|seconds| seconds.to_string()) else { return };
    constraints.hidden("maxSessionDuration", &seconds, Check::AtMost(43_200));
    constraints.hidden("maxSessionDuration", &seconds, Check::AtLeast(3600));
}

fn is_description(text: &str) -> bool {
    let known =
        |character| matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    text.chars().all(known)
}
