//! Starting and ending clusters.

use serde_json::json;

use crate::acl;
use crate::cluster::create::begin;
use crate::cluster::termination::Termination;
use crate::cluster::{self, ClusterRow, State, event, launch, on_cluster};
use crate::cluster_policy;
use crate::command;
use crate::fault::Fault;
use crate::operation::Act;

on_cluster! {
    /// Starts a cluster that was terminated.
    StartCluster, "start", CanRestart, start
}

on_cluster! {
    /// Ends a cluster's nodes and launches new ones.
    RestartCluster, "restart", CanRestart, restart
}

on_cluster! {
    /// Terminates a cluster; it can be started again.
    DeleteCluster, "delete", CanRestart, terminate
}

on_cluster! {
    /// Deletes a cluster for good.
    PermanentDeleteCluster, "permanent-delete", CanManage, delete
}

fn start(act: &mut Act<'_, '_>, mut row: ClusterRow) -> Result<(), Fault> {
    if row.is_running() {
        // Clients that wait for a cluster to start know this text.
        let text = format!("Cluster {} is in unexpected state Running.", row.id);
        return Err(Fault::state(text));
    }
    let spec = row.read_spec()?;
    let policy_id = spec.policy_id.as_deref().unwrap_or_default();
    if let Some(policy) = cluster_policy::get(act.aws.tx, &row.workspace, policy_id) {
        cluster_policy::check_count(&act.ask(), policy, &row.creator)?;
    }
    let user = act.caller.name().to_owned();
    event::note(act, &mut row, "STARTING", json!({"user": user}))?;
    begin(act, &mut row, &spec)?;
    Ok(act.tx().put(row)?)
}

fn restart(act: &mut Act<'_, '_>, mut row: ClusterRow) -> Result<(), Fault> {
    if !row.is_running() {
        let text = format!("Cluster {} is in unexpected state Terminated.", row.id);
        return Err(Fault::state(text));
    }
    let user = act.caller.name().to_owned();
    event::note(act, &mut row, "RESTARTING", json!({"user": user}))?;
    renew(act, &mut row)?;
    Ok(act.tx().put(row)?)
}

/// Ends the nodes of a running cluster and launches what its description says now.
pub(super) fn renew(act: &mut Act<'_, '_>, row: &mut ClusterRow) -> Result<(), Fault> {
    let spec = row.read_spec()?;
    let nodes: Vec<_> = row.nodes().cloned().collect();
    launch::end(act, row, &spec, &nodes)?;
    begin(act, row, &spec)
}

/// Terminating what is terminated is no failure.
fn terminate(act: &mut Act<'_, '_>, mut row: ClusterRow) -> Result<(), Fault> {
    if !row.is_running() {
        return Ok(());
    }
    let reason = Termination::by(act.caller.name());
    end(act, &mut row, reason)?;
    Ok(act.tx().put(row)?)
}

/// Ends a running cluster.
///
/// # Errors
/// A limit of the store.
pub fn end(act: &mut Act<'_, '_>, row: &mut ClusterRow, reason: Termination) -> Result<(), Fault> {
    let spec = row.read_spec()?;
    let nodes: Vec<_> = row.nodes().cloned().collect();
    event::note(act, row, "TERMINATING", json!({"reason": reason}))?;
    launch::end(act, row, &spec, &nodes)?;
    row.driver = None;
    row.workers.clear();
    row.state = State::Terminated(act.now(), reason);
    Ok(())
}

fn delete(act: &mut Act<'_, '_>, mut row: ClusterRow) -> Result<(), Fault> {
    if row.pinned_by.is_some() {
        // The Databricks provider looks for the end of this text.
        let text = format!(
            "Cluster {} cannot be deleted because it is pinned; unpin the cluster first",
            row.id
        );
        return Err(Fault::invalid(text));
    }
    if row.is_running() {
        let reason = Termination::by(act.caller.name());
        end(act, &mut row, reason)?;
    }
    event::forget(act, &row)?;
    command::forget(act, &row, true)?;
    acl::forget(act, &cluster::object(&row.id))?;
    act.tx().delete::<ClusterRow>(&row.workspace, &row.id)?;
    Ok(())
}
