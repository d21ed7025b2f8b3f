//! What a request claims about its sender, read without any secret.

mod from_header;
mod from_query;

pub use from_query::MAX_EXPIRES_SECONDS;

use std::borrow::Cow;
use std::fmt;

use crate::content::Content;
use crate::error::{Error, Place};
use crate::limit::{Limit, echo};
use crate::request::{Dialect, Request};
use crate::scope::{Credential, Expected, Scope};
use crate::timestamp::Timestamp;

/// The claim that a request makes: who signed what, when and for which scope. Nothing in it is proved.
#[derive(Clone)]
pub struct Presented<'r> {
    pub(crate) dialect: Dialect,
    pub(crate) credential: Credential<'r>,
    /// The names that the signature covers, as listed, separated by semicolons.
    pub signed_headers: Cow<'r, str>,
    /// The session token, if there is one.
    pub session_token: Option<SessionToken<'r>>,
    /// When the signature was made.
    pub date: Timestamp,
    /// The signature as sent.
    pub signature: Cow<'r, str>,
    /// Where the signature stands.
    pub kind: Kind,
    /// How the signature covers the payload.
    pub content: Content<'r>,
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// In the `Authorization` header.
    Header,
    /// In the query.
    Presigned {
        /// How long the signature holds, 0 to 604,800; `None` where that does not count, which is
        /// everywhere but in S3.
        expires_seconds: Option<u32>,
    },
}

/// A session token.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken<'r> {
    /// The token as sent.
    pub text: Cow<'r, str>,
    /// Whether the signature covers it.
    pub signed: bool,
}

/// A claim whose scope and time are as they should be; the signature is not proved yet.
#[derive(Clone)]
pub struct Checked<'r>(pub(crate) Presented<'r>);

/// What the header or the query holds, before any of it is understood.
struct Raw<'r> {
    place: Place,
    credential: Cow<'r, str>,
    signed_headers: Cow<'r, str>,
    signature: Cow<'r, str>,
    date: Cow<'r, str>,
    expires_seconds: Option<u32>,
}

impl<'r> Presented<'r> {
    /// Reads the claim that a request makes.
    ///
    /// The order of the checks is AWS's ("AWS Auth Error Ordering", rules 4 to 9 and 12, by the author
    /// of scratchstack-aws-signature), but that a credential of another than five parts is found here
    /// and so before a wrong clock.
    ///
    /// # Errors
    /// [`Error::Unsigned`] if it makes none, otherwise what is wrong with the claim's form.
    pub fn read(request: &Request<'r>, dialect: Dialect) -> Result<Self, Error> {
        request.check(dialect)?;
        let authorization = request.header("authorization")?;
        let raw = match (authorization, from_query::is_signed(request, dialect)) {
            (None, false) => return Err(Error::Unsigned),
            (Some(_), true) => return Err(Error::SignedTwice),
            (Some(authorization), false) => from_header::read(request, authorization, dialect)?,
            (None, true) => from_query::read(request, dialect)?,
        };
        Limit::SignedHeaders.check(raw.signed_headers.split(';').count())?;
        let date = Timestamp::parse(&raw.date)
            .ok_or_else(|| Error::Date { text: echo(&raw.date), place: raw.place })?;
        check_signed_headers(request, &raw.signed_headers, dialect)?;
        let credential = Credential::parse(raw.credential, raw.place)?;
        let session_token = session_token(request, raw.place, &raw.signed_headers)?;
        Ok(Self {
            dialect,
            credential,
            session_token,
            date,
            signature: raw.signature,
            kind: match raw.place {
                Place::Header => Kind::Header,
                Place::Query => Kind::Presigned { expires_seconds: raw.expires_seconds },
            },
            content: Content::read(request, raw.place, dialect)?,
            signed_headers: raw.signed_headers,
        })
    }

