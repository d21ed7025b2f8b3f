//! Chunks and trailing headers as the official signer signs them are accepted, and nothing that was
//! changed afterwards.

use aws_sigv4::SigningOutput;
use aws_sigv4::sign::v4::{sign_chunk, sign_trailer};
use aws_smithy_runtime_api::http::Headers;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sigv4::{BodyError, Dialect, MIN_CHUNK_BYTES, Trailer};

use crate::official;
use crate::request::{Cover, Place, Plan, Sent, plans};

const CHECKSUM: &str = "x-amz-checksum-crc32";

/// The bytes of a body, and the chunks in which it is sent.
fn chunk_lists() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let least = usize::try_from(MIN_CHUNK_BYTES).unwrap();
    let bytes = |size| (size, any::<u8>()).prop_map(|(size, start)| ramp(size, start));
    (vec(bytes(least..least + 100), 0..3), bytes(0..300)).prop_map(|(mut chunks, last)| {
        chunks.push(last);
        chunks.retain(|chunk| !chunk.is_empty());
        chunks
    })
}

fn ramp(size: usize, start: u8) -> Vec<u8> {
    (0..size).map(|at| start.wrapping_add((at % 251) as u8)).collect()
}

fn streaming_plans() -> impl Strategy<Value = (Plan, Vec<Vec<u8>>)> {
    let cover = prop_oneof![
        Just(Cover::Streaming),
        Just(Cover::StreamingTrailer),
        Just(Cover::StreamingUnsigned),
    ];
    (plans(), cover, chunk_lists()).prop_map(|(mut plan, cover, chunks)| {
        plan.dialect = Dialect::S3;
        plan.place = Place::Header;
        plan.token_signed = true;
        plan.cover = cover;
        plan.sent.path = "/bucket/key".to_owned();
        plan.sent.body = chunks.concat();
        (plan, chunks)
    })
}

/// The aws-chunked body of a signed request.
fn encode(plan: &Plan, sent: &Sent, chunks: &[Vec<u8>]) -> Vec<u8> {
    let identity = official::identity(plan);
    let params = official::params(plan, &identity, ());
    let is_signed = plan.cover != Cover::StreamingUnsigned;
    let authorization = sent.header("authorization").unwrap();
    let mut running = authorization.split_once("Signature=").unwrap().1.to_owned();
    let mut body = Vec::new();
    for chunk in chunks.iter().chain([&Vec::new()]) {
        body.extend_from_slice(format!("{:x}", chunk.len()).as_bytes());
        if is_signed {
            let data = Bytes::copy_from_slice(chunk);
            running = signature(sign_chunk(&data, &running, &params));
            body.extend_from_slice(format!(";chunk-signature={running}").as_bytes());
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(chunk);
        if !chunk.is_empty() {
            body.extend_from_slice(b"\r\n");
        }
    }
    if plan.cover != Cover::Streaming {
        body.extend_from_slice(format!("{CHECKSUM}:AAAAAA==\r\n").as_bytes());
        if is_signed {
            let mut trailers = Headers::new();
            trailers.insert(CHECKSUM, "AAAAAA==");
            let signature = signature(sign_trailer(&trailers, &running, &params));
            body.extend_from_slice(format!("x-amz-trailer-signature:{signature}\r\n").as_bytes());
        }
    }
    body.extend_from_slice(b"\r\n");
    body
}

fn signature<E: std::fmt::Debug>(output: Result<SigningOutput<()>, E>) -> String {
    output.unwrap().signature().to_owned()
}

fn read(
    plan: &Plan,
    sent: &Sent,
    body: &[u8],
    piece: usize,
) -> Result<(Vec<u8>, Vec<Trailer>), BodyError> {
    let mut reader = plan.verify(sent).unwrap().into_body();
    let mut decoded = Vec::new();
    for piece in body.chunks(piece) {
        reader.push(piece, |bytes| decoded.extend_from_slice(bytes))?;
    }
    reader.finish().map(|trailers| (decoded, trailers))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn official_chunks_are_accepted_and_changed_ones_refused(
        (plan, chunks) in streaming_plans(),
        piece in 1..20_000_usize,
        at in any::<Index>(),
        bits in 1..=u8::MAX,
    ) {
        let sent = official::signed(&plan);
        let body = encode(&plan, &sent, &chunks);
        let mut trailers = vec![];
        if plan.cover != Cover::Streaming {
            trailers.push((CHECKSUM.to_owned(), "AAAAAA==".to_owned()));
        }
        prop_assert_eq!(read(&plan, &sent, &body, piece), Ok((chunks.concat(), trailers)));

        let mut changed = body.clone();
        let at = at.index(body.len());
        changed[at] ^= bits;
        let same_letter = changed[at].eq_ignore_ascii_case(&body[at]);
        if plan.cover != Cover::StreamingUnsigned && !same_letter {
            prop_assert!(read(&plan, &sent, &changed, piece).is_err(), "byte {} of {:?}", at, plan);
        }
        changed = body;
        changed.truncate(at);
        prop_assert!(read(&plan, &sent, &changed, piece).is_err(), "{} bytes of {:?}", at, plan);
    }
}
