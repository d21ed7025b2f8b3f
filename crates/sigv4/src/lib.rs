//! AWS Signature Version 4: verify it as AWS does, say why it does not match, and sign.
//!
//! ```
//! use sigv4::{Dialect, Expected, Payload, Presented, Request, Signer, SigningKey, Skew, Timestamp};
//!
//! # fn main() -> Result<(), sigv4::Error> {
//! # let now = Timestamp::from_unix_seconds(1_440_938_160);
//! # let signer = Signer {
//! #     access_key_id: "AKIDEXAMPLE",
//! #     secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
//! #     session_token: None,
//! #     region: "us-east-1",
//! #     service: "iam",
//! #     dialect: Dialect::Standard,
//! # };
//! # let (query, body) = ("Action=ListUsers&Version=2010-05-08", &b""[..]);
//! # let host: [(&str, &[u8]); 1] = [("host", b"iam.amazonaws.com")];
//! # let unsigned = Request { method: "GET", path: "/", query, headers: &host };
//! # let added = signer.sign(&unsigned, Payload::Bytes(body), now)?;
//! # let mut headers = host.to_vec();
//! # headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
//! let request = Request { method: "GET", path: "/", query, headers: &headers };
//!
//! // 1. What does the request claim? 2. Is that for this service, and now?
//! let claim = Presented::read(&request, Dialect::Standard)?;
//! let expected =
//!     Expected { now, skew: Skew::DEFAULT, service: "iam", region: Some("us-east-1") };
//! let claim = claim.check(&expected)?;
//! // 3. Find the secret, or a key derived from it before. 4. Is the signature made with it?
//! assert_eq!(claim.presented().access_key_id(), "AKIDEXAMPLE");
//! let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
//! let key = SigningKey::derive(secret, "20150830", "us-east-1", "iam");
//! let verified = claim.verify(&request, Payload::Bytes(body), &key)?;
//! # let _ = verified;
//! # Ok(())
//! # }
//! ```
//!
//! The steps are in AWS's own order: form, time, scope, then key, then signature. In S3 a fifth follows:
//! the body goes through [`Verified::into_body`], which checks it against the hash that was declared, or
//! decodes aws-chunked bodies and checks each chunk and the trailing headers.
//!
//! Errors say what is wrong; [`answer`] has the codes and texts with which AWS says it. Nothing here does
//! I/O, reads a clock or knows an HTTP library, and nothing it takes in is unbounded: see [`limit`].
//! Of Signature Version 2 only S3's signed queries are covered ([`Legacy`]). Not
//! covered at all: the asymmetric Version 4A.

pub mod answer;
mod body;
mod canonical;
mod chain;
mod chunked;
mod content;
mod error;
mod explanation;
mod key;
mod legacy;
pub mod limit;
mod presented;
mod request;
mod scope;
mod sign;
mod text;
mod timestamp;
mod verify;

pub use body::{Body, BodyError, Trailer};
pub use chunked::MIN_CHUNK_BYTES;
pub use content::{
    Content, Payload, STREAMING_PAYLOAD, STREAMING_PAYLOAD_TRAILER, STREAMING_UNSIGNED_TRAILER,
    Streaming, UNSIGNED_PAYLOAD,
};
pub use error::{Error, Missing, Place};
pub use explanation::{Cause, Explanation};
pub use key::SigningKey;
pub use legacy::Legacy;
pub use presented::{Checked, Kind, MAX_EXPIRES_SECONDS, Presented, SessionToken};
pub use request::{Dialect, Request};
pub use scope::{ALGORITHM, Expected, Fault, Scope, ScopeFaults, Skew, TERMINATOR};
pub use sign::Signer;
pub use text::{Sha256Hash, sha256};
pub use timestamp::Timestamp;
pub use verify::Verified;
