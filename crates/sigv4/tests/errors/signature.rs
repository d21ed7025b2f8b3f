//! Payloads and signatures.

use sigv4::{Error, answer};

use crate::sent::{MISMATCH, S3, S3_MISMATCH, STANDARD, Sent, text};

#[test]
fn what_is_signed_well_is_accepted() {
    for dialect in [STANDARD, S3] {
        assert_eq!(Sent::in_header(dialect).verify(), Ok(()));
        assert_eq!(Sent::in_query(dialect).verify(), Ok(()));
        for later in [-900, 900] {
            assert_eq!(Sent::in_header(dialect).later(later).verify(), Ok(()));
        }
    }
    assert_eq!(Sent::in_query(S3).later(3600).verify(), Ok(()));
}

#[test]
fn a_payload_that_is_not_declared_well() {
    let hash = "x-amz-content-sha256";
    for (sent, error, s3) in [
        (
            Sent::in_header(S3).without(hash),
            Error::ContentHashMissing,
            ("InvalidRequest", "Missing required header for this request: x-amz-content-sha256"),
        ),
        (
            Sent::in_header(S3).header(hash, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
            Error::ContentHashMalformed {
                text: "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD".to_owned(),
            },
            (
                "InvalidArgument",
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            ),
        ),
        (
            Sent::in_header(S3).header(hash, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            Error::DecodedLengthMissing,
            ("MissingContentLength", "You must provide the Content-Length HTTP header."),
        ),
        (
            Sent::in_query(S3).header(hash, "x"),
            Error::ContentHashMalformed { text: "x".to_owned() },
            (
                "InvalidArgument",
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            ),
        ),
    ] {
        let found = sent.verify().expect_err("it must be refused");
        assert_eq!(found, error);
        assert_eq!(text(&answer::s3(&found)), s3);
    }
    // Everywhere else it does not count (versitygw's tests of IAM).
    assert_eq!(Sent::in_header(STANDARD).header(hash, "invalid").verify(), Ok(()));
}

#[test]
fn a_signature_that_does_not_match() {
    for sent in [Sent::in_header(STANDARD), Sent::in_query(STANDARD)] {
        let sent = sent.header("host", "sts.amazonaws.com");
        let found = sent.verify().expect_err("it must be refused");
        assert_eq!(text(&answer::query(&found)), ("SignatureDoesNotMatch", MISMATCH));
        assert_eq!(text(&answer::s3(&found)), ("SignatureDoesNotMatch", S3_MISMATCH));
        assert_eq!(text(&answer::json(&found)), ("InvalidSignatureException", MISMATCH));
        assert_eq!(
            text(&answer::ec2(&found)),
            ("AuthFailure", "AWS was not able to validate the provided access credentials")
        );
    }
    for spoil in ["Signature=0", "Signature=ä", "Signature=A"] {
        let found = Sent::in_header(STANDARD).replace("Signature=", spoil).verify();
        assert!(matches!(found, Err(Error::Mismatch(_))), "{spoil}: {found:?}");
    }
}

#[test]
fn the_codes_of_json_and_ec2() {
    for (sent, json, ec2) in [
        (
            Sent::unsigned(STANDARD),
            ("MissingAuthenticationTokenException", "Missing Authentication Token"),
            ("MissingAuthenticationToken", "Request is missing Authentication Token"),
        ),
        (
            Sent::in_header(STANDARD).header("authorization", "Basic eA=="),
            ("IncompleteSignatureException", "Unsupported AWS 'algorithm': 'Basic'."),
            ("IncompleteSignature", "Unsupported AWS 'algorithm': 'Basic'."),
        ),
        (
            Sent::in_header(STANDARD).later(1500),
            (
                "InvalidSignatureException",
                "Signature expired: 20240101T000000Z is now earlier than 20240101T001000Z (20240101T002500Z - 15 min.)",
            ),
            ("RequestExpired", "Request has expired."),
        ),
        (
            Sent::in_header(STANDARD).replace("/iam/", "/ec2/"),
            (
                "InvalidSignatureException",
                "Credential should be scoped to correct service: 'iam'. ",
            ),
            ("AuthFailure", "AWS was not able to validate the provided access credentials"),
        ),
    ] {
        let found = sent.verify().expect_err("it must be refused");
        assert_eq!(text(&answer::json(&found)), json);
        assert_eq!(text(&answer::ec2(&found)), ec2);
    }
}
