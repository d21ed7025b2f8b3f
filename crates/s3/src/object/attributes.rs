//! An object's headers and metadata: what it was written with, and is answered with.

use std::collections::BTreeMap;

use cloud::Fault;
use serde::{Deserialize, Serialize};

/// Bytes of all names and values of a user's own metadata.
pub const MAX_METADATA_BYTES: usize = 2048;
/// What an object is that does not say.
pub const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";
/// What bytes lie in; objects that must be restored before they can be read are not modelled.
const STORAGE_CLASSES: [&str; 7] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "EXPRESS_ONEZONE",
];
const ARCHIVE_CLASSES: [&str; 4] = ["GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "SNOW"];

/// The headers and metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) website_redirect_location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) storage_class: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Attributes {
    /// The storage class.
    #[must_use]
    pub fn storage_class(&self) -> &str {
        self.storage_class.as_deref().unwrap_or("STANDARD")
    }

    /// The storage class in a header, where the usual one is left out.
    #[must_use]
    pub fn shown_storage_class(&self) -> Option<String> {
        self.storage_class.clone().filter(|class| class != "STANDARD")
    }

    /// Refuses what no object can have.
    ///
    /// # Errors
    /// `MetadataTooLarge`, `InvalidStorageClass`, `NotImplemented`.
    pub fn check(&self) -> Result<(), Fault> {
        let sizes = self.metadata.iter().map(|(name, value)| name.len() + value.len());
        let bytes: usize = sizes.sum();
        if bytes > MAX_METADATA_BYTES {
            let text = "Your metadata headers exceed the maximum allowed metadata size";
            return Err(Fault::new("MetadataTooLarge", text)
                .with_detail("Size", bytes.to_string())
                .with_detail("MaxSizeAllowed", MAX_METADATA_BYTES.to_string()));
        }
        let class = self.storage_class();
        if ARCHIVE_CLASSES.contains(&class) {
            let text = format!("rolecall does not model the storage class `{class}` yet");
            return Err(Fault::new("NotImplemented", text));
        }
        if !STORAGE_CLASSES.contains(&class) {
            let text = "The storage class you specified is not valid";
            let fault = Fault::new("InvalidStorageClass", text);
            return Err(fault.with_detail("StorageClassRequested", class));
        }
        Ok(())
    }
}

