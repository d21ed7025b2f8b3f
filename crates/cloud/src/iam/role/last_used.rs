//! When and where a role was last used.

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

use crate::iam::role::RoleRow;

/// A use is noted only if the last that was noted is this old, as with access keys (of roles unverified).
const SPAN_SECONDS: i64 = 15 * 60;

/// The last noted use of a role. A row of its own, so that a use does not change the role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleUseRow {
    /// The role's account.
    pub account: AccountId,
    /// The role's unique id.
    pub id: String,
    /// When.
    pub used: Timestamp,
    /// The region.
    pub region: String,
}

impl Row for RoleUseRow {
    const TABLE: &'static str = "iam_role_use";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

/// The last use of the role with this id.
#[must_use]
pub fn find<'v>(view: &'v View, role: &RoleRow) -> Option<&'v RoleUseRow> {
    view.get::<RoleUseRow>(role.account.as_str(), &role.id).map(|row| &**row)
}

/// Whether a use of the role at `now` is to be noted.
#[must_use]
pub fn is_due(view: &View, account: AccountId, id: &str, now: Timestamp) -> bool {
    let last = view.get::<RoleUseRow>(account.as_str(), id);
    last.is_none_or(|last| last.used.plus_seconds(SPAN_SECONDS) <= now)
        && view.by_index::<RoleRow>("id", id).is_some()
}

/// Notes a use, if it [is due](is_due).
///
/// # Errors
/// A limit of the store.
pub fn note_use(tx: &mut Tx<'_>, row: RoleUseRow) -> Result<(), RowError> {
    if is_due(tx, row.account, &row.id, row.used) {
        tx.put(row)?;
    }
    Ok(())
}
