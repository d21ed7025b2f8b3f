//! Why a signature does not match: what was computed here, and which part would have to differ.

use std::fmt;

use crate::canonical::{Canonical, Part, canonical_path};
use crate::content::{Payload, UNSIGNED_PAYLOAD};
use crate::presented::Presented;
use crate::request::{Dialect, Request};
use crate::text::{EMPTY_SHA256, hex, sha256};
use crate::verify::Signing;

/// What was computed for a request whose signature does not match. It holds no signature, no key and
/// no session token; otherwise it is what the sender should have computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The canonical request. A session token in it is replaced by its length.
    pub canonical_request: String,
    /// The string to sign; its last line is the SHA-256 of the canonical request with the token.
    pub string_to_sign: String,
    /// The one part that makes the signature match if it is taken as the sender seems to have taken
    /// it; `None` if no such part was found, as when the secret is another.
    pub cause: Option<Cause>,
}

/// The part of a request that its sender signed in another form than it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The method, such as `HEAD` signed as `GET`.
    Method,
    /// The path, normalised or encoded by another rule.
    Path,
    /// The query, left out or not encoded.
    Query,
    /// The `host` header, with or without its port.
    Host,
    /// The payload: signed as empty, as unsigned, or with another hash than it has.
    Payload,
}

impl Explanation {
    pub(crate) fn new(
        request: &Request<'_>,
        claim: &Presented<'_>,
        payload: &Payload<'_>,
        canonical: &Canonical,
        signing: &Signing<'_>,
    ) -> Self {
        let matches = |text: &[u8]| signing.sign(text).as_slice() == claim.signature.as_bytes();
        Self {
            canonical_request: canonical.shown(),
            string_to_sign: signing.string_to_sign(canonical.as_bytes()),
            cause: candidates(request, claim, payload)
                .into_iter()
                .find(|(cause, with)| matches(&canonical.replaced(cause.part(), with)))
                .map(|(cause, _)| cause),
        }
    }
}

impl Cause {
    fn part(self) -> Part {
        match self {
            Self::Method => Part::Method,
            Self::Path => Part::Path,
            Self::Query => Part::Query,
            Self::Host => Part::Headers,
            Self::Payload => Part::Payload,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Method => "the method was signed as another",
            Self::Path => "the path was signed in another form: encode it as the service expects",
            Self::Query => "the query was signed in another form: encode and sort it, and sign all",
            Self::Host => "the host was signed in another form: sign the header as it is sent",
            Self::Payload => "the payload was signed as another: sign the bytes that are sent",
        })
    }
}

/// The forms in which senders are known to sign a part by mistake; a few, so that a wrong signature
/// costs little more than a right one.
fn candidates(
    request: &Request<'_>,
    claim: &Presented<'_>,
    payload: &Payload<'_>,
) -> Vec<(Cause, Vec<u8>)> {
    let other = match claim.dialect {
        Dialect::S3 => Dialect::Standard,
        Dialect::Standard => Dialect::S3,
    };
    let mut all = vec![
        (Cause::Path, canonical_path(request.path, other)),
        (Cause::Path, request.path.as_bytes().to_vec()),
        (Cause::Payload, EMPTY_SHA256.as_bytes().to_vec()),
        (Cause::Payload, UNSIGNED_PAYLOAD.as_bytes().to_vec()),
        (Cause::Query, Vec::new()),
        (Cause::Query, request.query.as_bytes().to_vec()),
    ];
    if let Payload::Bytes(bytes) = payload {
        all.push((Cause::Payload, hex(&sha256(bytes)).to_vec()));
    }
    if let Some(declared) = request.header_values("x-amz-content-sha256").next() {
        all.push((Cause::Payload, declared.to_vec()));
    }
    for method in ["GET", "HEAD", "PUT", "POST"] {
        all.push((Cause::Method, method.as_bytes().to_vec()));
    }
    all.extend(hosts(request, claim).into_iter().map(|headers| (Cause::Host, headers)));
    all
}

/// The canonical headers with the host's port left out or the default ports added.
fn hosts(request: &Request<'_>, claim: &Presented<'_>) -> Vec<Vec<u8>> {
    let Some(host) = request.header_values("host").next() else { return Vec::new() };
    let host = String::from_utf8_lossy(host);
    let bare = host.rsplit_once(':').map_or(host.as_ref(), |(bare, _)| bare);
    [bare.to_owned(), format!("{bare}:443"), format!("{bare}:80")]
        .into_iter()
        .filter_map(|host| {
            let mut headers = request.headers.to_vec();
            for (name, value) in &mut headers {
                if name.eq_ignore_ascii_case("host") {
                    *value = host.as_bytes();
                }
            }
            let request = Request { headers: &headers, ..*request };
            Canonical::headers(&request, claim.dialect, &claim.signed_headers)
        })
        .collect()
}
