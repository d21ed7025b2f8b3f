//! Points in time in the forms that IAM documents: W3C profiles of ISO 8601, and epoch seconds.

use names::days_from_civil;

const SECONDS_PER_DAY: i64 = 86_400;
const MILLISECONDS_PER_SECOND: i128 = 1000;

/// Digits of the longest year that is read; IAM takes years up to 292,278,993.
const MAX_YEAR_DIGITS: usize = 9;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. Dates that differ in less are the same
/// (recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_values.json).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(i128);

impl Instant {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mmTZD`, `…:ssTZD`, `…:ss.sTZD` with
    /// TZD `Z`, `±hh:mm` or nothing (UTC), or seconds since the epoch, with or without a plus sign
    /// (recorded, as above).
    ///
    /// Four bare digits are a year: as epoch seconds they would all lie within 1970-01-01.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let digits_only = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if digits_only && text.len() != 4 {
            return text.parse().ok().map(|seconds: i64| Self::from_epoch(seconds, 0));
        }
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let (days, complete) = days(date)?;
        let (seconds, milliseconds) = match time {
            None => (0, 0),
            Some(time) if complete => time_of_day(time)?,
            Some(_) => return None,
        };
        Some(Self::from_epoch(days * SECONDS_PER_DAY + seconds, milliseconds))
    }

    /// `seconds` since the epoch and `milliseconds` on top.
    #[must_use]
    pub fn from_epoch(seconds: i64, milliseconds: u32) -> Self {
        Self(i128::from(seconds) * MILLISECONDS_PER_SECOND + i128::from(milliseconds))
    }
}

/// Days since the epoch, and whether the date names a day.
fn days(date: &str) -> Option<(i64, bool)> {
    let (sign, rest) = match date.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, date),
    };
    let mut parts = rest.split('-');
    let year = parts.next().filter(|year| (4..=MAX_YEAR_DIGITS).contains(&year.len()))?;
    let year = sign * number(year, year.len())?;
    let month = parts.next();
    let day = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let month_number = month.map_or(Some(1), |month| number(month, 2))?;
    let day_number = day.map_or(Some(1), |day| number(day, 2))?;
    if !(1..=12).contains(&month_number)
        || !(1..=days_in_month(year, month_number)).contains(&day_number)
    {
        return None;
    }
    Some((days_from_civil(year, month_number, day_number), day.is_some()))
}

/// Seconds since midnight UTC and milliseconds, of `hh:mm[:ss[.s]][TZD]`.
fn time_of_day(time: &str) -> Option<(i64, u32)> {
    let (clock, offset) = if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        (clock, 0)
    } else if let Some(at) = time.rfind(['+', '-']) {
        let (clock, zone) = time.split_at(at);
        (clock, zone_offset(zone)?)
    } else {
        (time, 0)
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(c, f)| (c, Some(f)));
    let mut parts = clock.split(':');
    let hours = number(parts.next()?, 2).filter(|hours| *hours < 24)?;
    let minutes = number(parts.next()?, 2).filter(|minutes| *minutes < 60)?;
    let seconds = match parts.next() {
        Some(seconds) => number(seconds, 2).filter(|seconds| *seconds < 60)?,
        None if fraction.is_some() => return None,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let milliseconds = fraction.map_or(Some(0), milliseconds)?;
    Some((hours * 3600 + minutes * 60 + seconds - offset, milliseconds))
}

/// Seconds east of UTC, of `±hh:mm`.
fn zone_offset(zone: &str) -> Option<i64> {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let hours = number(hours, 2).filter(|hours| *hours < 24)?;
    let minutes = number(minutes, 2).filter(|minutes| *minutes < 60)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// A decimal fraction of a second; digits beyond the third are cut off.
fn milliseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    Some(digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// Exactly `width` digits.
fn number(text: &str, width: usize) -> Option<i64> {
    let digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_forms() {
        for (text, seconds, milliseconds) in [
            ("1970", 0, 0),
            ("2024", 1_704_067_200, 0),
            ("2024-03", 1_709_251_200, 0),
            ("2024-02-29", 1_709_164_800, 0),
            ("2024-02-29T12:30Z", 1_709_209_800, 0),
            ("2024-02-29t12:30:15z", 1_709_209_815, 0),
            ("2024-02-29T12:30:15.5+02:00", 1_709_202_615, 500),
            ("2024-02-29T12:30:15.1239Z", 1_709_209_815, 123),
            ("2024-02-29T12:30:15.0001Z", 1_709_209_815, 0),
            ("2024-02-29T12:30:15-05:30", 1_709_229_615, 0),
            ("2024-02-29T12:30:15", 1_709_209_815, 0),
            ("1709209815", 1_709_209_815, 0),
            ("+1709209815", 1_709_209_815, 0),
            ("0", 0, 0),
            ("1969-12-31T23:59:59Z", -1, 0),
            ("0000-03-01", -62_162_035_200, 0),
        ] {
            assert_eq!(
                Instant::parse(text),
                Some(Instant::from_epoch(seconds, milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "x",
            "2024-13",
            "2024-00",
            "2023-02-29",
            "2024-02-30",
            "2024-1-1",
            "24-01-01",
            "2024-01T10:00Z",
            "2024-01-01T",
            "2024-01-01T24:00Z",
            "2024-01-01T10Z",
            "2024-01-01T10:60Z",
            "2024-01-01T10:00.5Z",
            "2024-01-01T10:00:00.Z",
            "-5",
            "+",
            "1.5",
            "2024-01-01T10:00:00+0200",
            "2024-01-01-01",
            "9223372036854775808",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
