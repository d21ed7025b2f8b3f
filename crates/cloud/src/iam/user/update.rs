//! Renaming and moving a user. Its id stays, and everything that it has follows.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::AccessKeyRow;
use crate::iam::attach;
use crate::iam::group::GroupRow;
use crate::iam::mfa_device::MfaDeviceRow;
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::user::{self, MAX_EXISTING_NAME, UserRow};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `UpdateUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUser {
    user_name: String,
    new_path: Option<String>,
    new_user_name: Option<String>,
}

impl UpdateUser {
    fn new_name<'n>(&'n self, user: &'n UserRow) -> &'n str {
        self.new_user_name.as_deref().unwrap_or(&user.name)
    }

    fn new_arn(&self, user: &UserRow) -> String {
        let path = self.new_path.as_deref().unwrap_or(&user.path);
        user::arn(user.account, path, self.new_name(user))
    }
}

impl Operation for UpdateUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateUser";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        name::check_path_as(&mut constraints, "newPath", self.new_path.as_deref());
        let new_name = self.new_user_name.as_deref();
        name::check_some_name(&mut constraints, "newUserName", new_name, MAX_USER_NAME);
        constraints.finish()
    }

    /// Both the user as it is and as it will be must be allowed (user guide, "Rename an IAM user").
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let before = user::demand(ask, "iam:UpdateUser", &self.user_name);
        let mut demands = vec![before.clone()];
        if let Ok(user) = user::find(ask.view, ask.account(), &self.user_name) {
            let after = Demand { resource: self.new_arn(user), ..before };
            demands.extend((after.resource != user.arn).then_some(after));
        }
        Ok(demands)
    }
}

impl Write for UpdateUser {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let old = Arc::clone(user::find(act.tx, account, &self.user_name)?);
        let new_name = self.new_name(&old);
        let renamed = name::key(new_name) != name::key(&old.name);
        if renamed && user::find(act.tx, account, new_name).is_ok() {
            let text = format!("User with name {new_name} already exists.");
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        let mut new = UserRow::clone(&old);
        new.arn = self.new_arn(&old);
        new.name = new_name.to_owned();
        if let Some(path) = &self.new_path {
            new.path.clone_from(path);
        }
        if new.name == old.name {
            return Ok(act.tx.update(new)?);
        }
        take_along(act, &old, &new)?;
        act.tx.delete::<UserRow>(account.as_str(), &name::key(&old.name))?;
        Ok(act.tx.insert(new)?)
    }
}

/// Has everything that names the user name it anew.
fn take_along(act: &mut Act<'_, '_>, old: &UserRow, new: &UserRow) -> Result<(), Fault> {
    let account = old.account.as_str();
    for id in &old.access_keys {
        if let Some(key) = act.tx.get::<AccessKeyRow>(account, id).cloned() {
            let user_name = Some(new.name.clone());
            act.tx.update(AccessKeyRow { user_name, ..AccessKeyRow::clone(&key) })?;
        }
    }
    for serial in &old.mfa_devices {
        if let Some(device) = act.tx.get::<MfaDeviceRow>(account, serial).cloned() {
            let mut device = MfaDeviceRow::clone(&device);
            if let Some(assignment) = &mut device.assignment {
                assignment.user_name.clone_from(&new.name);
            }
            act.tx.update(device)?;
        }
    }
    let (old_key, new_key) = (name::key(&old.name), name::key(&new.name));
    for group in &old.groups {
        if let Some(group) = act.tx.get::<GroupRow>(account, group).cloned() {
            let mut group = GroupRow::clone(&group);
            let here = group.members.iter_mut().filter(|member| **member == old_key);
            here.for_each(|member| member.clone_from(&new_key));
            act.tx.update(group)?;
        }
    }
    attach::forget_boundary(act.tx, old)?;
    attach::note_boundary(act.tx, new)?;
    attach::rename(act.tx, old, new)
}
