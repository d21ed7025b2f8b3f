//! `CreateFleet`

use std::collections::BTreeMap;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::client_token::{self, Fingerprint};
use crate::demand;
use crate::fleet::launch::{fill, launcher};
use crate::fleet::specification::{Config, OnDemandOptions, PoolShape, SpotOptions, Target};
use crate::fleet::{FleetKind, FleetRow, FleetState, PoolPlace, lifecycle};
use crate::instance::InstanceRow;
use crate::kind::Kind;
use crate::launch::run::MAX_LAUNCH;
use crate::launch::specification::Present;
use crate::regional;
use crate::tag::{self, TagSpecification};
use crate::unmodelled::Unmodelled;

/// What a fleet can tag.
const TAGGABLE: [Kind; 2] = [Kind::Fleet, Kind::Instance];

/// `CreateFleet`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct CreateFleet {
    pub dry_run: Option<bool>,
    pub client_token: Option<String>,
    pub r#type: Option<String>,
    pub launch_template_configs: Vec<Config>,
    pub target_capacity_specification: Option<Target>,
    pub spot_options: Option<SpotOptions>,
    pub on_demand_options: Option<OnDemandOptions>,
    pub excess_capacity_termination_policy: Option<String>,
    pub terminate_instances_with_expiration: Option<bool>,
    pub replace_unhealthy_instances: Option<bool>,
    pub tag_specification: Vec<TagSpecification>,
    pub valid_from: Option<Present>,
    pub valid_until: Option<Present>,
    pub context: Option<Present>,
    pub reserved_capacity_options: Option<Present>,
}

/// Its answer; instances and errors are told of instant fleets alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetOutput {
    /// `fleet-…`
    pub fleet_id: String,
    error_set: Vec<ErrorShape>,
    fleet_instance_set: Vec<InstancesShape>,
}

/// What could not be launched.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorShape {
    launch_template_and_overrides: PoolShape,
    lifecycle: &'static str,
    error_code: String,
    error_message: String,
}

/// Instances of one pool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstancesShape {
    launch_template_and_overrides: PoolShape,
    lifecycle: &'static str,
    /// The instances.
    pub instance_ids: Vec<String>,
    instance_type: String,
}

impl FleetOutput {
    /// The ids of the instances that an instant fleet launched.
    #[must_use]
    pub fn instance_ids(&self) -> Vec<String> {
        self.fleet_instance_set.iter().flat_map(|set| set.instance_ids.iter().cloned()).collect()
    }
}

