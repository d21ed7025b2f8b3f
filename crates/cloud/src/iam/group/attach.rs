//! The managed policies of a group.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attach::{self, AttachedPolicies};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::{group, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `AttachGroupPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachGroupPolicy {
    group_name: String,
    policy_arn: String,
}

impl Operation for AttachGroupPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AttachGroupPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.group_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = group::demand(ask, "iam:AttachGroupPolicy", &self.group_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for AttachGroupPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let group = Arc::clone(group::find(act.tx, act.account(), &self.group_name)?);
        attach::attach(act.tx, &*group, &self.policy_arn)
    }
}

/// `DetachGroupPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachGroupPolicy {
    group_name: String,
    policy_arn: String,
}

impl Operation for DetachGroupPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DetachGroupPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.group_name, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = group::demand(ask, "iam:DetachGroupPolicy", &self.group_name);
        Ok(vec![demand.with("iam:PolicyARN", self.policy_arn.as_str())])
    }
}

impl Write for DetachGroupPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let group = Arc::clone(group::find(act.tx, act.account(), &self.group_name)?);
        attach::detach(act.tx, &*group, &self.policy_arn)
    }
}

/// `ListAttachedGroupPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAttachedGroupPolicies {
    group_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListAttachedGroupPolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAttachedGroupPolicies";
    type Output = AttachedPolicies;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        name::check_policy_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:ListAttachedGroupPolicies", &self.group_name)])
    }
}

impl Read for ListAttachedGroupPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<AttachedPolicies, Fault> {
        let group = group::find(ask.view, ask.account(), &self.group_name)?;
        let (prefix, marker) = (self.path_prefix.as_deref(), self.marker.as_deref());
        attach::list(&**group, prefix, marker, self.max_items)
    }
}

fn check(group_name: &str, policy_arn: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    name::check_name(&mut constraints, "groupName", group_name, MAX_NAME);
    attach::check_arn(&mut constraints, "policyArn", policy_arn);
    constraints.finish()
}
