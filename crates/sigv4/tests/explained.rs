//! What is told about a signature that does not match: what was computed, which part differs, and
//! nothing that is secret.

use sigv4::{
    Cause, Dialect, Error, Expected, Explanation, Payload, Presented, Request, Signer, SigningKey,
    Skew, Timestamp,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "very/secret+token==";
const DATE: Timestamp = Timestamp::from_unix_seconds(1_704_067_200);

fn signer(dialect: Dialect) -> Signer<'static> {
    Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: SECRET,
        session_token: Some(TOKEN),
        region: "us-east-1",
        service: "s3",
        dialect,
    }
}

/// What is told when `signed` was signed and `sent` was sent with its signature.
fn explain(
    dialect: Dialect,
    signed: (&Request<'_>, Payload<'_>),
    sent: (&Request<'_>, Payload<'_>),
) -> Result<Explanation, Error> {
    // A verifier of the same dialect, though the signer may be of another.
    let added = signer(dialect).sign(signed.0, signed.1, DATE).unwrap_or_default();
    verify(Dialect::S3, &added, sent)
}

fn verify(
    dialect: Dialect,
    added: &[(&'static str, String)],
    (sent, payload): (&Request<'_>, Payload<'_>),
) -> Result<Explanation, Error> {
    let mut headers = sent.headers.to_vec();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let sent = Request { headers: &headers, ..*sent };
    let expected = Expected { now: DATE, skew: Skew::DEFAULT, service: "s3", region: None };
    let claim = Presented::read(&sent, dialect).and_then(|claim| claim.check(&expected));
    let key = SigningKey::derive(SECRET, "20240101", "us-east-1", "s3");
    match claim.and_then(|claim| claim.verify(&sent, payload, &key)) {
        Err(Error::Mismatch(explanation)) => Ok(*explanation),
        Err(other) => Err(other),
        Ok(_) => Err(Error::Unsigned),
    }
}

#[test]
fn the_part_that_differs_is_found() {
    let host = [("host", &b"localhost:4566"[..])];
    let bare = [("host", &b"localhost"[..])];
    let other = [("host", &b"elsewhere"[..])];
    let base = Request { method: "GET", path: "/a b/c%2Bd", query: "x=1&y=z", headers: &host };
    let payload = Payload::Bytes(b"body");
    for (signed, cause) in [
        (Request { method: "HEAD", ..base }, Some(Cause::Method)),
        (Request { method: "TRACE", ..base }, None),
        (Request { query: "", ..base }, Some(Cause::Query)),
        (Request { query: "x=1", ..base }, None),
        (Request { headers: &bare, ..base }, Some(Cause::Host)),
        (Request { headers: &other, ..base }, None),
        (Request { path: "/elsewhere", ..base }, None),
        (Request { method: "HEAD", query: "", ..base }, None),
    ] {
        let explanation = explain(Dialect::S3, (&signed, payload), (&base, payload)).unwrap();
        assert_eq!(explanation.cause, cause, "{signed:?}");
        let error = Error::Mismatch(Box::new(explanation)).to_string();
        let start = "the signature does not match the request";
        assert!(error.starts_with(start));
        assert_eq!(error.len() > start.len(), cause.is_some(), "{error}");
    }
}

/// Signers for another dialect: the path of S3 encoded twice, any other path encoded once.
#[test]
fn a_path_of_the_other_dialect_is_found() {
    let host = [("host", &b"localhost"[..])];
    let request = Request { method: "GET", path: "/a%20b", query: "", headers: &host };
    let hash = [
        ("host", &b"localhost"[..]),
        (
            "x-amz-content-sha256",
            b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
    ];
    let with_hash = Request { headers: &hash, ..request };
    let payload = Payload::Bytes(b"");
    for (signer_dialect, verifier, signed) in
        [(Dialect::Standard, Dialect::S3, &with_hash), (Dialect::S3, Dialect::Standard, &with_hash)]
    {
        let added = signer(signer_dialect).sign(signed, payload, DATE).unwrap();
        let explanation = verify(verifier, &added, (signed, payload)).unwrap();
        assert_eq!(explanation.cause, Some(Cause::Path), "{verifier:?}");
    }
}

#[test]
fn another_payload_is_found() {
    let host = [("host", &b"localhost"[..])];
    let request = Request { method: "POST", path: "/", query: "", headers: &host };
    let sent = Payload::Bytes(b"body");
    for (signed, cause) in [
        (Payload::Bytes(b""), Some(Cause::Payload)),
        (Payload::Unsigned, Some(Cause::Payload)),
        (Payload::Bytes(b"other"), None),
    ] {
        let added = signer(Dialect::Standard).sign(&request, signed, DATE).unwrap();
        let explanation = verify(Dialect::Standard, &added, (&request, sent)).unwrap();
        assert_eq!(explanation.cause, cause, "{signed:?}");
    }
    // A hash that was computed on the way in serves as well.
    let added = signer(Dialect::Standard).sign(&request, sent, DATE).unwrap();
    let mut headers = host.to_vec();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let request = Request { headers: &headers, ..request };
    let expected = Expected { now: DATE, skew: Skew::DEFAULT, service: "s3", region: None };
    let claim = Presented::read(&request, Dialect::Standard).unwrap().check(&expected).unwrap();
    let key = SigningKey::derive(SECRET, "20240101", "us-east-1", "s3");
    let hash = Payload::Sha256(sigv4::sha256(b"body"));
    assert!(claim.verify(&request, hash, &key).is_ok());
    assert!(matches!(claim.verify(&request, Payload::Unsigned, &key), Err(Error::Mismatch(_))));
}

#[test]
fn nothing_secret_is_told() {
    let host = [("host", &b"localhost"[..])];
    let request = Request { method: "POST", path: "/", query: "", headers: &host };
    let added = signer(Dialect::Standard).sign(&request, Payload::Bytes(b"x"), DATE).unwrap();
    let good = added.last().unwrap().1.rsplit_once("Signature=").unwrap().1.to_owned();
    let mut spoilt = added.clone();
    spoilt.last_mut().unwrap().1 = added.last().unwrap().1.replace(&good, &"0".repeat(64));
    let explanation = verify(Dialect::Standard, &spoilt, (&request, Payload::Bytes(b"x"))).unwrap();
    let told = format!("{explanation:?}");
    for secret in [TOKEN, SECRET, &good] {
        assert!(!told.contains(secret), "{told}");
    }
    let expected = "POST\n/\n\nhost:localhost\nx-amz-date:20240101T000000Z\n\
        x-amz-security-token:<19 bytes not shown>\n\nhost;x-amz-date;x-amz-security-token\n\
        2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    assert_eq!(explanation.canonical_request, expected);

    let query = signer(Dialect::S3).presign(&request, Payload::Unsigned, DATE, 60).unwrap();
    let sent = Request { method: "GET", query: &query, ..request };
    let claim = Presented::read(&sent, Dialect::S3).unwrap();
    assert!(!format!("{claim:?} {sent:?}").contains("very"), "{claim:?}");
    let explanation = verify(Dialect::S3, &[], (&sent, Payload::Bytes(b""))).unwrap();
    assert_eq!(explanation.cause, Some(Cause::Method));
    assert!(!format!("{explanation:?}").contains("very"), "{explanation:?}");
    assert!(explanation.canonical_request.contains("X-Amz-Security-Token=<27 bytes not shown>"));
}
