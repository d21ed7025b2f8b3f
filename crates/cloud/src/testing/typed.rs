//! A cloud in memory: operations come as JSON, are authorized and run as in a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use names::{AccountId, Entropy, Timestamp};
use serde_json::Value;
use store::{Options, Place, RowError, Schema, Snapshot, Store, Tx, WriteError};

use crate::authorize::{Facts, authorize};
use crate::iam::document::Document;
use crate::iam::policy::{PolicyRow, PolicyVersion};
use crate::iam::user::{self, UserRow};
use crate::operation::{Act, Ask, Issue, Operation, Read, Write};
use crate::policy_cache::PolicyCache;
use crate::secrets::{SEALING_KEY_BYTES, SealingKey, Secrets};
use crate::table::{self, Visitor};
use crate::{Authorized, Caller, Demand, Fault, Refusal};

/// The account of tests.
pub(crate) const ACCOUNT: &str = "123456789012";
/// When tests begin: 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600;

/// An answer, or code and message of an error.
pub(crate) type Answer = Result<Value, (String, String)>;

/// Some state and a clock that stands still.
pub(crate) struct Cloud {
    store: Store,
    cache: PolicyCache,
    now: AtomicI64,
    seed: Arc<AtomicU64>,
    secrets: Arc<Secrets>,
}

impl Cloud {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let schema = crate::iam::add_rows(Schema::new());
        let store = wait(Store::open(Place::Memory, schema, Options::default())).unwrap();
        let secrets = Arc::new(Secrets::new(SealingKey::new(&[7; SEALING_KEY_BYTES])));
        Self { store, cache: PolicyCache::new(), now: START.into(), seed: Arc::default(), secrets }
    }

    fn ask<'a>(&'a self, view: &'a Snapshot, caller: &'a Caller) -> Ask<'a> {
        Ask { view, caller, now: self.now(), region: "us-east-1", secrets: &self.secrets }
    }

    /// Runs `O` as root.
    pub(crate) fn run<O: Operation>(&self, input: Value) -> Answer {
        self.run_as::<O>(&Caller::Root(account()), input)
    }

    /// Runs `O` as `caller`.
    pub(crate) fn run_as<O: Operation>(&self, caller: &Caller, input: Value) -> Answer {
        self.call(caller, O::SERVICE, O::NAME, input)
    }

    /// Runs the operation that the table has under this name.
    pub(crate) fn call(
        &self,
        caller: &Caller,
        service: crate::Service,
        name: &str,
        input: Value,
    ) -> Answer {
        let run = Run { cloud: self, caller, input };
        table::visit(service, name, run).unwrap_or_else(|| panic!("`{name}` is not in the table"))
    }

    /// What the operation asks of IAM.
    pub(crate) fn demands(
        &self,
        caller: &Caller,
        service: crate::Service,
        name: &str,
        input: Value,
    ) -> Vec<Demand> {
        let ask = Demands { cloud: self, caller, input };
        table::visit(service, name, ask).unwrap_or_else(|| panic!("`{name}` is not in the table"))
    }

    /// A user with an inline policy that allows `action` on `resource`.
    pub(crate) fn user_who_may(&self, name: &str, action: &str, resource: &str) -> Caller {
        let mut user = UserRow::new(account(), name, "/", format!("AIDA{name}"), time(START));
        user.inline.insert("p".to_owned(), Document::new(&allow(action, resource)));
        self.write(move |tx| tx.insert(user.clone()));
        self.caller(name)
    }

    /// A customer managed policy; gives its ARN.
    pub(crate) fn policy(&self, name: &str, document: &str) -> String {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
        let version =
            PolicyVersion { number: 1, document: Document::new(document), created: time(START) };
        let row = PolicyRow {
            account: account(),
            name: name.to_owned(),
            path: "/".to_owned(),
            id: format!("ANPA{name}"),
            arn: arn.clone(),
            description: None,
            created: time(START),
            updated: time(START),
            default_version: 1,
            newest_version: 1,
            versions: vec![version],
            tags: Vec::new(),
        };
        self.write(move |tx| tx.insert(row.clone()));
        arn
    }

    /// The user as a caller.
    pub(crate) fn caller(&self, name: &str) -> Caller {
        Caller::User(Arc::clone(user::find(&self.state(), account(), name).unwrap()))
    }

    /// The state.
    pub(crate) fn state(&self) -> Snapshot {
        self.store.snapshot()
    }

    /// Changes the state behind the operations' back.
    pub(crate) fn write(
        &self,
        body: impl FnMut(&mut Tx<'_>) -> Result<(), RowError> + Send + 'static,
    ) {
        wait(self.store.write(ACCOUNT, body)).unwrap();
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        time(self.now.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub(crate) fn sleep(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// A policy that allows `action` on `resource`.
pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
    )
}

/// The account of tests.
pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

/// An error, as [`Cloud::run`] gives it.
pub(crate) fn error(code: &str, message: &str) -> Answer {
    Err((code.to_owned(), message.to_owned()))
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// One request.
struct Run<'a> {
    cloud: &'a Cloud,
    caller: &'a Caller,
    input: Value,
}

impl Run<'_> {
    fn authorize<O: Operation>(&self, ask: &Ask<'_>) -> Result<Authorized<O>, (String, String)> {
        let operation: O = serde_json::from_value(self.input.clone()).unwrap();
        authorize(operation, ask, &Facts::default(), &self.cloud.cache).map_err(refused)
    }
}

impl Visitor for Run<'_> {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let state = self.cloud.state();
        let ask = self.cloud.ask(&state, self.caller);
        let output = self.authorize::<O>(&ask)?.read(&ask).map_err(fault)?;
        Ok(serde_json::to_value(output).unwrap())
    }

    fn issue<O: Issue>(self) -> Answer {
        let state = self.cloud.state();
        let ask = self.cloud.ask(&state, self.caller);
        let mut entropy = Counting(Arc::clone(&self.cloud.seed));
        let output = self.authorize::<O>(&ask)?.issue(&ask, &mut entropy).map_err(fault)?;
        Ok(serde_json::to_value(output).unwrap())
    }

    fn write<O: Write>(self) -> Answer {
        let (state, now) = (self.cloud.state(), self.cloud.now());
        let ask = self.cloud.ask(&state, self.caller);
        let authorized = self.authorize::<O>(&ask)?;
        let (caller, seed) = (self.caller.clone(), Arc::clone(&self.cloud.seed));
        let secrets = Arc::clone(&self.cloud.secrets);
        let written = wait(self.cloud.store.write(ACCOUNT, move |tx| {
            let mut entropy = Counting(Arc::clone(&seed));
            let entropy = &mut entropy;
            let mut act =
                Act { tx, caller: &caller, now, region: "us-east-1", secrets: &secrets, entropy };
            authorized.write(&mut act).map(|output| serde_json::to_value(output).unwrap())
        }));
        written.map_err(|error| match error {
            WriteError::Refused(refused) => fault(refused),
            other => panic!("{other}"),
        })
    }
}

