//! What only this server knows: the key that seals session tokens, how second factors are checked, and whether
//! what is on its way takes time.

use std::fmt;

use base64ct::{Base64, Encoding};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::latency::Latency;
use crate::operation::Ask;

/// Bytes of a sealing key.
pub const SEALING_KEY_BYTES: usize = 32;
/// Bytes that make each seal different.
pub const NONCE_BYTES: usize = 24;
/// Characters of a secret access key.
pub const SECRET_ACCESS_KEY_CHARACTERS: usize = 40;

/// Bytes of a secret access key before they are written in base64.
const SECRET_ACCESS_KEY_BYTES: usize = SECRET_ACCESS_KEY_CHARACTERS / 4 * 3;

/// What a server keeps to itself and hands to operations.
#[derive(Debug)]
pub struct Secrets {
    /// The key of session tokens and authorization messages.
    pub sealing_key: SealingKey,
    /// Checks the code of a second factor.
    pub mfa: MfaCheck,
    /// Whether what is on its way takes time.
    pub latency: Latency,
}

/// Whether `code` is what the caller's device `serial` shows now.
pub type MfaCheck = fn(ask: &Ask<'_>, serial: &str, code: &str) -> MfaAnswer;

/// What is known of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaAnswer {
    /// It is the device's.
    Accepted,
    /// The device shows another one.
    WrongCode,
    /// The caller has no such device.
    UnknownDevice,
}

/// The key that every server of an account shares: whatever one of them sealed, all of them open, so
/// that sessions need not be stored.
///
/// From it come keys of their own for session tokens, for authorization messages and for the secret
/// access keys of sessions, so that none of them can be taken for another.
#[derive(Clone)]
pub struct SealingKey {
    tokens: XChaCha20Poly1305,
    messages: XChaCha20Poly1305,
    bearers: XChaCha20Poly1305,
    secrets: Hmac<Sha256>,
    others: Hmac<Sha256>,
    nonces: Hmac<Sha256>,
}

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A session token.
    Token,
    /// An encoded authorization message.
    Message,
    /// A bearer token of Databricks' OAuth.
    Bearer,
}

impl Secrets {
    /// With `sealing_key`, for a cloud in which nobody has a second factor.
    #[must_use]
    pub fn new(sealing_key: SealingKey) -> Self {
        Self { sealing_key, mfa: |_, _, _| MfaAnswer::UnknownDevice, latency: Latency::None }
    }
}

impl SealingKey {
    /// From random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; SEALING_KEY_BYTES]) -> Self {
        let derive = |purpose: &str| -> [u8; SEALING_KEY_BYTES] {
            let mut mac = keyed(bytes);
            mac.update(purpose.as_bytes());
            mac.finalize().into_bytes().into()
        };
        Self {
            tokens: XChaCha20Poly1305::new(&derive("rolecall session token").into()),
            messages: XChaCha20Poly1305::new(&derive("rolecall authorization message").into()),
            bearers: XChaCha20Poly1305::new(&derive("rolecall bearer token").into()),
            secrets: keyed(&derive("rolecall secret access key")),
            others: keyed(&derive("rolecall other keys")),
            nonces: keyed(&derive("rolecall nonce")),
        }
    }

    /// The secret that belongs to the access key of a session.
    #[must_use]
    pub fn secret_access_key(&self, access_key_id: &str) -> String {
        let mut mac = self.secrets.clone();
        mac.update(access_key_id.as_bytes());
        let bytes = mac.finalize().into_bytes();
        Base64::encode_string(bytes.get(..SECRET_ACCESS_KEY_BYTES).unwrap_or_default())
    }

    /// A key for another purpose, which tells nothing of this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; SEALING_KEY_BYTES] {
        let mut mac = self.others.clone();
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Encrypts and authenticates `plain`. The same nonce must not be used for two texts.
    ///
    /// `None` for texts of more than 256 GiB.
    #[must_use]
    pub fn seal(
        &self,
        purpose: Purpose,
        plain: &[u8],
        nonce: [u8; NONCE_BYTES],
    ) -> Option<Vec<u8>> {
        let payload = Payload { msg: plain, aad: &[FORMAT] };
        let sealed = self.cipher(purpose).encrypt(&nonce.into(), payload).ok()?;
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(FORMAT);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Some(out)
    }

    /// What was sealed; `None` if it was not sealed with this key for this purpose.
    #[must_use]
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Option<Vec<u8>> {
        let (format, rest) = sealed.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: &[*format] };
        let cipher = self.cipher(purpose);
        (*format == FORMAT).then(|| cipher.decrypt(&(*nonce).into(), payload).ok())?
    }

    /// A nonce that follows from what is sealed, where there are no random bytes.
    #[must_use]
    pub fn nonce_for(&self, plain: &[u8]) -> [u8; NONCE_BYTES] {
        let mut mac = self.nonces.clone();
        mac.update(plain);
        let bytes: [u8; SEALING_KEY_BYTES] = mac.finalize().into_bytes().into();
        bytes.first_chunk::<NONCE_BYTES>().copied().unwrap_or_default()
    }

    fn cipher(&self, purpose: Purpose) -> &XChaCha20Poly1305 {
        match purpose {
            Purpose::Token => &self.tokens,
            Purpose::Message => &self.messages,
            Purpose::Bearer => &self.bearers,
        }
    }
}

