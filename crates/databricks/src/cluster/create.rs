//! Making a cluster.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acl::{self, Level, Object, ObjectKind};
use crate::cluster::spec::Spec;
use crate::cluster::{self, ClusterRow, State, event, launch};
use crate::cluster_policy;
use crate::fault::Fault;
use crate::instance_pool;
use crate::instance_profile;
use crate::operation::{Act, Ask, Method, Operation, Write};
use crate::permit::{Need, is_met};
use crate::workspace;

/// The most clusters of a workspace; Databricks' own limit depends on the account.
pub const MAX_CLUSTERS: usize = 10_000;

/// Makes a cluster and starts it.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateCluster {
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Its id.
#[derive(Debug, Clone, Serialize)]
pub struct CreatedCluster {
    cluster_id: String,
}

impl Operation for CreateCluster {
    const NAME: &'static str = "CreateCluster";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] =
        &["/api/2.0/clusters/create", "/api/2.1/clusters/create"];
    type Output = CreatedCluster;

    /// Whoever has the entitlement, or may use the policy.
    fn need(&self, _ask: &Ask<'_>) -> Result<Need, Fault> {
        let entitled = Need::Entitlement("allow-cluster-create");
        let policy_id = self.fields.get("policy_id").and_then(Value::as_str);
        Ok(match policy_id.filter(|id| !id.is_empty()) {
            Some(id) => Need::AnyOf(vec![
                entitled,
                Need::On(Object::new(ObjectKind::ClusterPolicy, id), Level::CanUse),
            ]),
            None => entitled,
        })
    }
}

impl Write for CreateCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedCluster, Fault> {
        let (fields, spec) = read(&act.ask(), &self.fields, None)?;
        if let Some(known) = same_as(act, &spec) {
            return Ok(CreatedCluster { cluster_id: known });
        }
        let workspace = act.host.partition();
        if act.aws.tx.count::<ClusterRow>(&workspace) >= MAX_CLUSTERS {
            let text = format!("The workspace has {MAX_CLUSTERS} clusters, which is the most.");
            return Err(Fault::new("QUOTA_EXCEEDED", text));
        }
        let id = new_id(act);
        let creator = act.caller.name().to_owned();
        let now = act.now();
        let mut row = ClusterRow {
            workspace,
            default_tags: default_tags(&creator, &spec.cluster_name, &id),
            id: id.clone(),
            spec: fields,
            creator: creator.clone(),
            state: State::Running,
            started: now,
            created: now,
            active: now,
            driver: None,
            workers: Vec::new(),
            pinned_by: None,
            spark_context_id: 0,
            events: 0,
            libraries: Vec::new(),
        };
        let details = json!({"user": creator, "attributes": row.spec});
        event::note(act, &mut row, "CREATING", details)?;
        begin(act, &mut row, &spec)?;
        acl::create(act, &cluster::object(&id))?;
        act.tx().put(row)?;
        Ok(CreatedCluster { cluster_id: id })
    }
}

/// A cluster that was made with the same token and still runs is the one that is meant.
fn same_as(act: &Act<'_, '_>, spec: &Spec) -> Option<String> {
    let token = spec.idempotency_token.as_deref().filter(|token| !token.is_empty())?;
    let rows = act.aws.tx.range::<ClusterRow>(&act.host.partition(), ..);
    let mut same = rows.filter(|row| {
        row.is_running() && row.spec.get("idempotency_token").and_then(Value::as_str) == Some(token)
    });
    same.next().map(|row| row.id.clone())
}

/// `MMDD-HHMMSS-` and eight letters.
fn new_id(act: &mut Act<'_, '_>) -> String {
    let time = act.now().to_string();
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let (day, clock) =
        (digits.get(4..8).unwrap_or_default(), digits.get(8..14).unwrap_or_default());
    let letters = act.entropy().text(b"abcdefghijklmnopqrstuvwxyz0123456789", 8);
    format!("{day}-{clock}-{letters}")
}

