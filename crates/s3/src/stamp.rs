//! Times in S3's answers: with milliseconds in documents, as HTTP dates in headers.

use names::Timestamp;
use serde::{Serialize, Serializer};

/// A time of an answer. Encoders know it by its name and write what belongs where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub Timestamp);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.unix_seconds().saturating_mul(1000);
        serializer.serialize_newtype_struct("$wire::Timestamp", &millis)
    }
}

/// Reads a time of a request's header: `Sat, 31 Jan 2026 12:00:00 GMT`, or ISO 8601 as some clients send.
#[must_use]
pub fn parse_date(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: i64 = words.next()?.parse().ok()?;
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = words.next().filter(|month| month.len() == 3)?;
    let month = i64::try_from(MONTHS.find(month)?).ok()? / 3 + 1;
    let year: i64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (1..=31).contains(&day)
        && (1970..=9999).contains(&year)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    let days = names::days_from_civil(year, month, day);
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    in_range.then(|| Timestamp::from_unix_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let time = Timestamp::from_unix_seconds(1_769_860_800);
        assert_eq!(parse_date("Sat, 31 Jan 2026 12:00:00 GMT"), Some(time));
        assert_eq!(parse_date("2026-01-31T12:00:00Z"), Some(time));
        for bad in [
            "",
            "yesterday",
            "Sat, 31 Foo 2026 12:00:00 GMT",
            "Sat, 31 Jan 2026",
            "Sat, 99 Jan 2026 12:00:00 GMT",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }
}
