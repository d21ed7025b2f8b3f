//! An identity provider that signs tokens.

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// A provider with a key, `k1`.
pub struct Idp {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Idp {
    /// One with a new key.
    #[expect(clippy::new_without_default, reason = "a test says what it makes")]
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    /// Its key set, as it would publish it.
    pub fn key_set(&self) -> String {
        let point = self.pair.public_key().as_ref();
        let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256",
            "x": coordinate(&point[1..33]), "y": coordinate(&point[33..]),
        }]})
        .to_string()
    }

    /// A token of these claims.
    pub fn token(&self, claims: &Value) -> String {
        let encode = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let signed =
            format!("{}.{}", encode(&json!({"alg": "ES256", "kid": "k1"})), encode(claims));
        let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(signature.as_ref()))
    }
}
