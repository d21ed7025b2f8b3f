//! The tokens of IMDSv2. Nothing of them is kept: a token says when it ends, and is sealed for the instance
//! that it was made for.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use names::{Entropy, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Seconds of the shortest token.
pub const MIN_TTL_SECONDS: u32 = 1;
/// Seconds of the longest token: six hours.
pub const MAX_TTL_SECONDS: u32 = 21_600;
/// Bytes of the key that seals tokens.
pub const KEY_BYTES: usize = 32;

/// Bytes that tell apart tokens of the same second.
const NONCE_BYTES: usize = 8;
/// Bytes of the end of a token in seconds, and of the nonce.
const PLAIN_BYTES: usize = 8 + NONCE_BYTES;
/// Bytes of the seal. With the rest a token has 56 characters, as the real ones.
const SEAL_BYTES: usize = 24;

/// Makes and checks tokens.
#[derive(Clone)]
pub struct Tokens {
    key: Hmac<Sha256>,
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was not made here, or not for this instance.
    #[error("the token was not made for this instance")]
    Invalid,
    /// It has ended.
    #[error("the token has expired")]
    Expired,
}

impl Tokens {
    /// Sealed with `key`.
    #[must_use]
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        // HMAC's own block is 64 bytes: a shorter key is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Self { key: Hmac::new(&block.into()) }
    }

    /// A token for `instance` that lasts `ttl_seconds` from `now` on.
    #[must_use]
    pub fn issue(
        &self,
        instance: &str,
        now: Timestamp,
        ttl_seconds: u32,
        entropy: &mut dyn Entropy,
    ) -> String {
        let end = now.plus_seconds(i64::from(ttl_seconds)).unix_seconds();
        let mut plain = [0; PLAIN_BYTES];
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let bytes = end.to_be_bytes().into_iter().chain(nonce);
        plain.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let mut token = plain.to_vec();
        token.extend_from_slice(&self.seal(instance, &plain));
        Base64::encode_string(&token)
    }

    /// The seconds that are left of a token of `instance`.
    ///
    /// # Errors
    /// [`TokenError`]
    pub fn check(&self, token: &[u8], instance: &str, now: Timestamp) -> Result<u32, TokenError> {
        let mut buffer = [0; PLAIN_BYTES + SEAL_BYTES];
        let bytes = Base64::decode(token, &mut buffer).map_err(|_| TokenError::Invalid)?;
        let (plain, seal) = bytes.split_first_chunk::<PLAIN_BYTES>().ok_or(TokenError::Invalid)?;
        if !bool::from(seal.ct_eq(&self.seal(instance, plain))) {
            return Err(TokenError::Invalid);
        }
        let end = plain.first_chunk::<8>().map_or(0, |end| i64::from_be_bytes(*end));
        let left = end.saturating_sub(now.unix_seconds());
        u32::try_from(left).ok().filter(|left| *left > 0).ok_or(TokenError::Expired)
    }

    fn seal(&self, instance: &str, plain: &[u8; PLAIN_BYTES]) -> [u8; SEAL_BYTES] {
        let mut mac = self.key.clone();
        mac.update(plain);
        mac.update(instance.as_bytes());
        let seal: [u8; 32] = mac.finalize().into_bytes().into();
        seal.first_chunk::<SEAL_BYTES>().copied().unwrap_or_default()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens(redacted)")
    }
}
