//! A server in memory, for one operation.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use cloud::authorize::Facts;
use cloud::iam::user;
use cloud::propagation::Unseen;
use cloud::table::{Entry, Visitor};
use cloud::testing::Idp;
use cloud::{Caller, Demand, Issue, Operation, Read, Service, Write};
use serde_json::{Value, json};
use store::{Options, Place, Store};
use tokio::runtime::Runtime;

use super::CALLER;
use super::fixture::Case;
use crate::config::Config;
use crate::perform::Job;
use crate::respond::Failure;
use crate::running::schema;
use crate::shared::Shared;
use crate::table;

/// The account of everything.
const ACCOUNT: &str = "000000000000";

/// What came of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    Done,
    Denied(String),
    /// The service refused it, after it was authorized; or it could not be asked about.
    Failed(String),
}

impl Outcome {
    pub(super) fn expect_denied(&self, when: &str) -> Result<(), String> {
        match self {
            Self::Denied(_) => Ok(()),
            other => Err(format!("is not denied {when}: {other:?}")),
        }
    }

    pub(super) fn expect_reached(&self, case: &Case, when: &str) -> Result<(), String> {
        match (self, &case.fails) {
            (Self::Done, None) => Ok(()),
            (Self::Failed(code), Some(fails)) if code == fails => Ok(()),
            (other, _) => Err(format!("is not done {when}: {other:?}")),
        }
    }

    /// The sentence must say that the denial is explicit; EC2 seals it.
    pub(super) fn expect_explicit(&self, service: Service) -> Result<(), String> {
        match self {
            Self::Denied(text) if service == Service::Ec2 || text.contains("explicit deny") => {
                Ok(())
            }
            // Trust policies give no reasons (user guide, "access denied error messages").
            Self::Denied(text) if text.contains("sts:") => Ok(()),
            other => Err(format!("does not say that the deny is explicit: {other:?}")),
        }
    }
}

pub(super) struct World {
    pub(super) runtime: Runtime,
    pub(super) shared: Arc<Shared>,
    answers: RefCell<HashMap<String, Value>>,
    idp: Idp,
    is_anonymous: bool,
}

