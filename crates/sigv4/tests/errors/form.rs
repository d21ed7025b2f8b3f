//! Claims of another form.

use sigv4::{Error, Missing, Payload, Place, Presented, Request, answer, sha256};

use crate::sent::{DATE, S3, S3_MISMATCH, STANDARD, Sent, check, hash, signer, text};

#[test]
fn no_signature_or_two() {
    let missing = ("MissingAuthenticationToken", "Request is missing Authentication Token");
    check(&Sent::unsigned(STANDARD), &Error::Unsigned, missing, ("AccessDenied", "Access Denied"));
    check(
        &Sent::in_query(STANDARD).without("X-Amz-Algorithm"),
        &Error::Unsigned,
        missing,
        ("AccessDenied", "Access Denied"),
    );
    check(
        &Sent::in_query(S3).header("authorization", "AWS4-HMAC-SHA256 x"),
        &Error::SignedTwice,
        (
            "SignatureDoesNotMatch",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        ),
        (
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        ),
    );
}

#[test]
fn another_algorithm() {
    for (header, algorithm, s3) in [
        (
            "AWS AKIA:c2ln",
            "AWS",
            (
                "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
            ),
        ),
        ("Bearer dapi", "Bearer", ("InvalidArgument", "Unsupported Authorization Type")),
        ("", "", ("InvalidArgument", "Unsupported Authorization Type")),
    ] {
        let message = format!("Unsupported AWS 'algorithm': '{algorithm}'.");
        check(
            &Sent::in_header(STANDARD).header("authorization", header),
            &Error::HeaderAlgorithm { algorithm: algorithm.to_owned() },
            ("IncompleteSignature", &message),
            s3,
        );
    }
    let mut sent = Sent::unsigned(S3);
    sent.query = "AWSAccessKeyId=AKIA&Signature=c2ln&Expires=1704067200".to_owned();
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(found, Error::QueryAlgorithm { algorithm: "AWS".to_owned() });
    let message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    assert_eq!(text(&answer::s3(&found)), ("InvalidRequest", message));
    let algorithm = "AWS4-ECDSA-P256-SHA256".to_owned();
    check(
        &Sent::in_query(S3).replace("AWS4-HMAC-SHA256", &algorithm),
        &Error::QueryAlgorithm { algorithm },
        ("MissingAuthenticationToken", "Missing Authentication Token"),
        (
            "AuthorizationQueryParametersError",
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        ),
    );
}

#[test]
fn an_authorization_header_with_a_space_in_the_key() {
    let sent = Sent::in_header(STANDARD).replace("EXAMPLE/", "EXAMPLE /");
    check(
        &sent,
        &Error::HeaderPart {
            part: "/20240101/us-east-1/iam/aws4_request".to_owned(),
            authorization_sha256: hash(&sent),
        },
        (
            "IncompleteSignature",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'G/bGJd6NVjQu7yhU1FuXjMK2P4AcyyZ+kc1R7WMfIGE='.",
        ),
        (
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the authorization component \"/20240101/us-east-1/iam/aws4_request\" is malformed.",
        ),
    );
    let sent = Sent::in_header(S3).replace("Credential=", "Credential=key= ");
    let part = "Credential=key= AKIAIOSFODNN7EXAMPLE/20240101/us-east-1/s3/aws4_request";
    let found = sent.verify();
    let error = Error::HeaderPart { part: part.to_owned(), authorization_sha256: hash(&sent) };
    assert_eq!(found, Err(error));
}

