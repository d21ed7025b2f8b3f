//! Bodies that are not what their request declared.

use sigv4::limit::{MAX_CHUNK_LINE_BYTES, MAX_TRAILER_LINE_BYTES, MAX_TRAILERS};
use sigv4::{
    Body, BodyError, Dialect, Expected, Payload, Presented, Request, STREAMING_PAYLOAD,
    STREAMING_UNSIGNED_TRAILER, Signer, SigningKey, Skew, Timestamp, Trailer, answer,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const DATE: Timestamp = Timestamp::from_unix_seconds(1_704_067_200);

/// The reader for a signed request with these headers.
fn body(headers: &[(&str, &str)]) -> Result<Body, sigv4::Error> {
    let signer = Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: SECRET,
        session_token: None,
        region: "us-east-1",
        service: "s3",
        dialect: Dialect::S3,
    };
    let mut all = vec![("host", &b"localhost"[..])];
    all.extend(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
    let request = Request { method: "PUT", path: "/b/k", query: "", headers: &all };
    let added = signer.sign(&request, Payload::Bytes(b"whole"), DATE)?;
    let mut signed = all.clone();
    signed.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let request = Request { headers: &signed, ..request };
    let expected = Expected { now: DATE, skew: Skew::DEFAULT, service: "s3", region: None };
    let claim = Presented::read(&request, Dialect::S3)?.check(&expected)?;
    let key = SigningKey::derive(SECRET, "20240101", "us-east-1", "s3");
    Ok(claim.verify(&request, Payload::Bytes(b""), &key)?.into_body())
}

/// The reader for an unsigned aws-chunked body.
fn unsigned(length: usize, trailer: &str) -> Result<Body, sigv4::Error> {
    let length = length.to_string();
    body(&[
        ("x-amz-content-sha256", STREAMING_UNSIGNED_TRAILER),
        ("x-amz-decoded-content-length", &length),
        ("x-amz-trailer", trailer),
    ])
}

fn read(mut body: Body, bytes: &[u8], piece: usize) -> Result<(Vec<u8>, Vec<Trailer>), BodyError> {
    let mut decoded = Vec::new();
    for piece in bytes.chunks(piece) {
        body.push(piece, |bytes| decoded.extend_from_slice(bytes))?;
    }
    body.finish().map(|trailers| (decoded, trailers))
}

fn trailers(names: &[&str]) -> Vec<Trailer> {
    names.iter().map(|name| ((*name).to_owned(), "v".to_owned())).collect()
}

#[test]
fn unsigned_chunks() {
    let checksum = "x-amz-checksum-crc32";
    for (announced, bytes, expected) in [
        ("", "5\r\nhello\r\n0\r\n\r\n", Ok(("hello", trailers(&[])))),
        (
            checksum,
            "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:v\r\n\r\n",
            Ok(("hello", trailers(&[checksum]))),
        ),
        (
            checksum,
            "0005;a=b\r\nhello\r\n0\r\nX-Amz-Checksum-CRC32: v \r\n\r\n",
            Ok(("hello", trailers(&[checksum]))),
        ),
        ("b, A", "5\r\nhello\r\n0\r\na:v\r\nb:v\r\n\r\n", Ok(("hello", trailers(&["a", "b"])))),
        (
            checksum,
            "5\r\nhello\r\n0\r\n\r\n",
            Err(BodyError::Trailer { what: "one that x-amz-trailer names is missing" }),
        ),
        (
            "",
            "5\r\nhello\r\n0\r\na:v\r\n\r\n",
            Err(BodyError::Trailer { what: "one is not named in x-amz-trailer" }),
        ),
        (
            "a",
            "5\r\nhello\r\n0\r\na:v\r\na:v\r\n\r\n",
            Err(BodyError::Trailer { what: "one comes twice" }),
        ),
        ("a", "5\r\nhello\r\n0\r\na\r\n\r\n", Err(BodyError::Trailer { what: "one has no colon" })),
        (
            "a",
            "5\r\nhello\r\n0\r\nx-amz-trailer-signature:0\r\na:v\r\n\r\n",
            Err(BodyError::Trailer { what: "one comes after the signature" }),
        ),
        (
            "",
            "5\r\nhello\r\n0\r\n\r\n.",
            Err(BodyError::Malformed { what: "there are bytes after its end" }),
        ),
        (
            "",
            "5\r\nhelloworld\r\n",
            Err(BodyError::Malformed { what: "a line in it is longer than is allowed" }),
        ),
        (
            "",
            "5\r\nhello\r.",
            Err(BodyError::Malformed { what: "a line in it is longer than is allowed" }),
        ),
        (
            "",
            "x\r\n",
            Err(BodyError::Malformed { what: "a chunk's size is no hexadecimal number" }),
        ),
        ("", "\r\n", Err(BodyError::Malformed { what: "a chunk's size is no hexadecimal number" })),
        (
            "",
            "+5\r\n",
            Err(BodyError::Malformed { what: "a chunk's size is no hexadecimal number" }),
        ),
        (
            "",
            "10000000000000000\r\n",
            Err(BodyError::Malformed { what: "a chunk's size is no hexadecimal number" }),
        ),
        ("", "6\r\nhello!\r\n", Err(BodyError::Length { announced: 5 })),
        ("", "ffffffffffffffff\r\n", Err(BodyError::Length { announced: 5 })),
        ("", "4\r\nhell\r\n0\r\n\r\n", Err(BodyError::Length { announced: 5 })),
        ("", "4\r\nhell\r\n1\r\no\r\n", Err(BodyError::ChunkTooSmall { chunk: 1, bytes: 4 })),
        ("", "5\r\nhello\r\n0\r\n\r", Err(BodyError::Truncated)),
        ("", "5\r\nhello\r\n", Err(BodyError::Truncated)),
        ("", "5\r\nhel", Err(BodyError::Truncated)),
        ("", "", Err(BodyError::Truncated)),
    ] {
        let expected = expected.map(|(text, trailers)| (text.as_bytes().to_vec(), trailers));
        for piece in [1, 3, 1000] {
            assert_eq!(
                read(unsigned(5, announced).unwrap(), bytes.as_bytes(), piece),
                expected,
                "{bytes}"
            );
        }
    }
    let not_text = read(unsigned(5, "").unwrap(), b"\xff\r\n", 9);
    assert_eq!(not_text, Err(BodyError::Malformed { what: "a line in it is not text" }));
}

#[test]
fn a_body_that_failed_fails_on() {
    let mut body = unsigned(5, "").unwrap();
    let error = BodyError::Malformed { what: "a chunk's size is no hexadecimal number" };
    let fail = |_: &[u8]| panic!("nothing is given back");
    assert_eq!(body.push(b"x\r\n", fail), Err(error.clone()));
    assert_eq!(body.push(b"5\r\nhello", fail), Err(error.clone()));
    assert_eq!(body.finish(), Err(error));
}

#[test]
fn lines_are_limited() {
    let too_long = Err(BodyError::Malformed { what: "a line in it is longer than is allowed" });
    for (more, fits) in [(0, true), (1, false)] {
        let extension = "e".repeat(MAX_CHUNK_LINE_BYTES - 2 + more);
        let bytes = format!("5;{extension}\r\nhello\r\n0\r\n\r\n");
        let found = read(unsigned(5, "").unwrap(), bytes.as_bytes(), 7).map(|(decoded, _)| decoded);
        assert_eq!(found, if fits { Ok(b"hello".to_vec()) } else { too_long.clone() });

        let value = "v".repeat(MAX_TRAILER_LINE_BYTES - 2 + more);
        let bytes = format!("0\r\na:{value}\r\n\r\n");
        let found =
            read(unsigned(0, "a").unwrap(), bytes.as_bytes(), 7).map(|(decoded, _)| decoded);
        assert_eq!(found, if fits { Ok(vec![]) } else { too_long.clone() });

        let names: Vec<_> = (0..MAX_TRAILERS + more).map(|number| format!("t{number}")).collect();
        let lines: String = names.iter().map(|name| format!("{name}:v\r\n")).collect();
        let bytes = format!("0\r\n{lines}\r\n");
        let found = read(unsigned(0, &names.join(",")).unwrap(), bytes.as_bytes(), 7);
        assert_eq!(found.is_ok(), fits, "{found:?}");
    }
}

#[test]
fn signed_chunks_need_signatures() {
    let what = "a chunk's size is not followed by ;chunk-signature= and 64 digits";
    let malformed = Err(BodyError::Malformed { what });
    let zeros = "0".repeat(64);
    for (bytes, expected) in [
        ("5\r\nhello\r\n".to_owned(), malformed.clone()),
        ("5;chunk-signature=00\r\nhello\r\n".to_owned(), malformed.clone()),
        (format!("5;other={zeros}\r\nhello\r\n"), malformed.clone()),
        (format!("5;chunk-signature={zeros}0\r\nhello\r\n"), malformed),
        (
            format!("5;chunk-signature={zeros}\r\nhello\r\n"),
            Err(BodyError::ChunkSignature { chunk: 1 }),
        ),
        (format!("0;chunk-signature={zeros}\r\n\r\n"), Err(BodyError::Length { announced: 5 })),
    ] {
        let body = body(&[
            ("x-amz-content-sha256", STREAMING_PAYLOAD),
            ("x-amz-decoded-content-length", "5"),
        ])
        .unwrap();
        assert_eq!(read(body, bytes.as_bytes(), 4), expected, "{bytes}");
    }
}

#[test]
fn a_whole_body() {
    for (bytes, expected) in [
        (&b"whole"[..], Ok(vec![])),
        (
            b"",
            Err(BodyError::ContentHash {
                declared: "5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099"
                    .to_owned(),
                computed: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                    .to_owned(),
            }),
        ),
    ] {
        let found = read(body(&[]).unwrap(), bytes, 2).map(|(_, trailers)| trailers);
        assert_eq!(found, expected);
    }
    let unsigned = body(&[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]).unwrap();
    assert_eq!(read(unsigned, b"anything", 3), Ok((b"anything".to_vec(), vec![])));
}

#[test]
fn what_s3_answers() {
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
    for (error, code, message) in [
        (
            BodyError::ContentHash { declared: String::new(), computed: String::new() },
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
        (BodyError::ChunkSignature { chunk: 1 }, "SignatureDoesNotMatch", mismatch),
        (BodyError::TrailerSignature, "SignatureDoesNotMatch", mismatch),
        (
            BodyError::ChunkTooSmall { chunk: 1, bytes: 4 },
            "InvalidChunkSizeError",
            "Only the last chunk is allowed to have a size less than 8192 bytes",
        ),
        (
            BodyError::Malformed { what: "" },
            "IncompleteBody",
            "The request body terminated unexpectedly",
        ),
        (BodyError::Truncated, "IncompleteBody", "The request body terminated unexpectedly"),
        (
            BodyError::Trailer { what: "" },
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to our published schema.",
        ),
        (
            BodyError::Length { announced: 5 },
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ),
    ] {
        let answer = answer::s3_body(&error);
        assert_eq!((answer.code, answer.message.as_ref()), (code, message));
        assert!(error.to_string().starts_with("the ") || error.to_string().starts_with("chunk "));
    }
}
