//! Making a user.

use names::{IdKind, unique_id};
use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach;
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::user::{self, MAX_USERS, UserOutput, UserRow, UserShape};
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::tag::{self, Tag};

/// `CreateUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUser {
    path: Option<String>,
    user_name: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl CreateUser {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(name::DEFAULT_PATH)
    }
}

impl Operation for CreateUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateUser";
    type Output = UserOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path(&mut constraints, self.path.as_deref());
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        if let Some(arn) = &self.permissions_boundary {
            attach::check_arn(&mut constraints, "permissionsBoundary", arn);
        }
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        tag::check_not_reserved(&self.tags)?;
        tag::check_duplicates(&self.tags, "InvalidInput")
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let arn = user::arn(ask.account(), self.path(), &self.user_name);
        let creating = Demand::new("iam:CreateUser", arn.as_str())
            .with_request_tags(&self.tags)
            .with_some("iam:PermissionsBoundary", self.permissions_boundary.as_deref());
        let mut demands = vec![creating];
        if !self.tags.is_empty() {
            demands.push(Demand::new("iam:TagUser", arn).with_request_tags(&self.tags));
        }
        Ok(demands)
    }
}

impl Write for CreateUser {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UserOutput, Fault> {
        let account = act.account();
        if user::find(act.tx, account, &self.user_name).is_ok() {
            let text = format!("User with name {} already exists.", self.user_name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<UserRow>(account.as_str()) >= MAX_USERS {
            let text = format!("Cannot exceed quota for UsersPerAccount: {MAX_USERS}");
            return Err(Fault::new("LimitExceeded", text));
        }
        if let Some(arn) = &self.permissions_boundary {
            attach::check_boundary(act.tx, account, arn)?;
        }
        let id = unique_id(IdKind::User, account, act.entropy);
        let mut user = UserRow::new(account, &self.user_name, self.path(), id, act.now);
        user.boundary.clone_from(&self.permissions_boundary);
        user.tags.clone_from(&self.tags);
        attach::note_boundary(act.tx, &user)?;
        let shape = UserShape::full(&user);
        act.tx.insert(user)?;
        Ok(UserOutput { user: shape })
    }
}
