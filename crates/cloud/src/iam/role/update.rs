//! What of a role can be changed as a whole: description, length of sessions, trust policy.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document;
use crate::iam::principal::{TrustPolicy, principals_sight};
use crate::iam::role::{self, RoleOutput, RoleRow, RoleShape};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `UpdateRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRole {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
}

/// Its answer: nothing.
#[derive(Debug, Serialize)]
pub struct UpdateRoleOutput {}

impl Operation for UpdateRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateRole";
    type Output = UpdateRoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        if let Some(description) = &self.description {
            role::check_description(&mut constraints, description);
        }
        role::check_max_session(&mut constraints, self.max_session_duration);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:UpdateRole", &self.role_name)])
    }
}

impl Write for UpdateRole {
    /// What is not given stays (recorded from AWS by radkawar/stackd, `resource_inputs.json`), though the API
    /// reference says of the length of sessions that the default is applied.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UpdateRoleOutput, Fault> {
        let mut role = match self.max_session_duration {
            Some(_) => role::find_modifiable(act, &self.role_name)?,
            None => find_describable(act, &self.role_name)?,
        };
        role.max_session_seconds = self.max_session_duration.unwrap_or(role.max_session_seconds);
        if let Some(description) = &self.description {
            role.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        act.tx.update(role)?;
        Ok(UpdateRoleOutput {})
    }
}

/// `UpdateRoleDescription`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRoleDescription {
    role_name: String,
    description: String,
}

impl Operation for UpdateRoleDescription {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateRoleDescription";
    type Output = RoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        role::check_description(&mut constraints, &self.description);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:UpdateRoleDescription", &self.role_name)])
    }
}

impl Write for UpdateRoleDescription {
    /// The answer has the fields of lists but for the length of sessions (recorded from AWS by radkawar/stackd,
    /// `role_wire_aws.json`).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RoleOutput, Fault> {
        let mut role = find_describable(act, &self.role_name)?;
        role.description = Some(self.description.clone()).filter(|text| !text.is_empty());
        let role_shape =
            RoleShape { max_session_duration: None, ..RoleShape::brief(act.tx, &role) };
        act.tx.update(role)?;
        Ok(RoleOutput { role: role_shape })
    }
}

/// `UpdateAssumeRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAssumeRolePolicy {
    role_name: String,
    policy_document: String,
}

impl Operation for UpdateAssumeRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateAssumeRolePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:UpdateAssumeRolePolicy", &self.role_name)])
    }
}

impl Write for UpdateAssumeRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut role = role::find_modifiable(act, &self.role_name)?;
        let sight = principals_sight(act.standpoint, act.tx);
        role.trust = TrustPolicy::accept(sight, role.account, &self.policy_document)?;
        act.tx.update(role)?;
        Ok(())
    }
}

/// The role, if its description can be changed: that of a service-linked role can (user guide,
/// "Create a service-linked role", on editing the description).
fn find_describable(act: &Act<'_, '_>, name: &str) -> Result<RoleRow, Fault> {
    let role = role::find(act.tx, act.account(), name)?;
    if !role.is_service_linked() {
        role.check_modifiable()?;
    }
    Ok((**role).clone())
}
