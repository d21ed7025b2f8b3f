//! How a fleet gets its instances: pool by pool, the cheapest first, until its target is met.

use std::sync::Arc;

use cloud::iam::role;
use cloud::iam::role::service_linked::CreateServiceLinkedRole;
use cloud::{Act, Caller, Fault};

use crate::fleet::specification::{Config, Override};
use crate::fleet::{
    FleetError, FleetInstance, FleetKind, FleetRow, FleetState, PoolPlace, ROLE_NAME, SERVICE, TAG,
};
use crate::instance::InstanceRow;
use crate::instance_type;
use crate::kind::Kind;
use crate::launch::RunInstances;
use crate::launch::run::{MAX_LAUNCH, Origin};
use crate::launch::specification::{
    InterfaceSpecification, MarketOptions, PlacementSpecification, SpotOptions,
};
use crate::regional;
use crate::spot_price;
use crate::spot_request::service_session;
use crate::tag::{self, TagInput, TagSpecification};

/// A configuration with one of its overrides, and what an instance of it costs in an hour.
struct Pool {
    at: PoolPlace,
    weight: i32,
    rank: f64,
}

/// Who launches the instances of a fleet: an instant one is launched in the name of who asks for it, the
/// others by EC2 with its service-linked role (unverified for instant fleets: that refusals are errors of
/// the fleet in the caller's name is what users of Karpenter report).
///
/// # Errors
/// EC2's for a caller who may not make the role.
pub(crate) fn launcher(act: &mut Act<'_, '_>, kind: FleetKind) -> Result<Caller, Fault> {
    let caller = act.caller.clone();
    if kind == FleetKind::Instant {
        return Ok(caller);
    }
    if role::find(act.tx, act.account(), ROLE_NAME).is_err() {
        match act.write_as(&caller, CreateServiceLinkedRole::of(SERVICE)) {
            Err(fault) if fault.code == "AccessDenied" => {
                let text = "The provided credentials do not have permission to create the service-linked \
                            role for EC2 Fleet.";
                return Err(Fault::new("AuthFailure.ServiceLinkedRoleCreationNotPermitted", text));
            }
            other => drop(other?),
        }
    }
    let role = Arc::clone(role::find(act.tx, act.account(), ROLE_NAME)?);
    Ok(service_session(&role, SERVICE, act.now))
}

/// Launches what is missing to the fleet's target. What cannot be launched becomes an error of the fleet.
pub(crate) fn fill(act: &mut Act<'_, '_>, fleet: &mut FleetRow, launcher: &Caller) {
    fleet.errors.clear();
    let (on_demand, spot) = fleet.target.split();
    let (has_on_demand, has_spot) = fleet.fulfilled(&act.ask());
    for (missing, spot) in
        [(on_demand.saturating_sub(has_on_demand), false), (spot.saturating_sub(has_spot), true)]
    {
        if missing > 0 {
            fill_with(act, fleet, launcher, missing, spot);
        }
    }
}

/// Replaces an instance that ended, if its fleet maintains its capacity.
///
/// # Errors
/// A limit of the store.
pub(crate) fn instance_ended(act: &mut Act<'_, '_>, instance: &InstanceRow) -> Result<(), Fault> {
    let tags = tag::of(&act.ask(), &instance.id);
    let Some(fleet) = tags.iter().find(|tag| tag.key == TAG) else { return Ok(()) };
    let Some(fleet) = regional::get::<FleetRow>(&act.ask(), &fleet.value) else { return Ok(()) };
    let is_own = fleet.instances.iter().any(|one| one.id == instance.id);
    if fleet.kind != FleetKind::Maintain || fleet.state != FleetState::Active || !is_own {
        return Ok(());
    }
    let mut fleet = FleetRow::clone(&fleet);
    let id = Some(instance.id.clone());
    fleet.note(act.now, "instance-change", "terminated", String::new(), id);
    let Ok(role) = role::find(act.tx, act.account(), ROLE_NAME) else { return Ok(()) };
    let launcher = service_session(role, SERVICE, act.now);
    fill(act, &mut fleet, &launcher);
    regional::put(act, fleet)
}

fn fill_with(
    act: &mut Act<'_, '_>,
    fleet: &mut FleetRow,
    launcher: &Caller,
    missing: i32,
    spot: bool,
) {
    let mut errors = Vec::new();
    for pool in pools(act, fleet, spot) {
        // As many as it takes: the last one may go beyond the target.
        let count = (missing.saturating_add(pool.weight - 1) / pool.weight.max(1)).min(MAX_LAUNCH);
        let launched = request(act, fleet, &pool, count, spot)
            .and_then(|request| act.write_as(launcher, request));
        match launched {
            Ok(reservation) => {
                for id in reservation.instance_ids() {
                    let text = format!("{{\"lifecycle\":\"{}\"}}", super::lifecycle(spot));
                    fleet.note(act.now, "instance-change", "launched", text, Some(id.clone()));
                    let (pool, weight) = (pool.at, pool.weight);
                    fleet.instances.push(FleetInstance { id, pool, spot, weight });
                }
                fleet.errors.extend(errors);
                return;
            }
            Err(fault) => {
                let text = format!("{}: {}", fault.code, fault.message);
                fleet.note(act.now, "service-error", "launchFailure", text, None);
                let code = fault.code.to_owned();
                errors.push(FleetError { pool: pool.at, spot, code, message: fault.message });
            }
        }
    }
    fleet.errors.extend(errors);
}

