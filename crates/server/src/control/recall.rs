//! Requests whose decisions are no longer in memory, found in the audit rows of a store that outlives the server.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::{AuditFilter, StoreError};

use super::{Shown, json};
use crate::decisions::Asked;
use crate::shared::Shared;
use crate::story::recalled::Recalled;

/// Denials of one caller that are looked through.
const MAX_LOOKED_AT: usize = 1000;

/// What a request is looked for by.
pub(super) enum Meant<'a> {
    /// Its id.
    Id(&'a str),
    /// The newest denial.
    Last,
    /// A denial that is like this one.
    Like(&'a Asked),
}

/// The answer, or `not_found` where no row is like what is meant.
pub(super) async fn answer(
    shared: &Shared,
    meant: &Meant<'_>,
    shown: &Shown,
    not_found: String,
) -> Response {
    match find(shared, meant).await {
        Ok(Some(recalled)) if shown.format.as_deref() == Some("text") => {
            recalled.text().into_response()
        }
        Ok(Some(recalled)) => json(&recalled),
        Ok(None) => (StatusCode::NOT_FOUND, not_found).into_response(),
        Err(error) => {
            let text = format!("the audit rows cannot be read: {error}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

async fn find(shared: &Shared, meant: &Meant<'_>) -> Result<Option<Recalled>, StoreError> {
    let all = AuditFilter::all();
    let denied = Some("deny".to_owned());
    let filter = match meant {
        // What is no id is no row's.
        Meant::Id(id) if !id.bytes().all(|byte| byte.is_ascii_graphic()) => return Ok(None),
        Meant::Id(id) => AuditFilter { id: Some((*id).to_owned()), limit: 1, ..all },
        Meant::Last => AuditFilter { verdict: denied, limit: 1, ..all },
        Meant::Like(asked) => {
            let caller = Some(asked.principal.clone());
            AuditFilter { caller, verdict: denied, limit: MAX_LOOKED_AT, ..all }
        }
    };
    let rows = shared.store.find_audit(&filter).await?;
    let mut recalled = rows.iter().filter_map(|row| Recalled::of(row));
    Ok(match meant {
        Meant::Like(asked) => {
            recalled.find(|found| found.is_denial_of(&asked.action, asked.resource.as_deref()))
        }
        _ => recalled.next(),
    })
}
