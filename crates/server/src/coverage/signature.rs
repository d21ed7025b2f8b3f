//! Requests as they come in, without a signature and with a key that nobody has.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use cloud::table::Entry;
use wire::service::Protocol;

use super::fixture::Case;
use super::world::World;
use crate::{path, table};

/// An access key that nobody has, in a scope of `SERVICE`.
const UNKNOWN: &str = "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/DATE/us-east-1/SERVICE/aws4_request, \
                       SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// The answers to a request without and with a signature nobody can have made.
pub(super) fn check(entry: &'static Entry, _: &Case) -> Result<(), String> {
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
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        }))
    };
    let expect = |authorization: Option<&str>, codes: &[&str]| match answer(authorization) {
        // A service of methods and paths finds its operation by more than its name: its own tests ask.
        None => Ok(()),
        Some((status, body)) if status >= 400 && codes.iter().any(|code| body.contains(code)) => {
            Ok(())
        }
        Some((status, body)) => Err(format!("answers {status} and none of {codes:?}: {body}")),
    };
    if !table::may_be_unsigned(entry.service, entry.name) {
        expect(
            None,
            &["MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure"],
        )?;
    }
    expect(Some(&unknown), &["InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"])
}

/// The operation by its name, with no parameters: nobody looks at those before it is known who calls.
fn request(entry: &Entry, authorization: Option<&str>) -> Option<Request> {
    let prefix = entry.service.prefix();
    let speaks = wire::service::Service::all().iter().find(|service| service.name == prefix)?;
    let now = sigv4::Timestamp::from_unix_seconds(crate::clock::real_now().unix_seconds());
    let date = now.to_string();
    let mut request = axum::http::Request::post("/")
        .header("host", format!("{prefix}.us-east-1.amazonaws.com"))
        .header("x-amz-date", &date);
    if let Some(authorization) = authorization {
        let authorization = authorization.replace("DATE", date.get(..8)?);
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
        Protocol::RestXml | Protocol::RestJson => return None,
    };
    Some(request.body(Body::from(body)).unwrap())
}