    /// The access key id.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.access_key_id()
    }

    /// What the signature is good for.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        self.credential.scope()
    }

    /// Whether the signature covers the header `name`, whatever the case.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        is_listed(&self.signed_headers, name)
    }

    /// Holds time and scope against what is expected, the time first, as AWS does ("AWS Auth Error
    /// Ordering", rules 10, 11 and 13).
    ///
    /// # Errors
    /// [`Error::Expired`], [`Error::NotYetCurrent`], [`Error::PresignedExpired`],
    /// [`Error::PresignedNotYetValid`] or [`Error::Scope`].
    pub fn check(self, expected: &Expected<'_>) -> Result<Checked<'r>, Error> {
        self.check_time(expected)?;
        self.scope().check(expected, self.date, self.place())?;
        Ok(Checked(self))
    }

    pub(crate) fn place(&self) -> Place {
        match self.kind {
            Kind::Header => Place::Header,
            Kind::Presigned { .. } => Place::Query,
        }
    }

    fn check_time(&self, expected: &Expected<'_>) -> Result<(), Error> {
        let (date, now) = (self.date, expected.now);
        let future_seconds = expected.skew.future_seconds;
        let is_future = date > now.plus_seconds(i64::from(future_seconds));
        if let Kind::Presigned { expires_seconds: Some(expires_seconds) } = self.kind {
            // That S3 forgives a clock as far ahead as in a header is taken from
            // <https://github.com/aws/aws-sdk-js/issues/4513>; whether the last second still counts
            // is unverified.
            let is_past = now > date.plus_seconds(i64::from(expires_seconds));
            return if is_future {
                Err(Error::PresignedNotYetValid { date, expires_seconds, now })
            } else if is_past || expires_seconds == 0 {
                Err(Error::PresignedExpired { date, expires_seconds, now })
            } else {
                Ok(())
            };
        }
        let past_seconds = expected.skew.past_seconds;
        if date < now.plus_seconds(-i64::from(past_seconds)) {
            return Err(Error::Expired { date, now, allowed_seconds: past_seconds });
        }
        if is_future {
            return Err(Error::NotYetCurrent { date, now, allowed_seconds: future_seconds });
        }
        Ok(())
    }
}

impl<'r> Checked<'r> {
    /// The claim.
    #[must_use]
    pub fn presented(&self) -> &Presented<'r> {
        &self.0
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Presented")
            .field("dialect", &self.dialect)
            .field("access_key_id", &self.access_key_id())
            .field("scope", &self.scope())
            .field("signed_headers", &self.signed_headers)
            .field("session_token", &self.session_token)
            .field("date", &self.date)
            .field("signature", &self.signature)
            .field("kind", &self.kind)
            .field("content", &self.content)
            .finish()
    }
}

impl fmt::Debug for Checked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Checked").field(&self.0).finish()
    }
}

impl fmt::Debug for SessionToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SessionToken({} bytes, signed: {})", self.text.len(), self.signed)
    }
}

/// Whether `name` is among the semicolon-separated `names`, whatever the case.
fn is_listed(names: &str, name: &str) -> bool {
    names.split(';').any(|listed| listed.eq_ignore_ascii_case(name))
}

/// `host` must be signed everywhere; in S3 every `x-amz-*` header too, but for
/// `x-amz-content-sha256`, which the canonical request holds anyway.
///
/// Sources: "AWS Auth Error Ordering", rule 8; "Authenticating Requests: Using the Authorization
/// Header", S3 API Reference. That only S3 insists on the rest: versitygw's tests of IAM.
fn check_signed_headers(
    request: &Request<'_>,
    signed: &str,
    dialect: Dialect,
) -> Result<(), Error> {
    let host = is_listed(signed, "host") || is_listed(signed, ":authority");
    if dialect == Dialect::Standard {
        return if host { Ok(()) } else { Err(Error::HostNotSigned) };
    }
    let mut names: Vec<_> = (!host).then(|| "host".to_owned()).into_iter().collect();
    for (name, _) in request.headers {
        let is_amz = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        if is_amz && !name.eq_ignore_ascii_case("x-amz-content-sha256") && !is_listed(signed, name)
        {
            names.push(name.to_ascii_lowercase());
        }
    }
    if names.is_empty() { Ok(()) } else { Err(Error::HeadersNotSigned { names }) }
}

/// The token of a signed query is in the query, and what the query has is signed; but it may also
/// stand in a header.
fn session_token<'r>(
    request: &Request<'r>,
    place: Place,
    signed_headers: &str,
) -> Result<Option<SessionToken<'r>>, Error> {
    const NAME: &str = "x-amz-security-token";
    let in_query = match place {
        Place::Query => request.parameter("X-Amz-Security-Token"),
        Place::Header => None,
    };
    let token = match in_query {
        Some(text) => Some(SessionToken { text, signed: true }),
        None => request.header(NAME)?.map(|text| SessionToken {
            text: Cow::Borrowed(text),
            signed: is_listed(signed_headers, NAME),
        }),
    };
    if let Some(token) = &token {
        Limit::SessionTokenBytes.check(token.text.len())?;
    }
    Ok(token)
}
