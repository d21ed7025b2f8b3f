//! `DeleteRole`

use serde::Deserialize;

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role::last_used::RoleUseRow;
use crate::iam::role::{self, RoleRow};
use crate::iam::{attach, instance_profile, name};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `DeleteRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRole {
    role_name: String,
}

impl Operation for DeleteRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteRole";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        role::check_name_alone(&self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:DeleteRole", &self.role_name)])
    }
}

impl Write for DeleteRole {
    /// A permissions boundary, unlike attached policies, is no obstacle. The order of the checks is
    /// unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        let conflict = |text: &str| Err(Fault::new("DeleteConflict", text));
        if instance_profile::of_role(act.tx, role.account, &role.name).next().is_some() {
            return conflict(
                "Cannot delete entity, must remove roles from instance profile first.",
            );
        }
        if !role.attached.is_empty() {
            return conflict("Cannot delete entity, must detach all policies first.");
        }
        if !role.inline.is_empty() {
            return conflict("Cannot delete entity, must delete policies first.");
        }
        remove(act, &role)
    }
}

/// Removes a role with everything that is noted of it.
pub(super) fn remove(act: &mut Act<'_, '_>, role: &RoleRow) -> Result<(), Fault> {
    for arn in &role.attached {
        attach::detach(act.tx, role, arn)?;
    }
    attach::forget_boundary(act.tx, role)?;
    act.tx.delete::<RoleUseRow>(role.account.as_str(), &role.id)?;
    act.tx.delete::<RoleRow>(role.account.as_str(), &name::key(&role.name))?;
    Ok(())
}