impl World {
    pub(super) fn empty() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            place: Place::Memory,
            aws: local,
            console: local,
            databricks_account: local,
            workspace: local,
            empty: true,
            account: ACCOUNT.parse().unwrap(),
            region: "us-east-1".to_owned(),
            propagation: None,
            latency: cloud::latency::Latency::None,
        };
        let shared = runtime.block_on(async {
            let store = Store::open(Place::Memory, schema(), Options::default()).await.unwrap();
            Arc::new(Shared::open(config, store).await.unwrap())
        });
        let (answers, idp) = (RefCell::default(), Idp::new());
        Self { runtime, shared, answers, idp, is_anonymous: false }
    }

    /// With what the case takes as given, and the user who calls.
    pub(super) fn new(case: &Case) -> Result<Self, String> {
        let mut world = Self::empty();
        world.is_anonymous = case.is_anonymous();
        world.as_root("iam:CreateUser", &json!({"UserName": CALLER}))?;
        for (operation, input) in &case.before {
            world.as_root(operation, input)?;
        }
        Ok(world)
    }

    /// With what the case takes as given, and a caller who does not sign.
    pub(super) fn unsigned(case: &Case) -> Result<Self, String> {
        Ok(Self { is_anonymous: true, ..Self::new(case)? })
    }

    /// Gives the caller exactly these permissions.
    pub(super) fn allow(&self, demands: &[(String, String)]) {
        self.set_policy(demands, &[]);
    }

    /// Gives the caller these permissions, and denies it actions.
    pub(super) fn allow_but(&self, demands: &[(String, String)], denied: &[&str]) {
        self.set_policy(demands, denied);
    }

    fn set_policy(&self, demands: &[(String, String)], denied: &[&str]) {
        let allow = demands.iter().map(
            |(action, resource)| json!({"Effect": "Allow", "Action": action, "Resource": resource}),
        );
        let deny = denied
            .iter()
            .map(|action| json!({"Effect": "Deny", "Action": action, "Resource": "*"}));
        let statements: Vec<Value> = allow.chain(deny).collect();
        let name = json!({"UserName": CALLER, "PolicyName": "exactly"});
        if statements.is_empty() {
            // It may have none yet.
            let _ = self.as_root("iam:DeleteUserPolicy", &name);
            return;
        }
        let mut input = name;
        input["PolicyDocument"] =
            json!({"Version": "2012-10-17", "Statement": statements}).to_string().into();
        self.as_root("iam:PutUserPolicy", &input).unwrap();
    }

    /// Runs the operation as the caller of the case.
    pub(super) fn run(&self, entry: &Entry, input: &Value) -> Outcome {
        let work = self.work(self.caller(), self.filled(input));
        let answer = table::visit(entry.service, entry.name, Run(work)).unwrap();
        match self.runtime.block_on(answer) {
            Ok(answer) => denied_within(&answer).map_or(Outcome::Done, Outcome::Denied),
            Err(failure) => told(failure),
        }
    }

    /// Action and resource of what the operation demands, once each.
    pub(super) fn demands(
        &self,
        entry: &Entry,
        case: &Case,
    ) -> Result<Vec<(String, String)>, String> {
        let mut demands = case.make.clone();
        for demand in self.full_demands(entry, case)? {
            let pair = (demand.action.to_owned(), demand.resource);
            if !demands.contains(&pair) {
                demands.push(pair);
            }
        }
        Ok(demands)
    }

    pub(super) fn full_demands(&self, entry: &Entry, case: &Case) -> Result<Vec<Demand>, String> {
        let work = self.work(self.caller(), self.filled(&case.input));
        table::visit(entry.service, entry.name, Demands(work)).unwrap()
    }

    fn caller(&self) -> Caller {
        let account = ACCOUNT.parse().unwrap();
        if self.is_anonymous {
            return Caller::Anonymous { account };
        }
        let snapshot = self.shared.store.snapshot();
        Caller::User(Arc::clone(user::find(&snapshot, account, CALLER).unwrap()))
    }

    fn as_root(&self, operation: &str, input: &Value) -> Result<(), String> {
        let (service, name) = operation.split_once(':').ok_or("service:Operation")?;
        let service = Service::ALL.into_iter().find(|known| known.prefix() == service);
        if operation == "test:RegisterKeys" {
            return self.register_keys(input["Provider"].as_str().unwrap());
        }
        let work = self.work(Caller::Root(ACCOUNT.parse().unwrap()), self.filled(input));
        let answer = service.and_then(|service| table::visit(service, name, Run(work)));
        let answer =
            answer.ok_or_else(|| format!("is given {operation}, which is no operation"))?;
        let answer = self.runtime.block_on(answer);
        let answer =
            answer.map_err(|failure| format!("is given {operation}: {:?}", told(failure)))?;
        self.answers.borrow_mut().insert(name.to_owned(), answer);
        // No worker takes turns of stacks here.
        self.runtime.block_on(crate::stacks::settle(&self.shared));
        Ok(())
    }

    /// Registers the keys that sign `${token}`.
    fn register_keys(&self, provider: &str) -> Result<(), String> {
        let (provider, keys) = (provider.to_owned(), self.idp.key_set());
        let written = self.shared.store.write(ACCOUNT, move |tx| {
            cloud::iam::oidc_provider::register_keys(tx, &provider, &keys)
        });
        self.runtime.block_on(written).map_err(|error| error.to_string())
    }

    /// A token of the identity provider `https://idp.example.com`.
    fn token(&self) -> String {
        let now = crate::clock::real_now().unix_seconds();
        let claims = json!({
            "iss": "https://idp.example.com", "sub": "ann", "aud": "sts.amazonaws.com",
            "iat": now - 10, "exp": now + 600,
        });
        self.idp.token(&claims)
    }

    fn work(&self, caller: Caller, input: Value) -> Work {
        let shared = Arc::clone(&self.shared);
        let snapshot = shared.store.snapshot();
        let moment = shared.moment("us-east-1".to_owned());
        let request_id = "r".to_owned();
        let facts = Facts { source_ip: Some("127.0.0.1".to_owned()), ..Facts::default() };
        Work {
            job: Job { facts, moment, caller, shared, request_id, snapshot, before: Vec::new() },
            input,
        }
    }

    /// The input with its placeholders filled in.
    fn filled(&self, input: &Value) -> Value {
        match input {
            Value::Object(object) => match object.get("$json") {
                Some(json) => self.filled(json).to_string().into(),
                None => {
                    object.iter().map(|(key, value)| (key.clone(), self.filled(value))).collect()
                }
            },
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::String(text) => self.filled_text(text).into(),
            other => other.clone(),
        }
    }

    fn filled_text(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (path, after) = after.split_once('}').unwrap();
            out.push_str(before);
            out.push_str(&self.placeholder(path));
            rest = after;
        }
        out + rest
    }

    fn placeholder(&self, path: &str) -> String {
        if path == "token" {
            return self.token();
        }
        let (operation, field) = path.split_once('.').unwrap();
        // A policy variable, such as `${aws:username}`, is left as it is.
        if operation.contains(':') {
            return format!("${{{path}}}");
        }
        let answers = self.answers.borrow();
        let answer = answers.get(operation);
        let found =
            answer.and_then(|answer| answer.pointer(&format!("/{}", field.replace('.', "/"))));
        match found {
            Some(Value::String(text)) => text.clone(),
            other => panic!("`{path}` is {other:?} in {answer:?}"),
        }
    }
}

