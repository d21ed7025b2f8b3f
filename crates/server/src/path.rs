//! The one request path. A newcomer reads this file first:
//!
//! receive → route → authenticate → authorize → operate → commit → respond

use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use cloud::authorize::{Decided, Facts};
use cloud::caller::Caller;
use cloud::table::{self, Visitor};
use cloud::{Act, Ask, Fault, Operation, Read, Refusal, Service, Write, authorize};
use names::{Entropy, Timestamp};
use serde::Serialize;
use store::{AuditRow, Snapshot, WriteError};
use wire::Form;

use crate::authenticate::{self, authenticate};
use crate::clock::{self, OsEntropy};
use crate::decisions::Record;
use crate::receive::Received;
use crate::respond::{self, Failure};
use crate::route::{self, Routed};
use crate::shared::Shared;

/// Answers one request to AWS's port.
pub(crate) async fn serve(request: Request, source: SocketAddr, shared: Arc<Shared>) -> Response {
    let request_id = OsEntropy::new().uuid();
    let received = match Received::read(request, source).await {
        Ok(received) => received,
        Err(reason) => return respond::unreceived(reason, &request_id),
    };
    let form = match Form::parse(&received.query, &received.body) {
        Ok(form) => form,
        Err(error) => return respond::malformed(&error, &request_id),
    };
    let routed = match route::route(&received, &form) {
        Ok(routed) => routed,
        Err(fault) => return respond::failure(&Failure::Wire(fault), Service::Iam, &request_id),
    };
    let account = shared.account_of(authenticate::access_key_id(&received).as_deref());
    let snapshot = shared.current(account).await;
    let answer: Answer = match snapshot {
        Ok(snapshot) => start(&received, &form, &routed, &request_id, &shared, snapshot),
        Err(error) => Box::pin(ready(Err(error.into()))),
    };
    let answer = answer.await;
    log(&received, &routed, answer.as_ref().err(), &request_id);
    match answer {
        Ok(body) => respond::success(body, &request_id),
        Err(failure) => respond::failure(&failure, routed.service, &request_id),
    }
}

/// From a routed request to the work that answers it.
fn start(
    received: &Received,
    form: &Form<'_>,
    routed: &Routed,
    request_id: &str,
    shared: &Arc<Shared>,
    snapshot: Snapshot,
) -> Answer {
    let authenticated = match authenticate(received, routed.service.prefix(), &snapshot, shared) {
        Ok(authenticated) => authenticated,
        Err(unknown) => return Box::pin(ready(Err(Failure::Unknown(unknown)))),
    };
    let job = Job {
        facts: facts(received),
        moment: Moment { now: clock::now(), region: authenticated.region },
        caller: authenticated.caller,
        shared: Arc::clone(shared),
        request_id: request_id.to_owned(),
        snapshot,
    };
    table::visit(routed.service, &routed.operation, Work { form, job }).unwrap_or_else(|| {
        let version = form.get("Version");
        let fault = route::unknown_operation(routed.service, &routed.operation, version);
        Box::pin(ready(Err(Failure::Wire(fault))))
    })
}

/// One clear line a request.
fn log(received: &Received, routed: &Routed, failure: Option<&Failure>, request_id: &str) {
    let (service, operation) = (routed.service.prefix(), &routed.operation);
    match failure {
        None => tracing::info!("{service}:{operation} ok {request_id} {}", received.source.ip()),
        Some(failure) => tracing::info!(
            "{service}:{operation} {} {request_id} {}",
            respond::code(failure),
            received.source.ip()
        ),
    }
}

fn facts(received: &Received) -> Facts {
    Facts {
        source_ip: Some(received.source.ip().to_string()),
        user_agent: received.header("user-agent").map(str::to_owned),
        referer: received.header("referer").map(str::to_owned),
    }
}

/// When and where.
#[derive(Debug, Clone)]
struct Moment {
    now: Timestamp,
    region: String,
}

/// A request on its way to an operation: its parameters, and everything else.
struct Work<'f> {
    form: &'f Form<'f>,
    job: Job,
}

/// What a request is served with, once its operation is known.
struct Job {
    facts: Facts,
    moment: Moment,
    caller: Caller,
    shared: Arc<Shared>,
    request_id: String,
    snapshot: Snapshot,
}

/// Why a write did not happen, from within it.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("denied")]
    Denied(Vec<Decided>),
    #[error("{0}")]
    Failed(Fault, Vec<Decided>),
}

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, Failure>> + Send>>;

impl Visitor for Work<'_> {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let operation = respond::decode::<O>(self.form);
        let job = self.job;
        Box::pin(async move { job.read(operation?) })
    }

    fn write<O: Write>(self) -> Answer {
        let operation = respond::decode::<O>(self.form);
        let job = self.job;
        Box::pin(async move { job.write(operation?).await })
    }
}

