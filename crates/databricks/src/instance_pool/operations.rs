//! `/api/2.0/instance-pools/…`

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acl::{self, Level};
use crate::cluster::catalogue;
use crate::cluster::create::check_profile;
use crate::cluster::launch::terminate;
use crate::cluster::node::Node;
use crate::fault::Fault;
use crate::instance_pool::{self, InstancePoolRow, PoolSpec, lend};
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::{Need, is_met};
use crate::workspace::{self, WorkspaceRow};

/// The most instances that wait.
const MAX_IDLE: usize = 1_000;

/// Makes a pool.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateInstancePool {
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Its id.
#[derive(Debug, Serialize)]
pub struct CreatedPool {
    instance_pool_id: String,
}

operation! {
    CreateInstancePool, Post ["/api/2.0/instance-pools/create"] -> CreatedPool,
    Need::Entitlement("allow-instance-pool-create"),
    |operation| check(&operation.fields).map(drop)
}

/// The texts are unverified.
fn check(fields: &Map<String, Value>) -> Result<PoolSpec, Fault> {
    let spec: PoolSpec = crate::lenient::decode(fields.clone())?;
    if !(1..=100).contains(&spec.instance_pool_name.chars().count()) {
        return Err(Fault::invalid("instance_pool_name has between 1 and 100 characters."));
    }
    if catalogue::node_type(&spec.node_type_id).is_none() {
        return Err(Fault::invalid(format!("Node type {} is not supported.", spec.node_type_id)));
    }
    if spec.min_idle_instances > MAX_IDLE {
        return Err(Fault::invalid(format!("min_idle_instances is at most {MAX_IDLE}.")));
    }
    if spec.max_capacity.is_some_and(|most| most < spec.min_idle_instances) {
        return Err(Fault::invalid("max_capacity cannot be less than min_idle_instances."));
    }
    if !(0..=10_000).contains(&spec.idle_instance_autotermination_minutes) {
        let text = "idle_instance_autotermination_minutes must be between 0 and 10000.";
        return Err(Fault::invalid(text));
    }
    Ok(spec)
}

impl Write for CreateInstancePool {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedPool, Fault> {
        let spec = check(&self.fields)?;
        if let Some(arn) = spec.aws_attributes.profile() {
            check_profile(&act.ask(), arn)?;
        }
        let pools = act.aws.tx.range::<InstancePoolRow>(&act.host.partition(), ..);
        let name = spec.instance_pool_name.as_str();
        let is_named = |pool: &InstancePoolRow| {
            pool.spec.get("instance_pool_name").and_then(Value::as_str) == Some(name)
        };
        if pools.into_iter().any(|pool| is_named(pool)) {
            return Err(Fault::invalid(format!("Instance pool named {name} already exists.")));
        }
        let digits: String = act.now().to_string().chars().filter(char::is_ascii_digit).collect();
        let (day, clock) =
            (digits.get(4..8).unwrap_or_default(), digits.get(8..14).unwrap_or_default());
        let letters = act.entropy().text(b"abcdefghijklmnopqrstuvwxyz0123456789", 8);
        let id = format!("{day}-{clock}-pool-{letters}");
        let mut row = InstancePoolRow {
            workspace: act.host.partition(),
            id: id.clone(),
            spec: self.fields.clone(),
            creator: act.caller.name().to_owned(),
            creator_id: act.caller.identity.id.clone(),
            created: act.now(),
            idle: Vec::new(),
            used: 0,
            failure: None,
        };
        fill(act, &mut row, &spec)?;
        acl::create(act, &instance_pool::object(&id))?;
        act.tx().put(row)?;
        Ok(CreatedPool { instance_pool_id: id })
    }
}

/// Launches what is to wait. What AWS refuses is told in the pool's status, and no refusal.
fn fill(act: &mut Act<'_, '_>, row: &mut InstancePoolRow, spec: &PoolSpec) -> Result<(), Fault> {
    let missing = spec.min_idle_instances.saturating_sub(row.idle.len());
    row.failure = None;
    if missing == 0 {
        return Ok(());
    }
    let workspace = WorkspaceRow::clone(workspace::of(&act.ask())?);
    let launched = workspace::session(act, &workspace)
        .and_then(|session| lend::launch(act, &session, &workspace, row, spec, missing));
    match launched {
        Ok(nodes) => {
            let now = act.now();
            row.idle.extend(nodes.into_iter().map(|node| (node, now)));
        }
        Err(fault) => row.failure = Some(fault.to_string()),
    }
    Ok(())
}

