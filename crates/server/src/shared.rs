//! What all requests share.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cloud::iam::mfa_device::{self, CodeAnswer};
use cloud::organizations::membership;
use cloud::policy_cache::PolicyCache;
use cloud::secrets::{MfaAnswer, SEALING_KEY_BYTES, SealingKey, Secrets};
use cloud::{Ask, Caller};
use names::{AccountId, Entropy, access_key_account};
use serde::{Deserialize, Serialize};
use store::{Contents, Row, RowError, Snapshot, Store, StoreError, WriteError};
use tokio::sync::Notify;

use crate::authenticate::root_account;
use crate::clock::{self, Clock, ClockChange, ClockError, ClockRow, OsEntropy};
use crate::config::Config;
use crate::databricks;
use crate::decisions::Decisions;
use crate::keys::SigningKeys;
use crate::listen::Bounds;
use crate::metadata::{IdentityKeyRow, Metadata};
use crate::metrics::Metrics;
use crate::needs::Needs;
use crate::perform::Moment;
use crate::propagation::Propagation;
use crate::stacks::Stacks;
use crate::uses::Uses;

/// Where what belongs to no AWS account is stored.
pub(crate) const SERVER_ACCOUNT: &str = "rolecall";

/// The server's state beside what is stored.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    pub(crate) bounds: Bounds,
    pub(crate) clock: Clock,
    pub(crate) propagation: Propagation,
    pub(crate) metadata: Metadata,
    pub(crate) store: Store,
    pub(crate) contents: Contents,
    /// Told when contents may have been discarded.
    pub(crate) discards: Notify,
    pub(crate) policies: PolicyCache,
    pub(crate) signing_keys: SigningKeys,
    pub(crate) decisions: Decisions,
    pub(crate) hosts: databricks::Hosts,
    pub(crate) stacks: Stacks,
    pub(crate) uses: Arc<Uses>,
    pub(crate) needs: Needs,
    pub(crate) secrets: Arc<Secrets>,
}

/// Why the clock was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClockFailure {
    /// It cannot be.
    #[error(transparent)]
    Refused(#[from] ClockError),
    /// The store failed.
    #[error("{0}")]
    Store(String),
}

impl From<RowError> for ClockFailure {
    fn from(error: RowError) -> Self {
        Self::Store(error.to_string())
    }
}

/// A state on its way.
pub(crate) type Current = Pin<Box<dyn Future<Output = Result<Snapshot, StoreError>> + Send>>;

/// The key that seals session tokens, shared by all servers on one store.
#[derive(Serialize, Deserialize)]
pub(crate) struct SealRow {
    key: [u8; SEALING_KEY_BYTES],
}

impl Row for SealRow {
    const TABLE: &'static str = "server_seal";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        SERVER_ACCOUNT
    }

    fn key(&self) -> Cow<'_, str> {
        "seal".into()
    }
}

impl Shared {
    /// What a server on `store` shares; the sealing key is made at the first start.
    pub(crate) async fn open(config: Config, store: Store) -> Result<Self, StoreError> {
        let sealing_key = SealingKey::new(&seal(&store).await?);
        let propagation = Propagation::open(&store, config.propagation).await?;
        let clock = Clock::new(ClockRow::find(&store.snapshot()));
        let contents = Contents::open(&config.place).await?;
        let latency = config.latency;
        Ok(Self {
            config,
            metrics: Metrics::default(),
            bounds: Bounds::default(),
            clock,
            propagation,
            metadata: Metadata::new(&sealing_key),
            store,
            contents,
            discards: Notify::new(),
            policies: PolicyCache::new(),
            signing_keys: SigningKeys::default(),
            decisions: Decisions::default(),
            hosts: databricks::Hosts::default(),
            stacks: Stacks::default(),
            uses: Arc::default(),
            needs: Needs::default(),
            secrets: Arc::new(Secrets { sealing_key, mfa: check_code, latency }),
        })
    }

    /// The account whose state a request must see: that of its access key, before anything is proved.
    pub(crate) fn account_of(&self, access_key_id: Option<&str>) -> AccountId {
        let own = self.config.account;
        access_key_id.and_then(|id| key_account(id, own)).unwrap_or(own)
    }

    /// The state with `account` as new as any server on the store has it.
    pub(crate) async fn current(&self, account: AccountId) -> Result<Snapshot, StoreError> {
        if self.store.is_alone() {
            Ok(self.store.snapshot())
        } else {
            self.refreshed(account).await
        }
    }

    fn refreshed(&self, account: AccountId) -> Current {
        let store = self.store.clone();
        // Boxed, as the compiler cannot prove of the bare future that it can move between threads.
        Box::pin(async move {
            let snapshot = store.refresh(account.as_str()).await?;
            // Its guardrails are its management account's to change.
            match membership::management_of(&snapshot, account) {
                Some(management) if management != account => {
                    store.refresh(management.as_str()).await
                }
                _ => Ok(snapshot),
            }
        })
    }

