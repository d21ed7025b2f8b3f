//! The time, and random bytes: the only place of the server that asks the operating system for them.
//!
//! The clouds have a clock of their own. It runs with the real one until somebody advances or stops it; it
//! never goes back. Credentials, life cycles and whatever else ends in the clouds follow it. Signatures are
//! held against [`real_now`], as clients sign with their own clocks.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use names::{Entropy, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::shared::SERVER_ACCOUNT;

/// The furthest that the clock can be set: year 9999, in milliseconds.
const MAX_MS: i64 = 253_402_300_799_000;

/// The clock of the emulated clouds.
#[derive(Debug)]
pub(crate) struct Clock {
    /// [`Pace`] in one number, so that whoever reads the time takes no lock.
    pace: AtomicI64,
    /// The newest time that was read. The machine's clock may be set back; rows must not see it.
    newest_ms: AtomicI64,
}

/// How the clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Pace {
    /// With the real clock, this many milliseconds ahead of it.
    Ahead(i64),
    /// Not at all, since this moment.
    Frozen(i64),
}

/// How to change the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockChange {
    /// By this many milliseconds.
    Advance(i64),
    /// To this moment.
    Set(i64),
    /// Stops it.
    Freeze,
    /// Lets it go on from where it stands.
    Resume,
}

/// Why the clock is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClockError {
    #[error("the clock never goes back: it is {now} already; POST /_rolecall/reset starts anew")]
    Backwards {
        /// What it shows.
        now: Timestamp,
    },
    #[error("the clock ends with the year 9999")]
    TooFar,
}

/// The clock as it is stored, so that a server that is started again goes on in the same time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClockRow {
    pace: Pace,
    /// The time when it was changed: a start later is no earlier.
    at_ms: i64,
}

impl Row for ClockRow {
    const TABLE: &'static str = "server_clock";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        SERVER_ACCOUNT
    }

    fn key(&self) -> Cow<'_, str> {
        "clock".into()
    }
}

impl ClockRow {
    pub(crate) fn find(view: &View) -> Option<&Self> {
        view.get::<Self>(SERVER_ACCOUNT, "clock").map(|row| &**row)
    }

    /// The clock that goes on after `change`.
    pub(crate) fn after(
        row: Option<&Self>,
        change: ClockChange,
        real_ms: i64,
    ) -> Result<Self, ClockError> {
        let pace = row.map_or(Pace::Ahead(0), |row| row.pace);
        let now = row.map_or(0, |row| row.at_ms).max(pace.at(real_ms));
        let to = match change {
            ClockChange::Advance(by) => now.saturating_add(by),
            ClockChange::Set(to) => to,
            ClockChange::Freeze | ClockChange::Resume => now,
        };
        if to < now {
            return Err(ClockError::Backwards { now: seconds(now) });
        }
        if to > MAX_MS {
            return Err(ClockError::TooFar);
        }
        let frozen = match change {
            ClockChange::Freeze => true,
            ClockChange::Resume => false,
            _ => matches!(pace, Pace::Frozen(_)),
        };
        let pace = if frozen { Pace::Frozen(to) } else { Pace::Ahead(to - real_ms) };
        Ok(Self { pace, at_ms: to })
    }
}

impl Pace {
    fn at(self, real_ms: i64) -> i64 {
        match self {
            Self::Ahead(by) => real_ms.saturating_add(by),
            Self::Frozen(at) => at,
        }
    }

    /// The lowest bit says whether it is frozen: the rest of the number has room for any time.
    fn pack(self) -> i64 {
        match self {
            Self::Ahead(by) => by << 1,
            Self::Frozen(at) => at << 1 | 1,
        }
    }

    fn unpack(packed: i64) -> Self {
        if packed & 1 == 0 { Self::Ahead(packed >> 1) } else { Self::Frozen(packed >> 1) }
    }
}

impl Clock {
    /// The clock that `row` tells of, or the real one.
    pub(crate) fn new(row: Option<&ClockRow>) -> Self {
        let clock = Self { pace: AtomicI64::new(0), newest_ms: AtomicI64::new(0) };
        clock.follow(row);
        clock
    }

    /// Takes over what `row` says.
    pub(crate) fn follow(&self, row: Option<&ClockRow>) {
        let pace = row.map_or(Pace::Ahead(0), |row| row.pace);
        self.pace.store(pace.pack(), Ordering::Release);
        self.newest_ms.fetch_max(row.map_or(0, |row| row.at_ms), Ordering::AcqRel);
    }

    /// Begins anew with the real time, for clouds without rows.
    pub(crate) fn begin(&self) {
        self.pace.store(Pace::Ahead(0).pack(), Ordering::Release);
        self.newest_ms.store(0, Ordering::Release);
    }

