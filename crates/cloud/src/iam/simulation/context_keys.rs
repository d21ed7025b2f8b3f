//! `GetContextKeysForCustomPolicy` and `GetContextKeysForPrincipalPolicy`

use iam::{NamedPolicy, PolicyKind};
use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::entity_policies;
use crate::iam::simulation::principal::{check_source, named_policies, source};
use crate::iam::simulation::referenced::Keys;
use crate::iam::simulation::{check_documents, read_documents};
use crate::operation::{Ask, Operation, Read, Service};

/// `GetContextKeysForCustomPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetContextKeysForCustomPolicy {
    policy_input_list: Vec<String>,
}

/// The answer of both operations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextKeysOutput {
    context_key_names: Vec<String>,
}

impl Operation for GetContextKeysForCustomPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetContextKeysForCustomPolicy";
    type Output = ContextKeysOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_documents(&mut constraints, "policyInputList", &self.policy_input_list);
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetContextKeysForCustomPolicy", "*")])
    }
}

impl Read for GetContextKeysForCustomPolicy {
    fn read(self, _: &Ask<'_>) -> Result<ContextKeysOutput, Fault> {
        let list = &self.policy_input_list;
        Ok(output(&read_documents(list, "PolicyInputList", PolicyKind::Identity)?))
    }
}

/// `GetContextKeysForPrincipalPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetContextKeysForPrincipalPolicy {
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
}

impl Operation for GetContextKeysForPrincipalPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetContextKeysForPrincipalPolicy";
    type Output = ContextKeysOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_documents(&mut constraints, "policyInputList", &self.policy_input_list);
        check_source(constraints, &self.policy_source_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:GetContextKeysForPrincipalPolicy";
        Ok(vec![entity_policies::demand(ask, action, &self.policy_source_arn)])
    }
}

impl Read for GetContextKeysForPrincipalPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<ContextKeysOutput, Fault> {
        let mut policies = named_policies(ask.view, source(&self.policy_source_arn)?)?;
        let list = &self.policy_input_list;
        policies.extend(read_documents(list, "PolicyInputList", PolicyKind::Identity)?);
        Ok(output(&policies))
    }
}

/// The keys of each policy, so that one which several speak of is there several times (recorded from AWS by
/// radkawar/stackd, context_keys_aws.json). In which order the simulator lists them is unverified.
fn output(policies: &[NamedPolicy]) -> ContextKeysOutput {
    let of_each = policies.iter().flat_map(|named| {
        let mut keys = Keys::by_the_letter();
        keys.add_policy(&named.policy);
        keys.into_names(|_| true)
    });
    ContextKeysOutput { context_key_names: of_each.collect() }
}
