//! Points in time as signatures write them: `20130524T000000Z`, to the second, in UTC.

use std::fmt;

/// Bytes of `YYYYMMDDTHHMMSSZ`.
pub(crate) const BASIC_BYTES: usize = 16;
/// Bytes of `YYYYMMDD`.
pub(crate) const DATE_BYTES: usize = 8;

const SECONDS_PER_DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since the start of 1970 in UTC, leap seconds not counted.
///
/// Years 0 to 9999 have a text; what lies outside is shown as the nearest of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `seconds` after the start of 1970 in UTC.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the start of 1970 in UTC.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// This time, `seconds` later, or earlier if negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Reads `20130524T000000Z`, `2013-05-24T00:00:00Z` (with or without a fraction) or
    /// `Fri, 24 May 2013 00:00:00 GMT`; `None` for anything else.
    ///
    /// AWS asks for the first ("Elements of an AWS API request signature", IAM User Guide); that it
    /// takes the second too was found by the author of scratchstack-aws-signature ("AWS Auth Error
    /// Ordering", rule 9); the third is the `Date` header of HTTP (RFC 9110, section 5.6.7), used by
    /// the first AWS test suite.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(' ');
        Self::parse_iso(text).or_else(|| Self::parse_http(text))
    }

    fn parse_iso(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (year, month, day) = if date.len() == DATE_BYTES {
            (date.get(..4)?, date.get(4..6)?, date.get(6..)?)
        } else {
            let (year, rest) = date.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            (year, month, day)
        };
        let (hour, minute, second) = if time.len() == 6 {
            (time.get(..2)?, time.get(2..4)?, time.get(4..)?)
        } else {
            let (hour, rest) = time.split_once(':')?;
            let (minute, second) = rest.split_once(':')?;
            (hour, minute, whole_seconds(second)?)
        };
        let date = days(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)?;
        Self::from_parts(date, digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?)
    }

    fn parse_http(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(", ")?;
        let mut parts = rest.split(' ');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (time, zone) = (parts.next()?, parts.next()?);
        if parts.next().is_some() || !matches!(zone, "GMT" | "UTC" | "+0000") {
            return None;
        }
        let month = MONTHS.iter().position(|name| *name == month)?;
        let month = i64::try_from(month).ok()? + 1;
        let (hour, rest) = time.split_once(':')?;
        let (minute, second) = rest.split_once(':')?;
        let date = days(digits(year, 4)?, month, digits(day, 2)?)?;
        Self::from_parts(date, digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?)
    }

    fn from_parts(days: i64, hour: i64, minute: i64, second: i64) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self(days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second))
    }

    /// `YYYYMMDDTHHMMSSZ` in ASCII.
    pub(crate) fn basic(self) -> [u8; BASIC_BYTES] {
        let first = days(0, 1, 1).unwrap_or_default() * SECONDS_PER_DAY;
        let last = days(9999, 12, 31).unwrap_or_default() * SECONDS_PER_DAY + SECONDS_PER_DAY - 1;
        let seconds = self.0.clamp(first, last);
        let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
        let second = seconds.rem_euclid(SECONDS_PER_DAY);
        let mut text = *b"00000000T000000Z";
        let (date, time) = text.split_at_mut(DATE_BYTES + 1);
        write_digits(date.get_mut(..4), year);
        write_digits(date.get_mut(4..6), month);
        write_digits(date.get_mut(6..8), day);
        write_digits(time.get_mut(..2), second / 3600);
        write_digits(time.get_mut(2..4), second / 60 % 60);
        write_digits(time.get_mut(4..6), second % 60);
        text
    }

    /// `YYYYMMDD` in ASCII.
    pub(crate) fn date(self) -> [u8; DATE_BYTES] {
        let mut date = [0; DATE_BYTES];
        date.iter_mut().zip(self.basic()).for_each(|(to, from)| *to = from);
        date
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // INVARIANT: only ASCII is written, so this is never the fallback.
        formatter.pad(std::str::from_utf8(&self.basic()).unwrap_or_default())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The number that exactly `count` digits write.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// `SS` of `SS` or `SS.fff`.
fn whole_seconds(text: &str) -> Option<&str> {
    match text.split_once('.') {
        None => Some(text),
        Some((whole, fraction)) => (!fraction.is_empty()
            && fraction.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(whole),
    }
}

fn write_digits(to: Option<&mut [u8]>, mut number: i64) {
    for digit in to.into_iter().flatten().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

/// Days from the start of 1970 to a date of the Gregorian calendar; `None` if there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years start in March here, so that the leap day is a year's last day.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

/// Year, month and day of the day that is `days` after the start of 1970; the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_read_and_nothing_else() {
        for (text, expected) in [
            ("19700101T000000Z", Some(0)),
            ("20130524T000000Z", Some(1_369_353_600)),
            (" 20130524T000000Z ", Some(1_369_353_600)),
            ("2013-05-24T00:00:00Z", Some(1_369_353_600)),
            ("2013-05-24T00:00:00.25Z", Some(1_369_353_600)),
            ("Fri, 24 May 2013 00:00:00 GMT", Some(1_369_353_600)),
            ("Fri, 24 May 2013 00:00:00 +0000", Some(1_369_353_600)),
            ("20240229T235959Z", Some(1_709_251_199)),
            ("00000101T000000Z", Some(-62_167_219_200)),
            ("99991231T235959Z", Some(253_402_300_799)),
            ("20230229T000000Z", None),
            ("20130524T240000Z", None),
            ("20130524T006000Z", None),
            ("20130524T000060Z", None),
            ("20131324T000000Z", None),
            ("20130500T000000Z", None),
            ("20130524T000000", None),
            ("20130524 000000Z", None),
            ("2013-05-24T00:00:00.Z", None),
            ("2013-5-24T00:00:00Z", None),
            ("+0130524T000000Z", None),
            ("20130524T00000éZ", None),
            ("Fri, 24 May 2013 00:00:00 CEST", None),
            ("Fri, 24 Mai 2013 00:00:00 GMT", None),
            ("Fri, 24 May 2013 00:00:00 GMT x", None),
            ("1369353600", None),
            ("", None),
        ] {
            assert_eq!(Timestamp::parse(text).map(Timestamp::unix_seconds), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut day = -719_528;
        while day < 2_932_896 {
            let time = Timestamp(day * SECONDS_PER_DAY + day.rem_euclid(SECONDS_PER_DAY));
            assert_eq!(Timestamp::parse(&time.to_string()), Some(time), "{time}");
            day += 13;
        }
        for far in [i64::MIN, i64::MAX] {
            assert_eq!(Timestamp(far).to_string().len(), BASIC_BYTES);
        }
        assert_eq!(Timestamp(i64::MAX).to_string(), "99991231T235959Z");
        assert_eq!(&Timestamp(1_369_353_600).date(), b"20130524");
    }
}
