//! `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…`: presigned requests.

use std::borrow::Cow;

use super::Raw;
use crate::error::{Error, Missing, Place};
use crate::limit::echo;
use crate::request::{Dialect, Request};
use crate::scope::{ALGORITHM, VERSION_2};

/// The longest that a presigned request may hold: a week.
///
/// Source: "Authenticating Requests: Using Query Parameters", S3 API Reference.
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;

/// The access key id in a query that is signed with Version 2, as boto3 presigns for S3 in `us-east-1`
/// unless it is told `s3v4`.
const VERSION_2_KEY: &str = "AWSAccessKeyId";

/// Whether the query says that it is signed.
///
/// `X-Amz-Algorithm` says it (kinesalite's tests of Kinesis); in S3 any of the parameters does, those of
/// Version 2 included (versitygw, after S3).
pub(super) fn is_signed(request: &Request<'_>, dialect: Dialect) -> bool {
    let has = |name| request.parameter(name).is_some();
    !request.query.is_empty()
        && (has("X-Amz-Algorithm")
            || (dialect == Dialect::S3
                && (has("X-Amz-Credential") || has("X-Amz-Signature") || has(VERSION_2_KEY))))
}

/// Reads the parameters, without understanding their values. Of several of a name the first counts
/// ("AWS Auth Error Ordering", rule 7c).
///
/// # Errors
/// [`Error::QueryAlgorithm`], [`Error::QueryIncomplete`] or one of those about `X-Amz-Expires`.
pub(super) fn read<'r>(request: &Request<'r>, dialect: Dialect) -> Result<Raw<'r>, Error> {
    let parameter = |name| request.parameter(name).filter(|value| !value.is_empty());
    let algorithm = parameter("X-Amz-Algorithm");
    let is_s3 = dialect == Dialect::S3;
    if is_s3 && algorithm.is_none() && parameter(VERSION_2_KEY).is_some() {
        return Err(Error::QueryAlgorithm { algorithm: VERSION_2.to_owned() });
    }
    if algorithm.as_deref() != Some(ALGORITHM) && !(is_s3 && algorithm.is_none()) {
        let algorithm = algorithm.unwrap_or_default();
        return Err(Error::QueryAlgorithm { algorithm: echo(&algorithm) });
    }
    let credential = parameter("X-Amz-Credential");
    let signature = parameter("X-Amz-Signature");
    let signed_headers = parameter("X-Amz-SignedHeaders");
    let date = parameter("X-Amz-Date");
    let expires = parameter("X-Amz-Expires").filter(|_| is_s3);
    let missing = Missing {
        credential: credential.is_none(),
        signature: signature.is_none(),
        signed_headers: signed_headers.is_none(),
        date: date.is_none(),
        algorithm: algorithm.is_none(),
        expires: is_s3 && expires.is_none(),
    };
    if missing.any() {
        return Err(Error::QueryIncomplete { missing });
    }
    Ok(Raw {
        place: Place::Query,
        credential: credential.unwrap_or_default(),
        signed_headers: signed_headers.unwrap_or_default(),
        signature: signature.unwrap_or_default(),
        date: date.unwrap_or_default(),
        expires_seconds: expires.map(expires_seconds).transpose()?,
    })
}

/// Reads `X-Amz-Expires`. 0 is read, and has always expired: S3 words a negative number as "must be
/// non-negative" although its documentation asks for 1 at least.
fn expires_seconds(text: Cow<'_, str>) -> Result<u32, Error> {
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::ExpiresNotNumber { text: echo(&text) });
    }
    if digits.len() < text.len() {
        return Err(Error::ExpiresNegative { text: echo(&text) });
    }
    match digits.parse() {
        Ok(seconds) if seconds <= MAX_EXPIRES_SECONDS => Ok(seconds),
        _ => Err(Error::ExpiresTooLong { text: echo(&text) }),
    }
}
