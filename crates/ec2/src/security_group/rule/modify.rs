//! `ModifySecurityGroupRules`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{Peer, Rule, Traffic, check_description, ipv4, ipv6};
use crate::kind::Kind;
use crate::security_group::{SecurityGroupRow, permission};
use crate::{demand, regional};

/// `ModifySecurityGroupRules`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifySecurityGroupRules {
    group_id: String,
    security_group_rule: Vec<RuleUpdate>,
    #[serde(default)]
    dry_run: bool,
}

/// What becomes of one rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleUpdate {
    security_group_rule_id: String,
    security_group_rule: RuleRequest,
}

/// A rule that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleRequest {
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ipv4: Option<String>,
    cidr_ipv6: Option<String>,
    prefix_list_id: Option<String>,
    referenced_group_id: Option<String>,
    description: Option<String>,
}

/// What operations answer that only say that it is done.
#[derive(Debug, Serialize)]
pub struct Done {
    #[serde(rename = "return")]
    done: bool,
}

impl Done {
    /// It is.
    pub const YES: Self = Self { done: true };
}

impl RuleRequest {
    fn traffic(&self) -> Result<Traffic, Fault> {
        let Some(protocol) = &self.ip_protocol else {
            let text = "The request must contain the parameter ipProtocol";
            return Err(Fault::new("MissingParameter", text));
        };
        Traffic::read(protocol, self.from_port, self.to_port)
    }

    /// The one peer that is given; a group without its owner yet.
    fn peer(&self, group: &SecurityGroupRow) -> Result<Peer, Fault> {
        let account = group.account;
        let mut peers = Vec::new();
        if let Some(text) = &self.cidr_ipv4 {
            peers.push(ipv4(text)?);
        }
        if let Some(text) = &self.cidr_ipv6 {
            peers.push(ipv6(text)?);
        }
        if let Some(id) = &self.prefix_list_id {
            Kind::PrefixList.check(id)?;
            peers.push(Peer::PrefixList(id.clone()));
        }
        if let Some(id) = &self.referenced_group_id {
            Kind::SecurityGroup.check(id)?;
            peers.push(Peer::Group { id: id.clone(), account });
        }
        match <[Peer; 1]>::try_from(peers) {
            Ok([peer]) => Ok(peer),
            // unverified: EC2's text.
            Err(_) => {
                let text = "Exactly one of 'cidrIpv4', 'cidrIpv6', 'prefixListId' or \
                            'referencedGroupId' must be specified";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }
}

impl Operation for ModifySecurityGroupRules {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifySecurityGroupRules";
    type Output = Done;

    fn check(&self) -> Result<(), Fault> {
        Kind::SecurityGroup.check(&self.group_id)?;
        for update in &self.security_group_rule {
            Kind::SecurityGroupRule.check(&update.security_group_rule_id)?;
            update.security_group_rule.traffic()?;
            check_description(update.security_group_rule.description.as_deref())?;
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifySecurityGroupRules";
        let mut demands = vec![demand::on(ask, action, Kind::SecurityGroup, &self.group_id)];
        for update in &self.security_group_rule {
            let id = &update.security_group_rule_id;
            demands.push(demand::on(ask, action, Kind::SecurityGroupRule, id));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ModifySecurityGroupRules {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let group = regional::find::<SecurityGroupRow>(&act.ask(), &self.group_id)?;
        let mut group = (*group).clone();
        for update in &self.security_group_rule {
            let id = &update.security_group_rule_id;
            let old = permission::rules_by_ids(&group, std::slice::from_ref(id))?;
            let request = &update.security_group_rule;
            let peer = request.peer(&group)?;
            if let Some(peer) = peer.group() {
                regional::find::<SecurityGroupRow>(&act.ask(), peer)?;
            }
            let new = Rule {
                id: id.clone(),
                egress: old.first().is_some_and(|old| old.egress),
                traffic: request.traffic()?,
                peer,
                description: request.description.clone(),
            };
            let mut others = group.rules.iter().filter(|rule| rule.id != *id);
            if others.any(|rule| rule.is_same(&new)) {
                return Err(new.duplicate());
            }
            if let Some(rule) = group.rules.iter_mut().find(|rule| rule.id == *id) {
                *rule = new;
            }
        }
        regional::put(act, group)?;
        Ok(Done::YES)
    }
}
