//! The decision behind an error that somebody pasted.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloud::sts::authorization_message::decode_authorization_message;
use serde_json::Value;

use super::recall::{self, Meant};
use super::{Shown, told};
use crate::decisions::Asked;
use crate::shared::Shared;

/// Characters of a request id.
const REQUEST_ID_CHARACTERS: usize = 36;
/// Characters of a request id of S3.
const S3_REQUEST_ID_CHARACTERS: usize = 16;
/// Words of a text that are taken for request ids; an error has one.
const MAX_IDS: usize = 100;

pub(super) async fn why(
    State(shared): State<Arc<Shared>>,
    Query(shown): Query<Shown>,
    text: String,
) -> Response {
    // By the request's id, by the encoded message, or by what the sentence says, in this order.
    if let Some(record) = ids(&text).find_map(|id| shared.decisions.find(Some(id))) {
        return told(&record, &shown);
    }
    let Some(asked) = encoded(&shared, &text).or_else(|| sentence(&text)) else {
        let why = "the text names no request: paste the whole error, with `User: … is not authorized to perform: … \
                   on resource: …`, an encoded authorization message, or the request id\n";
        return match ids(&text).next() {
            Some(id) => recall::answer(&shared, &Meant::Id(id), &shown, why.to_owned()).await,
            None => (StatusCode::NOT_FOUND, why).into_response(),
        };
    };
    if let Some(record) = shared.decisions.like(&asked) {
        return told(&record, &shown);
    }
    let Asked { principal, action, .. } = &asked;
    let why = format!(
        "no denial of {action} to {principal} is kept: make the request again, or see the latest with \
         `rolecall why last`\n"
    );
    recall::answer(&shared, &Meant::Like(&asked), &shown, why).await
}

fn ids(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let lengths = [REQUEST_ID_CHARACTERS, S3_REQUEST_ID_CHARACTERS];
    parts.filter(move |part| lengths.contains(&part.len())).take(MAX_IDS)
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
    let resource = after.split_once(" on resource: ").and_then(|(_, rest)| resource(rest));
    // S3 quotes what it names.
    let quotes = ['.', ',', '"', '\'', ')'];
    let trimmed = |text: String| text.trim_start_matches('"').trim_end_matches(quotes).to_owned();
    let resource = resource.map(trimmed);
    Some(Asked { principal: principal.trim().to_owned(), action: trimmed(action), resource })
}

/// What stands behind `on resource:`: an ARN, `*`, or what IAM calls it, such as `instance profile etl`.
fn resource(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    match words.as_slice() {
        ["policy", "path", _] => None,
        words @ ["instance", "profile", _] => Some(words.join(" ")),
        [kind @ ("role" | "user" | "group" | "policy"), name, ..] => Some(format!("{kind} {name}")),
        [one, ..] if one.trim_start_matches('"').starts_with("arn:") || one.starts_with('*') => {
            Some((*one).to_owned())
        }
        _ => None,
    }
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
        let listing = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListPolicies \
                       on resource: policy path / because no identity-based policy allows the iam:ListPolicies action";
        assert_eq!(sentence(listing).unwrap().resource, None);
        for (said, resource) in [
            ("role etl because no", "role etl"),
            ("instance profile etl", "instance profile etl"),
            (
                "policy arn:aws:iam::aws:policy/ReadOnlyAccess with an",
                "policy arn:aws:iam::aws:policy/ReadOnlyAccess",
            ),
        ] {
            let text =
                format!("User: anna is not authorized to perform: iam:GetRole on resource: {said}");
            assert_eq!(sentence(&text).unwrap().resource.as_deref(), Some(resource));
        }
        let quoted = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: s3:GetObject on \
                      resource: \"arn:aws:s3:::data/k\" because no identity-based policy allows the s3:GetObject action";
        assert_eq!(sentence(quoted).unwrap().resource.as_deref(), Some("arn:aws:s3:::data/k"));
        assert!(sentence("AccessDenied").is_none());
        let id = "0f1e2d3c-0000-4000-8000-000000000000";
        let text = format!("status code: 403, request id: {id}, api error");
        assert_eq!(ids(&text).next(), Some(id));
        let text = "(AccessDenied) … <RequestId>4442587FB7D0A2F9</RequestId>";
        assert_eq!(ids(text).collect::<Vec<_>>(), ["4442587FB7D0A2F9"]);
    }
}
