//! What resources that are kept by SCIM share: where it is, and how roles and members are added and removed.

use serde_json::{Value as Json, json};

use crate::client::{ApiError, Client};
use crate::diagnostic::Diagnostic;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The start of SCIM's paths: the workspace's, or the account's on an account console.
pub(crate) fn base(client: &Client) -> Result<String, Diagnostic> {
    if client.is_account() {
        return Ok(format!("/api/2.0/accounts/{}/scim/v2", client.account_id()?));
    }
    Ok("/api/2.0/preview/scim/v2".to_owned())
}

/// Adds a value to a list of `path`, such as a role to a group. Adding twice is fine.
pub(crate) fn add(
    client: &Client,
    path: &str,
    attribute: &str,
    value: &str,
) -> Result<(), ApiError> {
    let operation = json!({"op": "add", "path": attribute, "value": [{"value": value}]});
    patch(client, path, &operation)
}

/// Removes a value from a list of `path`; that it is gone already is fine.
pub(crate) fn remove(
    client: &Client,
    path: &str,
    attribute: &str,
    value: &str,
) -> Result<(), ApiError> {
    let operation = json!({"op": "remove", "path": format!("{attribute}[value eq \"{value}\"]")});
    match patch(client, path, &operation) {
        Err(error) if error.is_missing() => Ok(()),
        outcome => outcome,
    }
}

fn patch(client: &Client, path: &str, operation: &Json) -> Result<(), ApiError> {
    let body = json!({"schemas": [PATCH], "Operations": [operation]});
    client.send("PATCH", path, Some(&body)).map(drop)
}

/// Whether the list of `path` holds the value; `None` if `path` itself is gone.
pub(crate) fn holds(
    client: &Client,
    path: &str,
    attribute: &str,
    value: &str,
) -> Result<Option<bool>, ApiError> {
    let answer = match client.get(path, &[("attributes", attribute)]) {
        Err(error) if error.is_missing() => return Ok(None),
        answer => answer?,
    };
    let items = answer.get(attribute).and_then(Json::as_array).into_iter().flatten();
    Ok(Some(items.into_iter().any(|item| item.get("value").and_then(Json::as_str) == Some(value))))
}
