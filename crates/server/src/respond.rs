//! What goes back: answers and errors in the service's protocol. Only this module knows HTTP statuses.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use cloud::Operation;
use wire::path::{Path, Segment};
use wire::service::{Protocol, Service};
use wire::{Fault, ec2, json, query, rest_json};

use crate::authenticate::Unknown;
use crate::receive::Unreceived;
use crate::route::{Input, Unrouted};

/// Why a request is not answered as it wished.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody knows who calls.
    Unknown(Unknown),
    /// IAM does not allow it.
    Denied(cloud::Fault),
    /// The service refuses it.
    Service(cloud::Fault),
    /// Its form is wrong.
    Wire(Fault),
    /// This server failed.
    Internal(String),
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// An operation's input.
pub(crate) fn decode<O: Operation>(speaks: &Service, input: &Input<'_>) -> Result<O, Failure> {
    let decoded = match (speaks.protocol, input) {
        (Protocol::Ec2, Input::Form(form)) => ec2::decode::<O>(form),
        (_, Input::Form(form)) => query::decode::<O>(form),
        (_, Input::Json(body)) => json::decode::<O>(body),
        (_, Input::Value(value)) => json::decode_value::<O>(value),
    };
    match decoded {
        Ok(decoded) => match refused_parameter::<O>(speaks, &decoded.unknown) {
            Some(fault) => Err(Failure::Wire(fault)),
            None => Ok(decoded.input),
        },
        Err(error) => Err(Failure::Wire(speaks.decode_fault(&error))),
    }
}

/// What is said of parameters that an operation does not have. AWS's query and JSON services ignore them; those that
/// AWS has are refused by name.
fn refused_parameter<O: Operation>(speaks: &Service, unknown: &[Path]) -> Option<Fault> {
    if speaks.protocol == Protocol::Ec2 {
        return unknown.first().filter(|path| !is_common(path)).map(ec2::unknown_parameter);
    }
    let names = unknown.iter().filter_map(|path| match path.segments.first() {
        Some(Segment::Field(name)) => Some(name.as_str()),
        _ => None,
    });
    let named = |name: &&str| cloud::unmodelled::is_parameter(O::SERVICE, O::NAME, name);
    let name = names.into_iter().find(named)?;
    let text = format!(
        "rolecall does not model the parameter {name} of {}:{} yet: leave it away, or see docs/fidelity.md",
        O::SERVICE.prefix(),
        O::NAME
    );
    Some(Fault::new(501, "NotImplemented", text))
}

/// Parameters that every operation of a form service may come with.
fn is_common(path: &Path) -> bool {
    let name = path.to_string();
    matches!(name.as_str(), "Action" | "Version") || name.starts_with("X-Amz-")
}

/// An operation's answer.
pub(crate) fn encode<O: Operation>(
    speaks: &Service,
    output: &O::Output,
    request_id: &str,
) -> Result<Vec<u8>, Failure> {
    speaks.answer(O::NAME, request_id, output).map_err(|error| Failure::Internal(error.to_string()))
}

/// The code of a failure, for the log.
pub(crate) fn code(failure: &Failure, speaks: &Service) -> String {
    fault(failure, speaks.protocol).code.into_owned()
}

/// An answer on its way.
pub(crate) fn success(speaks: &Service, status: u16, body: Vec<u8>, request_id: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let body = if status == StatusCode::NO_CONTENT { Vec::new() } else { body };
    response(speaks.protocol, status, body, request_id)
}

/// An error on its way.
pub(crate) fn failure(failure: &Failure, speaks: &Service, request_id: &str) -> Response {
    let fault = fault(failure, speaks.protocol);
    error(speaks, &fault, request_id)
}

fn error(speaks: &Service, fault: &Fault, request_id: &str) -> Response {
    let body = speaks.error(fault, request_id);
    let mut response = response(speaks.protocol, status_of(fault), body, request_id);
    // restJson names the code in a header.
    if speaks.protocol == Protocol::RestJson
        && let Ok(code) = HeaderValue::from_str(&fault.code)
    {
        response.headers_mut().insert(rest_json::ERROR_HEADER, code);
    }
    response
}

/// To a request for nothing that is here.
pub(crate) fn unrouted(unrouted: &Unrouted, protocol: Protocol, request_id: &str) -> Response {
    let fault = &unrouted.fault;
    match unrouted.speaks {
        Some(speaks) => error(speaks, fault, request_id),
        None => {
            let body = protocol.error(query::FRONT_END_NAMESPACE, fault, request_id);
            response(protocol, status_of(fault), body, request_id)
        }
    }
}

/// To a request that nobody looked at.
pub(crate) fn unreceived(reason: Unreceived, protocol: Protocol, request_id: &str) -> Response {
    let fault = match reason {
        Unreceived::TooLarge => Fault::new(413, "RequestEntityTooLarge", "Request size exceeded"),
        Unreceived::Broken => {
            Fault::new(400, "IncompleteBody", "The request ended before its body did")
        }
        // S3's text ("error responses"); other services close the connection.
        Unreceived::TooSlow => Fault::new(
            408,
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout \
             period. Idle connections will be closed.",
        ),
        // S3's text, for two of the header `Host` (reported for S3 and what is compatible with it).
        Unreceived::Ambiguous => {
            Fault::new(400, "BadRequest", "An error occurred when parsing the HTTP request.")
        }
        Unreceived::FromAPage => Fault::new(
            403,
            "AccessDenied",
            "rolecall answers programs, not web pages: the Origin or Host of this request is foreign",
        ),
    };
    let body = protocol.error(query::FRONT_END_NAMESPACE, &fault, request_id);
    response(protocol, status_of(&fault), body, request_id)
}

