//! A request as it came in: bounded, and from somebody who may drive the server at all.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
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
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) source: SocketAddr,
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
        let (parts, body) = request.into_parts();
        let received = Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: Vec::new(),
            source,
        };
        (received, body)
    }

    /// Reads the body.
    pub(crate) async fn take_in(&mut self, body: Body) -> Result<(), Unreceived> {
        self.body = read_body(body).await?;
        Ok(())
    }

    /// A header's value as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The headers whose values are text.
    pub(crate) fn text_headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value).ok()?)))
            .collect()
    }

    /// The request as the codecs route it.
    pub(crate) fn incoming<'r>(
        &'r self,
        headers: &'r [(&'r str, &'r str)],
        scope_service: Option<&'r str>,
    ) -> Incoming<'r> {
        let Self { method, query, body, .. } = self;
        Incoming { method, query, headers, body, scope_service }
    }

    /// The headers as slices.
    pub(crate) fn header_pairs(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }
}

async fn read_body(mut body: Body) -> Result<Vec<u8>, Unreceived> {
    // What says beforehand that it is too large is not read at all.
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unreceived::TooLarge);
    }
    let mut whole = Vec::new();
    loop {
        let frame = timeout(BODY_PAUSE, body.frame()).await.map_err(|_| Unreceived::TooSlow)?;
        let Some(frame) = frame else { return Ok(whole) };
        let Ok(data) = frame.map_err(|_| Unreceived::Broken)?.into_data() else { continue };
        if whole.len() + data.len() > MAX_BODY_BYTES {
            return Err(Unreceived::TooLarge);
        }
        whole.extend_from_slice(&data);
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
