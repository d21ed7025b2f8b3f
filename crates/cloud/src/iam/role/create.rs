//! `CreateRole` and `GetRole`.

use std::collections::BTreeMap;

use names::{AccountId, IdKind, unique_id};
use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach;
use crate::iam::principal::{TrustPolicy, principals_sight};
use crate::iam::role::{
    self, DEFAULT_MAX_SESSION_SECONDS, MAX_ROLES, RoleOutput, RoleRow, RoleShape,
    SERVICE_LINKED_PATH,
};
use crate::iam::{document, name};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

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

impl CreateRole {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(name::DEFAULT_PATH)
    }

    fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path(), self.role_name)
    }
}

impl Operation for CreateRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateRole";
    type Output = RoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path(&mut constraints, self.path.as_deref());
        role::check_name(&mut constraints, &self.role_name);
        let document = "assumeRolePolicyDocument";
        document::check_parameter(&mut constraints, document, &self.assume_role_policy_document);
        role::check_max_session(&mut constraints, self.max_session_duration);
        if let Some(description) = &self.description {
            role::check_description(&mut constraints, description);
        }
        if let Some(boundary) = &self.permissions_boundary {
            attach::check_arn(&mut constraints, "permissionsBoundary", boundary);
        }
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        tag::check_not_reserved(&self.tags)?;
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
    /// The order of the checks is unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RoleOutput, Fault> {
        let account = act.account();
        check_path_is_free(self.path())?;
        if role::find(act.tx, account, &self.role_name).is_ok() {
            let text = format!("Role with name {} already exists.", self.role_name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        check_quota(act)?;
        if let Some(boundary) = &self.permissions_boundary {
            attach::check_boundary(act.tx, account, boundary)?;
        }
        let trust = TrustPolicy::accept(
            principals_sight(act.standpoint, act.tx),
            account,
            &self.assume_role_policy_document,
        )?;
        let role = RoleRow {
            account,
            name: self.role_name.clone(),
            path: self.path().to_owned(),
            id: unique_id(IdKind::Role, account, act.entropy),
            arn: self.arn(account),
            created: act.now,
            description: self.description.clone(),
            max_session_seconds: self.max_session_duration.unwrap_or(DEFAULT_MAX_SESSION_SECONDS),
            trust,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            boundary: self.permissions_boundary.clone(),
            tags: self.tags.clone(),
        };
        attach::note_boundary(act.tx, &role)?;
        let shape = RoleShape::created(act.tx, &role);
        act.tx.insert(role)?;
        Ok(RoleOutput { role: shape })
    }
}

/// Refuses one role too many.
pub(super) fn check_quota(act: &Act<'_, '_>) -> Result<(), Fault> {
    if act.tx.count::<RoleRow>(act.account().as_str()) < MAX_ROLES {
        return Ok(());
    }
    let text = format!("Cannot exceed quota for RolesPerAccount: {MAX_ROLES}");
    Err(Fault::new("LimitExceeded", text))
}

/// The text on service-linked roles is quoted in tilfin/aws-iam-policy-tool pull request 9. That the
/// other path gets the like is unverified.
fn check_path_is_free(path: &str) -> Result<(), Fault> {
    let text = if path.starts_with(SERVICE_LINKED_PATH) {
        "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
    } else if path.starts_with(role::RESERVED_PATH) {
        "Path prefix '/aws-reserved/' can only be used for AWS reserved roles"
    } else {
        return Ok(());
    };
    Err(Fault::new("InvalidInput", text))
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
        role::check_name_alone(&self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:GetRole", &self.role_name)])
    }
}

impl Read for GetRole {
    fn read(self, ask: &Ask<'_>) -> Result<RoleOutput, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        Ok(RoleOutput { role: RoleShape::full(ask.view, role) })
    }
}
