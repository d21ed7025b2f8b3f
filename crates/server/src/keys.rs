//! Signing keys, derived once a day: the derivation costs more than the signature.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sigv4::{Scope, SigningKey};

/// Access keys whose derived keys are kept; beyond, the cache starts anew.
const MAX_ACCESS_KEYS: usize = 10_000;
/// Derived keys of one access key that are kept, the latest ones.
const MAX_DERIVED: usize = 8;

/// Derived keys by access key.
#[derive(Default)]
pub(crate) struct SigningKeys {
    keys: Mutex<HashMap<Box<str>, Vec<Derived>, foldhash::fast::RandomState>>,
}

/// A key, and all that it was derived from: a secret may change.
struct Derived {
    secret: Box<str>,
    date: Box<str>,
    region: Box<str>,
    service: Box<str>,
    key: SigningKey,
}

impl SigningKeys {
    pub(crate) fn get(&self, access_key_id: &str, secret: &str, scope: Scope<'_>) -> SigningKey {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let known = keys.get(access_key_id).and_then(|derived| {
            derived
                .iter()
                .find(|derived| derived.is_of(secret, scope))
                .map(|known| known.key.clone())
        });
        if let Some(key) = known {
            return key;
        }
        let key = SigningKey::derive(secret, scope.date, scope.region, scope.service);
        if keys.len() >= MAX_ACCESS_KEYS {
            keys.clear();
        }
        let derived = keys.entry(access_key_id.into()).or_default();
        if derived.len() >= MAX_DERIVED {
            derived.remove(0);
        }
        derived.push(Derived {
            secret: secret.into(),
            date: scope.date.into(),
            region: scope.region.into(),
            service: scope.service.into(),
            key: key.clone(),
        });
        key
    }
}

impl Derived {
    fn is_of(&self, secret: &str, scope: Scope<'_>) -> bool {
        *self.secret == *secret
            && *self.date == *scope.date
            && *self.region == *scope.region
            && *self.service == *scope.service
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_keys_are_kept() {
        let keys = SigningKeys::default();
        let kept = || keys.keys.lock().unwrap().get("AKIA").map_or(0, Vec::len);
        let get = |secret: &str, region: &str| {
            let scope =
                Scope { date: "20260101", region, service: "iam", terminator: "aws4_request" };
            let _ = keys.get("AKIA", secret, scope);
            kept()
        };
        assert_eq!((get("secret", "a"), get("secret", "a")), (1, 1));
        assert_eq!((get("other", "a"), get("secret", "b"), get("secret", "b")), (2, 3, 3));
        (0..MAX_DERIVED)
            .for_each(|number| assert!(get("secret", &number.to_string()) <= MAX_DERIVED));
        assert_eq!((get("secret", "7"), kept()), (MAX_DERIVED, MAX_DERIVED));
    }
}
