//! The signatures of instance identity documents, and the certificate that they verify against.
//!
//! AWS signs with three keys: `signature` by RSA, `pkcs7` by DSA, `rsa2048` by RSA with 2048 bits (EC2 user
//! guide, "verify instance identity documents"). Here one RSA key of 2048 bits signs all three; what verifies
//! them is the same `openssl smime -verify`.

use base64ct::{Base64, Encoding};
use names::{Entropy, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use sha2::{Digest, Sha256};

use crate::der;

/// Bits of the key.
const KEY_BITS: usize = 2048;
/// Characters of a line of base64.
const LINE_CHARACTERS: usize = 64;
/// Since when and until when the certificate is valid: wherever somebody sets the clock.
const NOT_BEFORE: &str = "2020-01-01T00:00:00Z";
const NOT_AFTER: &str = "9999-12-31T23:59:59Z";

// Object identifiers, encoded: RFC 8017, RFC 5652, RFC 4519, FIPS 180-4.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
const COUNTRY: &[u8] = &[0x55, 4, 6];
const ORGANIZATION: &[u8] = &[0x55, 4, 10];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

/// Signs identity documents.
pub struct Signer {
    key: RsaKeyPair,
    random: SystemRandom,
    certificate: Vec<u8>,
    serial: [u8; 8],
}

/// Why there is no signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key of identity documents cannot be {what}: {why}")]
pub struct SignerError {
    what: &'static str,
    why: String,
}

impl SignerError {
    fn new(what: &'static str, why: impl ToString) -> Self {
        Self { what, why: why.to_string() }
    }
}

/// A new private key (RFC 8017's `RSAPrivateKey`, in DER). It takes a moment: primes are searched.
///
/// # Errors
/// [`SignerError`]
pub fn generate(entropy: &mut dyn Entropy) -> Result<Vec<u8>, SignerError> {
    let key = RsaPrivateKey::new(&mut Random(entropy), KEY_BITS);
    let key = key.map_err(|error| SignerError::new("made", error))?;
    let document = key.to_pkcs1_der().map_err(|error| SignerError::new("written", error))?;
    Ok(document.as_bytes().to_vec())
}

impl Signer {
    /// Signs with a private key that [`generate`] made.
    ///
    /// # Errors
    /// [`SignerError`] for anything else.
    pub fn new(private_key: &[u8]) -> Result<Self, SignerError> {
        let key = RsaKeyPair::from_der(private_key);
        let key = key.map_err(|error| SignerError::new("read", error))?;
        let digest: [u8; 32] = Sha256::digest(key.public_key().as_ref()).into();
        let serial = digest.first_chunk::<8>().copied().unwrap_or_default();
        let mut signer = Self { key, random: SystemRandom::new(), certificate: Vec::new(), serial };
        signer.certificate = signer.make_certificate()?;
        Ok(signer)
    }

    /// The certificate, in PEM.
    #[must_use]
    pub fn certificate(&self) -> String {
        let body = lines(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    /// The signature of `document` in base64, as under `signature`.
    ///
    /// # Errors
    /// [`SignerError`] if the key fails.
    pub fn signature(&self, document: &str) -> Result<String, SignerError> {
        Ok(lines(&self.sign(document.as_bytes())?))
    }

    /// `document` with its signature (RFC 5652) in base64, as under `pkcs7` and `rsa2048`: without the lines
    /// that begin and end PEM.
    ///
    /// # Errors
    /// [`SignerError`] if the key fails.
    pub fn message(&self, document: &str, now: Timestamp) -> Result<String, SignerError> {
        let digest = Sha256::digest(document.as_bytes());
        let attributes = [
            attribute(CONTENT_TYPE, &der::object_id(DATA)),
            attribute(SIGNING_TIME, &der::time(&now.to_string())),
            attribute(MESSAGE_DIGEST, &der::octet_string(&digest)),
        ]
        .concat();
        let signature = self.sign(&der::tagged(der::SET, &attributes))?;
        let one = der::integer(&[1]);
        let hash = algorithm(SHA256);
        let signer = der::sequence(&[
            &one,
            &der::sequence(&[&name(), &der::integer(&self.serial)]),
            &hash,
            &der::tagged(der::CONTEXT_0, &attributes),
            &algorithm(RSA_ENCRYPTION),
            &der::octet_string(&signature),
        ]);
        let content = der::tagged(der::CONTEXT_0, &der::octet_string(document.as_bytes()));
        let signed = der::sequence(&[
            &one,
            &der::tagged(der::SET, &hash),
            &der::sequence(&[&der::object_id(DATA), &content]),
            &der::tagged(der::SET, &signer),
        ]);
        let message =
            der::sequence(&[&der::object_id(SIGNED_DATA), &der::tagged(der::CONTEXT_0, &signed)]);
        Ok(lines(&message))
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        let signed = self.key.sign(&RSA_PKCS1_SHA256, &self.random, bytes, &mut signature);
        signed.map_err(|error| SignerError::new("used", error))?;
        Ok(signature)
    }

    /// A certificate that the key signs itself (RFC 5280).
    fn make_certificate(&self) -> Result<Vec<u8>, SignerError> {
        let public = self.key.public_key().as_ref();
        let constraints = der::sequence(&[&der::TRUE]);
        let extension = der::sequence(&[
            &der::object_id(BASIC_CONSTRAINTS),
            &der::TRUE,
            &der::octet_string(&constraints),
        ]);
        let version_3 = der::tagged(der::CONTEXT_0, &der::integer(&[2]));
        let to_sign = der::sequence(&[
            &version_3,
            &der::integer(&self.serial),
            &algorithm(SHA256_WITH_RSA),
            &name(),
            &der::sequence(&[&der::time(NOT_BEFORE), &der::time(NOT_AFTER)]),
            &name(),
            &der::sequence(&[&algorithm(RSA_ENCRYPTION), &der::bit_string(public)]),
            &der::tagged(der::CONTEXT_3, &der::sequence(&[&extension])),
        ]);
        let signature = self.sign(&to_sign)?;
        let algorithm = algorithm(SHA256_WITH_RSA);
        Ok(der::sequence(&[&to_sign, &algorithm, &der::bit_string(&signature)]))
    }
}

/// Who signs.
fn name() -> Vec<u8> {
    let part =
        |kind, text: &[u8]| der::tagged(der::SET, &der::sequence(&[&der::object_id(kind), text]));
    der::sequence(&[
        &part(COUNTRY, &der::printable("US")),
        &part(ORGANIZATION, &der::utf8("rolecall")),
        &part(COMMON_NAME, &der::utf8("rolecall instance identity")),
    ])
}

fn algorithm(arcs: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::object_id(arcs), &der::NULL])
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::object_id(kind), &der::tagged(der::SET, value)])
}

fn lines(bytes: &[u8]) -> String {
    let text = Base64::encode_string(bytes);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(LINE_CHARACTERS)
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    lines.join("\n")
}

/// Our source of random bytes, as the `rsa` crate asks for it.
struct Random<'e>(&'e mut dyn Entropy);

impl rsa::rand_core::RngCore for Random<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Random<'_> {}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer(redacted)")
    }
}
