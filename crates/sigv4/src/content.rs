//! How a signature covers the payload.

use std::borrow::Cow;

use crate::error::{Error, Place};
use crate::limit::echo;
use crate::request::{Dialect, Request};
use crate::text::{Hex64, Sha256Hash, hex, sha256, unhex};

/// The payload is not covered.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// An aws-chunked body whose chunks are signed.
pub const STREAMING_PAYLOAD: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
/// An aws-chunked body whose chunks and trailing headers are signed.
pub const STREAMING_PAYLOAD_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
/// An aws-chunked body with trailing headers, neither signed.
pub const STREAMING_UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How a signature covers the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'r> {
    /// By its SHA-256, which the verifier computes: every service but S3.
    Whole,
    /// S3: by a SHA-256 that the request declares and the body must have.
    Sha256 {
        /// As declared.
        text: Cow<'r, str>,
        /// The same.
        hash: Sha256Hash,
    },
    /// S3: not at all.
    Unsigned,
    /// S3: the body is aws-chunked.
    Streaming(Streaming<'r>),
}

/// An aws-chunked body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streaming<'r> {
    /// Whether its chunks are signed, and its trailing headers.
    pub signed: bool,
    /// If trailing headers follow, the names that `x-amz-trailer` announces, separated by commas.
    pub trailer: Option<&'r str>,
    /// Bytes of the body when decoded, as announced.
    pub decoded_length: u64,
}

/// A payload that a signature is computed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'b> {
    /// The whole payload.
    Bytes(&'b [u8]),
    /// Its SHA-256, if it was computed while the payload came in.
    Sha256(Sha256Hash),
    /// Not covered. To verify with it is only right for an operation that documents unsigned payloads;
    /// S3 requests declare for themselves what they cover.
    Unsigned,
}

/// The last line of a canonical request.
#[derive(Clone, Copy)]
pub(crate) enum PayloadLine<'a> {
    Hash(Hex64),
    Text(&'a str),
}

impl<'r> Content<'r> {
    /// What the request declares, where the dialect has it declare anything.
    ///
    /// The query's `X-Amz-Content-Sha256` counts before the header in a presigned request, which needs
    /// neither ("Authenticating Requests: Using Query Parameters", S3 API Reference; that the two are
    /// read is from MinIO, unverified against S3).
    ///
    /// # Errors
    /// [`Error::ContentHashMissing`], [`Error::ContentHashMalformed`] or
    /// [`Error::DecodedLengthMissing`].
    pub(crate) fn read(
        request: &Request<'r>,
        place: Place,
        dialect: Dialect,
    ) -> Result<Self, Error> {
        if dialect == Dialect::Standard {
            return Ok(Self::Whole);
        }
        let in_query = match place {
            Place::Query => request.parameter("X-Amz-Content-Sha256"),
            Place::Header => None,
        };
        let declared = match in_query {
            Some(declared) => Some(declared),
            None => request.header("x-amz-content-sha256")?.map(Cow::Borrowed),
        };
        match declared {
            Some(declared) => Self::declared(request, declared),
            None if place == Place::Query => Ok(Self::Unsigned),
            None => Err(Error::ContentHashMissing),
        }
    }

    fn declared(request: &Request<'r>, declared: Cow<'r, str>) -> Result<Self, Error> {
        let (signed, has_trailer) = match declared.as_ref() {
            UNSIGNED_PAYLOAD => return Ok(Self::Unsigned),
            STREAMING_PAYLOAD => (true, false),
            STREAMING_PAYLOAD_TRAILER => (true, true),
            STREAMING_UNSIGNED_TRAILER => (false, true),
            hash => {
                return match unhex(hash) {
                    Some(hash) => Ok(Self::Sha256 { text: declared, hash }),
                    None => Err(Error::ContentHashMalformed { text: echo(hash) }),
                };
            }
        };
        let length = request.header("x-amz-decoded-content-length")?;
        let decoded_length = length
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or(Error::DecodedLengthMissing)?;
        let trailer = if has_trailer {
            Some(request.header("x-amz-trailer")?.unwrap_or_default())
        } else {
            None
        };
        Ok(Self::Streaming(Streaming { signed, trailer, decoded_length }))
    }

    /// The last line of the canonical request. `payload` counts where nothing is declared.
    pub(crate) fn line(&self, payload: &Payload<'_>) -> PayloadLine<'_> {
        match self {
            Self::Whole => payload.line(),
            Self::Sha256 { text, .. } => PayloadLine::Text(text),
            Self::Unsigned => PayloadLine::Text(UNSIGNED_PAYLOAD),
            Self::Streaming(streaming) => PayloadLine::Text(streaming.text()),
        }
    }
}

impl Streaming<'_> {
    fn text(&self) -> &'static str {
        match (self.signed, self.trailer.is_some()) {
            (true, false) => STREAMING_PAYLOAD,
            (true, true) => STREAMING_PAYLOAD_TRAILER,
            (false, _) => STREAMING_UNSIGNED_TRAILER,
        }
    }
}

impl Payload<'_> {
    /// The last line of the canonical request.
    pub(crate) fn line(&self) -> PayloadLine<'static> {
        match self {
            Self::Bytes(bytes) => PayloadLine::Hash(hex(&sha256(bytes))),
            Self::Sha256(hash) => PayloadLine::Hash(hex(hash)),
            Self::Unsigned => PayloadLine::Text(UNSIGNED_PAYLOAD),
        }
    }
}

impl PayloadLine<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Hash(hash) => hash,
            Self::Text(text) => text.as_bytes(),
        }
    }
}

impl<'b> From<&'b [u8]> for Payload<'b> {
    fn from(bytes: &'b [u8]) -> Self {
        Self::Bytes(bytes)
    }
}
