//! The metadata document of a SAML provider: when its certificate ends.

use base64ct::{Base64, Encoding};
use names::Timestamp;

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// Characters of a document.
const LENGTHS: [Check; 2] = [Check::MaxLength(10_000_000), Check::MinLength(1000)];

/// Where a certificate stands in the document, whatever the prefix of its namespace.
const CERTIFICATE: &str = "X509Certificate>";
/// The root of the document, or of one provider among several.
const DESCRIPTOR: &str = "EntityDescriptor";

/// Universal tags of DER (X.690, section 8).
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The first field of a certificate, its version, which may be left out.
const VERSION: u8 = 0xa0;

/// Checks the length of a document.
pub(super) fn check_length(constraints: &mut Constraints, document: &str) {
    for check in LENGTHS {
        constraints.hidden("sAMLMetadataDocument", document, check);
    }
}

/// When the first certificate of a document ends.
///
/// # Errors
/// `InvalidInput` for what is no metadata document, or one without a certificate that can be read
/// (unverified).
pub(super) fn valid_until(document: &str) -> Result<Timestamp, Fault> {
    let found = || {
        document.contains(DESCRIPTOR).then_some(())?;
        let (_, rest) = document.split_once(CERTIFICATE)?;
        let (text, _) = rest.split_once('<')?;
        let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        certificate_end(&Base64::decode_vec(&text).ok()?)
    };
    found().ok_or_else(|| Fault::new("InvalidInput", "Could not parse metadata"))
}

/// `notAfter` of an X.509 certificate (RFC 5280, section 4.1).
fn certificate_end(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = expect(der, SEQUENCE)?;
    let (mut fields, _) = expect(certificate, SEQUENCE)?;
    if let Some((_, rest)) = expect(fields, VERSION) {
        fields = rest;
    }
    // Serial number, signature, issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (validity, _) = expect(fields, SEQUENCE)?;
    let (_, _, rest) = element(validity)?;
    let (tag, end, _) = element(rest)?;
    let text = std::str::from_utf8(end).ok()?;
    let full = match tag {
        UTC_TIME => {
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            format!("{century}{text}")
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| full.get(from..to);
    let (date, time) = ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?));
    let ((year, month, day), (hours, minutes)) = (date, time);
    format!("{year}-{month}-{day}T{hours}:{minutes}:{}Z", part(12, 14)?).parse().ok()
}

/// The content of the first element, which must have this tag, and what follows.
fn expect(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(der)?;
    (tag == wanted).then_some((content, rest))
}

/// The first element: tag, content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
