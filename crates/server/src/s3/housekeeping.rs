//! Removing what no object needs any more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use s3::discard::DiscardedRow;
use store::limits::CONTENT_GRACE_SECONDS;
use store::{Row, StoreError, WriteError};
use tokio::sync::watch;

use crate::shared::Shared;

/// How long nothing is removed if nothing says that there is something to.
const PAUSE: Duration = Duration::from_secs(60);
/// Rows that are taken away in one write.
const MAX_ROWS: usize = 1000;

/// Removes contents that no row names: what a process before this one wrote and did not commit.
pub(crate) async fn sweep(shared: &Shared) -> Result<(), StoreError> {
    let named = s3::contents(&shared.store.snapshot());
    let swept = shared.contents.sweep(&|id| named.contains(&id)).await?;
    if swept > 0 {
        tracing::info!("removed {swept} contents that no object needs");
    }
    Ok(())
}

/// Removes discarded contents until the server stops.
pub(crate) async fn housekeep(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = remove_discarded(&shared).await {
            tracing::warn!("contents were not removed: {error}");
        }
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = shared.discards.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn remove_discarded(shared: &Shared) -> Result<(), StoreError> {
    let snapshot = shared.store.snapshot();
    // Other servers on the same store may be reading what is discarded.
    let grace = if shared.contents.is_shared() { i64::from(CONTENT_GRACE_SECONDS) } else { 0 };
    let until = shared.clock.now().plus_seconds(-grace);
    let mut removed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in snapshot.everywhere::<DiscardedRow>().filter(|row| row.since <= until).take(MAX_ROWS)
    {
        for id in row.ids() {
            shared.contents.remove(id).await?;
        }
        removed.entry(row.account().to_owned()).or_default().push(row.key().into_owned());
    }
    let is_full = removed.values().map(Vec::len).sum::<usize>() == MAX_ROWS;
    for (account, keys) in removed {
        let of = account.clone();
        let written = shared.store.write(&account, move |tx| {
            keys.iter().try_for_each(|key| tx.delete::<DiscardedRow>(&of, key).map(drop))
        });
        written.await.map_err(|error| match error {
            WriteError::Store(error) => error,
            other => StoreError::Database(other.to_string()),
        })?;
    }
    if is_full {
        shared.discards.notify_one();
    }
    Ok(())
}
