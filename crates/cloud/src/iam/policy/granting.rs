//! `ListPoliciesGrantingServiceAccess`

use iam::Policy;
use iam::policy::{Effect, PatternElement};
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::entity_policies::{self, Entity, EntityKind, EntityPolicy};
use crate::iam::{name, page};
use crate::operation::{Ask, Operation, Read, Service};

/// Namespaces of one request.
const MAX_NAMESPACES: usize = 200;
const NAMESPACE: Check = Check::Members(
    "Member must have length less than or equal to 64, Member must have length greater than or equal \
     to 1, Member must satisfy regular expression pattern: [\\w-]*, Member must not be null",
    |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    },
);

/// `ListPoliciesGrantingServiceAccess`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPoliciesGrantingServiceAccess {
    arn: String,
    service_namespaces: Vec<String>,
    marker: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GrantingOutput {
    policies_granting_service_access: Vec<Entry>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A service, and the policies that grant something in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    service_namespace: String,
    policies: Vec<Granting>,
}

/// A policy that grants something.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Granting {
    policy_name: String,
    policy_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_name: Option<String>,
}

impl Operation for ListPoliciesGrantingServiceAccess {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListPoliciesGrantingServiceAccess";
    type Output = GrantingOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_arn(&mut constraints, "arn", &self.arn);
        let namespaces = &self.service_namespaces;
        match namespaces.len() {
            0 => constraints.fail_unshown("serviceNamespaces", Check::MinLength(1)),
            1..=MAX_NAMESPACES => {}
            _ => constraints.fail_unshown("serviceNamespaces", Check::MaxLength(MAX_NAMESPACES)),
        }
        constraints.members("serviceNamespaces", namespaces, NAMESPACE);
        page::check_marker(&mut constraints, self.marker.as_deref());
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:ListPoliciesGrantingServiceAccess";
        Ok(vec![entity_policies::demand(ask, action, &self.arn)])
    }
}

impl Read for ListPoliciesGrantingServiceAccess {
    fn read(self, ask: &Ask<'_>) -> Result<GrantingOutput, Fault> {
        // What IAM says to other ARNs is unverified.
        let entity = Entity::parse(&self.arn)
            .ok_or_else(|| Fault::new("InvalidInput", format!("ARN {} is not valid.", self.arn)))?;
        let policies = entity.policies(ask.view)?;
        let entries = self.service_namespaces.iter().map(|namespace| {
            let granting = policies.iter().filter(|found| grants(&found.policy, namespace));
            Entry {
                service_namespace: namespace.clone(),
                policies: granting.cloned().map(Granting::from).collect(),
            }
        });
        let page = page::cut_list(entries, self.marker.as_deref(), None)?;
        let is_truncated = page.is_truncated();
        let marker = page.marker;
        Ok(GrantingOutput { policies_granting_service_access: page.items, is_truncated, marker })
    }
}

impl From<EntityPolicy> for Granting {
    fn from(found: EntityPolicy) -> Self {
        let inline = found.arn.is_none();
        let entity_type = match found.holder {
            EntityKind::User => "USER",
            EntityKind::Group => "GROUP",
            EntityKind::Role => "ROLE",
        };
        Self {
            policy_name: found.name,
            policy_type: if inline { "INLINE" } else { "MANAGED" },
            policy_arn: found.arn,
            entity_type: inline.then_some(entity_type),
            entity_name: inline.then_some(found.holder_name),
        }
    }
}

/// Whether a statement allows an action of the service.
fn grants(policy: &Policy, namespace: &str) -> bool {
    let statements = policy.statements().iter();
    let mut allowing = statements.filter(|statement| statement.effect.value == Effect::Allow);
    allowing.any(|statement| names_service(&statement.action, namespace))
}

/// Whether the element leaves something of the service: an `Action` that names any of it, or a
/// `NotAction` that does not name all of it.
fn names_service(element: &PatternElement, namespace: &str) -> bool {
    let mut patterns = element.patterns.iter().map(|pattern| &*pattern.value);
    if element.negated {
        return !patterns.any(|pattern| {
            pattern == "*"
                || pattern.split_once(':').is_some_and(|(service, action)| {
                    service.eq_ignore_ascii_case(namespace) && action == "*"
                })
        });
    }
    patterns.any(|pattern| {
        pattern == "*"
            || pattern
                .split_once(':')
                .is_some_and(|(service, _)| service.eq_ignore_ascii_case(namespace))
    })
}
