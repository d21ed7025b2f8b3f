//! Key pairs: the row, and how it is found; the operations are in the files below.

pub mod delete;
pub mod describe;
pub mod import;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};

/// A key pair, whose private half its owner has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyPairRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `key-…`
    pub id: String,
    /// Its name, which launches know it by.
    pub name: String,
    /// `rsa` or `ed25519`.
    pub kind: String,
    /// The fingerprint of the public key.
    pub fingerprint: String,
    /// The public key, as OpenSSH writes it.
    pub public_key: String,
    /// When it was imported.
    pub created: Timestamp,
}

regional_row!(KeyPairRow, "ec2_key_pair");

impl Regional for KeyPairRow {
    const KIND: Kind = Kind::KeyPair;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![("ec2:KeyPairName", self.name.clone()), ("ec2:KeyPairType", self.kind.clone())]
    }
}

/// The key pair of this name.
///
/// # Errors
/// `InvalidKeyPair.NotFound`
pub fn find(ask: &Ask<'_>, name: &str) -> Result<Arc<KeyPairRow>, Fault> {
    named(ask, name).ok_or_else(|| Kind::KeyPair.not_found(name))
}

/// The key pair of this name, if there is one. An account has few.
#[must_use]
pub fn named(ask: &Ask<'_>, name: &str) -> Option<Arc<KeyPairRow>> {
    regional::all::<KeyPairRow>(ask).into_iter().find(|key| key.name == name)
}
