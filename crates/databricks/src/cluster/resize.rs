//! Changing how many workers a running cluster has.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::acl::Level;
use crate::cluster::spec::Spec;
use crate::cluster::{self, ClusterRow, event, launch};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Write};
use crate::permit::Need;

/// Changes the size.
#[derive(Debug, Clone, Deserialize)]
pub struct ResizeCluster {
    cluster_id: String,
    num_workers: Option<i64>,
    autoscale: Option<Value>,
}

impl Operation for ResizeCluster {
    const NAME: &'static str = "ResizeCluster";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] =
        &["/api/2.0/clusters/resize", "/api/2.1/clusters/resize"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanRestart)
    }
}

impl Write for ResizeCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = ClusterRow::clone(cluster::find(&act.ask(), &self.cluster_id)?);
        if !row.is_running() {
            let text = format!("Cluster {} is in unexpected state Terminated.", row.id);
            return Err(Fault::state(text));
        }
        match (&self.num_workers, &self.autoscale) {
            (Some(count), None) => {
                row.spec.remove("autoscale");
                row.spec.insert("num_workers".to_owned(), (*count).into());
            }
            (None, Some(scale)) => {
                row.spec.remove("num_workers");
                row.spec.insert("autoscale".to_owned(), scale.clone());
            }
            _ => {
                let text = "Exactly one of num_workers or autoscale must be specified.";
                return Err(Fault::invalid(text));
            }
        }
        let ask = act.ask();
        let (fields, spec) = cluster::create::read(&ask, &row.spec, Some(&row))?;
        row.spec = fields;
        let target = wanted(&spec, row.workers.len());
        let sizes = json!({
            "current_num_workers": row.workers.len(), "target_num_workers": target,
            "cause": "USER_REQUEST", "user": act.caller.name(),
        });
        row.active = act.now();
        event::note(act, &mut row, "RESIZING", sizes)?;
        resize(act, &mut row, &spec, target)?;
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// How many workers there are to be: within the range, as few changes as can be.
fn wanted(spec: &Spec, now: usize) -> usize {
    match spec.autoscale {
        Some(scale) => {
            let least = usize::try_from(scale.min_workers).unwrap_or(0);
            let most = usize::try_from(scale.max_workers).unwrap_or(0);
            now.clamp(least, most.max(least))
        }
        None => spec.workers(),
    }
}

/// Nodes that AWS does not give leave the cluster as it is, with an event that says why.
fn resize(
    act: &mut Act<'_, '_>,
    row: &mut ClusterRow,
    spec: &Spec,
    target: usize,
) -> Result<(), Fault> {
    let now = row.workers.len();
    if target > now {
        if let Err(reason) = launch::more(act, row, spec, target - now) {
            return event::note(act, row, "ADD_NODES_FAILED", json!({"reason": reason}));
        }
    } else {
        let gone = row.workers.split_off(target);
        launch::end(act, row, spec, &gone)?;
    }
    let sizes = json!({"current_num_workers": row.workers.len(), "target_num_workers": target});
    event::note(act, row, "UPSIZE_COMPLETED", sizes)
}
