//! A cloud in memory for unit tests: operations are found in the table, decoded from JSON, authorized
//! and run, as a server does it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_debug_implementations,
    reason = "tests"
)]

mod call;
mod idp;
mod reference;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use names::{AccountId, Entropy, IdKind, Timestamp, unique_id};
use serde_json::{Value, json};
use store::{Options, Place, Snapshot, Store, WriteError};

use crate::authorize::Facts;
use crate::caller::{Caller, Session, SessionKind};
use crate::calls::Made;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::policy::{PolicyRow, PolicyVersion};
use crate::iam::role;
use crate::iam::user::UserRow;
use crate::object::{SeenObject, WantedObject};
use crate::operation::{Act, Ask, Issue, Operation, Read, Service};
use crate::policy_cache::PolicyCache;
use crate::propagation::{self, Mode, Standpoint, Unseen};
use crate::secrets::{SealingKey, Secrets};
use crate::sts::credentials;
use crate::table::{self, Visitor};

pub use call::{Call, Demands};
pub use idp::Idp;
pub use reference::check_demand;

/// The account that tests work in.
pub const ACCOUNT: &str = "123456789012";

/// What an operation answers: JSON, or its code and message.
pub type Answer = Result<Value, (String, String)>;

/// Bytes of objects by bucket and key.
type Objects = HashMap<(String, String), Arc<[u8]>>;

