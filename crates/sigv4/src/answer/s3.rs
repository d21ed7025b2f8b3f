//! S3.
//!
//! Sources, by what they are called below. *versitygw*, *swift*: their S3 errors, observed. *Reference*:
//! "Error responses", S3 API Reference.

use super::Answer;
use crate::body::BodyError;
use crate::error::{Error, Missing, Place};
use crate::scope::{ScopeFaults, VERSION_2};

/// The code of what is wrong in a signed query.
const QUERY_ERROR: &str = "AuthorizationQueryParametersError";
/// Reference.
const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your key and signing method.";
/// <https://github.com/catalyst/moodle-tool_objectfs/issues/303>
const SIGNED_TWICE: &str = "Only one auth mechanism allowed; only the X-Amz-Algorithm query \
                            parameter, Signature query string parameter or the Authorization \
                            header should be specified";
/// <https://github.com/s3fs-fuse/s3fs-fuse/issues/915>
const NOT_VERSION_2: &str = "The authorization mechanism you have provided is not supported. Please use \
                         AWS4-HMAC-SHA256.";
/// versitygw.
const OTHER_SCHEME: &str = "Unsupported Authorization Type";
/// versitygw.
const QUERY_ALGORITHM: &str =
    "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"";
/// versitygw.
const QUERY_INCOMPLETE: &str = "Query-string authentication version 4 requires the X-Amz-Algorithm, \
                                X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, \
                                and X-Amz-Expires parameters.";
/// <https://github.com/ex-aws/ex_aws/issues/537>
const HEADER_INCOMPLETE: &str = "the authorization header requires three components: Credential, \
                                 SignedHeaders, and Signature.";
/// <https://github.com/hubrick/vertx-s3-client/issues/5>
const DATE: &str = "AWS authentication requires a valid Date or x-amz-date header";
/// versitygw.
const QUERY_DATE: &str = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
/// <https://github.com/coda/packs-sdk/pull/3093>
const HEADERS_NOT_SIGNED: &str = "There were headers present in the request which were not signed";
/// <https://github.com/krobertson/deb-s3/issues/157>, and versitygw for the query.
const CREDENTIAL: &str = "the Credential is mal-formed; expecting \
                          \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
/// Reference.
const SKEWED: &str = "The difference between the request time and the current time is too large.";
/// <https://github.com/aws/aws-sdk-java/issues/1699>
const EXPIRED: &str = "Request has expired";
/// <https://github.com/minio/minio/issues/2638>
const NOT_YET: &str = "Request is not yet valid";
/// <https://github.com/minio/minio-js/issues/1312>
const EXPIRES_NOT_NUMBER: &str = "X-Amz-Expires should be a number";
/// versitygw.
const EXPIRES_NEGATIVE: &str = "X-Amz-Expires must be non-negative";
/// <https://github.com/bryanjos/aws_auth/issues/31>
const EXPIRES_TOO_LONG: &str = "X-Amz-Expires must be less than a week (in seconds); that is, the \
                                given X-Amz-Expires must be less than 604800 seconds";
/// versitygw and swift.
const HASH_MISSING: &str = "Missing required header for this request: x-amz-content-sha256";
/// versitygw.
const HASH_MALFORMED: &str = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, \
                              STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                              STREAMING-AWS4-HMAC-SHA256-PAYLOAD, \
                              STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
                              STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, \
                              STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 \
                              value.";
/// Reference.
const LENGTH_MISSING: &str = "You must provide the Content-Length HTTP header.";
/// unverified for escapes: what S3 says to URIs that it cannot read, as people report it; Reference has
/// another wording.
const URI: &str = "Couldn't parse the specified URI.";
/// versitygw; unverified for each of this crate's limits.
const TOO_LARGE: &str = "Your request header section exceeds the maximum allowed size.";
/// Reference.
const HASH: &str = "The provided 'x-amz-content-sha256' header does not match what was computed.";
/// versitygw.
const CHUNK_TOO_SMALL: &str = "Only the last chunk is allowed to have a size less than 8192 bytes";
/// versitygw.
const TRUNCATED: &str = "The request body terminated unexpectedly";
/// versitygw.
const TRAILER: &str = "The request contained trailing data that was not well-formed or did not \
                       conform to our published schema.";
/// Reference.
const LENGTH: &str =
    "You did not provide the number of bytes specified by the Content-Length HTTP header";

