//! DER (ITU-T X.690), as far as a certificate and a signed message need it.

/// Tags.
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, of what it holds.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[3]`, of what it holds.
pub(crate) const CONTEXT_3: u8 = 0xa3;
/// `NULL`
pub(crate) const NULL: [u8; 2] = [0x05, 0x00];
/// `TRUE`
pub(crate) const TRUE: [u8; 3] = [0x01, 0x01, 0xff];

/// Tag, length and content.
pub(crate) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes: Vec<u8> =
                length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(0x7f));
            out.extend_from_slice(&bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tagged(SEQUENCE, &parts.concat())
}

/// A positive number, the most significant byte first.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    tagged(INTEGER, &content)
}

pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tagged(BIT_STRING, &[&[0], bytes].concat())
}

pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tagged(OCTET_STRING, bytes)
}

/// An object identifier from its encoded arcs.
pub(crate) fn object_id(arcs: &[u8]) -> Vec<u8> {
    tagged(OBJECT_ID, arcs)
}

pub(crate) fn utf8(text: &str) -> Vec<u8> {
    tagged(UTF8_STRING, text.as_bytes())
}

pub(crate) fn printable(text: &str) -> Vec<u8> {
    tagged(PRINTABLE_STRING, text.as_bytes())
}

/// A time that is written `2026-01-31T12:00:00Z`; until 2049 without its century (RFC 5280, 4.1.2.5).
pub(crate) fn time(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let zulu = format!("{digits}Z");
    match zulu.split_at_checked(2) {
        Some((_, rest)) if text < "2050" => tagged(UTC_TIME, rest.as_bytes()),
        _ => tagged(GENERALIZED_TIME, zulu.as_bytes()),
    }
}