/// A cloud in memory.
pub struct Cloud {
    find: fn(&str, Call<'_>) -> Option<Answer>,
    demands: fn(&str, Demands<'_>) -> Option<Vec<crate::Demand>>,
    runtime: tokio::runtime::Runtime,
    store: Store,
    cache: Arc<PolicyCache>,
    entropy: Arc<Mutex<Seeded>>,
    made: Arc<Mutex<Vec<Made>>>,
    /// Objects of S3 by bucket and key.
    objects: Mutex<Objects>,
    /// What the server knows.
    pub secrets: Arc<Secrets>,
    /// When the cloud began, or the time that a test has set.
    pub now: Timestamp,
    /// Seconds that have passed since.
    passed: AtomicI64,
    /// How long IAM's changes take.
    pub propagation: Mode,
    /// What services looked for and did not see yet.
    pub unseen: Arc<Unseen>,
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
pub fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

/// The root user of [`ACCOUNT`].
pub fn root() -> Caller {
    Caller::Root(account())
}

/// A document that allows `action` on `resource`.
pub fn allow(action: &str, resource: &str) -> String {
    statement(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
}

/// A document of one statement.
pub fn statement(statement: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

/// A trust policy for EC2.
pub fn trust_ec2() -> String {
    let principal = json!({"Service": "ec2.amazonaws.com"});
    statement(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

/// The code of a failure.
pub fn code(answer: Answer) -> String {
    answer.expect_err("must be refused").0
}

/// A failure with this code and message.
pub fn failure(code: &str, message: &str) -> Answer {
    Err((code.to_owned(), message.to_owned()))
}

impl Cloud {
    /// An empty one with IAM and STS.
    #[expect(clippy::new_without_default, reason = "a test says what it makes")]
    pub fn new() -> Self {
        let find = |name: &str, call: Call<'_>| own(name).map(|s| visit(s, name, call));
        let demands = |name: &str, call: Demands<'_>| own(name).map(|s| visit(s, name, call));
        Self::with(crate::schema::schema(), find, demands)
    }

    /// An empty one with the rows of `schema` and the operations that `find` and `demands` find, each by
    /// handing its visitor on to a table's `visit`.
    pub fn with(
        schema: store::Schema,
        find: fn(&str, Call<'_>) -> Option<Answer>,
        demands: fn(&str, Demands<'_>) -> Option<Vec<crate::Demand>>,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let open = Store::open(Place::Memory, schema, Options::default());
        Self {
            find,
            demands,
            store: runtime.block_on(open).unwrap(),
            runtime,
            cache: Arc::default(),
            entropy: Arc::new(Mutex::new(Seeded(1))),
            made: Arc::default(),
            objects: Mutex::default(),
            secrets: Arc::new(Secrets::new(SealingKey::new(&[1; 32]))),
            now: Timestamp::from_unix_seconds(1_700_000_000),
            passed: AtomicI64::new(0),
            propagation: Mode::Off,
            unseen: Arc::default(),
        }
    }

    /// Runs the operation `name` as root.
    pub fn run(&self, name: &str, input: Value) -> Answer {
        self.run_as(&root(), name, input)
    }

    /// Runs the operation `name`.
    pub fn run_as(&self, caller: &Caller, name: &str, input: Value) -> Answer {
        let call = Call { cloud: self, caller, input };
        (self.find)(name, call).expect("the operation is in the table")
    }

    /// Runs an operation that is not in the table.
    pub fn read<O: Read>(&self, caller: &Caller, input: Value) -> Answer {
        Call { cloud: self, caller, input }.read::<O>()
    }

    /// What an operation answers that was shown audit rows.
    pub fn answer_of<O: Read>(&self, caller: &Caller, operation: O) -> Value {
        let call = Call { cloud: self, caller, input: Value::Null };
        call.read_operation(operation).expect("it answers")
    }

    /// Runs an operation that is not in the table and issues something.
    pub fn issue<O: Issue>(&self, caller: &Caller, input: Value) -> Answer {
        Call { cloud: self, caller, input }.issue::<O>()
    }

    /// Puts an object where operations find it that want one. Nobody needs permission to read it.
    pub fn put_object(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let place = (bucket.to_owned(), key.to_owned());
        self.objects.lock().unwrap().insert(place, bytes.into());
    }

    /// What whoever wants an object gets to see.
    pub fn object(&self, wanted: &WantedObject) -> SeenObject {
        let place = (wanted.bucket.clone(), wanted.key.clone());
        match self.objects.lock().unwrap().get(&place) {
            Some(bytes) if bytes.len() as u64 > wanted.max_bytes => {
                Err(wanted.too_large(bytes.len() as u64))
            }
            Some(bytes) => Ok(Arc::clone(bytes)),
            None => Err(Fault::new("NoSuchKey", "The specified key does not exist.")),
        }
    }

    fn show_objects<O: Operation>(&self, operation: &mut O) {
        while let Some(wanted) = operation.wanted_object() {
            operation.see_object(self.object(&wanted));
        }
    }

    /// The time of the next call.
    pub fn time(&self) -> Timestamp {
        self.now.plus_seconds(self.passed.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub fn sleep(&self, seconds: i64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The caller that the user `name` of [`ACCOUNT`] is.
    pub fn caller(&self, name: &str) -> Caller {
        Caller::User(Arc::clone(crate::iam::user::find(&self.view(), account(), name).unwrap()))
    }

    /// What the IAM operation `name` demands of root.
    pub fn demands(&self, name: &str, input: Value) -> Vec<crate::Demand> {
        self.demands_of(&root(), name, input)
    }

    /// What the IAM operation `name` demands.
    pub fn demands_of(&self, caller: &Caller, name: &str, input: Value) -> Vec<crate::Demand> {
        let call = Demands(Call { cloud: self, caller, input });
        (self.demands)(name, call).expect("the operation is in the table")
    }

    /// Whoever calls with the credentials of an STS answer, as a server finds out.
    pub fn holder(&self, answer: &Value) -> Caller {
        let credentials = &answer["Credentials"];
        let token = credentials["SessionToken"].as_str().expect("there are credentials");
        let key = &self.secrets.sealing_key;
        let session = credentials::open(token, key, self.time()).expect("the token is good");
        assert_eq!(credentials["AccessKeyId"], session.access_key_id);
        let secret = key.secret_access_key(&session.access_key_id);
        assert_eq!(credentials["SecretAccessKey"], secret);
        Caller::Session(Arc::new(session))
    }

    /// Whether the caller may do `action` on `resource`, whatever operation asks.
    pub fn decide(&self, caller: &Caller, action: &'static str, resource: &str) -> bool {
        self.decided(caller, action, resource).decision.is_allowed()
    }

    /// The decision on `action` on `resource`.
    pub fn decided(
        &self,
        caller: &Caller,
        action: &'static str,
        resource: &str,
    ) -> crate::authorize::Decided {
        let view = self.view();
        let secrets = &*self.secrets;
        let standpoint = self.standpoint(service_of(action));
        let now = self.now;
        let ask = Ask { view: &view, caller, now, region: "us-east-1", secrets, standpoint };
        let demand = crate::Demand::new(action, resource);
        crate::authorize::decide(demand, &ask, &Facts::default(), &self.cache).unwrap()
    }

    /// Runs `body` within a write of `caller`'s, as an operation of `service` is run once it is authorized.
    pub fn act<T: Send + 'static>(
        &self,
        caller: &Caller,
        service: Service,
        mut body: impl FnMut(&mut Act<'_, '_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (caller, now) = (caller.clone(), self.time());
        let (cache, entropy) = (Arc::clone(&self.cache), Arc::clone(&self.entropy));
        let (secrets, made) = (Arc::clone(&self.secrets), Arc::clone(&self.made));
        let (mode, unseen) = (self.propagation, Arc::clone(&self.unseen));
        let account = caller.account();
        let write = self.store.write(account.as_str(), move |tx| {
            let standpoint = standpoint(service, now, &unseen);
            let mut made = made.lock().unwrap();
            made.clear();
            let mut entropy = entropy.lock().unwrap();
            let output = body(&mut Act {
                tx: &mut *tx,
                caller: &caller,
                now,
                region: "us-east-1",
                secrets: &secrets,
                entropy: &mut *entropy,
                facts: &Facts::default(),
                policies: &cache,
                made: &mut made,
                standpoint,
            })?;
            propagation::record(tx, mode, standpoint.now_ms)?;
            Ok(output)
        });
        match self.runtime.block_on(write) {
            Ok(output) => Ok(output),
            Err(WriteError::Refused(fault)) => Err(fault),
            Err(other) => panic!("the store failed: {other:?}"),
        }
    }

    /// The calls that the last write made as other callers.
    pub fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap().clone()
    }

    /// Where `service` stands when it looks at the state.
    pub fn standpoint(&self, service: Service) -> Standpoint<'_> {
        standpoint(service, self.time(), &self.unseen)
    }

    /// The state as the check of principals sees it.
    pub fn sight<'a>(&'a self, view: &'a Snapshot) -> crate::Sight<'a> {
        crate::iam::principal::principals_sight(self.standpoint(Service::Iam), view)
    }

    /// Everything that is stored, as text.
    pub fn export(&self) -> String {
        self.runtime.block_on(self.store.export()).unwrap()
    }

    /// The state.
    pub fn view(&self) -> Snapshot {
        self.store.snapshot()
    }

    /// Changes the state directly.
    pub fn write(
        &self,
        change: impl FnMut(&mut store::Tx<'_>) -> Result<(), store::RowError> + Send + 'static,
    ) {
        self.runtime.block_on(self.store.write(ACCOUNT, change)).unwrap();
    }

    /// Changes rows directly.
    pub fn change<R: store::Row + Clone>(&self, row: R) {
        let account = row.account().to_owned();
        let write = self.store.write(&account, move |tx| tx.put(row.clone()));
        self.runtime.block_on(write).unwrap();
    }

    /// Removes a row directly.
    pub fn remove<R: store::Row>(&self, account: &str, key: &str) {
        let (of, key) = (account.to_owned(), key.to_owned());
        let write = self.store.write(account, move |tx| tx.delete::<R>(&of, &key));
        assert!(self.runtime.block_on(write).unwrap().is_some(), "nothing to remove");
    }

    /// A user with one inline policy, and its caller.
    pub fn user(&self, name: &str, policy: &str) -> Caller {
        Caller::User(Arc::new(self.user_in(ACCOUNT, "/", name, policy)))
    }

    /// A user of any account.
    pub fn user_in(&self, account: &str, path: &str, name: &str, policy: &str) -> UserRow {
        let account: AccountId = account.parse().unwrap();
        let id = unique_id(IdKind::User, account, &mut *self.entropy.lock().unwrap());
        let mut row = UserRow::new(account, name, path, id, self.now);
        row.inline.insert("own".to_owned(), Document::new(policy));
        self.change(row.clone());
        row
    }

    /// A managed policy of [`ACCOUNT`]; its ARN.
    pub fn policy(&self, path: &str, name: &str, document: &str) -> String {
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
    pub fn session(&self, role_name: &str, session_name: &str) -> Caller {
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
            context: Vec::new(),
        }))
    }
}

fn standpoint(service: Service, now: Timestamp, unseen: &Unseen) -> Standpoint<'_> {
    Standpoint { service, now_ms: now.unix_seconds() * 1000, ahead_ms: 0, unseen }
}

/// The service that an action is of.
fn service_of(action: &str) -> Service {
    let prefix = action.split(':').next();
    let of = Service::ALL.into_iter().find(|service| Some(service.prefix()) == prefix);
    of.unwrap_or(Service::Iam)
}

/// The service of `cloud`'s own that has the operation `name`.
pub fn own(name: &str) -> Option<Service> {
    let has = |part: &[table::Entry]| part.iter().any(|entry| entry.name == name);
    if has(crate::iam::table::OPERATIONS) {
        return Some(Service::Iam);
    }
    if has(crate::sts::table::OPERATIONS) {
        return Some(Service::Sts);
    }
    has(crate::organizations::table::OPERATIONS).then_some(Service::Organizations)
}

fn visit<V: Visitor>(service: Service, name: &str, visitor: V) -> V::Out {
    table::visit(service, name, visitor).expect("the operation is in the table")
}
