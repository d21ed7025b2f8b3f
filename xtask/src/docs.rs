//! `cargo xtask docs`: the pages that are written by the code they tell of.
//!
//! The table of operations is the server's, so a test of the server writes the page.

use std::process::Command;

use crate::Outcome;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("`docs` takes no arguments, and `{argument}` is one"));
    }
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "server", "--lib", "operations_page"])
        .env("ROLECALL_WRITE_DOCS", "1")
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err("the pages were not written".to_owned()) }
}
