//! A cloud in memory for unit tests: operations are found in the table, decoded from JSON, authorized
//! and run, as a server does it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use names::{AccountId, Entropy, IdKind, Timestamp, unique_id};
use serde_json::{Value, json};
use store::{Options, Place, RowError, Snapshot, Store, Tx, WriteError};

use crate::authorize::{Facts, Refusal, authorize};
use crate::caller::{Caller, Session, SessionKind};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::policy::{PolicyRow, PolicyVersion};
use crate::iam::role;
use crate::iam::user::{self, UserRow};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::policy_cache::PolicyCache;
use crate::table::{self, Visitor};

/// The account that tests work in.
pub(crate) const ACCOUNT: &str = "123456789012";

/// What an operation answers: JSON, or its code and message.
pub(crate) type Answer = Result<Value, (String, String)>;

/// A cloud in memory.
pub(crate) struct Cloud {
    runtime: tokio::runtime::Runtime,
    store: Store,
    cache: Arc<PolicyCache>,
    entropy: Arc<Mutex<Seeded>>,
    /// When the cloud began.
    pub(crate) now: Timestamp,
    /// Seconds that have passed since.
    passed: AtomicI64,
}

/// SplitMix64: enough to tell ids apart, and the same in every run.
struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

/// The account as a value.
pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

/// The root user of [`ACCOUNT`].
pub(crate) fn root() -> Caller {
    Caller::Root(account())
}

