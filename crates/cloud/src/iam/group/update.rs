//! Renaming and moving a group. Its id, its users and its policies stay.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach;
use crate::iam::group::{self, GroupRow};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::user::UserRow;
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `UpdateGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateGroup {
    group_name: String,
    new_path: Option<String>,
    new_group_name: Option<String>,
}

impl UpdateGroup {
    fn new_name<'n>(&'n self, group: &'n GroupRow) -> &'n str {
        self.new_group_name.as_deref().unwrap_or(&group.name)
    }

    fn new_arn(&self, group: &GroupRow) -> String {
        let path = self.new_path.as_deref().unwrap_or(&group.path);
        group::arn(group.account, path, self.new_name(group))
    }
}

impl Operation for UpdateGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateGroup";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        name::check_path_as(&mut constraints, "newPath", self.new_path.as_deref());
        let new_name = self.new_group_name.as_deref();
        name::check_some_name(&mut constraints, "newGroupName", new_name, MAX_NAME);
        constraints.finish()
    }

    /// Both the group as it is and as it will be must be allowed (API reference, UpdateGroup).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let mut demands = vec![group::demand(ask, "iam:UpdateGroup", &self.group_name)];
        if let Ok(group) = group::find(ask.view, ask.account(), &self.group_name) {
            let after = Demand::new("iam:UpdateGroup", self.new_arn(group));
            demands.extend((after.resource != group.arn).then_some(after));
        }
        Ok(demands)
    }
}

impl Write for UpdateGroup {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let old = Arc::clone(group::find(act.tx, account, &self.group_name)?);
        let new_name = self.new_name(&old);
        let (old_key, new_key) = (name::key(&old.name), name::key(new_name));
        if new_key != old_key && group::find(act.tx, account, new_name).is_ok() {
            let text = format!("Group with name {new_name} already exists.");
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        let mut new = GroupRow::clone(&old);
        new.arn = self.new_arn(&old);
        new.name = new_name.to_owned();
        if let Some(path) = &self.new_path {
            new.path.clone_from(path);
        }
        if new.name == old.name {
            return Ok(act.tx.update(new)?);
        }
        if new_key != old_key {
            for member in &old.members {
                rename_in_user(act, member, &old_key, &new_key)?;
            }
        }
        attach::rename(act.tx, &*old, &new)?;
        act.tx.delete::<GroupRow>(account.as_str(), &old_key)?;
        Ok(act.tx.insert(new)?)
    }
}

fn rename_in_user(
    act: &mut Act<'_, '_>,
    member: &str,
    old_key: &str,
    new_key: &str,
) -> Result<(), Fault> {
    let account = act.account();
    let Some(user) = act.tx.get::<UserRow>(account.as_str(), member) else { return Ok(()) };
    let mut user = UserRow::clone(user);
    let here = user.groups.iter_mut().filter(|group| *group == old_key);
    here.for_each(|group| new_key.clone_into(group));
    Ok(act.tx.update(user)?)
}
