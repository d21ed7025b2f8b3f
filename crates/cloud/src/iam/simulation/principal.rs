//! `SimulatePrincipalPolicy`

use iam::{NamedPolicy, PolicyKind};
use serde::Deserialize;
use store::View;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::entity_policies::{self, Entity, EntityKind, EntityPolicy};
use crate::iam::name;
use crate::iam::simulation::run::{Policies, Simulation};
use crate::iam::simulation::{
    ContextEntry, Parameters, SimulationOutput, custom, invalid_entity, read_documents,
};
use crate::iam::user;
use crate::operation::{Ask, Operation, Read, Service};
use crate::organizations::standing::Standings;

/// `SimulatePrincipalPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SimulatePrincipalPolicy {
    policy_source_arn: String,
    #[serde(default)]
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

impl SimulatePrincipalPolicy {
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

    /// The caller that is given, else the source if it can be one. With a resource's policy it must be a
    /// user (API reference).
    fn caller(&self, entity: Entity<'_>) -> Result<Option<iam::Caller>, Fault> {
        if let Some(arn) = &self.caller_arn {
            return custom::user(arn).map(Some);
        }
        let can_call = match entity.kind {
            EntityKind::User => true,
            EntityKind::Role => self.resource_policy.is_none(),
            EntityKind::Group => false,
        };
        Ok(iam::Caller::parse(&self.policy_source_arn).ok().filter(|_| can_call))
    }
}

impl Operation for SimulatePrincipalPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "SimulatePrincipalPolicy";
    type Output = SimulationOutput;

    fn check(&self) -> Result<(), Fault> {
        check_source(Constraints::new(), &self.policy_source_arn)?;
        self.parameters().check()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:SimulatePrincipalPolicy";
        Ok(vec![entity_policies::demand(ask, action, &self.policy_source_arn)])
    }
}

impl Read for SimulatePrincipalPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<SimulationOutput, Fault> {
        let entity = source(&self.policy_source_arn)?;
        let mut identity = named_policies(ask.view, entity)?;
        let list = &self.policy_input_list;
        identity.extend(read_documents(list, "PolicyInputList", PolicyKind::Identity)?);
        let boundary = entity.boundary(ask.view).map(|arn| {
            // A boundary whose policy is gone allows nothing.
            let found = entity_policies::managed(ask.view, arn);
            found
                .map(|(name, policy)| NamedPolicy { name: name.into(), policy })
                .into_iter()
                .collect()
        });
        let caller = self.caller(entity)?;
        let user_id = caller.as_ref().and_then(|caller| {
            let user = user::find(ask.view, caller.account()?, caller.entity_name()?).ok()?;
            (user.arn == caller.name()).then(|| user.id.clone())
        });
        let policies = Policies { identity, boundary };
        let mut simulation = Simulation::new(self.parameters(), entity.account, caller, policies)?;
        if let Some(standing) = Standings::default().of(ask.view, entity.account) {
            simulation = simulation.with_service_control(&standing.service_control);
        }
        match user_id {
            Some(id) => simulation.with_caller_key("aws:userid", &id).run(),
            None => simulation.run(),
        }
    }
}

/// Checks the ARN of the source.
pub(super) fn check_source(mut constraints: Constraints, arn: &str) -> Result<(), Fault> {
    name::check_arn(&mut constraints, "policySourceArn", arn);
    constraints.finish()?;
    source(arn).map(|_| ())
}

/// The source.
pub(super) fn source(arn: &str) -> Result<Entity<'_>, Fault> {
    Entity::parse(arn).ok_or_else(|| invalid_entity(arn))
}

/// The policies of the source under the names that the simulator gives them: a managed policy's own, and
/// kind, holder and name of an inline one (as answers that people show have them).
pub(super) fn named_policies(view: &View, entity: Entity<'_>) -> Result<Vec<NamedPolicy>, Fault> {
    let name = |found: &EntityPolicy| match found.arn {
        Some(_) => found.name.clone(),
        None => format!("{}_{}_{}", found.holder.noun(), found.holder_name, found.name),
    };
    let policies = entity.policies(view)?;
    Ok(policies
        .into_iter()
        .map(|found| NamedPolicy { name: name(&found).into(), policy: found.policy })
        .collect())
}
