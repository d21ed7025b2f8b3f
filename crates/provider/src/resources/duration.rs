//! Durations as Terraform's `timeouts` are written: `90s`, `2m`, `1h30m`.

use std::time::Duration;

/// Reads one.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is not a duration: write it like `90s`, `2m` or `1h30m`.");
    let (mut seconds, mut number): (u64, Option<u64>) = (0, None);
    for character in text.chars() {
        if let Some(digit) = character.to_digit(10) {
            let so_far = number.unwrap_or(0).checked_mul(10);
            number = Some(so_far.and_then(|it| it.checked_add(digit.into())).ok_or_else(bad)?);
            continue;
        }
        let unit = match character {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return Err(bad()),
        };
        let part = number.take().and_then(|number| number.checked_mul(unit)).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).ok_or_else(bad)?;
    }
    if number.is_some() || text.is_empty() { Err(bad()) } else { Ok(Duration::from_secs(seconds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("2m", 120), ("1h30m", 5400)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "2",
            "m",
            "-1s",
            "1d",
            "2m3",
            "1.5s",
            "99999999999999999999s",
            "9999999999999999999h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
