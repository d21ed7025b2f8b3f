//! `DescribeFleets` and `DescribeFleetInstances`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::fleet::create::{ErrorShape, InstancesShape, errors, instances};
use crate::fleet::specification::{
    ConfigShape, OnDemandOptionsShape, SpotOptionsShape, TargetShape,
};
use crate::fleet::{FleetKind, FleetRow};
use crate::kind::Kind;
use crate::launch::specification::respell;
use crate::page;
use crate::regional;
use crate::tag::{self, TagShape};
use crate::time::Time;

/// `DescribeFleets`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeFleets {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These fleets.
    #[serde(default)]
    pub fleet_id: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetsOutput {
    fleet_set: Vec<FleetShape>,
    next_token: Option<String>,
}

/// A fleet as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetShape {
    fleet_id: String,
    fleet_state: &'static str,
    activity_status: &'static str,
    create_time: Time,
    r#type: &'static str,
    client_token: Option<String>,
    excess_capacity_termination_policy: &'static str,
    fulfilled_capacity: f64,
    fulfilled_on_demand_capacity: f64,
    launch_template_configs: Vec<ConfigShape>,
    target_capacity_specification: TargetShape,
    terminate_instances_with_expiration: bool,
    replace_unhealthy_instances: bool,
    spot_options: SpotOptionsShape,
    on_demand_options: OnDemandOptionsShape,
    tag_set: Vec<TagShape>,
    error_set: Vec<ErrorShape>,
    fleet_instance_set: Vec<InstancesShape>,
}

const FIELDS: &[Field<FleetRow>] = &[
    ("activity-status", |ask, fleet| vec![activity(ask, fleet).to_owned()]),
    ("excess-capacity-termination-policy", |_, fleet| vec![policy(fleet).to_owned()]),
    ("fleet-state", |_, fleet| vec![fleet.state.name().to_owned()]),
    ("replace-unhealthy-instances", |_, fleet| vec![fleet.replaces_unhealthy.to_string()]),
    ("type", |_, fleet| vec![fleet.kind.name().to_owned()]),
];

fn policy(fleet: &FleetRow) -> &'static str {
    if fleet.terminates_excess { "termination" } else { "no-termination" }
}

fn activity(ask: &Ask<'_>, fleet: &FleetRow) -> &'static str {
    let (on_demand, spot) = fleet.fulfilled(ask);
    if on_demand.saturating_add(spot) >= fleet.target.total_target_capacity {
        "fulfilled"
    } else if fleet.errors.is_empty() {
        "pending_fulfillment"
    } else {
        "error"
    }
}

impl Operation for DescribeFleets {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeFleets";
    type Output = FleetsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        self.fleet_id.iter().try_for_each(|id| Kind::Fleet.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeFleets")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeFleets {
    /// "If a fleet is of type instant, you must specify the fleet ID, otherwise it does not appear in the
    /// response" (API reference).
    fn read(self, ask: &Ask<'_>) -> Result<FleetsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let mut rows = page::by_ids::<FleetRow>(ask, &self.fleet_id)?;
        if self.fleet_id.is_empty() {
            rows = regional::all(ask);
            rows.retain(|row| row.kind != FleetKind::Instant);
        }
        rows.retain(|row| row.id > after && filters.match_all(ask, row, &row.id));
        let page = page::cut(rows, self.max_results, |row| row.id.clone());
        let shapes = page.items.iter().map(|row| shape(ask, row)).collect::<Result<_, _>>()?;
        Ok(FleetsOutput { fleet_set: shapes, next_token: page.next_token })
    }
}

fn shape(ask: &Ask<'_>, fleet: &FleetRow) -> Result<FleetShape, Fault> {
    let (on_demand, spot) = fleet.fulfilled(ask);
    let instant = fleet.kind == FleetKind::Instant;
    Ok(FleetShape {
        fleet_id: fleet.id.clone(),
        fleet_state: fleet.state.name(),
        activity_status: activity(ask, fleet),
        create_time: Time(fleet.created),
        r#type: fleet.kind.name(),
        client_token: fleet.client_token.clone(),
        excess_capacity_termination_policy: policy(fleet),
        fulfilled_capacity: f64::from(on_demand.saturating_add(spot)),
        fulfilled_on_demand_capacity: f64::from(on_demand),
        launch_template_configs: fleet.configs.iter().map(respell).collect::<Result<_, _>>()?,
        target_capacity_specification: TargetShape::of(&fleet.target),
        terminate_instances_with_expiration: fleet.terminates_with_expiration,
        replace_unhealthy_instances: fleet.replaces_unhealthy,
        spot_options: respell(&fleet.spot_options)?,
        on_demand_options: respell(&fleet.on_demand_options)?,
        tag_set: tag::shown(ask, &fleet.id),
        error_set: if instant { errors(fleet)? } else { Vec::new() },
        fleet_instance_set: if instant { instances(ask, fleet)? } else { Vec::new() },
    })
}

/// `DescribeFleetInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeFleetInstances {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The fleet.
    pub fleet_id: String,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetInstancesOutput {
    active_instance_set: Vec<ActiveInstance>,
    fleet_id: String,
    next_token: Option<String>,
}

/// An instance of a fleet as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveInstance {
    instance_id: String,
    instance_type: String,
    spot_instance_request_id: Option<String>,
    instance_health: &'static str,
}

const INSTANCE_FIELDS: &[Field<ActiveInstance>] =
    &[("instance-type", |_, instance| vec![instance.instance_type.clone()])];

impl Operation for DescribeFleetInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeFleetInstances";
    type Output = FleetInstancesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        Kind::Fleet.check(&self.fleet_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DescribeFleetInstances";
        Ok(vec![demand::on(ask, action, Kind::Fleet, &self.fleet_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeFleetInstances {
    fn read(self, ask: &Ask<'_>) -> Result<FleetInstancesOutput, Fault> {
        let fleet = regional::find::<FleetRow>(ask, &self.fleet_id)?;
        if fleet.kind == FleetKind::Instant {
            // "does not support fleets of type instant" (API reference); unverified: code and text.
            let text = "DescribeFleetInstances does not support fleets of type instant.";
            return Err(Fault::new("UnsupportedOperation", text));
        }
        let filters = Filters::new(&self.filter, INSTANCE_FIELDS, false)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let mut active: Vec<ActiveInstance> = fleet
            .alive(ask)
            .map(|(_, row)| ActiveInstance {
                instance_id: row.id.clone(),
                instance_type: row.instance_type.to_string(),
                spot_instance_request_id: row.spot_request_id.clone(),
                instance_health: "healthy",
            })
            .filter(|one| one.instance_id > after && filters.match_all(ask, one, ""))
            .collect();
        active.sort_by(|one, other| one.instance_id.cmp(&other.instance_id));
        let page = page::cut(active, self.max_results, |one| one.instance_id.clone());
        Ok(FleetInstancesOutput {
            active_instance_set: page.items,
            fleet_id: fleet.id.clone(),
            next_token: page.next_token,
        })
    }
}
