//! `DescribePolicy` and `ListPolicies`

use serde::{Deserialize, Serialize};

use super::{PolicyOutput, PolicySummary, demand, find, ids_of_type, require};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Operation, Read, Service};
use crate::organizations::input::{check_pattern, is_policy_id};
use crate::organizations::policy_type::PolicyType;
use crate::organizations::{membership, page};

/// `DescribePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribePolicy {
    policy_id: String,
}

impl Operation for DescribePolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DescribePolicy";
    type Output = PolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_policy_id(&self.policy_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![demand(ask, "organizations:DescribePolicy", organization, &self.policy_id)])
    }
}

impl Read for DescribePolicy {
    fn read(self, ask: &Ask<'_>) -> Result<PolicyOutput, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(PolicyOutput::new(&require(ask.view, organization, &self.policy_id)?))
    }
}

/// `ListPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicies {
    filter: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Policies, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policies {
    pub(in crate::organizations) policies: Vec<PolicySummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::organizations) next_token: Option<String>,
}

impl Operation for ListPolicies {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListPolicies";
    type Output = Policies;

    fn check(&self) -> Result<(), Fault> {
        PolicyType::parse(&self.filter)?;
        page::check(self.max_results)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let kind = PolicyType::parse(&self.filter)?;
        let demand = Demand::new("organizations:ListPolicies", "*");
        Ok(vec![demand.with("organizations:PolicyType", kind.name())])
    }
}

impl Read for ListPolicies {
    fn read(self, ask: &Ask<'_>) -> Result<Policies, Fault> {
        let organization = membership::managed_by(ask)?;
        let mut ids = ids_of_type(ask.view, organization, PolicyType::parse(&self.filter)?);
        ids.sort();
        let found = ids.into_iter().filter_map(|id| {
            let found = find(ask.view, organization, &id)?;
            Some((id, PolicySummary::new(&found)))
        });
        let page = page::cut(found, self.next_token.as_deref(), self.max_results)?;
        Ok(Policies { policies: page.items, next_token: page.marker })
    }
}
