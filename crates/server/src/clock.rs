//! The time, and random bytes: the only place of the server that asks the operating system for them.

use std::time::{SystemTime, UNIX_EPOCH};

use names::{Entropy, Timestamp};

/// The clock of the emulated clouds. Signatures are held against [`real_now`] instead.
#[derive(Debug, Default)]
pub(crate) struct Clock;

impl Clock {
    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(i64::try_from(self.now_ms() / 1000).unwrap_or(i64::MAX))
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u128 {
        real_now_ms()
    }
}

/// The real time.
pub(crate) fn real_now() -> Timestamp {
    Timestamp::from_unix_seconds(i64::try_from(real_now_ms() / 1000).unwrap_or(i64::MAX))
}

fn real_now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}

/// Random bytes of the operating system, fetched in portions: ids take a few bytes at a time.
#[derive(Debug)]
pub(crate) struct OsEntropy {
    pool: [u8; 256],
    used: usize,
}

impl OsEntropy {
    pub(crate) fn new() -> Self {
        Self { pool: [0; 256], used: 256 }
    }
}

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.used == self.pool.len() {
                // A system without random numbers cannot make secrets: better no answer than a guessable one.
                if getrandom::fill(&mut self.pool).is_err() {
                    std::process::abort();
                }
                self.used = 0;
            }
            *byte = self.pool.get(self.used).copied().unwrap_or_default();
            self.used += 1;
        }
    }
}
