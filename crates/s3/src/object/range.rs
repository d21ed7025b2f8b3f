//! Which bytes of an object are asked for.

use std::ops::Range;

use cloud::Fault;

/// The bytes that a `Range` header asks for of `bytes` in all. What is no single range of bytes is passed over,
/// as HTTP wants (RFC 9110, section 14.2) and S3 does; `None` is the whole.
///
/// # Errors
/// `InvalidRange` for a range that starts behind the end.
pub fn parse(header: Option<&str>, bytes: u64) -> Result<Option<Range<u64>>, Fault> {
    let Some(header) = header else { return Ok(None) };
    let Some(asked) = read(header) else { return Ok(None) };
    let range = match asked {
        (Some(first), last) => {
            let end = last.map_or(bytes, |last| last.saturating_add(1).min(bytes));
            (first < bytes).then_some(first..end)
        }
        (None, Some(last)) => (last > 0 && bytes > 0).then(|| bytes.saturating_sub(last)..bytes),
        (None, None) => return Ok(None),
    };
    range.map(Some).ok_or_else(|| {
        Fault::new("InvalidRange", "The requested range is not satisfiable")
            .with_detail("RangeRequested", header)
            .with_detail("ActualObjectSize", bytes.to_string())
            .with_detail("content-range", format!("bytes */{bytes}"))
    })
}

/// The bytes that `x-amz-copy-source-range` names, which must be `bytes=FIRST-LAST` and within the object.
///
/// # Errors
/// `InvalidArgument`, `InvalidRange`.
pub fn parse_copy(header: Option<&str>, bytes: u64) -> Result<Range<u64>, Fault> {
    let Some(header) = header else { return Ok(0..bytes) };
    let Some((Some(first), Some(last))) = read(header) else {
        let text = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and \
                    last are the zero-based offsets of the first and last bytes to copy";
        return Err(Fault::new("InvalidArgument", text)
            .with_detail("ArgumentName", "x-amz-copy-source-range")
            .with_detail("ArgumentValue", header));
    };
    if last >= bytes {
        let text = format!("Range specified is not valid for source object of size: {bytes}");
        return Err(Fault::new("InvalidArgument", text)
            .with_detail("ArgumentName", "x-amz-copy-source-range")
            .with_detail("ArgumentValue", header));
    }
    Ok(first..last + 1)
}

/// First and last byte of `bytes=FIRST-LAST`, either of which may be missing.
fn read(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, spec) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = spec.trim().split_once('-')?;
    let number = |text: &str| -> Option<Option<u64>> {
        if text.is_empty() {
            return Some(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        // More than fits is more than any object has.
        digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
    };
    let (first, last) = (number(first.trim())?, number(last.trim())?);
    let backwards = first.zip(last).is_some_and(|(first, last)| first > last);
    (!backwards && (first.is_some() || last.is_some())).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let unsatisfiable = Err("InvalidRange");
        for (header, bytes, expected) in [
            ("bytes=0-0", 10, Ok(Some(0..1))),
            ("bytes=2-5", 10, Ok(Some(2..6))),
            ("bytes=2-", 10, Ok(Some(2..10))),
            ("bytes=2-99", 10, Ok(Some(2..10))),
            ("bytes=-3", 10, Ok(Some(7..10))),
            ("bytes=-99", 10, Ok(Some(0..10))),
            ("Bytes = 1-2", 10, Ok(Some(1..3))),
            ("bytes=9-18446744073709551615", 10, Ok(Some(9..10))),
            ("bytes=9-99999999999999999999999", 10, Ok(Some(9..10))),
            ("bytes=10-", 10, unsatisfiable.clone()),
            ("bytes=10-20", 10, unsatisfiable.clone()),
            ("bytes=-0", 10, unsatisfiable.clone()),
            ("bytes=0-0", 0, unsatisfiable.clone()),
            ("bytes=-1", 0, unsatisfiable),
            ("bytes=5-2", 10, Ok(None)),
            ("bytes=0-1,4-5", 10, Ok(None)),
            ("bytes=-", 10, Ok(None)),
            ("bytes=a-b", 10, Ok(None)),
            ("bytes=--1", 10, Ok(None)),
            ("lines=0-1", 10, Ok(None)),
            ("", 10, Ok(None)),
        ] {
            let found = parse(Some(header), bytes).map_err(|fault| fault.code);
            assert_eq!(found, expected, "{header} of {bytes}");
        }
    }

    #[test]
    fn ranges_of_copies() {
        let check = |header| parse_copy(Some(header), 10).map_err(|fault| fault.code);
        assert_eq!(parse_copy(None, 10), Ok(0..10));
        assert_eq!(check("bytes=0-9"), Ok(0..10));
        for bad in ["bytes=0-10", "bytes=0-", "bytes=-3", "0-3", "bytes=3-1"] {
            assert_eq!(check(bad), Err("InvalidArgument"), "{bad}");
        }
    }
}
