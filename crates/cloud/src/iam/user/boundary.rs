//! The permissions boundary of a user.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::{attach, user};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `PutUserPermissionsBoundary`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutUserPermissionsBoundary {
    user_name: String,
    permissions_boundary: String,
}

impl Operation for PutUserPermissionsBoundary {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "PutUserPermissionsBoundary";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        attach::check_arn(&mut constraints, "permissionsBoundary", &self.permissions_boundary);
        constraints.finish()
    }

    /// `iam:PermissionsBoundary` is the boundary that is set, not the one that is there (user guide,
    /// "Delegating responsibility to others using permissions boundaries").
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = user::demand(ask, "iam:PutUserPermissionsBoundary", &self.user_name);
        Ok(vec![demand.with("iam:PermissionsBoundary", self.permissions_boundary.as_str())])
    }
}

impl Write for PutUserPermissionsBoundary {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        attach::set_boundary(act.tx, &*user, &self.permissions_boundary)
    }
}

/// `DeleteUserPermissionsBoundary`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPermissionsBoundary {
    user_name: String,
}

impl Operation for DeleteUserPermissionsBoundary {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteUserPermissionsBoundary";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:DeleteUserPermissionsBoundary";
        Ok(vec![user::demand_with_boundary(ask, action, &self.user_name)])
    }
}

impl Write for DeleteUserPermissionsBoundary {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        attach::clear_boundary(act.tx, &*user)
    }
}
