//! Every limit of the request, at it and one past it, and the form of the errors.

use sigv4::limit::{self, Limit};
use sigv4::{Dialect, Error, Payload, Presented, Request, Signer, Timestamp};

const HOST: (&str, &[u8]) = ("host", b"h");
const DATE: (&str, &[u8]) = ("x-amz-date", b"20240101T000000Z");
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20240101/r/s/aws4_request, \
                             SignedHeaders=host, Signature=0";

fn read(request: &Request<'_>) -> Result<(), Error> {
    Presented::read(request, Dialect::Standard).map(|_| ())
}

/// What is read from a request with this `Authorization` header and these others.
fn with_headers(authorization: &str, others: &[(&str, &[u8])]) -> Result<(), Error> {
    let mut headers = vec![HOST, DATE, ("authorization", authorization.as_bytes())];
    headers.extend_from_slice(others);
    read(&Request { method: "GET", path: "/", query: "", headers: &headers })
}

/// `fits` is accepted, and one more is refused for `limit`.
fn check(limit: Limit, read: impl Fn(usize) -> Result<(), Error>) {
    assert_eq!(read(limit.most()), Ok(()), "{limit}");
    assert_eq!(read(limit.most() + 1), Err(Error::TooLarge(limit)), "{limit}");
}

#[test]
fn the_request_line() {
    let headers = [HOST, DATE, ("authorization", AUTHORIZATION.as_bytes())];
    let request = Request { method: "GET", path: "/", query: "", headers: &headers };
    check(Limit::MethodBytes, |bytes| read(&Request { method: &"M".repeat(bytes), ..request }));
    check(Limit::PathBytes, |bytes| read(&Request { path: &"/".repeat(bytes), ..request }));
    check(Limit::QueryBytes, |bytes| read(&Request { query: &"q".repeat(bytes), ..request }));
    check(Limit::QueryParameters, |count| read(&Request { query: &"q&".repeat(count), ..request }));
}

#[test]
fn the_headers() {
    check(Limit::Headers, |count| with_headers(AUTHORIZATION, &vec![("a", &b"b"[..]); count - 3]));
    check(Limit::HeaderBytes, |bytes| {
        let others: usize = [HOST, DATE].iter().map(|(name, value)| name.len() + value.len()).sum();
        let rest = bytes - others - "authorization".len() - AUTHORIZATION.len() - 1;
        with_headers(AUTHORIZATION, &[("a", &vec![b'b'; rest])])
    });
    check(Limit::SignedHeaders, |count| {
        let names = format!("SignedHeaders=host{}", ";a".repeat(count - 1));
        with_headers(&AUTHORIZATION.replace("SignedHeaders=host", &names), &[])
    });
    check(Limit::AuthorizationBytes, |bytes| {
        with_headers(&format!("{AUTHORIZATION}{}", "0".repeat(bytes - AUTHORIZATION.len())), &[])
    });
    check(Limit::CredentialBytes, |bytes| {
        let key = "K".repeat(bytes - "/20240101/r/s/aws4_request".len());
        with_headers(&AUTHORIZATION.replace("=AKIA", &format!("={key}")), &[])
    });
    check(Limit::SessionTokenBytes, |bytes| {
        with_headers(AUTHORIZATION, &[("x-amz-security-token", &vec![b't'; bytes])])
    });
}

#[test]
fn the_numbers() {
    for (limit, most) in [
        (Limit::MethodBytes, limit::MAX_METHOD_BYTES),
        (Limit::PathBytes, limit::MAX_PATH_BYTES),
        (Limit::QueryBytes, limit::MAX_QUERY_BYTES),
        (Limit::QueryParameters, limit::MAX_QUERY_PARAMETERS),
        (Limit::Headers, limit::MAX_HEADERS),
        (Limit::HeaderBytes, limit::MAX_HEADER_BYTES),
        (Limit::SignedHeaders, limit::MAX_SIGNED_HEADERS),
        (Limit::AuthorizationBytes, limit::MAX_AUTHORIZATION_BYTES),
        (Limit::CredentialBytes, limit::MAX_CREDENTIAL_BYTES),
        (Limit::SessionTokenBytes, limit::MAX_SESSION_TOKEN_BYTES),
    ] {
        assert_eq!(limit.most(), most);
        let error = Error::TooLarge(limit);
        assert!(error.to_string().contains(&most.to_string()), "{error}");
        assert_eq!(sigv4::answer::query(&error).code, "RequestEntityTooLarge");
        assert_eq!(sigv4::answer::s3(&error).code, "RequestHeaderSectionTooLarge");
    }
}

/// The user's text comes back in errors, but not without end.
#[test]
fn what_errors_repeat_is_short() {
    let long = "é".repeat(3000);
    let Err(Error::Date { text, .. }) = ({
        let headers =
            [HOST, ("x-amz-date", long.as_bytes()), ("authorization", AUTHORIZATION.as_bytes())];
        read(&Request { method: "GET", path: "/", query: "", headers: &headers })
    }) else {
        panic!("it is no date")
    };
    assert_eq!(text.len(), 1024);
}

#[test]
fn signing_has_limits_too_and_needs_a_host() {
    let signer = Signer {
        access_key_id: "AKIA",
        secret_access_key: "secret",
        session_token: Some("token"),
        region: "r",
        service: "s",
        dialect: Dialect::Standard,
    };
    let now = Timestamp::from_unix_seconds(0);
    let request = Request { method: "GET", path: "/", query: "", headers: &[] };
    let payload = Payload::Bytes(b"");
    assert_eq!(signer.sign(&request, payload, now), Err(Error::HostNotSigned));
    assert_eq!(signer.presign(&request, payload, now, 1), Err(Error::HostNotSigned));
    let path = "/".repeat(limit::MAX_PATH_BYTES + 1);
    let request = Request { path: &path, headers: &[HOST], ..request };
    let error = Error::TooLarge(Limit::PathBytes);
    assert_eq!(signer.sign(&request, payload, now), Err(error.clone()));
    assert_eq!(signer.presign(&request, payload, now, 1), Err(error));
    let shown = format!("{signer:?}");
    assert!(shown.contains("AKIA") && !shown.contains("secret") && !shown.contains("token"));
}
