//! Percent-encoding: of policy documents in answers, and of the names and values of a form.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const HEX_DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Text that IAM answers percent-encoded, such as a policy document: letters, digits and `-._~` stay,
/// every other byte of the UTF-8 becomes `%XX`, a space `%20` and a plus `%2B` (RFC 3986; the API
/// reference of `GetRole` and others says so). It is read as plain text, as clients send it.
#[derive(Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct PercentEncoded(pub String);

/// Percent-encodes what [`PercentEncoded`] holds.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                // INVARIANT: four bits never miss the table of sixteen digits.
                let digit = HEX_DIGITS.get(usize::from(digit)).copied().unwrap_or(b'0');
                encoded.push(char::from(digit));
            }
        }
    }
    encoded
}

/// For `#[serde(serialize_with = "wire::percent::serialize")]` on a field that is a plain string.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(text: &impl AsRef<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(text.as_ref()))
}

/// Why a piece of a form cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadText {
    /// A `%` without two hexadecimal digits after it.
    Escape,
    /// The decoded bytes are not UTF-8.
    NotUtf8,
}

/// Decodes one name or value of a form: `+` is a space, `%XX` a byte. Borrows if nothing is encoded.
pub(crate) fn decode_form_text(text: &[u8]) -> Result<Cow<'_, str>, BadText> {
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return std::str::from_utf8(text).map(Cow::Borrowed).map_err(|_| BadText::NotUtf8);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = bytes.next().and_then(hex_digit).ok_or(BadText::Escape)?;
                let low = bytes.next().and_then(hex_digit).ok_or(BadText::Escape)?;
                high << 4 | low
            }
            other => other,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| BadText::NotUtf8)
}

/// Decodes a piece of a path, where a plus is a plus; `None` for bad escapes and what is not UTF-8.
pub(crate) fn decode_path(text: &[u8]) -> Option<String> {
    let plus: Vec<u8> = text
        .iter()
        .flat_map(|byte| match byte {
            b'+' => b"%2B".to_vec(),
            other => vec![*other],
        })
        .collect();
    decode_form_text(&plus).ok().map(Cow::into_owned)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl From<String> for PercentEncoded {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for PercentEncoded {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for PercentEncoded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl Serialize for PercentEncoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for PercentEncoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding() {
        for (plain, encoded) in [
            ("", ""),
            ("AZaz09-._~", "AZaz09-._~"),
            ("a b+c", "a%20b%2Bc"),
            ("{\"A\":\n[*]}", "%7B%22A%22%3A%0A%5B%2A%5D%7D"),
            ("arn:aws:iam::1:role/x", "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"),
            ("é😀", "%C3%A9%F0%9F%98%80"),
            ("!'()%", "%21%27%28%29%25"),
        ] {
            assert_eq!(encode(plain), encoded);
            assert_eq!(decode_form_text(encoded.as_bytes()).as_deref(), Ok(plain));
        }
    }

    #[test]
    fn decoding() {
        for (encoded, expected) in [
            (&b"a+b"[..], Ok("a b")),
            (b"%2b%2B", Ok("++")),
            (b"plain", Ok("plain")),
            ("ü".as_bytes(), Ok("ü")),
            (b"%", Err(BadText::Escape)),
            (b"%4", Err(BadText::Escape)),
            (b"%zz", Err(BadText::Escape)),
            (b"%+1", Err(BadText::Escape)),
            (b"%ff", Err(BadText::NotUtf8)),
            (b"\xff", Err(BadText::NotUtf8)),
        ] {
            assert_eq!(decode_form_text(encoded).as_deref(), expected.as_ref().map(|t| *t));
        }
    }
}
