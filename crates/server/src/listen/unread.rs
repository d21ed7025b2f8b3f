//! What a client is told whose request nobody could read: its head is too long, or no HTTP at all.
//!
//! hyper answers such requests by itself, with a bare status, and the client of a cloud looks for a code. So a
//! connection's bytes pass through [`Told`], which puts an answer of the listener's form in the bare one's place.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use names::Entropy;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use wire::{Fault, Protocol, json, query, rest_xml};

use crate::clock::OsEntropy;
use crate::databricks;
use crate::listen::MAX_HEAD_BYTES;

/// Bytes of a request that are looked at to tell which service it may be for.
const HEARD_BYTES: usize = 512;

/// What the clients of a listener can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// AWS's, by what can be made out of the request.
    Aws,
    /// Databricks'.
    Databricks,
    /// A bare status.
    Bare,
}

/// A connection that never says a bare status where its clients look for more.
pub(super) struct Told {
    stream: TcpStream,
    form: Form,
    /// How what came in since the last answer begins.
    heard: Vec<u8>,
    /// The answer that goes out instead of hyper's, and how much of it has.
    instead: Option<(Vec<u8>, usize)>,
}

impl Told {
    pub(super) fn new(stream: TcpStream, form: Form) -> Self {
        Self { stream, form, heard: Vec::new(), instead: None }
    }

    /// Looks at what is about to go out.
    fn look(&mut self, out: &[u8]) {
        if self.instead.is_none() {
            if self.form != Form::Bare
                && let Some(status) = bare_status(out)
            {
                self.instead = Some((answer(self.form, status, &self.heard), 0));
            }
            self.heard.clear();
        }
    }

    /// Sends what goes out instead; whether there is something of the kind.
    fn send_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let Some((bytes, sent)) = &mut self.instead else { return Poll::Ready(Ok(false)) };
        while let Some(rest) = bytes.get(*sent..).filter(|rest| !rest.is_empty()) {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *sent += count;
        }
        self.instead = None;
        Poll::Ready(Ok(true))
    }
}

/// The status of an answer that is hyper's own: those of services all have an id, or a kind.
fn bare_status(out: &[u8]) -> Option<u16> {
    let rest = out.strip_prefix(b"HTTP/1.1 4")?;
    let has = |what: &[u8]| rest.windows(what.len()).any(|part| part == what);
    if has(b"\r\nx-") || has(b"\r\ncontent-type") || !rest.ends_with(b"\r\n\r\n") {
        return None;
    }
    let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
    Some(400 + digits.parse::<u16>().ok()?)
}

/// The answer to a request that began with `heard`.
fn answer(form: Form, status: u16, heard: &[u8]) -> Vec<u8> {
    let id = OsEntropy::new().uuid();
    if form == Form::Databricks {
        let body = databricks::respond::unread(why(status, None), &id);
        return whole(status, "application/json; charset=utf-8", "x-request-id", &id, &body);
    }
    let protocol = protocol(heard);
    let (status, code) = match (status, protocol) {
        // S3's code and status are those that users report (its limit is 8,192 bytes).
        (431, Protocol::RestXml) => (400, "RequestHeaderSectionTooLarge"),
        (431, _) => (431, "RequestHeaderSectionTooLarge"),
        (414, _) => (414, "RequestURITooLong"),
        _ => (400, "BadRequest"),
    };
    let mut fault = Fault::new(status, code, why(status, Some(code)));
    if code == "RequestHeaderSectionTooLarge" && protocol == Protocol::RestXml {
        fault = fault.with_detail("MaxSizeAllowed", MAX_HEAD_BYTES.to_string());
    }
    let body = match protocol {
        Protocol::RestXml => rest_xml::error(&fault, &id, &id),
        Protocol::Json => json::error(&fault),
        _ => query::error(query::FRONT_END_NAMESPACE, &fault, &id),
    };
    whole(status, protocol.content_type(), protocol.request_id_header(), &id, &body)
}

/// Forms and JSON are posted to the root; everything else is taken for S3's.
fn protocol(heard: &[u8]) -> Protocol {
    let has = |what: &[u8]| heard.windows(what.len()).any(|part| part.eq_ignore_ascii_case(what));
    match () {
        () if has(b"\r\nx-amz-target:") => Protocol::Json,
        () if heard.starts_with(b"POST / ") => Protocol::Query,
        () => Protocol::RestXml,
    }
}

/// The text: S3's where it has one.
fn why(status: u16, code: Option<&str>) -> &'static str {
    match (status, code) {
        (_, Some("RequestHeaderSectionTooLarge")) => {
            "Your request header section exceeds the maximum allowed size."
        }
        (431, _) => "The head of the request is too long",
        (414, _) => "The URI of the request is too long",
        _ => "An error occurred when parsing the HTTP request.",
    }
}

fn whole(status: u16, kind: &str, id_header: &str, id: &str, body: &[u8]) -> Vec<u8> {
    let status = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{id_header}: {id}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

impl AsyncRead for Told {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let room = HEARD_BYTES.saturating_sub(this.heard.len());
        let new = buffer.filled().get(before..).unwrap_or_default();
        this.heard.extend_from_slice(new.get(..room).unwrap_or(new));
        read
    }
}

impl AsyncWrite for Told {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.look(out);
        if ready!(this.send_instead(context))? {
            return Poll::Ready(Ok(out.len()));
        }
        Pin::new(&mut this.stream).poll_write(context, out)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.look(out.iter().find(|part| !part.is_empty()).map_or(&[][..], |part| &**part));
        if ready!(this.send_instead(context))? {
            return Poll::Ready(Ok(out.iter().map(|part| part.len()).sum()));
        }
        Pin::new(&mut this.stream).poll_write_vectored(context, out)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_answers_are_told() {
        for (out, expected) in [
            (
                "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n",
                Some(431),
            ),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: now\r\n\r\n", Some(400)),
            ("HTTP/1.1 404 Not Found\r\nx-amz-request-id: 1\r\ncontent-length: 0\r\n\r\n", None),
            ("HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\n\r\n", None),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\nhello", None),
            ("HTTP/1.1 200 OK\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(bare_status(out.as_bytes()), expected, "{out}");
        }
    }

    #[test]
    fn services_are_made_out_by_how_a_request_begins() {
        for (heard, expected) in [
            ("POST / HTTP/1.1\r\nx-long: y", Protocol::Query),
            ("POST / HTTP/1.1\r\nX-Amz-Target: CloudTrail_20131101.LookupEvents", Protocol::Json),
            ("GET /bucket/key HTTP/1.1\r\n", Protocol::RestXml),
            ("abcdefg", Protocol::RestXml),
            ("", Protocol::RestXml),
        ] {
            assert_eq!(protocol(heard.as_bytes()), expected, "{heard}");
        }
    }
}
