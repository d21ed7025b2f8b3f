//! S3.
//!
//! Sources, by what they are called below. *versitygw*, *swift*: their S3 errors, observed. *Reference*:
//! "Error responses", S3 API Reference.

use super::Answer;
use crate::body::BodyError;
use crate::error::{Error, Missing, Place};
use crate::scope::ScopeFaults;

const QUERY_ERROR: &str = "AuthorizationQueryParametersError";
const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your key and signing method.";
const NOT_WELL_FORMED: &str = "The request contained trailing data that was not well-formed or did \
                               not conform to our published schema.";

/// The answer of S3.
#[must_use]
pub fn s3(error: &Error) -> Answer {
    match error {
        // Reference. What a caller without credentials may do is for the server to say.
        Error::Unsigned => Answer::new("AccessDenied", "Access Denied"),
        // <https://github.com/catalyst/moodle-tool_objectfs/issues/303>
        Error::SignedTwice => Answer::new(
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
             query string parameter or the Authorization header should be specified",
        ),
        // <https://github.com/s3fs-fuse/s3fs-fuse/issues/915>, for Version 2; versitygw has
        // "Unsupported Authorization Type" for anything else.
        Error::HeaderAlgorithm { algorithm } if algorithm == "AWS" => Answer::new(
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256.",
        ),
        Error::HeaderAlgorithm { .. } => {
            Answer::new("InvalidArgument", "Unsupported Authorization Type")
        }
        // versitygw.
        Error::QueryAlgorithm { .. } => Answer::new(
            QUERY_ERROR,
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        ),
        // <https://github.com/zendesk/apt-s3/issues/10>
        Error::HeaderPart { part, .. } => malformed(
            Place::Header,
            &format!("the authorization component \"{part}\" is malformed."),
        ),
        Error::HeaderIncomplete { missing, .. } => header_incomplete(*missing),
        // versitygw.
        Error::QueryIncomplete { .. } => Answer::new(
            QUERY_ERROR,
            "Query-string authentication version 4 requires the X-Amz-Algorithm, \
             X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires \
             parameters.",
        ),
        Error::Date { place: Place::Header, .. } => date(),
        // versitygw.
        Error::Date { place: Place::Query, .. } => Answer::new(
            QUERY_ERROR,
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        ),
        // <https://github.com/coda/packs-sdk/pull/3093>
        Error::HeadersNotSigned { .. } | Error::HostNotSigned => Answer::new(
            "AccessDenied",
            "There were headers present in the request which were not signed",
        ),
        // <https://github.com/krobertson/deb-s3/issues/157>, and versitygw for the query.
        Error::Credential { place, .. } => malformed(
            *place,
            "the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
        Error::Scope(faults) => scope(faults),
        // Reference.
        Error::Expired { .. } | Error::NotYetCurrent { .. } => Answer::new(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        // <https://github.com/aws/aws-sdk-java/issues/1699>
        Error::PresignedExpired { .. } => Answer::new("AccessDenied", "Request has expired"),
        // <https://github.com/minio/minio/issues/2638>
        Error::PresignedNotYetValid { .. } => {
            Answer::new("AccessDenied", "Request is not yet valid")
        }
        // <https://github.com/minio/minio-js/issues/1312>
        Error::ExpiresNotNumber { .. } => {
            Answer::new(QUERY_ERROR, "X-Amz-Expires should be a number")
        }
        // versitygw.
        Error::ExpiresNegative { .. } => {
            Answer::new(QUERY_ERROR, "X-Amz-Expires must be non-negative")
        }
        // <https://github.com/bryanjos/aws_auth/issues/31>
        Error::ExpiresTooLong { .. } => Answer::new(
            QUERY_ERROR,
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
             must be less than 604800 seconds",
        ),
        // versitygw and swift.
        Error::ContentHashMissing => Answer::new(
            "InvalidRequest",
            "Missing required header for this request: x-amz-content-sha256",
        ),
        // versitygw.
        Error::ContentHashMalformed { .. } => Answer::new(
            "InvalidArgument",
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
             STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
             STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, \
             STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
        ),
        // Reference.
        Error::DecodedLengthMissing => {
            Answer::new("MissingContentLength", "You must provide the Content-Length HTTP header.")
        }
        // Reference has another wording; this one is what people see. unverified for escapes.
        Error::PathEscape { .. } | Error::QueryEscape { .. } => {
            Answer::new("InvalidURI", "Couldn't parse the specified URI.")
        }
        // versitygw; that it is said for each of this crate's limits is not S3's doing.
        Error::TooLarge(_) => Answer::new(
            "RequestHeaderSectionTooLarge",
            "Your request header section exceeds the maximum allowed size.",
        ),
        // Reference.
        Error::Mismatch(_) => Answer::new("SignatureDoesNotMatch", MISMATCH),
        // unverified: S3 takes an absent header for an empty one, so this is never said.
        Error::SignedHeaderAbsent { .. } => Answer::new("SignatureDoesNotMatch", MISMATCH),
        // unverified.
        Error::NotText { .. } => Answer::new("InvalidArgument", error.to_string()),
    }
}

/// The answer of S3 to a body that is not what its request declared.
#[must_use]
pub fn s3_body(error: &BodyError) -> Answer {
    match error {
        // Reference.
        BodyError::ContentHash { .. } => Answer::new(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
        BodyError::ChunkSignature { .. } | BodyError::TrailerSignature => {
            Answer::new("SignatureDoesNotMatch", MISMATCH)
        }
        // versitygw.
        BodyError::ChunkTooSmall { .. } => Answer::new(
            "InvalidChunkSizeError",
            "Only the last chunk is allowed to have a size less than 8192 bytes",
        ),
        // versitygw.
        BodyError::Malformed { .. } | BodyError::Truncated => {
            Answer::new("IncompleteBody", "The request body terminated unexpectedly")
        }
        // versitygw.
        BodyError::Trailer { .. } => Answer::new("MalformedTrailerError", NOT_WELL_FORMED),
        // Reference.
        BodyError::Length { .. } => Answer::new(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ),
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

/// <https://github.com/ex-aws/ex_aws/issues/537>
fn header_incomplete(missing: Missing) -> Answer {
    if missing.credential || missing.signature || missing.signed_headers {
        malformed(
            Place::Header,
            "the authorization header requires three components: Credential, SignedHeaders, and \
             Signature.",
        )
    } else {
        date()
    }
}

/// <https://github.com/hubrick/vertx-s3-client/issues/5>
fn date() -> Answer {
    Answer::new("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
}

/// One fault is told, in versitygw's order. Region: <https://github.com/JuliaServices/CloudStore.jl/issues/52>
/// and, for the query, a registry's log; service and terminator: swift; date:
/// <https://github.com/akka/alpakka/issues/1690> and, for the query, swift.
fn scope(faults: &ScopeFaults) -> Answer {
    if let Some(service) = &faults.service {
        let (given, expected) = (&service.given, &service.expected);
        let what =
            format!("incorrect service \"{given}\". This endpoint belongs to \"{expected}\".");
        return malformed(faults.place, &what);
    }
    if let Some(terminator) = &faults.terminator {
        let (given, expected) = (&terminator.given, &terminator.expected);
        let what = format!("incorrect terminal \"{given}\". This endpoint uses \"{expected}\".");
        return malformed(faults.place, &what);
    }
    if let Some(region) = &faults.region {
        let (given, expected) = (&region.given, &region.expected);
        return malformed(
            faults.place,
            &format!("the region '{given}' is wrong; expecting '{expected}'"),
        );
    }
    match (faults.place, &faults.date) {
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
