//! How objects are encrypted, as a record: their bytes are kept as they are.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// The ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// With S3's own keys: what every bucket does unless told otherwise.
    #[serde(rename = "AES256")]
    Aes256,
    /// With a key of KMS.
    #[serde(rename = "aws:kms")]
    Kms,
    /// With a key of KMS, twice.
    #[serde(rename = "aws:kms:dsse")]
    KmsTwice,
}

/// How a bucket's or an object's bytes are said to be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// The way.
    pub algorithm: Algorithm,
    /// The key, if one was named.
    pub kms_key_id: Option<String>,
    /// Whether a bucket key is used.
    pub bucket_key: bool,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { algorithm: Algorithm::Aes256, kms_key_id: None, bucket_key: false }
    }
}

impl Algorithm {
    /// Its name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aes256 => "AES256",
            Self::Kms => "aws:kms",
            Self::KmsTwice => "aws:kms:dsse",
        }
    }
}

impl Encryption {
    /// What a request asks for; otherwise what the bucket does.
    ///
    /// # Errors
    /// `InvalidEncryptionAlgorithmError`, `InvalidArgument`.
    pub fn of_request(
        algorithm: Option<&str>,
        kms_key_id: Option<&str>,
        bucket_key: Option<bool>,
        default: &Self,
    ) -> Result<Self, Fault> {
        let Some(name) = algorithm else {
            if kms_key_id.is_some() {
                let text = "The header x-amz-server-side-encryption is required when \
                            x-amz-server-side-encryption-aws-kms-key-id is specified";
                return Err(Fault::new("InvalidArgument", text));
            }
            return Ok(default.clone());
        };
        let all = [Algorithm::Aes256, Algorithm::Kms, Algorithm::KmsTwice];
        let algorithm =
            all.into_iter().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
                let text =
                    "The encryption request you specified is not valid. Supported value: AES256.";
                Fault::new("InvalidEncryptionAlgorithmError", text)
                    .with_detail("ServerSideEncryption", name)
            })?;
        if algorithm == Algorithm::Aes256 && kms_key_id.is_some() {
            let text = "The encryption method specified is not supported";
            return Err(Fault::new("InvalidArgument", text)
                .with_detail("ArgumentName", "x-amz-server-side-encryption")
                .with_detail("ArgumentValue", name));
        }
        let kms_key_id = kms_key_id.map(str::to_owned);
        Ok(Self { algorithm, kms_key_id, bucket_key: bucket_key.unwrap_or_default() })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    apply_server_side_encryption_by_default: Option<ByDefault>,
    bucket_key_enabled: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ByDefault {
    #[serde(rename = "SSEAlgorithm")]
    algorithm: Algorithm,
    #[serde(rename = "KMSMasterKeyID", skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
}

bucket_operation! {
    /// Tells how a bucket encrypts.
    GetBucketEncryption, "s3:GetEncryptionConfiguration", GetBucketEncryptionOutput
}

/// What `GetBucketEncryption` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketEncryptionOutput {
    server_side_encryption_configuration: Configuration,
}

impl Read for GetBucketEncryption {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketEncryptionOutput, Fault> {
        let encryption = bucket::find(ask.view, &self.bucket)?.encryption.clone();
        let default =
            ByDefault { algorithm: encryption.algorithm, kms_key_id: encryption.kms_key_id };
        let rule = Rule {
            apply_server_side_encryption_by_default: Some(default),
            bucket_key_enabled: Some(encryption.bucket_key),
        };
        let server_side_encryption_configuration = Configuration { rule: vec![rule] };
        Ok(GetBucketEncryptionOutput { server_side_encryption_configuration })
    }
}

bucket_operation! {
    /// Says how a bucket encrypts.
    PutBucketEncryption, "s3:PutEncryptionConfiguration", (), {
        server_side_encryption_configuration: Configuration,
    }
}

impl Write for PutBucketEncryption {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let [rule] = self.server_side_encryption_configuration.rule.as_slice() else {
            return Err(crate::malformed_xml());
        };
        let default = rule.apply_server_side_encryption_by_default.as_ref();
        let algorithm = default.map_or(Algorithm::Aes256, |default| default.algorithm);
        let kms_key_id = default.and_then(|default| default.kms_key_id.clone());
        if algorithm == Algorithm::Aes256 && kms_key_id.is_some() {
            let text = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms \
                        or aws:kms:dsse";
            return Err(Fault::new("InvalidArgument", text)
                .with_detail("ArgumentName", "ApplyServerSideEncryptionByDefault"));
        }
        let bucket_key = rule.bucket_key_enabled.unwrap_or_default();
        bucket::change(act, &self.bucket, |bucket| {
            bucket.encryption = Encryption { algorithm, kms_key_id, bucket_key };
            Ok(())
        })
    }
}

bucket_operation! {
    /// Makes a bucket encrypt as all do that do not say.
    DeleteBucketEncryption, "s3:PutEncryptionConfiguration", ()
}

impl Write for DeleteBucketEncryption {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.encryption = Encryption::default();
            Ok(())
        })
    }
}
