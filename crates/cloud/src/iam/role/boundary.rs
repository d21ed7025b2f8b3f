//! The permissions boundary of a role.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::{attach, role};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `PutRolePermissionsBoundary`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutRolePermissionsBoundary {
    role_name: String,
    permissions_boundary: String,
}

impl Operation for PutRolePermissionsBoundary {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "PutRolePermissionsBoundary";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        let boundary = &self.permissions_boundary;
        attach::check_arn(&mut constraints, "permissionsBoundary", boundary);
        constraints.finish()
    }

    /// `iam:PermissionsBoundary` is the boundary to be set (user guide, "Permissions boundaries",
    /// on delegating responsibility).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = role::demand(ask, "iam:PutRolePermissionsBoundary", &self.role_name);
        Ok(vec![demand.with("iam:PermissionsBoundary", self.permissions_boundary.as_str())])
    }
}

impl Write for PutRolePermissionsBoundary {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        attach::set_boundary(act.tx, &role, &self.permissions_boundary)
    }
}

/// `DeleteRolePermissionsBoundary`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRolePermissionsBoundary {
    role_name: String,
}

impl Operation for DeleteRolePermissionsBoundary {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteRolePermissionsBoundary";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        role::check_name_alone(&self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:DeleteRolePermissionsBoundary", &self.role_name)])
    }
}

impl Write for DeleteRolePermissionsBoundary {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        attach::clear_boundary(act.tx, &role)
    }
}
