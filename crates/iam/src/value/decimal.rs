//! Decimal numbers compared exactly, as `Numeric*` operators do.

use std::cmp::Ordering;

/// An integer or decimal such as `-10.50`, split into its digits. Of any length; never rounded.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads `[+-]digits[.digits]`. AWS documents "integer or decimal"; an exponent is not read.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole, fraction })
    }

    /// Numeric order.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }

    fn compare_size(self, other: Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        for (left, right, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("+007", "7", Ordering::Equal),
            (".5", "0.50", Ordering::Equal),
            ("2", "10", Ordering::Less),
            ("-2", "-10", Ordering::Greater),
            ("-1", "1", Ordering::Less),
            ("0.12", "0.2", Ordering::Less),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("1.05", "1.5", Ordering::Less),
        ] {
            let parse = |text| Decimal::parse(text).unwrap();
            assert_eq!(parse(left).compare(parse(right)), expected, "{left} {right}");
            assert_eq!(parse(right).compare(parse(left)), expected.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn other_texts_are_not_numbers() {
        for text in ["", "-", ".", "1e3", "0x1", "1,000", " 1", "NaN", "1.2.3", "--1"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
