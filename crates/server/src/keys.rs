//! Signing keys, derived once a day: the derivation costs more than the signature.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sigv4::{Scope, SigningKey};

/// Keys that are kept; beyond, the cache starts anew.
const MAX_CACHED_KEYS: usize = 10_000;

/// Derived keys by access key, day, region and service. The secret is part of what is looked up, so
/// that a key whose secret changed is derived again.
#[derive(Default)]
pub(crate) struct SigningKeys {
    keys: Mutex<HashMap<String, (String, SigningKey)>>,
}

impl SigningKeys {
    pub(crate) fn get(&self, access_key_id: &str, secret: &str, scope: Scope<'_>) -> SigningKey {
        let name = format!("{access_key_id}/{}/{}/{}", scope.date, scope.region, scope.service);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, key)) = keys.get(&name)
            && known == secret
        {
            return key.clone();
        }
        let key = SigningKey::derive(secret, scope.date, scope.region, scope.service);
        if keys.len() >= MAX_CACHED_KEYS {
            keys.clear();
        }
        keys.insert(name, (secret.to_owned(), key.clone()));
        key
    }
}
