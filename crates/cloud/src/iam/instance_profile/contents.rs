//! The role in an instance profile: `AddRoleToInstanceProfile` and `RemoveRoleFromInstanceProfile`.

use iam::catalog::pass_role;
use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::instance_profile::{self, InstanceProfileRow};
use crate::iam::role;
use crate::operation::{Act, Ask, Operation, Service, Write};

/// Roles that an instance profile holds at most: a quota that cannot be raised (user guide, "IAM and
/// AWS STS quotas").
pub const MAX_ROLES_PER_PROFILE: usize = 1;

/// `AddRoleToInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddRoleToInstanceProfile {
    instance_profile_name: String,
    role_name: String,
}

impl Operation for AddRoleToInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AddRoleToInstanceProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_names(&self.instance_profile_name, &self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        let adding = instance_profile::demand(ask, "iam:AddRoleToInstanceProfile", name);
        Ok(vec![adding, pass_role_demand(ask, &self.role_name)])
    }
}

impl Write for AddRoleToInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let profile = instance_profile::find(act.tx, account, &self.instance_profile_name)?;
        let mut profile = InstanceProfileRow::clone(profile);
        let role = role::find_modifiable(act, &self.role_name)?;
        // Also if it is the same role (public reports).
        if profile.role.is_some() {
            let text = format!(
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: {MAX_ROLES_PER_PROFILE}"
            );
            return Err(Fault::new("LimitExceeded", text));
        }
        profile.role = Some(role.name);
        act.tx.update(profile)?;
        Ok(())
    }
}

/// `RemoveRoleFromInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveRoleFromInstanceProfile {
    instance_profile_name: String,
    role_name: String,
}

impl Operation for RemoveRoleFromInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "RemoveRoleFromInstanceProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_names(&self.instance_profile_name, &self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        Ok(vec![instance_profile::demand(ask, "iam:RemoveRoleFromInstanceProfile", name)])
    }
}

impl Write for RemoveRoleFromInstanceProfile {
    /// A role that exists and is not in the profile gets the text of one that does not exist
    /// (unverified).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let profile = instance_profile::find(act.tx, account, &self.instance_profile_name)?;
        let mut profile = InstanceProfileRow::clone(profile);
        role::find_modifiable(act, &self.role_name)?;
        if !profile.holds(&self.role_name) {
            let text = format!("The role with name {} cannot be found.", self.role_name);
            return Err(Fault::new("NoSuchEntity", text));
        }
        profile.role = None;
        act.tx.update(profile)?;
        Ok(())
    }
}

/// What the caller must be allowed on the role. To which service the role counts as passed, AWS does
/// not document: the catalogue's conclusion is unverified.
fn pass_role_demand(ask: &Ask<'_>, role_name: &str) -> Demand {
    let demand = Demand::new("iam:PassRole", role::arn_of(ask, role_name));
    let passed = pass_role::passed_by("iam:AddRoleToInstanceProfile").next();
    // "the value of the iam:AssociatedResourceArn condition key" of this call (API reference).
    let instances = format!("arn:aws:ec2:*:{}:instance/*", ask.account());
    demand
        .with_some("iam:PassedToService", passed.map(|passed| passed.service))
        .with("iam:AssociatedResourceArn", instances)
}

fn check_names(profile_name: &str, role_name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    instance_profile::check_name(&mut constraints, profile_name);
    role::check_name(&mut constraints, role_name);
    constraints.finish()
}
