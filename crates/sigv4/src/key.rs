//! Signing keys.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::scope::TERMINATOR;
use crate::text::{Sha256Hash, sha256};

/// Bytes of a block of SHA-256, to which HMAC pads its keys.
const BLOCK_BYTES: usize = 64;

/// The key that signs for one secret on one day in one region for one service.
///
/// It is worth keeping: to make it takes as long as several signatures. It is as secret as what it was
/// made of, for its scope.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key of a secret access key for `date` (`YYYYMMDD`), `region` and `service`.
    ///
    /// Source: "Create a signed AWS API request", "Derive a signing key", IAM User Guide.
    #[must_use]
    pub fn derive(secret_access_key: &str, date: &str, region: &str, service: &str) -> Self {
        let mut first = Vec::with_capacity(secret_access_key.len() + 4);
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret_access_key.as_bytes());
        let mut key = Self::of(&first);
        for step in [date, region, service, TERMINATOR] {
            key = Self::of(&key.sign(&[step.as_bytes()]));
        }
        key
    }

    /// The HMAC of the parts, one after the other.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> Sha256Hash {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The HMAC key that is `bytes`: padded with zeros to a block, hashed before if longer (RFC 2104).
    fn of(bytes: &[u8]) -> Self {
        let hash;
        let mut short = bytes;
        if bytes.len() > BLOCK_BYTES {
            hash = sha256(bytes);
            short = &hash;
        }
        let mut block = [0; BLOCK_BYTES];
        block.iter_mut().zip(short).for_each(|(to, from)| *to = *from);
        Self(Hmac::new(&block.into()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::hex_string;

    #[test]
    fn hmac_of_the_rfc() {
        // RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
        for (key, message, expected) in [
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let (start, end) = message.as_bytes().split_at(7);
            assert_eq!(hex_string(&SigningKey::of(&key).sign(&[start, end])), expected);
        }
    }

    #[test]
    fn the_derivations_that_aws_documents() {
        // "Examples of how to derive a signing key for Signature Version 4" and "Task 3: Calculate the
        // signature", AWS General Reference. A key is an HMAC key, so it is seen by what it signs.
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        for (date, expected) in [
            ("20120215", "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"),
            ("20150830", "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"),
        ] {
            let key = SigningKey::derive(secret, date, "us-east-1", "iam");
            let same = SigningKey::of(&crate::text::unhex(expected).unwrap());
            assert_eq!(key.sign(&[b"message"]), same.sign(&[b"message"]), "{date}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", SigningKey::of(b"k")), "SigningKey(not shown)");
    }
}
