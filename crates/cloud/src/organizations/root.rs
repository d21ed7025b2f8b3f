//! The root, and the policy types that are enabled in it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{check_pattern, is_root_id};
use crate::organizations::node::{self, NodeRow};
use crate::organizations::organization::{FeatureSet, OrganizationRow};
use crate::organizations::policy_type::{PolicyType, PolicyTypeShape};
use crate::organizations::{membership, page, policy};

const NO_ROOT: (&str, &str) = ("RootNotFoundException", "You specified a root that doesn't exist.");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RootShape {
    id: String,
    arn: String,
    name: String,
    policy_types: Vec<PolicyTypeShape>,
}

impl RootShape {
    fn new(organization: &OrganizationRow, root: &NodeRow) -> Self {
        let enabled = organization.enabled.iter().map(|kind| PolicyTypeShape::enabled(*kind));
        Self {
            id: root.id.clone(),
            arn: root.arn(organization),
            name: root.name.clone(),
            policy_types: enabled.collect(),
        }
    }
}

/// A root, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootOutput {
    root: RootShape,
}

/// `ListRoots`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoots {
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Roots {
    roots: Vec<RootShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListRoots {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListRoots";
    type Output = Roots;

    fn check(&self) -> Result<(), Fault> {
        page::check(self.max_results)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:ListRoots"))
    }
}

impl Read for ListRoots {
    fn read(self, ask: &Ask<'_>) -> Result<Roots, Fault> {
        let organization = membership::managed_by(ask)?;
        let root = node::find(ask.view, organization, &organization.root).into_iter();
        let items = root.map(|root| (root.id.clone(), RootShape::new(organization, root)));
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Roots { roots: page.items, next_token: page.marker })
    }
}

/// `EnablePolicyType`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnablePolicyType {
    root_id: String,
    policy_type: String,
}

/// `DisablePolicyType`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisablePolicyType {
    root_id: String,
    policy_type: String,
}

fn check(root_id: &str, policy_type: &str) -> Result<(), Fault> {
    check_pattern(is_root_id(root_id))?;
    PolicyType::parse(policy_type).map(drop)
}

fn demands(
    ask: &Ask<'_>,
    action: &'static str,
    root_id: &str,
    policy_type: &str,
) -> Result<Vec<Demand>, Fault> {
    let organization = membership::managed_by(ask)?;
    let kind = PolicyType::parse(policy_type)?;
    Ok(vec![node::demand_of_type(ask, action, organization, root_id, kind)])
}

impl Operation for EnablePolicyType {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "EnablePolicyType";
    type Output = RootOutput;

    fn check(&self) -> Result<(), Fault> {
        check(&self.root_id, &self.policy_type)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demands(ask, "organizations:EnablePolicyType", &self.root_id, &self.policy_type)
    }
}

impl Write for EnablePolicyType {
    /// AWS's own policy is attached to the root, every unit and every account (user guide, "enabling a
    /// policy type").
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RootOutput, Fault> {
        let kind = PolicyType::parse(&self.policy_type)?;
        let mut organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        node::require(act.tx, &organization, &self.root_id, NO_ROOT)?;
        if organization.feature_set != FeatureSet::All {
            return Err(policy::not_available());
        }
        if organization.enabled.contains(&kind) {
            let text = "The specified policy type is already enabled.";
            return Err(Fault::new("PolicyTypeAlreadyEnabledException", text));
        }
        organization.enabled.push(kind);
        organization.enabled.sort();
        change_nodes(act, &organization, |node| {
            node.policies.push(kind.default_policy().to_owned());
        })?;
        finish(act, organization)
    }
}

impl Operation for DisablePolicyType {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DisablePolicyType";
    type Output = RootOutput;

    fn check(&self) -> Result<(), Fault> {
        check(&self.root_id, &self.policy_type)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demands(ask, "organizations:DisablePolicyType", &self.root_id, &self.policy_type)
    }
}

impl Write for DisablePolicyType {
    /// Every policy of the type is detached from everything (user guide, "disabling a policy type").
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RootOutput, Fault> {
        let kind = PolicyType::parse(&self.policy_type)?;
        let mut organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        node::require(act.tx, &organization, &self.root_id, NO_ROOT)?;
        policy::check_enabled(&organization, kind)?;
        organization.enabled.retain(|enabled| *enabled != kind);
        let of_type = policy::ids_of_type(act.tx, &organization, kind);
        change_nodes(act, &organization, |node| {
            node.policies.retain(|id| !of_type.contains(id));
        })?;
        finish(act, organization)
    }
}

fn change_nodes(
    act: &mut Act<'_, '_>,
    organization: &OrganizationRow,
    change: impl Fn(&mut NodeRow),
) -> Result<(), Fault> {
    let account = organization.account;
    let nodes: Vec<Arc<NodeRow>> = act.tx.range::<NodeRow>(account.as_str(), ..).cloned().collect();
    for node in nodes {
        let mut node = NodeRow::clone(&node);
        change(&mut node);
        act.tx.update(node)?;
    }
    Ok(())
}

fn finish(act: &mut Act<'_, '_>, organization: OrganizationRow) -> Result<RootOutput, Fault> {
    let root = node::require(act.tx, &organization, &organization.root, NO_ROOT)?;
    let root = RootShape::new(&organization, root);
    act.tx.update(organization)?;
    Ok(RootOutput { root })
}
