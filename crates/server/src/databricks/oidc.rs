//! What is answered to everybody: where to log in, and tokens for those who show a client's secret.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use databricks::host::Host;
use databricks::token::{bearer, secret};
use serde::Serialize;
use store::View;

use crate::clock::OsEntropy;
use crate::databricks::input::pairs;
use crate::receive::Received;
use crate::shared::Shared;

/// Answers a request that needs no token; `None` if it is not one of those.
pub(crate) fn answer(
    received: &Received,
    host: &Host,
    view: &View,
    shared: &Shared,
) -> Option<Response> {
    let base = base(received);
    // The account's documents are below its id; workspaces must not have one in theirs, as clients would take
    // them for hosts of both levels.
    let root = match host.workspace_id {
        Some(_) => "/oidc".to_owned(),
        None => format!("/oidc/accounts/{}", host.account_id),
    };
    let path = received.path();
    if received.method() == "GET" && path == "/.well-known/databricks-config" {
        return Some(json(StatusCode::OK, &Discovery::new(host, &base, &root)));
    }
    let rest = path.strip_prefix(&root)?;
    match (received.method(), rest) {
        (
            "GET",
            "/.well-known/oauth-authorization-server" | "/.well-known/openid-configuration",
        ) => {
            let endpoint = |name: &str| format!("{base}{root}/v1/{name}");
            Some(json(
                StatusCode::OK,
                &Endpoints {
                    issuer: format!("{base}{root}"),
                    authorization_endpoint: endpoint("authorize"),
                    token_endpoint: endpoint("token"),
                    grant_types_supported: ["client_credentials"],
                    token_endpoint_auth_methods_supported: [
                        "client_secret_basic",
                        "client_secret_post",
                    ],
                    scopes_supported: ["all-apis"],
                },
            ))
        }
        ("POST", "/v1/token") => Some(token(received, host, view, shared)),
        _ => None,
    }
}

/// The address that the client has for this host.
pub(crate) fn base(received: &Received) -> String {
    format!("http://{}", received.header("host").unwrap_or("127.0.0.1"))
}

#[derive(Serialize)]
struct Discovery {
    oidc_endpoint: String,
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace_id: Option<String>,
    cloud: &'static str,
    host_type: &'static str,
}

impl Discovery {
    fn new(host: &Host, base: &str, root: &str) -> Self {
        Self {
            oidc_endpoint: format!("{base}{root}"),
            account_id: host.account_id.clone(),
            workspace_id: host.workspace_id.map(|id| id.to_string()),
            cloud: "AWS",
            host_type: if host.is_account() { "account" } else { "workspace" },
        }
    }
}

#[derive(Serialize)]
struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    grant_types_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 2],
    scopes_supported: [&'static str; 1],
}

#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: &'static str,
}

/// An error of OAuth (RFC 6749, section 5.2).
#[derive(Serialize)]
struct OauthError {
    error: &'static str,
    error_description: &'static str,
}

/// Client credentials (RFC 6749, section 4.4), shown by HTTP Basic or in the form.
fn token(received: &Received, host: &Host, view: &View, shared: &Shared) -> Response {
    let body = String::from_utf8_lossy(&received.body);
    let form: Vec<(String, String)> = pairs(&body).collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    if field("grant_type").map(String::as_str) != Some("client_credentials") {
        return json(
            StatusCode::BAD_REQUEST,
            &OauthError {
                error: "unsupported_grant_type",
                error_description: "rolecall issues tokens for `client_credentials` alone",
            },
        );
    }
    let shown = basic(received)
        .or_else(|| Some((field("client_id")?.clone(), field("client_secret")?.clone())));
    let now = shared.moment(String::new()).now;
    let principal =
        shown.and_then(|(id, value)| secret::check(view, &host.account_id, &id, &value, now));
    // A workspace issues none to those whom it does not know.
    let known = principal.filter(|id| databricks::caller::Caller::of(view, host, id).is_some());
    let key = &shared.secrets.sealing_key;
    let issued = known.and_then(|id| bearer::issue(key, &mut OsEntropy::new(), host, &id, now));
    match issued {
        Some(access_token) => json(
            StatusCode::OK,
            &Token {
                access_token,
                token_type: "Bearer",
                expires_in: bearer::LIFETIME_SECONDS,
                scope: "all-apis",
            },
        ),
        None => json(
            StatusCode::UNAUTHORIZED,
            &OauthError {
                error: "invalid_client",
                error_description: "Client authentication failed",
            },
        ),
    }
}

fn basic(received: &Received) -> Option<(String, String)> {
    let header = received.header("authorization")?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(Base64::decode_vec(encoded.trim()).ok()?).ok()?;
    let (id, value) = text.split_once(':')?;
    // RFC 6749, section 2.3.1: both are form-encoded first.
    let plain = |part: &str| databricks::table::decoded(&part.replace('+', " "));
    Some((plain(id), plain(value)))
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
