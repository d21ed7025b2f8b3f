//! A request as this crate sees it: plain slices, no HTTP library.

use std::fmt;

use crate::limit::Limit;
use crate::{Error, text};

/// How a service canonicalises paths and what it makes of the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// S3: the path is encoded once and not normalised; the payload's hash is what
    /// `x-amz-content-sha256` declares; every `x-amz-*` header must be signed; `X-Amz-Expires` counts.
    S3,
    /// Every other service: the path as sent is normalised and encoded once more; the payload's hash
    /// is computed; `X-Amz-Expires` is ignored, as IAM and STS ignore it
    /// (<https://github.com/aws/aws-sdk-go/issues/2167>).
    Standard,
}

/// The parts of a request that a signature covers, exactly as they came over the wire.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// `GET`, `POST`, …
    pub method: &'r str,
    /// The path, still percent-encoded, without the query; empty counts as `/`.
    pub path: &'r str,
    /// What follows the `?`, still percent-encoded; empty if there is none.
    pub query: &'r str,
    /// Names in any case and values, in the order received. HTTP/2's `:authority` goes in as `host`.
    pub headers: &'r [(&'r str, &'r [u8])],
}

impl<'r> Request<'r> {
    /// The values of every header with this name, in order.
    pub(crate) fn header_values(&self, name: &'r str) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let headers = self.headers;
        headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The first header with this name, without the spaces around it.
    ///
    /// # Errors
    /// [`Error::NotText`] if it is not UTF-8.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&'r str>, Error> {
        match self.header_values(name).next().map(std::str::from_utf8) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value.trim_matches([' ', '\t']))),
            Some(Err(_)) => Err(Error::NotText { header: name }),
        }
    }

    /// The first query parameter with this name, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<std::borrow::Cow<'r, str>> {
        self.parameters()
            .find(|(key, _)| *key == name || (key.contains('%') && text::decode(key) == name))
            .map(|(_, value)| text::decode(value))
    }

    /// The query's names and values, still encoded; empty parameters are left out.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        self.query
            .split('&')
            .filter(|parameter| !parameter.is_empty())
            .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
    }

    /// Refuses what is too large to look at, and escapes that are none.
    pub(crate) fn check(&self, dialect: Dialect) -> Result<(), Error> {
        Limit::MethodBytes.check(self.method.len())?;
        Limit::PathBytes.check(self.path.len())?;
        Limit::QueryBytes.check(self.query.len())?;
        Limit::Headers.check(self.headers.len())?;
        let bytes = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        Limit::HeaderBytes.check(bytes)?;
        if !self.query.is_empty() {
            Limit::QueryParameters.check(self.parameters().count())?;
            if let Some(escape) = text::bad_escape(self.query) {
                return Err(Error::QueryEscape { escape });
            }
        }
        match text::bad_escape(self.path) {
            Some(escape) if dialect == Dialect::S3 => Err(Error::PathEscape { escape }),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Queries and headers carry session tokens.
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
