//! What can be wrong with a request's authentication.
//!
//! The enum says WHAT is wrong. The code and the text that a service answers with are in
//! [`answer`](crate::answer), one function for each family of services.

use crate::explanation::Explanation;
use crate::limit::Limit;
use crate::scope::ScopeFaults;
use crate::text::Sha256Hash;
use crate::timestamp::Timestamp;

/// Why a request is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is neither an `Authorization` header nor a signature in the query.
    #[error("the request is not signed: sign its headers or its query with an access key")]
    Unsigned,
    /// There is an `Authorization` header and a signature in the query.
    #[error("the request is signed twice: drop the Authorization header or the X-Amz-* parameters")]
    SignedTwice,
    /// The `Authorization` header does not start with `AWS4-HMAC-SHA256`.
    #[error("`{algorithm}` is no signing algorithm known here: use AWS4-HMAC-SHA256")]
    HeaderAlgorithm {
        /// The header's first word.
        algorithm: String,
    },
    /// `X-Amz-Algorithm` is not `AWS4-HMAC-SHA256`.
    #[error("`{algorithm}` is no signing algorithm known here: use AWS4-HMAC-SHA256")]
    QueryAlgorithm {
        /// The parameter; `AWS` if the query is signed with Version 2.
        algorithm: String,
    },
    /// A part of the `Authorization` header is not `name=value`.
    #[error("`{part}` in the Authorization header is not name=value: is there a space in a key?")]
    HeaderPart {
        /// The part.
        part: String,
        /// Of the whole header; AWS answers with it in place of the header.
        authorization_sha256: Sha256Hash,
    },
    /// The `Authorization` header or the date beside it lacks something.
    #[error("the Authorization header is incomplete: it lacks {missing}")]
    HeaderIncomplete {
        /// What is missing.
        missing: Missing,
        /// Of the whole header; AWS answers with it in place of the header.
        authorization_sha256: Sha256Hash,
    },
    /// A signed query lacks parameters.
    #[error("the signed query is incomplete: it lacks {missing}")]
    QueryIncomplete {
        /// What is missing.
        missing: Missing,
    },
    /// A header that must be text is not UTF-8.
    #[error("the header {header} is not text: send it as ASCII")]
    NotText {
        /// Its name.
        header: &'static str,
    },
    /// The date is in no form that is known.
    #[error("`{text}` is no date known here: write it like 20130524T000000Z")]
    Date {
        /// The date as sent.
        text: String,
        /// Where it stands.
        place: Place,
    },
    /// The signature does not cover `host`.
    #[error("the signature does not cover the host header: add host to the signed headers")]
    HostNotSigned,
    /// The signature covers a header that the request does not have.
    #[error("`{name}` is among the signed headers but the request has no such header")]
    SignedHeaderAbsent {
        /// The name as listed.
        name: String,
    },
    /// S3: the request has `x-amz-*` headers that the signature does not cover.
    #[error("the signature does not cover {}: sign every x-amz-* header", names.join(", "))]
    HeadersNotSigned {
        /// Their names in lower case.
        names: Vec<String>,
    },
    /// The credential has not five parts.
    #[error("`{credential}` is not key/date/region/service/aws4_request")]
    Credential {
        /// The credential as sent.
        credential: String,
        /// Where it stands.
        place: Place,
    },
    /// The credential's scope is not the one that this request needs.
    #[error("the credential's scope does not fit: {0}")]
    Scope(Box<ScopeFaults>),
    /// The signature is older than is allowed.
    #[error("the signature of {date} is too old at {now}: set the clock, then sign again")]
    Expired {
        /// When it was made.
        date: Timestamp,
        /// The time here.
        now: Timestamp,
        /// How old it may be.
        allowed_seconds: u32,
    },
    /// The signature is from further in the future than is allowed.
    #[error("the signature of {date} is from the future at {now}: set the clock, then sign again")]
    NotYetCurrent {
        /// When it was made.
        date: Timestamp,
        /// The time here.
        now: Timestamp,
        /// How far ahead it may be.
        allowed_seconds: u32,
    },
    /// S3: the presigned request's time has passed.
    #[error("the request presigned at {date} for {expires_seconds} s has expired at {now}")]
    PresignedExpired {
        /// When it was signed.
        date: Timestamp,
        /// For how long.
        expires_seconds: u32,
        /// The time here.
        now: Timestamp,
    },
    /// S3: the presigned request's time has not come.
    #[error("the request presigned at {date} is not valid yet at {now}: set the clock")]
    PresignedNotYetValid {
        /// When it was signed.
        date: Timestamp,
        /// For how long.
        expires_seconds: u32,
        /// The time here.
        now: Timestamp,
    },
    /// S3: `X-Amz-Expires` is not a number.
    #[error("`{text}` is no number of seconds: set X-Amz-Expires to 1 to 604800")]
    ExpiresNotNumber {
        /// The parameter.
        text: String,
    },
    /// S3: `X-Amz-Expires` is negative.
    #[error("`{text}` is no number of seconds: set X-Amz-Expires to 1 to 604800")]
    ExpiresNegative {
        /// The parameter.
        text: String,
    },
    /// S3: `X-Amz-Expires` is more than a week.
    #[error("`{text}` seconds are more than a week: set X-Amz-Expires to 1 to 604800")]
    ExpiresTooLong {
        /// The parameter.
        text: String,
    },
    /// S3: there is no `x-amz-content-sha256`.
    #[error("x-amz-content-sha256 is missing: S3 needs it on each request signed in its headers")]
    ContentHashMissing,
    /// S3: `x-amz-content-sha256` is neither a hash nor a name known here.
    #[error("`{text}` is no x-amz-content-sha256: send the body's SHA-256 or UNSIGNED-PAYLOAD")]
    ContentHashMalformed {
        /// The header.
        text: String,
    },
    /// S3: an aws-chunked body without a proper `x-amz-decoded-content-length`.
    #[error("x-amz-decoded-content-length is missing or no number: an aws-chunked body needs it")]
    DecodedLengthMissing,
    /// S3: a `%` in the path is not followed by two hexadecimal digits.
    #[error("`{escape}` in the path is no percent escape: write a percent sign as %25")]
    PathEscape {
        /// The `%` and what follows it.
        escape: String,
    },
    /// A `%` in the query is not followed by two hexadecimal digits.
    #[error("`{escape}` in the query is no percent escape: write a percent sign as %25")]
    QueryEscape {
        /// The `%` and what follows it.
        escape: String,
    },
    /// The request is larger than this crate looks at.
    #[error("the request has more than the {0} that are allowed")]
    TooLarge(Limit),
    /// The signature is not the one that the key makes of this request.
    #[error("the signature does not match the request{}", match .0.cause {
        Some(cause) => format!(": {cause}"),
        None => String::new(),
    })]
    Mismatch(Box<Explanation>),
}

/// Where an authentication stands; S3 words its errors by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the headers.
    Header,
    /// In the query.
    Query,
}

/// Parts of an authentication that are missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missing {
    /// `Credential`, `X-Amz-Credential`
    pub credential: bool,
    /// `Signature`, `X-Amz-Signature`
    pub signature: bool,
    /// `SignedHeaders`, `X-Amz-SignedHeaders`
    pub signed_headers: bool,
    /// The headers `X-Amz-Date` and `Date`, or the parameter `X-Amz-Date`
    pub date: bool,
    /// The parameter `X-Amz-Algorithm`, where S3 needs it
    pub algorithm: bool,
    /// The parameter `X-Amz-Expires`, where S3 needs it
    pub expires: bool,
}

impl Missing {
    /// Whether anything is.
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            (self.algorithm, "an algorithm"),
            (self.credential, "a credential"),
            (self.signature, "a signature"),
            (self.signed_headers, "the signed headers"),
            (self.date, "a date"),
            (self.expires, "an expiry"),
        ];
        let names: Vec<_> =
            parts.iter().filter(|(missing, _)| *missing).map(|(_, name)| *name).collect();
        formatter.write_str(&names.join(", "))
    }
}
