//! `SimulateCustomPolicy`

use iam::PolicyKind;
use iam::caller::CallerKind;
use serde::Deserialize;

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::simulation::run::{Policies, Simulation};
use crate::iam::simulation::{
    ContextEntry, Parameters, SimulationOutput, invalid_entity, read_documents,
};
use crate::operation::{Ask, Operation, Read, Service};

/// `SimulateCustomPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SimulateCustomPolicy {
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller_arn: Option<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
    resource_handling_option: Option<String>,
    max_items: Option<i64>,
    marker: Option<String>,
}

impl SimulateCustomPolicy {
    fn parameters(&self) -> Parameters<'_> {
        Parameters {
            policy_input_list: &self.policy_input_list,
            boundary_input_list: &self.permissions_boundary_policy_input_list,
            action_names: &self.action_names,
            resource_arns: &self.resource_arns,
            resource_policy: self.resource_policy.as_deref(),
            resource_owner: self.resource_owner.as_deref(),
            caller_arn: self.caller_arn.as_deref(),
            context_entries: &self.context_entries,
            resource_handling_option: self.resource_handling_option.as_deref(),
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        }
    }
}

impl Operation for SimulateCustomPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "SimulateCustomPolicy";
    type Output = SimulationOutput;

    fn check(&self) -> Result<(), Fault> {
        self.parameters().check()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:SimulateCustomPolicy", "*")])
    }
}

impl Read for SimulateCustomPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<SimulationOutput, Fault> {
        let list = &self.policy_input_list;
        let identity = read_documents(list, "PolicyInputList", PolicyKind::Identity)?;
        let caller = self.caller_arn.as_deref().map(user).transpose()?;
        let policies = Policies { identity, boundary: None };
        Simulation::new(self.parameters(), ask.account(), caller, policies)?.run()
    }
}

/// A user, which is all that can be simulated as a caller (API reference).
pub(super) fn user(arn: &str) -> Result<iam::Caller, Fault> {
    let caller = iam::Caller::parse(arn).ok();
    let user = caller.filter(|caller| caller.kind() == CallerKind::User);
    user.ok_or_else(|| invalid_entity(arn))
}
