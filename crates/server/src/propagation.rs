//! How long IAM's changes take, as it is set for all servers on a store.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use cloud::propagation::{self, Mode};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Store, StoreError, View, WriteError};

use crate::shared::SERVER_ACCOUNT;

/// The setting.
#[derive(Debug)]
pub(crate) struct Propagation(RwLock<Mode>);

/// The setting as it is stored: `seed:42`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PropagationRow {
    mode: String,
}

impl Row for PropagationRow {
    const TABLE: &'static str = "server_propagation";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        SERVER_ACCOUNT
    }

    fn key(&self) -> Cow<'_, str> {
        "propagation".into()
    }
}

impl Propagation {
    /// The setting `wanted`, or else the one that is stored.
    pub(crate) async fn open(store: &Store, wanted: Option<Mode>) -> Result<Self, StoreError> {
        let propagation = Self(RwLock::default());
        match wanted {
            Some(mode) => propagation.set(store, Some(mode)).await?,
            None => propagation.follow(&store.snapshot()),
        }
        Ok(propagation)
    }

    pub(crate) fn mode(&self) -> Mode {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what is stored.
    pub(crate) fn follow(&self, view: &View) {
        let row = view.get::<PropagationRow>(SERVER_ACCOUNT, "propagation");
        self.put(row.and_then(|row| row.mode.parse().ok()).unwrap_or_default());
    }

    /// Sets it. When it ends, everybody sees everything; otherwise what was changed before stays on its
    /// way as long as it was to take then.
    pub(crate) async fn set(&self, store: &Store, mode: Option<Mode>) -> Result<(), StoreError> {
        let mode = mode.unwrap_or_default();
        let written = store.write(SERVER_ACCOUNT, move |tx| {
            let known = tx.get::<PropagationRow>(SERVER_ACCOUNT, "propagation");
            if known.map_or("off", |row| &row.mode) != mode.to_string() {
                tx.put(PropagationRow { mode: mode.to_string() })?;
            }
            Ok(())
        });
        written.await.map_err(store_error)?;
        self.put(mode);
        if mode == Mode::Off { forget(store).await } else { Ok(()) }
    }

    fn put(&self, mode: Mode) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = mode;
    }
}

/// Has every account forget what it was.
async fn forget(store: &Store) -> Result<(), StoreError> {
    let snapshot = store.snapshot();
    let accounts: Vec<String> = snapshot.accounts().map(|(name, _)| name.to_owned()).collect();
    for account in accounts {
        loop {
            let of = account.clone();
            let written = store.write(&account, move |tx| propagation::forget(tx, &of));
            if !written.await.map_err(store_error)? {
                break;
            }
        }
    }
    Ok(())
}

fn store_error(error: WriteError<RowError>) -> StoreError {
    match error {
        WriteError::Store(error) => error,
        other => StoreError::Database(other.to_string()),
    }
}
