//! The managed policies of a role.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach::{self, AttachedPolicies};
use crate::iam::{name, page, role};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `AttachRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachRolePolicy {
    role_name: String,
    policy_arn: String,
}

impl Operation for AttachRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AttachRolePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_role_and_policy(&self.role_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = role::bounded_demand(ask, "iam:AttachRolePolicy", &self.role_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for AttachRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        attach::attach(act.tx, &role, &self.policy_arn)
    }
}

/// `DetachRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachRolePolicy {
    role_name: String,
    policy_arn: String,
}

impl Operation for DetachRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DetachRolePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_role_and_policy(&self.role_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = role::bounded_demand(ask, "iam:DetachRolePolicy", &self.role_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for DetachRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        attach::detach(act.tx, &role, &self.policy_arn)
    }
}

/// `ListAttachedRolePolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAttachedRolePolicies {
    role_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListAttachedRolePolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAttachedRolePolicies";
    type Output = AttachedPolicies;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        name::check_policy_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:ListAttachedRolePolicies", &self.role_name)])
    }
}

impl Read for ListAttachedRolePolicies {
    fn read(self, ask: &Ask<'_>) -> Result<AttachedPolicies, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        let (prefix, marker) = (self.path_prefix.as_deref(), self.marker.as_deref());
        attach::list(&**role, prefix, marker, self.max_items)
    }
}

fn check_role_and_policy(role_name: &str, policy_arn: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    role::check_name(&mut constraints, role_name);
    attach::check_arn(&mut constraints, "policyArn", policy_arn);
    constraints.finish()
}
