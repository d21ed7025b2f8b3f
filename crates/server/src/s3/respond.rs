//! S3's answers. Only this module, for S3, knows HTTP statuses.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use names::Entropy;
use serde::Serialize;
use wire::Fault;
use wire::rest_xml::{self, table::Shape};

use crate::authenticate::Unknown;
use crate::clock::OsEntropy;
use crate::respond::Failure;

/// What every answer tells.
pub(super) struct Told {
    pub(super) request_id: String,
    /// S3's second id, which says nothing here.
    host_id: String,
    /// Answers to these have no body.
    is_head: bool,
}

const HOST_ID_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// An operation's output as an answer.
pub(super) fn document<T: Serialize>(shape: &Shape, output: &T) -> Result<Response, Failure> {
    let answer =
        rest_xml::answer(shape, output).map_err(|error| Failure::Internal(error.to_string()))?;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in &answer.headers {
        add(&mut response, name, value);
    }
    if let Some(content_type) = answer.content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    Ok(response)
}

fn add(response: &mut Response, name: &str, value: &str) {
    // Metadata may have any characters; what no header can hold is left out.
    let name = HeaderName::try_from(name);
    let value = HeaderValue::from_bytes(value.as_bytes());
    if let (Ok(name), Ok(value)) = (name, value) {
        response.headers_mut().insert(name, value);
    }
}

impl Told {
    pub(super) fn new(method: &str, request_id: String) -> Self {
        let host_id = OsEntropy::new().text(HOST_ID_ALPHABET, 75) + "=";
        Self { request_id, host_id, is_head: method == "HEAD" }
    }

    pub(super) fn success(&self, mut response: Response) -> Response {
        self.add_ids(&mut response);
        response
    }

    pub(super) fn failure(&self, failure: &Failure, bucket_region: Option<&str>) -> Response {
        let mut fault = fault(failure);
        // Members in lower case are headers.
        let is_header = |name: &str| name.starts_with(|first: char| first.is_ascii_lowercase());
        let (headers, members): (Vec<_>, Vec<_>) =
            fault.details.drain(..).partition(|(name, _)| is_header(name));
        fault.details = members;
        let has_body = !self.is_head && fault.status != 304;
        let body = if has_body {
            rest_xml::error(&fault, &self.request_id, &self.host_id)
        } else {
            Vec::new()
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(fault.status).unwrap_or_default();
        if has_body {
            let content_type = HeaderValue::from_static(rest_xml::CONTENT_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        for (name, value) in headers {
            add(&mut response, name, &value);
        }
        if let Some(region) = bucket_region {
            add(&mut response, "x-amz-bucket-region", region);
        }
        self.add_ids(&mut response);
        response
    }

    fn add_ids(&self, response: &mut Response) {
        add(response, "x-amz-request-id", &self.request_id);
        add(response, "x-amz-id-2", &self.host_id);
        add(response, "server", "AmazonS3");
    }
}

/// The code of a failure, for the log.
pub(super) fn code(failure: &Failure) -> String {
    fault(failure).code.into_owned()
}

fn fault(failure: &Failure) -> Fault {
    match failure {
        Failure::Wire(fault) => fault.clone(),
        Failure::Service(fault) | Failure::Denied(fault) => {
            let mut told = Fault::new(status(fault.code), fault.code, fault.message.as_str());
            told.details.clone_from(&fault.details);
            told
        }
        Failure::Unknown(unknown) => unauthenticated(unknown),
        Failure::Internal(error) => {
            tracing::error!("{error}");
            Fault::new(500, "InternalError", format!("rolecall failed: {error}"))
        }
    }
}

fn unauthenticated(unknown: &Unknown) -> Fault {
    match unknown {
        Unknown::Signature(error) => {
            let answer = sigv4::answer::s3(error);
            let fault = Fault::new(status(answer.code), answer.code, answer.message.as_ref());
            match error {
                sigv4::Error::Mismatch(why) => fault
                    .with_detail("StringToSign", why.string_to_sign.as_str())
                    .with_detail("CanonicalRequest", why.canonical_request.as_str()),
                _ => fault,
            }
        }
        Unknown::LegacySignature => Fault::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and \
             signing method.",
        ),
        Unknown::Key => Fault::new(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Unknown::Token => {
            Fault::new(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        }
        Unknown::Expired => Fault::new(400, "ExpiredToken", "The provided token has expired."),
    }
}

/// The HTTP status of a code ("Error responses", S3 API reference).
fn status(code: &str) -> u16 {
    match code {
        "NotModified" => 304,
        "AccessDenied"
        | "SignatureDoesNotMatch"
        | "InvalidAccessKeyId"
        | "RequestTimeTooSkewed"
        | "AllAccessDisabled"
        | "CrossLocationLoggingProhibited" => 403,
        "NoSuchBucket"
        | "NoSuchKey"
        | "NoSuchVersion"
        | "NoSuchUpload"
        | "NoSuchBucketPolicy"
        | "NoSuchTagSet"
        | "NoSuchCORSConfiguration"
        | "NoSuchWebsiteConfiguration"
        | "NoSuchLifecycleConfiguration"
        | "NoSuchPublicAccessBlockConfiguration"
        | "ReplicationConfigurationNotFoundError"
        | "ServerSideEncryptionConfigurationNotFoundError"
        | "ObjectLockConfigurationNotFoundError"
        | "OwnershipControlsNotFoundError" => 404,
        "MethodNotAllowed" => 405,
        "BucketNotEmpty"
        | "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "OperationAborted"
        | "ConditionalRequestConflict" => 409,
        "MissingContentLength" => 411,
        "PreconditionFailed" => 412,
        "InvalidRange" | "InvalidPartNumber" => 416,
        "InternalError" | "InternalFailure" | "ServiceFailure" => 500,
        "NotImplemented" => 501,
        "SlowDown" | "ServiceUnavailable" => 503,
        _ => 400,
    }
}
