//! Every service but S3: they share their texts and differ in their codes.
//!
//! Sources, by what they are called below. *Ordering*: "AWS Auth Error Ordering", observed by the author
//! of scratchstack-aws-signature. *dynalite*, *kinesalite*: their recordings of DynamoDB and Kinesis.
//! *versitygw*: its IAM errors, observed in 2026. *Troubleshooting*: "Troubleshoot signed requests for
//! AWS APIs", IAM User Guide.

use super::Answer;
use crate::error::{Error, Missing};
use crate::scope::{ScopeFaults, TERMINATOR};
use crate::text::{Sha256Hash, base64};
use crate::timestamp::Timestamp;

const SECONDS_PER_MINUTE: u32 = 60;

/// What is wrong, as far as codes tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Missing,
    Incomplete,
    Mismatch,
    Skewed,
    MalformedQuery,
    TooLarge,
}

/// The answer of a service with the query protocol, such as IAM and STS.
#[must_use]
pub fn query(error: &Error) -> Answer {
    let code = match class(error) {
        Class::Missing => "MissingAuthenticationToken",
        Class::Incomplete => "IncompleteSignature",
        Class::Mismatch | Class::Skewed => "SignatureDoesNotMatch",
        Class::MalformedQuery => "MalformedQueryString",
        // unverified: what AWS says to headers that are too large.
        Class::TooLarge => "RequestEntityTooLarge",
    };
    Answer::new(code, message(error))
}

/// The answer of a service with a JSON protocol, such as Organizations and CloudTrail.
///
/// Codes: dynalite and kinesalite.
#[must_use]
pub fn json(error: &Error) -> Answer {
    let code = match class(error) {
        Class::Missing => "MissingAuthenticationTokenException",
        Class::Incomplete => "IncompleteSignatureException",
        Class::Mismatch | Class::Skewed => "InvalidSignatureException",
        // unverified: both.
        Class::MalformedQuery => "MalformedQueryStringException",
        Class::TooLarge => "RequestEntityTooLargeException",
    };
    match error {
        // kinesalite; dynalite, recorded before, has the text of the query protocol.
        Error::Unsigned => Answer::new(code, "Missing Authentication Token"),
        _ => Answer::new(code, message(error)),
    }
}

/// The answer of EC2, which has codes of its own.
///
/// `AuthFailure` for a signature that does not match is what people report
/// (<https://github.com/hashicorp/terraform-provider-aws/issues/1102>). For a wrong clock some report it
/// too (<https://github.com/aws/aws-sdk-java/issues/519>, of 2015); "Error codes for the Amazon EC2 API"
/// documents `RequestExpired`, which is what is answered here. That a wrong scope is an `AuthFailure` too
/// and that the other codes are those of the query protocol is unverified.
#[must_use]
pub fn ec2(error: &Error) -> Answer {
    match class(error) {
        Class::Mismatch => Answer::new(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Class::Skewed => Answer::new("RequestExpired", "Request has expired."),
        _ => query(error),
    }
}

fn class(error: &Error) -> Class {
    match error {
        // A wrong X-Amz-Algorithm is as good as none: Ordering, rule 7a.
        Error::Unsigned | Error::QueryAlgorithm { .. } => Class::Missing,
        Error::SignedTwice
        | Error::HostNotSigned
        | Error::Scope(_)
        | Error::Mismatch(_)
        | Error::HeadersNotSigned { .. } => Class::Mismatch,
        Error::Expired { .. }
        | Error::NotYetCurrent { .. }
        | Error::PresignedExpired { .. }
        | Error::PresignedNotYetValid { .. } => Class::Skewed,
        Error::QueryEscape { .. } | Error::PathEscape { .. } => Class::MalformedQuery,
        Error::TooLarge(_) => Class::TooLarge,
        Error::HeaderAlgorithm { .. }
        | Error::HeaderPart { .. }
        | Error::HeaderIncomplete { .. }
        | Error::QueryIncomplete { .. }
        | Error::NotText { .. }
        | Error::Date { .. }
        | Error::SignedHeaderAbsent { .. }
        | Error::Credential { .. }
        | Error::ExpiresNotNumber { .. }
        | Error::ExpiresNegative { .. }
        | Error::ExpiresTooLong { .. }
        | Error::ContentHashMissing
        | Error::ContentHashMalformed { .. }
        | Error::DecodedLengthMissing => Class::Incomplete,
    }
}

fn message(error: &Error) -> String {
    match error {
        // Ordering, rule 5, and versitygw.
        Error::Unsigned => "Request is missing Authentication Token".to_owned(),
        // versitygw; Ordering, rule 7a, has the text above.
        Error::QueryAlgorithm { .. } => "Missing Authentication Token".to_owned(),
        // dynalite and kinesalite.
        Error::SignedTwice => "Found both 'X-Amz-Algorithm' as a query-string param and \
                               'Authorization' as HTTP header."
            .to_owned(),
        // Ordering, rule 6a.
        Error::HeaderAlgorithm { algorithm } => {
            format!("Unsupported AWS 'algorithm': '{algorithm}'.")
        }
        // As API Gateway answers today; that it hashes the whole header is unverified. Before, the text
        // was "'…' not a valid key=value pair (missing equal-sign) in Authorization header: '…'."
        Error::HeaderPart { authorization_sha256, .. } => format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with \
             SHA-256 and encoded with Base64): '{}'.",
            base64(authorization_sha256)
        ),
        Error::HeaderIncomplete { missing, authorization_sha256 } => {
            header_incomplete(*missing, authorization_sha256)
        }
        Error::QueryIncomplete { missing } => query_incomplete(*missing),
        // dynalite and versitygw.
        Error::Date { text, .. } => format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. \
             See http://en.wikipedia.org/wiki/ISO_8601"
        ),
        // Ordering, rule 8, and versitygw.
        Error::HostNotSigned => {
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned()
        }
        // <https://github.com/awslabs/aws-mobile-appsync-sdk-js/issues/702>
        Error::SignedHeaderAbsent { name } => format!(
            "'{name}' is named as a SignedHeader, but it does not exist in the HTTP request."
        ),
        // dynalite, Ordering, rule 12, and versitygw.
        Error::Credential { credential, .. } => format!(
            "Credential must have exactly 5 slash-delimited elements, \
             e.g. keyid/date/region/service/term, got '{credential}'"
        ),
        Error::Scope(faults) => scope(faults),
        Error::Expired { date, now, allowed_seconds } => expired(*date, *now, *allowed_seconds),
        Error::NotYetCurrent { date, now, allowed_seconds } => {
            not_yet_current(*date, *now, *allowed_seconds)
        }
        // Ordering, rule 4.
        Error::QueryEscape { escape } => query_escape(escape),
        // Ordering, rule 16, and Troubleshooting.
        Error::Mismatch(_) => {
            "The request signature we calculated does not match the signature you \
                               provided. Check your AWS Secret Access Key and signing method. \
                               Consult the service documentation for details."
                .to_owned()
        }
        // Errors of S3 and of this crate: no such service has a text for them.
        other => other.to_string(),
    }
}

