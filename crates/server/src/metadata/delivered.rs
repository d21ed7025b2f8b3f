//! The credentials that were delivered to an instance, and when they are made anew.
//!
//! They are sessions that nothing is stored of: a server that is started again makes new ones, and the old
//! ones stay good until they end. Times are the cloud's; what the instance is shown is its own.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cloud::Caller;
use cloud::authorize::Facts;
use cloud::sts::credentials::Credentials;
use cloud::sts::instance_role::AssumeInstanceRole;
use ec2::instance::InstanceRow;
use ec2::instance::worn::{self, Role};
use imds::credentials::{self, Shown};
use names::{Entropy, Timestamp};
use store::Snapshot;
use tokio::sync::Mutex as AsyncMutex;

use crate::clock::OsEntropy;
use crate::perform::Job;
use crate::respond::Failure;
use crate::shared::Shared;

/// EC2 looks after a role's credentials once an hour: that is how late an instance hears that its profile
/// has got another role. Users measured up to 54 minutes; that it is a fixed hour is unverified.
const REFRESH_SECONDS: i64 = 60 * 60;
/// "We make new credentials available at least five minutes before the expiration of the old credentials"
/// (EC2 user guide, "retrieve security credentials from instance metadata").
const OVERLAP_SECONDS: i64 = 5 * 60;
/// How soon to try again what failed, in seconds. Unverified.
const RETRY_SECONDS: i64 = 60;

/// By which version of the service credentials were fetched: each has its own, as `ec2:RoleDelivery` tells
/// them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    V1,
    V2,
}

/// What was delivered to one instance.
#[derive(Default)]
pub(super) struct Delivered {
    latest: Mutex<[Option<Arc<Latest>>; 2]>,
    /// Held while new credentials are made, so that they are made once.
    making: AsyncMutex<()>,
}

/// The latest outcome.
pub(super) struct Latest {
    /// What it was for.
    wish: Wish,
    /// When it is looked after again.
    next: Timestamp,
    /// The version of the account's rows that a failure goes with: it may be over with the next.
    version: u64,
    outcome: Outcome,
}

/// For whom credentials are wanted.
#[derive(Debug)]
struct Wish {
    /// The bond of instance and profile: another one wants other credentials at once.
    association: String,
    /// When the instance was started: so does an instance that was started again.
    started: Timestamp,
}

impl Wish {
    /// Whether it is this order's.
    fn is_of(&self, order: &Order<'_>) -> bool {
        self.association == order.association && self.started == order.row.launched
    }
}

enum Outcome {
    Made { role_name: String, credentials: Box<Made> },
    Refused { role_name: Option<String>, document: Bytes },
}

struct Made {
    credentials: Credentials,
    updated: Timestamp,
    ends: Timestamp,
    /// The document, as it is shown while the clock is this far ahead.
    shown: Mutex<(i64, Bytes)>,
}

/// What making credentials needs to know.
pub(super) struct Order<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) row: &'a InstanceRow,
    pub(super) association: &'a str,
    pub(super) delivery: Delivery,
    pub(super) lifetime_seconds: u32,
}

impl Delivered {
    /// What is there for the instance now. `find` looks for the role when it is time to.
    pub(super) async fn get(
        &self,
        order: &Order<'_>,
        find: impl FnOnce() -> Option<Role>,
    ) -> Arc<Latest> {
        if let Some(latest) = self.fresh(order) {
            return latest;
        }
        let _making = self.making.lock().await;
        if let Some(latest) = self.fresh(order) {
            return latest;
        }
        let before = self.slot(order.delivery).filter(|latest| latest.is_good(order));
        let latest = Arc::new(order.make(find()).await.or_keep(before.as_deref(), order));
        if let Some(slot) = self.lock().get_mut(order.delivery.place()) {
            *slot = Some(Arc::clone(&latest));
        }
        latest
    }

    /// Has new ones made at the next ask.
    pub(super) fn forget(&self) {
        *self.lock() = [None, None];
    }

    fn fresh(&self, order: &Order<'_>) -> Option<Arc<Latest>> {
        self.slot(order.delivery).filter(|latest| latest.is_fresh(order))
    }

