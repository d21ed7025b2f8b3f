//! Small encodings: hexadecimal, base64 and the percent encoding of canonical requests.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Sha256Hash = [u8; 32];
/// A SHA-256 hash or signature as 64 lower-case hexadecimal digits.
pub(crate) type Hex64 = [u8; 64];

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The SHA-256 of nothing, in hexadecimal.
pub(crate) const EMPTY_SHA256: &str =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256Hash {
    Sha256::digest(bytes).into()
}

/// `hash` as lower-case hexadecimal.
pub(crate) fn hex(hash: &Sha256Hash) -> Hex64 {
    let mut text = [0; 64];
    // Arithmetic, because the compiler makes a loop without branches or look-ups of it.
    let letter = |value: u8| b'0' + value + if value > 9 { b'a' - b'9' - 1 } else { 0 };
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(hash) {
        *pair = [letter(byte >> 4), letter(byte & 15)];
    }
    text
}

/// `hash` as lower-case hexadecimal, owned.
pub(crate) fn hex_string(hash: &Sha256Hash) -> String {
    // INVARIANT: digits are ASCII, so this is never the fallback.
    String::from_utf8(hex(hash).to_vec()).unwrap_or_default()
}

/// The hash that 64 hexadecimal digits of either case write.
pub(crate) fn unhex(text: &str) -> Option<Sha256Hash> {
    let mut hash = [0; 32];
    if text.len() != hash.len() * 2 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *byte = (nibble(high)? << 4) | nibble(low)?;
    }
    Some(hash)
}

/// Base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4_usize {
            let six = usize::try_from((bits >> (18 - 6 * place)) & 63).unwrap_or_default();
            let letter = BASE64.get(six).copied().unwrap_or_default();
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// The value of a hexadecimal digit of either case.
pub(crate) fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// What a query parameter's name or value says: `+` is a space, `%XX` a byte; text that is not UTF-8
/// is replaced.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let bytes: Vec<u8> = decoded(text.as_bytes()).collect();
    Cow::Owned(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// The bytes of a query parameter's name or value; an escape that is none stays as it is.
pub(crate) fn decoded(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut bytes = text.iter();
    std::iter::from_fn(move || match *bytes.next()? {
        b'+' => Some(b' '),
        b'%' => match escaped(bytes.as_slice()) {
            Some(byte) => {
                bytes.nth(1);
                Some(byte)
            }
            None => Some(b'%'),
        },
        byte => Some(byte),
    })
}

/// The byte that the two digits after a `%` write.
pub(crate) fn escaped(after: &[u8]) -> Option<u8> {
    let [high, low, ..] = *after else { return None };
    Some((nibble(high)? << 4) | nibble(low)?)
}

/// The first `%` that two hexadecimal digits do not follow, with what follows it.
pub(crate) fn bad_escape(text: &str) -> Option<String> {
    let at = text
        .as_bytes()
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .map(|(at, _)| at)
        .find(|at| escaped(text.as_bytes().get(at + 1..).unwrap_or_default()).is_none())?;
    Some(text.get(at..)?.chars().take(3).collect())
}

/// Whether a canonical request keeps the byte as it is: `A-Z a-z 0-9 - . _ ~`.
///
/// Source: "Create a signed AWS API request", `UriEncode`, IAM User Guide.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Appends `byte` as `%XX`.
pub(crate) fn push_escaped(to: &mut Vec<u8>, byte: u8) {
    to.extend_from_slice(&[b'%', digit(UPPER_HEX, byte >> 4), digit(UPPER_HEX, byte & 15)]);
}

/// Appends `byte`, escaped unless it is unreserved.
pub(crate) fn push_encoded(to: &mut Vec<u8>, byte: u8) {
    if is_unreserved(byte) { to.push(byte) } else { push_escaped(to, byte) }
}

fn digit(digits: &[u8; 16], value: u8) -> u8 {
    digits.get(usize::from(value & 15)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_there_and_back() {
        let hash = sha256(b"");
        assert_eq!(hex_string(&hash), EMPTY_SHA256);
        assert_eq!(unhex(EMPTY_SHA256), Some(hash));
        assert_eq!(unhex(&EMPTY_SHA256.to_uppercase()), Some(hash));
        for bad in ["", &EMPTY_SHA256[1..], &EMPTY_SHA256.replace('e', "g")] {
            assert_eq!(unhex(bad), None);
        }
    }

    #[test]
    fn query_text_is_decoded_and_bad_escapes_are_found() {
        for (text, decoded, bad) in [
            ("", "", None),
            ("a+b%2Bc%20d", "a b+c d", None),
            ("%E1%88%B4", "ሴ", None),
            ("%ff", "\u{fffd}", None),
            ("50%", "50%", Some("%")),
            ("a%4", "a%4", Some("%4")),
            ("a%4gb", "a%4gb", Some("%4g")),
            ("%%41", "%A", Some("%%4")),
            ("%éa", "%éa", Some("%éa")),
        ] {
            assert_eq!(decode(text), decoded, "{text}");
            assert_eq!(bad_escape(text).as_deref(), bad, "{text}");
        }
    }

    #[test]
    fn base64_of_the_rfc() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