/// Sentences as in kinesalite and versitygw, the hash in place of the header as API Gateway and
/// versitygw have it; before, the text ended with "Authorization=" and the header.
fn header_incomplete(missing: Missing, authorization_sha256: &Sha256Hash) -> String {
    let parts = [
        (missing.credential, "requires 'Credential' parameter."),
        (missing.signature, "requires 'Signature' parameter."),
        (missing.signed_headers, "requires 'SignedHeaders' parameter."),
        (missing.date, "requires existence of either a 'X-Amz-Date' or a 'Date' header."),
    ];
    let sentences: String = parts
        .iter()
        .filter(|(is_missing, _)| *is_missing)
        .map(|(_, sentence)| format!("Authorization header {sentence} "))
        .collect();
    let hash = base64(authorization_sha256);
    format!("{sentences}(Hashed with SHA-256 and encoded with Base64) Authorization={hash}")
}

/// kinesalite and versitygw.
fn query_incomplete(missing: Missing) -> String {
    let parts = [
        (missing.algorithm, "X-Amz-Algorithm"),
        (missing.credential, "X-Amz-Credential"),
        (missing.signature, "X-Amz-Signature"),
        (missing.signed_headers, "X-Amz-SignedHeaders"),
        (missing.date, "X-Amz-Date"),
        (missing.expires, "X-Amz-Expires"),
    ];
    let sentences: String = parts
        .iter()
        .filter(|(is_missing, _)| *is_missing)
        .map(|(_, name)| format!("AWS query-string parameters must include '{name}'. "))
        .collect();
    format!("{sentences}Re-examine the query-string parameters.")
}

/// Every fault has its sentence with a space after it. That the region, the date and the terminator are
/// no longer repeated in it: <https://github.com/namecheap/node-vault-client/issues/25> (STS, 2022),
/// <https://github.com/disneystreaming/smithy4s/issues/387> (Kinesis, 2022), Troubleshooting and
/// versitygw. That the service is: <https://github.com/disneystreaming/smithy4s/issues/1568> (2024).
/// Before, there were ", not 'us-east-2'" and ": 'b' != '20130609', from '20130609T095204Z'".
fn scope(faults: &ScopeFaults) -> String {
    let mut text = String::new();
    if faults.region.is_some() {
        text.push_str("Credential should be scoped to a valid region. ");
    }
    if let Some(service) = &faults.service {
        let expected = &service.expected;
        text.push_str(&format!("Credential should be scoped to correct service: '{expected}'. "));
    }
    if faults.terminator.is_some() {
        text.push_str(&format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}'. "
        ));
    }
    if faults.date.is_some() {
        text.push_str(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP. ",
        );
    }
    text
}

/// <https://github.com/aws/aws-cli/issues/6676>
fn expired(date: Timestamp, now: Timestamp, allowed_seconds: u32) -> String {
    let earliest = now.plus_seconds(-i64::from(allowed_seconds));
    let minutes = allowed_seconds / SECONDS_PER_MINUTE;
    format!("Signature expired: {date} is now earlier than {earliest} ({now} - {minutes} min.)")
}

/// <https://github.com/aws/aws-sdk-js/pull/142>
fn not_yet_current(date: Timestamp, now: Timestamp, allowed_seconds: u32) -> String {
    let latest = now.plus_seconds(i64::from(allowed_seconds));
    let minutes = allowed_seconds / SECONDS_PER_MINUTE;
    format!(
        "Signature not yet current: {date} is still later than {latest} ({now} + {minutes} min.)"
    )
}

/// What stands for the two digits at the end of the second text is unverified.
fn query_escape(escape: &str) -> String {
    match escape.strip_prefix('%') {
        Some(digits) if digits.chars().count() == 2 => {
            format!("Illegal hex character in escape % pattern: %{digits}")
        }
        _ => "Incomplete trailing escape % sequence".to_owned(),
    }
}
