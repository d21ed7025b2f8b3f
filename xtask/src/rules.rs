//! `cargo xtask rules`: renews the pages of `rolecall check`'s rules in `docs/rules`.

use std::process::Command;

use crate::Outcome;

/// Runs the test that holds the pages against the rules, told to write them.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask rules".to_owned());
    }
    let status = Command::new("cargo")
        .args(["test", "--quiet", "-p", "check", "--test", "fixtures", "pages"])
        .env("ROLECALL_UPDATE", "1")
        .status()
        .map_err(|error| format!("cannot run `cargo test`: {error}"))?;
    if status.success() { Ok(()) } else { Err("the pages could not be written".to_owned()) }
}
