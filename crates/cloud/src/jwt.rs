//! JSON web tokens of identity providers, checked against keys that are at hand: RS256 and ES256
//! (RFC 7515, 7517, 7518, 7519).

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Keys of one provider.
pub const MAX_KEYS: usize = 100;
/// Bytes of one number of a key: RSA keys of 8192 bits.
const MAX_NUMBER_BYTES: usize = 1024;
/// Bytes of a coordinate on the curve P-256.
const COORDINATE_BYTES: usize = 32;

/// A public key of a provider (RFC 7517), as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Its id, which tokens name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The key itself, its numbers in base64url.
    #[serde(flatten)]
    pub key: PublicKey,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum PublicKey {
    /// For RS256.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
    /// For ES256.
    #[serde(rename = "EC")]
    P256 {
        /// A coordinate.
        x: String,
        /// The other.
        y: String,
    },
}

/// A token that is well formed. That does not mean that anybody signed it.
#[derive(Clone)]
pub struct Token<'t> {
    signed: &'t str,
    header: Header,
    claims: Map<String, Value>,
    signature: Vec<u8>,
}

#[derive(Debug, Clone, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

/// Why a set of keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not a JSON web key set.
    #[error(
        "this is not a JSON web key set: write {{\"keys\": [...]}} with keys of type RSA or EC"
    )]
    Form,
    /// A key that no supported signature can be checked with.
    #[error(
        "key `{0}` cannot be used: RSA keys have `n` and `e` of 2048 to 8192 bits, EC keys are of \
         curve P-256 with `x` and `y`"
    )]
    Key(String),
    /// None, or more than [`MAX_KEYS`].
    #[error("a provider has 1 to {MAX_KEYS} keys, not {0}")]
    Count(usize),
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// None of the keys is meant: another id, or another algorithm.
    NoKey,
    /// The key that is meant did not make it.
    Wrong,
}

/// Reads a key set (RFC 7517, section 5). Keys for encryption are passed over.
///
/// # Errors
/// [`KeysError`]
pub fn parse_keys(text: &str) -> Result<Vec<Jwk>, KeysError> {
    let set: Value = serde_json::from_str(text).map_err(|_| KeysError::Form)?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or(KeysError::Form)?;
    let signing = keys.iter().filter(|key| key.get("use").is_none_or(|usage| usage == "sig"));
    let keys = signing.map(parse_key).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() || keys.len() > MAX_KEYS {
        return Err(KeysError::Count(keys.len()));
    }
    Ok(keys)
}

fn parse_key(value: &Value) -> Result<Jwk, KeysError> {
    let name = || value.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
    let key: Jwk = serde_json::from_value(value.clone()).map_err(|_| KeysError::Key(name()))?;
    let usable = match &key.key {
        PublicKey::Rsa { n, e } => {
            let bytes = number(n).map_or(0, |number| number.len());
            (256..=MAX_NUMBER_BYTES).contains(&bytes) && number(e).is_some()
        }
        PublicKey::P256 { x, y } => {
            value.get("crv").is_some_and(|curve| curve == "P-256") && point(x, y).is_some()
        }
    };
    if usable { Ok(key) } else { Err(KeysError::Key(name())) }
}

impl<'t> Token<'t> {
    /// Reads a token; `None` for what is none.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            signed,
            header: serde_json::from_slice(&decode(header)?).ok()?,
            claims: serde_json::from_slice(&decode(claims)?).ok()?,
            signature: decode(signature)?,
        })
    }

    /// What the token claims.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim that is a text or several.
    #[must_use]
    pub fn texts(&self, claim: &str) -> Vec<&str> {
        match self.claims.get(claim) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A claim that is a time, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        // Some providers write fractions (RFC 7519, section 2, NumericDate).
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, which is what a time needs"
        )]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// Checks who signed. A token that names a key is held against the keys of that id only.
    ///
    /// # Errors
    /// [`SignatureError`]
    pub fn verify(&self, keys: &[Jwk]) -> Result<(), SignatureError> {
        let named = |key: &&Jwk| self.header.kid.is_none() || key.kid == self.header.kid;
        let mut result = Err(SignatureError::NoKey);
        for key in keys.iter().filter(named) {
            match self.verify_with(&key.key) {
                Some(true) => return Ok(()),
                Some(false) => result = Err(SignatureError::Wrong),
                None => {}
            }
        }
        result
    }

    /// `None` if the key is not for the token's algorithm.
    fn verify_with(&self, key: &PublicKey) -> Option<bool> {
        let signed = self.signed.as_bytes();
        let result = match (self.header.alg.as_str(), key) {
            ("RS256", PublicKey::Rsa { n, e }) => {
                let key = RsaPublicKeyComponents { n: number(n)?, e: number(e)? };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, &self.signature)
            }
            ("ES256", PublicKey::P256 { x, y }) => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(x, y)?);
                key.verify(signed, &self.signature)
            }
            _ => return None,
        };
        Some(result.is_ok())
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// A number without leading zeros, as ring wants it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(start..).map(<[u8]>::to_vec)
}

/// A point in its uncompressed form (SEC 1, section 2.3.3).
fn point(x: &str, y: &str) -> Option<Vec<u8>> {
    let (x, y) = (decode(x)?, decode(y)?);
    let good = x.len() == COORDINATE_BYTES && y.len() == COORDINATE_BYTES;
    good.then(|| [&[4][..], &x, &y].concat())
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Who has the token can use it.
        formatter.debug_struct("Token").field("header", &self.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
