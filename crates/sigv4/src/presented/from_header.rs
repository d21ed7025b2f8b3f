//! `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` and the date beside
//! it.

use std::borrow::Cow;

use super::Raw;
use crate::error::{Error, Missing, Place};
use crate::limit::{Limit, echo};
use crate::request::{Dialect, Request};
use crate::scope::ALGORITHM;
use crate::text::sha256;

/// Reads the header, without understanding its values.
///
/// Where a part stands twice, the last one counts; the first `X-Amz-Date` counts, then the first
/// `Date` ("AWS Auth Error Ordering", rules 6a to 6e).
///
/// # Errors
/// [`Error::HeaderAlgorithm`], [`Error::HeaderPart`] or [`Error::HeaderIncomplete`].
pub(super) fn read<'r>(
    request: &Request<'r>,
    authorization: &'r str,
    dialect: Dialect,
) -> Result<Raw<'r>, Error> {
    Limit::AuthorizationBytes.check(authorization.len())?;
    let (algorithm, parts) = authorization.split_once([' ', '\t']).unwrap_or((authorization, ""));
    if algorithm != ALGORITHM {
        return Err(Error::HeaderAlgorithm { algorithm: echo(algorithm) });
    }
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for part in split(parts, dialect) {
        let (name, value) = name_and_value(part, dialect).ok_or_else(|| Error::HeaderPart {
            part: echo(part),
            authorization_sha256: sha256(authorization.as_bytes()),
        })?;
        match name {
            "Credential" => credential = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            "Signature" => signature = Some(value),
            _ => {}
        }
    }
    let date = match request.header("x-amz-date")? {
        Some(date) => Some(date),
        None => request.header("date")?,
    };
    let missing = Missing {
        credential: credential.is_none_or(str::is_empty),
        signature: signature.is_none_or(str::is_empty),
        // An empty list is told as a host that is not signed (dynalite's notes on DynamoDB).
        signed_headers: signed_headers.is_none(),
        date: date.is_none(),
        ..Missing::default()
    };
    if missing.any() {
        let authorization_sha256 = sha256(authorization.as_bytes());
        return Err(Error::HeaderIncomplete { missing, authorization_sha256 });
    }
    Ok(Raw {
        place: Place::Header,
        credential: Cow::Borrowed(credential.unwrap_or_default()),
        signed_headers: Cow::Borrowed(signed_headers.unwrap_or_default()),
        signature: Cow::Borrowed(signature.unwrap_or_default()),
        date: Cow::Borrowed(date.unwrap_or_default()),
        expires_seconds: None,
    })
}

/// The parts of the header, without the algorithm.
///
/// A space separates like a comma: a space in a key was answered with the rest of the credential as a
/// part of its own (<https://github.com/aws/aws-sdk-go/issues/289>). In S3 it belongs to the part
/// (<https://github.com/zendesk/apt-s3/issues/10>).
fn split(parts: &str, dialect: Dialect) -> impl Iterator<Item = &str> {
    parts
        .split(move |letter| letter == ',' || (dialect == Dialect::Standard && letter == ' '))
        .map(|part| part.trim_matches([' ', '\t']))
        .filter(|part| !part.is_empty())
}

/// `None` if there is no equals sign, or in S3 more than one.
fn name_and_value(part: &str, dialect: Dialect) -> Option<(&str, &str)> {
    part.split_once('=').filter(|(_, value)| dialect == Dialect::Standard || !value.contains('='))
}
