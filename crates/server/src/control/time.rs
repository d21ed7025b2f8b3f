//! The clouds' clock, and how long IAM's changes take: see and set.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloud::propagation::Mode;
use names::Timestamp;
use serde::{Deserialize, Serialize};

use super::{json, refused};
use crate::clock::{ClockChange, Pace, seconds};
use crate::shared::{ClockFailure, Shared};

/// The furthest that one call advances the clock: a hundred years, in seconds.
const MAX_ADVANCE_SECONDS: f64 = 100.0 * 366.0 * 86_400.0;

#[derive(Serialize)]
struct Shown {
    now: Timestamp,
    now_ms: i64,
    /// Milliseconds ahead of the real clock.
    ahead_ms: i64,
    frozen: bool,
}

pub(super) async fn clock(State(shared): State<Arc<Shared>>) -> Response {
    show(&shared)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    time: Timestamp,
}

/// `POST /_rolecall/clock/advance`, `set`, `freeze` and `resume`.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Path(what): Path<String>,
    body: Bytes,
) -> Response {
    let change = match what.as_str() {
        "advance" => serde_json::from_slice(&body).ok().and_then(advance).ok_or(
            "say how far, in seconds: {\"seconds\": 3600}, at most a hundred years, not backwards\n",
        ),
        "set" => serde_json::from_slice(&body)
            .map(|Set { time }| ClockChange::Set(time.unix_seconds().saturating_mul(1000)))
            .map_err(|_| "say the time: {\"time\": \"2027-01-31T12:00:00Z\"}\n"),
        "freeze" => Ok(ClockChange::Freeze),
        "resume" => Ok(ClockChange::Resume),
        _ => {
            let text = "the clock knows advance, set, freeze and resume\n";
            return (StatusCode::NOT_FOUND, text).into_response();
        }
    };
    let change = match change {
        Ok(change) => change,
        Err(text) => return refused(text),
    };
    match shared.change_clock(change).await {
        Ok(()) => show(&shared),
        Err(ClockFailure::Refused(error)) => refused(&format!("{error}\n")),
        Err(ClockFailure::Store(error)) => {
            (StatusCode::INTERNAL_SERVER_ERROR, error).into_response()
        }
    }
}

fn advance(Advance { seconds }: Advance) -> Option<ClockChange> {
    let known = (0.0..=MAX_ADVANCE_SECONDS).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    known.then(|| ClockChange::Advance((seconds * 1000.0).round() as i64))
}

fn show(shared: &Shared) -> Response {
    let now_ms = shared.clock.now_ms();
    json(&Shown {
        now: seconds(now_ms),
        now_ms,
        ahead_ms: shared.clock.ahead_ms(),
        frozen: matches!(shared.clock.pace(), Pace::Frozen(_)),
    })
}

#[derive(Serialize)]
struct Propagation {
    mode: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetPropagation {
    mode: String,
}

pub(super) async fn propagation(State(shared): State<Arc<Shared>>) -> Response {
    json(&Propagation { mode: shared.propagation.mode().to_string() })
}

pub(super) async fn set_propagation(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let Ok(SetPropagation { mode }) = serde_json::from_slice(&body) else {
        return refused(
            "say the mode: {\"mode\": \"off\"}, \"fixed:SECONDS\" or \"seed:NUMBER\"\n",
        );
    };
    let mode: Mode = match mode.parse() {
        Ok(mode) => mode,
        Err(error) => return refused(&format!("{error}\n")),
    };
    match shared.propagation.set(&shared.store, Some(mode)).await {
        Ok(()) => propagation(State(shared)).await,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
