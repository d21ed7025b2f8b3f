//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds, which is what
//! authenticators take unless told otherwise.

use hmac::{Hmac, KeyInit, Mac};
use names::Timestamp;
use sha1::Sha1;

/// Seconds for which a code is shown.
const STEP_SECONDS: i64 = 30;
/// Six digits.
const MODULUS: u32 = 1_000_000;
/// RFC 4648, section 6.
pub(super) const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step of a point in time.
pub(super) fn step(now: Timestamp) -> i64 {
    now.unix_seconds().div_euclid(STEP_SECONDS)
}

/// The code that is shown during `step`.
pub(super) fn code(seed: &[u8], step: i64) -> String {
    format!("{:06}", truncate(&digest(seed, step)) % MODULUS)
}

/// The bytes of a base32 text of whole bytes; `None` if it is none.
pub(super) fn decode_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    for letter in text.bytes() {
        let digit = BASE32.iter().position(|known| *known == letter)?;
        bits = bits << 5 | u32::try_from(digit).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn digest(seed: &[u8], step: i64) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(seed) else { return Vec::new() };
    mac.update(&step.to_be_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// RFC 4226, section 5.3.
fn truncate(digest: &[u8]) -> u32 {
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
    let bytes = digest.get(offset..offset + 4).and_then(|bytes| bytes.try_into().ok());
    u32::from_be_bytes(bytes.unwrap_or_default()) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        // RFC 6238, appendix B, of whose eight digits these are the last six.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = step(Timestamp::from_unix_seconds(seconds));
            assert_eq!(code(b"12345678901234567890", step), expected);
        }
    }

    #[test]
    fn base32() {
        // RFC 4648, section 10, without the padding that authenticators do without.
        for (text, bytes) in [
            ("", &b""[..]),
            ("MY", b"f"),
            ("MZXQ", b"fo"),
            ("MZXW6YTBOI", b"foobar"),
            ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", b"12345678901234567890"),
        ] {
            assert_eq!(decode_base32(text).as_deref(), Some(bytes));
        }
        assert_eq!(decode_base32("my"), None);
        assert_eq!(decode_base32("M1"), None);
    }
}
