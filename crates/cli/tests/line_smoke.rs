//! The fuzz target for batch lines, on a bounded number of mutations of the shipped batch.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests"
)]

#[path = "../../../fuzz/src/line.rs"]
mod line;

const BATCH: &str = include_str!("../../../examples/simulate/batch.jsonl");

/// Mutations of each line.
const MUTATIONS: usize = 200;

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
fn mutated_lines_are_answered() {
    let mut numbers = Numbers(1);
    for original in BATCH.lines() {
        line::line(original.as_bytes());
        for _ in 0..MUTATIONS {
            let mut text = original.as_bytes().to_vec();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(text.len());
                match numbers.below(4) {
                    0 => text.truncate(at),
                    1 => text.insert(at, b"\"{}[]:,\\\0\xff*$"[numbers.below(12)]),
                    2 => drop(text.drain(at..(at + 3).min(text.len()))),
                    _ => text.extend_from_within(at..),
                }
            }
            text.retain(|byte| *byte != b'\n');
            line::line(&text);
        }
    }
}
