//! Requests as they come in, without a signature and with a key that nobody has.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use cloud::Service;
use cloud::table::Entry;
use wire::rest_json::ERROR_HEADER;
use wire::rest_xml::table::{Level, named};
use wire::service::Protocol;

use super::fixture::Case;
use super::world::World;
use crate::{path, table};

/// An access key that nobody has, in a scope of `SERVICE`.
const UNKNOWN: &str = "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/DATE/us-east-1/SERVICE/aws4_request, \
                       SignedHeaders=host;COPYx-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// The answers to a request without and with a signature nobody can have made.
pub(super) fn check(entry: &'static Entry, case: &Case) -> Result<(), String> {
    let world = World::empty();
    let service = entry.service.prefix();
    let unknown = UNKNOWN.replace("SERVICE", service);
    let answer = |authorization: Option<&str>| {
        let request = request(entry, authorization)?;
        let shared = Arc::clone(&world.shared);
        let source = SocketAddr::from(([127, 0, 0, 1], 1));
        Some(world.runtime.block_on(async move {
            let response = path::serve(request, source, shared).await;
            let status = response.status().as_u16();
            // restJson services name the code here.
            let code = response.headers().get(ERROR_HEADER);
            let code = code.map_or(String::new(), |code| code.to_str().unwrap().to_owned());
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, code + std::str::from_utf8(&body).unwrap())
        }))
    };
    let expect = |authorization: Option<&str>, codes: &[&str]| match answer(authorization) {
        None => Err(format!("cannot be asked for as {}", entry.service.prefix())),
        // What answers HEAD has no body.
        Some((403, body)) if body.is_empty() && entry.name.starts_with("Head") => Ok(()),
        Some((status, body)) if status >= 400 && codes.iter().any(|code| body.contains(code)) => {
            Ok(())
        }
        Some((status, body)) => Err(format!("answers {status} and none of {codes:?}: {body}")),
    };
    // Who does not sign is anonymous to S3, and nobody here lets them do anything.
    if entry.service == Service::S3 {
        let world = World::unsigned(case)?;
        world.run(entry, &case.input).expect_denied("unsigned")?;
        return expect(Some(&unknown), &["InvalidAccessKeyId"]);
    }
    if !table::may_be_unsigned(entry.service, entry.name) {
        expect(None, &["MissingAuthenticationToken", "AuthFailure"])?;
    }
    expect(Some(&unknown), &["InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"])
}

/// The operation by its name, with no parameters: nobody looks at those before it is known who calls.
fn request(entry: &Entry, authorization: Option<&str>) -> Option<Request> {
    let prefix = entry.service.prefix();
    let speaks = wire::service::Service::all().iter().find(|service| service.name == prefix)?;
    let now = sigv4::Timestamp::from_unix_seconds(crate::clock::real_now().unix_seconds());
    let date = now.to_string();
    let (method, target) = target(entry, speaks.protocol)?;
    let mut request = axum::http::Request::builder()
        .method(method)
        .uri(target)
        .header("host", format!("{prefix}.us-east-1.amazonaws.com"))
        .header("x-amz-date", &date);
    if let Some(authorization) = authorization {
        // S3 wants all headers of its own signed.
        let copies = named(entry.name).is_some_and(|shape| !shape.header.is_empty());
        let copy = if copies { "x-amz-copy-source;" } else { "" };
        let authorization = authorization.replace("DATE", date.get(..8)?).replace("COPY", copy);
        request = request.header("authorization", authorization);
    }
    let body = match speaks.protocol {
        Protocol::Query | Protocol::Ec2 => {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            format!("Action={}&Version={}", entry.name, speaks.version)
        }
        Protocol::Json => {
            request = request
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", format!("{}.{}", speaks.target, entry.name));
            "{}".to_owned()
        }
        Protocol::RestXml => {
            let header = named(entry.name)?.header;
            if !header.is_empty() {
                request = request.header(header, "data-bucket/key");
            }
            request = request.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
            String::new()
        }
        Protocol::RestJson => "{}".to_owned(),
    };
    Some(request.body(Body::from(body)).unwrap())
}

/// The method, and the path with the query, that name an operation.
fn target(entry: &Entry, protocol: Protocol) -> Option<(&'static str, String)> {
    match protocol {
        Protocol::RestXml => {
            let shape = named(entry.name)?;
            let path = match shape.level {
                Level::Root => "/",
                Level::Bucket => "/data-bucket",
                Level::Object => "/data-bucket/key",
            };
            Some((shape.method, format!("{path}?{}", shape.marker)))
        }
        Protocol::RestJson => {
            let mut routes = lambda::table::ROUTES.iter();
            let route = routes.find(|route| route.operation == entry.name)?;
            let parts =
                route.path.split('/').map(|part| part.strip_prefix('{').map_or(part, |_| "f"));
            Some((route.method, parts.collect::<Vec<_>>().join("/")))
        }
        Protocol::Query | Protocol::Ec2 | Protocol::Json => Some(("POST", "/".to_owned())),
    }
}