/// A document that allows `action` on `resource`.
pub(crate) fn allow(action: &str, resource: &str) -> String {
    statement(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
}

/// A document of one statement.
pub(crate) fn statement(statement: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

/// A trust policy for EC2.
pub(crate) fn trust_ec2() -> String {
    let principal = json!({"Service": "ec2.amazonaws.com"});
    statement(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

/// The code of a failure.
pub(crate) fn code(answer: Answer) -> String {
    answer.expect_err("must be refused").0
}

/// A failure with this code and message.
pub(crate) fn failure(code: &str, message: &str) -> Answer {
    Err((code.to_owned(), message.to_owned()))
}

impl Cloud {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let open = Store::open(Place::Memory, crate::schema::schema(), Options::default());
        Self {
            store: runtime.block_on(open).unwrap(),
            runtime,
            cache: Arc::default(),
            entropy: Arc::new(Mutex::new(Seeded(1))),
            now: Timestamp::from_unix_seconds(1_700_000_000),
            passed: AtomicI64::new(0),
        }
    }

    /// Runs the IAM operation `name` as root.
    pub(crate) fn run(&self, name: &str, input: Value) -> Answer {
        self.run_as(&root(), name, input)
    }

    /// Runs the IAM operation `name`.
    pub(crate) fn run_as(&self, caller: &Caller, name: &str, input: Value) -> Answer {
        let call = Call { cloud: self, caller, input };
        table::visit(Service::Iam, name, call).expect("the operation is in the table")
    }

    /// What the IAM operation `name` demands of root.
    pub(crate) fn demands(&self, name: &str, input: Value) -> Vec<Demand> {
        self.demands_of(&root(), name, input)
    }

    /// What the IAM operation `name` demands.
    pub(crate) fn demands_of(&self, caller: &Caller, name: &str, input: Value) -> Vec<Demand> {
        let call = Demands(Call { cloud: self, caller, input });
        table::visit(Service::Iam, name, call).expect("the operation is in the table")
    }

    /// The time of the next call.
    pub(crate) fn time(&self) -> Timestamp {
        self.now.plus_seconds(self.passed.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub(crate) fn sleep(&self, seconds: i64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The state.
    pub(crate) fn view(&self) -> Snapshot {
        self.store.snapshot()
    }

    /// Changes rows directly.
    pub(crate) fn change<R: store::Row + Clone>(&self, row: R) {
        let account = row.account().to_owned();
        let write = self.store.write(&account, move |tx| tx.put(row.clone()));
        self.runtime.block_on(write).unwrap();
    }

    /// Changes the state directly.
    pub(crate) fn write(
        &self,
        body: impl FnMut(&mut Tx<'_>) -> Result<(), RowError> + Send + 'static,
    ) {
        self.runtime.block_on(self.store.write(ACCOUNT, body)).unwrap();
    }

    /// Removes a row directly.
    pub(crate) fn remove<R: store::Row>(&self, account: &str, key: &str) {
        let (of, key) = (account.to_owned(), key.to_owned());
        let write = self.store.write(account, move |tx| tx.delete::<R>(&of, &key));
        assert!(self.runtime.block_on(write).unwrap().is_some(), "nothing to remove");
    }

    /// A user with one inline policy, and its caller.
    pub(crate) fn user(&self, name: &str, policy: &str) -> Caller {
        Caller::User(Arc::new(self.user_in(ACCOUNT, "/", name, policy)))
    }

    /// The caller that the user `name` of [`ACCOUNT`] is.
    pub(crate) fn caller(&self, name: &str) -> Caller {
        Caller::User(Arc::clone(user::find(&self.view(), account(), name).unwrap()))
    }

    /// A user of any account.
    pub(crate) fn user_in(&self, account: &str, path: &str, name: &str, policy: &str) -> UserRow {
        let account: AccountId = account.parse().unwrap();
        let row = UserRow {
            account,
            name: name.to_owned(),
            path: path.to_owned(),
            id: unique_id(IdKind::User, account, &mut *self.entropy.lock().unwrap()),
            arn: format!("arn:aws:iam::{account}:user{path}{name}"),
            created: self.now,
            inline: [("own".to_owned(), Document::new(policy))].into(),
            attached: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            access_keys: Vec::new(),
            mfa_devices: Vec::new(),
            login_profile: None,
        };
        self.change(row.clone());
        row
    }

    /// A managed policy of [`ACCOUNT`]; its ARN.
    pub(crate) fn policy(&self, path: &str, name: &str, document: &str) -> String {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy{path}{name}");
        let version =
            PolicyVersion { number: 1, document: Document::new(document), created: self.now };
        self.change(PolicyRow {
            account: account(),
            name: name.to_owned(),
            path: path.to_owned(),
            id: format!("ANPA{}", name.to_uppercase()),
            arn: arn.clone(),
            description: None,
            created: self.now,
            updated: self.now,
            default_version: 1,
            newest_version: 1,
            versions: vec![version],
            tags: Vec::new(),
        });
        arn
    }

    /// A session of a role that exists.
    pub(crate) fn session(&self, role_name: &str, session_name: &str) -> Caller {
        let view = self.view();
        let role = role::find(&view, account(), role_name).expect("the role exists");
        Caller::Session(Arc::new(Session {
            access_key_id: "ASIA".to_owned(),
            account: role.account,
            kind: SessionKind::Role {
                role_name: role.name.clone(),
                role_id: role.id.clone(),
                role_arn: role.arn.clone(),
                session_name: session_name.to_owned(),
            },
            issued: self.now,
            expires: self.now.plus_seconds(3600),
            policies: Vec::new(),
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            mfa: false,
        }))
    }
}

/// One call.
struct Call<'c> {
    cloud: &'c Cloud,
    caller: &'c Caller,
    input: Value,
}

impl Visitor for Call<'_> {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let operation: O = serde_json::from_value(self.input).expect("the input decodes");
        let view = self.cloud.view();
        let ask =
            Ask { view: &view, caller: self.caller, now: self.cloud.time(), region: "us-east-1" };
        let authorized = checked_authorize(operation, &ask, &self.cloud.cache).map_err(told)?;
        answer(authorized.read(&ask))
    }

    fn write<O: Write>(self) -> Answer {
        let (caller, now) = (self.caller.clone(), self.cloud.time());
        let (cache, entropy) = (Arc::clone(&self.cloud.cache), Arc::clone(&self.cloud.entropy));
        let (account, input) = (caller.account(), self.input);
        let write = self.cloud.store.write(account.as_str(), move |tx| {
            let operation: O = serde_json::from_value(input.clone()).expect("the input decodes");
            let region = "us-east-1";
            let ask = Ask { view: tx, caller: &caller, now, region };
            let authorized = checked_authorize(operation, &ask, &cache)?;
            let mut entropy = entropy.lock().unwrap();
            let mut act = Act { tx, caller: &caller, now, region, entropy: &mut *entropy };
            authorized.write(&mut act)
        });
        match self.cloud.runtime.block_on(write) {
            Ok(output) => answer(Ok(output)),
            Err(WriteError::Refused(fault)) => Err(told(fault)),
            Err(other) => panic!("the store failed: {other:?}"),
        }
    }
}

/// A call that is not made.
struct Demands<'c>(Call<'c>);

impl Demands<'_> {
    fn demands<O: Operation>(self) -> Vec<Demand> {
        let Call { cloud, caller, input } = self.0;
        let operation: O = serde_json::from_value(input).expect("the input decodes");
        let view = cloud.view();
        let ask = Ask { view: &view, caller, now: cloud.time(), region: "us-east-1" };
        operation.demands(&ask).expect("the operation has demands")
    }
}

impl Visitor for Demands<'_> {
    type Out = Vec<Demand>;

    fn read<O: Read>(self) -> Vec<Demand> {
        self.demands::<O>()
    }

    fn write<O: Write>(self) -> Vec<Demand> {
        self.demands::<O>()
    }
}

/// Authorizes, and holds the demands against what AWS's reference says of their actions.
fn checked_authorize<O: Operation>(
    operation: O,
    ask: &Ask<'_>,
    cache: &PolicyCache,
) -> Result<crate::Authorized<O>, Fault> {
    if operation.check().is_ok() {
        operation.demands(ask)?.iter().for_each(check_demand);
    }
    authorize(operation, ask, &Facts::default(), cache).map_err(|refusal| match refusal {
        Refusal::Fault(fault) => fault,
        Refusal::Denied(decided) => {
            let last = decided.last().expect("a denial has a decision");
            let text = iam::message::denial(&last.decision, &last.request, &last.around);
            Fault::new("AccessDenied", text.expect("a denial has a message"))
        }
    })
}

fn check_demand(demand: &Demand) {
    let name = demand.action;
    let action = iam::catalog::action(name).unwrap_or_else(|| panic!("{name} does not exist"));
    assert_eq!(action.to_string(), name, "spelling");
    let keys = iam::catalog::keys_of(action);
    for (key, _) in &demand.context {
        assert!(keys.contains(key), "{name} supplies no {key}");
    }
    if action.is_wildcard_only() {
        assert_eq!(demand.resource, "*", "{name} knows no resources");
        return;
    }
    // What root asks about itself has no type in the reference.
    if demand.resource == crate::iam::account::root_arn(account()) {
        return;
    }
    let types = iam::catalog::resource_types_for(&demand.resource);
    let fits = types.iter().any(|kind| action.resource(kind.name).is_some());
    assert!(fits, "{name} is not asked on {}", demand.resource);
}

fn answer<T: serde::Serialize>(result: Result<T, Fault>) -> Answer {
    result.map_err(told).map(|output| serde_json::to_value(output).expect("the answer encodes"))
}

fn told(fault: Fault) -> (String, String) {
    (fault.code.to_owned(), fault.message)
}
