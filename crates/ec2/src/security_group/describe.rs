//! `DescribeSecurityGroups`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::rule::{Peer, Rule};
use super::{SecurityGroupRow, SecurityGroupShape, meant};
use crate::demand;
use crate::filter::{Field, Filter};
use crate::page::{self, LEAST, Wanted};

/// `DescribeSecurityGroups`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSecurityGroups {
    #[serde(default)]
    group_id: Vec<String>,
    /// Names of groups of the default VPC.
    #[serde(default)]
    group_name: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeSecurityGroups` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeSecurityGroupsOutput {
    security_group_info: Vec<SecurityGroupShape>,
    next_token: Option<String>,
}

impl Operation for DescribeSecurityGroups {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeSecurityGroups";
    type Output = DescribeSecurityGroupsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        page::check_no_pages(
            "GroupIds",
            &self.group_id,
            self.max_results,
            self.next_token.as_deref(),
        )
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeSecurityGroups")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeSecurityGroups {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeSecurityGroupsOutput, Fault> {
        let mut ids = self.group_id;
        for name in &self.group_name {
            ids.extend(meant(ask, None, Some(name))?.map(|group| group.id.clone()));
        }
        let wanted = Wanted {
            ids: &ids,
            filters: &self.filter,
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let page = page::list(ask, wanted, FIELDS)?;
        let shapes = page.items.iter().map(|group| SecurityGroupShape::new(ask, group));
        let security_group_info = shapes.collect();
        Ok(DescribeSecurityGroupsOutput { security_group_info, next_token: page.next_token })
    }
}

type Value = fn(&Rule) -> Option<String>;

const CIDR: Value = |rule| match &rule.peer {
    Peer::Ipv4(cidr) => Some(cidr.to_string()),
    _ => None,
};
const IPV6_CIDR: Value = |rule| match &rule.peer {
    Peer::Ipv6(range) => Some(range.clone()),
    _ => None,
};
const LIST: Value = |rule| match &rule.peer {
    Peer::PrefixList(id) => Some(id.clone()),
    _ => None,
};
const USER: Value = |rule| match &rule.peer {
    Peer::Group { account, .. } => Some(account.to_string()),
    _ => None,
};
const GROUP: Value = |rule| rule.peer.group().map(str::to_owned);
const FROM: Value = |rule| rule.traffic.from.map(|port| port.to_string());
const TO: Value = |rule| rule.traffic.to.map(|port| port.to_string());
const PROTOCOL: Value = |rule| Some(rule.traffic.protocol.clone());

fn values(group: &SecurityGroupRow, egress: bool, value: Value) -> Vec<String> {
    group.rules(egress).filter_map(value).collect()
}

fn group_names(ask: &Ask<'_>, group: &SecurityGroupRow, egress: bool) -> Vec<String> {
    let ids = values(group, egress, GROUP);
    ids.iter()
        .filter_map(|id| crate::regional::get::<SecurityGroupRow>(ask, id))
        .map(|group| group.name.clone())
        .collect()
}

const FIELDS: &[Field<SecurityGroupRow>] = &[
    ("description", |_, group| vec![group.description.clone()]),
    ("egress.ip-permission.cidr", |_, group| values(group, true, CIDR)),
    ("egress.ip-permission.from-port", |_, group| values(group, true, FROM)),
    ("egress.ip-permission.group-id", |_, group| values(group, true, GROUP)),
    ("egress.ip-permission.group-name", |ask, group| group_names(ask, group, true)),
    ("egress.ip-permission.ipv6-cidr", |_, group| values(group, true, IPV6_CIDR)),
    ("egress.ip-permission.prefix-list-id", |_, group| values(group, true, LIST)),
    ("egress.ip-permission.protocol", |_, group| values(group, true, PROTOCOL)),
    ("egress.ip-permission.to-port", |_, group| values(group, true, TO)),
    ("egress.ip-permission.user-id", |_, group| values(group, true, USER)),
    ("group-id", |_, group| vec![group.id.clone()]),
    ("group-name", |_, group| vec![group.name.clone()]),
    ("ip-permission.cidr", |_, group| values(group, false, CIDR)),
    ("ip-permission.from-port", |_, group| values(group, false, FROM)),
    ("ip-permission.group-id", |_, group| values(group, false, GROUP)),
    ("ip-permission.group-name", |ask, group| group_names(ask, group, false)),
    ("ip-permission.ipv6-cidr", |_, group| values(group, false, IPV6_CIDR)),
    ("ip-permission.prefix-list-id", |_, group| values(group, false, LIST)),
    ("ip-permission.protocol", |_, group| values(group, false, PROTOCOL)),
    ("ip-permission.to-port", |_, group| values(group, false, TO)),
    ("ip-permission.user-id", |_, group| values(group, false, USER)),
    ("owner-id", |_, group| vec![group.account.to_string()]),
    ("vpc-id", |_, group| vec![group.vpc_id.clone()]),
];
