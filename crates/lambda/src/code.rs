//! Where the package of a function comes from: the request, or an object of S3 that is read as the caller.

use base64ct::{Base64, Encoding};
use cloud::Fault;
use cloud::constraint::{Check, Constraints};
use cloud::object::{SeenObject, TOO_LARGE, WantedObject};
use serde::Deserialize;

use crate::name::finish;
use crate::package::{self, MAX_UNZIPPED_BYTES, MAX_ZIP_BYTES, Package};

const BUCKET: Check = Check::Pattern("^[0-9A-Za-z\\.\\-_]*(?<!\\.)$", |name| {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b".-_".contains(&it);
    !name.ends_with('.') && name.bytes().all(is_part)
});

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
    /// What came of reading the object.
    #[serde(skip)]
    pub seen: Option<SeenObject>,
}

impl FunctionCode {
    /// Checks that there is one source, of a kind that is modelled, and looks at it if it is there.
    ///
    /// # Errors
    /// `InvalidParameterValueException`, or `NotImplemented` for images.
    pub fn check(&self, operation: &str) -> Result<(), Fault> {
        if self.image_uri.is_some() {
            return Err(not_modelled("functions from container images"));
        }
        if self.source_kms_key_arn.is_some() {
            return Err(not_modelled("packages that are encrypted with a key of KMS"));
        }
        let mut constraints = Constraints::new();
        let bucket = [Check::MinLength(3), Check::MaxLength(63), BUCKET];
        constraints.optional("code.s3Bucket", self.s3_bucket.as_deref(), &bucket);
        let key = [Check::MinLength(1), Check::MaxLength(1024)];
        constraints.optional("code.s3Key", self.s3_key.as_deref(), &key);
        finish(&constraints)?;
        let from_s3 = self.s3_bucket.is_some() || self.s3_key.is_some();
        match (&self.zip_file, from_s3) {
            (Some(_), true) => Err(invalid("Please provide exactly one source for function code.")),
            (None, false) => Err(invalid("Please provide a source for function code.")),
            (None, true) if self.s3_bucket.is_none() || self.s3_key.is_none() => {
                Err(invalid("Please provide a source for function code."))
            }
            _ if self.wanted().is_some() => Ok(()),
            _ => self.package(operation).map(drop),
        }
    }

    /// The object that has to be read first.
    #[must_use]
    pub fn wanted(&self) -> Option<WantedObject> {
        if self.seen.is_some() || self.zip_file.is_some() {
            return None;
        }
        Some(WantedObject {
            bucket: self.s3_bucket.clone()?,
            key: self.s3_key.clone()?,
            version_id: self.s3_object_version.clone(),
            max_bytes: MAX_UNZIPPED_BYTES,
        })
    }

    /// Looks at the package.
    ///
    /// # Errors
    /// `InvalidParameterValueException` for what is no zip file or was not found in S3; `AccessDeniedException`;
    /// `RequestEntityTooLargeException`.
    pub fn package(&self, operation: &str) -> Result<Package, Fault> {
        if let Some(seen) = &self.seen {
            return seen
                .as_ref()
                .map_err(|fault| self.refused(fault))
                .and_then(|it| Package::of(it));
        }
        let Some(text) = self.zip_file.as_deref() else {
            return Err(Fault::new("ServiceException", "the package was not read from S3"));
        };
        // What is no base64 is no zip file either.
        let bytes = Base64::decode_vec(text).unwrap_or_default();
        if bytes.len() > MAX_ZIP_BYTES {
            let most = MAX_ZIP_BYTES.div_ceil(3) * 4;
            let text =
                format!("Request must be smaller than {most} bytes for the {operation} operation");
            return Err(Fault::new("RequestEntityTooLargeException", text));
        }
        Package::of(&bytes)
    }

    /// What Lambda makes of S3's refusals (users' reports, such as binxio/cfn-lb-ip-address-provider issue 4 and
    /// serverless/serverless issue 13208).
    fn refused(&self, fault: &Fault) -> Fault {
        let Fault { code, message, .. } = fault;
        let s3 = format!("S3 Error Code: {code}. S3 Error Message: {message}");
        match *code {
            TOO_LARGE => package::too_large(),
            "AccessDenied" => {
                let bucket = self.s3_bucket.as_deref().unwrap_or_default();
                let key = self.s3_key.as_deref().unwrap_or_default();
                let text = format!(
                    "Your access has been denied by S3, please make sure your request credentials have permission \
                     to GetObject for {bucket}/{key}. {s3}"
                );
                Fault::new("AccessDeniedException", text)
            }
            _ => invalid(format!("Error occurred while GetObject. {s3}")),
        }
    }
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
