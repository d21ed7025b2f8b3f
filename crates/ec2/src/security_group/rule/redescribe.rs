//! `UpdateSecurityGroupRuleDescriptionsIngress` and `UpdateSecurityGroupRuleDescriptionsEgress`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::check_description;
use super::modify::Done;
use crate::kind::Kind;
use crate::regional;
use crate::security_group::authorize::{check_group, demand_on_group, group};
use crate::security_group::permission::{self, Permission};
use crate::security_group::{SecurityGroupRow, revoke};

/// `UpdateSecurityGroupRuleDescriptionsIngress`
pub type UpdateSecurityGroupRuleDescriptionsIngress = UpdateDescriptions<false>;
/// `UpdateSecurityGroupRuleDescriptionsEgress`
pub type UpdateSecurityGroupRuleDescriptionsEgress = UpdateDescriptions<true>;

/// Either of the two: rules get other descriptions, or none.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateDescriptions<const EGRESS: bool> {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    ip_permissions: Vec<Permission>,
    #[serde(default)]
    security_group_rule_description: Vec<RuleDescription>,
    #[serde(default)]
    dry_run: bool,
}

/// The description of the rule with this id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleDescription {
    security_group_rule_id: String,
    description: Option<String>,
}

impl<const EGRESS: bool> Operation for UpdateDescriptions<EGRESS> {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = if EGRESS {
        "UpdateSecurityGroupRuleDescriptionsEgress"
    } else {
        "UpdateSecurityGroupRuleDescriptionsIngress"
    };
    type Output = Done;

    /// "You must specify either the IP permissions or the description" (API reference).
    fn check(&self) -> Result<(), Fault> {
        check_group(self.group_id.as_deref(), self.group_name.as_deref())?;
        if self.ip_permissions.is_empty() && self.security_group_rule_description.is_empty() {
            let text = "The request must contain the parameter ipPermissions";
            return Err(Fault::new("MissingParameter", text));
        }
        for one in &self.security_group_rule_description {
            Kind::SecurityGroupRule.check(&one.security_group_rule_id)?;
            check_description(one.description.as_deref())?;
        }
        self.ip_permissions.iter().try_for_each(Permission::check)
    }

    /// The group alone, as for the operations that make and revoke rules.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = if EGRESS {
            "ec2:UpdateSecurityGroupRuleDescriptionsEgress"
        } else {
            "ec2:UpdateSecurityGroupRuleDescriptionsIngress"
        };
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        Ok(vec![demand_on_group(ask, action, id, name)?])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl<const EGRESS: bool> Write for UpdateDescriptions<EGRESS> {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        let mut group = SecurityGroupRow::clone(&*group(&act.ask(), id, name)?);
        for asked in permission::rules(&act.ask(), &group, &self.ip_permissions, EGRESS)? {
            let rule = group.rules.iter_mut().find(|rule| rule.is_same(&asked));
            rule.ok_or_else(revoke::no_such_rule)?.description = asked.description;
        }
        for one in &self.security_group_rule_description {
            let id = &one.security_group_rule_id;
            let rule = group.rules.iter_mut().find(|rule| rule.id == *id && rule.egress == EGRESS);
            let rule = rule.ok_or_else(|| Kind::SecurityGroupRule.not_found(id))?;
            rule.description = one.description.clone();
        }
        regional::put(act, group)?;
        Ok(Done::YES)
    }
}
