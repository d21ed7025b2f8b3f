//! A body while it comes in: counted, hashed, and at its end held against what the client said of it.

use std::fmt;

use base64ct::{Base64, Encoding};
use cloud::Fault;
use fast_md5::Md5;

use crate::checksum::{Algorithm, Checksum, Coverage, Hasher, Members};

/// Bytes of one upload: 5 GiB ("PutObject", "UploadPart", S3 API reference).
pub const MAX_UPLOAD_BYTES: u64 = 5 << 30;

/// A body on its way in.
#[derive(Debug)]
pub struct Intake {
    md5: Md5Sum,
    algorithm: Algorithm,
    hasher: Hasher,
    bytes: u64,
    expected: Expected,
}

/// The MD5 of a body in the making. It is the slowest of all sums and can be made elsewhere, of the same bytes: see
/// [`Intake::lend_md5`].
pub struct Md5Sum(Md5);

/// What the client said of the body.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// `Content-MD5`
    pub md5: Option<String>,
    /// The `x-amz-checksum-*` headers.
    pub checksums: Members,
    /// `x-amz-sdk-checksum-algorithm`
    pub algorithm: Option<String>,
    /// The checksum that a trailer will carry.
    pub trailer: Option<Algorithm>,
    /// What an upload in parts wants of each.
    pub default: Option<Algorithm>,
    /// `Content-Length`, of the bytes that are meant.
    pub bytes: Option<u64>,
}

impl Intake {
    /// Begins a body.
    ///
    /// # Errors
    /// `InvalidDigest` for an MD5 that is none, `InvalidRequest` for a checksum that is none or several,
    /// `EntityTooLarge`.
    pub fn begin(expected: Expected) -> Result<Self, Fault> {
        check_size(expected.bytes.unwrap_or_default())?;
        if let Some(md5) = &expected.md5
            && !Base64::decode_vec(md5).is_ok_and(|bytes| bytes.len() == 16)
        {
            let fault = Fault::new("InvalidDigest", "The Content-MD5 you specified was invalid.");
            return Err(fault.with_detail("Content-MD5", md5));
        }
        let sent =
            Algorithm::ALL.into_iter().filter(|kind| expected.checksums.get(*kind).is_some());
        let sent: Vec<Algorithm> = sent.chain(expected.trailer).collect();
        if sent.len() > 1 {
            let text = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
            return Err(Fault::new("InvalidRequest", text));
        }
        if let Some((kind, value)) =
            sent.first().and_then(|kind| Some((*kind, expected.checksums.get(*kind)?)))
            && !kind.is_value(value)
        {
            let text = format!("Value for {} header is invalid.", kind.header());
            return Err(Fault::new("InvalidRequest", text));
        }
        let named = match expected.algorithm.as_deref() {
            Some(name) => Some(named(name)?),
            None => None,
        };
        if let (Some(named), Some(sent)) = (named, sent.first())
            && named != *sent
        {
            let text = "Value for x-amz-sdk-checksum-algorithm header is invalid.";
            return Err(Fault::new("InvalidRequest", text));
        }
        let algorithm = sent.first().copied().or(named).or(expected.default);
        let algorithm = algorithm.unwrap_or(Algorithm::Crc64nvme);
        let hasher = algorithm.hasher();
        Ok(Self { md5: Md5Sum::default(), algorithm, hasher, bytes: 0, expected })
    }

    /// Begins a body of which nothing is said.
    #[must_use]
    pub fn plain() -> Self {
        Self::of(Algorithm::Crc64nvme)
    }

    /// The same with a checksum of a certain kind.
    #[must_use]
    pub fn of(algorithm: Algorithm) -> Self {
        let expected = Expected::default();
        let (md5, hasher) = (Md5Sum::default(), algorithm.hasher());
        Self { md5, algorithm, hasher, bytes: 0, expected }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.update_others(bytes);
    }

    /// Takes the next bytes, but for the MD5, which is lent.
    pub fn update_others(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// Lends the MD5 to whoever updates it with the same bytes, and gives it back with [`Intake::take_back_md5`].
    pub fn lend_md5(&mut self) -> Md5Sum {
        std::mem::take(&mut self.md5)
    }

    /// Takes the MD5 back that was lent.
    pub fn take_back_md5(&mut self, md5: Md5Sum) {
        self.md5 = md5;
    }

    /// Bytes so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The MD5 in hexadecimal and the checksum.
    #[must_use]
    pub fn results(self) -> (String, Checksum) {
        let md5 = self.md5.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let (algorithm, value) = (self.algorithm, self.hasher.finish(self.algorithm));
        (md5, Checksum { algorithm, value, coverage: Coverage::FullObject })
    }

    /// Ends the body: MD5 and checksum, which are what the client and the trailers said.
    ///
    /// # Errors
    /// `BadDigest`, `IncompleteBody`.
    pub fn finish(self, trailers: &[(String, String)]) -> Result<(String, Checksum), Fault> {
        let (bytes, expected) = (self.bytes, self.expected.clone());
        if expected.bytes.is_some_and(|said| said != bytes) {
            let text = "You did not provide the number of bytes specified by the Content-Length HTTP header";
            return Err(Fault::new("IncompleteBody", text));
        }
        let (md5, checksum) = self.results();
        if let Some(said) = &expected.md5
            && Base64::decode_vec(said).ok() != unhex(&md5)
        {
            let text = "The Content-MD5 you specified did not match what we received.";
            let calculated = unhex(&md5).map(|bytes| Base64::encode_string(&bytes));
            return Err(Fault::new("BadDigest", text)
                .with_detail("ExpectedDigest", said)
                .with_detail("CalculatedDigest", calculated.unwrap_or_default()));
        }
        let header = checksum.algorithm.header();
        let trailer = trailers.iter().find(|(name, _)| name == header).map(|(_, value)| &**value);
        let said = expected.checksums.get(checksum.algorithm).or(trailer);
        if let Some(value) = trailer
            && !checksum.algorithm.is_value(value)
        {
            let text = format!("Value for {header} trailing header is invalid.");
            return Err(Fault::new("InvalidRequest", text));
        }
        if said.is_some_and(|said| said != checksum.value) {
            let name = checksum.algorithm.name();
            let text = format!("The {name} you specified did not match the calculated checksum.");
            return Err(Fault::new("BadDigest", text));
        }
        Ok((md5, checksum))
    }
}

impl Default for Md5Sum {
    fn default() -> Self {
        Self(Md5::new())
    }
}

impl fmt::Debug for Md5Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Md5Sum")
    }
}

