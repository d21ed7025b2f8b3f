//! Starting and stopping warehouses.
//!
//! One with servers launches them in the customer's account, as clusters do, wearing the profile of the
//! workspace's configuration. One without assumes the profile's role from Databricks' own account.

use names::Timestamp;
use serde_json::{Map, Value};
use store::View;

use crate::aws::Principal;
use crate::cluster::launch::{Launch, tag_list, terminate};
use crate::cluster::spec::{Availability, AwsAttributes};
use crate::cluster::termination::Termination;
use crate::fault::Fault;
use crate::instance_profile;
use crate::operation::Act;
use crate::warehouse::{Failure, State, WarehouseRow, WarehouseSpec, config};
use crate::workspace::{self, WorkspaceRow};

/// What servers of warehouses are ("i3.2xlarge" workers, Databricks guide, "SQL warehouse sizing").
const NODE_TYPE: &str = "i3.2xlarge";

/// How many workers a cluster of a size has (same page).
fn workers(size: &str) -> Option<usize> {
    Some(match size {
        "2X-Small" => 1,
        "X-Small" => 2,
        "Small" => 4,
        "Medium" => 8,
        "Large" => 16,
        "X-Large" => 32,
        "2X-Large" => 64,
        "3X-Large" => 128,
        "4X-Large" => 256,
        "5X-Large" => 512,
        _ => return None,
    })
}

/// Whether warehouses have such a size.
#[must_use]
pub fn is_size(size: &str) -> bool {
    workers(size).is_some()
}

/// Starts a warehouse. One that AWS does not let start is stopped, and says why: that is an answer and no
/// refusal.
///
/// # Errors
/// A limit of the store.
pub fn start(act: &mut Act<'_, '_>, row: &mut WarehouseRow) -> Result<(), Fault> {
    let spec = row.read_spec()?;
    row.active = act.now();
    let started = if spec.is_serverless() { serverless(act) } else { servers(act, row, &spec) };
    row.state = match started {
        Ok(()) => State::Running,
        Err(reason) => State::Stopped(Some(Failure { message: reason.sentence(), reason })),
    };
    Ok(())
}

/// Assumes the role of the configured profile: the one on record, or the one that is called as the profile is.
fn serverless(act: &mut Act<'_, '_>) -> Result<(), Termination> {
    let workspace = act.host.partition();
    let Some(arn) = config::of(act.aws.tx, &workspace).instance_profile_arn else { return Ok(()) };
    let role_arn = match instance_profile::get(act.aws.tx, &workspace, &arn) {
        Some(profile) => instance_profile::serverless_role_arn(profile),
        None => arn.replacen(":instance-profile/", ":role/", 1),
    };
    let external_id = format!("databricks-serverless-{workspace}");
    let region = act.aws.region.to_owned();
    let session = act.assume(Principal::Serverless, &role_arn, &external_id, &region);
    session.map(drop).map_err(|fault| Termination::no_session(&fault))
}

fn servers(
    act: &mut Act<'_, '_>,
    row: &mut WarehouseRow,
    spec: &WarehouseSpec,
) -> Result<(), Termination> {
    let of_databricks = |fault: Fault| {
        let parameters = [("databricks_error_message", fault.message.as_str())];
        Termination::new("INVALID_ARGUMENT", "CLIENT_ERROR", parameters)
    };
    let workspace = workspace::of(&act.ask()).map(|row| WorkspaceRow::clone(row));
    let workspace = workspace.map_err(of_databricks)?;
    let placement = workspace::placement(&workspace).map_err(of_databricks)?;
    let session =
        workspace::session(act, &workspace).map_err(|fault| Termination::no_session(&fault))?;
    let Some(subnet) = placement.subnets.first() else {
        return Err(of_databricks(Fault::state("The workspace has no subnet.")));
    };
    let profile = config::of(act.aws.tx, &row.workspace).instance_profile_arn;
    // Reliability means on-demand servers (API reference, `spot_instance_policy`).
    let reliable = spec.spot_instance_policy.as_deref() == Some("RELIABILITY_OPTIMIZED");
    let availability =
        if reliable { Availability::OnDemand } else { Availability::SpotWithFallback };
    let aws = AwsAttributes { availability: Some(availability), ..AwsAttributes::default() };
    let launch = Launch {
        workspace: &workspace,
        subnet,
        aws: &aws,
        profile: profile.as_deref(),
        tags: tags(row, spec),
    };
    let count = workers(&spec.cluster_size).unwrap_or(1);
    let driver = launch.run(act, &session, 1, NODE_TYPE, false);
    let mut nodes = driver.map_err(|fault| Termination::no_instances(&fault))?;
    match launch.run(act, &session, count, NODE_TYPE, !reliable) {
        Ok(workers) => nodes.extend(workers),
        Err(fault) => {
            let _ = terminate(act, &session, &nodes);
            return Err(Termination::no_instances(&fault));
        }
    }
    row.nodes = nodes;
    Ok(())
}

fn tags(row: &WarehouseRow, spec: &WarehouseSpec) -> Value {
    let pairs = row.spec.get("tags").and_then(|tags| tags.get("custom_tags"));
    let custom = pairs.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut tags: Map<String, Value> = custom
        .iter()
        .filter_map(|tag| Some((tag.get("key")?.as_str()?.to_owned(), tag.get("value")?.clone())))
        .collect();
    for (name, value) in [
        ("Vendor", "Databricks"),
        ("Creator", row.creator.as_str()),
        ("SqlWarehouseId", row.id.as_str()),
        ("ClusterName", spec.name.as_str()),
    ] {
        tags.insert(name.to_owned(), value.into());
    }
    tag_list(&tags)
}

/// Stops a warehouse.
///
/// # Errors
/// A limit of the store.
pub fn stop(act: &mut Act<'_, '_>, row: &mut WarehouseRow) -> Result<(), Fault> {
    let nodes = std::mem::take(&mut row.nodes);
    row.state = State::Stopped(None);
    if nodes.is_empty() {
        return Ok(());
    }
    let workspace = WorkspaceRow::clone(workspace::of(&act.ask())?);
    // What AWS refuses stays there; `why` tells it.
    let _ =
        workspace::session(act, &workspace).and_then(|session| terminate(act, &session, &nodes));
    Ok(())
}

/// When a warehouse stops itself if nobody uses it.
fn ends(row: &WarehouseRow) -> Option<Timestamp> {
    let minutes = row.read_spec().ok()?.auto_stop_minutes();
    let runs = row.state == State::Running;
    (runs && minutes > 0).then(|| row.active.plus_seconds(minutes.saturating_mul(60)))
}

/// Whether a warehouse is to stop.
#[must_use]
pub fn is_due(view: &View, workspace: &str, now: Timestamp) -> bool {
    view.range::<WarehouseRow>(workspace, ..).any(|row| ends(row).is_some_and(|time| time <= now))
}

/// Stops the warehouses that nobody used for long enough.
///
/// # Errors
/// A limit of the store.
pub fn settle(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let now = act.now();
    let rows = act.aws.tx.range::<WarehouseRow>(&act.host.partition(), ..);
    let due: Vec<WarehouseRow> = rows
        .filter(|row| ends(row).is_some_and(|time| time <= now))
        .map(|row| WarehouseRow::clone(row))
        .collect();
    for mut row in due {
        stop(act, &mut row)?;
        act.tx().put(row)?;
    }
    Ok(())
}
