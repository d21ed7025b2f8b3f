//! A request as it came in: bounded, and from somebody who may drive the server at all.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use bytes::BytesMut;
use http_body_util::BodyExt;
use tokio::time::timeout;
use wire::route::Incoming;

/// The largest body that is read, in bytes. The largest parameter of a query service, a policy
/// document, has 131,072 characters, of which each can take 9 bytes in a form.
pub(crate) const MAX_BODY_BYTES: usize = 2 << 20;

/// How long the body may pause on its way.
pub(crate) const BODY_PAUSE: Duration =
    if cfg!(test) { Duration::from_millis(60) } else { Duration::from_secs(20) };

/// A request, complete.
#[derive(Debug)]
pub(crate) struct Received {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) source: SocketAddr,
    /// The credential that its signature names.
    credential: Option<String>,
}

/// Why a request is turned away before anybody looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreceived {
    /// The body is larger than [`MAX_BODY_BYTES`].
    TooLarge,
    /// The sender stopped in the middle.
    Broken,
    /// Nothing more of the body came for [`BODY_PAUSE`].
    TooSlow,
    /// A web page in a browser sent it: see [`comes_from_a_page`].
    FromAPage,
    /// It says twice whom it is for, or who sends it.
    Ambiguous,
}

impl Received {
    /// The request with its body.
    pub(crate) async fn read(request: Request, source: SocketAddr) -> Result<Self, Unreceived> {
        if let Some(reason) = refusal(request.headers()) {
            return Err(reason);
        }
        let (mut received, body) = Self::begin(request, source);
        received.take_in(body).await?;
        Ok(received)
    }

    /// The request without its body, which is still to be read.
    pub(crate) fn begin(request: Request, source: SocketAddr) -> (Self, Body) {
        let (Parts { method, uri, headers, .. }, body) = request.into_parts();
        let credential = credential(&headers, uri.query().unwrap_or_default());
        (Self { method, uri, headers, body: Bytes::new(), source, credential }, body)
    }

    /// Reads the body.
    pub(crate) async fn take_in(&mut self, body: Body) -> Result<(), Unreceived> {
        self.body = read_body(body).await?;
        Ok(())
    }

    pub(crate) fn method(&self) -> &str {
        self.method.as_str()
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// What stands behind the `?`.
    pub(crate) fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The service of the signature's scope, `…/us-east-1/iam/aws4_request`, before anything is proved.
    pub(crate) fn scope_service(&self) -> Option<&str> {
        self.credential.as_deref()?.split('/').nth(3)
    }

    /// The access key that the request names, likewise.
    pub(crate) fn access_key_id(&self) -> Option<&str> {
        self.credential.as_deref()?.split('/').next()
    }

    /// A header's value as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// The headers whose values are text.
    pub(crate) fn text_headers(&self) -> Vec<(&str, &str)> {
        let text = |(name, value)| Some((name, std::str::from_utf8(value).ok()?));
        self.header_pairs().into_iter().filter_map(text).collect()
    }

    /// The request as the codecs route it.
    pub(crate) fn incoming<'r>(&'r self, headers: &'r [(&'r str, &'r str)]) -> Incoming<'r> {
        Incoming {
            method: self.method(),
            query: self.query(),
            headers,
            body: &self.body,
            scope_service: self.scope_service(),
        }
    }

    /// The headers as slices.
    pub(crate) fn header_pairs(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }
}

/// `AKIA…/20260101/us-east-1/iam/aws4_request`, as the signature names it in the head or the query.
fn credential(headers: &HeaderMap, query: &str) -> Option<String> {
    let after = |text: &str, name: &str| text.find(name).map(|at| at + name.len());
    let header = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let header = std::str::from_utf8(header).unwrap_or_default();
    let rest = match after(header, "Credential=") {
        Some(at) => header.get(at..)?,
        None => query.get(after(query, "X-Amz-Credential=")?..)?,
    };
    let credential = rest.split([',', '&', ' ']).next()?;
    if credential.contains('%') {
        return Some(credential.replace("%2F", "/").replace("%2f", "/"));
    }
    Some(credential.to_owned())
}

async fn read_body(mut body: Body) -> Result<Bytes, Unreceived> {
    // What says beforehand that it is too large is not read at all.
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unreceived::TooLarge);
    }
    // Most come in one piece, which need not be copied.
    let Some(first) = next_piece(&mut body).await? else { return Ok(Bytes::new()) };
    let Some(mut next) = next_piece(&mut body).await? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    loop {
        if whole.len() + next.len() > MAX_BODY_BYTES {
            return Err(Unreceived::TooLarge);
        }
        whole.extend_from_slice(&next);
        match next_piece(&mut body).await? {
            Some(piece) => next = piece,
            None => return Ok(whole.freeze()),
        }
    }
}

