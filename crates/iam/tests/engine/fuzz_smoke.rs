//! The fuzz targets' checks on a bounded number of inputs: the seeds and mutations of them, the same
//! ones in every run. The fuzzer itself goes on from here (`fuzz/README.md`).

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

#[path = "../../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets, which are another crate, call it")]
mod checks;

/// Mutations of each seed.
const ROUNDS: usize = 400;

/// The most that is done to one input.
const MAX_EDITS: usize = 6;

/// The longest input.
const MAX_BYTES: usize = 4096;

#[test]
fn policy() {
    smoke("policy", checks::policy);
}

#[test]
fn evaluate() {
    smoke("evaluate", checks::evaluate);
}

#[test]
fn condition() {
    smoke("condition", checks::condition);
}

#[test]
fn arn() {
    smoke("arn", checks::arn);
}

#[test]
fn date() {
    smoke("date", checks::date);
}

#[test]
fn wildcard() {
    smoke("wildcard", checks::wildcard);
}

#[test]
fn json() {
    smoke("json", checks::json);
}

/// Runs `check` on the seeds of `target` and on mutations of them. An input that fails is printed.
fn smoke(target: &str, check: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(seeds.len() >= 5, "{target} has {} seeds", seeds.len());
    let tokens = tokens();
    let mut random = Random(TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for seed in &seeds {
        run(check, seed);
        for _ in 0..ROUNDS {
            let mut input = seed.clone();
            for _ in 0..=random.below(MAX_EDITS) {
                random.edit(&mut input, &seeds, &tokens);
            }
            input.truncate(MAX_BYTES);
            run(check, &input);
        }
    }
}

fn run(check: fn(&[u8]), input: &[u8]) {
    let outcome = std::panic::catch_unwind(|| check(input));
    assert!(outcome.is_ok(), "fails on b\"{}\"", input.escape_ascii());
}

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// In the order of their names, so that every run is the same.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = fs::read_dir(fuzz_folder().join("seeds").join(target)).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// The words of libFuzzer's dictionary: one in quotes on a line, with `\"` and `\\` in it.
fn tokens() -> Vec<String> {
    let dictionary = fs::read_to_string(fuzz_folder().join("tokens.dict")).unwrap();
    let word = |line: &str| {
        let word = line.strip_prefix('"')?.strip_suffix('"')?;
        Some(word.replace("\\\"", "\"").replace("\\\\", "\\"))
    };
    dictionary.lines().filter_map(word).collect()
}

struct Random(TestRng);

impl Random {
    /// A number below `bound`, which is not zero.
    fn below(&mut self, bound: usize) -> usize {
        self.0.next_u32() as usize % bound
    }

    fn edit(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>], tokens: &[String]) {
        let at = self.below(input.len() + 1);
        let end = at + self.below(input.len() - at + 1);
        let range = at..end.min(at + 64);
        match self.below(8) {
            0 => input.insert(at, self.0.next_u32() as u8),
            1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            2 => drop(input.drain(range)),
            3 => {
                let copy = input[range].to_vec();
                input.splice(at..at, copy);
            }
            4 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len() + 1);
                let piece = &other[from..other.len().min(from + 64)];
                input.splice(range, piece.iter().copied());
            }
            5 => {
                let word = &tokens[self.below(tokens.len())];
                input.splice(range, word.bytes());
            }
            6 => {
                let word = &tokens[self.below(tokens.len())];
                input.splice(at..at, word.bytes());
            }
            _ => input.truncate(at),
        }
    }
}
