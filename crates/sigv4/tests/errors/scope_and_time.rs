//! Claims for something else or for another time.

use sigv4::{Error, Fault, Place, ScopeFaults, answer};

use crate::sent::{DATE, S3, STANDARD, Sent, check, text};

fn fault(given: &str, expected: &str) -> Option<Fault> {
    Some(Fault { given: given.to_owned(), expected: expected.to_owned() })
}

#[test]
fn a_scope_for_something_else() {
    let none = ScopeFaults {
        place: Place::Header,
        region: None,
        service: None,
        terminator: None,
        date: None,
    };
    let header = |what: &str| format!("The authorization header is malformed; {what}");
    for (from, to, faults, query, s3) in [
        (
            "/us-east-1/",
            "/eu-west-1/",
            ScopeFaults { region: fault("eu-west-1", "us-east-1"), ..none.clone() },
            "Credential should be scoped to a valid region. ",
            "the region 'eu-west-1' is wrong; expecting 'us-east-1'",
        ),
        (
            "/iam/",
            "/sts/",
            ScopeFaults { service: fault("sts", "iam"), ..none.clone() },
            "Credential should be scoped to correct service: 'iam'. ",
            "incorrect service \"sts\". This endpoint belongs to \"iam\".",
        ),
        (
            "/aws4_request",
            "/aws5_request",
            ScopeFaults { terminator: fault("aws5_request", "aws4_request"), ..none.clone() },
            "Credential should be scoped with a valid terminator: 'aws4_request'. ",
            "incorrect terminal \"aws5_request\". This endpoint uses \"aws4_request\".",
        ),
        (
            "/20240101/",
            "/20240102/",
            ScopeFaults { date: fault("20240102", "20240101"), ..none.clone() },
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. ",
            "Invalid credential date. Date is not the same as X-Amz-Date.",
        ),
    ] {
        check(
            &Sent::in_header(STANDARD).replace(from, to),
            &Error::Scope(Box::new(faults)),
            ("SignatureDoesNotMatch", query),
            ("AuthorizationHeaderMalformed", &header(s3)),
        );
    }
    let mut any = Sent::in_header(STANDARD);
    any.region = "eu-west-1";
    assert!(matches!(any.verify(), Err(Error::Scope(_))));
}

#[test]
fn a_scope_with_every_fault_and_in_a_query() {
    let all = Sent::in_header(STANDARD).replace("/20240101/us-east-1/iam/aws4_request", "/d/r/s/t");
    let found = all.verify().expect_err("it must be refused");
    assert_eq!(
        answer::query(&found).message,
        "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'iam'. Credential should be scoped with a valid terminator: 'aws4_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. "
    );
    assert_eq!(
        found.to_string(),
        "the credential's scope does not fit: its region is `r` and should be `us-east-1`, its service is `s` and should be `iam`, its terminator is `t` and should be `aws4_request`, its date is `d` and should be `20240101`"
    );
    for (from, to, message) in [
        (
            "us-east-1",
            "us-west-1",
            "Error parsing the X-Amz-Credential parameter; the region 'us-west-1' is wrong; expecting 'us-east-1'",
        ),
        (
            "%2F20240101%2F",
            "%2Fnot-a-date%2F",
            "Invalid credential date \"not-a-date\". This date is not the same as X-Amz-Date: \"20240101\".",
        ),
    ] {
        let found = Sent::in_query(S3).replace(from, to).verify();
        assert_eq!(
            text(&answer::s3(&found.expect_err("it must be refused"))),
            ("AuthorizationQueryParametersError", message)
        );
    }
}

#[test]
fn a_wrong_clock() {
    let s3 = (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    );
    check(
        &Sent::in_header(STANDARD).later(1500),
        &Error::Expired { date: DATE, now: DATE.plus_seconds(1500), allowed_seconds: 900 },
        (
            "SignatureDoesNotMatch",
            "Signature expired: 20240101T000000Z is now earlier than 20240101T001000Z (20240101T002500Z - 15 min.)",
        ),
        s3,
    );
    check(
        &Sent::in_header(STANDARD).later(-901),
        &Error::NotYetCurrent { date: DATE, now: DATE.plus_seconds(-901), allowed_seconds: 900 },
        (
            "SignatureDoesNotMatch",
            "Signature not yet current: 20240101T000000Z is still later than 20231231T235959Z (20231231T234459Z + 15 min.)",
        ),
        s3,
    );
    // IAM and STS do not ask for how long a request was presigned, S3 does.
    let found = Sent::in_query(STANDARD).later(901).verify();
    assert!(matches!(found, Err(Error::Expired { .. })), "{found:?}");
    let message = "Request has expired";
    for (expires, later) in [("3600", 3601), ("0", 0), ("1", 2)] {
        let to = format!("X-Amz-Expires={expires}");
        let sent = Sent::in_query(S3).replace("X-Amz-Expires=3600", &to).later(later);
        let found = sent.verify().expect_err("it must be refused");
        let (now, expires_seconds) = (DATE.plus_seconds(later), expires.parse().unwrap());
        assert_eq!(found, Error::PresignedExpired { date: DATE, expires_seconds, now });
        assert_eq!(text(&answer::s3(&found)), ("AccessDenied", message));
    }
    let sent = Sent::in_query(S3).later(-901);
    let found = sent.verify().expect_err("it must be refused");
    let now = DATE.plus_seconds(-901);
    assert_eq!(found, Error::PresignedNotYetValid { date: DATE, expires_seconds: 3600, now });
    assert_eq!(text(&answer::s3(&found)), ("AccessDenied", "Request is not yet valid"));
}

#[test]
fn an_expiry_that_is_none() {
    for (expires, error, message) in [
        (
            "undefined",
            Error::ExpiresNotNumber { text: "undefined".to_owned() },
            "X-Amz-Expires should be a number",
        ),
        ("-", Error::ExpiresNotNumber { text: "-".to_owned() }, "X-Amz-Expires should be a number"),
        (
            "-1",
            Error::ExpiresNegative { text: "-1".to_owned() },
            "X-Amz-Expires must be non-negative",
        ),
        (
            "604801",
            Error::ExpiresTooLong { text: "604801".to_owned() },
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ),
        (
            "99999999999999999999",
            Error::ExpiresTooLong { text: "99999999999999999999".to_owned() },
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ),
    ] {
        let to = format!("X-Amz-Expires={expires}");
        let found = Sent::in_query(S3).replace("X-Amz-Expires=3600", &to).verify();
        let found = found.expect_err("it must be refused");
        assert_eq!(found, error);
        assert_eq!(text(&answer::s3(&found)), ("AuthorizationQueryParametersError", message));
        // Everywhere else it does not count, but it is signed.
        let found = Sent::in_query(STANDARD).replace("X-Amz-Expires=3600", &to).verify();
        assert!(matches!(found, Err(Error::Mismatch(_))), "{found:?}");
    }
    let week = Sent::in_query(S3).replace("X-Amz-Expires=3600", "X-Amz-Expires=604800");
    assert!(matches!(week.verify(), Err(Error::Mismatch(_))));
}
