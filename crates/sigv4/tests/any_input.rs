//! Whatever comes in, the answer is a result: no panic, and nothing is accepted that was not signed.

use proptest::collection::vec;
use proptest::prelude::*;
use sigv4::{
    Dialect, Error, Expected, Payload, Presented, Request, SigningKey, Skew, Timestamp, answer,
};

/// A request that claims to be signed, well or not at all.
#[derive(Debug, Clone)]
struct Claim {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
}

fn noise() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[,;=/%&+ .A-Za-z0-9-]{0,12}",
        1 => "\\PC{0,6}",
        1 => Just("19700101T000000Z".to_owned()),
        1 => Just("x-amz-date;host;x-amz-security-token".to_owned()),
        1 => Just("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER".to_owned()),
    ]
}

/// `good` most of the time.
fn mostly(good: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(good.to_owned()), 1 => noise()]
}

fn in_header() -> impl Strategy<Value = (String, Vec<(String, Vec<u8>)>)> {
    let parts = (
        mostly("AWS4-HMAC-SHA256 "),
        mostly("Credential=AKIA/19700101/r/s/aws4_request, "),
        mostly("SignedHeaders=host;x-amz-content-sha256;x-amz-date, "),
        mostly("Signature=00"),
        mostly("19700101T000000Z"),
    );
    (noise(), parts).prop_map(|(query, (algorithm, credential, headers, signature, date))| {
        let authorization = format!("{algorithm}{credential}{headers}{signature}");
        let authorization = ("Authorization".to_owned(), authorization.into_bytes());
        (query, vec![authorization, ("X-Amz-Date".to_owned(), date.into_bytes())])
    })
}

fn in_query() -> impl Strategy<Value = (String, Vec<(String, Vec<u8>)>)> {
    let parts = (
        mostly("X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        mostly("&X-Amz-Credential=AKIA%2F19700101%2Fr%2Fs%2Faws4_request"),
        mostly("&X-Amz-Date=19700101T000000Z"),
        mostly("&X-Amz-Expires=60"),
        mostly("&X-Amz-SignedHeaders=host"),
        mostly("&X-Amz-Signature=00"),
        noise(),
    );
    parts.prop_map(|(algorithm, credential, date, expires, headers, signature, more)| {
        let query = format!("{algorithm}{credential}{date}{expires}{headers}{signature}{more}");
        (query, vec![])
    })
}

fn claims() -> impl Strategy<Value = Claim> {
    let signed = prop_oneof![in_header().boxed(), in_query().boxed()];
    let name = prop_oneof![
        Just("x-amz-decoded-content-length".to_owned()),
        Just("x-amz-security-token".to_owned()),
        "\\PC{0,5}",
    ];
    let value = prop_oneof![4 => noise().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..9)];
    let hash = mostly("UNSIGNED-PAYLOAD");
    ("\\PC{0,8}", noise(), signed, hash, vec((name, value), 0..3)).prop_map(
        |(method, path, (query, mut headers), hash, more)| {
            headers.push(("Host".to_owned(), b"localhost".to_vec()));
            headers.push(("x-amz-content-sha256".to_owned(), hash.into_bytes()));
            headers.extend(more);
            Claim { method, path, query, headers }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn any_request_has_an_answer(claim in claims(), is_s3 in any::<bool>()) {
        let dialect = if is_s3 { Dialect::S3 } else { Dialect::Standard };
        let headers: Vec<_> =
            claim.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let Claim { method, path, query, .. } = &claim;
        let request = Request { method, path, query, headers: &headers };
        let now = Timestamp::from_unix_seconds(1);
        let expected = Expected { now, skew: Skew::DEFAULT, service: "s", region: None };
        let key = SigningKey::derive("secret", "19700101", "r", "s");
        let error = Presented::read(&request, dialect)
            .and_then(|claim| claim.check(&expected))
            .and_then(|claim| claim.verify(&request, Payload::Bytes(b""), &key))
            .map(|_| ());
        let error = error.expect_err("nobody signed it");
        for answer in [answer::query(&error), answer::json(&error), answer::ec2(&error)] {
            prop_assert!(!answer.code.is_empty() && !answer.message.is_empty());
        }
        prop_assert!(!answer::s3(&error).message.is_empty());
        prop_assert!(!matches!(error, Error::TooLarge(_)));
    }
}
