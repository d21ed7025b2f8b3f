//! `IpPermissions`: rules as the API takes and gives them, those with the same traffic together.

use std::collections::HashSet;

use cloud::{Ask, Fault};
use serde::{Deserialize, Serialize};

use super::rule::{self, Peer, Rule, Traffic};
use super::{SecurityGroupRow, meant};
use crate::kind::Kind;
use crate::regional;

/// Rules with the same traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct Permission {
    /// The protocol.
    pub ip_protocol: Option<String>,
    /// The first port.
    pub from_port: Option<i32>,
    /// The last port.
    pub to_port: Option<i32>,
    /// Groups.
    #[serde(default)]
    pub groups: Vec<UserIdGroupPair>,
    /// Ranges of IPv4.
    #[serde(default)]
    pub ip_ranges: Vec<IpRange>,
    /// Ranges of IPv6.
    #[serde(default)]
    pub ipv6_ranges: Vec<Ipv6Range>,
    /// Prefix lists.
    #[serde(default)]
    pub prefix_list_ids: Vec<PrefixListId>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct UserIdGroupPair {
    /// Its owner.
    pub user_id: Option<String>,
    /// Its name, for one of the default VPC.
    pub group_name: Option<String>,
    /// Its id.
    pub group_id: Option<String>,
    /// Its VPC, which its id tells.
    pub vpc_id: Option<String>,
    /// The rule's description.
    pub description: Option<String>,
}

/// A range of IPv4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct IpRange {
    /// The range.
    pub cidr_ip: String,
    /// The rule's description.
    pub description: Option<String>,
}

/// A range of IPv6.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct Ipv6Range {
    /// The range.
    pub cidr_ipv6: String,
    /// The rule's description.
    pub description: Option<String>,
}

/// A prefix list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct PrefixListId {
    /// The list.
    pub prefix_list_id: String,
    /// The rule's description.
    pub description: Option<String>,
}

impl Permission {
    /// Nothing about this traffic yet.
    #[must_use]
    pub fn of(traffic: &Traffic) -> Self {
        Self {
            ip_protocol: Some(traffic.protocol.clone()),
            from_port: traffic.from,
            to_port: traffic.to,
            groups: Vec::new(),
            ip_ranges: Vec::new(),
            ipv6_ranges: Vec::new(),
            prefix_list_ids: Vec::new(),
        }
    }

    fn add(&mut self, rule: &Rule) {
        let description = rule.description.clone();
        match &rule.peer {
            Peer::Ipv4(cidr) => {
                self.ip_ranges.push(IpRange { cidr_ip: cidr.to_string(), description });
            }
            Peer::Ipv6(range) => {
                self.ipv6_ranges.push(Ipv6Range { cidr_ipv6: range.clone(), description });
            }
            Peer::PrefixList(id) => {
                let prefix_list_id = id.clone();
                self.prefix_list_ids.push(PrefixListId { prefix_list_id, description });
            }
            Peer::Group { id, account } => self.groups.push(UserIdGroupPair {
                user_id: Some(account.to_string()),
                group_name: None,
                group_id: Some(id.clone()),
                vpc_id: None,
                description,
            }),
        }
    }

    /// Checks everything but whether groups exist.
    ///
    /// # Errors
    /// `MissingParameter`, `InvalidParameterValue` and the errors of malformed ids.
    pub fn check(&self) -> Result<(), Fault> {
        self.traffic()?;
        for range in &self.ip_ranges {
            rule::ipv4(&range.cidr_ip)?;
            rule::check_description(range.description.as_deref())?;
        }
        for range in &self.ipv6_ranges {
            rule::ipv6(&range.cidr_ipv6)?;
            rule::check_description(range.description.as_deref())?;
        }
        for list in &self.prefix_list_ids {
            Kind::PrefixList.check(&list.prefix_list_id)?;
            rule::check_description(list.description.as_deref())?;
        }
        for group in &self.groups {
            if let Some(id) = &group.group_id {
                Kind::SecurityGroup.check(id)?;
            }
            rule::check_description(group.description.as_deref())?;
        }
        Ok(())
    }

