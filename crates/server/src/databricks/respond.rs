//! What goes back. Errors have one of three shapes: the API's own, SCIM's, and that of API 1.2. Only this
//! module knows Databricks' HTTP statuses.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use databricks::fault::Fault;
use databricks::host::Host;
use serde_json::{Value, json};

use crate::databricks::authenticate::Unknown;
use crate::receive::Unreceived;

/// The shapes of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `error_code`, `message`, `details`.
    Standard,
    /// RFC 7644, section 3.12.
    Scim,
    /// `error`.
    V12,
}

impl Shape {
    /// The shape of the errors of whatever is at `path`.
    pub(crate) fn of_path(path: &str) -> Self {
        if path.starts_with("/api/1.2/") {
            Self::V12
        } else if path.contains("/scim/v2/") {
            Self::Scim
        } else {
            Self::Standard
        }
    }
}

/// An answer on its way.
pub(crate) fn success(body: Vec<u8>, path: &str, host: &Host, request_id: &str) -> Response {
    let scim = Shape::of_path(path) == Shape::Scim;
    let kind = if scim { "application/scim+json" } else { "application/json" };
    response(StatusCode::OK, kind, body, host, request_id)
}

/// An error on its way.
pub(crate) fn failure(fault: &Fault, shape: Shape, host: &Host, request_id: &str) -> Response {
    let status = status(fault.code);
    let body = match shape {
        Shape::Standard => standard(fault.code.into(), &fault.message, request_id),
        Shape::Scim => scim(fault, status),
        Shape::V12 => json!({"error": format!("{}: {}", fault.code, fault.message)}),
    };
    encoded(status, &body, host, request_id)
}

/// The code is the status where the front door says so (databricks-sdk-go issues 873 and 917).
fn standard(code: Value, message: &str, request_id: &str) -> Value {
    json!({
        "error_code": code,
        "message": message,
        "details": [{
            "@type": "type.googleapis.com/google.rpc.RequestInfo",
            "request_id": request_id,
            "serving_data": "",
        }],
    })
}

fn scim(fault: &Fault, status: StatusCode) -> Value {
    let kind = match fault.code {
        "INVALID_FILTER" => Some("invalidFilter"),
        "INVALID_PATH" => Some("invalidPath"),
        "INVALID_PARAMETER_VALUE" => Some("invalidValue"),
        "MALFORMED_REQUEST" => Some("invalidSyntax"),
        _ => None,
    };
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "detail": fault.message,
        "status": status.as_u16().to_string(),
    });
    if let (Some(kind), Some(fields)) = (kind, body.as_object_mut()) {
        fields.insert("scimType".to_owned(), kind.into());
    }
    body
}

/// To a request whose sender nobody knows. The texts for a missing and for a wrong token are those that users
/// report; that for one that is over is unverified.
pub(crate) fn unauthenticated(unknown: Unknown, host: &Host, request_id: &str) -> Response {
    let (status, text) = match unknown {
        Unknown::Missing => (
            StatusCode::UNAUTHORIZED,
            "Credential was not sent or was of an unsupported type for this API.",
        ),
        Unknown::Token => (StatusCode::FORBIDDEN, "Invalid access token."),
        Unknown::Expired => (StatusCode::FORBIDDEN, "Access token has expired."),
    };
    let body = standard(status.as_u16().into(), text, request_id);
    let mut response = encoded(status, &body, host, request_id);
    response
        .headers_mut()
        .insert("x-databricks-reason-phrase", axum::http::HeaderValue::from_static(text));
    response
}

/// What workspaces answer outside of `/api`: model serving, SQL drivers, what tools report, the pages of a browser.
const BESIDE_THE_API: [&str; 9] = [
    "/serving-endpoints",
    "/sql/1.0/",
    "/sql/protocolv1/",
    "/telemetry-",
    "/graphql",
    "/ajax-api/",
    "/driver-proxy",
    "/oidc/v1/authorize",
    "/login",
];

