//! `DescribeSecurityGroupRules`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{Rule, RuleShape};
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::kind::Kind;
use crate::page::{self, LEAST};
use crate::regional;
use crate::security_group::SecurityGroupRow;
use crate::security_group::permission::holder;

/// `DescribeSecurityGroupRules`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSecurityGroupRules {
    #[serde(default)]
    security_group_rule_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeSecurityGroupRules` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeSecurityGroupRulesOutput {
    security_group_rule_set: Vec<RuleShape>,
    next_token: Option<String>,
}

type Held = (SecurityGroupRow, Rule);

const FIELDS: &[Field<Held>] = &[
    ("group-id", |_, (group, _)| vec![group.id.clone()]),
    ("security-group-rule-id", |_, (_, rule)| vec![rule.id.clone()]),
];

impl Operation for DescribeSecurityGroupRules {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeSecurityGroupRules";
    type Output = DescribeSecurityGroupRulesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        self.security_group_rule_id.iter().try_for_each(|id| Kind::SecurityGroupRule.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeSecurityGroupRules")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeSecurityGroupRules {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeSecurityGroupRulesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let from = self.next_token.as_deref().map(page::read_token).transpose()?;
        let ids = &self.security_group_rule_id;
        if let Some(unknown) = ids.iter().find(|id| holder(ask, id).is_none()) {
            return Err(Kind::SecurityGroupRule.not_found(unknown));
        }
        let groups = regional::all::<SecurityGroupRow>(ask);
        let rules = groups
            .iter()
            .flat_map(|group| group.rules.iter().map(|rule| ((**group).clone(), rule.clone())));
        let mut rules: Vec<Held> = rules
            .filter(|(_, rule)| ids.is_empty() || ids.contains(&rule.id))
            .filter(|(_, rule)| from.as_ref().is_none_or(|from| rule.id > *from))
            .filter(|held| filters.match_all(ask, held, &held.1.id))
            .collect();
        rules.sort_by(|one, other| one.1.id.cmp(&other.1.id));
        let page = page::cut(rules, self.max_results, |(_, rule)| rule.id.clone());
        let shapes = page.items.iter().map(|(group, rule)| RuleShape::new(ask, group, rule));
        Ok(DescribeSecurityGroupRulesOutput {
            security_group_rule_set: shapes.collect(),
            next_token: page.next_token,
        })
    }
}