impl CreateFleet {
    fn kind(&self) -> Result<FleetKind, Fault> {
        match self.r#type.as_deref() {
            Some("instant") => Ok(FleetKind::Instant),
            Some("request") => Ok(FleetKind::Request),
            None | Some("" | "maintain") => Ok(FleetKind::Maintain),
            Some(other) => {
                let text = format!("Value ({other}) for parameter type is invalid.");
                Err(Fault::new("InvalidParameterValue", text))
            }
        }
    }

    fn target(&self) -> Result<&Target, Fault> {
        self.target_capacity_specification.as_ref().ok_or_else(|| {
            let text = "The request must contain the parameter TargetCapacitySpecification";
            Fault::new("MissingParameter", text)
        })
    }

    fn fingerprint(&self) -> Fingerprint {
        let Self { r#type, launch_template_configs, target_capacity_specification, .. } = self;
        Fingerprint::of(&(r#type, launch_template_configs, target_capacity_specification))
    }
}

impl Operation for CreateFleet {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateFleet";
    type Output = FleetOutput;

    fn check(&self) -> Result<(), Fault> {
        self.kind()?;
        let target = self.target()?;
        target.check(Self::NAME)?;
        if target.total_target_capacity > MAX_LAUNCH {
            // unverified: the text.
            let text = format!("The target capacity must not exceed {MAX_LAUNCH}");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        if self.launch_template_configs.is_empty() {
            let text = "The request must contain the parameter LaunchTemplateConfigs";
            return Err(Fault::new("MissingParameter", text));
        }
        let spot = self.spot_options.as_ref();
        let on_demand = self.on_demand_options.as_ref();
        Unmodelled::new(Self::NAME)
            .value("ValidFrom", self.valid_from.as_ref())
            .value("ValidUntil", self.valid_until.as_ref())
            .value("Context", self.context.as_ref())
            .value("ReservedCapacityOptions", self.reserved_capacity_options.as_ref())
            .value("MaintenanceStrategies", spot.and_then(|it| it.maintenance_strategies.as_ref()))
            .value(
                "CapacityReservationOptions",
                on_demand.and_then(|it| it.capacity_reservation_options.as_ref()),
            )
            .finish()?;
        for config in &self.launch_template_configs {
            config.check_modelled(Self::NAME)?;
        }
        client_token::check(self.client_token.as_deref())?;
        tag::check_specifications(&self.tag_specification, &TAGGABLE)
    }

    /// The fleet, its instances, the templates and the subnets that are named. Who may launch them, and pass
    /// the role in the template's profile, is asked of the launches of an instant fleet; of the others here,
    /// because EC2 itself launches those.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:CreateFleet";
        let tags = |kind: Kind| tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, Kind::Fleet, Vec::new(), &tags(Kind::Fleet));
        let instances =
            demand::on_new(ask, action, Kind::Instance, Vec::new(), &tags(Kind::Instance));
        demands.push(instances);
        let mut named: Vec<(Kind, String)> = Vec::new();
        let mut profiles = Vec::new();
        for config in &self.launch_template_configs {
            let (template, version) = config.launch_template_specification.find(ask)?;
            named.push((Kind::LaunchTemplate, template.id.clone()));
            let subnets = config.overrides.iter().filter_map(|one| one.subnet_id.clone());
            named.extend(subnets.map(|id| (Kind::Subnet, id)));
            profiles.extend(version.data.iam_instance_profile.iter().filter(|it| !it.is_empty()));
        }
        named.sort();
        named.dedup();
        demands.extend(named.iter().map(|(kind, id)| demand::on(ask, action, *kind, id)));
        if self.kind()? != FleetKind::Instant {
            let arn = Kind::Instance.arn(ask.region, ask.account(), "*");
            for profile in profiles {
                demands.push(profile.find(ask)?.pass_role(arn.clone()));
            }
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for CreateFleet {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<FleetOutput, Fault> {
        let token = self.client_token.as_deref();
        if let Some(ids) = client_token::known(act, Self::NAME, token, &self.fingerprint())? {
            let id = ids.first().map(String::as_str).unwrap_or_default();
            let fleet = regional::find::<FleetRow>(&act.ask(), id)?;
            return output(&act.ask(), &fleet);
        }
        let mut fleet = self.row(act)?;
        let launcher = launcher(act, fleet.kind)?;
        fleet.note(act.now, "fleet-change", "submitted", String::new(), None);
        fill(act, &mut fleet, &launcher);
        fleet.note(act.now, "fleet-change", "active", String::new(), None);
        regional::put(act, fleet.clone())?;
        let tags = tag::specified(&self.tag_specification, Kind::Fleet);
        tag::set(act, &fleet.id, &tags)?;
        let ids = vec![fleet.id.clone()];
        client_token::remember(act, Self::NAME, token, self.fingerprint(), ids)?;
        output(&act.ask(), &fleet)
    }
}

impl CreateFleet {
    fn row(&self, act: &mut Act<'_, '_>) -> Result<FleetRow, Fault> {
        let policy = self.excess_capacity_termination_policy.as_deref();
        Ok(FleetRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::Fleet.new_id(act.entropy),
            created: act.now,
            kind: self.kind()?,
            state: FleetState::Active,
            target: self.target()?.clone(),
            configs: self.launch_template_configs.clone(),
            spot_options: self.spot_options.clone().unwrap_or_default(),
            on_demand_options: self.on_demand_options.clone().unwrap_or_default(),
            terminates_excess: policy != Some("no-termination"),
            terminates_with_expiration: self.terminate_instances_with_expiration == Some(true),
            replaces_unhealthy: self.replace_unhealthy_instances == Some(true),
            instance_tags: tag::specified(&self.tag_specification, Kind::Instance),
            client_token: self.client_token.clone(),
            instances: Vec::new(),
            errors: Vec::new(),
            history: Vec::new(),
        })
    }
}

fn output(ask: &Ask<'_>, fleet: &FleetRow) -> Result<FleetOutput, Fault> {
    let instant = fleet.kind == FleetKind::Instant;
    Ok(FleetOutput {
        fleet_id: fleet.id.clone(),
        error_set: if instant { errors(fleet)? } else { Vec::new() },
        fleet_instance_set: if instant { instances(ask, fleet)? } else { Vec::new() },
    })
}

/// What could not be launched, as EC2 answers it.
pub(super) fn errors(fleet: &FleetRow) -> Result<Vec<ErrorShape>, Fault> {
    let shape = |error: &crate::fleet::FleetError| {
        Ok(ErrorShape {
            launch_template_and_overrides: fleet.pool(error.pool)?,
            lifecycle: lifecycle(error.spot),
            error_code: error.code.clone(),
            error_message: error.message.clone(),
        })
    };
    fleet.errors.iter().map(shape).collect()
}

/// The instances, pool by pool, as EC2 answers them.
pub(super) fn instances(ask: &Ask<'_>, fleet: &FleetRow) -> Result<Vec<InstancesShape>, Fault> {
    let mut pools: BTreeMap<(PoolPlace, bool), Vec<String>> = BTreeMap::new();
    for instance in &fleet.instances {
        pools.entry((instance.pool, instance.spot)).or_default().push(instance.id.clone());
    }
    let shape = |((pool, spot), instance_ids): ((PoolPlace, bool), Vec<String>)| {
        let first = instance_ids.first().and_then(|id| regional::get::<InstanceRow>(ask, id));
        Ok(InstancesShape {
            launch_template_and_overrides: fleet.pool(pool)?,
            lifecycle: lifecycle(spot),
            instance_type: first
                .map(|row| row.instance_type.clone())
                .unwrap_or_default()
                .to_string(),
            instance_ids,
        })
    };
    pools.into_iter().map(shape).collect()
}
