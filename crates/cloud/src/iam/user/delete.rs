//! Deleting a user, who must have nothing left.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::user::{self, MAX_EXISTING_NAME, UserRow};
use crate::iam::{attach, name, user_credential};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `DeleteUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUser {
    user_name: String,
}

impl Operation for DeleteUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteUser";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:DeleteUser", &self.user_name)])
    }
}

impl Write for DeleteUser {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user::find(act.tx, act.account(), &self.user_name)?.clone();
        let left = in_the_way(&user).or_else(|| user_credential::in_the_way(act.tx, &user));
        if let Some(what) = left {
            let text = format!("Cannot delete entity, must {what} first.");
            return Err(Fault::new("DeleteConflict", text));
        }
        // A boundary does not stand in the way (unverified).
        attach::forget_boundary(act.tx, &*user)?;
        act.tx.delete::<UserRow>(user.account.as_str(), &name::key(&user.name))?;
        Ok(())
    }
}

/// What must be done before a user can be deleted. Each text is quoted in reports (LocalStack's records
/// for policies; mozilla-services/userplex issue 17, aws-controllers-k8s/community issue 2229,
/// cloud-custodian issue 1663, rebuy-de/aws-nuke issue 281); their order is unverified.
fn in_the_way(user: &UserRow) -> Option<&'static str> {
    let conflicts = [
        (!user.attached.is_empty(), "detach all policies"),
        (!user.inline.is_empty(), "delete policies"),
        (!user.groups.is_empty(), "remove users from group"),
        (user.login_profile.is_some(), "delete login profile"),
        (!user.access_keys.is_empty(), "delete access keys"),
        (!user.mfa_devices.is_empty(), "delete MFA device"),
    ];
    conflicts.into_iter().find(|(there, _)| *there).map(|(_, what)| what)
}
