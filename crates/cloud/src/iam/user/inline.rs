//! The inline policies of a user.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::inline::{self, PolicyNames};
use crate::iam::role::percent_encode;
use crate::iam::user::{self, MAX_EXISTING_NAME};
use crate::iam::{document, name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `PutUserPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutUserPolicy {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutUserPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "PutUserPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand_with_boundary(ask, "iam:PutUserPolicy", &self.user_name)])
    }
}

impl Write for PutUserPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        inline::put(act.tx, &*user, &self.policy_name, &self.policy_document)
    }
}

/// `GetUserPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserPolicy {
    user_name: String,
    policy_name: String,
}

/// An inline policy of a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPolicy {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetUserPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetUserPolicy";
    type Output = UserPolicy;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:GetUserPolicy", &self.user_name)])
    }
}

impl Read for GetUserPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<UserPolicy, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        let document = inline::get(&**user, &self.policy_name)?;
        Ok(UserPolicy {
            user_name: user.name.clone(),
            policy_document: percent_encode(document.text()),
            policy_name: self.policy_name,
        })
    }
}

/// `ListUserPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserPolicies {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListUserPolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListUserPolicies";
    type Output = PolicyNames;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:ListUserPolicies", &self.user_name)])
    }
}

impl Read for ListUserPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<PolicyNames, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        inline::list(&**user, self.marker.as_deref(), self.max_items)
    }
}

/// `DeleteUserPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserPolicy {
    user_name: String,
    policy_name: String,
}

impl Operation for DeleteUserPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteUserPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand_with_boundary(ask, "iam:DeleteUserPolicy", &self.user_name)])
    }
}

impl Write for DeleteUserPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        inline::delete(act.tx, &*user, &self.policy_name)
    }
}
