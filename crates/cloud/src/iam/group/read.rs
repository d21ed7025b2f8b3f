//! Looking at groups, their members and a user's groups.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::group::{self, GroupRow, GroupShape};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::page::{self, Page};
use crate::iam::user::{self, MAX_EXISTING_NAME, UserRow, UserShape};
use crate::operation::{Ask, Operation, Read, Service};

/// `GetGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetGroup {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// A group with one page of its users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupWithUsers {
    group: GroupShape,
    users: Vec<UserShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for GetGroup {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetGroup";
    type Output = GroupWithUsers;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:GetGroup", &self.group_name)])
    }
}

impl Read for GetGroup {
    fn read(self, ask: &Ask<'_>) -> Result<GroupWithUsers, Fault> {
        let group = group::find(ask.view, ask.account(), &self.group_name)?;
        let mut members: Vec<&String> = group.members.iter().collect();
        members.sort();
        let account = group.account.as_str();
        let users = members.into_iter().filter_map(|key| {
            let user = ask.view.get::<UserRow>(account, key)?;
            Some((key.clone(), UserShape::brief(user)))
        });
        let page = page::cut(users, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        let (group, users, marker) = (GroupShape::new(group), page.items, page.marker);
        Ok(GroupWithUsers { group, users, is_truncated, marker })
    }
}

/// `ListGroups`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroups {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Groups {
    groups: Vec<GroupShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl From<Page<GroupShape>> for Groups {
    fn from(page: Page<GroupShape>) -> Self {
        Self { is_truncated: page.is_truncated(), groups: page.items, marker: page.marker }
    }
}

impl Operation for ListGroups {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListGroups";
    type Output = Groups;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![name::list_demand(ask, "iam:ListGroups", "group", self.path_prefix.as_deref())])
    }
}

impl Read for ListGroups {
    fn read(self, ask: &Ask<'_>) -> Result<Groups, Fault> {
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        let wanted = |group: &GroupRow| group.path.starts_with(prefix);
        let marker = self.marker.as_deref();
        let page = page::of_rows(ask.view, ask.account(), marker, self.max_items, wanted)?;
        let is_truncated = page.is_truncated();
        let groups = page.items.into_iter().map(|group| GroupShape::new(group)).collect();
        Ok(Groups { groups, is_truncated, marker: page.marker })
    }
}

/// `ListGroupsForUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroupsForUser {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListGroupsForUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListGroupsForUser";
    type Output = Groups;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:ListGroupsForUser", &self.user_name)])
    }
}

impl Read for ListGroupsForUser {
    fn read(self, ask: &Ask<'_>) -> Result<Groups, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        let mut keys: Vec<&String> = user.groups.iter().collect();
        keys.sort();
        let account = user.account.as_str();
        let groups = keys.into_iter().filter_map(|key| {
            let group = ask.view.get::<GroupRow>(account, key)?;
            Some((key.clone(), GroupShape::new(group)))
        });
        Ok(page::cut(groups, self.marker.as_deref(), self.max_items)?.into())
    }
}