fn response(protocol: Protocol, status: StatusCode, body: Vec<u8>, request_id: &str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(protocol.content_type()));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static(protocol.request_id_header()), id);
    }
    response
}

fn status_of(fault: &Fault) -> StatusCode {
    StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn fault(failure: &Failure, protocol: Protocol) -> Fault {
    match failure {
        Failure::Wire(fault) => fault.clone(),
        Failure::Service(fault) => {
            let answer = Fault::new(status(fault.code), fault.code, fault.message.as_str());
            match fault.reason {
                Some(reason) => answer.with_detail("Reason", reason),
                None => answer,
            }
        }
        Failure::Denied(fault) => {
            Fault::new(denied_status(fault.code, protocol), fault.code, fault.message.as_str())
        }
        Failure::Unknown(unknown) if protocol == Protocol::Ec2 => unauthenticated_by_ec2(unknown),
        Failure::Unknown(unknown) if matches!(protocol, Protocol::Json | Protocol::RestJson) => {
            let fault = unauthenticated_by_json(unknown);
            // restJson services answer strangers with 403.
            let status = if protocol == Protocol::RestJson { 403 } else { fault.status };
            Fault { status, ..fault }
        }
        Failure::Unknown(unknown) => unauthenticated(unknown),
        Failure::Internal(error) => {
            tracing::error!("{error}");
            Fault::new(500, "InternalFailure", format!("rolecall failed: {error}"))
        }
    }
}

fn unauthenticated(unknown: &Unknown) -> Fault {
    match unknown {
        Unknown::Signature(error) => {
            let answer = sigv4::answer::query(error);
            let status = if matches!(answer.code, "IncompleteSignature" | "RequestExpired") {
                400
            } else {
                403
            };
            Fault::new(status, answer.code, answer.message.as_ref())
        }
        Unknown::Key | Unknown::Token | Unknown::LegacySignature => Fault::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        Unknown::Expired => {
            Fault::new(403, "ExpiredToken", "The security token included in the request is expired")
        }
    }
}

/// The HTTP status of a denial: services that speak awsJson 1.1 have 400 for all that the caller is to blame
/// for (API models of Organizations and CloudTrail).
fn denied_status(code: &str, protocol: Protocol) -> u16 {
    if code == "AccessDeniedException" && protocol == Protocol::Json { 400 } else { 403 }
}

/// Services that speak JSON have codes of their own, all with 400 (common errors of CloudTrail and
/// Organizations).
fn unauthenticated_by_json(unknown: &Unknown) -> Fault {
    let (code, text) = match unknown {
        Unknown::Signature(error) => {
            let answer = sigv4::answer::json(error);
            return Fault::new(400, answer.code, answer.message.as_ref());
        }
        Unknown::Key | Unknown::Token | Unknown::LegacySignature => (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Unknown::Expired => {
            ("ExpiredTokenException", "The security token included in the request is expired")
        }
    };
    Fault::new(400, code, text)
}

/// EC2 has codes of its own, with 401 for whoever it does not know ("Error codes for the Amazon EC2 API").
fn unauthenticated_by_ec2(unknown: &Unknown) -> Fault {
    let answer = match unknown {
        Unknown::Signature(error) => sigv4::answer::ec2(error),
        Unknown::Key | Unknown::Token | Unknown::LegacySignature => sigv4::answer::Answer {
            code: "AuthFailure",
            message: "AWS was not able to validate the provided access credentials".into(),
        },
        Unknown::Expired => {
            sigv4::answer::Answer { code: "RequestExpired", message: "Request has expired.".into() }
        }
    };
    let status = if answer.code == "AuthFailure" { 401 } else { 400 };
    Fault::new(status, answer.code, answer.message.as_ref())
}

/// The HTTP status that a service answers a fault with.
pub(crate) fn status_of_fault(service: cloud::Service, fault: &cloud::Fault) -> u16 {
    let speaks = Service::named(service.prefix());
    match (fault.code, speaks) {
        ("AccessDeniedException", Some(speaks)) => denied_status(fault.code, speaks.protocol),
        _ => status(fault.code),
    }
}

/// The HTTP status of a service's code (API models of IAM and STS; common errors).
fn status(code: &str) -> u16 {
    match code {
        "NoSuchEntity"
        | "NotSupportedService"
        | "ResourceNotFoundException"
        | "ChangeSetNotFound" => 404,
        "EntityAlreadyExists"
        | "LimitExceeded"
        | "DeleteConflict"
        | "ConcurrentModification"
        | "EntityTemporarilyUnmodifiable"
        | "ResourceConflictException" => 409,
        "ReportNotPresent" | "ReportExpired" | "ReportInProgress" => 410,
        "DryRunOperation" | "PreconditionFailedException" => 412,
        "RequestEntityTooLargeException" => 413,
        "AccessDenied"
        | "UnauthorizedOperation"
        | "AuthFailure.ServiceLinkedRoleCreationNotPermitted"
        | "IDPRejectedClaim"
        | "InvalidClientTokenId"
        | "RegionDisabledException" => 403,
        "PolicyEvaluation" | "ServiceFailure" | "ServiceException" | "InternalFailure" => 500,
        "NotImplemented" => 501,
        _ => 400,
    }
}
