//! The policies that are part of a role.

use iam::PolicyKind;
use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role::{self, RoleRow, percent_encode};
use crate::iam::{document, name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// Characters of all inline policies of a role together, white space aside.
pub const MAX_INLINE_POLICIES: usize = 10_240;

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
        check_policy_name(&mut constraints, &self.policy_name);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::bounded_demand(ask, "iam:PutRolePolicy", &self.role_name)])
    }
}

impl Write for PutRolePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut role = role::find_modifiable(act, &self.role_name)?;
        let document = document::accept(&self.policy_document, PolicyKind::Identity)?;
        role.inline.insert(self.policy_name.clone(), document);
        check_size(&role)?;
        act.tx.update(role)?;
        Ok(())
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
        let document =
            role.inline.get(&self.policy_name).ok_or_else(|| missing(&self.policy_name))?;
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

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyNamesOutput {
    policy_names: Vec<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListRolePolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListRolePolicies";
    type Output = PolicyNamesOutput;

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
    fn read(self, ask: &Ask<'_>) -> Result<PolicyNamesOutput, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        let names = role.inline.keys().map(|name| (name.clone(), name.clone()));
        let page = page::cut(names, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(PolicyNamesOutput { policy_names: page.items, is_truncated, marker: page.marker })
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
        let mut role = role::find_modifiable(act, &self.role_name)?;
        role.inline.remove(&self.policy_name).ok_or_else(|| missing(&self.policy_name))?;
        act.tx.update(role)?;
        Ok(())
    }
}

fn check_policy_name(constraints: &mut Constraints, policy_name: &str) {
    name::check_name(constraints, "policyName", policy_name, name::MAX_NAME);
}

fn check_names(role_name: &str, policy_name: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    role::check_name(&mut constraints, role_name);
    check_policy_name(&mut constraints, policy_name);
    constraints.finish()
}

fn check_size(role: &RoleRow) -> Result<(), Fault> {
    let sizes = role.inline.values().map(|policy| document::counted_characters(policy.text()));
    if sizes.sum::<usize>() <= MAX_INLINE_POLICIES {
        return Ok(());
    }
    let name = &role.name;
    let text =
        format!("Maximum policy size of {MAX_INLINE_POLICIES} bytes exceeded for role {name}");
    Err(Fault::new("LimitExceeded", text))
}

fn missing(policy_name: &str) -> Fault {
    let text = format!("The role policy with name {policy_name} cannot be found.");
    Fault::new("NoSuchEntity", text)
}
