#![no_main]

use iam::json::{JsonProblem, parse};

// What we read, serde_json reads; what it reads, we read, or refuse for a reason that it does not have.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rolecall_fuzz::json(data);
    let theirs = serde_json::from_slice::<serde_json::Value>(data);
    match parse(data) {
        Ok(_) => assert!(theirs.is_ok(), "only we read it: {theirs:?}"),
        Err(error) => {
            let ours_alone = matches!(
                error.problem,
                JsonProblem::DuplicateKey(_) | JsonProblem::TooDeep | JsonProblem::TooLarge(_)
            );
            assert!(ours_alone || theirs.is_err(), "only serde_json reads it: {error}");
        }
    }
});