/// Declares an operation's input with everything that a new object can be given: there is no flattening on the
/// wire, so the members stand in each of the three that make objects.
macro_rules! with_object_members {
    ($(#[$about:meta])* $name:ident { $($fields:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            bucket: String,
            key: String,
            #[serde(rename = "ACL")]
            acl: Option<String>,
            cache_control: Option<String>,
            content_disposition: Option<String>,
            content_encoding: Option<String>,
            content_language: Option<String>,
            content_type: Option<String>,
            expires: Option<String>,
            website_redirect_location: Option<String>,
            storage_class: Option<String>,
            #[serde(default)]
            metadata: std::collections::BTreeMap<String, String>,
            tagging: Option<String>,
            server_side_encryption: Option<String>,
            #[serde(rename = "SSEKMSKeyId")]
            sse_kms_key_id: Option<String>,
            bucket_key_enabled: Option<bool>,
            #[serde(rename = "SSECustomerAlgorithm")]
            sse_customer_algorithm: Option<String>,
            object_lock_mode: Option<String>,
            object_lock_legal_hold_status: Option<String>,
            grant_full_control: Option<String>,
            grant_read: Option<String>,
            grant_read_acp: Option<String>,
            grant_write_acp: Option<String>,
            $($fields)*
        }

        impl $name {
            /// The new object's headers and metadata.
            fn attributes(&self) -> crate::object::attributes::Attributes {
                crate::object::attributes::Attributes {
                    cache_control: self.cache_control.clone(),
                    content_disposition: self.content_disposition.clone(),
                    content_encoding: crate::object::attributes::without_chunks(
                        self.content_encoding.as_deref(),
                    ),
                    content_language: self.content_language.clone(),
                    content_type: self.content_type.clone(),
                    expires: self.expires.clone(),
                    website_redirect_location: self.website_redirect_location.clone(),
                    storage_class: self.storage_class.clone(),
                    metadata: self.metadata.clone(),
                }
            }

            /// Refuses what no object can be given, and by name what is not modelled.
            fn check_members(&self) -> Result<(), cloud::Fault> {
                crate::name::check_key(&self.key)?;
                self.attributes().check()?;
                if self.sse_customer_algorithm.is_some() {
                    return Err(crate::not_modelled("encryption with customers' keys (SSE-C)"));
                }
                if self.object_lock_mode.is_some() || self.object_lock_legal_hold_status.is_some() {
                    let text = "Bucket is missing Object Lock Configuration";
                    return Err(cloud::Fault::new("InvalidRequest", text));
                }
                let grants = [
                    &self.grant_full_control,
                    &self.grant_read,
                    &self.grant_read_acp,
                    &self.grant_write_acp,
                ];
                if grants.iter().any(|grant| grant.is_some()) {
                    return Err(crate::not_modelled("grants in the headers of an object"));
                }
                self.new_tags().map(drop)
            }

            fn new_tags(&self) -> Result<Vec<cloud::tag::Tag>, cloud::Fault> {
                self.tagging.as_deref().map_or(Ok(Vec::new()), crate::tagging::parse_header)
            }

            fn new_encryption(
                &self,
                bucket: &crate::bucket::BucketRow,
            ) -> Result<crate::encryption::Encryption, cloud::Fault> {
                crate::encryption::Encryption::of_request(
                    self.server_side_encryption.as_deref(),
                    self.sse_kms_key_id.as_deref(),
                    self.bucket_key_enabled,
                    &bucket.encryption,
                )
            }

            /// What whoever makes the object must be allowed.
            fn write_demands(
                &self,
                ask: &cloud::Ask<'_>,
                bucket: &crate::bucket::BucketRow,
                add: impl FnOnce(cloud::Demand) -> cloud::Demand,
            ) -> Result<Vec<cloud::Demand>, cloud::Fault> {
                let on = |action| crate::demand::on_object(ask, bucket, &self.key, action);
                let tags = self.new_tags()?;
                let key = self.sse_kms_key_id.as_deref();
                let put = on("s3:PutObject")
                    .with_some("s3:x-amz-acl", self.acl.as_deref())
                    .with_some("s3:x-amz-storage-class", self.storage_class.as_deref())
                    .with_some(
                        "s3:x-amz-server-side-encryption",
                        self.server_side_encryption.as_deref(),
                    )
                    .with_some("s3:x-amz-server-side-encryption-aws-kms-key-id", key)
                    .with_some(
                        "s3:x-amz-website-redirect-location",
                        self.website_redirect_location.as_deref(),
                    );
                let mut demands = vec![crate::demand::with_request_tags(add(put), &tags)];
                if self.acl.is_some() {
                    let acl = on("s3:PutObjectAcl").with_some("s3:x-amz-acl", self.acl.as_deref());
                    demands.push(acl);
                }
                if self.tagging.is_some() {
                    let tag = on("s3:PutObjectTagging");
                    demands.push(crate::demand::with_request_tags(tag, &tags));
                }
                Ok(demands)
            }
        }
    };
}

pub(crate) use with_object_members;

/// `aws-chunked` says how a body travels and is no part of the object.
pub(crate) fn without_chunks(encoding: Option<&str>) -> Option<String> {
    let rest = encoding?.split(',').map(str::trim).filter(|coding| *coding != "aws-chunked");
    let rest: Vec<&str> = rest.collect();
    let rest = rest.join(",");
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let with = |bytes: usize| Attributes {
            metadata: BTreeMap::from([("k".to_owned(), "v".repeat(bytes - 1))]),
            ..Attributes::default()
        };
        assert_eq!(with(MAX_METADATA_BYTES).check(), Ok(()));
        assert_eq!(with(MAX_METADATA_BYTES + 1).check().unwrap_err().code, "MetadataTooLarge");
        let class = |class: &str| {
            let storage_class = Some(class.to_owned());
            Attributes { storage_class, ..Attributes::default() }
                .check()
                .map_err(|fault| fault.code)
        };
        assert_eq!(class("STANDARD_IA"), Ok(()));
        assert_eq!(class("COLD"), Err("InvalidStorageClass"));
        assert_eq!(class("GLACIER"), Err("NotImplemented"));
    }

    #[test]
    fn encodings() {
        assert_eq!(without_chunks(Some("aws-chunked")), None);
        assert_eq!(without_chunks(Some("aws-chunked,gzip")).as_deref(), Some("gzip"));
        assert_eq!(without_chunks(Some("gzip")).as_deref(), Some("gzip"));
    }
}
