//! `AuthorizeSecurityGroupIngress` and `AuthorizeSecurityGroupEgress`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::permission::{Permission, given_permissions, rules};
use super::rule::{Peer, Rule, RuleShape};
use super::{MAX_RULES, SecurityGroupRow, meant};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::{demand, regional, tag};

/// `AuthorizeSecurityGroupIngress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizeSecurityGroupIngress {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    ip_permissions: Vec<Permission>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// `AuthorizeSecurityGroupEgress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizeSecurityGroupEgress {
    group_id: String,
    #[serde(default)]
    ip_permissions: Vec<Permission>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// What both answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedRules {
    #[serde(rename = "return")]
    done: bool,
    security_group_rule_set: Vec<RuleShape>,
}

given_permissions!(AuthorizeSecurityGroupIngress);
given_permissions!(AuthorizeSecurityGroupEgress);

impl Operation for AuthorizeSecurityGroupIngress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AuthorizeSecurityGroupIngress";
    type Output = AuthorizedRules;

    fn check(&self) -> Result<(), Fault> {
        check_group(self.group_id.as_deref(), self.group_name.as_deref())?;
        check(&self.given()?, &self.tag_specification)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        demands(ask, "ec2:AuthorizeSecurityGroupIngress", id, name, &self.tag_specification)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AuthorizeSecurityGroupIngress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AuthorizedRules, Fault> {
        let (id, name) = (self.group_id.as_deref(), self.group_name.as_deref());
        let group = group(&act.ask(), id, name)?;
        authorize(act, &group, &self.given()?, false, &self.tag_specification)
    }
}

impl Operation for AuthorizeSecurityGroupEgress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AuthorizeSecurityGroupEgress";
    type Output = AuthorizedRules;

    fn check(&self) -> Result<(), Fault> {
        check_group(Some(&self.group_id), None)?;
        check(&self.given()?, &self.tag_specification)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, id) = ("ec2:AuthorizeSecurityGroupEgress", Some(self.group_id.as_str()));
        demands(ask, action, id, None, &self.tag_specification)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AuthorizeSecurityGroupEgress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AuthorizedRules, Fault> {
        let group = group(&act.ask(), Some(&self.group_id), None)?;
        authorize(act, &group, &self.given()?, true, &self.tag_specification)
    }
}

/// Checks that a request names a group, and the form of its id.
pub(super) fn check_group(id: Option<&str>, name: Option<&str>) -> Result<(), Fault> {
    match (id, name) {
        (Some(id), _) => Kind::SecurityGroup.check(id),
        (None, Some(_)) => Ok(()),
        (None, None) => {
            let text = "The request must contain the parameter groupName or groupId";
            Err(Fault::new("MissingParameter", text))
        }
    }
}

/// The group that a request names.
pub(super) fn group(
    ask: &Ask<'_>,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<Arc<SecurityGroupRow>, Fault> {
    meant(ask, id, name)?.ok_or_else(|| Kind::SecurityGroup.not_found(""))
}

/// The demand on the group that a request names.
pub(super) fn demand_on_group(
    ask: &Ask<'_>,
    action: &'static str,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<Demand, Fault> {
    let id = match id {
        Some(id) => id.to_owned(),
        None => group(ask, id, name)?.id.clone(),
    };
    Ok(demand::on(ask, action, Kind::SecurityGroup, &id))
}

fn check(permissions: &[Permission], tags: &[TagSpecification]) -> Result<(), Fault> {
    if permissions.is_empty() {
        let text = "The request must contain the parameter ipPermissions";
        return Err(Fault::new("MissingParameter", text));
    }
    permissions.iter().try_for_each(Permission::check)?;
    tag::check_specifications(tags, &[Kind::SecurityGroupRule])
}

/// The group alone is asked about, as policies that name nothing else work; the rules are when they get
/// tags. That AWS does not ask about the rules otherwise is unverified.
fn demands(
    ask: &Ask<'_>,
    action: &'static str,
    id: Option<&str>,
    name: Option<&str>,
    tags: &[TagSpecification],
) -> Result<Vec<Demand>, Fault> {
    let mut demands = vec![demand_on_group(ask, action, id, name)?];
    let tags = tag::specified(tags, Kind::SecurityGroupRule);
    if !tags.is_empty() {
        demands.extend(demand::create(ask, action, Kind::SecurityGroupRule, Vec::new(), &tags));
    }
    Ok(demands)
}

fn authorize(
    act: &mut Act<'_, '_>,
    group: &SecurityGroupRow,
    permissions: &[Permission],
    egress: bool,
    tags: &[TagSpecification],
) -> Result<AuthorizedRules, Fault> {
    let mut new = rules(&act.ask(), group, permissions, egress)?;
    if let Some(known) = new.iter().find(|new| group.rules.iter().any(|rule| rule.is_same(new))) {
        return Err(known.duplicate());
    }
    for rule in &mut new {
        rule.id = Kind::SecurityGroupRule.new_id(act.entropy);
    }
    let mut group = group.clone();
    group.rules.extend(new.iter().cloned());
    check_number(&group, egress)?;
    regional::put(act, group.clone())?;
    let tags = tag::specified(tags, Kind::SecurityGroupRule);
    for rule in &new {
        tag::set(act, &rule.id, &tags)?;
    }
    let ask = act.ask();
    let shapes = new.iter().map(|rule| RuleShape::new(&ask, &group, rule)).collect();
    Ok(AuthorizedRules { done: true, security_group_rule_set: shapes })
}

/// A group counts its rules for IPv4 and for IPv6 apart, and those for groups and lists in both.
fn check_number(group: &SecurityGroupRow, egress: bool) -> Result<(), Fault> {
    let count = |counts: fn(&Rule) -> bool| group.rules(egress).filter(|rule| counts(rule)).count();
    let ipv4 = count(|rule| !matches!(rule.peer, Peer::Ipv6(_)));
    let ipv6 = count(|rule| !matches!(rule.peer, Peer::Ipv4(_)));
    if ipv4.max(ipv6) <= MAX_RULES {
        return Ok(());
    }
    let text = "The maximum number of rules per security group has been reached.";
    Err(Fault::new("RulesPerSecurityGroupLimitExceeded", text))
}