/// Changes a pool: all that can change must be given, or falls back to its default.
#[derive(Debug, Clone, Deserialize)]
pub struct EditInstancePool {
    instance_pool_id: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operation for EditInstancePool {
    const NAME: &'static str = "EditInstancePool";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/instance-pools/edit"];
    type Output = Empty;

    fn check(&self) -> Result<(), Fault> {
        check(&self.fields).map(drop)
    }

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        instance_pool::find(ask, &self.instance_pool_id)?;
        Ok(Need::On(instance_pool::object(&self.instance_pool_id), Level::CanManage))
    }
}

impl Write for EditInstancePool {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row =
            InstancePoolRow::clone(instance_pool::find(&act.ask(), &self.instance_pool_id)?);
        let before = row.read_spec()?;
        let spec = check(&self.fields)?;
        if spec.node_type_id != before.node_type_id {
            return Err(Fault::invalid("The node type of an instance pool cannot be changed."));
        }
        if let Some(arn) = spec.aws_attributes.profile()
            && before.aws_attributes.profile() != Some(arn)
        {
            return Err(Fault::invalid(
                "The instance profile of an instance pool cannot be changed.",
            ));
        }
        // What a client cannot change it need not repeat.
        for (name, value) in self.fields.iter().filter(|(name, _)| *name != "aws_attributes") {
            row.spec.insert(name.clone(), value.clone());
        }
        for name in ["min_idle_instances", "max_capacity"] {
            if !self.fields.contains_key(name) {
                row.spec.remove(name);
            }
        }
        fill(act, &mut row, &spec)?;
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// Deletes a pool with all its idle instances. Clusters that borrowed some go on.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteInstancePool {
    instance_pool_id: String,
}

impl Operation for DeleteInstancePool {
    const NAME: &'static str = "DeleteInstancePool";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/instance-pools/delete"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        instance_pool::find(ask, &self.instance_pool_id)?;
        Ok(Need::On(instance_pool::object(&self.instance_pool_id), Level::CanManage))
    }
}

impl Write for DeleteInstancePool {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let row = InstancePoolRow::clone(instance_pool::find(&act.ask(), &self.instance_pool_id)?);
        let idle: Vec<Node> = row.idle.iter().map(|(node, _)| node.clone()).collect();
        let workspace = WorkspaceRow::clone(workspace::of(&act.ask())?);
        if !idle.is_empty() {
            let _ = workspace::session(act, &workspace)
                .and_then(|session| terminate(act, &session, &idle));
        }
        acl::forget(act, &instance_pool::object(&row.id))?;
        act.tx().delete::<InstancePoolRow>(&row.workspace, &row.id)?;
        Ok(Empty {})
    }
}

fn show(row: &InstancePoolRow) -> Value {
    let mut out = row.spec.clone();
    let pending = row.failure.iter().map(|text| json!({"message": text})).collect::<Vec<_>>();
    for (name, value) in [
        ("instance_pool_id", json!(row.id)),
        ("default_tags", Value::Object(row.default_tags())),
        ("state", json!("ACTIVE")),
        (
            "stats",
            json!({
                "used_count": row.used, "idle_count": row.idle.len(),
                "pending_used_count": 0, "pending_idle_count": 0,
            }),
        ),
        ("status", json!({"pending_instance_errors": pending})),
    ] {
        out.insert(name.to_owned(), value);
    }
    out.entry("enable_elastic_disk").or_insert(json!(true));
    out.entry("idle_instance_autotermination_minutes").or_insert(json!(0));
    Value::Object(out)
}

/// Shows a pool.
#[derive(Debug, Clone, Deserialize)]
pub struct GetInstancePool {
    instance_pool_id: String,
}

impl Operation for GetInstancePool {
    const NAME: &'static str = "GetInstancePool";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &["/api/2.0/instance-pools/get"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        instance_pool::find(ask, &self.instance_pool_id)?;
        Ok(Need::On(instance_pool::object(&self.instance_pool_id), Level::CanAttachTo))
    }
}

impl Read for GetInstancePool {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        instance_pool::find(ask, &self.instance_pool_id).map(|row| show(row))
    }
}

/// Lists the pools that the caller may use.
#[derive(Debug, Clone, Deserialize)]
pub struct ListInstancePools {}

/// Pools.
#[derive(Debug, Serialize)]
pub struct Pools {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instance_pools: Vec<Value>,
}

operation! {
    ListInstancePools, Get ["/api/2.0/instance-pools/list"] -> Pools, Need::Anyone
}

impl Read for ListInstancePools {
    fn read(self, ask: &Ask<'_>) -> Result<Pools, Fault> {
        let rows = ask.view.range::<InstancePoolRow>(&ask.host.partition(), ..);
        let usable =
            |id: &str| is_met(&Need::On(instance_pool::object(id), Level::CanAttachTo), ask);
        let shown = rows.filter(|row| usable(&row.id)).map(|row| show(row));
        Ok(Pools { instance_pools: shown.collect() })
    }
}
