//! Looking at users.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::user::{self, MAX_EXISTING_NAME, Subject, UserOutput, UserRow, UserShape};
use crate::iam::{name, page};
use crate::operation::{Ask, Operation, Read, Service};

/// `GetUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUser {
    user_name: Option<String>,
}

impl Operation for GetUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetUser";
    type Output = UserOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let subject = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![subject.demand(ask, "iam:GetUser")])
    }
}

impl Read for GetUser {
    fn read(self, ask: &Ask<'_>) -> Result<UserOutput, Fault> {
        let user = match Subject::of(ask, self.user_name.as_deref())? {
            Subject::Root => UserShape::root(ask.account()),
            Subject::User(name) => UserShape::full(user::find(ask.view, ask.account(), &name)?),
        };
        Ok(UserOutput { user })
    }
}

/// `ListUsers`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsers {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Users {
    users: Vec<UserShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListUsers {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListUsers";
    type Output = Users;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![name::list_demand(ask, "iam:ListUsers", "user", self.path_prefix.as_deref())])
    }
}

impl Read for ListUsers {
    fn read(self, ask: &Ask<'_>) -> Result<Users, Fault> {
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        let wanted = |user: &UserRow| user.path.starts_with(prefix);
        let marker = self.marker.as_deref();
        let page = page::of_rows(ask.view, ask.account(), marker, self.max_items, wanted)?;
        let is_truncated = page.is_truncated();
        let users = page.items.into_iter().map(|user| UserShape::brief(user)).collect();
        Ok(Users { users, is_truncated, marker: page.marker })
    }
}
