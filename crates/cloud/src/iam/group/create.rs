//! Making a group.

use std::collections::BTreeMap;

use names::{AccountId, IdKind, unique_id};
use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::group::{self, GroupRow, GroupShape, MAX_GROUPS};
use crate::iam::name::{self, MAX_NAME};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `CreateGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateGroup {
    path: Option<String>,
    group_name: String,
}

/// The new group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupOutput {
    group: GroupShape,
}

impl CreateGroup {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(name::DEFAULT_PATH)
    }

    fn arn(&self, account: AccountId) -> String {
        group::arn(account, self.path(), &self.group_name)
    }
}

impl Operation for CreateGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateGroup";
    type Output = GroupOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path(&mut constraints, self.path.as_deref());
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:CreateGroup", self.arn(ask.account()))])
    }
}

impl Write for CreateGroup {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<GroupOutput, Fault> {
        let account = act.account();
        if group::find(act.tx, account, &self.group_name).is_ok() {
            let text = format!("Group with name {} already exists.", self.group_name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<GroupRow>(account.as_str()) >= MAX_GROUPS {
            let text = format!("Cannot exceed quota for GroupsPerAccount: {MAX_GROUPS}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let group = GroupRow {
            account,
            name: self.group_name.clone(),
            path: self.path().to_owned(),
            id: unique_id(IdKind::Group, account, act.entropy),
            arn: self.arn(account),
            created: act.now,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            members: Vec::new(),
        };
        let shape = GroupShape::new(&group);
        act.tx.insert(group)?;
        Ok(GroupOutput { group: shape })
    }
}
