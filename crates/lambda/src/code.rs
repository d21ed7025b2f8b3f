//! The package of a function: a zip file, looked at and not kept, as nothing runs it.

use base64ct::{Base64, Encoding};
use cloud::Fault;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Bytes of a package that comes with the request (Lambda's quotas).
pub const MAX_ZIP_BYTES: usize = 50 << 20;

/// The signature of a zip file's end of central directory, and how far from the end it can be: its own 22
/// bytes and a comment (PKWARE's APPNOTE, 4.3.16).
const END: &[u8] = b"PK\x05\x06";
const MAX_END_BYTES: usize = 22 + 65_535;

/// `FunctionCode`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionCode {
    /// The package in base64.
    pub zip_file: Option<String>,
    /// The bucket of the package.
    #[serde(rename = "S3Bucket")]
    pub s3_bucket: Option<String>,
    /// Its key.
    #[serde(rename = "S3Key")]
    pub s3_key: Option<String>,
    /// Its version.
    #[serde(rename = "S3ObjectVersion")]
    pub s3_object_version: Option<String>,
    /// A container image.
    pub image_uri: Option<String>,
    /// The key that the package is encrypted with.
    #[serde(rename = "SourceKMSKeyArn")]
    pub source_kms_key_arn: Option<String>,
}

/// What is known of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in base64.
    pub sha256: String,
}

impl FunctionCode {
    /// Checks that there is one source, of a kind that is modelled.
    ///
    /// # Errors
    /// `InvalidParameterValueException`, or `NotImplemented` for images.
    pub fn check(&self) -> Result<(), Fault> {
        if self.image_uri.is_some() {
            return Err(not_modelled("functions from container images"));
        }
        if self.source_kms_key_arn.is_some() {
            return Err(not_modelled("packages that are encrypted with a key of KMS"));
        }
        let from_s3 = self.s3_bucket.is_some() || self.s3_key.is_some();
        match (&self.zip_file, from_s3) {
            (Some(_), true) => Err(invalid("Please provide exactly one source for function code.")),
            (None, false) => Err(invalid("Please provide a source for function code.")),
            (None, true) => Err(not_modelled("packages from S3")),
            (Some(_), false) => Ok(()),
        }
    }

    /// Looks at the package.
    ///
    /// # Errors
    /// `InvalidParameterValueException` for what is no zip file; `RequestEntityTooLargeException`.
    pub fn package(&self) -> Result<Package, Fault> {
        let text = self.zip_file.as_deref().unwrap_or_default();
        let bytes = Base64::decode_vec(text).map_err(|_| {
            invalid(
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            )
        })?;
        look_at(&bytes)
    }
}

fn look_at(bytes: &[u8]) -> Result<Package, Fault> {
    if bytes.len() > MAX_ZIP_BYTES {
        let text = format!("Unzipped size must be smaller than {MAX_ZIP_BYTES} bytes");
        return Err(Fault::new("RequestEntityTooLargeException", text));
    }
    let tail = bytes.get(bytes.len().saturating_sub(MAX_END_BYTES)..).unwrap_or_default();
    let has_end = tail.windows(END.len()).any(|window| window == END);
    if !bytes.starts_with(b"PK") || !has_end {
        let text =
            "Could not unzip uploaded file. Please check your file, then try to upload again.";
        return Err(invalid(text));
    }
    if bytes.starts_with(END) {
        return Err(invalid("Uploaded file must be a non-empty zip"));
    }
    let bytes_long = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(Package { bytes: bytes_long, sha256: Base64::encode_string(&Sha256::digest(bytes)) })
}

/// What Lambda says to a value that cannot be.
#[must_use]
pub fn invalid(text: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValueException", text)
}

/// What rolecall says to what it does not model.
#[must_use]
pub fn not_modelled(what: &str) -> Fault {
    Fault::new("NotImplemented", format!("rolecall does not model {what}: see docs/fidelity.md"))
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    /// A zip file of one empty file `a`.
    const ZIP: &str = "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==";

    #[test]
    fn packages() {
        let code =
            |zip: &str| FunctionCode { zip_file: Some(zip.to_owned()), ..FunctionCode::default() };
        let package = code(ZIP).package().unwrap();
        assert_eq!(package.bytes, 100);
        for bad in ["", "!", "AAAA", &Base64::encode_string(b"PK\x03\x04 cut off")] {
            assert!(code(bad).package().is_err(), "{bad}");
        }
        let empty = [END, &[0; 18]].concat();
        let fault = look_at(&empty).unwrap_err();
        assert_eq!(fault.message, "Uploaded file must be a non-empty zip");
    }
}
