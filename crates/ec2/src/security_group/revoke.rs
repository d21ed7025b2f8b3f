//! `RevokeSecurityGroupIngress` and `RevokeSecurityGroupEgress`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::SecurityGroupRow;
use super::authorize::{check_group, demand_on_group, group};
use super::permission::{Permission, given_permissions, grouped, rules, rules_by_ids};
use super::rule::{Peer, Rule};
use crate::kind::Kind;
use crate::vpc::VpcRow;
use crate::{regional, tag};

/// `RevokeSecurityGroupIngress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeSecurityGroupIngress {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    ip_permissions: Vec<Permission>,
    #[serde(default)]
    security_group_rule_id: Vec<String>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// `RevokeSecurityGroupEgress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeSecurityGroupEgress {
    group_id: String,
    #[serde(default)]
    ip_permissions: Vec<Permission>,
    #[serde(default)]
    security_group_rule_id: Vec<String>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What both answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokedRules {
    #[serde(rename = "return")]
    done: bool,
    unknown_ip_permission_set: Vec<Permission>,
    revoked_security_group_rule_set: Vec<RevokedRule>,
}

/// A rule that is no more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokedRule {
    security_group_rule_id: String,
    group_id: String,
    is_egress: bool,
    ip_protocol: String,
    from_port: i32,
    to_port: i32,
    cidr_ipv4: Option<String>,
    cidr_ipv6: Option<String>,
    prefix_list_id: Option<String>,
    referenced_group_id: Option<String>,
    description: Option<String>,
}

given_permissions!(RevokeSecurityGroupIngress);
given_permissions!(RevokeSecurityGroupEgress);

impl Operation for RevokeSecurityGroupIngress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "RevokeSecurityGroupIngress";
    type Output = RevokedRules;

    fn check(&self) -> Result<(), Fault> {
        check_group(self.group_id.as_deref(), self.group_name.as_deref())?;
        check(&self.given()?, &self.security_group_rule_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        Ok(vec![demand_on_group(ask, "ec2:RevokeSecurityGroupIngress", id, name)?])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for RevokeSecurityGroupIngress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RevokedRules, Fault> {
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        let group = group(&act.ask(), id, name)?;
        revoke(act, &group, &self.given()?, &self.security_group_rule_id, false)
    }
}

impl Operation for RevokeSecurityGroupEgress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "RevokeSecurityGroupEgress";
    type Output = RevokedRules;

    fn check(&self) -> Result<(), Fault> {
        check_group(Some(&self.group_id), None)?;
        check(&self.given()?, &self.security_group_rule_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, id) = ("ec2:RevokeSecurityGroupEgress", Some(self.group_id.as_str()));
        Ok(vec![demand_on_group(ask, action, id, None)?])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for RevokeSecurityGroupEgress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RevokedRules, Fault> {
        let group = group(&act.ask(), Some(&self.group_id), None)?;
        revoke(act, &group, &self.given()?, &self.security_group_rule_id, true)
    }
}

fn check(permissions: &[Permission], ids: &[String]) -> Result<(), Fault> {
    if permissions.is_empty() && ids.is_empty() {
        let text = "The request must contain the parameter ipPermissions";
        return Err(Fault::new("MissingParameter", text));
    }
    for id in ids {
        Kind::SecurityGroupRule.check(id)?;
    }
    permissions.iter().try_for_each(Permission::check)
}

/// "For a default VPC, if the values you specify do not match the existing rule's values, no error is
/// returned, and the output describes the security group rules that were not revoked. For a non-default VPC
/// [...] an InvalidPermission.NotFound client error is returned, and no rules are revoked." (API reference)
fn revoke(
    act: &mut Act<'_, '_>,
    group: &SecurityGroupRow,
    permissions: &[Permission],
    ids: &[String],
    egress: bool,
) -> Result<RevokedRules, Fault> {
    let mut revoked = rules_by_ids(group, ids)?;
    if let Some(other) = revoked.iter().find(|rule| rule.egress != egress) {
        return Err(Kind::SecurityGroupRule.not_found(&other.id));
    }
    let mut unknown = Vec::new();
    for asked in rules(&act.ask(), group, permissions, egress)? {
        match group.rules.iter().find(|rule| rule.is_same(&asked)) {
            Some(rule) => revoked.push(rule.clone()),
            None => unknown.push(asked),
        }
    }
    let is_default =
        regional::get::<VpcRow>(&act.ask(), &group.vpc_id).is_some_and(|vpc| vpc.is_default);
    if !unknown.is_empty() && !is_default {
        return Err(no_such_rule());
    }
    let mut group = group.clone();
    group.rules.retain(|rule| !revoked.iter().any(|gone| gone.id == rule.id));
    regional::put(act, group.clone())?;
    for rule in &revoked {
        tag::store(act, &rule.id, Vec::new())?;
    }
    Ok(RevokedRules {
        done: true,
        unknown_ip_permission_set: grouped(unknown.iter()),
        revoked_security_group_rule_set: revoked
            .into_iter()
            .map(|rule| RevokedRule::new(&group.id, rule))
            .collect(),
    })
}

/// The error for a rule that the group does not have.
pub(super) fn no_such_rule() -> Fault {
    let text = "The specified rule does not exist in this security group.";
    Fault::new("InvalidPermission.NotFound", text)
}

impl RevokedRule {
    fn new(group_id: &str, rule: Rule) -> Self {
        let mut shape = Self {
            security_group_rule_id: rule.id,
            group_id: group_id.to_owned(),
            is_egress: rule.egress,
            ip_protocol: rule.traffic.protocol,
            from_port: rule.traffic.from.unwrap_or(-1),
            to_port: rule.traffic.to.unwrap_or(-1),
            cidr_ipv4: None,
            cidr_ipv6: None,
            prefix_list_id: None,
            referenced_group_id: None,
            description: rule.description,
        };
        match rule.peer {
            Peer::Ipv4(cidr) => shape.cidr_ipv4 = Some(cidr.to_string()),
            Peer::Ipv6(range) => shape.cidr_ipv6 = Some(range),
            Peer::PrefixList(id) => shape.prefix_list_id = Some(id),
            Peer::Group { id, .. } => shape.referenced_group_id = Some(id),
        }
        shape
    }
}
