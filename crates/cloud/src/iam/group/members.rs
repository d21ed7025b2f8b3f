//! Who is in a group. The group knows its users and the user its groups.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::group::{self, GroupRow, MAX_GROUPS_PER_USER};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::user::{self, MAX_EXISTING_NAME, UserRow};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `AddUserToGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserToGroup {
    group_name: String,
    user_name: String,
}

impl Operation for AddUserToGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AddUserToGroup";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.group_name, &self.user_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:AddUserToGroup", &self.group_name)])
    }
}

impl Write for AddUserToGroup {
    /// Adding a user again changes nothing (recorded by LocalStack).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let (mut user, mut group) = find(act, &self.user_name, &self.group_name)?;
        let (user_key, group_key) = (name::key(&user.name), name::key(&group.name));
        if group.members.contains(&user_key) {
            return Ok(());
        }
        if user.groups.len() >= MAX_GROUPS_PER_USER {
            let text = format!("Cannot exceed quota for GroupsPerUser: {MAX_GROUPS_PER_USER}");
            return Err(Fault::new("LimitExceeded", text));
        }
        group.members.push(user_key);
        user.groups.push(group_key);
        act.tx.update(group)?;
        Ok(act.tx.update(user)?)
    }
}

/// `RemoveUserFromGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveUserFromGroup {
    group_name: String,
    user_name: String,
}

impl Operation for RemoveUserFromGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "RemoveUserFromGroup";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.group_name, &self.user_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:RemoveUserFromGroup", &self.group_name)])
    }
}

impl Write for RemoveUserFromGroup {
    /// Removing a user who is not in the group changes nothing (recorded by LocalStack).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let (mut user, mut group) = find(act, &self.user_name, &self.group_name)?;
        let (user_key, group_key) = (name::key(&user.name), name::key(&group.name));
        if !group.members.contains(&user_key) {
            return Ok(());
        }
        group.members.retain(|key| *key != user_key);
        user.groups.retain(|key| *key != group_key);
        act.tx.update(group)?;
        Ok(act.tx.update(user)?)
    }
}

fn check(group_name: &str, user_name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    name::check_name(&mut constraints, "groupName", group_name, MAX_NAME);
    name::check_name(&mut constraints, "userName", user_name, MAX_EXISTING_NAME);
    constraints.finish()
}

/// Both, to change. The user is looked for first (recorded by LocalStack for `RemoveUserFromGroup`).
fn find(act: &Act<'_, '_>, user: &str, group: &str) -> Result<(UserRow, GroupRow), Fault> {
    let user = user::find(act.tx, act.account(), user)?;
    let group = group::find(act.tx, act.account(), group)?;
    Ok((UserRow::clone(user), GroupRow::clone(group)))
}
