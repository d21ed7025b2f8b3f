//! What the clock does: clusters that nobody used for long enough end themselves, pools let go of idle nodes.
//!
//! Nothing runs in the background of a state: whoever looks at a workspace first lets happen what is due.

use names::Timestamp;
use store::View;

use crate::cluster::life::end;
use crate::cluster::termination::Termination;
use crate::cluster::{ClusterRow, spec};
use crate::fault::Fault;
use crate::instance_pool;
use crate::operation::Act;
use crate::warehouse;

/// Whether something is due in a workspace.
#[must_use]
pub fn is_due(view: &View, workspace: &str, now: Timestamp) -> bool {
    view.range::<ClusterRow>(workspace, ..).any(|row| ends(row).is_some_and(|time| time <= now))
        || instance_pool::lend::is_due(view, workspace, now)
        || warehouse::life::is_due(view, workspace, now)
}

/// When a cluster ends itself if nobody uses it.
fn ends(row: &ClusterRow) -> Option<Timestamp> {
    let minutes = minutes(row);
    (row.is_running() && minutes > 0).then(|| row.active.plus_seconds(minutes.saturating_mul(60)))
}

fn minutes(row: &ClusterRow) -> i64 {
    let minutes = row.spec.get("autotermination_minutes").and_then(serde_json::Value::as_i64);
    minutes.filter(|minutes| spec::AUTOTERMINATION_MINUTES.contains(minutes)).unwrap_or(0)
}

/// Lets happen what is due in the workspace whose host was called.
///
/// # Errors
/// A limit of the store.
pub fn settle(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let (workspace, now) = (act.host.partition(), act.now());
    let rows = act.aws.tx.range::<ClusterRow>(&workspace, ..);
    let due: Vec<ClusterRow> = rows
        .filter(|row| ends(row).is_some_and(|time| time <= now))
        .map(|row| ClusterRow::clone(row))
        .collect();
    for mut row in due {
        let reason = Termination::inactivity(minutes(&row));
        end(act, &mut row, reason)?;
        act.tx().put(row)?;
    }
    instance_pool::lend::settle(act)?;
    warehouse::life::settle(act)
}
