//! Which stacks had a turn that could not be stored, and when they have another: later each time, so that a full disk
//! or a database that is away is not asked without end.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long the first pause is.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long a pause is at most.
const MAX_PAUSE: Duration = Duration::from_mins(1);

/// Stacks by id.
#[derive(Debug, Default)]
pub(super) struct Backoff(HashMap<String, Pause>);

#[derive(Debug)]
struct Pause {
    until: Instant,
    long: Duration,
    failures: u32,
}

impl Backoff {
    /// Whether the stack's pause is not over.
    pub(super) fn is_paused(&self, stack: &str, now: Instant) -> bool {
        self.0.get(stack).is_some_and(|pause| now < pause.until)
    }

    /// A turn of the stack could not be stored: how often that has been in a row, and how long it pauses.
    pub(super) fn failed(&mut self, stack: &str, now: Instant) -> (u32, Duration) {
        let pause = self.0.entry(stack.to_owned()).or_insert(Pause {
            until: now,
            long: FIRST_PAUSE / 2,
            failures: 0,
        });
        pause.long = (pause.long * 2).min(MAX_PAUSE);
        pause.until = now + pause.long;
        pause.failures = pause.failures.saturating_add(1);
        (pause.failures, pause.long)
    }

    /// A turn of the stack was stored; whether one was not before.
    pub(super) fn stored(&mut self, stack: &str) -> bool {
        self.0.remove(stack).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_get_longer_up_to_a_bound_and_end_with_success() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        assert!(!backoff.is_paused("s", now));
        let pauses: Vec<u128> = (1..=10)
            .map(|number| {
                let (failures, pause) = backoff.failed("s", now);
                assert_eq!(failures, number);
                assert!(backoff.is_paused("s", now + pause - Duration::from_millis(1)));
                assert!(!backoff.is_paused("s", now + pause));
                pause.as_millis()
            })
            .collect();
        let expected = [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000];
        assert_eq!(pauses, expected);
        // Others are not held up.
        assert!(!backoff.is_paused("other", now));
        assert!(backoff.stored("s") && !backoff.stored("s"));
        assert_eq!(backoff.failed("s", now).1, FIRST_PAUSE);
    }
}