/// The tags that Databricks puts on everything.
fn default_tags(creator: &str, name: &str, id: &str) -> Map<String, Value> {
    let tags =
        [("Vendor", "Databricks"), ("Creator", creator), ("ClusterName", name), ("ClusterId", id)];
    tags.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// What a client sent, with what policy and defaults add, and what follows from it.
///
/// # Errors
/// What is wrong with it, what the policy forbids, and `PERMISSION_DENIED` for a profile that the caller may
/// not use. A profile that the cluster had `before` may stay, whoever edits the rest.
pub(super) fn read(
    ask: &Ask<'_>,
    sent: &Map<String, Value>,
    before: Option<&ClusterRow>,
) -> Result<(Map<String, Value>, Spec), Fault> {
    let mut fields = sent.clone();
    for name in ["cluster_id", "apply_policy_default_values"] {
        fields.remove(name);
    }
    let defaults =
        sent.get("apply_policy_default_values").and_then(Value::as_bool).unwrap_or(false);
    if let Some(id) = fields.get("policy_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        let policy = cluster_policy::find(ask, id)?;
        policy.enforce(&mut fields, defaults)?;
        if before.is_none() {
            cluster_policy::check_count(ask, policy, ask.caller.name())?;
        }
    }
    let spec = Spec::read(&fields)?;
    check_node_types(sent)?;
    spec.check_disks()?;
    check_pools(ask, &spec, before)?;
    if let Some(arn) = spec.aws_attributes.profile()
        && before.and_then(ClusterRow::instance_profile_arn) != Some(arn)
    {
        check_profile(ask, arn)?;
    }
    if spec.instance_pool_id.is_none() {
        let workspace = workspace::of(ask)?;
        if workspace.network.is_some() {
            launch::subnets(workspace, &spec)?;
        }
    }
    Ok((fields, spec))
}

/// What comes from a pool is what the pool's instances are. The text is that which users report of `node_type_id`
/// (databricks/terraform-provider-databricks issue 2141); for the driver's it is unverified.
fn check_node_types(sent: &Map<String, Value>) -> Result<(), Fault> {
    let is_given =
        |name: &str| sent.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let names = ["node_type_id", "driver_node_type_id"];
    match names.into_iter().find(|name| is_given("instance_pool_id") && is_given(name)) {
        Some(name) => Err(Fault::invalid(format!(
            "The field '{name}' cannot be supplied when an instance pool ID is provided."
        ))),
        None => Ok(()),
    }
}

/// A cluster can borrow from pools that the caller may attach to, as "can attach to" says; those that it had
/// `before` may stay. Its nodes wear the pool's profile if that has one, and then it must not ask for one of
/// its own (API reference, `InstancePoolAwsAttributes`). The texts are unverified.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`, `PERMISSION_DENIED` and `INVALID_PARAMETER_VALUE`
fn check_pools(ask: &Ask<'_>, spec: &Spec, before: Option<&ClusterRow>) -> Result<(), Fault> {
    let had = |name: &str, id: &str| {
        let known = before.and_then(|row| row.spec.get(name)).and_then(Value::as_str);
        known == Some(id)
    };
    for (name, id) in [
        ("instance_pool_id", &spec.instance_pool_id),
        ("driver_instance_pool_id", &spec.driver_instance_pool_id),
    ] {
        let Some(id) = id else { continue };
        let pool = instance_pool::find(ask, id)?.read_spec()?;
        let need = Need::On(instance_pool::object(id), Level::CanAttachTo);
        if !had(name, id) && !is_met(&need, ask) {
            let text =
                format!("{} is not authorized to attach to instance pool {id}.", ask.caller.name());
            return Err(Fault::denied(text));
        }
        if pool.aws_attributes.profile().is_some() && spec.aws_attributes.profile().is_some() {
            return Err(Fault::invalid(format!(
                "The instance pool {id} has an instance profile: the cluster must not specify another one."
            )));
        }
    }
    Ok(())
}

/// A cluster can wear what is registered and granted. The texts are unverified.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE` and `PERMISSION_DENIED`
pub fn check_profile(ask: &Ask<'_>, arn: &str) -> Result<(), Fault> {
    if instance_profile::get(ask.view, &ask.host.partition(), arn).is_none() {
        return Err(Fault::invalid(format!(
            "Instance profile {arn} is not registered in this workspace."
        )));
    }
    if !instance_profile::may_use(ask, arn) {
        let text =
            format!("{} is not authorized to use instance profile {arn}.", ask.caller.name());
        return Err(Fault::denied(text));
    }
    Ok(())
}

/// Launches a cluster's nodes. A launch that AWS refuses is an end and not a refusal: the cluster is there, and
/// says why it does not run.
pub(super) fn begin(act: &mut Act<'_, '_>, row: &mut ClusterRow, spec: &Spec) -> Result<(), Fault> {
    let now = act.now();
    row.started = now;
    row.active = now;
    row.libraries.retain(|one| !one.leaves);
    row.spark_context_id = act.entropy().text(b"123456789", 18).parse().unwrap_or_default();
    match launch::launch(act, row, spec) {
        Ok(()) => {
            row.state = State::Running;
            let workers = row.workers.len();
            let size = json!({"current_num_workers": workers, "target_num_workers": workers});
            event::note(act, row, "RUNNING", size)?;
            event::note(act, row, "DRIVER_HEALTHY", json!({}))
        }
        Err(termination) => {
            let details = json!({"reason": termination});
            row.state = State::Terminated(now, termination);
            event::note(act, row, "TERMINATING", details)
        }
    }
}
