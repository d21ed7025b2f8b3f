//! `DescribeInstanceStatus`

use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance::InstanceRow;
use crate::instance::describe::{check_listed, listed};
use crate::instance::life::{State, StateShape};
use crate::page;
use crate::region;
use crate::time::Time;

/// `DescribeInstanceStatus`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceStatus {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These instances.
    #[serde(default)]
    pub instance_id: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// Those that do not run, too.
    pub include_all_instances: Option<bool>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
    /// Those of services, too; there are none.
    pub include_managed_resources: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStatusOutput {
    instance_status_set: Vec<StatusShape>,
    next_token: Option<String>,
}

/// The status of an instance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusShape {
    instance_id: String,
    availability_zone: String,
    availability_zone_id: Option<String>,
    events_set: Vec<()>,
    instance_state: StateShape,
    system_status: CheckShape,
    instance_status: CheckShape,
    attached_ebs_status: CheckShape,
}

/// The outcome of checks.
#[derive(Debug, Serialize)]
pub struct CheckShape {
    status: &'static str,
    details: Vec<CheckDetail>,
}

/// The outcome of one check.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckDetail {
    name: &'static str,
    status: &'static str,
    impaired_since: Option<Time>,
}

const FIELDS: &[Field<Arc<InstanceRow>>] = &[
    ("availability-zone", |_, row| vec![row.placement.zone.to_string()]),
    ("availability-zone-id", |_, row| {
        region::zone(&row.region, &row.placement.zone).into_iter().map(|zone| zone.id).collect()
    }),
    ("instance-state-code", |ask, row| vec![row.life.state(ask.now).code().to_string()]),
    ("instance-state-name", |ask, row| vec![row.life.state(ask.now).name().to_owned()]),
    ("instance-status.reachability", |ask, row| {
        vec![reachability(row.life.state(ask.now)).to_owned()]
    }),
    ("instance-status.status", |ask, row| vec![status(row.life.state(ask.now)).to_owned()]),
    ("system-status.reachability", |ask, row| {
        vec![reachability(row.life.state(ask.now)).to_owned()]
    }),
    ("system-status.status", |ask, row| vec![status(row.life.state(ask.now)).to_owned()]),
];

/// What the checks say; a running instance passes them.
fn status(state: State) -> &'static str {
    match state {
        State::Running => "ok",
        State::Pending => "initializing",
        _ => "not-applicable",
    }
}

fn reachability(state: State) -> &'static str {
    if state == State::Running { "passed" } else { "initializing" }
}

impl Operation for DescribeInstanceStatus {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstanceStatus";
    type Output = InstanceStatusOutput;

    fn check(&self) -> Result<(), Fault> {
        check_listed(&self.instance_id, self.max_results, self.next_token.as_deref())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeInstanceStatus")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstanceStatus {
    /// "By default, only running instances are described" (API reference).
    fn read(self, ask: &Ask<'_>) -> Result<InstanceStatusOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let all = self.include_all_instances == Some(true);
        let mut rows = listed(ask, &self.instance_id, self.next_token.as_deref())?;
        rows.retain(|row| {
            (all || row.life.state(ask.now) == State::Running)
                && filters.match_all(ask, row, &row.id)
        });
        let page = page::cut(rows, self.max_results, |row| row.id.clone());
        Ok(InstanceStatusOutput {
            instance_status_set: page.items.iter().map(|row| StatusShape::new(ask, row)).collect(),
            next_token: page.next_token,
        })
    }
}

impl StatusShape {
    fn new(ask: &Ask<'_>, row: &InstanceRow) -> Self {
        let state = row.life.state(ask.now);
        let check = || CheckShape {
            status: status(state),
            details: match state {
                State::Running | State::Pending => vec![CheckDetail {
                    name: "reachability",
                    status: reachability(state),
                    impaired_since: None,
                }],
                _ => Vec::new(),
            },
        };
        Self {
            instance_id: row.id.clone(),
            availability_zone: row.placement.zone.to_string(),
            availability_zone_id: region::zone(&row.region, &row.placement.zone)
                .map(|zone| zone.id),
            events_set: Vec::new(),
            instance_state: state.shape(),
            system_status: check(),
            instance_status: check(),
            attached_ebs_status: check(),
        }
    }
}