    fn slot(&self, delivery: Delivery) -> Option<Arc<Latest>> {
        self.lock().get(delivery.place()).cloned().flatten()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, [Option<Arc<Latest>>; 2]> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Delivery {
    fn place(self) -> usize {
        self as usize
    }

    fn role_delivery(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

impl Latest {
    /// The role that the instance hears of.
    pub(super) fn role_name(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Made { role_name, .. } => Some(role_name),
            Outcome::Refused { role_name, .. } => role_name.as_deref(),
        }
    }

    /// When it came to the instance.
    pub(super) fn updated(&self) -> Option<Timestamp> {
        match &self.outcome {
            Outcome::Made { credentials, .. } => Some(credentials.updated),
            Outcome::Refused { .. } => None,
        }
    }

    /// The document under the role's name.
    pub(super) fn document(&self, ahead_seconds: i64) -> Bytes {
        match &self.outcome {
            Outcome::Made { credentials, .. } => credentials.document(ahead_seconds),
            Outcome::Refused { document, .. } => document.clone(),
        }
    }

    fn is_fresh(&self, order: &Order<'_>) -> bool {
        let now = order.shared.clock.now();
        let unchanged = match &self.outcome {
            Outcome::Made { .. } => true,
            Outcome::Refused { .. } => self.version == order.version(),
        };
        self.wish.is_of(order) && now < self.next && unchanged
    }

    /// Whether it has credentials that are good still.
    fn is_good(&self, order: &Order<'_>) -> bool {
        let now = order.shared.clock.now();
        let ends = match &self.outcome {
            Outcome::Made { credentials, .. } => credentials.ends,
            Outcome::Refused { .. } => return false,
        };
        self.wish.is_of(order) && now < ends
    }

    /// Credentials that cannot be made anew are shown as long as they are good: a role that is taken out of
    /// its profile is shown for hours (user guide, "IAM roles for Amazon EC2").
    fn or_keep(self, before: Option<&Self>, order: &Order<'_>) -> Self {
        match (&self.outcome, before.map(|before| &before.outcome)) {
            (Outcome::Refused { .. }, Some(Outcome::Made { role_name, credentials })) => {
                let now = order.shared.clock.now();
                let next = now.plus_seconds(RETRY_SECONDS).min(credentials.ends);
                let outcome = Outcome::Made {
                    role_name: role_name.clone(),
                    credentials: Box::new(credentials.copy()),
                };
                Self { next, outcome, ..self }
            }
            _ => self,
        }
    }
}

impl Made {
    fn document(&self, ahead_seconds: i64) -> Bytes {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.0 != ahead_seconds || shown.1.is_empty() {
            let theirs = |time: Timestamp| time.plus_seconds(ahead_seconds.saturating_neg());
            let document = Shown {
                last_updated: theirs(self.updated),
                access_key_id: &self.credentials.access_key_id,
                secret_access_key: &self.credentials.secret_access_key,
                token: &self.credentials.session_token,
                expiration: theirs(self.ends),
            };
            *shown = (ahead_seconds, document.document().into());
        }
        shown.1.clone()
    }

    fn copy(&self) -> Self {
        Self {
            credentials: self.credentials.clone(),
            updated: self.updated,
            ends: self.ends,
            shown: Mutex::default(),
        }
    }
}

impl Order<'_> {
    fn wish(&self) -> Wish {
        Wish { association: self.association.to_owned(), started: self.row.launched }
    }

    fn version(&self) -> u64 {
        self.snapshot.version(self.row.account.as_str())
    }

    /// Asks STS as EC2.
    async fn make(&self, role: Option<Role>) -> Latest {
        let now = self.shared.clock.now();
        let latest = |next: i64, outcome| Latest {
            wish: self.wish(),
            next: now.plus_seconds(next),
            version: self.version(),
            outcome,
        };
        let Some(role) = role else {
            let document = credentials::failed(now, "the instance profile has no role").into();
            return latest(RETRY_SECONDS, Outcome::Refused { role_name: None, document });
        };
        let refused = |document: String| {
            let role_name = Some(role.name.clone());
            latest(RETRY_SECONDS, Outcome::Refused { role_name, document: document.into() })
        };
        let operation = AssumeInstanceRole {
            role_arn: role.arn.clone(),
            instance_id: self.row.id.clone(),
            seconds: self.lifetime_seconds,
            context: worn::context(self.row, self.delivery.role_delivery()),
        };
        let made = match self.job().issue(operation).await {
            Ok(made) => made.credentials,
            Err(Failure::Denied(_)) => return refused(credentials::not_trusted(now, &role.name)),
            Err(Failure::Service(fault)) => {
                return refused(credentials::failed(now, &fault.to_string()));
            }
            Err(_) => return refused(credentials::failed(now, "internal failure")),
        };
        let life = i64::from(self.lifetime_seconds);
        let next = REFRESH_SECONDS.min((life - OVERLAP_SECONDS).max(life / 2).max(1));
        let credentials = Made {
            credentials: made,
            updated: now,
            ends: now.plus_seconds(life),
            shown: Mutex::default(),
        };
        let credentials = Box::new(credentials);
        latest(next, Outcome::Made { role_name: role.name.clone(), credentials })
    }

    fn job(&self) -> Job {
        Job {
            facts: Facts::default(),
            moment: self.shared.moment(self.row.region.to_string()),
            caller: Caller::Service { name: "ec2.amazonaws.com", account: self.row.account },
            shared: Arc::clone(self.shared),
            request_id: OsEntropy::new().uuid(),
            snapshot: self.snapshot.clone(),
            before: Vec::new(),
        }
    }
}
