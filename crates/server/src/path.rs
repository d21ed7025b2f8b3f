//! The one request path. A newcomer reads this file first:
//!
//! receive → route → authenticate → authorize → operate → commit → respond

use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::response::Response;
use cloud::authorize::Facts;
use cloud::propagation::Unseen;
use cloud::table::Visitor;
use cloud::{Issue, Operation, Read, Write};
use names::Entropy;
use smol_str::format_smolstr;
use store::Snapshot;

use crate::authenticate::authenticate;
use crate::clock::OsEntropy;
use crate::decisions::Record;
use crate::metrics::Outcome;
use crate::perform::Job;
use crate::receive::{self, Received};
use crate::respond::{self, Failure};
use crate::route::{self, Input, Routed};
use crate::shared::Shared;
use crate::{s3, stacks, table};

/// Answers one request to AWS's port.
pub(crate) async fn serve(request: Request, source: SocketAddr, shared: Arc<Shared>) -> Response {
    let started = Instant::now();
    let request_id = OsEntropy::new().uuid();
    let refusal = receive::refusal(request.headers());
    let (mut received, body) = Received::begin(request, source);
    if let Some(reason) = refusal {
        return respond::unreceived(reason, route::protocol(&received), &request_id);
    }
    if s3::is_meant(&received) {
        return s3::serve(received, body, shared).await;
    }
    if let Err(reason) = received.take_in(body).await {
        shared.metrics.count(None, Outcome::Failed, started.elapsed());
        return respond::unreceived(reason, route::protocol(&received), &request_id);
    }
    let headers = received.text_headers();
    let incoming = received.incoming(&headers);
    let routed = match route::route(&incoming, received.path()) {
        Ok(routed) => routed,
        Err(unrouted) => {
            shared.metrics.count(None, Outcome::Failed, started.elapsed());
            return respond::unrouted(&unrouted, incoming.protocol(), &request_id);
        }
    };
    let account = shared.account_of(received.access_key_id());
    if routed.service == cloud::Service::CloudFormation {
        stacks::settle(&shared).await;
    }
    let snapshot = shared.current(account).await;
    let answer: Answer = match snapshot {
        Ok(snapshot) => start(&received, &routed, &request_id, &shared, snapshot),
        Err(error) => Box::pin(ready(Err(error.into()))),
    };
    let answer = answer.await;
    log(&received, &routed, answer.as_ref().err(), &request_id);
    let operation = (routed.service.prefix(), routed.operation.as_str());
    let ended = answer.as_ref().map_or_else(outcome, |_| Outcome::Ok);
    shared.metrics.count(Some(operation), ended, started.elapsed());
    match answer {
        Ok(body) => respond::success(routed.speaks, routed.status, body, &request_id),
        Err(failure) => respond::failure(&failure, routed.speaks, &request_id),
    }
}

/// How a failure counts.
pub(crate) fn outcome(failure: &Failure) -> Outcome {
    match failure {
        Failure::Denied(_) => Outcome::Denied,
        Failure::Unknown(_) => Outcome::Unauthenticated,
        Failure::Internal(_) => Outcome::Internal,
        Failure::Service(_) | Failure::Wire(_) => Outcome::Failed,
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
    let unseen = Unseen::default();
    let authenticated =
        authenticate(received, routed.service, &snapshot, shared, unsigned, &unseen);
    let authenticated = match authenticated {
        Ok(authenticated) => authenticated,
        Err(unknown) => {
            note_race(routed, request_id, shared, &unseen);
            return Box::pin(ready(Err(Failure::Unknown(unknown))));
        }
    };
    let facts = facts(received, routed.input.kept());
    let moment = shared.moment(authenticated.region);
    let used = (routed.service.prefix(), moment.region.as_str(), moment.now);
    let key = facts.access_key_id.as_deref();
    shared.uses.note(&shared.store, &snapshot, &authenticated.caller, key, used);
    let job = Job {
        facts,
        moment,
        caller: authenticated.caller,
        shared: Arc::clone(shared),
        request_id: request_id.to_owned(),
        snapshot,
        before: Vec::new(),
    };
    let work = Work { speaks: routed.speaks, input: &routed.input, job };
    table::visit(routed.service, &routed.operation, work)
        .unwrap_or_else(|| Box::pin(ready(Err(Failure::Wire(route::unknown_operation(routed))))))
}

/// Keeps, for `why`, that nobody knew the caller because its key is too new.
fn note_race(routed: &Routed<'_>, request_id: &str, shared: &Shared, unseen: &Unseen) {
    let hints = unseen.tell();
    if hints.is_empty() {
        return;
    }
    shared.decisions.keep(Record {
        request_id: request_id.to_owned(),
        time_ms: shared.clock.now_ms(),
        operation: format_smolstr!("{}:{}", routed.service.prefix(), routed.operation),
        decided: Vec::new(),
        made: Vec::new(),
        fault: None,
        hints,
    });
}

/// One clear line a request.
fn log(received: &Received, routed: &Routed<'_>, failure: Option<&Failure>, request_id: &str) {
    let (service, operation) = (routed.service.prefix(), &routed.operation);
    match failure {
        None => tracing::info!("{service}:{operation} ok {request_id} {}", received.source.ip()),
        Some(failure) => tracing::info!(
            "{service}:{operation} {} {request_id} {}",
            respond::code(failure, routed.speaks),
            received.source.ip()
        ),
    }
}

pub(crate) fn facts(received: &Received, parameters: Option<String>) -> Facts {
    Facts {
        source_ip: Some(received.source.ip().to_string()),
        user_agent: received.header("user-agent").map(str::to_owned),
        referer: received.header("referer").map(str::to_owned),
        context: Vec::new(),
        access_key_id: received.access_key_id().map(str::to_owned),
        parameters,
    }
}

/// A request on its way to an operation: its parameters, and everything else.
struct Work<'f> {
    speaks: &'static wire::service::Service,
    input: &'f Input<'f>,
    job: Job,
}

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, Failure>> + Send>>;

impl Visitor for Work<'_> {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let Self { speaks, input, mut job } = self;
        let operation = respond::decode::<O>(speaks, input);
        Box::pin(async move {
            let operation = job.show_audit(operation?).await?;
            let operation = job.show_objects(operation).await?;
            encode::<O>(speaks, &job.read(operation)?, &job)
        })
    }

    fn issue<O: Issue>(self) -> Answer {
        let Self { speaks, input, mut job } = self;
        let operation = respond::decode::<O>(speaks, input);
        Box::pin(async move { encode::<O>(speaks, &job.issue(operation?).await?, &job) })
    }

    fn write<O: Write>(self) -> Answer {
        let Self { speaks, input, mut job } = self;
        let operation = respond::decode::<O>(speaks, input);
        Box::pin(async move {
            let operation = job.show_objects(operation?).await?;
            encode::<O>(speaks, &job.write(operation).await?, &job)
        })
    }
}

fn encode<O: Operation>(
    speaks: &wire::service::Service,
    output: &O::Output,
    job: &Job,
) -> Result<Vec<u8>, Failure> {
    respond::encode::<O>(speaks, output, &job.request_id)
}
