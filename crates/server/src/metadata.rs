//! Instance metadata: a loopback listener for each instance that somebody asked about, until the instance
//! stops.
//!
//! ```text
//! control API ── open ──▶ listener.rs ── answer.rs ──▶ imds (what is asked) ── facts.rs (who the instance is)
//!                                            └──────▶ worn.rs (profile, role) ── delivered.rs (credentials)
//! ```

mod answer;
mod delivered;
mod facts;
mod identity;
mod listener;
mod port;
#[cfg(test)]
mod tests;
mod worn;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloud::secrets::SealingKey;
use ec2::instance::{InstanceRow, State};
use imds::{Signer, Tokens};
use names::{AccountId, Timestamp};
use store::{RowError, View};
use tokio::sync::{OnceCell, watch};

use crate::shared::Shared;
use delivered::Delivered;

pub(crate) use identity::IdentityKeyRow;
pub(crate) use port::PortRow;

/// Seconds that delivered credentials last, unless somebody shortens it: "about 6 hours" is what instances
/// report, such as 6 h 35 min in one public listing (unverified to the minute).
pub(crate) const LIFETIME_SECONDS: u32 = 6 * 60 * 60;
/// The shortest life of delivered credentials that can be asked for, in seconds.
pub(crate) const MIN_LIFETIME_SECONDS: u32 = 1;

/// All open listeners, and what they share.
pub(crate) struct Metadata {
    open: Mutex<HashMap<String, Arc<Open>>>,
    tokens: Tokens,
    signer: OnceCell<Arc<Signer>>,
    /// Held while a listener is opened, so that an instance gets one.
    opening: tokio::sync::Mutex<()>,
}

/// An instance with a listener.
pub(crate) struct Open {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) address: SocketAddr,
    /// Seconds that the credentials last that are delivered next.
    lifetime_seconds: AtomicU32,
    delivered: Delivered,
    stop: watch::Sender<bool>,
}

/// Why an instance has no listener.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Closed {
    #[error("there is no instance `{0}`: `rolecall instances` lists them")]
    Unknown(String),
    #[error("instance `{id}` is {state}: its metadata can be read while it runs")]
    NotRunning {
        /// The instance.
        id: String,
        /// Its state.
        state: &'static str,
    },
    #[error("no listener for instance `{id}`: {source}")]
    Listen {
        /// The instance.
        id: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Metadata {
    /// No listeners yet; tokens are sealed by a key that follows from the server's.
    pub(crate) fn new(key: &SealingKey) -> Self {
        Self {
            open: Mutex::default(),
            tokens: Tokens::new(&key.derive("rolecall metadata token")),
            signer: OnceCell::new(),
            opening: tokio::sync::Mutex::default(),
        }
    }

    /// The listener of an instance that has one.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Open>> {
        self.all().get(id).cloned()
    }

    /// The listener of the instance `id`, opened now if need be.
    pub(crate) async fn open(&self, shared: &Arc<Shared>, id: &str) -> Result<Arc<Open>, Closed> {
        let snapshot = shared.store.snapshot();
        let row = find_row(&snapshot, id).ok_or_else(|| Closed::Unknown(id.to_owned()))?;
        let state = row.life.state(shared.clock.now());
        if !is_reachable(state) {
            let (id, state) = (id.to_owned(), state.name());
            return Err(Closed::NotRunning { id, state });
        }
        let _opening = self.opening.lock().await;
        if let Some(open) = self.find(id) {
            return Ok(open);
        }
        let failed = |source| Closed::Listen { id: id.to_owned(), source };
        let bound = port::bind(&shared.store, id).await.map_err(failed)?;
        let address = bound.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let open = Arc::new(Open {
            id: id.to_owned(),
            account: row.account,
            region: row.region.to_string(),
            address,
            lifetime_seconds: AtomicU32::new(LIFETIME_SECONDS),
            delivered: Delivered::default(),
            stop,
        });
        self.all().insert(id.to_owned(), Arc::clone(&open));
        tokio::spawn(listener::run(bound, Arc::clone(&open), Arc::clone(shared), stopped));
        Ok(open)
    }

    /// Closes the listeners of instances that run no more.
    pub(crate) fn close_stopped(&self, view: &View, now: Timestamp) {
        let mut all = self.all();
        all.retain(|_, open| {
            let reachable = open.row(view).is_some_and(|row| is_reachable(row.life.state(now)));
            if !reachable {
                open.close();
            }
            reachable
        });
    }

    /// Closes all listeners.
    pub(crate) fn close_all(&self) {
        self.all().drain().for_each(|(_, open)| open.close());
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Open>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Lets credentials last this long from now on, and makes new ones at the next ask.
    pub(crate) fn rotate(&self, lifetime_seconds: u32) {
        self.lifetime_seconds.store(lifetime_seconds, Ordering::Relaxed);
        self.delivered.forget();
    }

    /// Where its metadata is.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    fn row<'v>(&self, view: &'v View) -> Option<&'v Arc<InstanceRow>> {
        let key = ec2::regional::key(&self.region, &self.id);
        view.get::<InstanceRow>(self.account.as_str(), &key)
    }

    fn close(&self) {
        let _ = self.stop.send(true);
    }
}

/// The instance of this id, in whichever account and region.
pub(crate) fn find_row<'v>(view: &'v View, id: &str) -> Option<&'v Arc<InstanceRow>> {
    view.everywhere::<InstanceRow>().find(|row| row.id == id)
}

/// Whether an instance in this state can ask for its metadata.
fn is_reachable(state: State) -> bool {
    !matches!(state, State::Stopped | State::Terminated)
}

/// Adds the rows of the metadata service.
pub(crate) fn add_rows(schema: store::Schema) -> store::Schema {
    schema.with::<PortRow>().with::<IdentityKeyRow>()
}

/// Takes a store's error for one of the operating system, as which it is told.
fn io_error(error: store::WriteError<RowError>) -> std::io::Error {
    std::io::Error::other(error.to_string())
}
