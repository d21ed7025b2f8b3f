//! Which policies are attached to what.

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{check_pattern, invalid, is_policy_id, is_target_id, violation};
use crate::organizations::node::{self, NO_TARGET, NodeRow};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::policy::{self, Found, Policies, PolicySummary};
use crate::organizations::policy_type::PolicyType;
use crate::organizations::{membership, page};

/// Policies of one type on one root, unit or account (user guide, "quotas and service limits").
pub const MAX_ATTACHED: usize = 5;

/// `AttachPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachPolicy {
    policy_id: String,
    target_id: String,
}

/// `DetachPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachPolicy {
    policy_id: String,
    target_id: String,
}

fn check(policy_id: &str, target_id: &str) -> Result<(), Fault> {
    check_pattern(is_policy_id(policy_id))?;
    let text = "You provided a target that does not match the required pattern.";
    if is_target_id(target_id) { Ok(()) } else { Err(invalid("INVALID_PATTERN_TARGET_ID", text)) }
}

/// On the policy and on what it is attached to (service authorization reference).
fn demands(
    ask: &Ask<'_>,
    action: &'static str,
    policy_id: &str,
    target_id: &str,
) -> Result<Vec<Demand>, Fault> {
    let organization = membership::managed_by(ask)?;
    let on_policy = policy::demand(ask, action, organization, policy_id);
    let kind = policy::find(ask.view, organization, policy_id).map(|found| found.r#type().name());
    let on_target = node::demand(ask, action, organization, target_id);
    Ok(vec![on_policy, on_target.with_some("organizations:PolicyType", kind)])
}

/// What an attachment concerns.
struct Attachment {
    found: Found,
    target: NodeRow,
    /// The policies of the same type that are on the target already.
    others: Vec<Found>,
}

impl Attachment {
    fn find(act: &Act<'_, '_>, policy_id: &str, target_id: &str) -> Result<Self, Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let found = policy::require(act.tx, &organization, policy_id)?;
        let target = node::require(act.tx, &organization, target_id, NO_TARGET)?;
        policy::check_enabled(&organization, found.r#type())?;
        let others = policy::attached(act.tx, &organization, target, found.r#type());
        Ok(Self { target: NodeRow::clone(target), found, others })
    }
}

impl Operation for AttachPolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "AttachPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.policy_id, &self.target_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demands(ask, "organizations:AttachPolicy", &self.policy_id, &self.target_id)
    }
}

impl Write for AttachPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let Attachment { found, mut target, others } =
            Attachment::find(act, &self.policy_id, &self.target_id)?;
        if others.iter().any(|other| other.id() == found.id()) {
            // API reference.
            let text = "The selected policy is already attached to the specified target.";
            return Err(Fault::new("DuplicatePolicyAttachmentException", text));
        }
        if others.len() >= MAX_ATTACHED {
            // hashicorp/terraform-provider-aws issue 41493.
            let text = "You have attached the maximum number of policies to the specified target.";
            return Err(violation("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", text));
        }
        target.policies.push(found.id().to_owned());
        Ok(act.tx.update(target)?)
    }
}

impl Operation for DetachPolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DetachPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.policy_id, &self.target_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demands(ask, "organizations:DetachPolicy", &self.policy_id, &self.target_id)
    }
}

impl Write for DetachPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let Attachment { found, mut target, others } =
            Attachment::find(act, &self.policy_id, &self.target_id)?;
        if !others.iter().any(|other| other.id() == found.id()) {
            // API reference.
            let text = "The policy isn't attached to the specified target in the specified root.";
            return Err(Fault::new("PolicyNotAttachedException", text));
        }
        if found.id() == PolicyType::ResourceControlPolicy.default_policy() {
            // The text is unverified.
            let text = "You can't detach the RCPFullAWSAccess policy.";
            return Err(invalid("NON_DETACHABLE_POLICY", text));
        }
        if others.len() == 1 {
            // hashicorp/terraform-provider-aws issue 26797.
            let text = "You cannot remove the last policy attached to the specified target. You must have \
                        at least one attached at all times.";
            return Err(violation("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", text));
        }
        target.policies.retain(|id| id != found.id());
        Ok(act.tx.update(target)?)
    }
}

/// `ListPoliciesForTarget`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPoliciesForTarget {
    target_id: String,
    filter: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl Operation for ListPoliciesForTarget {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListPoliciesForTarget";
    type Output = Policies;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_target_id(&self.target_id))?;
        PolicyType::parse(&self.filter)?;
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, kind) = (membership::managed_by(ask)?, PolicyType::parse(&self.filter)?);
        let action = "organizations:ListPoliciesForTarget";
        Ok(vec![node::demand_of_type(ask, action, organization, &self.target_id, kind)])
    }
}

impl Read for ListPoliciesForTarget {
    fn read(self, ask: &Ask<'_>) -> Result<Policies, Fault> {
        let organization = membership::managed_by(ask)?;
        let target = node::require(ask.view, organization, &self.target_id, NO_TARGET)?;
        let kind = PolicyType::parse(&self.filter)?;
        let mut found = policy::attached(ask.view, organization, target, kind);
        found.sort_by(|one, other| one.id().cmp(other.id()));
        let items = found.iter().map(|found| (found.id().to_owned(), PolicySummary::new(found)));
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Policies { policies: page.items, next_token: page.marker })
    }
}

/// `ListTargetsForPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTargetsForPolicy {
    policy_id: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TargetShape {
    target_id: String,
    arn: String,
    name: String,
    r#type: &'static str,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Targets {
    targets: Vec<TargetShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListTargetsForPolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListTargetsForPolicy";
    type Output = Targets;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_policy_id(&self.policy_id))?;
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        let action = "organizations:ListTargetsForPolicy";
        Ok(vec![policy::demand(ask, action, organization, &self.policy_id)])
    }
}

impl Read for ListTargetsForPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<Targets, Fault> {
        let organization = membership::managed_by(ask)?;
        policy::require(ask.view, organization, &self.policy_id)?;
        let nodes = ask.view.range::<NodeRow>(organization.account.as_str(), ..);
        let targets = nodes.filter(|node| node.policies.contains(&self.policy_id)).map(|node| {
            let shape = TargetShape {
                target_id: node.id.clone(),
                arn: node.arn(organization),
                name: node.name.clone(),
                r#type: node.type_name(),
            };
            (node.id.clone(), shape)
        });
        let page = page::cut(targets, self.next_token.as_deref(), self.max_results)?;
        Ok(Targets { targets: page.items, next_token: page.marker })
    }
}
