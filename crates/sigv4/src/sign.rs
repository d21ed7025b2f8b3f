//! Signing requests, for rolecall's own clients, for presigned links and for tests.

use std::fmt;

use crate::canonical::Canonical;
use crate::content::{Payload, PayloadLine};
use crate::error::{Error, Place};
use crate::key::SigningKey;
use crate::limit::Limit;
use crate::request::{Dialect, Request};
use crate::scope::{ALGORITHM, TERMINATOR};
use crate::text::{Hex64, push_encoded};
use crate::timestamp::Timestamp;
use crate::verify::Signing;

/// Headers that a proxy may change or add, and so are not signed. The official SDKs leave them out too.
const NOT_SIGNED: [&str; 6] =
    ["authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"];

/// Who signs, and for what.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// Such as `AKIAIOSFODNN7EXAMPLE`.
    pub access_key_id: &'a str,
    /// The secret that belongs to it.
    pub secret_access_key: &'a str,
    /// The token that belongs to them, if they are temporary.
    pub session_token: Option<&'a str>,
    /// Such as `us-east-1`.
    pub region: &'a str,
    /// Such as `iam`.
    pub service: &'a str,
    /// Whether that is S3.
    pub dialect: Dialect,
}

impl Signer<'_> {
    /// Signs all headers of `request`, which must have a `host`, and returns the ones to add, which it
    /// must not have yet: `x-amz-date`, `x-amz-security-token` if there is a token,
    /// `x-amz-content-sha256` in S3, and `authorization`.
    ///
    /// If a request to S3 has an `x-amz-content-sha256`, that is kept and counts instead of `payload`.
    ///
    /// # Errors
    /// [`Error::HostNotSigned`], [`Error::NotText`] or [`Error::TooLarge`].
    pub fn sign(
        &self,
        request: &Request<'_>,
        payload: Payload<'_>,
        date: Timestamp,
    ) -> Result<Vec<(&'static str, String)>, Error> {
        const HASH: &str = "x-amz-content-sha256";
        let mut added = vec![("x-amz-date", date.to_string())];
        if let Some(token) = self.session_token {
            added.push(("x-amz-security-token", token.to_owned()));
        }
        let declared = request.header(HASH)?.filter(|_| self.dialect == Dialect::S3);
        let line = declared.map_or_else(|| payload.line(), PayloadLine::Text);
        if self.dialect == Dialect::S3 && declared.is_none() {
            added.push((HASH, String::from_utf8_lossy(line.as_bytes()).into_owned()));
        }
        let mut headers = request.headers.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = Request { headers: &headers, ..*request };
        let signed_headers = signed_headers(&request)?;
        let signature = self.signature(&request, Place::Header, &signed_headers, line, date)?;
        added.push((
            "authorization",
            format!(
                "{ALGORITHM} Credential={}/{}, SignedHeaders={signed_headers}, Signature={}",
                self.access_key_id,
                self.scope(date),
                String::from_utf8_lossy(&signature),
            ),
        ));
        Ok(added)
    }

    /// Signs all headers of `request`, which must have a `host`, and its query, and returns the whole
    /// query to send. Where `payload` is [`Payload::Unsigned`], S3 takes any body; other services take
    /// the one that was signed.
    ///
    /// # Errors
    /// [`Error::HostNotSigned`] or [`Error::TooLarge`].
    pub fn presign(
        &self,
        request: &Request<'_>,
        payload: Payload<'_>,
        date: Timestamp,
        expires_seconds: u32,
    ) -> Result<String, Error> {
        let signed_headers = signed_headers(request)?;
        let credential = format!("{}/{}", self.access_key_id, self.scope(date));
        let (date_text, expires_text) = (date.to_string(), expires_seconds.to_string());
        let mut query = request.query.as_bytes().to_vec();
        let mut add = |name: &str, value: &str| {
            if !query.is_empty() {
                query.push(b'&');
            }
            query.extend_from_slice(name.as_bytes());
            query.push(b'=');
            value.bytes().for_each(|byte| push_encoded(&mut query, byte));
        };
        add("X-Amz-Algorithm", ALGORITHM);
        add("X-Amz-Credential", &credential);
        add("X-Amz-Date", &date_text);
        add("X-Amz-Expires", &expires_text);
        add("X-Amz-SignedHeaders", &signed_headers);
        if let Some(token) = self.session_token {
            add("X-Amz-Security-Token", token);
        }
        let line = payload.line();
        if self.dialect == Dialect::S3 && payload != Payload::Unsigned {
            add("X-Amz-Content-Sha256", &String::from_utf8_lossy(line.as_bytes()));
        }
        let query = String::from_utf8_lossy(&query).into_owned();
        let request = Request { query: &query, ..*request };
        let signature = self.signature(&request, Place::Query, &signed_headers, line, date)?;
        Ok(format!("{query}&X-Amz-Signature={}", String::from_utf8_lossy(&signature)))
    }

    fn signature(
        &self,
        request: &Request<'_>,
        place: Place,
        signed_headers: &str,
        line: PayloadLine<'_>,
        date: Timestamp,
    ) -> Result<Hex64, Error> {
        request.check(self.dialect)?;
        let canonical = Canonical::build(request, self.dialect, place, signed_headers, line)?;
        let day = date.date();
        // INVARIANT: a date is ASCII, so this is never the fallback.
        let day = std::str::from_utf8(&day).unwrap_or_default();
        let key = SigningKey::derive(self.secret_access_key, day, self.region, self.service);
        let signing = Signing { date, scope: &self.scope(date), key: &key };
        Ok(signing.sign(canonical.as_bytes()))
    }

    fn scope(&self, date: Timestamp) -> String {
        let day = date.date();
        let day = String::from_utf8_lossy(&day);
        format!("{day}/{}/{}/{TERMINATOR}", self.region, self.service)
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// The sorted names, in lower case, of the headers that are signed.
fn signed_headers(request: &Request<'_>) -> Result<String, Error> {
    let mut names: Vec<_> = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !NOT_SIGNED.contains(&name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    Limit::SignedHeaders.check(names.len())?;
    if names.iter().any(|name| name == "host") {
        Ok(names.join(";"))
    } else {
        Err(Error::HostNotSigned)
    }
}