    pub(crate) fn pace(&self) -> Pace {
        Pace::unpack(self.pace.load(Ordering::Acquire))
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        seconds(self.now_ms())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        let now = self.pace().at(real_now_ms());
        let newest = self.newest_ms.load(Ordering::Relaxed);
        if now <= newest {
            return newest;
        }
        self.newest_ms.fetch_max(now, Ordering::Relaxed).max(now)
    }

    /// Milliseconds by which the clouds' time is ahead of the real one; less than nothing for a clock
    /// that stood still.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.now_ms().saturating_sub(real_now_ms())
    }
}

/// The real time.
pub(crate) fn real_now() -> Timestamp {
    seconds(real_now_ms())
}

pub(crate) fn real_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn seconds(ms: i64) -> Timestamp {
    Timestamp::from_unix_seconds(ms.div_euclid(1000))
}

/// Random bytes of the operating system.
#[derive(Debug, Default)]
pub(crate) struct OsEntropy(());

/// Bytes that are fetched at a time: ids take a few, and each fetch is a call of the system.
const POOL_BYTES: usize = 1024;

thread_local! {
    /// The thread's own bytes, and how many of them are used.
    static POOL: RefCell<([u8; POOL_BYTES], usize)> = const { RefCell::new(([0; POOL_BYTES], POOL_BYTES)) };
}

impl OsEntropy {
    pub(crate) fn new() -> Self {
        Self::default()
    }
}

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        POOL.with_borrow_mut(|(pool, used)| {
            for byte in bytes {
                if *used == POOL_BYTES {
                    // A system without random numbers cannot make secrets: better no answer than a guessable
                    // one.
                    if getrandom::fill(pool).is_err() {
                        std::process::abort();
                    }
                    *used = 0;
                }
                // Nobody gets a byte twice, and none stays behind.
                *byte = pool.get_mut(*used).map(std::mem::take).unwrap_or_default();
                *used += 1;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(row: Option<&ClockRow>, change: ClockChange, real_ms: i64) -> ClockRow {
        ClockRow::after(row, change, real_ms).unwrap()
    }

    #[test]
    fn a_clock_goes_on_from_where_it_was() {
        let row = after(None, ClockChange::Advance(500), 1000);
        assert_eq!(row.pace.at(1100), 1600);
        let row = after(Some(&row), ClockChange::Freeze, 2000);
        assert_eq!((row.pace.at(2000), row.pace.at(9000)), (2500, 2500));
        let row = after(Some(&row), ClockChange::Advance(1), 9000);
        assert_eq!(row.pace.at(9000), 2501);
        let row = after(Some(&row), ClockChange::Resume, 10_000);
        assert_eq!((row.pace.at(10_000), row.pace.at(10_007)), (2501, 2508));
        let row = after(Some(&row), ClockChange::Set(5000), 10_000);
        assert_eq!(row.pace.at(10_001), 5001);
    }

    #[test]
    fn it_never_goes_back() {
        let row = after(None, ClockChange::Advance(500), 1000);
        let back = ClockRow::after(Some(&row), ClockChange::Set(1499), 1000);
        assert_eq!(back.unwrap_err(), ClockError::Backwards { now: seconds(1500) });
        assert!(ClockRow::after(Some(&row), ClockChange::Advance(-1), 1000).is_err());
        let far = ClockRow::after(Some(&row), ClockChange::Advance(i64::MAX), 1000);
        assert_eq!(far.unwrap_err(), ClockError::TooFar);
        assert!(ClockRow::after(None, ClockChange::Set(MAX_MS), 1000).is_ok());
        assert!(ClockRow::after(None, ClockChange::Set(MAX_MS + 1), 1000).is_err());
        // The machine's clock was set back by 900 since.
        let row = after(Some(&row), ClockChange::Freeze, 100);
        assert_eq!(row.pace.at(0), 1500);
    }

    #[test]
    fn what_was_read_is_never_undercut() {
        let clock = Clock::new(None);
        clock.follow(Some(&ClockRow { pace: Pace::Ahead(60_000), at_ms: 0 }));
        let ahead = clock.now_ms();
        clock.follow(Some(&ClockRow { pace: Pace::Ahead(0), at_ms: 0 }));
        assert!(clock.now_ms() >= ahead);
        assert!(clock.ahead_ms() > 50_000);
        clock.begin();
        assert!(clock.ahead_ms() <= 0);
    }

    #[test]
    fn a_pace_is_one_number() {
        for pace in [Pace::Ahead(0), Pace::Ahead(-7), Pace::Frozen(MAX_MS), Pace::Ahead(-MAX_MS)] {
            assert_eq!(Pace::unpack(pace.pack()), pace);
        }
    }
}
