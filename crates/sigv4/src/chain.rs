//! The chain of signatures over the chunks of an aws-chunked body: each is made of the one before.
//!
//! Sources: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
//! Chunks" and "… Including Trailing Headers", S3 API Reference.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::key::SigningKey;
use crate::text::{EMPTY_SHA256, Hex64, Sha256Hash, hex};
use crate::timestamp::Timestamp;

/// The next signature's ingredients.
pub(crate) struct Chain {
    key: SigningKey,
    /// `timestamp\nscope\n`
    prefix: String,
    previous: Hex64,
}

impl Chain {
    /// Starts with the signature of the request's headers.
    pub(crate) fn new(key: SigningKey, date: Timestamp, scope: &str, seed: Hex64) -> Self {
        Self { key, prefix: format!("{date}\n{scope}\n"), previous: seed }
    }

    /// Whether `signature` is that of the next chunk, whose hash is `hash`.
    pub(crate) fn accepts_chunk(&mut self, hash: &Sha256Hash, signature: &[u8]) -> bool {
        self.previous = self.next_chunk(hash);
        bool::from(self.previous.as_slice().ct_eq(signature))
    }

    /// Whether `signature` is that of the trailing headers, whose hash is `hash`.
    pub(crate) fn accepts_trailer(&mut self, hash: &Sha256Hash, signature: &[u8]) -> bool {
        self.previous = self.next_trailer(hash);
        bool::from(self.previous.as_slice().ct_eq(signature))
    }

    pub(crate) fn next_chunk(&self, hash: &Sha256Hash) -> Hex64 {
        let algorithm = b"AWS4-HMAC-SHA256-PAYLOAD\n";
        self.sign(algorithm, &[EMPTY_SHA256.as_bytes(), b"\n", &hex(hash)].concat())
    }

    pub(crate) fn next_trailer(&self, hash: &Sha256Hash) -> Hex64 {
        self.sign(b"AWS4-HMAC-SHA256-TRAILER\n", &hex(hash))
    }

    fn sign(&self, algorithm: &[u8], rest: &[u8]) -> Hex64 {
        let prefix = self.prefix.as_bytes();
        hex(&self.key.sign(&[algorithm, prefix, &self.previous, b"\n", rest]))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The next signature is not the sender's to know until it sent it.
        formatter.write_str("Chain(not shown)")
    }
}