/// To a request for something that this host does not have: the wrong level, or not modelled.
pub(crate) fn unrouted(method: &str, path: &str, host: &Host, request_id: &str) -> Response {
    let shape = Shape::of_path(path);
    let is_known = BESIDE_THE_API.iter().any(|known| path.starts_with(known));
    if !path.starts_with("/api/") && !is_known {
        let fault = Fault::new("ENDPOINT_NOT_FOUND", format!("Endpoint not found for {path}"));
        return failure(&fault, shape, host, request_id);
    }
    let of_account = databricks::table::is_of_account(path);
    match (host.is_account() && !is_known, of_account) {
        // "HTTP method POST is not supported by this URL" is what users report who send a workspace's
        // requests to the account's host (terraform-provider-databricks issue 2183).
        (true, false) => {
            let text = format!("HTTP method {method} is not supported by this URL");
            let body = format!(
                "<html><head><title>Error 405 {text}</title></head><body><h2>HTTP ERROR 405</h2>\
                 <p>Reason:<pre>    {text}</pre></p></body></html>"
            );
            let status = StatusCode::METHOD_NOT_ALLOWED;
            response(status, "text/html;charset=utf-8", body.into_bytes(), host, request_id)
        }
        // As users report it (databrickslabs/ucx issue 1762).
        (false, true) => {
            let rest = path.strip_prefix("/api").unwrap_or(path);
            let fault = Fault::new("ENDPOINT_NOT_FOUND", format!("Endpoint not found for {rest}"));
            failure(&fault, shape, host, request_id)
        }
        _ => {
            let text = format!(
                "rolecall does not implement `{method} {path}`: what it does is in docs/fidelity/databricks.md"
            );
            failure(&Fault::not_modelled(text), shape, host, request_id)
        }
    }
}

/// To a request that nobody looked at.
pub(crate) fn unreceived(reason: Unreceived, host: &Host, request_id: &str) -> Response {
    let fault = match reason {
        Unreceived::TooLarge => Fault::new("MAX_REQUEST_SIZE_EXCEEDED", "Request size exceeded"),
        Unreceived::Broken => Fault::malformed("The request ended before its body did"),
        Unreceived::TooSlow => Fault::malformed("The body of the request did not come in time"),
        Unreceived::Ambiguous => {
            Fault::malformed("The request has a header twice that it may have once")
        }
        Unreceived::FromAPage => Fault::denied(
            "rolecall answers programs, not web pages: the Origin or Host of this request is foreign",
        ),
    };
    failure(&fault, Shape::Standard, host, request_id)
}

/// The body of the answer to a request that could not be read.
pub(crate) fn unread(why: &str, request_id: &str) -> Vec<u8> {
    let body = standard("MALFORMED_REQUEST".into(), why, request_id);
    serde_json::to_vec(&body).unwrap_or_default()
}

fn encoded(status: StatusCode, body: &Value, host: &Host, request_id: &str) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    response(status, "application/json; charset=utf-8", bytes, host, request_id)
}

fn response(
    status: StatusCode,
    kind: &str,
    body: Vec<u8>,
    host: &Host,
    request_id: &str,
) -> Response {
    let mut builder = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header("x-request-id", request_id);
    if let Some(id) = host.workspace_id {
        builder = builder.header("x-databricks-org-id", id.to_string());
    }
    builder.body(Body::from(body)).unwrap_or_else(|_| Response::new(Body::empty()))
}

/// The HTTP status of a code (error mapping of the Databricks SDKs).
fn status(code: &str) -> StatusCode {
    match code {
        "PERMISSION_DENIED" => StatusCode::FORBIDDEN,
        "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" | "ENDPOINT_NOT_FOUND" => StatusCode::NOT_FOUND,
        "RESOURCE_ALREADY_EXISTS" | "ALREADY_EXISTS" | "RESOURCE_CONFLICT" => StatusCode::CONFLICT,
        "MAX_REQUEST_SIZE_EXCEEDED" => StatusCode::PAYLOAD_TOO_LARGE,
        "NOT_IMPLEMENTED" => StatusCode::NOT_IMPLEMENTED,
        "INTERNAL_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
        // Unity Catalog's, such as `METASTORE_DOES_NOT_EXIST`; that something exists already is a bad request to it.
        code if code.ends_with("_DOES_NOT_EXIST") => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    }
}