/// The pools in the order in which they are tried.
fn pools(act: &Act<'_, '_>, fleet: &FleetRow, spot: bool) -> Vec<Pool> {
    let strategy = if spot {
        fleet.spot_options.allocation_strategy.as_deref()
    } else {
        fleet.on_demand_options.allocation_strategy.as_deref()
    };
    let by_priority = matches!(strategy, Some("prioritized" | "capacity-optimized-prioritized"));
    let mut pools = Vec::new();
    for (at, config) in fleet.configs.iter().enumerate() {
        if config.overrides.is_empty() {
            let rank = price(act, config, None, spot);
            pools.push(Pool { at: (at, None), weight: 1, rank });
        }
        for (which, over) in config.overrides.iter().enumerate() {
            let rank = match over.priority.filter(|_| by_priority) {
                Some(priority) => priority,
                None if by_priority => f64::MAX,
                None => price(act, config, Some(over), spot),
            };
            pools.push(Pool { at: (at, Some(which)), weight: weight(over), rank });
        }
    }
    pools.sort_by(|one, other| one.rank.total_cmp(&other.rank));
    pools
}

/// How much of the target an instance makes up, rounded up.
fn weight(over: &Override) -> i32 {
    let weight = over.weighted_capacity.unwrap_or(1.0).ceil().clamp(1.0, 999.0);
    // Between 1 and 999: nothing is cut off.
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and small")]
    let weight = weight as i32;
    weight
}

/// What an instance costs for each unit of capacity, in millionths of a dollar.
fn price(act: &Act<'_, '_>, config: &Config, over: Option<&Override>, spot: bool) -> f64 {
    let ask = act.ask();
    let template = config.launch_template_specification.find(&ask).ok();
    let of_template = template.and_then(|(_, version)| version.data.instance_type.clone());
    let name = over.and_then(|over| over.instance_type.clone()).or(of_template);
    let Some(kind) = name.as_deref().and_then(instance_type::find) else { return f64::MAX };
    let zone = over.and_then(|over| over.availability_zone.as_deref()).unwrap_or(act.region);
    let [product, ..] = spot_price::PRODUCTS;
    let price = if spot {
        let since = spot_price::changed(kind, zone, act.now);
        spot_price::price(kind, zone, product, since)
    } else {
        spot_price::on_demand(kind)
    };
    // Prices are far below the numbers that a float cannot tell apart.
    #[expect(clippy::cast_precision_loss, reason = "prices are small")]
    let price = price as f64;
    price / f64::from(over.map_or(1, weight))
}

/// The launch of `count` instances of a pool.
fn request(
    act: &Act<'_, '_>,
    fleet: &FleetRow,
    pool: &Pool,
    count: i32,
    spot: bool,
) -> Result<RunInstances, Fault> {
    let config = fleet.configs.get(pool.at.0).cloned().unwrap_or_default();
    let over = pool.at.1.and_then(|at| config.overrides.get(at).cloned()).unwrap_or_default();
    let ask = act.ask();
    let (_, version) = config.launch_template_specification.find(&ask)?;
    let mut request = RunInstances {
        min_count: Some(count),
        max_count: Some(count),
        launch_template: Some(config.launch_template_specification),
        instance_type: over.instance_type.clone(),
        image_id: over.image_id.clone(),
        tag_specification: tags(fleet),
        origin: Origin::Fleet(fleet.id.clone()),
        ..RunInstances::default()
    };
    if let Some(zone) = over.availability_zone {
        let placement = version.data.placement.clone().unwrap_or_default();
        request.placement =
            Some(PlacementSpecification { availability_zone: Some(zone), ..placement });
    }
    match (over.subnet_id, version.data.network_interface.as_slice()) {
        (None, _) => {}
        (Some(subnet_id), []) => request.subnet_id = Some(subnet_id),
        // A template with interfaces says there where they are.
        (Some(subnet_id), interfaces) => {
            let moved = |one: &InterfaceSpecification| InterfaceSpecification {
                subnet_id: Some(subnet_id.clone()),
                ..one.clone()
            };
            request.network_interface = interfaces.iter().map(moved).collect();
        }
    }
    if spot {
        request.instance_market_options = Some(MarketOptions {
            market_type: Some("spot".to_owned()),
            spot_options: Some(SpotOptions {
                max_price: over.max_price,
                instance_interruption_behavior: fleet
                    .spot_options
                    .instance_interruption_behavior
                    .clone(),
                ..SpotOptions::default()
            }),
        });
    }
    Ok(request)
}

fn tags(fleet: &FleetRow) -> Vec<TagSpecification> {
    if fleet.instance_tags.is_empty() {
        return Vec::new();
    }
    let tag = |tag: &cloud::tag::Tag| TagInput {
        key: Some(tag.key.clone()),
        value: Some(tag.value.clone()),
    };
    vec![TagSpecification {
        resource_type: Some(Kind::Instance.name().to_owned()),
        tag: fleet.instance_tags.iter().map(tag).collect(),
    }]
}
