//! Binary values, as `BinaryEquals` compares them: base64 in a policy, bytes in a request.

/// The bytes that `text` stands for in standard base64, one at a time. `None` in place of a byte where the
/// text is not base64; nothing follows it.
///
/// Padding is needed, and bits behind the last byte are zero (`YQ` and `YR==` are not `YQ==`: recorded
/// from AWS by radkawar/stackd, testdata/aws/iam/condition_values.json).
pub fn decode(text: &str) -> impl Iterator<Item = Option<u8>> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let bad_length = padding > 2 || !text.len().is_multiple_of(4);
    let mut digits = data.bytes();
    let mut bits: u32 = 0;
    let mut count = 0;
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        if bad_length {
            broken = true;
            return Some(None);
        }
        while count < 8 {
            let next = digits.next();
            let Some(value) = next.and_then(digit) else {
                broken = true;
                return (next.is_some() || bits != 0).then_some(None);
            };
            bits = (bits << 6) | value;
            count += 6;
        }
        count -= 8;
        let byte = (bits >> count) & 0xff;
        bits &= (1 << count) - 1;
        Some(u8::try_from(byte).ok())
    })
}

fn digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("QUJD", Some(b"ABC")),
            ("QUI=", Some(b"AB")),
            ("QQ==", Some(b"A")),
            ("QQ", None),
            ("QR==", None),
            ("QUJ=", None),
            ("/+8A", Some(b"\xff\xef\x00")),
            ("Q", None),
            ("QQ=", None),
            ("Q===", None),
            ("QU JD", None),
            ("QU_D", None),
        ] {
            let decoded: Option<Vec<u8>> = decode(text).collect();
            assert_eq!(decoded.as_deref(), expected, "{text}");
        }
    }
}
