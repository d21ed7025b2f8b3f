//! What a request may make this crate look at, so that nobody's input is unbounded.

use std::fmt;

/// Bytes of a method such as `GET`.
pub const MAX_METHOD_BYTES: usize = 32;
/// Bytes of a raw path. S3 keys have at most 1,024 bytes, 3,072 when each is percent-encoded.
pub const MAX_PATH_BYTES: usize = 16 * 1024;
/// Bytes of a raw query.
pub const MAX_QUERY_BYTES: usize = 64 * 1024;
/// Parameters in a query.
pub const MAX_QUERY_PARAMETERS: usize = 2_000;
/// Headers in a request.
pub const MAX_HEADERS: usize = 200;
/// Bytes of all header names and values together.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Headers that a signature may cover.
pub const MAX_SIGNED_HEADERS: usize = 100;
/// Bytes of an `Authorization` header.
pub const MAX_AUTHORIZATION_BYTES: usize = 8 * 1024;
/// Bytes of a credential, `key/date/region/service/aws4_request`.
pub const MAX_CREDENTIAL_BYTES: usize = 512;
/// Bytes of a session token, decoded.
pub const MAX_SESSION_TOKEN_BYTES: usize = 16 * 1024;
/// Bytes of a chunk's size line in an aws-chunked body, without its line end.
pub const MAX_CHUNK_LINE_BYTES: usize = 1024;
/// Bytes of one trailing header line in an aws-chunked body, without its line end.
pub const MAX_TRAILER_LINE_BYTES: usize = 1024;
/// Trailing headers in an aws-chunked body.
pub const MAX_TRAILERS: usize = 16;

/// Bytes of the user's text that an error repeats.
pub(crate) const MAX_ECHOED_BYTES: usize = 1024;

/// Which limit a request went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_METHOD_BYTES`]
    MethodBytes,
    /// [`MAX_PATH_BYTES`]
    PathBytes,
    /// [`MAX_QUERY_BYTES`]
    QueryBytes,
    /// [`MAX_QUERY_PARAMETERS`]
    QueryParameters,
    /// [`MAX_HEADERS`]
    Headers,
    /// [`MAX_HEADER_BYTES`]
    HeaderBytes,
    /// [`MAX_SIGNED_HEADERS`]
    SignedHeaders,
    /// [`MAX_AUTHORIZATION_BYTES`]
    AuthorizationBytes,
    /// [`MAX_CREDENTIAL_BYTES`]
    CredentialBytes,
    /// [`MAX_SESSION_TOKEN_BYTES`]
    SessionTokenBytes,
}

impl Limit {
    /// The most that is allowed, in the unit that the constant's name ends with.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Self::MethodBytes => MAX_METHOD_BYTES,
            Self::PathBytes => MAX_PATH_BYTES,
            Self::QueryBytes => MAX_QUERY_BYTES,
            Self::QueryParameters => MAX_QUERY_PARAMETERS,
            Self::Headers => MAX_HEADERS,
            Self::HeaderBytes => MAX_HEADER_BYTES,
            Self::SignedHeaders => MAX_SIGNED_HEADERS,
            Self::AuthorizationBytes => MAX_AUTHORIZATION_BYTES,
            Self::CredentialBytes => MAX_CREDENTIAL_BYTES,
            Self::SessionTokenBytes => MAX_SESSION_TOKEN_BYTES,
        }
    }

    /// Fails if `count` is more than is allowed.
    pub(crate) fn check(self, count: usize) -> Result<(), crate::Error> {
        if count > self.most() { Err(crate::Error::TooLarge(self)) } else { Ok(()) }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::MethodBytes => "bytes of method",
            Self::PathBytes => "bytes of path",
            Self::QueryBytes => "bytes of query",
            Self::QueryParameters => "query parameters",
            Self::Headers => "headers",
            Self::HeaderBytes => "bytes of headers",
            Self::SignedHeaders => "signed headers",
            Self::AuthorizationBytes => "bytes of Authorization header",
            Self::CredentialBytes => "bytes of credential",
            Self::SessionTokenBytes => "bytes of session token",
        };
        write!(formatter, "{} {what}", self.most())
    }
}

/// The start of `text`, short enough to repeat in an error.
pub(crate) fn echo(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_ECHOED_BYTES);
    text.get(..end).unwrap_or_default().to_owned()
}
