//! The managed policies of a user.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach::{self, AttachedPolicies};
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::{page, user};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `AttachUserPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachUserPolicy {
    user_name: String,
    policy_arn: String,
}

impl Operation for AttachUserPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AttachUserPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.user_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = user::demand_with_boundary(ask, "iam:AttachUserPolicy", &self.user_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for AttachUserPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        attach::attach(act.tx, &*user, &self.policy_arn)
    }
}

/// `DetachUserPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachUserPolicy {
    user_name: String,
    policy_arn: String,
}

impl Operation for DetachUserPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DetachUserPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.user_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = user::demand_with_boundary(ask, "iam:DetachUserPolicy", &self.user_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for DetachUserPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        attach::detach(act.tx, &*user, &self.policy_arn)
    }
}

/// `ListAttachedUserPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAttachedUserPolicies {
    user_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListAttachedUserPolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAttachedUserPolicies";
    type Output = AttachedPolicies;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_USER_NAME);
        name::check_policy_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:ListAttachedUserPolicies", &self.user_name)])
    }
}

impl Read for ListAttachedUserPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<AttachedPolicies, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        let (prefix, marker) = (self.path_prefix.as_deref(), self.marker.as_deref());
        attach::list(&**user, prefix, marker, self.max_items)
    }
}

fn check(user_name: &str, policy_arn: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    name::check_name(&mut constraints, "userName", user_name, MAX_USER_NAME);
    attach::check_arn(&mut constraints, "policyArn", policy_arn);
    constraints.finish()
}
