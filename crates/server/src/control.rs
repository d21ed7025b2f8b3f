//! The control API: `/_rolecall/…` on AWS's port, for the command line and for tests.

mod instances;
mod needs;
mod recall;
mod state;
mod time;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use crate::control::recall::Meant;
use crate::databricks;
use crate::decisions::Record;
use crate::receive::comes_from_a_page;
use crate::shared::Shared;
use crate::story::{self, Told};

/// Where it is.
pub(crate) const PATH: &str = "/_rolecall";

/// The most decisions in a list.
const MAX_LISTED: usize = 1000;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/reset", post(reset))
        .route("/clock", get(time::clock))
        .route("/clock/{what}", post(time::change))
        .route("/propagation", get(time::propagation).post(time::set_propagation))
        .route("/instances", get(instances::list))
        .route("/instances/{id}", get(instances::one))
        .route("/instances/{id}/credentials", post(instances::rotate))
        .route("/instance-identity/certificate", get(instances::certificate))
        .route("/decisions", get(decisions))
        .route("/why", post(why::why))
        .route("/needs", get(needs::needs))
        .route("/access-keys/{user}", get(needs::access_keys))
        .route("/export", get(state::export))
        .route("/import", post(state::import).layer(DefaultBodyLimit::max(state::MAX_IMPORT_BYTES)))
        .route("/decisions/{id}", get(decision))
        .fallback(unknown)
        .layer(middleware::from_fn(turn_pages_away))
}

/// The console's port, until there is a console.
pub(crate) async fn console(State(shared): State<Arc<Shared>>) -> Html<String> {
    let (address, account) = (shared.config.aws, shared.config.account);
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>rolecall</title>\
         <style>body{{font:16px/1.5 system-ui;max-width:40em;margin:4em auto;padding:0 1em}}</style>\
         <h1>rolecall</h1><p>This server is AWS account {account}. There is no console yet: use the AWS \
         command line, an SDK or Terraform with the endpoint <code>http://{address}</code>, and \
         <code>rolecall why</code> for the reason of a denial.</p></html>"
    ))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    account: String,
    region: String,
    /// Where the first Databricks workspace is, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    json(&Health {
        status: "ready",
        version: env!("CARGO_PKG_VERSION"),
        account: shared.config.account.to_string(),
        region: shared.config.region.clone(),
        workspace: databricks::listeners::first_workspace(&shared).map(|it| format!("http://{it}")),
    })
}

/// For Prometheus.
async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, shared.metrics.text(&shared)).into_response()
}

async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    let emptied = shared.reset().await.map_err(|error| error.to_string());
    let begun = match emptied {
        Ok(()) => databricks::start::again(&shared).await,
        failed => failed,
    };
    match begun {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    request_id: &'a str,
    time_ms: u64,
    operation: &'a str,
    principal: &'a str,
    allowed: bool,
}

async fn decisions(State(shared): State<Arc<Shared>>) -> Response {
    let records = shared.decisions.newest(MAX_LISTED);
    let listed: Vec<Listed<'_>> = records.iter().map(|record| listed(record)).collect();
    json(&listed)
}

fn listed(record: &Record) -> Listed<'_> {
    Listed {
        request_id: &record.request_id,
        time_ms: u64::try_from(record.time_ms).unwrap_or(u64::MAX),
        operation: &record.operation,
        principal: record.decided.first().map_or("", |decided| decided.request.caller().name()),
        allowed: record.is_allowed(),
    }
}

#[derive(Deserialize)]
struct Shown {
    /// `text` for people, with `colour=true` for terminals.
    format: Option<String>,
    #[serde(default)]
    colour: bool,
    #[serde(default)]
    all: bool,
}

async fn decision(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
) -> Response {
    let id = (id != "last").then_some(id.as_str());
    let Some(record) = shared.decisions.find(id) else {
        let text = match id {
            Some(id) => format!(
                "no decision with request id `{id}` is kept: make the request again, or see the latest denial with \
                 `rolecall why last`\n"
            ),
            None => "nothing was denied yet\n".to_owned(),
        };
        let meant = id.map_or(Meant::Last, Meant::Id);
        return recall::answer(&shared, &meant, &shown, text).await;
    };
    told(&record, &shown)
}

fn told(record: &Record, shown: &Shown) -> Response {
    let told: Told = story::tell(record);
    if shown.format.as_deref() == Some("text") {
        return told.text(shown.all, shown.colour).into_response();
    }
    json(&told)
}

/// What a page in a browser must not do to AWS's services it must not do here either.
async fn turn_pages_away(request: Request, next: Next) -> Response {
    if comes_from_a_page(request.headers()) {
        let text = "web pages cannot use the control API\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

fn refused(text: &str) -> Response {
    (StatusCode::BAD_REQUEST, text.to_owned()).into_response()
}

async fn unknown() -> Response {
    let text = "the control API has health, metrics, reset, clock, propagation, instances, instances/ID, \
                instance-identity/certificate, decisions, decisions/REQUEST-ID (or last), why, needs, \
                access-keys/USER, export and import\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
