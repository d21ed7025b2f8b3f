//! Damaged input ends in findings and notices, never in a crash: the rules' examples, mutated. The fuzz targets
//! `hcl`, `cloudformation` and `plan` look further.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

#[path = "../../../fuzz/src/code.rs"]
mod code;

use std::fs;
use std::path::Path;

use check::RULES;

/// Mutations of each text.
const ROUNDS: usize = 10;

/// Numbers that repeat.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn mutated(text: &str, numbers: &mut Numbers) -> String {
    const PIECES: [&str; 12] =
        ["{", "}", "\"", "${", "[", "(", "*", "null", "\n", "local.x", "é", "\u{f0000}0\u{f0001}"];
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(characters.len());
        let end = (at + numbers.below(12)).min(characters.len());
        let piece: Vec<char> = PIECES.get(numbers.below(PIECES.len())).unwrap().chars().collect();
        match numbers.below(3) {
            0 => drop(characters.splice(at..at, piece)),
            1 => drop(characters.splice(at..end, [])),
            _ => drop(characters.splice(at..end, piece)),
        }
    }
    characters.into_iter().collect()
}

#[test]
fn damaged_code_is_told_and_not_tripped_over() {
    let mut numbers = Numbers(7);
    for rule in RULES {
        for text in [rule.failing, rule.passing] {
            for _ in 0..ROUNDS {
                code::code("main.tf", mutated(text, &mut numbers).as_bytes());
            }
        }
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for folder in fs::read_dir(fixtures).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            for _ in 0..ROUNDS / 5 {
                code::code(name, mutated(&text, &mut numbers).as_bytes());
            }
        }
    }
}
