//! Source text in a template (`Code.ZipFile`), which CloudFormation puts into a zip file of one file called `index`
//! (user guide, `AWS::Lambda::Function Code`).

use base64ct::{Base64, Encoding};
use cloud::Fault;

/// The date of files in a zip file that have none: 1980-01-01, as MS-DOS counts.
const NO_DATE: [u8; 2] = [0x21, 0];
/// The version of the format that stored files need (PKWARE's APPNOTE, 4.4.3).
const VERSION: [u8; 2] = [10, 0];

/// The package of a source text, in base64.
///
/// # Errors
/// For a runtime whose functions are not made of one source text.
pub(super) fn package(source: &str, runtime: Option<&str>) -> Result<String, Fault> {
    let runtime = runtime.unwrap_or_default();
    let name = if runtime.starts_with("nodejs") {
        "index.js"
    } else if runtime.starts_with("python") {
        "index.py"
    } else {
        // unverified
        let text = format!(
            "ZipFile can only be used when Runtime is set to either of nodejs, python: {runtime}"
        );
        return Err(Fault::new("InvalidRequest", text));
    };
    zip(name, source)
        .map(|zip| Base64::encode_string(&zip))
        .ok_or_else(|| Fault::new("InvalidRequest", "the source text in ZipFile is too large"))
}

/// A zip file of one stored file: the same bytes for the same text.
fn zip(name: &str, contents: &str) -> Option<Vec<u8>> {
    let number = |length: usize| u32::try_from(length).ok().map(u32::to_le_bytes);
    let short = |length: usize| u16::try_from(length).ok().map(u16::to_le_bytes);
    let size = number(contents.len())?;
    let crc = crc32(contents.as_bytes()).to_le_bytes();
    let common = [
        &VERSION[..],
        // No flags, stored, no time.
        &[0; 6],
        &NO_DATE,
        &crc,
        &size,
        &size,
        &short(name.len())?,
        // No more about it.
        &[0; 2],
    ]
    .concat();
    let file = [b"PK\x03\x04", common.as_slice(), name.as_bytes(), contents.as_bytes()].concat();
    let entry = [b"PK\x01\x02", &VERSION[..], &common, &[0; 14], name.as_bytes()].concat();
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &number(entry.len())?,
        &number(file.len())?,
        &[0; 2],
    ]
    .concat();
    Some([file, entry, end].concat())
}

/// The checksum of zip files (4.4.7).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_text_becomes_a_package() {
        // The check value of the catalogue of CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let zip = Base64::decode_vec(&package("x", Some("python3.13")).unwrap()).unwrap();
        assert!(zip.starts_with(b"PK\x03\x04"));
        assert_eq!(&zip[30..39], b"index.pyx");
        assert!(package("x", Some("nodejs22.x")).is_ok());
        assert!(package("x", Some("java21")).is_err());
        assert!(package("x", None).is_err());
    }
}
