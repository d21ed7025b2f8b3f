//! Nanoseconds for each step of verifying a typical request: a form of 300 bytes for IAM, with the
//! headers that boto3 sends.
//!
//! `cargo bench -p sigv4`

use std::hint::black_box;
use std::time::Instant;

use sigv4::{
    Checked, Dialect, Expected, Payload, Presented, Request, Signer, SigningKey, Skew, Timestamp,
};

const ROUNDS: u32 = 200_000;
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_440_938_160);
const BODY_BYTES: usize = 300;

const EXPECTED: Expected<'_> =
    Expected { now: NOW, skew: Skew::DEFAULT, service: "iam", region: Some("us-east-1") };

fn main() -> Result<(), sigv4::Error> {
    let body = [b'a'; BODY_BYTES];
    let token = "t".repeat(800);
    let form: [(&str, &[u8]); 7] = [
        ("host", b"127.0.0.1:4566"),
        ("accept-encoding", b"identity"),
        ("content-type", b"application/x-www-form-urlencoded; charset=utf-8"),
        ("user-agent", b"Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux lang/python#3.11.7"),
        ("content-length", b"300"),
        ("amz-sdk-invocation-id", b"0d4b6a1c-3c1f-4a43-a1f3-1c1f2b8f6a10"),
        ("amz-sdk-request", b"attempt=1"),
    ];
    let mut signer = Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: SECRET,
        session_token: None,
        region: "us-east-1",
        service: "iam",
        dialect: Dialect::Standard,
    };
    let unsigned = Request { method: "POST", path: "/", query: "", headers: &form };
    let payload = Payload::Bytes(&body);
    let key = SigningKey::derive(SECRET, "20150830", "us-east-1", "iam");

    for (name, session_token) in [("long-term key", None), ("session token", Some(&*token))] {
        signer.session_token = session_token;
        let added = signer.sign(&unsigned, payload, NOW)?;
        let mut headers = form.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = Request { headers: &headers, ..unsigned };
        println!("{name}");
        measure("read and check the claim", || claim(&request))?;
        measure("verify, key kept", || claim(&request)?.verify(&request, payload, &key))?;
        measure("verify, key derived", || {
            let key = SigningKey::derive(SECRET, "20150830", "us-east-1", "iam");
            claim(&request)?.verify(&request, payload, &key)
        })?;
        measure("refuse another body", || {
            let other = Payload::Bytes(b"another");
            Ok(claim(&request)?.verify(&request, other, &key).is_err())
        })?;
    }
    println!("other");
    measure("presigned GET, key kept", {
        signer.session_token = None;
        let host = [("host", &b"sts.amazonaws.com"[..])];
        let query = "Action=GetCallerIdentity&Version=2011-06-15";
        let unsigned = Request { method: "GET", path: "/", query, headers: &host };
        let query = signer.presign(&unsigned, Payload::Bytes(b""), NOW, 60)?;
        let key = &key;
        move || {
            let request = Request { method: "GET", path: "/", query: &query, headers: &host };
            claim(&request)?.verify(&request, Payload::Bytes(b""), key)
        }
    })?;
    measure("sha256 of 300 bytes", || Ok(sigv4::sha256(black_box(&body))))?;
    measure("derive a key", || Ok(SigningKey::derive(SECRET, "20150830", "us-east-1", "iam")))?;
    measure("sign in the headers", || signer.sign(&unsigned, payload, NOW))
}

fn claim<'r>(request: &Request<'r>) -> Result<Checked<'r>, sigv4::Error> {
    Presented::read(request, Dialect::Standard)?.check(&EXPECTED)
}

/// Prints the shortest mean of five runs.
fn measure<T>(name: &str, step: impl Fn() -> Result<T, sigv4::Error>) -> Result<(), sigv4::Error> {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        for _ in 0..ROUNDS / 5 {
            black_box(step()?);
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS / 5));
    }
    println!("  {name:<28}{best:>9.0} ns");
    Ok(())
}
