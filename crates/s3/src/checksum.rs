//! Checksums: of the five kinds that S3 verifies, keeps and answers (user guide, "Checking object integrity").

use base64ct::{Base64, Encoding};
use cloud::Fault;
use crc_fast::CrcAlgorithm;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// CRC-32 of ISO HDLC.
    Crc32,
    /// CRC-32 of Castagnoli.
    Crc32c,
    /// CRC-64 of NVME: what S3 computes if nobody asks for another.
    Crc64nvme,
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
}

/// Whether a checksum is of the whole object or of its parts' checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coverage {
    /// Of all bytes.
    #[serde(rename = "FULL_OBJECT")]
    FullObject,
    /// Of the checksums of the parts.
    #[serde(rename = "COMPOSITE")]
    Composite,
}

/// A checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// Its kind.
    pub algorithm: Algorithm,
    /// In base64; of parts, with `-` and their number behind it.
    pub value: String,
    /// What it is of.
    pub coverage: Coverage,
}

/// A checksum in the making.
#[derive(Debug, Clone)]
pub(crate) enum Hasher {
    Crc(crc_fast::Digest),
    Sha1(Sha1),
    Sha256(Sha256),
}

/// The checksum members of requests and answers, at most one of which is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    #[serde(rename = "ChecksumCRC32", default, skip_serializing_if = "Option::is_none")]
    pub(crate) crc32: Option<String>,
    #[serde(rename = "ChecksumCRC32C", default, skip_serializing_if = "Option::is_none")]
    pub(crate) crc32c: Option<String>,
    #[serde(rename = "ChecksumCRC64NVME", default, skip_serializing_if = "Option::is_none")]
    pub(crate) crc64nvme: Option<String>,
    #[serde(rename = "ChecksumSHA1", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha1: Option<String>,
    #[serde(rename = "ChecksumSHA256", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
}

impl Algorithm {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Crc32, Self::Crc32c, Self::Crc64nvme, Self::Sha1, Self::Sha256];

    /// Its name in requests, such as `CRC32C`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header and trailer that carries it, in lower case.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The bytes of a checksum.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The CRC behind it.
    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    pub(crate) fn hasher(self) -> Hasher {
        match (self, self.crc()) {
            (_, Some(crc)) => Hasher::Crc(crc_fast::Digest::new(crc)),
            (Self::Sha1, _) => Hasher::Sha1(Sha1::new()),
            _ => Hasher::Sha256(Sha256::new()),
        }
    }

    /// Whether `value` can be such a checksum.
    #[must_use]
    pub fn is_value(self, value: &str) -> bool {
        Base64::decode_vec(value).is_ok_and(|bytes| bytes.len() == self.bytes())
    }

    /// The checksum of an object that is made of parts: their number, and each one's value and bytes.
    ///
    /// # Errors
    /// `InvalidPart` for a part without a proper checksum.
    pub(crate) fn of_parts(
        self,
        coverage: Coverage,
        parts: &[(&str, u64)],
    ) -> Result<Checksum, Fault> {
        let bad =
            || Fault::new("InvalidPart", "One or more of the specified parts has no checksum");
        let decode = |value: &str| Base64::decode_vec(value).map_err(|_| bad());
        if let (Coverage::FullObject, Some(crc)) = (coverage, self.crc()) {
            let mut combined: Option<u64> = None;
            for (value, bytes) in parts {
                let number = decode(value)?.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
                combined = Some(match combined {
                    Some(before) => crc_fast::checksum_combine(crc, before, number, *bytes),
                    None => number,
                });
            }
            let value = self.crc_text(combined.unwrap_or_default());
            return Ok(Checksum { algorithm: self, value, coverage });
        }
        let mut hasher = self.hasher();
        for (value, _) in parts {
            hasher.update(&decode(value)?);
        }
        let value = format!("{}-{}", hasher.finish(self), parts.len());
        Ok(Checksum { algorithm: self, value, coverage: Coverage::Composite })
    }

    fn crc_text(self, number: u64) -> String {
        let all = number.to_be_bytes();
        Base64::encode_string(all.get(8 - self.bytes()..).unwrap_or_default())
    }
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(digest) => digest.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self, algorithm: Algorithm) -> String {
        match self {
            Self::Crc(digest) => algorithm.crc_text(digest.finalize()),
            Self::Sha1(hasher) => Base64::encode_string(&hasher.finalize()),
            Self::Sha256(hasher) => Base64::encode_string(&hasher.finalize()),
        }
    }
}

impl Members {
    /// Those of `checksum`.
    #[must_use]
    pub fn of(checksum: &Checksum) -> Self {
        let mut members = Self::default();
        *members.of_algorithm(checksum.algorithm) = Some(checksum.value.clone());
        members
    }

    fn of_algorithm(&mut self, algorithm: Algorithm) -> &mut Option<String> {
        match algorithm {
            Algorithm::Crc32 => &mut self.crc32,
            Algorithm::Crc32c => &mut self.crc32c,
            Algorithm::Crc64nvme => &mut self.crc64nvme,
            Algorithm::Sha1 => &mut self.sha1,
            Algorithm::Sha256 => &mut self.sha256,
        }
    }

    /// Those that `find` finds.
    #[must_use]
    pub fn read(find: impl Fn(Algorithm) -> Option<String>) -> Self {
        let mut members = Self::default();
        for algorithm in Algorithm::ALL {
            *members.of_algorithm(algorithm) = find(algorithm);
        }
        members
    }

    /// The checksum of this kind.
    #[must_use]
    pub fn get(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.crc32.as_deref(),
            Algorithm::Crc32c => self.crc32c.as_deref(),
            Algorithm::Crc64nvme => self.crc64nvme.as_deref(),
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(algorithm: Algorithm, bytes: &[u8]) -> String {
        let mut hasher = algorithm.hasher();
        hasher.update(bytes);
        hasher.finish(algorithm)
    }

    /// Check values of the CRC catalogue for `123456789`; RFC 3174 and FIPS 180-4 for the hashes.
    #[test]
    fn known_values() {
        let digits = b"123456789";
        for (algorithm, hex) in [
            (Algorithm::Crc32, "cbf43926"),
            (Algorithm::Crc32c, "e3069283"),
            (Algorithm::Crc64nvme, "ae8b14860a799888"),
            (Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (Algorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ] {
            let bytes = Base64::decode_vec(&of(algorithm, digits)).unwrap();
            let found: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, hex, "{algorithm:?}");
            assert!(algorithm.is_value(&of(algorithm, digits)));
            assert!(!algorithm.is_value("AAA="));
        }
    }

    #[test]
    fn checksums_of_parts() {
        let (one, two) = ([7_u8; 5000], [9_u8; 77]);
        let whole = [&one[..], &two[..]].concat();
        for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64nvme] {
            let (first, second) = (of(algorithm, &one), of(algorithm, &two));
            let parts = [(first.as_str(), 5000), (second.as_str(), 77)];
            let full = algorithm.of_parts(Coverage::FullObject, &parts).unwrap();
            assert_eq!(full.value, of(algorithm, &whole));
            let composite = algorithm.of_parts(Coverage::Composite, &parts).unwrap();
            assert!(composite.value.ends_with("=-2"), "{}", composite.value);
        }
        assert!(Algorithm::Sha1.of_parts(Coverage::Composite, &[("?", 1)]).is_err());
    }
}