impl Job {
    fn read<O: Read>(self, operation: O) -> Result<Vec<u8>, Failure> {
        let ask = Ask {
            view: &self.snapshot,
            caller: &self.caller,
            now: self.moment.now,
            region: &self.moment.region,
        };
        match authorize(operation, &ask, &self.facts, &self.shared.policies) {
            Ok(authorized) => {
                let decided = authorized.decisions().to_vec();
                let result = authorized.read(&ask);
                self.note::<O>(decided, result.as_ref().err());
                respond::encode::<O>(&result.map_err(Failure::Service)?, &self.request_id)
            }
            Err(Refusal::Fault(fault)) => Err(Failure::Service(fault)),
            Err(Refusal::Denied(decided)) => Err(self.deny::<O>(decided)),
        }
    }

    async fn write<O: Write>(self, operation: O) -> Result<Vec<u8>, Failure> {
        let account = self.caller.account();
        let (caller, moment, facts) =
            (self.caller.clone(), self.moment.clone(), self.facts.clone());
        let (shared, id) = (Arc::clone(&self.shared), self.request_id.clone());
        let written = self.shared.store.write(account.as_str(), move |tx| {
            let ask = Ask { view: tx, caller: &caller, now: moment.now, region: &moment.region };
            let authorized = match authorize(operation.clone(), &ask, &facts, &shared.policies) {
                Ok(authorized) => authorized,
                Err(Refusal::Denied(decided)) => return Err(Stopped::Denied(decided)),
                Err(Refusal::Fault(fault)) => return Err(Stopped::Failed(fault, Vec::new())),
            };
            let decided = authorized.decisions().to_vec();
            let mut entropy = OsEntropy::new();
            let mut act = Act {
                tx,
                caller: &caller,
                now: moment.now,
                region: &moment.region,
                entropy: &mut entropy,
            };
            let output = match authorized.write(&mut act) {
                Ok(output) => output,
                Err(fault) => return Err(Stopped::Failed(fault, decided)),
            };
            let row = audit_row::<O>(&id, &caller, "allow", &decided, None);
            tx.audit(row).map_err(|error| Stopped::Failed(error.into(), Vec::new()))?;
            Ok((output, decided))
        });
        match written.await {
            Ok((output, decided)) => {
                self.keep::<O>(decided);
                respond::encode::<O>(&output, &self.request_id)
            }
            Err(WriteError::Refused(Stopped::Denied(decided))) => Err(self.deny::<O>(decided)),
            Err(WriteError::Refused(Stopped::Failed(fault, decided))) => {
                self.note::<O>(decided, Some(&fault));
                Err(Failure::Service(fault))
            }
            Err(other) => Err(Failure::Internal(other.to_string())),
        }
    }

    /// Keeps a denial, and answers it.
    fn deny<O: Operation>(&self, decided: Vec<Decided>) -> Failure {
        let row = audit_row::<O>(&self.request_id, &self.caller, "deny", &decided, None);
        self.audit(row);
        let denied = decided.last().cloned();
        self.keep::<O>(decided);
        match denied {
            Some(decided) => Failure::Denied(Box::new(decided)),
            None => Failure::Internal("a denial without a decision".to_owned()),
        }
    }

    /// Keeps what was allowed and changed nothing.
    fn note<O: Operation>(&self, decided: Vec<Decided>, fault: Option<&Fault>) {
        self.audit(audit_row::<O>(&self.request_id, &self.caller, "allow", &decided, fault));
        self.keep::<O>(decided);
    }

    fn audit(&self, row: AuditRow) {
        // An audit row is only refused for its size, and its parts are bounded.
        if let Err(error) = self.shared.store.audit(row) {
            tracing::warn!("an audit row was not kept: {error}");
        }
    }

    fn keep<O: Operation>(&self, decided: Vec<Decided>) {
        self.shared.decisions.keep(Record {
            request_id: self.request_id.clone(),
            time_ms: clock::now_ms(),
            operation: format!("{}:{}", O::SERVICE.prefix(), O::NAME),
            decided,
        });
    }
}

/// What the audit keeps of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditBody<'a> {
    demands: Vec<AuditDemand<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct AuditDemand<'a> {
    action: &'a str,
    resource: &'a str,
    decision: &'static str,
}

fn audit_row<O: Operation>(
    request_id: &str,
    caller: &Caller,
    verdict: &'static str,
    decided: &[Decided],
    fault: Option<&Fault>,
) -> AuditRow {
    let demands = decided
        .iter()
        .map(|decided| AuditDemand {
            action: decided.request.action().as_str(),
            resource: decided.request.resource().as_str(),
            decision: decided.decision.verdict.name(),
        })
        .collect();
    let body = AuditBody { demands, error: fault.map(|fault| fault.code) };
    AuditRow {
        id: request_id.to_owned(),
        account: caller.account().to_string(),
        time_ms: i64::try_from(clock::now_ms()).unwrap_or(i64::MAX),
        caller: caller.arn(),
        action: format!("{}:{}", O::SERVICE.prefix(), O::NAME).into(),
        verdict: verdict.into(),
        body: serde_json::to_string(&body).unwrap_or_default(),
    }
}
