//! A point in time as the protocols write it.
//!
//! XML answers carry ISO 8601 in UTC, JSON answers the seconds since 1970 as a number. One type
//! serves both: it announces itself to a serializer by name ([`Timestamp::WIRE_NAME`]) and hands over
//! its milliseconds, and each protocol of this crate writes what its clients read.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MILLIS_PER_SECOND: i64 = 1_000;
const MILLIS_PER_DAY: i64 = 86_400_000;
/// The first millisecond of the year 10000, which ISO 8601 with four digits cannot write.
const END_OF_TIME_MILLIS: i64 = 253_402_300_800_000;
/// The first millisecond of the year 0000.
const START_OF_TIME_MILLIS: i64 = -62_167_219_200_000;

/// A point in time in whole milliseconds, of the years 0000 to 9999, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    unix_millis: i64,
}

impl Timestamp {
    /// The newtype name under which a timestamp is serialized; the value inside is an `i64` of
    /// milliseconds since 1970.
    pub const WIRE_NAME: &'static str = "$wire::Timestamp";

    /// What a decoder says it expected where the text is no timestamp.
    pub(crate) const EXPECTED: &'static str = "a time such as `2026-01-31T12:00:00Z`";

    /// From milliseconds since 1970; clamped to the years 0000 to 9999.
    #[must_use]
    pub fn from_unix_millis(unix_millis: i64) -> Self {
        Self { unix_millis: unix_millis.clamp(START_OF_TIME_MILLIS, END_OF_TIME_MILLIS - 1) }
    }

    /// From seconds since 1970; clamped to the years 0000 to 9999.
    #[must_use]
    pub fn from_unix_seconds(unix_seconds: i64) -> Self {
        Self::from_unix_millis(unix_seconds.saturating_mul(MILLIS_PER_SECOND))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.unix_millis
    }

    /// Reads `2026-01-31T12:00:00Z`, with a fraction of up to nine digits (cut to milliseconds), and
    /// with an offset such as `+01:00` in place of `Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't'])?;
        let (time, offset_minutes) = split_offset(time)?;
        let (clock, fraction) = time.split_once('.').map_or((time, None), |(a, b)| (a, Some(b)));
        let unix_millis = day_of(date)? * MILLIS_PER_DAY + millis_of_day(clock)?
            - offset_minutes * 60 * MILLIS_PER_SECOND
            + fraction.map_or(Some(0), millis_of_fraction)?;
        (START_OF_TIME_MILLIS..END_OF_TIME_MILLIS)
            .contains(&unix_millis)
            .then_some(Self { unix_millis })
    }

    /// `2026-01-31T12:00:00Z`, as IAM, STS and CloudFormation write it.
    #[must_use]
    pub fn to_seconds_text(self) -> String {
        format!("{}Z", Clock(self))
    }

    /// `2026-01-31T12:00:00.000Z`, as EC2 writes it.
    #[must_use]
    pub fn to_millis_text(self) -> String {
        format!("{}.{:03}Z", Clock(self), self.unix_millis.rem_euclid(MILLIS_PER_SECOND))
    }
}

impl Timestamp {
    /// `Sat, 31 Jan 2026 12:00:00 GMT`, as HTTP headers have it (RFC 9110, section 5.6.7).
    #[must_use]
    pub fn to_http_text(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let days = self.unix_millis.div_euclid(MILLIS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        let of = |names: &[&'static str], at: i64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        let (weekday, month) = (of(&DAYS, days.rem_euclid(7)), of(&MONTHS, month - 1));
        let second = self.unix_millis.rem_euclid(MILLIS_PER_DAY) / MILLIS_PER_SECOND;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

/// Writes date and time to the second, without a zone.
struct Clock(Timestamp);

impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.unix_millis;
        let (year, month, day) = civil_from_days(millis.div_euclid(MILLIS_PER_DAY));
        let second = millis.rem_euclid(MILLIS_PER_DAY) / MILLIS_PER_SECOND;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Days since 1970 to year, month, day in the proleptic Gregorian calendar. Years are counted from
/// March, so that the leap day is the last of its year.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil_from_days`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `2026-01-31` to days since 1970.
fn day_of(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() || !(1..=12).contains(&month) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    // 30 February would be read as a day of March.
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

/// `12:00:00` to milliseconds since midnight. A leap second counts as the second after.
fn millis_of_day(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = digits(parts.next()?, 2)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * MILLIS_PER_SECOND)
}

fn millis_of_fraction(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{fraction}00").get(..3)?.parse().ok()
}

/// Cuts `Z` or `±hh:mm` off; the offset in minutes.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (time, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours <= 23 && minutes <= 59).then_some((time, sign * (hours * 60 + minutes)))
}

/// Exactly `count` decimal digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let fits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_seconds_text())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_millis_text())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::WIRE_NAME, &self.unix_millis)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(Timestamp::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, unix_seconds: i64) -> Result<Timestamp, E> {
        Ok(Timestamp::from_unix_seconds(unix_seconds))
    }

    fn visit_u64<E: Error>(self, unix_seconds: u64) -> Result<Timestamp, E> {
        Ok(Timestamp::from_unix_seconds(i64::try_from(unix_seconds).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, unix_seconds: f64) -> Result<Timestamp, E> {
        if !unix_seconds.is_finite() {
            return Err(E::invalid_value(Unexpected::Float(unix_seconds), &self));
        }
        // Saturates at the ends of `i64`; the constructor clamps to the years that can be written.
        #[allow(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
        Ok(Timestamp::from_unix_millis((unix_seconds * 1000.0).round() as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_writing() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00.000Z")),
            ("2024-02-29T23:59:59Z", Some("2024-02-29T23:59:59.000Z")),
            ("2000-02-29T00:00:00.5Z", Some("2000-02-29T00:00:00.500Z")),
            ("2015-01-01T00:00:00.123456Z", Some("2015-01-01T00:00:00.123Z")),
            ("2015-01-01T01:30:00+01:30", Some("2015-01-01T00:00:00.000Z")),
            ("2014-12-31T19:00:00-05:00", Some("2015-01-01T00:00:00.000Z")),
            ("1969-12-31T23:59:59.999Z", Some("1969-12-31T23:59:59.999Z")),
            ("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00.000Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59.000Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00.000Z")),
            ("2023-02-29T00:00:00Z", None),
            ("1900-02-29T00:00:00Z", None),
            ("2023-13-01T00:00:00Z", None),
            ("2023-01-01T24:00:00Z", None),
            ("2023-01-01T00:00:00", None),
            ("2023-01-01", None),
            ("2023-1-01T00:00:00Z", None),
            ("2023-01-01T00:00:00.Z", None),
            ("2023-01-01T00:00:00.0000000001Z", None),
            ("+023-01-01T00:00:00Z", None),
            ("", None),
            ("T", None),
            ("١٩٧٠-٠١-٠١T00:00:00Z", None),
        ] {
            let read = Timestamp::parse(text).map(Timestamp::to_millis_text);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn every_day_of_the_calendar_is_its_own_inverse() {
        let mut previous = (0, 0, 0);
        let first = START_OF_TIME_MILLIS / MILLIS_PER_DAY;
        let past_last = END_OF_TIME_MILLIS / MILLIS_PER_DAY;
        for days in first..past_last {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
            assert!((year, month, day) > previous || days == first);
            previous = (year, month, day);
        }
        assert_eq!(civil_from_days(first), (0, 1, 1));
        assert_eq!(previous, (9999, 12, 31));
    }

    #[test]
    fn ends_of_time_are_clamped() {
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::from_unix_millis(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
    }
}
