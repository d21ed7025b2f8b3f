//! `DeleteSnapshot`

use super::SnapshotRow;
use crate::describe::delete_operation;
use crate::regional;

delete_operation!(DeleteSnapshot { snapshot_id } of SnapshotRow = |act, row| {
    regional::delete::<SnapshotRow>(act, &row.id)
});