/// More of the body; nothing at its end.
async fn next_piece(body: &mut Body) -> Result<Option<Bytes>, Unreceived> {
    loop {
        if body.is_end_stream() {
            return Ok(None);
        }
        // What is there already needs no timer.
        let ready = poll_fn(|context| Poll::Ready(Pin::new(&mut *body).poll_frame(context))).await;
        let frame = match ready {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                timeout(BODY_PAUSE, body.frame()).await.map_err(|_| Unreceived::TooSlow)?
            }
        };
        let Some(frame) = frame else { return Ok(None) };
        match frame.map_err(|_| Unreceived::Broken)?.into_data() {
            Ok(data) if data.len() > MAX_BODY_BYTES => return Err(Unreceived::TooLarge),
            Ok(data) => return Ok(Some(data)),
            Err(_) => {}
        }
    }
}

/// Why a request is not looked at further, by its head alone.
pub(crate) fn refusal(headers: &HeaderMap) -> Option<Unreceived> {
    let is_there_twice = |name| headers.get_all(name).iter().nth(1).is_some();
    if comes_from_a_page(headers) {
        Some(Unreceived::FromAPage)
    } else if is_there_twice(header::HOST) || is_there_twice(header::AUTHORIZATION) {
        Some(Unreceived::Ambiguous)
    } else {
        None
    }
}

/// Whether a browser says that a page of another origin sent the request, or the `Host` is a name that
/// some page was served under (DNS rebinding). Programs send neither; the console's own origin is a
/// loopback address.
pub(crate) fn comes_from_a_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign_origin = text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        !is_own_host(host)
    });
    let foreign_host = text(header::HOST).is_some_and(|host| !is_own_host(host));
    foreign_origin || foreign_host
}

/// A loopback address, `localhost` and names below it, or a name of AWS's that a client was pointed at
/// this machine with.
fn is_own_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_matches(['[', ']']).to_ascii_lowercase();
    let loopback = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    // Clients that ask for an instance's metadata at its usual address are sent here by their own setup.
    loopback
        || matches!(name.as_str(), "169.254.169.254" | "fd00:ec2::254")
        || name == "localhost"
        || name.ends_with(".localhost")
        || name.ends_with(".amazonaws.com")
        || name.ends_with(".localhost.localstack.cloud")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (host, own) in [
            ("127.0.0.1:4566", true),
            ("localhost", true),
            ("bucket.localhost:4566", true),
            ("[::1]:4566", true),
            ("iam.amazonaws.com", true),
            ("evil.example:4566", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("null", false),
        ] {
            assert_eq!(is_own_host(host), own, "{host}");
        }
    }

    #[test]
    fn pages_are_turned_away() {
        let check = |name: &'static str, value: &'static str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(name, axum::http::HeaderValue::from_static(value));
            assert_eq!(comes_from_a_page(&headers), expected, "{name}: {value}");
        };
        check("origin", "https://evil.example", true);
        check("origin", "null", true);
        check("origin", "http://127.0.0.1:4569", false);
        check("host", "evil.example", true);
        check("host", "localhost:4566", false);
    }
}
