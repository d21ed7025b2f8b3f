//! Dates in conditions, which IAM reads when a policy is stored. For other values see [`super::value`].
//!
//! STS does not look into the dates of a session's policy (recorded from AWS by radkawar/stackd,
//! testdata/aws/iam/condition_values.json).

use super::{LEGACY_PARSING, Malformed};
use crate::json::{Node, Value};
use crate::operator::{Comparison, Operator};

/// The years that IAM takes: those of a 64-bit count of milliseconds.
const YEARS: std::ops::RangeInclusive<i64> = -292_275_054..=292_278_993;

/// Refuses what the `Date…` operators are given and IAM cannot read.
///
/// IAM is laxer than the forms that it documents: it takes `2017-7-1`, and days that a month does not
/// have (recorded by moto). [`crate::value::date`] reads the documented forms alone.
pub(super) fn check(statement: &Node) -> Result<(), Malformed> {
    let Some(block) = statement.get("Condition") else { return Ok(()) };
    let dated = block.members().iter().filter(|line| {
        Operator::parse(&line.key).is_some_and(|op| matches!(op.comparison, Comparison::Date(_)))
    });
    for member in dated.flat_map(|line| line.value.members()) {
        for node in member.value.one_or_many() {
            if !readable(&node.value) {
                return Err(Malformed::new(
                    LEGACY_PARSING,
                    node.span,
                    "not a date: write it like \"2026-01-31T08:00:00Z\", or as seconds since 1970",
                ));
            }
        }
    }
    Ok(())
}

fn readable(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            if text.contains(['t', '-']) { is_iso(&text) } else { is_epoch(&text) }
        }
        Value::Number(digits) => is_epoch(digits),
        _ => false,
    }
}

fn is_epoch(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|seconds| seconds >= 0)
}

fn is_iso(text: &str) -> bool {
    let (date, time) = text.split_once('t').unwrap_or((text, ""));
    is_date(date) && (time.is_empty() || is_time(time))
}

fn is_date(date: &str) -> bool {
    let (sign, rest) = date.strip_prefix('-').map_or(("", date), |rest| ("-", rest));
    let mut parts = rest.split('-');
    let year = parts.next().map(|year| format!("{sign}{year}"));
    year.is_some_and(|year| within(&year, YEARS))
        && parts.next().is_none_or(|month| within(month, 1..=12))
        && parts.next().is_none_or(|day| within(day, 1..=31))
        && parts.next().is_none()
}

/// `hh[:mm[:ss[.s]]]` and a zone. moto knows no zones west of Greenwich and none after minutes; AWS
/// documents both.
fn is_time(time: &str) -> bool {
    let (clock, zone_is_good) = if let Some(clock) = time.strip_suffix('z') {
        (clock, true)
    } else if let Some((clock, zone)) = time.split_once(['+', '-']) {
        (clock, is_zone(zone))
    } else {
        (time, true)
    };
    let mut parts = clock.split(':');
    let hours = parts.next().unwrap_or_default();
    zone_is_good
        && (hours.is_empty() || within(hours, 0..=23))
        && parts.next().is_none_or(|minutes| within(minutes, 0..=59))
        && parts.next().is_none_or(is_second)
        && parts.next().is_none()
}

fn is_second(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    within(whole, 0..=59) && within(fraction, 0..=999_999_999)
}

fn is_zone(zone: &str) -> bool {
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
    let two = |part: &str, limit| part.len() == 2 && within(part, 0..=limit);
    two(hours, 23) && two(minutes, 59)
}

fn within(digits: &str, range: std::ops::RangeInclusive<i64>) -> bool {
    digits.parse().is_ok_and(|number| range.contains(&number))
}
