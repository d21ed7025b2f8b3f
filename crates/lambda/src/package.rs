//! The package of a function: a zip file, looked at and not kept, as nothing runs it.

use base64ct::{Base64, Encoding};
use cloud::Fault;
use sha2::{Digest, Sha256};

use crate::code::invalid;

/// Bytes of a package that comes with the request (Lambda's quotas).
pub const MAX_ZIP_BYTES: usize = 50 << 20;
/// Bytes that the files of a package have together (Lambda's quotas); a package from S3 has no more than these.
pub const MAX_UNZIPPED_BYTES: u64 = 250 << 20;

/// The signature of a zip file's end of central directory, and how far from the end it can be: its own 22
/// bytes and a comment (PKWARE's APPNOTE, 4.3.16).
const END: &[u8] = b"PK\x05\x06";
const MAX_END_BYTES: usize = 22 + 65_535;
/// The signature of a file's entry in the central directory, and the bytes of one before its names (4.3.12).
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// What is known of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in base64.
    pub sha256: String,
}

impl Package {
    /// Looks at a zip file.
    ///
    /// # Errors
    /// `InvalidParameterValueException` for what is none, is empty, or is too large once it is unzipped.
    pub fn of(bytes: &[u8]) -> Result<Self, Fault> {
        match unzipped_bytes(bytes) {
            None => {
                let text = "Could not unzip uploaded file. Please check your file, then try to upload again.";
                Err(invalid(text))
            }
            Some(_) if bytes.starts_with(END) => {
                Err(invalid("Uploaded file must be a non-empty zip"))
            }
            Some(unzipped) if unzipped > MAX_UNZIPPED_BYTES => Err(too_large()),
            Some(_) => Ok(Self {
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                sha256: Base64::encode_string(&Sha256::digest(bytes)),
            }),
        }
    }
}

/// What Lambda says of files that are too large together (public reports).
#[must_use]
pub fn too_large() -> Fault {
    invalid(format!("Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes"))
}

/// The bytes that the files have together, by the central directory; `None` for what is no zip file.
fn unzipped_bytes(bytes: &[u8]) -> Option<u64> {
    let tail_start = bytes.len().saturating_sub(MAX_END_BYTES);
    let tail = bytes.get(tail_start..)?;
    let end = tail_start + tail.windows(END.len()).rposition(|window| window == END)?;
    let entries = number(bytes, end + 10, 2)?;
    let directory_bytes = usize::try_from(number(bytes, end + 12, 4)?).ok()?;
    let mut at = end.checked_sub(directory_bytes)?;
    let mut sum = 0_u64;
    for _ in 0..entries {
        let entry = bytes.get(at..at + ENTRY_BYTES)?;
        if !entry.starts_with(ENTRY) {
            return None;
        }
        sum += number(entry, 24, 4)?;
        let names = number(entry, 28, 2)? + number(entry, 30, 2)? + number(entry, 32, 2)?;
        at += ENTRY_BYTES + usize::try_from(names).ok()?;
    }
    bytes.starts_with(b"PK").then_some(sum)
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let digits = bytes.get(at..at + width)?;
    Some(digits.iter().rev().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    /// A zip file of one empty file `a`.
    const ZIP: &str = "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==";

    #[test]
    fn packages() {
        let zip = Base64::decode_vec(ZIP).unwrap();
        assert_eq!(Package::of(&zip).unwrap().bytes, 100);
        let cut = &zip[..zip.len() - 1];
        let bad: [&[u8]; 5] = [b"", b"AAAA", b"PK\x03\x04 cut off", &zip[..78], &cut[1..]];
        for bad in bad {
            assert!(
                Package::of(bad).unwrap_err().message.starts_with("Could not unzip"),
                "{bad:?}"
            );
        }
        let empty = [END, &[0; 18]].concat();
        let fault = Package::of(&empty).unwrap_err();
        assert_eq!(fault.message, "Uploaded file must be a non-empty zip");
    }

    #[test]
    fn a_package_has_a_limit_once_it_is_unzipped() {
        let unzipped = |bytes: u64| {
            let mut zip = Base64::decode_vec(ZIP).unwrap();
            let at = zip.windows(4).position(|window| window == ENTRY).unwrap() + 24;
            zip[at..at + 4].copy_from_slice(&u32::try_from(bytes).unwrap().to_le_bytes());
            Package::of(&zip)
        };
        assert!(unzipped(MAX_UNZIPPED_BYTES).is_ok());
        let fault = unzipped(MAX_UNZIPPED_BYTES + 1).unwrap_err();
        assert_eq!(fault.message, "Unzipped size must be smaller than 262144000 bytes");
    }
}
