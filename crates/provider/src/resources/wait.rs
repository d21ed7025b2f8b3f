//! Waiting for what takes a while.

use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostic;
use crate::stop;

/// The longest pause between two looks, in seconds.
const MAX_PAUSE_SECONDS: u64 = 10;

/// Looks until something is there, at once and then more and more seldom.
///
/// # Errors
/// What a look fails with, or that the time is up or Terraform was interrupted.
pub(super) fn until<T, E: From<Diagnostic>>(
    timeout: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>, E>,
) -> Result<T, E> {
    let started = Instant::now();
    let mut pause_seconds = 0;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if started.elapsed() >= timeout {
            let detail = format!("{what} did not happen within {} s.", timeout.as_secs());
            return Err(Diagnostic::error("It takes too long", detail).into());
        }
        // The first looks come quickly: an emulator is done before a real workspace has begun.
        let pause = match pause_seconds {
            0 => Duration::from_millis(100),
            seconds => Duration::from_secs(seconds),
        };
        if !stop::RUN.pause(pause) {
            let detail = format!("Terraform was interrupted before this happened: {what}.");
            return Err(Diagnostic::error("The wait was interrupted", detail).into());
        }
        pause_seconds = (pause_seconds + 1).min(MAX_PAUSE_SECONDS);
    }
}