/// The first byte of everything sealed: the form of what follows.
const FORMAT: u8 = 1;

/// HMAC's own block is 64 bytes: a shorter key is filled up with zeros (RFC 2104).
fn keyed(key: &[u8; SEALING_KEY_BYTES]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new(&block.into())
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealingKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_can_be_opened_with_the_same_key_for_the_same_purpose_only() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(Purpose::Token, b"plain", [1; NONCE_BYTES]).unwrap();
        assert_eq!(key.open(Purpose::Token, &sealed).as_deref(), Some(&b"plain"[..]));
        assert_eq!(SealingKey::new(&[7; 32]).open(Purpose::Token, &sealed).unwrap(), b"plain");
        assert_eq!(key.open(Purpose::Message, &sealed), None);
        assert_eq!(SealingKey::new(&[8; 32]).open(Purpose::Token, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(Purpose::Token, &changed), None, "byte {at}");
            assert_eq!(key.open(Purpose::Token, &sealed[..at]), None, "{at} bytes");
        }
    }

    #[test]
    fn secrets_follow_from_key_and_id() {
        let key = SealingKey::new(&[7; 32]);
        let secret = key.secret_access_key("ASIA1");
        assert_eq!(secret.len(), SECRET_ACCESS_KEY_CHARACTERS);
        assert_eq!(secret, SealingKey::new(&[7; 32]).secret_access_key("ASIA1"));
        assert_ne!(secret, key.secret_access_key("ASIA2"));
        assert_ne!(secret, SealingKey::new(&[8; 32]).secret_access_key("ASIA1"));
    }

    #[test]
    fn other_keys_follow_from_their_purpose() {
        let key = SealingKey::new(&[7; 32]);
        assert_eq!(key.derive("a"), SealingKey::new(&[7; 32]).derive("a"));
        assert_ne!(key.derive("a"), key.derive("b"));
        assert_ne!(key.derive("a"), SealingKey::new(&[8; 32]).derive("a"));
    }

    #[test]
    fn nonces_follow_from_the_text() {
        let key = SealingKey::new(&[7; 32]);
        assert_eq!(key.nonce_for(b"a"), key.nonce_for(b"a"));
        assert_ne!(key.nonce_for(b"a"), key.nonce_for(b"b"));
    }

    #[test]
    fn keys_are_not_shown() {
        let secrets = Secrets::new(SealingKey::new(&[7; 32]));
        let text = format!("{secrets:?}");
        assert!(text.contains("sealing_key: SealingKey(redacted)"), "{text}");
    }
}
