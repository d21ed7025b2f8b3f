//! What a principal needs, and the keys of a user, for the command line.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloud::iam::access_key::AccessKeyRow;
use serde::{Deserialize, Serialize};

use super::json;
use crate::shared::Shared;

#[derive(Deserialize)]
pub(super) struct Asked {
    principal: String,
    /// Whether what was denied counts, too.
    #[serde(default)]
    attempted: bool,
}

/// The least policy that covers what a principal has done.
pub(super) async fn needs(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
) -> Response {
    let principal = &asked.principal;
    if let Some(policy) = shared.needs.policy(principal, asked.attempted) {
        return json(&policy);
    }
    let text = if shared.needs.policy(principal, true).is_some() {
        format!(
            "`{principal}` was denied everything that it asked for since the start or the last reset: \
             --attempted covers that, too\n"
        )
    } else {
        let known = shared.needs.principals().join("\n  ");
        format!(
            "`{principal}` has done nothing since the start or the last reset; who has:\n  {known}\n"
        )
    };
    (StatusCode::NOT_FOUND, text).into_response()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
}

/// The active access keys of a user of the server's own account. Whoever reaches the control API is root
/// anyway: it is on the loopback only.
pub(super) async fn access_keys(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Response {
    let snapshot = match shared.current(shared.config.account).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let is_theirs = |key: &&Arc<AccessKeyRow>| {
        key.active && key.user_name.as_ref().is_some_and(|user| user.eq_ignore_ascii_case(&name))
    };
    let keys = snapshot.range::<AccessKeyRow>(shared.config.account.as_str(), ..);
    let keys: Vec<Key<'_>> = keys
        .filter(is_theirs)
        .map(|key| Key { access_key_id: &key.id, secret_access_key: &key.secret })
        .collect();
    json(&keys)
}