    fn traffic(&self) -> Result<Traffic, Fault> {
        let Some(protocol) = &self.ip_protocol else {
            let text = "The request must contain the parameter ipProtocol";
            return Err(Fault::new("MissingParameter", text));
        };
        Traffic::read(protocol, self.from_port, self.to_port)
    }

    fn peers(
        &self,
        ask: &Ask<'_>,
        of: &SecurityGroupRow,
    ) -> Result<Vec<(Peer, Option<String>)>, Fault> {
        let mut peers = Vec::new();
        for range in &self.ip_ranges {
            peers.push((rule::ipv4(&range.cidr_ip)?, range.description.clone()));
        }
        for range in &self.ipv6_ranges {
            peers.push((rule::ipv6(&range.cidr_ipv6)?, range.description.clone()));
        }
        for list in &self.prefix_list_ids {
            let peer = Peer::PrefixList(list.prefix_list_id.clone());
            peers.push((peer, list.description.clone()));
        }
        for group in &self.groups {
            peers.push((group.peer(ask, of)?, group.description.clone()));
        }
        Ok(peers)
    }
}

impl UserIdGroupPair {
    fn peer(&self, ask: &Ask<'_>, of: &SecurityGroupRow) -> Result<Peer, Fault> {
        let account = self.user_id.as_deref().filter(|id| *id != of.account.as_str());
        if let Some(other) = account {
            // A group of another account counts only over a peering connection, and there are none.
            let id = self.group_id.as_deref().unwrap_or_default();
            let text = format!("The security group '{id}' of account '{other}' does not exist");
            return Err(Fault::new("InvalidGroup.NotFound", text));
        }
        let found = meant(ask, self.group_id.as_deref(), self.group_name.as_deref())?;
        let Some(found) = found else {
            let text = "The request must contain the parameter groupName or groupId";
            return Err(Fault::new("MissingParameter", text));
        };
        if found.vpc_id != of.vpc_id {
            let text = "You have specified two resources that belong to different networks.";
            return Err(Fault::new("InvalidGroup.NotFound", text));
        }
        Ok(Peer::Group { id: found.id.clone(), account: found.account })
    }
}

/// The rules that permissions stand for, without ids.
///
/// # Errors
/// For groups that do not exist, and for a permission that appears twice.
pub fn rules(
    ask: &Ask<'_>,
    of: &SecurityGroupRow,
    permissions: &[Permission],
    egress: bool,
) -> Result<Vec<Rule>, Fault> {
    let mut rules = Vec::new();
    let mut seen = HashSet::new();
    for permission in permissions {
        let traffic = permission.traffic()?;
        for (peer, description) in permission.peers(ask, of)? {
            if !seen.insert((traffic.clone(), peer.clone())) {
                let text = "The same permission must not appear multiple times";
                return Err(Fault::new("InvalidParameterValue", text));
            }
            let traffic = traffic.clone();
            rules.push(Rule { id: String::new(), egress, traffic, peer, description });
        }
    }
    Ok(rules)
}

/// Rules as permissions, those with the same traffic together.
#[must_use]
pub fn grouped<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<Permission> {
    let mut permissions: Vec<(Traffic, Permission)> = Vec::new();
    for rule in rules {
        let same = permissions.iter_mut().find(|(traffic, _)| *traffic == rule.traffic);
        match same {
            Some((_, permission)) => permission.add(rule),
            None => {
                let mut permission = Permission::of(&rule.traffic);
                permission.add(rule);
                permissions.push((rule.traffic.clone(), permission));
            }
        }
    }
    permissions.into_iter().map(|(_, permission)| permission).collect()
}

