//! Contents that no object needs any more. They are noted in the same write that takes them from their object,
//! and removed from the disk afterwards.

use std::borrow::Cow;

use cloud::{Act, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{ContentId, Row, View};

use crate::content::{Body, Piece};

/// Contents to be removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiscardedRow {
    account: AccountId,
    pieces: Vec<Piece>,
    /// Since when nobody needs them.
    pub since: Timestamp,
}

impl Row for DiscardedRow {
    const TABLE: &'static str = "s3_discarded";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        // Contents have one owner, so the first one's id names the row.
        self.pieces.first().map_or_else(String::new, |piece| piece.id.to_string()).into()
    }
}

impl DiscardedRow {
    /// The contents' ids.
    pub fn ids(&self) -> impl Iterator<Item = ContentId> {
        self.pieces.iter().map(|piece| piece.id)
    }
}

/// Notes that nobody needs `body` any more.
///
/// # Errors
/// Those of the store.
pub fn discard(act: &mut Act<'_, '_>, account: AccountId, body: &Body) -> Result<(), Fault> {
    if body.pieces().is_empty() {
        return Ok(());
    }
    let row = DiscardedRow { account, pieces: body.pieces().to_vec(), since: act.now };
    Ok(act.tx.put(row)?)
}

/// Whether something waits to be removed.
#[must_use]
pub fn anything(view: &View) -> bool {
    view.everywhere::<DiscardedRow>().next().is_some()
}
