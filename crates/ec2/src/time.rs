//! Times as EC2 writes them.

use names::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time, written with milliseconds: `2026-01-31T12:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.to_string();
        let seconds = text.strip_suffix('Z').unwrap_or(&text);
        serializer.collect_str(&format_args!("{seconds}.000Z"))
    }
}

/// A time as clients send it: with parts of a second or without, which do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeInput(pub Timestamp);

impl<'de> Deserialize<'de> for TimeInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let whole = match text.split_once('.') {
            Some((seconds, parts)) if parts.ends_with('Z') => format!("{seconds}Z"),
            _ => text,
        };
        whole.parse().map(Self).map_err(D::Error::custom)
    }
}
