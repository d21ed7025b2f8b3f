//! Instances and where their metadata is.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ec2::instance::InstanceRow;
use names::Timestamp;
use serde::{Deserialize, Serialize};

use super::{json, refused};
use crate::metadata::{Closed, LIFETIME_SECONDS, MIN_LIFETIME_SECONDS, find_row};
use crate::shared::Shared;

#[derive(Serialize)]
struct Shown<'a> {
    instance_id: &'a str,
    account: String,
    region: &'a str,
    state: &'static str,
    instance_type: &'a str,
    private_ip: std::net::Ipv4Addr,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_profile_arn: Option<&'a str>,
    /// Only of an instance that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_endpoint: Option<String>,
}

/// `GET /_rolecall/instances`: all of them; opens nothing.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Response {
    let (snapshot, now) = (shared.store.snapshot(), shared.clock.now());
    let rows = snapshot.everywhere::<InstanceRow>().filter(|row| !row.life.is_forgotten(now));
    json(&rows.map(|row| show(row, &shared, now)).collect::<Vec<_>>())
}

/// `GET /_rolecall/instances/i-…`: opens its metadata.
pub(super) async fn one(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    if let Err(closed) = shared.metadata.open(&shared, &id).await {
        return closed_response(&closed);
    }
    let snapshot = shared.store.snapshot();
    match find_row(&snapshot, &id) {
        Some(row) => json(&show(row, &shared, shared.clock.now())),
        None => closed_response(&Closed::Unknown(id)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    #[serde(default = "usual_lifetime")]
    lifetime_seconds: u32,
}

fn usual_lifetime() -> u32 {
    LIFETIME_SECONDS
}

/// `POST /_rolecall/instances/i-…/credentials`: new ones at the next ask, which last as long as is said.
pub(super) async fn rotate(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let rotation: Option<Rotation> = serde_json::from_slice(body).ok();
    let known = MIN_LIFETIME_SECONDS..=LIFETIME_SECONDS;
    let Some(lifetime) = rotation
        .map(|rotation| rotation.lifetime_seconds)
        .filter(|lifetime| known.contains(lifetime))
    else {
        let text = format!(
            "say how long they last, from {MIN_LIFETIME_SECONDS} to {LIFETIME_SECONDS} seconds: \
             {{\"lifetime_seconds\": 900}}\n"
        );
        return refused(&text);
    };
    match shared.metadata.open(&shared, &id).await {
        Ok(open) => {
            open.rotate(lifetime);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(closed) => closed_response(&closed),
    }
}

/// `GET /_rolecall/instance-identity/certificate`: what identity documents verify against.
pub(super) async fn certificate(State(shared): State<Arc<Shared>>) -> Response {
    match shared.metadata.signer(&shared.store).await {
        Ok(signer) => {
            let kind = [(header::CONTENT_TYPE, "application/x-pem-file")];
            (kind, signer.certificate()).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
    }
}

fn show<'a>(row: &'a InstanceRow, shared: &Shared, now: Timestamp) -> Shown<'a> {
    Shown {
        instance_id: &row.id,
        account: row.account.to_string(),
        region: &row.region,
        state: row.life.state(now).name(),
        instance_type: &row.instance_type,
        private_ip: row.private_ip,
        instance_profile_arn: row.profile.as_ref().map(|profile| profile.profile_arn.as_str()),
        metadata_endpoint: shared.metadata.find(&row.id).map(|open| open.endpoint()),
    }
}

fn closed_response(closed: &Closed) -> Response {
    let status = match closed {
        Closed::Unknown(_) => StatusCode::NOT_FOUND,
        Closed::NotRunning { .. } => StatusCode::CONFLICT,
        Closed::Listen { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{closed}\n")).into_response()
}
