//! The examples of the S3 API Reference, "Authenticating Requests (AWS Signature Version 4)", and the one
//! of IAM in the AWS General Reference, with the signatures that they document.

use sigv4::{
    BodyError, Dialect, Error, Expected, Payload, Presented, Request, SigningKey, Skew, Timestamp,
    Trailer, Verified,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_369_353_600);
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The SHA-256 of `Welcome to Amazon S3.`
const WELCOME: &str = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";

fn verify(request: &Request<'_>) -> Result<Verified, Error> {
    let expected =
        Expected { now: NOW, skew: Skew::DEFAULT, service: "s3", region: Some("us-east-1") };
    let claim = Presented::read(request, Dialect::S3)?.check(&expected)?;
    let key = SigningKey::derive(SECRET, "20130524", "us-east-1", "s3");
    claim.verify(request, Payload::Bytes(b""), &key)
}

fn authorization(signed_headers: &str, signature: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
         SignedHeaders={signed_headers},Signature={signature}"
    )
}

/// Method, path, query, headers beside host and date, signed headers, signature, body.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
    &'static str,
);

const ROWS: [Row; 4] = [
    (
        "GET",
        "/test.txt",
        "",
        &[("Range", "bytes=0-9"), ("x-amz-content-sha256", EMPTY)],
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        "",
    ),
    (
        "PUT",
        "/test$file.text",
        "",
        &[
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", WELCOME),
        ],
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        "Welcome to Amazon S3.",
    ),
    (
        "GET",
        "/",
        "lifecycle",
        &[("x-amz-content-sha256", EMPTY)],
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "",
    ),
    (
        "GET",
        "/",
        "max-keys=2&prefix=J",
        &[("x-amz-content-sha256", EMPTY)],
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        "",
    ),
];

