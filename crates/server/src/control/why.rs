//! The decision behind an error that somebody pasted.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloud::sts::authorization_message::decode_authorization_message;
use serde_json::Value;

use super::{Shown, told};
use crate::decisions::{Asked, Record};
use crate::shared::Shared;

/// Characters of a request id.
const REQUEST_ID_CHARACTERS: usize = 36;

pub(super) async fn why(
    State(shared): State<Arc<Shared>>,
    Query(shown): Query<Shown>,
    text: String,
) -> Response {
    match find(&shared, &text) {
        Ok(record) => told(&record, &shown),
        Err(why) => (StatusCode::NOT_FOUND, format!("{why}\n")).into_response(),
    }
}

/// By the request's id, by the encoded message, or by what the sentence says, in this order.
fn find(shared: &Shared, text: &str) -> Result<Arc<Record>, String> {
    let by_id = ids(text).find_map(|id| shared.decisions.find(Some(id)));
    if let Some(record) = by_id {
        return Ok(record);
    }
    let asked = encoded(shared, text).or_else(|| sentence(text)).ok_or_else(|| {
        "the text names no request: paste the whole error, with `User: … is not authorized to perform: … \
         on resource: …`, an encoded authorization message, or the request id"
            .to_owned()
    })?;
    shared.decisions.like(&asked).ok_or_else(|| {
        let Asked { principal, action, .. } = &asked;
        format!(
            "no denial of {action} to {principal} is kept: make the request again, or see the latest with \
             `rolecall why last`"
        )
    })
}

fn ids(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
    parts.filter(|part| part.len() == REQUEST_ID_CHARACTERS)
}

/// What an encoded authorization message is about.
fn encoded(shared: &Shared, text: &str) -> Option<Asked> {
    let words = text.split(|letter: char| letter.is_whitespace() || "\"'<>,".contains(letter));
    let key = &shared.secrets.sealing_key;
    let decoded = words
        .filter(|word| word.len() > REQUEST_ID_CHARACTERS)
        .find_map(|word| decode_authorization_message(word, key))?;
    let message: Value = serde_json::from_str(&decoded).ok()?;
    let text = |path: &str| message.pointer(path).and_then(Value::as_str).map(str::to_owned);
    Some(Asked {
        principal: text("/context/principal/arn")?,
        action: text("/context/action")?,
        resource: text("/context/resource"),
    })
}

/// What AWS's sentence is about.
fn sentence(text: &str) -> Option<Asked> {
    let words = |text: &str| text.split_whitespace().next().map(str::to_owned);
    let (_, after) = text.split_once("User: ")?;
    let (principal, after) = after.split_once(" is not authorized to perform: ")?;
    let action = words(after)?;
    let resource = after.split_once(" on resource: ").and_then(|(_, rest)| words(rest));
    let trimmed = |text: String| text.trim_end_matches(['.', ',', '"', '\'', ')']).to_owned();
    Some(Asked {
        principal: principal.trim().to_owned(),
        action: trimmed(action),
        resource: resource.map(trimmed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_ids() {
        let text = "An error occurred (AccessDenied) when calling the CreateRole operation: User: \
                    arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:CreateRole on \
                    resource: arn:aws:iam::000000000000:role/etl because no identity-based policy allows \
                    the iam:CreateRole action";
        let asked = sentence(text).unwrap();
        assert_eq!(asked.principal, "arn:aws:iam::000000000000:user/anna");
        assert_eq!(asked.action, "iam:CreateRole");
        assert_eq!(asked.resource.as_deref(), Some("arn:aws:iam::000000000000:role/etl"));
        assert!(sentence("AccessDenied").is_none());
        let id = "0f1e2d3c-0000-4000-8000-000000000000";
        let text = format!("status code: 403, request id: {id}, api error");
        assert_eq!(ids(&text).next(), Some(id));
    }
}