impl Md5Sum {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Whether these are not more bytes than one upload may have.
///
/// # Errors
/// `EntityTooLarge`
pub fn check_size(bytes: u64) -> Result<(), Fault> {
    if bytes > MAX_UPLOAD_BYTES { Err(too_large(bytes)) } else { Ok(()) }
}

/// The kind that a request names.
///
/// # Errors
/// `InvalidRequest`
pub fn named(name: &str) -> Result<Algorithm, Fault> {
    Algorithm::named(name).ok_or_else(|| {
        let text = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: \
                    [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]";
        Fault::new("InvalidRequest", text)
    })
}

/// The bytes that hexadecimal digits stand for.
pub(crate) fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn too_large(bytes: u64) -> Fault {
    Fault::new("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
        .with_detail("ProposedSize", bytes.to_string())
        .with_detail("MaxSizeAllowed", MAX_UPLOAD_BYTES.to_string())
}

#[cfg(test)]
mod tests {
    use md5::Digest;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_md5_is_the_one_of_another_library(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..9),
        ) {
            let mut intake = Intake::plain();
            pieces.iter().for_each(|piece| intake.update(piece));
            let oracle = md5::Md5::digest(pieces.concat());
            let digits: String = oracle.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(intake.results().0, digits);
        }
    }

    const MD5_OF_ABC: &str = "kAFQmDzST7DWlj99KOF/cg==";

    fn finish(expected: Expected, trailers: &[(&str, &str)]) -> Result<Checksum, &'static str> {
        let mut intake = Intake::begin(expected).map_err(|fault| fault.code)?;
        intake.update(b"ab");
        intake.update(b"c");
        let trailers: Vec<(String, String)> = trailers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        intake.finish(&trailers).map(|(_, checksum)| checksum).map_err(|fault| fault.code)
    }

    fn with(change: impl FnOnce(&mut Expected)) -> Expected {
        let mut expected = Expected::default();
        change(&mut expected);
        expected
    }

    #[test]
    fn what_is_said_must_be_so() {
        let text = |text: &str| Some(text.to_owned());
        let crc32 = Algorithm::Crc32.header();
        type Case<'c> = (Expected, Vec<(&'c str, &'c str)>, Result<Algorithm, &'c str>);
        let cases: Vec<Case<'_>> = vec![
            (Expected::default(), vec![], Ok(Algorithm::Crc64nvme)),
            (with(|said| said.md5 = text(MD5_OF_ABC)), vec![], Ok(Algorithm::Crc64nvme)),
            (with(|said| said.md5 = text("AAAAAAAAAAAAAAAAAAAAAA==")), vec![], Err("BadDigest")),
            (with(|said| said.md5 = text("not base64")), vec![], Err("InvalidDigest")),
            (with(|said| said.checksums.crc32 = text("NSRBwg==")), vec![], Ok(Algorithm::Crc32)),
            (with(|said| said.checksums.crc32 = text("AAAAAA==")), vec![], Err("BadDigest")),
            (with(|said| said.checksums.crc32 = text("AAAA")), vec![], Err("InvalidRequest")),
            (
                with(|said| {
                    said.checksums.crc32 = text("NSRBwg==");
                    said.checksums.sha1 = text("AAAA");
                }),
                vec![],
                Err("InvalidRequest"),
            ),
            (
                with(|said| said.trailer = Some(Algorithm::Crc32)),
                vec![(crc32, "NSRBwg==")],
                Ok(Algorithm::Crc32),
            ),
            (
                with(|said| said.trailer = Some(Algorithm::Crc32)),
                vec![(crc32, "AAAAAA==")],
                Err("BadDigest"),
            ),
            (
                with(|said| said.trailer = Some(Algorithm::Crc32)),
                vec![(crc32, "!")],
                Err("InvalidRequest"),
            ),
            (with(|said| said.algorithm = text("SHA256")), vec![], Ok(Algorithm::Sha256)),
            (with(|said| said.algorithm = text("MD6")), vec![], Err("InvalidRequest")),
            (with(|said| said.bytes = Some(3)), vec![], Ok(Algorithm::Crc64nvme)),
            (with(|said| said.bytes = Some(4)), vec![], Err("IncompleteBody")),
            (with(|said| said.bytes = Some(MAX_UPLOAD_BYTES + 1)), vec![], Err("EntityTooLarge")),
        ];
        for (expected, trailers, wanted) in cases {
            let shown = format!("{expected:?}");
            let found = finish(expected, &trailers).map(|checksum| checksum.algorithm);
            assert_eq!(found, wanted, "{shown}");
        }
    }

    #[test]
    fn one_upload_has_five_gibibytes_at_most() {
        assert!(Intake::begin(with(|said| said.bytes = Some(MAX_UPLOAD_BYTES))).is_ok());
    }
}
