//! Changing a cluster. One that runs is restarted with what it is to be now.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::acl::{Level, Object, ObjectKind};
use crate::cluster::create::read;
use crate::cluster::life::renew;
use crate::cluster::{self, ClusterRow, event};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Write};
use crate::permit::{Need, is_met};

/// Replaces all of a cluster's description.
#[derive(Debug, Clone, Deserialize)]
pub struct EditCluster {
    cluster_id: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operation for EditCluster {
    const NAME: &'static str = "EditCluster";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/clusters/edit", "/api/2.1/clusters/edit"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanManage)
    }
}

impl Write for EditCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        edit(act, &self.cluster_id, &self.fields)
    }
}

fn edit(act: &mut Act<'_, '_>, id: &str, sent: &Map<String, Value>) -> Result<Empty, Fault> {
    let before = ClusterRow::clone(cluster::find(&act.ask(), id)?);
    check_policy(&act.ask(), &before, sent)?;
    let (fields, spec) = read(&act.ask(), sent, Some(&before))?;
    let mut row = ClusterRow { spec: fields, ..before.clone() };
    row.default_tags.insert("ClusterName".to_owned(), spec.cluster_name.clone().into());
    let details = json!({
        "user": act.caller.name(), "attributes": row.spec, "previous_attributes": before.spec,
    });
    event::note(act, &mut row, "EDITED", details)?;
    if row.is_running() {
        // What runs is what was described before: it is ended as such.
        let described = std::mem::replace(&mut row.spec, before.spec);
        let old = row.read_spec()?;
        let nodes: Vec<_> = row.nodes().cloned().collect();
        cluster::launch::end(act, &mut row, &old, &nodes)?;
        row.spec = described;
        row.driver = None;
        row.workers.clear();
        renew(act, &mut row)?;
    }
    act.tx().put(row)?;
    Ok(Empty {})
}

/// Whoever may not make clusters of any kind may not leave the policy either.
fn check_policy(
    ask: &Ask<'_>,
    before: &ClusterRow,
    sent: &Map<String, Value>,
) -> Result<(), Fault> {
    let policy_of = |fields: &Map<String, Value>| {
        fields
            .get("policy_id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
    };
    let new = policy_of(sent);
    if new == policy_of(&before.spec) {
        return Ok(());
    }
    let entitled = Need::Entitlement("allow-cluster-create");
    let need = match &new {
        Some(id) => Need::AnyOf(vec![
            entitled,
            Need::On(Object::new(ObjectKind::ClusterPolicy, id), Level::CanUse),
        ]),
        None => entitled,
    };
    if is_met(&need, ask) {
        return Ok(());
    }
    let text =
        format!("{} is not authorized to change the policy of the cluster.", ask.caller.name());
    Err(Fault::denied(text))
}

/// Changes some of a cluster's description.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateCluster {
    cluster_id: String,
    update_mask: String,
    #[serde(default)]
    cluster: Map<String, Value>,
}

impl Operation for UpdateCluster {
    const NAME: &'static str = "UpdateCluster";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] =
        &["/api/2.0/clusters/update", "/api/2.1/clusters/update"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanManage)
    }
}

impl Write for UpdateCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut fields = cluster::find(&act.ask(), &self.cluster_id)?.spec.clone();
        for path in self.update_mask.split(',').map(str::trim).filter(|path| !path.is_empty()) {
            copy(&self.cluster, &mut fields, path);
        }
        edit(act, &self.cluster_id, &fields)
    }
}

/// Sets in `to` what `from` has at `path`, or takes it out.
fn copy(from: &Map<String, Value>, to: &mut Map<String, Value>, path: &str) {
    if path == "*" {
        to.clone_from(from);
        return;
    }
    match path.split_once('.') {
        Some((outer, inner)) => {
            let empty = Map::new();
            let within = from.get(outer).and_then(Value::as_object).unwrap_or(&empty);
            let entry = to.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(entry) = entry {
                copy(within, entry, inner);
            }
        }
        None => match from.get(path) {
            Some(value) => {
                to.insert(path.to_owned(), value.clone());
            }
            None => {
                to.remove(path);
            }
        },
    }
    // A cluster has one kind of size.
    for (one, other) in [("num_workers", "autoscale"), ("autoscale", "num_workers")] {
        if path == one && from.contains_key(one) {
            to.remove(other);
        }
    }
}