/// The answer of S3. What a caller without credentials may do is for the server to say; this is what
/// one is told who may not.
#[must_use]
pub fn s3(error: &Error) -> Answer {
    match error {
        Error::Unsigned => Answer::new("AccessDenied", "Access Denied"),
        Error::SignedTwice => Answer::new("InvalidArgument", SIGNED_TWICE),
        Error::HeaderAlgorithm { algorithm } | Error::QueryAlgorithm { algorithm }
            if algorithm == VERSION_2 =>
        {
            Answer::new("InvalidRequest", NOT_VERSION_2)
        }
        Error::HeaderAlgorithm { .. } => Answer::new("InvalidArgument", OTHER_SCHEME),
        Error::QueryAlgorithm { .. } => Answer::new(QUERY_ERROR, QUERY_ALGORITHM),
        // <https://github.com/zendesk/apt-s3/issues/10>
        Error::HeaderPart { part, .. } => malformed(
            Place::Header,
            &format!("the authorization component \"{part}\" is malformed."),
        ),
        Error::HeaderIncomplete { missing, .. } => header_incomplete(*missing),
        Error::QueryIncomplete { .. } => Answer::new(QUERY_ERROR, QUERY_INCOMPLETE),
        Error::Date { place: Place::Header, .. } => Answer::new("AccessDenied", DATE),
        Error::Date { place: Place::Query, .. } => Answer::new(QUERY_ERROR, QUERY_DATE),
        Error::HeadersNotSigned { .. } | Error::HostNotSigned => {
            Answer::new("AccessDenied", HEADERS_NOT_SIGNED)
        }
        Error::Credential { place, .. } => malformed(*place, CREDENTIAL),
        Error::Scope(faults) => scope(faults),
        Error::Expired { .. } | Error::NotYetCurrent { .. } => {
            Answer::new("RequestTimeTooSkewed", SKEWED)
        }
        Error::PresignedExpired { .. } => Answer::new("AccessDenied", EXPIRED),
        Error::PresignedNotYetValid { .. } => Answer::new("AccessDenied", NOT_YET),
        Error::ExpiresNotNumber { .. } => Answer::new(QUERY_ERROR, EXPIRES_NOT_NUMBER),
        Error::ExpiresNegative { .. } => Answer::new(QUERY_ERROR, EXPIRES_NEGATIVE),
        Error::ExpiresTooLong { .. } => Answer::new(QUERY_ERROR, EXPIRES_TOO_LONG),
        Error::ContentHashMissing => Answer::new("InvalidRequest", HASH_MISSING),
        Error::ContentHashMalformed { .. } => Answer::new("InvalidArgument", HASH_MALFORMED),
        Error::DecodedLengthMissing => Answer::new("MissingContentLength", LENGTH_MISSING),
        Error::PathEscape { .. } | Error::QueryEscape { .. } => Answer::new("InvalidURI", URI),
        Error::TooLarge(_) => Answer::new("RequestHeaderSectionTooLarge", TOO_LARGE),
        // unverified for the second: S3 takes an absent header for an empty one, so only a name that no
        // header can have comes here.
        Error::Mismatch(_) | Error::SignedHeaderAbsent { .. } => {
            Answer::new("SignatureDoesNotMatch", MISMATCH)
        }
        // unverified.
        Error::NotText { .. } => Answer::new("InvalidArgument", error.to_string()),
    }
}

/// The answer of S3 to a body that is not what its request declared.
#[must_use]
pub fn s3_body(error: &BodyError) -> Answer {
    match error {
        BodyError::ContentHash { .. } => Answer::new("XAmzContentSHA256Mismatch", HASH),
        BodyError::ChunkSignature { .. } | BodyError::TrailerSignature => {
            Answer::new("SignatureDoesNotMatch", MISMATCH)
        }
        BodyError::ChunkTooSmall { .. } => Answer::new("InvalidChunkSizeError", CHUNK_TOO_SMALL),
        BodyError::Malformed { .. } | BodyError::Truncated => {
            Answer::new("IncompleteBody", TRUNCATED)
        }
        BodyError::Trailer { .. } => Answer::new("MalformedTrailerError", TRAILER),
        BodyError::Length { .. } => Answer::new("IncompleteBody", LENGTH),
    }
}

/// S3 words the same fault by where the credential stands.
fn malformed(place: Place, what: &str) -> Answer {
    match place {
        Place::Header => Answer::new(
            "AuthorizationHeaderMalformed",
            format!("The authorization header is malformed; {what}"),
        ),
        Place::Query => Answer::new(
            QUERY_ERROR,
            format!("Error parsing the X-Amz-Credential parameter; {what}"),
        ),
    }
}

fn header_incomplete(missing: Missing) -> Answer {
    if missing.credential || missing.signature || missing.signed_headers {
        malformed(Place::Header, HEADER_INCOMPLETE)
    } else {
        Answer::new("AccessDenied", DATE)
    }
}

/// One fault is told, in versitygw's order. Region:
/// <https://github.com/JuliaServices/CloudStore.jl/issues/52>; service and terminator: swift; date:
/// <https://github.com/akka/alpakka/issues/1690> and, for the query, swift.
fn scope(faults: &ScopeFaults) -> Answer {
    let place = faults.place;
    if let Some(service) = &faults.service {
        let (given, expected) = (&service.given, &service.expected);
        let what =
            format!("incorrect service \"{given}\". This endpoint belongs to \"{expected}\".");
        return malformed(place, &what);
    }
    if let Some(terminator) = &faults.terminator {
        let (given, expected) = (&terminator.given, &terminator.expected);
        let what = format!("incorrect terminal \"{given}\". This endpoint uses \"{expected}\".");
        return malformed(place, &what);
    }
    if let Some(region) = &faults.region {
        let (given, expected) = (&region.given, &region.expected);
        return malformed(place, &format!("the region '{given}' is wrong; expecting '{expected}'"));
    }
    match (place, &faults.date) {
        (Place::Query, Some(date)) => {
            let (given, expected) = (&date.given, &date.expected);
            let message = format!(
                "Invalid credential date \"{given}\". This date is not the same as X-Amz-Date: \
                 \"{expected}\"."
            );
            Answer::new(QUERY_ERROR, message)
        }
        _ => {
            malformed(Place::Header, "Invalid credential date. Date is not the same as X-Amz-Date.")
        }
    }
}
