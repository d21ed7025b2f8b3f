//! Decimal numbers compared exactly, as `Numeric*` operators do.

use std::cmp::Ordering;

/// A number such as `-10.50` or `1e3`, split into its digits. Of any length; never rounded.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// Digits before and behind the point.
    whole: &'a str,
    fraction: &'a str,
    /// Where the first digit that is not zero stands: 1 right before the point, 0 right behind it.
    /// `None` of zero.
    magnitude: Option<i64>,
}

impl<'a> Decimal<'a> {
    /// Reads `[+-]digits[.digits][e[+-]digits]`.
    ///
    /// AWS documents "integer or decimal", and takes an exponent (recorded by radkawar/stackd:
    /// testdata/aws/iam/condition_values.json has `1e0` equal 1, simulation_inputs.json has `1e9999`
    /// for a number). That it has 32 bits at most, as Java's have, is unverified.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return None;
        }
        let zeros = whole.bytes().chain(fraction.bytes()).position(|digit| digit != b'0');
        let place = |zeros: usize| {
            let before = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
            Some(before + i64::from(exponent))
        };
        let magnitude = zeros.and_then(place);
        Some(Self { negative: negative && magnitude.is_some(), whole, fraction, magnitude })
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
        // `None`, which is zero, comes first.
        self.magnitude.cmp(&other.magnitude).then_with(|| {
            let longer = self.count().max(other.count());
            self.digits().take(longer).cmp(other.digits().take(longer))
        })
    }

    fn count(self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// From the first that is not zero, and zeros without end.
    fn digits(self) -> impl Iterator<Item = u8> {
        let written = self.whole.bytes().chain(self.fraction.bytes());
        written.skip_while(|digit| *digit == b'0').chain(std::iter::repeat(b'0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        for (left, right, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("1", "1.", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("+007", "7", Ordering::Equal),
            (".5", "0.50", Ordering::Equal),
            ("2", "10", Ordering::Less),
            ("-2", "-10", Ordering::Greater),
            ("-1", "1", Ordering::Less),
            ("0", "0.001", Ordering::Less),
            ("0.12", "0.2", Ordering::Less),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("1.05", "1.5", Ordering::Less),
            ("1e0", "1", Ordering::Equal),
            ("1E+3", "1000", Ordering::Equal),
            ("0.012e2", "1.2", Ordering::Equal),
            ("120e-2", "1.2", Ordering::Equal),
            ("-0e5", "0", Ordering::Equal),
            ("1e9999", "1e10000", Ordering::Less),
            ("1e-9999", "0", Ordering::Greater),
            ("-1e3", "-1e2", Ordering::Less),
            ("1e2147483647", "1e-2147483648", Ordering::Greater),
        ] {
            let parse = |text| Decimal::parse(text).unwrap();
            assert_eq!(parse(left).compare(parse(right)), expected, "{left} {right}");
            assert_eq!(parse(right).compare(parse(left)), expected.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn other_texts_are_not_numbers() {
        for text in [
            "",
            "-",
            ".",
            "e3",
            "1e",
            "1e+",
            "1e3.0",
            "1e2147483648",
            "0x1",
            "1,000",
            " 1",
            "NaN",
            "Infinity",
            "1.2.3",
            "--1",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
