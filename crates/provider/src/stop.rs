//! Terraform's wish to end soon, as after Ctrl+C: whatever waits gives up, and says how far it came.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Whether to end, told to all who wait.
#[derive(Debug, Default)]
pub struct Stop {
    wanted: Mutex<bool>,
    told: Condvar,
}

/// Of this process, which Terraform starts for one run.
pub static RUN: Stop = Stop::new();

impl Stop {
    /// Nobody wants to end yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { wanted: Mutex::new(false), told: Condvar::new() }
    }

    /// Ends all pauses, those to come included.
    pub fn request(&self) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.told.notify_all();
    }

    /// Waits. Whether to go on afterwards.
    #[must_use]
    pub fn pause(&self, time: Duration) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(wanted, time, |wanted| !*wanted);
        let (wanted, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !*wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_end_when_they_are_told() {
        let stop = Stop::new();
        assert!(stop.pause(Duration::ZERO));
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| stop.pause(Duration::from_secs(3600)));
            stop.request();
            assert!(!waiting.join().unwrap());
        });
        assert!(!stop.pause(Duration::from_secs(3600)));
    }
}