/// What a request asks of IAM.
struct Demands<'a> {
    cloud: &'a Cloud,
    caller: &'a Caller,
    input: Value,
}

impl Demands<'_> {
    fn of<O: Operation>(self) -> Vec<Demand> {
        let state = self.cloud.state();
        let ask = self.cloud.ask(&state, self.caller);
        let operation: O = serde_json::from_value(self.input).unwrap();
        operation.demands(&ask).unwrap()
    }
}

impl Visitor for Demands<'_> {
    type Out = Vec<Demand>;

    fn read<O: Read>(self) -> Vec<Demand> {
        self.of::<O>()
    }

    fn issue<O: Issue>(self) -> Vec<Demand> {
        self.of::<O>()
    }

    fn write<O: Write>(self) -> Vec<Demand> {
        self.of::<O>()
    }
}

fn refused(refusal: Refusal) -> (String, String) {
    match refusal {
        Refusal::Fault(failure) => fault(failure),
        Refusal::Denied(decided) => {
            let last = decided.last().unwrap();
            let text = iam::message::denial(&last.decision, &last.request, &last.around).unwrap();
            ("AccessDenied".to_owned(), text)
        }
    }
}

fn fault(fault: Fault) -> (String, String) {
    (fault.code.to_owned(), fault.message)
}

/// Bytes that never repeat and are the same in every run (SplitMix64).
struct Counting(Arc<AtomicU64>);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut value =
                self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&value.to_le_bytes()[..chunk.len()]);
        }
    }
}
