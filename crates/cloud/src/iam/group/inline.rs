//! The inline policies of a group.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::inline::{self, PolicyNames};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::role::percent_encode;
use crate::iam::{document, group, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `PutGroupPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutGroupPolicy {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutGroupPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "PutGroupPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:PutGroupPolicy", &self.group_name)])
    }
}

impl Write for PutGroupPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let group = Arc::clone(group::find(act.tx, act.account(), &self.group_name)?);
        inline::put(act.tx, &*group, &self.policy_name, &self.policy_document)
    }
}

/// `GetGroupPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetGroupPolicy {
    group_name: String,
    policy_name: String,
}

/// An inline policy of a group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupPolicy {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetGroupPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetGroupPolicy";
    type Output = GroupPolicy;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:GetGroupPolicy", &self.group_name)])
    }
}

impl Read for GetGroupPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<GroupPolicy, Fault> {
        let group = group::find(ask.view, ask.account(), &self.group_name)?;
        let document = inline::get(&**group, &self.policy_name)?;
        Ok(GroupPolicy {
            group_name: group.name.clone(),
            policy_document: percent_encode(document.text()),
            policy_name: self.policy_name,
        })
    }
}

/// `ListGroupPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroupPolicies {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListGroupPolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListGroupPolicies";
    type Output = PolicyNames;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:ListGroupPolicies", &self.group_name)])
    }
}

impl Read for ListGroupPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<PolicyNames, Fault> {
        let group = group::find(ask.view, ask.account(), &self.group_name)?;
        inline::list(&**group, self.marker.as_deref(), self.max_items)
    }
}

/// `DeleteGroupPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteGroupPolicy {
    group_name: String,
    policy_name: String,
}

impl Operation for DeleteGroupPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteGroupPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "groupName", &self.group_name, MAX_NAME);
        inline::check_name(&mut constraints, &self.policy_name);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![group::demand(ask, "iam:DeleteGroupPolicy", &self.group_name)])
    }
}

impl Write for DeleteGroupPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let group = Arc::clone(group::find(act.tx, act.account(), &self.group_name)?);
        inline::delete(act.tx, &*group, &self.policy_name)
    }
}
