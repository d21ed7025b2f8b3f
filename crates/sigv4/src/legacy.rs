//! Signature Version 2 in S3's queries: what `aws s3 presign` and boto3 make for buckets in us-east-1 unless they
//! are told to sign as today.
//!
//! Source: "Signing and authenticating REST requests", S3 user guide (AWS signature version 2), query string
//! request authentication. Header signatures of that version are refused: no client in use makes them.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::request::Request;
use crate::timestamp::Timestamp;

/// Query parameters that are part of what is signed, in order.
const SIGNED_PARAMETERS: [&str; 32] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// The claim that a query signed with version 2 makes.
#[derive(Clone)]
pub struct Legacy<'r> {
    /// The access key id.
    pub access_key_id: Cow<'r, str>,
    /// The session token, if there is one.
    pub session_token: Option<Cow<'r, str>>,
    /// Until when it holds.
    pub expires: Timestamp,
    signature: Cow<'r, str>,
}

impl<'r> Legacy<'r> {
    /// The claim, if the query makes one of this kind and the request none in its headers.
    ///
    /// # Errors
    /// [`Error::SignedTwice`], [`Error::QueryIncomplete`] and those of a request that cannot be read.
    pub fn read(request: &Request<'r>) -> Result<Option<Self>, Error> {
        let (Some(access_key_id), Some(signature)) =
            (request.parameter("AWSAccessKeyId"), request.parameter("Signature"))
        else {
            return Ok(None);
        };
        if request.header("authorization")?.is_some() {
            return Err(Error::SignedTwice);
        }
        let expires = request.parameter("Expires").and_then(|text| text.parse().ok());
        let missing = crate::Missing { expires: true, ..crate::Missing::default() };
        let expires = expires.ok_or(Error::QueryIncomplete { missing })?;
        Ok(Some(Self {
            access_key_id,
            session_token: request.parameter("x-amz-security-token"),
            expires: Timestamp::from_unix_seconds(expires),
            signature,
        }))
    }

    /// Whether it still holds.
    ///
    /// # Errors
    /// [`Error::PresignedExpired`]
    pub fn check(&self, now: Timestamp) -> Result<(), Error> {
        if now <= self.expires {
            return Ok(());
        }
        Err(Error::PresignedExpired { date: self.expires, expires_seconds: 0, now })
    }

    /// Whether the secret signed the request; `host_bucket` is the bucket that the host names.
    #[must_use]
    pub fn is_signed(
        &self,
        request: &Request<'r>,
        host_bucket: Option<&str>,
        secret: &str,
    ) -> bool {
        let text = self.string_to_sign(request, host_bucket);
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(text.as_bytes());
        let expected = base64(&mac.finalize().into_bytes());
        bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes()))
    }

    fn string_to_sign(&self, request: &Request<'r>, host_bucket: Option<&str>) -> String {
        let header = |name| request.header(name).ok().flatten().unwrap_or_default();
        let mut text = format!(
            "{}\n{}\n{}\n{}\n",
            request.method,
            header("content-md5"),
            header("content-type"),
            self.expires.unix_seconds()
        );
        let mut amz: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_ascii_lowercase(), String::from_utf8_lossy(value).into_owned())
            })
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .collect();
        if let Some(token) = &self.session_token {
            amz.push(("x-amz-security-token".to_owned(), token.clone().into_owned()));
        }
        amz.sort();
        amz.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 = format!("{},{}", first.1, next.1);
            }
            same
        });
        for (name, value) in amz {
            text.push_str(&format!("{name}:{}\n", value.trim()));
        }
        if let Some(bucket) = host_bucket {
            text.push('/');
            text.push_str(bucket);
        }
        text.push_str(request.path);
        let mut separator = '?';
        for name in SIGNED_PARAMETERS {
            let Some(value) = request.parameter(name) else { continue };
            text.push(separator);
            separator = '&';
            text.push_str(name);
            if !value.is_empty() {
                text.push('=');
                text.push_str(&value);
            }
        }
        text
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4_usize {
            let index = bits >> (18 - 6 * digit) & 0x3f;
            let letter = usize::try_from(index).ok().and_then(|index| ALPHABET.get(index));
            let letter = letter.copied().map_or('=', char::from);
            text.push(if digit <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

impl std::fmt::Debug for Legacy<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Legacy")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the user guide ("Query string request authentication"), whose signature is for the bucket that
    /// earlier editions named.
    #[test]
    fn the_guides_example() {
        let request = Request {
            method: "GET",
            path: "/photos/puppy.jpg",
            query: "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
            headers: &[("host", b"johnsmith.s3.amazonaws.com")],
        };
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let claim = Legacy::read(&request).unwrap().unwrap();
        assert_eq!(claim.access_key_id, "AKIAIOSFODNN7EXAMPLE");
        assert!(claim.is_signed(&request, Some("johnsmith"), secret));
        assert!(!claim.is_signed(&request, Some("another"), secret));
        assert!(!claim.is_signed(&request, Some("johnsmith"), "other"));
        let posted = Request { method: "PUT", ..request };
        assert!(!claim.is_signed(&posted, Some("johnsmith"), secret));
        let at = |seconds| claim.check(Timestamp::from_unix_seconds(seconds)).is_ok();
        assert!(at(1_175_139_620) && !at(1_175_139_621));
    }

    #[test]
    fn other_queries_make_no_such_claim() {
        let query = |query| Request { method: "GET", path: "/", query, headers: &[] };
        assert!(Legacy::read(&query("X-Amz-Signature=a")).unwrap().is_none());
        assert!(Legacy::read(&query("AWSAccessKeyId=a")).unwrap().is_none());
        assert!(Legacy::read(&query("AWSAccessKeyId=a&Signature=b&Expires=soon")).is_err());
    }
}
