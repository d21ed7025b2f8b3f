//! The fuzz target for what S3 reads, on a bounded number of mutations of its examples.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests"
)]

#[path = "../../../fuzz/src/s3.rs"]
mod fuzzed;

/// Mutations of each example.
const MUTATIONS: usize = 1000;

/// A linear congruential generator: the same mutations in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[test]
fn mutated_input_is_answered() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/s3");
    let mut numbers = Numbers(1);
    for file in std::fs::read_dir(folder).unwrap() {
        let original = std::fs::read(file.unwrap().path()).unwrap();
        fuzzed::s3(&original);
        for _ in 0..MUTATIONS {
            let mut bytes = original.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(bytes.len());
                match numbers.below(5) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, b"/%=\n\0\x01<&-"[numbers.below(9)]),
                    2 => drop(bytes.drain(at..(at + 3).min(bytes.len()))),
                    3 if !bytes.is_empty() => bytes[at] = bytes[at].wrapping_add(1),
                    _ => bytes.extend_from_within(at..),
                }
            }
            fuzzed::s3(&bytes);
        }
    }
}
