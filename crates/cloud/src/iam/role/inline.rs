//! The policies that are part of a role.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::inline::{self, PolicyNames};
use crate::iam::role::{self, percent_encode};
use crate::iam::{document, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `PutRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutRolePolicy {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "PutRolePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        inline::check_name(&mut constraints, &self.policy_name);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:PutRolePolicy", &self.role_name)])
    }
}

impl Write for PutRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        inline::put(act.tx, &role, &self.policy_name, &self.policy_document)
    }
}

/// `GetRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetRolePolicy {
    role_name: String,
    policy_name: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolePolicyOutput {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetRolePolicy";
    type Output = RolePolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        check_names(&self.role_name, &self.policy_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:GetRolePolicy", &self.role_name)])
    }
}

impl Read for GetRolePolicy {
    fn read(self, ask: &Ask<'_>) -> Result<RolePolicyOutput, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        let document = inline::get(&**role, &self.policy_name)?;
        Ok(RolePolicyOutput {
            role_name: role.name.clone(),
            policy_document: percent_encode(document.text()),
            policy_name: self.policy_name,
        })
    }
}

/// `ListRolePolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRolePolicies {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListRolePolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListRolePolicies";
    type Output = PolicyNames;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:ListRolePolicies", &self.role_name)])
    }
}

impl Read for ListRolePolicies {
    fn read(self, ask: &Ask<'_>) -> Result<PolicyNames, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        inline::list(&**role, self.marker.as_deref(), self.max_items)
    }
}

/// `DeleteRolePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRolePolicy {
    role_name: String,
    policy_name: String,
}

impl Operation for DeleteRolePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteRolePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_names(&self.role_name, &self.policy_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:DeleteRolePolicy", &self.role_name)])
    }
}

impl Write for DeleteRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let role = role::find_modifiable(act, &self.role_name)?;
        inline::delete(act.tx, &role, &self.policy_name)
    }
}

fn check_names(role_name: &str, policy_name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    role::check_name(&mut constraints, role_name);
    inline::check_name(&mut constraints, policy_name);
    constraints.finish()
}
