//! Roles: the row, and the operations on a role as a whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, IdKind, Timestamp, unique_id};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name::{self, MAX_ROLE_NAME};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// Roles of an account.
pub const MAX_ROLES: usize = 1000;
/// Seconds that a role's sessions last at most unless the role says otherwise.
pub const DEFAULT_MAX_SESSION_SECONDS: u32 = 3600;

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
    pub trust: Document,
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

/// The role called `name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, account: AccountId, name: &str) -> Result<&'v Arc<RoleRow>, Fault> {
    view.get::<RoleRow>(account.as_str(), &name::key(name)).ok_or_else(|| {
        Fault::new("NoSuchEntity", format!("The role with name {name} cannot be found."))
    })
}

/// The ARN to ask permission for where an operation names a role: the stored one, path included, or
/// what it would be.
#[must_use]
pub fn arn_of(ask: &Ask<'_>, name: &str) -> String {
    match find(ask.view, ask.account(), name) {
        Ok(role) => role.arn.clone(),
        Err(_) => format!("arn:aws:iam::{}:role/{name}", ask.account()),
    }
}

/// A demand on a role, with its tags.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    let demand = Demand::new(action, arn_of(ask, name));
    match find(ask.view, ask.account(), name) {
        Ok(role) => demand
            .with_resource_tags(&["aws", "iam"], &role.tags)
            .with_some("iam:PermissionsBoundary", role.boundary.as_deref()),
        Err(_) => demand,
    }
}

/// A role as IAM answers it. Which fields are there differs from operation to operation.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleShape {
    /// The path.
    pub path: String,
    /// The name.
    pub role_name: String,
    /// The unique id.
    pub role_id: String,
    /// The ARN.
    pub arn: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// The trust policy, percent-encoded.
    pub assume_role_policy_document: String,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long sessions may last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<u32>,
    /// The permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<BoundaryShape>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// When it was last used: empty if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_last_used: Option<RoleLastUsed>,
}

/// When and where a role was last used.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {}

/// A permissions boundary as IAM answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BoundaryShape {
    /// Always `Policy`.
    pub permissions_boundary_type: &'static str,
    /// The policy.
    pub permissions_boundary_arn: String,
}

impl RoleShape {
    /// What lists and other entities show of a role.
    #[must_use]
    pub fn brief(role: &RoleRow) -> Self {
        Self {
            path: role.path.clone(),
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            arn: role.arn.clone(),
            create_date: role.created,
            assume_role_policy_document: percent_encode(role.trust.text()),
            description: role.description.clone(),
            max_session_duration: Some(role.max_session_seconds),
            ..Self::default()
        }
    }

    /// What `GetRole` shows.
    #[must_use]
    pub fn full(role: &RoleRow) -> Self {
        Self {
            permissions_boundary: role.boundary.clone().map(boundary_shape),
            tags: role.tags.clone(),
            role_last_used: Some(RoleLastUsed {}),
            ..Self::brief(role)
        }
    }
}

/// A boundary as IAM answers it.
#[must_use]
pub fn boundary_shape(arn: String) -> BoundaryShape {
    BoundaryShape { permissions_boundary_type: "Policy", permissions_boundary_arn: arn }
}

/// RFC 3986: everything but unreserved characters as `%XX`.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `CreateRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRole {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// A role, in the answers of `CreateRole` and `GetRole`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleOutput {
    role: RoleShape,
}

impl CreateRole {
    fn arn(&self, account: AccountId) -> String {
        let path = self.path.as_deref().unwrap_or(name::DEFAULT_PATH);
        format!("arn:aws:iam::{account}:role{path}{}", self.role_name)
    }
}

impl Operation for CreateRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateRole";
    type Output = RoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path(&mut constraints, self.path.as_deref());
        name::check_name(&mut constraints, "roleName", &self.role_name, MAX_ROLE_NAME);
        let duration = self.max_session_duration.map(i64::from);
        let range = [Check::AtLeast(3600), Check::AtMost(43_200)];
        constraints.number("maxSessionDuration", duration, &range);
        constraints.optional("description", self.description.as_deref(), &[Check::MaxLength(1000)]);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        tag::check_duplicates(&self.tags, "InvalidInput")
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = Demand::new("iam:CreateRole", self.arn(ask.account()))
            .with_request_tags(&self.tags)
            .with_some("iam:PermissionsBoundary", self.permissions_boundary.as_deref());
        let mut demands = vec![demand];
        if !self.tags.is_empty() {
            let tagging = Demand::new("iam:TagRole", self.arn(ask.account()));
            demands.push(tagging.with_request_tags(&self.tags));
        }
        Ok(demands)
    }
}

impl Write for CreateRole {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RoleOutput, Fault> {
        let account = act.account();
        if act.tx.get::<RoleRow>(account.as_str(), &name::key(&self.role_name)).is_some() {
            let text = format!("Role with name {} already exists.", self.role_name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<RoleRow>(account.as_str()) >= MAX_ROLES {
            let text = format!("Cannot exceed quota for RolesPerAccount: {MAX_ROLES}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let role = RoleRow {
            account,
            name: self.role_name.clone(),
            path: self.path.clone().unwrap_or_else(|| name::DEFAULT_PATH.to_owned()),
            id: unique_id(IdKind::Role, account, act.entropy),
            arn: self.arn(account),
            created: act.now,
            description: self.description.clone(),
            max_session_seconds: self.max_session_duration.unwrap_or(DEFAULT_MAX_SESSION_SECONDS),
            trust: Document::new(&self.assume_role_policy_document),
            inline: BTreeMap::new(),
            attached: Vec::new(),
            boundary: self.permissions_boundary.clone(),
            tags: self.tags.clone(),
        };
        // CreateRole answers neither MaxSessionDuration nor RoleLastUsed (recorded by LocalStack).
        let shape = RoleShape {
            max_session_duration: None,
            tags: role.tags.clone(),
            permissions_boundary: role.boundary.clone().map(boundary_shape),
            ..RoleShape::brief(&role)
        };
        act.tx.insert(role)?;
        Ok(RoleOutput { role: shape })
    }
}

/// `GetRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetRole {
    role_name: String,
}

impl Operation for GetRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetRole";
    type Output = RoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "roleName", &self.role_name, MAX_ROLE_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand(ask, "iam:GetRole", &self.role_name)])
    }
}

impl Read for GetRole {
    fn read(self, ask: &Ask<'_>) -> Result<RoleOutput, Fault> {
        let role = find(ask.view, ask.account(), &self.role_name)?;
        Ok(RoleOutput { role: RoleShape::full(role) })
    }
}