    /// When and where a request to `region` is served.
    pub(crate) fn moment(&self, region: String) -> Moment {
        let now_ms = self.clock.now_ms();
        Moment { now: clock::seconds(now_ms), now_ms, ahead_ms: self.clock.ahead_ms(), region }
    }

    /// Changes the clock, for all servers on the store.
    pub(crate) async fn change_clock(&self, change: ClockChange) -> Result<(), ClockFailure> {
        let written = self.store.write(SERVER_ACCOUNT, move |tx| {
            let row = ClockRow::after(ClockRow::find(tx), change, clock::real_now_ms())?;
            tx.put(row.clone())?;
            Ok(row)
        });
        let row = written.await.map_err(|error| match error {
            WriteError::Refused(refused) => refused,
            other => ClockFailure::Store(other.to_string()),
        })?;
        self.clock.follow(Some(&row));
        self.close_stopped();
        self.stacks.wake();
        Ok(())
    }

    /// Closes the metadata of instances that run no more.
    pub(crate) fn close_stopped(&self) {
        self.metadata.close_stopped(&self.store.snapshot(), self.clock.now());
    }

    /// Takes over what other servers on the store did to clock and propagation.
    pub(crate) async fn follow_others(&self) -> Result<(), StoreError> {
        let snapshot = self.store.refresh(SERVER_ACCOUNT).await?;
        self.clock.follow(ClockRow::find(&snapshot));
        self.propagation.follow(&snapshot);
        Ok(())
    }

    /// Empties everything and sets the clock to the real time. The keys stay: sessions are sealed with one,
    /// and somebody may have the other's certificate.
    pub(crate) async fn reset(&self) -> Result<(), StoreError> {
        self.metadata.close_all();
        let before = self.store.snapshot();
        self.store.reset().await?;
        crate::s3::sweep(self).await?;
        self.keep_keys(before).await?;
        self.clock.begin();
        self.propagation.set(&self.store, self.config.propagation).await?;
        self.decisions.clear();
        self.needs.clear();
        Ok(())
    }

    /// Replaces everything by an export. The keys stay, as at a [reset](Self::reset).
    pub(crate) async fn import(&self, text: &str) -> Result<(), StoreError> {
        let before = self.store.snapshot();
        self.store.import(text).await?;
        crate::s3::sweep(self).await?;
        self.metadata.close_all();
        self.keep_keys(before).await?;
        let snapshot = self.store.snapshot();
        self.clock.follow(ClockRow::find(&snapshot));
        self.propagation.follow(&snapshot);
        self.decisions.clear();
        self.needs.clear();
        Ok(())
    }

    /// Puts the server's own keys where they were.
    async fn keep_keys(&self, before: Snapshot) -> Result<(), StoreError> {
        let written = self.store.write(SERVER_ACCOUNT, move |tx| -> Result<(), RowError> {
            if let Some(seal) = before.get::<SealRow>(SERVER_ACCOUNT, "seal") {
                tx.put(SealRow { key: seal.key })?;
            }
            if let Some(key) = before.get::<IdentityKeyRow>(SERVER_ACCOUNT, "key") {
                tx.put(IdentityKeyRow::clone(key))?;
            }
            Ok(())
        });
        written.await.map_err(|error| StoreError::Database(error.to_string()))
    }
}

fn key_account(access_key_id: &str, own: AccountId) -> Option<AccountId> {
    root_account(access_key_id, own).or_else(|| access_key_account(access_key_id))
}

async fn seal(store: &Store) -> Result<[u8; SEALING_KEY_BYTES], StoreError> {
    let written = store.write(SERVER_ACCOUNT, |tx| -> Result<[u8; SEALING_KEY_BYTES], RowError> {
        if let Some(row) = tx.get::<SealRow>(SERVER_ACCOUNT, "seal") {
            return Ok(row.key);
        }
        let mut key = [0; SEALING_KEY_BYTES];
        OsEntropy::new().fill(&mut key);
        tx.insert(SealRow { key })?;
        Ok(key)
    });
    written.await.map_err(|error| match error {
        WriteError::Store(error) => error,
        other => StoreError::Database(other.to_string()),
    })
}

/// Whether a user's device shows `code` now.
fn check_code(ask: &Ask<'_>, serial: &str, code: &str) -> MfaAnswer {
    let Caller::User(user) = ask.caller else { return MfaAnswer::UnknownDevice };
    match mfa_device::check_code(ask.view, user, serial, code, ask.standpoint.client_time()) {
        CodeAnswer::Good(_) => MfaAnswer::Accepted,
        CodeAnswer::Wrong => MfaAnswer::WrongCode,
        CodeAnswer::UnknownDevice => MfaAnswer::UnknownDevice,
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").field("config", &self.config).finish_non_exhaustive()
    }
}
