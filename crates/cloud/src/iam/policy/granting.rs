//! `ListPoliciesGrantingServiceAccess`

use std::collections::BTreeMap;

use iam::policy::{Effect, PatternElement};
use iam::{NamedPolicy, PolicyKind};
use names::ArnParts;
use serde::{Deserialize, Serialize};

use crate::aws_managed;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::{attachment, group, page, policy, role, user};
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
    #[serde(default)]
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
        attachment::check_arn(&mut constraints, "arn", &self.arn);
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
        let demand = Demand::new(action, self.arn.as_str());
        let tags = match entity(&self.arn) {
            Some(("user", name)) => {
                user::find(ask.view, ask.account(), name).ok().map(|user| &user.tags)
            }
            Some(("role", name)) => {
                role::find(ask.view, ask.account(), name).ok().map(|role| &role.tags)
            }
            _ => None,
        };
        Ok(vec![demand.with_resource_tags(&["aws", "iam"], tags.map_or(&[][..], Vec::as_slice))])
    }
}

impl Read for ListPoliciesGrantingServiceAccess {
    fn read(self, ask: &Ask<'_>) -> Result<GrantingOutput, Fault> {
        let policies = policies(ask, &self.arn)?;
        let entries = self.service_namespaces.iter().map(|namespace| {
            let granting = policies.iter().filter(|(policy, _)| grants(policy, namespace));
            Entry {
                service_namespace: namespace.clone(),
                policies: granting.map(|(_, shown)| shown.clone()).collect(),
            }
        });
        let page = page::cut_list(entries, self.marker.as_deref(), None)?;
        let is_truncated = page.is_truncated();
        let marker = page.marker;
        Ok(GrantingOutput { policies_granting_service_access: page.items, is_truncated, marker })
    }
}

/// Every policy of an entity, a user's groups included.
fn policies(ask: &Ask<'_>, arn: &str) -> Result<Vec<(NamedPolicy, Granting)>, Fault> {
    let account = ask.account();
    let mut found = Vec::new();
    match entity(arn) {
        Some(("user", name)) => {
            let user = user::find(ask.view, account, name)?;
            add(ask, &mut found, ("USER", &user.name), &user.inline, &user.attached);
            for group in &user.groups {
                if let Ok(group) = group::find(ask.view, account, group) {
                    add(ask, &mut found, ("GROUP", &group.name), &group.inline, &group.attached);
                }
            }
        }
        Some(("group", name)) => {
            let group = group::find(ask.view, account, name)?;
            add(ask, &mut found, ("GROUP", &group.name), &group.inline, &group.attached);
        }
        Some(("role", name)) => {
            let role = role::find(ask.view, account, name)?;
            add(ask, &mut found, ("ROLE", &role.name), &role.inline, &role.attached);
        }
        // What IAM says here is unverified.
        _ => return Err(Fault::new("InvalidInput", format!("ARN {arn} is not valid."))),
    }
    Ok(found)
}

fn add(
    ask: &Ask<'_>,
    found: &mut Vec<(NamedPolicy, Granting)>,
    (entity_type, entity_name): (&'static str, &str),
    inline: &BTreeMap<String, Document>,
    attached: &[String],
) {
    for (name, document) in inline {
        let shown = Granting {
            policy_name: name.clone(),
            policy_type: "INLINE",
            policy_arn: None,
            entity_type: Some(entity_type),
            entity_name: Some(entity_name.to_owned()),
        };
        found.extend(document.policy(name, PolicyKind::Identity).map(|policy| (policy, shown)));
    }
    for arn in attached {
        let named = match aws_managed::find(arn) {
            Some(managed) => Some((managed.named(), managed.name.to_owned())),
            None => policy::find(ask.view, arn).ok().and_then(|row| {
                let policy = row.document()?.policy(&row.arn, PolicyKind::Identity)?;
                Some((policy, row.name.clone()))
            }),
        };
        found.extend(named.map(|(policy, policy_name)| {
            let shown = Granting {
                policy_name,
                policy_type: "MANAGED",
                policy_arn: Some(arn.clone()),
                entity_type: None,
                entity_name: None,
            };
            (policy, shown)
        }));
    }
}

/// Whether a statement allows an action of the service.
fn grants(policy: &NamedPolicy, namespace: &str) -> bool {
    let statements = policy.policy.statements().iter();
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

/// Kind and name in the ARN of a user, group or role.
fn entity(arn: &str) -> Option<(&str, &str)> {
    let parts = ArnParts::split(arn).filter(|parts| parts.service == "iam")?;
    let (kind, rest) = parts.resource.split_once('/')?;
    Some((kind, rest.rsplit('/').next().unwrap_or(rest)))
}
