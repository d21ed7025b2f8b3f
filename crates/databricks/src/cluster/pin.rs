//! Pinning: a cluster that is pinned is kept, and cannot be deleted for good.

use serde::Deserialize;
use serde_json::json;

use crate::cluster::{self, ClusterRow, event};
use crate::fault::Fault;
use crate::operation::{Act, Empty, Write};
use crate::permit::Need;

/// The most pinned clusters ("up to 100", Databricks guide, "Manage compute").
pub const MAX_PINNED: usize = 100;

/// Pins a cluster.
#[derive(Debug, Clone, Deserialize)]
pub struct PinCluster {
    cluster_id: String,
}

operation! {
    PinCluster, Post ["/api/2.0/clusters/pin", "/api/2.1/clusters/pin"] -> Empty, Need::Admin
}

impl Write for PinCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = ClusterRow::clone(cluster::find(&act.ask(), &self.cluster_id)?);
        if row.pinned_by.is_some() {
            return Ok(Empty {});
        }
        let rows = act.aws.tx.range::<ClusterRow>(&row.workspace, ..);
        if rows.filter(|row| row.pinned_by.is_some()).count() >= MAX_PINNED {
            let text = format!("At most {MAX_PINNED} clusters can be pinned.");
            return Err(Fault::new("QUOTA_EXCEEDED", text));
        }
        let user = act.caller.name().to_owned();
        event::note(act, &mut row, "PINNED", json!({"user": user}))?;
        row.pinned_by = Some(user);
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// Unpins a cluster.
#[derive(Debug, Clone, Deserialize)]
pub struct UnpinCluster {
    cluster_id: String,
}

operation! {
    UnpinCluster, Post ["/api/2.0/clusters/unpin", "/api/2.1/clusters/unpin"] -> Empty, Need::Admin
}

impl Write for UnpinCluster {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = ClusterRow::clone(cluster::find(&act.ask(), &self.cluster_id)?);
        if row.pinned_by.take().is_some() {
            let user = act.caller.name().to_owned();
            event::note(act, &mut row, "UNPINNED", json!({"user": user}))?;
            act.tx().put(row)?;
        }
        Ok(Empty {})
    }
}
