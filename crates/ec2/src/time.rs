//! Times as EC2 writes them.

use names::Timestamp;
use serde::{Serialize, Serializer};

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
