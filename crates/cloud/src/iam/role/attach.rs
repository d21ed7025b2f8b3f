//! The managed policies of a role.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attachment::{self, Usage};
use crate::iam::page;
use crate::iam::role;
use crate::iam::role::create::use_of;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// Managed policies that a role has at most.
pub const MAX_ATTACHED_POLICIES: usize = 10;

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
    /// A policy that is attached already stays so. The order of the checks is unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        attachment::parse_arn(&self.policy_arn)?;
        let mut role = role::find_modifiable(act, &self.role_name)?;
        attachment::check_attachable(act.tx, role.account, &self.policy_arn)?;
        if role.attached.contains(&self.policy_arn) {
            return Ok(());
        }
        if role.attached.len() >= MAX_ATTACHED_POLICIES {
            let text = format!("Cannot exceed quota for PoliciesPerRole: {MAX_ATTACHED_POLICIES}");
            return Err(Fault::new("LimitExceeded", text));
        }
        attachment::add(act.tx, use_of(&role, &self.policy_arn, Usage::Policy))?;
        role.attached.push(self.policy_arn.clone());
        act.tx.update(role)?;
        Ok(())
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
        attachment::parse_arn(&self.policy_arn)?;
        let mut role = role::find_modifiable(act, &self.role_name)?;
        let Some(at) = role.attached.iter().position(|arn| *arn == self.policy_arn) else {
            let text = format!("Policy {} was not found.", self.policy_arn);
            return Err(Fault::new("NoSuchEntity", text));
        };
        attachment::remove(act.tx, &use_of(&role, &self.policy_arn, Usage::Policy))?;
        role.attached.remove(at);
        act.tx.update(role)?;
        Ok(())
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

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPoliciesOutput {
    attached_policies: Vec<AttachedPolicy>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A managed policy, where it is attached.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

impl Operation for ListAttachedRolePolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAttachedRolePolicies";
    type Output = AttachedPoliciesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        attachment::check_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:ListAttachedRolePolicies", &self.role_name)])
    }
}

impl Read for ListAttachedRolePolicies {
    fn read(self, ask: &Ask<'_>) -> Result<AttachedPoliciesOutput, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        let prefix = self.path_prefix.as_deref().unwrap_or_default();
        let wanted = role.attached.iter().filter_map(|arn| {
            let (path, name) = attachment::path_and_name(arn)?;
            path.starts_with(prefix)
                .then(|| AttachedPolicy { policy_name: name.to_owned(), policy_arn: arn.clone() })
        });
        let page = page::cut_list(wanted, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        let marker = page.marker;
        Ok(AttachedPoliciesOutput { attached_policies: page.items, is_truncated, marker })
    }
}

fn check_role_and_policy(role_name: &str, policy_arn: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    role::check_name(&mut constraints, role_name);
    attachment::check_arn(&mut constraints, "policyArn", policy_arn);
    constraints.finish()
}
