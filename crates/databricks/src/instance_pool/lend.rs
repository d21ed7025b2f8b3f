//! Lending instances to clusters and taking them back.

use std::collections::BTreeMap;

use cloud::Fault as AwsFault;
use names::Timestamp;
use serde_json::{Map, Value, json};
use store::View;

use crate::aws::{Session, list, text};
use crate::cluster::launch::{Launch, tag_list, terminate};
use crate::cluster::node::Node;
use crate::cluster::spec::{Availability, Spec};
use crate::cluster::termination::Termination;
use crate::fault::Fault;
use crate::instance_pool::{InstancePoolRow, PoolSpec};
use crate::operation::Act;
use crate::workspace::{self, WorkspaceRow};

/// Why a pool does not lend.
enum Refused {
    Aws(AwsFault),
    Full(String),
}

impl From<AwsFault> for Refused {
    fn from(fault: AwsFault) -> Self {
        Self::Aws(fault)
    }
}

fn ended(refused: Refused, pool: &str) -> Termination {
    match refused {
        Refused::Aws(fault) => {
            let mut reason = Termination::no_instances(&fault);
            reason.parameters.insert("instance_pool_id".to_owned(), pool.to_owned());
            reason
        }
        Refused::Full(text) => {
            let parameters = [
                ("instance_pool_id", pool),
                ("instance_pool_error_code", "INSTANCE_POOL_MAX_CAPACITY_REACHED"),
                ("databricks_error_message", text.as_str()),
            ];
            Termination::new("INSTANCE_POOL_CLUSTER_FAILURE", "CLIENT_ERROR", parameters)
        }
    }
}

/// Driver and workers for a cluster.
///
/// # Errors
/// Why not, as the cluster's end.
pub fn borrow(
    act: &mut Act<'_, '_>,
    session: &Session,
    workspace: &WorkspaceRow,
    spec: &Spec,
) -> Result<(Node, Vec<Node>), Termination> {
    let own = spec.instance_pool_id.as_deref().unwrap_or_default();
    let of_driver = spec.driver_instance_pool_id.as_deref().unwrap_or(own);
    let mut driver = take(act, session, workspace, spec, of_driver, 1)?;
    let workers = match take(act, session, workspace, spec, own, spec.workers()) {
        Ok(workers) => workers,
        Err(reason) => {
            let _ = give_back(act, session, spec, &driver);
            return Err(reason);
        }
    };
    let none = || Termination::new("INSTANCE_POOL_CLUSTER_FAILURE", "SERVICE_FAULT", []);
    driver.pop().map(|driver| (driver, workers)).ok_or_else(none)
}

/// More workers for a cluster.
///
/// # Errors
/// Why not.
pub fn borrow_workers(
    act: &mut Act<'_, '_>,
    session: &Session,
    workspace: &WorkspaceRow,
    spec: &Spec,
    count: usize,
) -> Result<Vec<Node>, Termination> {
    let pool = spec.instance_pool_id.as_deref().unwrap_or_default();
    take(act, session, workspace, spec, pool, count)
}

fn take(
    act: &mut Act<'_, '_>,
    session: &Session,
    workspace: &WorkspaceRow,
    spec: &Spec,
    pool_id: &str,
    count: usize,
) -> Result<Vec<Node>, Termination> {
    let found = super::get(act.aws.tx, &act.host.partition(), pool_id).cloned();
    let Some(found) = found else {
        let parameters = [("instance_pool_id", pool_id)];
        return Err(Termination::new("INSTANCE_POOL_NOT_FOUND", "CLIENT_ERROR", parameters));
    };
    let mut pool = InstancePoolRow::clone(&found);
    take_from(act, session, workspace, &mut pool, spec, count)
        .and_then(|nodes| {
            let put = act.tx().put(pool);
            put.map(|()| nodes).map_err(|error| Refused::Aws(error.into()))
        })
        .map_err(|refused| ended(refused, pool_id))
}

fn take_from(
    act: &mut Act<'_, '_>,
    session: &Session,
    workspace: &WorkspaceRow,
    pool: &mut InstancePoolRow,
    spec: &Spec,
    count: usize,
) -> Result<Vec<Node>, Refused> {
    let described = pool.read_spec().map_err(|fault| Refused::Full(fault.message))?;
    let all = pool.used + count.max(pool.idle.len());
    if described.max_capacity.is_some_and(|most| all > most) {
        let text = format!("Instance pool {} has reached its max capacity.", pool.id);
        return Err(Refused::Full(text));
    }
    let waiting = pool.idle.len().min(count);
    let new = launch(act, session, workspace, pool, &described, count - waiting)?;
    let lent: Vec<Node> = pool.idle.iter().take(waiting).map(|(node, _)| node.clone()).collect();
    let mut nodes: Vec<Node> = lent.iter().chain(&new).cloned().collect();
    if let Some(arn) = spec.aws_attributes.profile()
        && let Err(fault) = dress(act, session, arn, &nodes)
    {
        // Those that waited wait on as they were; those that nobody can use do not stay.
        let _ = undress(act, session, &lent);
        let _ = terminate(act, session, &new);
        return Err(fault.into());
    }
    pool.idle.drain(..waiting);
    pool.used += count;
    for node in &mut nodes {
        node.instance_pool_id = Some(pool.id.clone());
    }
    Ok(nodes)
}

/// Puts an instance profile on nodes.
fn dress(
    act: &mut Act<'_, '_>,
    session: &Session,
    arn: &str,
    nodes: &[Node],
) -> Result<(), AwsFault> {
    for node in nodes {
        let input = json!({"InstanceId": node.instance_id, "IamInstanceProfile": {"Arn": arn}});
        act.ec2(session, "AssociateIamInstanceProfile", input)?;
    }
    Ok(())
}

