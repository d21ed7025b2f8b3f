//! The `rolecall` binary.

use std::process::ExitCode;

/// A request makes many small values, and what is kept of its decision is freed later by another thread:
/// the system's allocator spent a quarter of the server's time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rolecall::run(std::env::args_os())
}