/// `IpPermissions`, or one permission in the parameters of the request itself.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// `IpPermissions`
    pub permissions: &'a [Permission],
    /// `IpProtocol`
    pub protocol: Option<&'a String>,
    /// `FromPort`
    pub from: Option<i32>,
    /// `ToPort`
    pub to: Option<i32>,
    /// `CidrIp`
    pub cidr: Option<&'a String>,
    /// `SourceSecurityGroupName`
    pub source_group: Option<&'a String>,
    /// `SourceSecurityGroupOwnerId`
    pub source_owner: Option<&'a String>,
}

impl Given<'_> {
    /// The permissions that the request means.
    ///
    /// # Errors
    /// `InvalidParameterCombination` for both ways at once.
    pub fn permissions(self) -> Result<Vec<Permission>, Fault> {
        let single = [
            (self.protocol.is_some(), "ipProtocol"),
            (self.from.is_some(), "fromPort"),
            (self.to.is_some(), "toPort"),
            (self.cidr.is_some(), "cidrIp"),
            (self.source_group.is_some(), "sourceSecurityGroupName"),
        ];
        let named = single.iter().find(|(given, _)| *given).map(|(_, name)| name);
        match (self.permissions.is_empty(), named) {
            (false, Some(name)) => {
                let text = format!(
                    "The parameter '{name}' may not be used in combination with 'ipPermissions'"
                );
                Err(Fault::new("InvalidParameterCombination", text))
            }
            (false, None) => Ok(self.permissions.to_vec()),
            (true, None) => Ok(Vec::new()),
            (true, Some(_)) => Ok(vec![self.single()]),
        }
    }

    fn single(self) -> Permission {
        let cidr = self.cidr.map(|cidr| IpRange { cidr_ip: cidr.clone(), description: None });
        let group = self.source_group.map(|name| UserIdGroupPair {
            user_id: self.source_owner.cloned(),
            group_name: Some(name.clone()),
            group_id: None,
            vpc_id: None,
            description: None,
        });
        // All traffic of a group is what naming a group alone means.
        let protocol = self.protocol.cloned().or_else(|| group.as_ref().map(|_| rule::ALL.into()));
        Permission {
            ip_protocol: protocol,
            from_port: self.from,
            to_port: self.to,
            groups: group.into_iter().collect(),
            ip_ranges: cidr.into_iter().collect(),
            ipv6_ranges: Vec::new(),
            prefix_list_ids: Vec::new(),
        }
    }
}

/// The account's groups that have the rules of these ids, if all exist.
///
/// # Errors
/// For rules that do not exist in `group`.
pub fn rules_by_ids(group: &SecurityGroupRow, ids: &[String]) -> Result<Vec<Rule>, Fault> {
    let find = |id: &String| {
        let rule = group.rules.iter().find(|rule| rule.id == *id);
        rule.cloned().ok_or_else(|| Kind::SecurityGroupRule.not_found(id))
    };
    ids.iter().map(find).collect()
}

/// The group that has a rule, with the rule.
#[must_use]
pub fn holder(ask: &Ask<'_>, rule_id: &str) -> Option<(SecurityGroupRow, Rule)> {
    regional::all::<SecurityGroupRow>(ask).iter().find_map(|group| {
        let rule = group.rules.iter().find(|rule| rule.id == rule_id)?;
        Some(((**group).clone(), rule.clone()))
    })
}

/// Gives an operation with the parameters of [`Given`] a way to read them.
macro_rules! given_permissions {
    ($operation:ty) => {
        impl $operation {
            fn given(&self) -> Result<Vec<Permission>, Fault> {
                $crate::security_group::permission::Given {
                    permissions: &self.ip_permissions,
                    protocol: self.ip_protocol.as_ref(),
                    from: self.from_port,
                    to: self.to_port,
                    cidr: self.cidr_ip.as_ref(),
                    source_group: self.source_security_group_name.as_ref(),
                    source_owner: self.source_security_group_owner_id.as_ref(),
                }
                .permissions()
            }
        }
    };
}
pub(super) use given_permissions;
