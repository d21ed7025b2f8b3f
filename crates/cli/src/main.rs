//! The `rolecall` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall::run(std::env::args_os())
}
