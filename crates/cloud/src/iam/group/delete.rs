//! Deleting a group, which must have neither users nor policies.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::group::{self, GroupRow};
use crate::iam::name::{self, MAX_NAME};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `DeleteGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteGroup {
    group_name: String,
}

impl Operation for DeleteGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteGroup";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:DeleteGroup", &self.group_name)])
    }
}

impl Write for DeleteGroup {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let group = group::find(act.tx, act.account(), &self.group_name)?.clone();
        // The texts are quoted in reports (go-to-k/delstack issue 40); their order is unverified.
        let conflicts = [
            (!group.members.is_empty(), "remove users from group"),
            (!group.attached.is_empty(), "detach all policies"),
            (!group.inline.is_empty(), "delete policies"),
        ];
        if let Some((_, what)) = conflicts.into_iter().find(|(there, _)| *there) {
            let text = format!("Cannot delete entity, must {what} first.");
            return Err(Fault::new("DeleteConflict", text));
        }
        act.tx.delete::<GroupRow>(group.account.as_str(), &name::key(&group.name))?;
        Ok(())
    }
}