#[test]
fn an_incomplete_authorization_header() {
    let three = "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.";
    let sent =
        Sent::in_header(STANDARD).header("authorization", "AWS4-HMAC-SHA256").without("x-amz-date");
    let missing = Missing {
        credential: true,
        signature: true,
        signed_headers: true,
        date: true,
        ..Missing::default()
    };
    check(
        &sent,
        &Error::HeaderIncomplete { missing, authorization_sha256: sha256(b"AWS4-HMAC-SHA256") },
        (
            "IncompleteSignature",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=",
        ),
        ("AuthorizationHeaderMalformed", three),
    );
    let sent = Sent::in_header(S3).without("x-amz-date");
    let missing = Missing { date: true, ..Missing::default() };
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(found, Error::HeaderIncomplete { missing, authorization_sha256: hash(&sent) });
    assert_eq!(
        text(&answer::s3(&found)),
        ("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
    );
    for (part, missing) in [
        ("Credential=", Missing { credential: true, ..Missing::default() }),
        ("Signature=", Missing { signature: true, ..Missing::default() }),
        ("SignedHeaders=", Missing { signed_headers: true, ..Missing::default() }),
    ] {
        let sent = Sent::in_header(STANDARD).replace(part, &format!("Other{part}"));
        let authorization_sha256 = hash(&sent);
        let error = Error::HeaderIncomplete { missing, authorization_sha256 };
        assert_eq!(sent.verify(), Err(error), "{part}");
    }
}

#[test]
fn an_incomplete_query() {
    let s3 = (
        "AuthorizationQueryParametersError",
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
    let none = Missing::default();
    for (dialect, name, missing) in [
        (STANDARD, "X-Amz-Credential", Missing { credential: true, ..none }),
        (STANDARD, "X-Amz-Signature", Missing { signature: true, ..none }),
        (STANDARD, "X-Amz-SignedHeaders", Missing { signed_headers: true, ..none }),
        (STANDARD, "X-Amz-Date", Missing { date: true, ..none }),
        (S3, "X-Amz-Algorithm", Missing { algorithm: true, ..none }),
        (S3, "X-Amz-Expires", Missing { expires: true, ..none }),
    ] {
        let message = format!(
            "AWS query-string parameters must include '{name}'. Re-examine the query-string parameters."
        );
        let sent = Sent::in_query(dialect).without(name);
        let error = Error::QueryIncomplete { missing };
        check(&sent, &error, ("IncompleteSignature", &message), s3);
    }
    let sent = Sent::in_query(STANDARD).without("X-Amz-Date").without("X-Amz-Credential");
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(
        answer::query(&found).message,
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."
    );
}

#[test]
fn a_date_that_is_none() {
    let query = (
        "IncompleteSignature",
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
    check(
        &Sent::in_header(STANDARD).header("x-amz-date", "yesterday"),
        &Error::Date { text: "yesterday".to_owned(), place: Place::Header },
        query,
        ("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
    );
    check(
        &Sent::in_query(STANDARD).replace("20240101T000000Z", "yesterday"),
        &Error::Date { text: "yesterday".to_owned(), place: Place::Query },
        query,
        (
            "AuthorizationQueryParametersError",
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        ),
    );
}

#[test]
fn headers_that_must_be_signed() {
    let s3 = ("AccessDenied", "There were headers present in the request which were not signed");
    let query = (
        "SignatureDoesNotMatch",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    let sent = Sent::in_header(STANDARD);
    check(&sent.clone().replace("=host;", "="), &Error::HostNotSigned, query, s3);
    let sent = sent.replace("SignedHeaders=host;x-amz-date", "SignedHeaders=");
    check(&sent, &Error::HostNotSigned, query, s3);
    let sent = Sent::in_header(S3).header("X-Amz-Copy-Source", "/b/k").replace("=host;", "=");
    let names = vec!["host".to_owned(), "x-amz-copy-source".to_owned()];
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(text(&answer::s3(&found)), s3);
    assert_eq!(found, Error::HeadersNotSigned { names });
    // Only S3 insists on more than the host.
    let sent = Sent::in_header(STANDARD).header("X-Amz-Copy-Source", "/b/k");
    assert_eq!(sent.verify(), Ok(()));
    let sent = Sent::in_header(STANDARD).replace("=host;", "=accept;host;");
    check(
        &sent,
        &Error::SignedHeaderAbsent { name: "accept".to_owned() },
        (
            "IncompleteSignature",
            "'accept' is named as a SignedHeader, but it does not exist in the HTTP request.",
        ),
        ("SignatureDoesNotMatch", S3_MISMATCH),
    );
}

#[test]
fn a_credential_of_another_form() {
    for (to, credential) in [
        ("Credential=a/b/c/d", "a/b/c/d"),
        ("Credential=a/b/c/d/e/f", "a/b/c/d/e/f"),
        ("Credential=nothing", "nothing"),
    ] {
        let from = "Credential=AKIAIOSFODNN7EXAMPLE/20240101/us-east-1/iam/aws4_request";
        let message = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
        );
        let credential = credential.to_owned();
        check(
            &Sent::in_header(STANDARD).replace(from, to),
            &Error::Credential { credential, place: Place::Header },
            ("IncompleteSignature", &message),
            (
                "AuthorizationHeaderMalformed",
                "The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
            ),
        );
    }
    let found = Sent::in_query(S3).replace("%2Faws4", "_aws4").verify();
    let message = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
    assert_eq!(
        text(&answer::s3(&found.expect_err("it must be refused"))),
        ("AuthorizationQueryParametersError", message)
    );
}

#[test]
fn escapes_that_are_none() {
    let uri = ("InvalidURI", "Couldn't parse the specified URI.");
    for (query, escape, message) in [
        ("a=%zz", "%zz", "Illegal hex character in escape % pattern: %zz"),
        ("a=%4", "%4", "Incomplete trailing escape % sequence"),
        ("a=%", "%", "Incomplete trailing escape % sequence"),
    ] {
        let mut sent = Sent::in_header(STANDARD);
        sent.query = query.to_owned();
        let error = Error::QueryEscape { escape: escape.to_owned() };
        check(&sent, &error, ("MalformedQueryString", message), uri);
    }
    let mut sent = Sent::in_header(S3);
    sent.path = "/50%".to_owned();
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(found, Error::PathEscape { escape: "%".to_owned() });
    assert_eq!(text(&answer::s3(&found)), uri);
    // Everywhere else the path is encoded as it is.
    sent = Sent::unsigned(STANDARD);
    sent.path = "/50%".to_owned();
    let added =
        sent.with(|request| signer(STANDARD).sign(request, Payload::Bytes(b""), DATE).unwrap());
    sent.headers.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn a_header_that_is_no_text() {
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        let sent = Sent::in_header(STANDARD);
        let found = sent.with(|request| {
            let mut headers = request.headers.to_vec();
            headers.retain(|(key, _)| *key != name);
            headers.push((name, b"\xff"));
            Presented::read(&Request { headers: &headers, ..*request }, STANDARD).map(|_| ())
        });
        assert_eq!(found, Err(Error::NotText { header: name }));
        let found = found.expect_err("it must be refused");
        assert_eq!(answer::query(&found).code, "IncompleteSignature");
        assert_eq!(answer::s3(&found).code, "InvalidArgument");
    }
}