#[test]
fn the_documented_headers() {
    for (method, path, query, headers, signed_headers, signature, body) in ROWS {
        let authorization = authorization(signed_headers, signature);
        let mut all = vec![
            ("Host", &b"examplebucket.s3.amazonaws.com"[..]),
            ("x-amz-date", b"20130524T000000Z"),
            ("Authorization", authorization.as_bytes()),
        ];
        all.extend(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = Request { method, path, query, headers: &all };

        let mut whole = verify(&request).unwrap().into_body();
        let mut received = Vec::new();
        for piece in body.as_bytes().chunks(5) {
            whole.push(piece, |bytes| received.extend_from_slice(bytes)).unwrap();
        }
        assert_eq!(whole.finish(), Ok(vec![]), "{method} {path}");
        assert_eq!(received, body.as_bytes());

        let mut other = verify(&request).unwrap().into_body();
        other.push(b"another body", |_| ()).unwrap();
        assert!(matches!(other.finish(), Err(BodyError::ContentHash { .. })));

        let method = if method == "GET" { "PUT" } else { "GET" };
        assert!(matches!(verify(&Request { method, ..request }), Err(Error::Mismatch(_))));
    }
}

#[test]
fn the_documented_presigned_request() {
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    let headers = [("Host", &b"examplebucket.s3.amazonaws.com"[..])];
    let request = Request { method: "GET", path: "/test.txt", query, headers: &headers };
    assert!(verify(&request).is_ok());
    let path = "/test.txu";
    assert!(matches!(verify(&Request { path, ..request }), Err(Error::Mismatch(_))));
}

/// A request whose body is 65 KiB of the letter a in two chunks.
fn chunked(
    content_sha256: &str,
    signed_headers: &str,
    seed: &str,
    trailer: bool,
) -> Result<Verified, Error> {
    let authorization = authorization(signed_headers, seed);
    let mut headers = vec![
        ("Host", &b"s3.amazonaws.com"[..]),
        ("x-amz-date", b"20130524T000000Z"),
        ("x-amz-storage-class", b"REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", content_sha256.as_bytes()),
        ("Content-Encoding", b"aws-chunked"),
        ("x-amz-decoded-content-length", b"66560"),
        ("Content-Length", b"66824"),
        ("Authorization", authorization.as_bytes()),
    ];
    if trailer {
        headers.push(("x-amz-trailer", b"x-amz-checksum-crc32c"));
        headers.retain(|(name, _)| *name != "Content-Length");
    }
    let path = "/examplebucket/chunkObject.txt";
    verify(&Request { method: "PUT", path, query: "", headers: &headers })
}

fn chunk(size: usize, signature: &str) -> Vec<u8> {
    let mut chunk = format!("{size:x};chunk-signature={signature}\r\n").into_bytes();
    chunk.extend(std::iter::repeat_n(b'a', size));
    chunk
}

fn read(verified: Verified, body: &[u8], piece: usize) -> Result<(usize, Vec<Trailer>), BodyError> {
    let mut reader = verified.into_body();
    let mut count = 0;
    for piece in body.chunks(piece) {
        reader.push(piece, |bytes| {
            assert!(bytes.iter().all(|byte| *byte == b'a'));
            count += bytes.len();
        })?;
    }
    reader.finish().map(|trailers| (count, trailers))
}

const CHUNKED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const CHUNKED_HEADERS: &str = "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;\
    x-amz-decoded-content-length;x-amz-storage-class";
const CHUNKED_SEED: &str = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

fn chunked_body() -> Vec<u8> {
    [
        chunk(65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
        b"\r\n".to_vec(),
        chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
        b"\r\n".to_vec(),
        chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
        b"\r\n".to_vec(),
    ]
    .concat()
}

#[test]
fn the_documented_chunks() {
    let verified = || chunked(CHUNKED, CHUNKED_HEADERS, CHUNKED_SEED, false).unwrap();
    let body = chunked_body();
    assert_eq!(body.len(), 66824);
    for piece in [1, 7, 100, 8192, body.len()] {
        assert_eq!(read(verified(), &body, piece), Ok((66560, vec![])), "{piece}");
    }
    let find = |needle: &[u8]| body.windows(needle.len()).position(|at| at == needle).unwrap();
    for (at, expected) in [
        (find(b"ad80c7"), BodyError::ChunkSignature { chunk: 1 }),
        (find(b"0055627"), BodyError::ChunkSignature { chunk: 2 }),
        (find(b"b6c6ea"), BodyError::ChunkSignature { chunk: 3 }),
    ] {
        let mut changed = body.clone();
        changed[at] = b'f';
        assert_eq!(read(verified(), &changed, 4096), Err(expected));
    }
    let mut shorter = body;
    shorter.truncate(66823);
    assert_eq!(read(verified(), &shorter, 4096), Err(BodyError::Truncated));
}

#[test]
fn the_documented_chunks_with_a_trailing_header() {
    let signed_headers = "content-encoding;host;x-amz-content-sha256;x-amz-date;\
        x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer";
    let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    let content = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    let verified = || chunked(content, signed_headers, seed, true).unwrap();
    let trailer_signature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
    let body = |value_end: &str, signature: &str| {
        [
            chunk(65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"),
            b"\r\n".to_vec(),
            chunk(1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"),
            b"\r\n".to_vec(),
            chunk(0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"),
            format!("x-amz-checksum-crc32c:sOO8/Q=={value_end}\r\n").into_bytes(),
            format!("x-amz-trailer-signature:{signature}\r\n\r\n").into_bytes(),
        ]
        .concat()
    };
    let trailers = vec![("x-amz-checksum-crc32c".to_owned(), "sOO8/Q==".to_owned())];
    for value_end in ["", "\n"] {
        for piece in [1, 1000, 100_000] {
            let read = read(verified(), &body(value_end, trailer_signature), piece);
            assert_eq!(read, Ok((66560, trailers.clone())), "{value_end:?} {piece}");
        }
    }
    let changed = trailer_signature.replace("d8", "d9");
    assert_eq!(read(verified(), &body("", &changed), 999), Err(BodyError::TrailerSignature));
    assert_eq!(
        read(verified(), &body("=", trailer_signature), 999),
        Err(BodyError::TrailerSignature)
    );
}

/// "Complete Version 4 signing process examples", `ListUsers`, AWS General Reference.
#[test]
fn the_documented_request_to_iam() {
    let authorization = "AWS4-HMAC-SHA256 \
        Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date, \
        Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
    let headers = [
        ("Host", &b"iam.amazonaws.com"[..]),
        ("Content-Type", b"application/x-www-form-urlencoded; charset=utf-8"),
        ("X-Amz-Date", b"20150830T123600Z"),
        ("Authorization", authorization.as_bytes()),
    ];
    let query = "Action=ListUsers&Version=2010-05-08";
    let request = Request { method: "GET", path: "/", query, headers: &headers };
    let now = Timestamp::from_unix_seconds(1_440_938_160);
    let expected = Expected { now, skew: Skew::DEFAULT, service: "iam", region: Some("us-east-1") };
    let claim = Presented::read(&request, Dialect::Standard).unwrap().check(&expected).unwrap();
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let key = SigningKey::derive(secret, "20150830", "us-east-1", "iam");
    assert!(claim.verify(&request, Payload::Bytes(b""), &key).is_ok());

    let other = SigningKey::derive(SECRET, "20150830", "us-east-1", "iam");
    let Err(Error::Mismatch(explanation)) = claim.verify(&request, Payload::Bytes(b""), &other)
    else {
        panic!("another secret must not do")
    };
    let canonical_request = "GET\n/\nAction=ListUsers&Version=2010-05-08\n\
        content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n\
        x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n";
    assert_eq!(explanation.canonical_request, format!("{canonical_request}{EMPTY}"));
    assert_eq!(
        explanation.string_to_sign,
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
         f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    );
    assert_eq!(explanation.cause, None);
}
