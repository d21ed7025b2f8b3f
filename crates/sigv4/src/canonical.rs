//! The canonical request: method, path, query, headers, signed headers and payload, one form for all
//! that mean the same.
//!
//! Source: "Create a signed AWS API request", IAM User Guide.

mod path;
mod query;

use std::ops::Range;

use crate::content::PayloadLine;
use crate::error::{Error, Place};
use crate::limit::echo;
use crate::request::{Dialect, Request};

/// Parts of the text that must not be shown: the session token in the query and in a header.
type Secrets = [Range<usize>; 2];

/// A canonical request and where its parts are.
pub(crate) struct Canonical {
    text: Vec<u8>,
    /// Where each of the six parts starts; each but the last ends with a line feed.
    starts: [usize; PARTS],
    secrets: Secrets,
}

/// A part of a canonical request that can be replaced; its number is its place among all parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Method = 0,
    Path = 1,
    Query = 2,
    Headers = 3,
    Payload = 5,
}

/// Parts of a canonical request.
const PARTS: usize = 6;

impl Canonical {
    /// Builds the canonical request of `request` for a signature at `place` that covers
    /// `signed_headers`.
    ///
    /// # Errors
    /// [`Error::SignedHeaderAbsent`] outside S3, where AppSync was seen to refuse it
    /// (<https://github.com/awslabs/aws-mobile-appsync-sdk-js/issues/702>). S3 accepts it
    /// (<https://github.com/versity/versitygw/issues/457>); that it then takes the value to be empty is
    /// unverified.
    pub(crate) fn build(
        request: &Request<'_>,
        dialect: Dialect,
        place: Place,
        signed_headers: &str,
        payload: PayloadLine<'_>,
    ) -> Result<Self, Error> {
        let capacity = request.path.len() + request.query.len() * 2 + signed_headers.len() + 512;
        let mut text = Vec::with_capacity(capacity);
        text.extend_from_slice(request.method.as_bytes());
        text.push(b'\n');
        let path = text.len();
        path::write_path(&mut text, request.path, dialect);
        text.push(b'\n');
        let query = text.len();
        let query_secret = query::write_query(&mut text, request, place);
        text.push(b'\n');
        let headers = text.len();
        let (signed, header_secret) = write_headers(&mut text, request, dialect, signed_headers)?;
        let payload_start = text.len();
        text.extend_from_slice(payload.as_bytes());
        Ok(Self {
            text,
            starts: [0, path, query, headers, signed, payload_start],
            secrets: [query_secret, header_secret],
        })
    }

    /// The text that is hashed and signed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// The text with `part` replaced by `with`.
    pub(crate) fn replaced(&self, part: Part, with: &[u8]) -> Vec<u8> {
        let start = self.starts.get(part as usize).copied().unwrap_or_default();
        let next = self.starts.get(part as usize + 1);
        let end = next.map_or(self.text.len(), |next| next - 1);
        let before = self.text.get(..start).unwrap_or_default();
        [before, with, self.text.get(end..).unwrap_or_default()].concat()
    }

    /// The part with the headers alone; `None` if one that is signed is absent.
    pub(crate) fn headers(
        request: &Request<'_>,
        dialect: Dialect,
        signed_headers: &str,
    ) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let (end, _) = write_headers(&mut text, request, dialect, signed_headers).ok()?;
        text.truncate(end - 1);
        Some(text)
    }

    /// The text for people, without session tokens.
    pub(crate) fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.text.len());
        let mut from = 0;
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            let before = self.text.get(from..secret.start).unwrap_or_default();
            shown.push_str(&String::from_utf8_lossy(before));
            shown.push_str(&format!("<{} bytes not shown>", secret.len()));
            from = secret.end;
        }
        shown.push_str(&String::from_utf8_lossy(self.text.get(from..).unwrap_or_default()));
        shown
    }
}

/// The canonical form of a path.
pub(crate) fn canonical_path(path: &str, dialect: Dialect) -> Vec<u8> {
    let mut text = Vec::new();
    path::write_path(&mut text, path, dialect);
    text
}

