//! The way of a request to one of Databricks' hosts.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::response::Response;
use databricks::fault::Fault;
use databricks::host::Host;
use databricks::operation::{Read, Write};
use databricks::table::{self, Visitor};
use names::Entropy;
use serde_json::{Map, Value};
use store::{Snapshot, StoreError};

use crate::clock::OsEntropy;
use crate::databricks::authenticate::authenticate;
use crate::databricks::perform::Job;
use crate::databricks::respond::Shape;
use crate::databricks::{input, listeners, oidc, perform, respond};
use crate::metrics::{DATABRICKS, Outcome};
use crate::receive::Received;
use crate::shared::Shared;

/// The operation that needs a place to listen for what it makes.
const MAKES_A_HOST: &str = "CreateWorkspace";

/// Answers one request to `host`.
pub(crate) async fn serve(
    request: Request,
    source: SocketAddr,
    host: Arc<Host>,
    shared: Arc<Shared>,
) -> Response {
    let started = Instant::now();
    let request_id = OsEntropy::new().uuid();
    let received = match Received::read(request, source).await {
        Ok(received) => received,
        Err(reason) => return respond::unreceived(reason, &host, &request_id),
    };
    let snapshot = match current(&host, &shared).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let fault = Fault::new("INTERNAL_ERROR", error.to_string());
            return respond::failure(&fault, Shape::Standard, &host, &request_id);
        }
    };
    if let Some(answer) = oidc::answer(&received, &host, &snapshot, &shared) {
        return answer;
    }
    let (method, path) = (received.method(), received.path());
    let found = table::find(method, path);
    let found = found.filter(|_| table::is_of_account(path) == host.is_account());
    let Some(found) = found else {
        tracing::info!("databricks {method} {path} unknown {request_id}");
        shared.metrics.count(None, Outcome::Failed, started.elapsed());
        return respond::unrouted(method, path, &host, &request_id);
    };
    let caller = match authenticate(&received, &host, &snapshot, &shared) {
        Ok(caller) => caller,
        Err(unknown) => {
            let name = Some((DATABRICKS, found.entry.name));
            shared.metrics.count(name, Outcome::Unauthenticated, started.elapsed());
            return respond::unauthenticated(unknown, &host, &request_id);
        }
    };
    let name = found.entry.name;
    let input = account_of(&found.parts, &host).and_then(|()| input::read(&received, found.parts));
    let job =
        Job { caller, host: Arc::clone(&host), shared: Arc::clone(&shared), request_id, snapshot };
    let request_id = job.request_id.clone();
    let answer = match input {
        Ok(input) => start(name, input, job, &shared).await,
        Err(fault) => Err(fault),
    };
    log(name, answer.as_ref().err(), &request_id);
    let ended = answer.as_ref().map_or_else(outcome, |_| Outcome::Ok);
    shared.metrics.count(Some((DATABRICKS, name)), ended, started.elapsed());
    match answer {
        Ok(body) => respond::success(body, path, &host, &request_id),
        Err(fault) => respond::failure(&fault, Shape::of_path(path), &host, &request_id),
    }
}

/// The state as new as any server on the store has it: of the account, the workspace and AWS's account, with
/// everything that is due by the clock.
async fn current(host: &Arc<Host>, shared: &Arc<Shared>) -> Result<Snapshot, StoreError> {
    shared.store.refresh(&host.account_id).await?;
    shared.store.refresh(host.aws_account.as_str()).await?;
    let snapshot = shared.store.refresh(&host.partition()).await?;
    let now = shared.moment(String::new()).now;
    if host.is_account() || !databricks::cluster::settle::is_due(&snapshot, &host.partition(), now)
    {
        return Ok(snapshot);
    }
    perform::settle(shared, host).await;
    Ok(shared.store.snapshot())
}

/// A path speaks of the account that the host is of.
fn account_of(parts: &Map<String, Value>, host: &Host) -> Result<(), Fault> {
    match parts.get("account_id").and_then(Value::as_str) {
        Some(id) if id != host.account_id => Err(Fault::missing(format!(
            "Account {id} does not exist; this host is of {}",
            host.account_id
        ))),
        _ => Ok(()),
    }
}

async fn start(
    name: &str,
    input: Map<String, Value>,
    job: Job,
    shared: &Arc<Shared>,
) -> Result<Vec<u8>, Fault> {
    // A place to listen is reserved before the workspace is made, and let go of if it is not.
    let reserved = if name == MAKES_A_HOST { Some(listeners::reserve(shared)?) } else { None };
    let address = reserved.as_ref().and_then(|listener| listener.local_addr().ok());
    let work = Work { input, job, address };
    let unknown = || Fault::not_modelled(format!("rolecall does not implement {name}"));
    let answer: Answer = table::visit(name, work).ok_or_else(unknown)?;
    let body = answer.await?;
    listeners::follow(shared, reserved).await;
    Ok(body)
}

fn outcome(fault: &Fault) -> Outcome {
    match fault.code {
        "PERMISSION_DENIED" => Outcome::Denied,
        "INTERNAL_ERROR" => Outcome::Internal,
        _ => Outcome::Failed,
    }
}

fn log(name: &str, fault: Option<&Fault>, request_id: &str) {
    match fault {
        None => tracing::info!("databricks:{name} ok {request_id}"),
        Some(fault) => tracing::info!("databricks:{name} {} {request_id}", fault.code),
    }
}

/// A request on its way to an operation.
struct Work {
    input: Map<String, Value>,
    job: Job,
    address: Option<SocketAddr>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, Fault>> + Send>>;

impl Visitor for Work {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let Self { input, job, .. } = self;
        let operation = databricks::lenient::decode::<O>(input);
        Box::pin(async move { encode(&job.read(operation?)?) })
    }

    fn write<O: Write>(self) -> Answer {
        let Self { input, job, address } = self;
        let operation = databricks::lenient::decode::<O>(input);
        Box::pin(async move { encode(&job.write(operation?, address).await?) })
    }
}

fn encode(output: &impl serde::Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(output).map_err(|error| Fault::new("INTERNAL_ERROR", error.to_string()))
}

/// A socket that listens already.
pub(crate) type Reserved = TcpListener;