/// The text of a denial that is an entry of an answer which succeeds, as `DeleteObjects` has for each object.
fn denied_within(answer: &Value) -> Option<String> {
    let errors = answer["Error"].as_array()?;
    let denied = errors.iter().find(|error| error["Code"] == "AccessDenied")?;
    Some(denied["Message"].as_str().unwrap_or_default().to_owned())
}

fn told(failure: Failure) -> Outcome {
    match failure {
        Failure::Denied(fault) => Outcome::Denied(fault.message),
        // Where nobody can be asked: a role that does not exist, a token that proves nothing.
        Failure::Service(fault) => Outcome::Failed(fault.code.to_owned()),
        other => Outcome::Failed(format!("{other:?}")),
    }
}

struct Work {
    job: Job,
    input: Value,
}

impl Work {
    fn operation<O: Operation>(&self) -> O {
        let input = self.input.clone();
        serde_json::from_value(input)
            .unwrap_or_else(|error| panic!("the input of {} does not decode: {error}", O::NAME))
    }
}

/// Runs an operation.
struct Run(Work);

type Answer = Pin<Box<dyn Future<Output = Result<Value, Failure>>>>;

fn encoded(output: &impl serde::Serialize) -> Value {
    serde_json::to_value(output).unwrap()
}

impl Visitor for Run {
    type Out = Answer;

    fn read<O: Read>(mut self) -> Answer {
        let operation = self.0.operation::<O>();
        Box::pin(async move {
            let operation = self.0.job.show_objects(operation).await?;
            self.0.job.read(operation).map(|output| encoded(&output))
        })
    }

    fn issue<O: Issue>(mut self) -> Answer {
        let operation = self.0.operation::<O>();
        Box::pin(async move { self.0.job.issue(operation).await.map(|output| encoded(&output)) })
    }

    fn write<O: Write>(mut self) -> Answer {
        let operation = self.0.operation::<O>();
        Box::pin(async move {
            let operation = self.0.job.show_objects(operation).await?;
            self.0.job.write(operation).await.map(|output| encoded(&output))
        })
    }
}

/// Asks an operation what it demands.
struct Demands(Work);

impl Demands {
    fn of<O: Operation>(self) -> Result<Vec<Demand>, String> {
        let operation = self.0.operation::<O>();
        operation.check().map_err(|fault| format!("has a bad input: {fault}"))?;
        let unseen = Unseen::default();
        let ask = self.0.job.ask::<O>(&self.0.job.snapshot, &unseen);
        operation.demands(&ask).map_err(|fault| format!("cannot say what it demands: {fault}"))
    }
}

impl Visitor for Demands {
    type Out = Result<Vec<Demand>, String>;

    fn read<O: Read>(self) -> Self::Out {
        self.of::<O>()
    }

    fn issue<O: Issue>(self) -> Self::Out {
        self.of::<O>()
    }

    fn write<O: Write>(self) -> Self::Out {
        self.of::<O>()
    }
}