/// Appends the headers and the list of their names; returns where the list starts and where a session
/// token is.
fn write_headers(
    text: &mut Vec<u8>,
    request: &Request<'_>,
    dialect: Dialect,
    signed_headers: &str,
) -> Result<(usize, Range<usize>), Error> {
    // The names go in as listed: whether AWS lowers their case first is unverified. That it sorts them
    // is from scratchstack-aws-signature.
    let sorted;
    let mut list = signed_headers;
    if !signed_headers.split(';').is_sorted() {
        let mut names: Vec<_> = signed_headers.split(';').collect();
        names.sort_unstable();
        sorted = names.join(";");
        list = &sorted;
    }
    let mut secret = 0..0;
    for name in list.split(';') {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        let start = text.len();
        let mut is_present = false;
        for value in request.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)) {
            if is_present {
                text.push(b',');
            }
            is_present = true;
            write_header_value(text, value.1);
        }
        if !is_present && (dialect == Dialect::Standard || !is_header_name(name)) {
            return Err(Error::SignedHeaderAbsent { name: echo(name) });
        }
        if name.eq_ignore_ascii_case("x-amz-security-token") {
            secret = start..text.len();
        }
        text.push(b'\n');
    }
    text.push(b'\n');
    let start = text.len();
    text.extend_from_slice(list.as_bytes());
    text.push(b'\n');
    Ok((start, secret))
}

/// Whether a header could have this name, which comes from the signature and not from a header: a line
/// feed in it must not make lines of the canonical request.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Appends a value without the spaces around it and with one space for several.
fn write_header_value(text: &mut Vec<u8>, value: &[u8]) {
    let mut words = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        text.extend_from_slice(first);
    }
    for word in words {
        text.push(b' ');
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(request: &Request<'_>, dialect: Dialect, signed: &str) -> Result<String, Error> {
        let payload = PayloadLine::Text("HASH");
        Canonical::build(request, dialect, Place::Query, signed, payload)
            .map(|canonical| canonical.shown())
    }

    #[test]
    fn headers_are_trimmed_folded_joined_and_sorted() {
        let headers: [(&str, &[u8]); 5] = [
            ("X-Two", b"  a   b\"  c\" "),
            ("Host", b"example.com:8080"),
            ("x-two", b"d"),
            ("X-Empty", b"  "),
            ("x-bytes", b"\xff\ttab"),
        ];
        let request = Request { method: "GET", path: "", query: "", headers: &headers };
        let text = shown(&request, Dialect::Standard, "x-two;host;x-empty").unwrap();
        let expected = "GET\n/\n\nhost:example.com:8080\nx-empty:\nx-two:a b\" c\",d\n\n\
                        host;x-empty;x-two\nHASH";
        assert_eq!(text, expected);
        let canonical = Canonical::build(
            &request,
            Dialect::Standard,
            Place::Header,
            "x-bytes",
            PayloadLine::Text("HASH"),
        );
        assert_eq!(canonical.unwrap().as_bytes(), b"GET\n/\n\nx-bytes:\xff\ttab\n\nx-bytes\nHASH");
    }

    #[test]
    fn an_absent_signed_header_is_refused_but_in_s3() {
        let request = Request { method: "GET", path: "/", query: "", headers: &[] };
        assert_eq!(
            shown(&request, Dialect::Standard, "expires"),
            Err(Error::SignedHeaderAbsent { name: "expires".to_owned() })
        );
        let text = shown(&request, Dialect::S3, "expires").unwrap();
        assert_eq!(text, "GET\n/\n\nexpires:\n\nexpires\nHASH");
        for name in ["", "a b", "a:b", "a\nb", "é"] {
            let absent = Error::SignedHeaderAbsent { name: name.to_owned() };
            assert_eq!(shown(&request, Dialect::S3, name), Err(absent));
        }
    }

    #[test]
    fn tokens_are_not_shown_and_parts_can_be_replaced() {
        let headers: [(&str, &[u8]); 2] =
            [("host", b"h"), ("x-amz-security-token", b"header secret")];
        let query = "z=1&X-Amz-Security-Token=query%20secret&X-Amz-Signature=00";
        let request = Request { method: "PUT", path: "/p", query, headers: &headers };
        let canonical = Canonical::build(
            &request,
            Dialect::S3,
            Place::Query,
            "host;x-amz-security-token",
            PayloadLine::Text("HASH"),
        )
        .unwrap();
        assert_eq!(
            canonical.shown(),
            "PUT\n/p\nX-Amz-Security-Token=<14 bytes not shown>&z=1\nhost:h\n\
             x-amz-security-token:<13 bytes not shown>\n\nhost;x-amz-security-token\nHASH"
        );
        let parts = [
            (Part::Method, "GET\n/p\nX"),
            (Part::Path, "PUT\nGET\nX"),
            (Part::Query, "PUT\n/p\nGET\nhost:h\n"),
            (Part::Payload, "host;x-amz-security-token\nGET"),
        ];
        for (part, expected) in parts {
            let replaced = String::from_utf8(canonical.replaced(part, b"GET")).unwrap();
            assert!(replaced.contains(expected), "{part:?}: {replaced}");
        }
        assert_eq!(canonical.replaced(Part::Payload, b"HASH"), canonical.as_bytes());
        assert_eq!(canonical.replaced(Part::Path, b"/p"), canonical.as_bytes());
    }
}