/// Launches instances for a pool.
pub(super) fn launch(
    act: &mut Act<'_, '_>,
    session: &Session,
    workspace: &WorkspaceRow,
    pool: &InstancePoolRow,
    described: &PoolSpec,
    count: usize,
) -> Result<Vec<Node>, AwsFault> {
    let missing = || AwsFault::new("InvalidSubnet", "the workspace has no subnet in that zone");
    let placement = workspace.network.as_ref().ok_or_else(missing)?;
    let zone = described.aws_attributes.zone_id.as_deref().unwrap_or("auto");
    let any = zone.is_empty() || zone == "auto" || zone == workspace.aws_region;
    let subnet = placement.subnets.iter().find(|subnet| any || subnet.zone == zone);
    let custom = described.custom_tags.iter();
    let mut tags: Map<String, Value> =
        custom.map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    tags.extend(pool.default_tags());
    let launch = Launch {
        workspace,
        subnet: subnet.ok_or_else(missing)?,
        aws: &described.aws_attributes,
        profile: described.aws_attributes.profile(),
        tags: tag_list(&tags),
    };
    // Pools are on one market; spot unless somebody says otherwise (API reference).
    let is_spot = described.aws_attributes.availability != Some(Availability::OnDemand);
    launch.run(act, session, count, &described.node_type_id, is_spot)
}

/// Takes nodes back: each to the pool that it came from, which the driver's may not share with the workers'.
///
/// # Errors
/// AWS's own; all nodes are taken back that can be.
pub fn give_back(
    act: &mut Act<'_, '_>,
    session: &Session,
    spec: &Spec,
    nodes: &[Node],
) -> Result<(), AwsFault> {
    let mut pools: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
    for node in nodes {
        // Those that were lent before pools were noted with them came from the workers'.
        let pool = node.instance_pool_id.as_deref().or(spec.instance_pool_id.as_deref());
        pools.entry(pool.unwrap_or_default()).or_default().push(node.clone());
    }
    let mut outcome = Ok(());
    for (pool, nodes) in pools {
        outcome = outcome.and(return_to(act, session, pool, spec, &nodes));
    }
    outcome
}

fn return_to(
    act: &mut Act<'_, '_>,
    session: &Session,
    pool_id: &str,
    spec: &Spec,
    nodes: &[Node],
) -> Result<(), AwsFault> {
    let found = super::get(act.aws.tx, &act.host.partition(), pool_id).cloned();
    let Some(found) = found else { return terminate(act, session, nodes) };
    let mut pool = InstancePoolRow::clone(&found);
    pool.used = pool.used.saturating_sub(nodes.len());
    let undressed = match spec.aws_attributes.profile() {
        Some(_) => undress(act, session, nodes),
        None => Ok(()),
    };
    let now = act.now();
    match &undressed {
        Ok(()) => {
            let plain = |node: &Node| Node { instance_pool_id: None, ..node.clone() };
            pool.idle.extend(nodes.iter().map(|node| (plain(node), now)));
        }
        // Nobody else may get the permissions of this cluster.
        Err(_) => drop(terminate(act, session, nodes)),
    }
    act.tx().put(pool)?;
    undressed
}

/// Takes the instance profiles off nodes.
fn undress(act: &mut Act<'_, '_>, session: &Session, nodes: &[Node]) -> Result<(), AwsFault> {
    let ids: Vec<&str> = nodes.iter().map(|node| node.instance_id.as_str()).collect();
    let input = json!({"Filter": [{"Name": "instance-id", "Value": ids}]});
    let answer = act.ec2(session, "DescribeIamInstanceProfileAssociations", input)?;
    for one in list(&answer, "/iamInstanceProfileAssociationSet") {
        let input = json!({"AssociationId": text(one, "/associationId")});
        act.ec2(session, "DisassociateIamInstanceProfile", input)?;
    }
    Ok(())
}

/// How many of a pool's idle nodes have waited too long at `now`.
fn overdue(pool: &InstancePoolRow, now: Timestamp) -> usize {
    let Ok(described) = pool.read_spec() else { return 0 };
    let seconds = described.idle_instance_autotermination_minutes.saturating_mul(60);
    let spare = pool.idle.len().saturating_sub(described.min_idle_instances);
    pool.idle.iter().filter(|(_, since)| since.plus_seconds(seconds) <= now).count().min(spare)
}

/// Whether a pool has something to let go of.
#[must_use]
pub fn is_due(view: &View, workspace: &str, now: Timestamp) -> bool {
    view.range::<InstancePoolRow>(workspace, ..).any(|pool| overdue(pool, now) > 0)
}

/// Lets go of nodes that waited too long.
///
/// # Errors
/// A limit of the store.
pub fn settle(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let now = act.now();
    let pools = act.aws.tx.range::<InstancePoolRow>(&act.host.partition(), ..);
    let due: Vec<InstancePoolRow> = pools
        .filter(|pool| overdue(pool, now) > 0)
        .map(|pool| InstancePoolRow::clone(pool))
        .collect();
    for mut pool in due {
        let count = overdue(&pool, now);
        let gone: Vec<Node> = pool.idle.drain(..count).map(|(node, _)| node).collect();
        let workspace = WorkspaceRow::clone(workspace::of(&act.ask())?);
        // What AWS refuses stays there and is no longer the pool's.
        let _ =
            workspace::session(act, &workspace).and_then(|session| terminate(act, &session, &gone));
        act.tx().put(pool)?;
    }
    Ok(())
}
