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
use cloud::{Act, Ask, Authorized, Fault, Issue, Operation, Read, Refusal, Write, authorize};
use names::{Entropy, Timestamp};
use serde::Serialize;
use store::{AuditRow, Snapshot, View, WriteError};
use wire::form::Form;

use crate::authenticate::authenticate;
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
    let scope_service = route::scope_service(&received);
    let headers = received.text_headers();
    let incoming = received.incoming(&headers, scope_service.as_deref());
    let routed = match route::route(&incoming) {
        Ok(routed) => routed,
        Err(unrouted) => return respond::unrouted(&unrouted, incoming.protocol(), &request_id),
    };
    let account = shared.account_of(route::access_key_id(&received).as_deref());
    let snapshot = shared.current(account).await;
    let answer: Answer = match snapshot {
        Ok(snapshot) => start(&received, &routed, &request_id, &shared, snapshot),
        Err(error) => Box::pin(ready(Err(error.into()))),
    };
    let answer = answer.await;
    log(&received, &routed, answer.as_ref().err(), &request_id);
    match answer {
        Ok(body) => respond::success(routed.speaks, body, &request_id),
        Err(failure) => respond::failure(&failure, routed.speaks, &request_id),
    }
}

/// From a routed request to the work that answers it.
fn start(
    received: &Received,
    routed: &Routed<'_>,
    request_id: &str,
    shared: &Arc<Shared>,
    snapshot: Snapshot,
) -> Answer {
    let unsigned = table::may_be_unsigned(routed.service, &routed.operation);
    let service = routed.service.prefix();
    let authenticated = match authenticate(received, service, &snapshot, shared, unsigned) {
        Ok(authenticated) => authenticated,
        Err(unknown) => return Box::pin(ready(Err(Failure::Unknown(unknown)))),
    };
    let job = Job {
        speaks: routed.speaks,
        facts: facts(received),
        moment: Moment { now: clock::now(), region: authenticated.region },
        caller: authenticated.caller,
        shared: Arc::clone(shared),
        request_id: request_id.to_owned(),
        snapshot,
    };
    let work = Work { form: &routed.form, job };
    table::visit(routed.service, &routed.operation, work)
        .unwrap_or_else(|| Box::pin(ready(Err(Failure::Wire(route::unknown_operation(routed))))))
}

/// One clear line a request.
fn log(received: &Received, routed: &Routed<'_>, failure: Option<&Failure>, request_id: &str) {
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
    speaks: &'static wire::service::Service,
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
        let operation = respond::decode::<O>(self.job.speaks, self.form);
        let job = self.job;
        Box::pin(async move { job.read(operation?) })
    }

    fn issue<O: Issue>(self) -> Answer {
        let operation = respond::decode::<O>(self.job.speaks, self.form);
        let job = self.job;
        Box::pin(async move { job.issue(operation?).await })
    }

    fn write<O: Write>(self) -> Answer {
        let operation = respond::decode::<O>(self.job.speaks, self.form);
        let job = self.job;
        Box::pin(async move { job.write(operation?).await })
    }
}

impl Job {
    fn read<O: Read>(self, operation: O) -> Result<Vec<u8>, Failure> {
        let ask = self.ask(&self.snapshot);
        let authorized = self.authorize(operation, &ask)?;
        let decided = authorized.decisions().to_vec();
        let result = authorized.read(&ask);
        self.answer::<O>(decided, result)
    }

    /// As a read, with the other account that it looks at made current first.
    async fn issue<O: Issue>(mut self, operation: O) -> Result<Vec<u8>, Failure> {
        if let Some(account) = operation.other_account() {
            self.snapshot = self.shared.current(account).await?;
        }
        let ask = self.ask(&self.snapshot);
        let authorized = self.authorize(operation, &ask)?;
        let decided = authorized.decisions().to_vec();
        let result = authorized.issue(&ask, &mut OsEntropy::new());
        self.answer::<O>(decided, result)
    }

    fn ask<'a>(&'a self, view: &'a View) -> Ask<'a> {
        Ask {
            view,
            caller: &self.caller,
            now: self.moment.now,
            region: &self.moment.region,
            secrets: &self.shared.secrets,
        }
    }

    fn authorize<O: Operation>(
        &self,
        operation: O,
        ask: &Ask<'_>,
    ) -> Result<Authorized<O>, Failure> {
        authorize(operation, ask, &self.facts, &self.shared.policies).map_err(|refusal| {
            match refusal {
                Refusal::Fault(fault) => Failure::Service(fault),
                Refusal::Denied(decided) => self.deny::<O>(decided),
            }
        })
    }

    fn answer<O: Operation>(
        &self,
        decided: Vec<Decided>,
        result: Result<O::Output, Fault>,
    ) -> Result<Vec<u8>, Failure> {
        self.note::<O>(decided, result.as_ref().err());
        respond::encode::<O>(self.speaks, &result.map_err(Failure::Service)?, &self.request_id)
    }

    async fn write<O: Write>(self, operation: O) -> Result<Vec<u8>, Failure> {
        let account = self.caller.account();
        let (caller, moment, facts) =
            (self.caller.clone(), self.moment.clone(), self.facts.clone());
        let (shared, id) = (Arc::clone(&self.shared), self.request_id.clone());
        let written = self.shared.store.write(account.as_str(), move |tx| {
            let ask = Ask {
                view: tx,
                caller: &caller,
                now: moment.now,
                region: &moment.region,
                secrets: &shared.secrets,
            };
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
                secrets: &shared.secrets,
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
                respond::encode::<O>(self.speaks, &output, &self.request_id)
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
