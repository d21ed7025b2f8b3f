//! Which web pages may ask for a bucket. It is kept as a record: no answer carries its headers.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// Rules of a bucket (S3 API reference, `PutBucketCors`).
pub const MAX_RULES: usize = 100;

const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD"];

/// A bucket's CORS configuration, in the service's own shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cors {
    #[serde(rename = "CORSRule", default)]
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    #[serde(rename = "ID", default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default)]
    allowed_header: Vec<String>,
    #[serde(default)]
    allowed_method: Vec<String>,
    #[serde(default)]
    allowed_origin: Vec<String>,
    #[serde(default)]
    expose_header: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age_seconds: Option<i64>,
}

impl Cors {
    /// The texts are those that users report; which of several mistakes is told first is unverified.
    fn check(&self) -> Result<(), Fault> {
        let refuse = |text: String| Err(Fault::new("InvalidRequest", text));
        if self.rules.is_empty() {
            return Err(crate::malformed_xml());
        }
        if self.rules.len() > MAX_RULES {
            return refuse(format!(
                "The number of CORS rules should not exceed allowed limit of {MAX_RULES} rules."
            ));
        }
        for rule in &self.rules {
            if rule.allowed_method.is_empty() || rule.allowed_origin.is_empty() {
                return Err(crate::malformed_xml());
            }
            let unknown = rule.allowed_method.iter().find(|it| !METHODS.contains(&it.as_str()));
            if let Some(method) = unknown {
                return refuse(format!(
                    "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
                ));
            }
            let wildcards = |text: &&String| text.matches('*').count() > 1;
            if let Some(origin) = rule.allowed_origin.iter().find(wildcards) {
                return refuse(format!(
                    "AllowedOrigin \"{origin}\" can not have more than one wildcard."
                ));
            }
            if let Some(header) = rule.allowed_header.iter().find(wildcards) {
                return refuse(format!(
                    "AllowedHeader \"{header}\" can not have more than one wildcard."
                ));
            }
            if let Some(header) = rule.expose_header.iter().find(|it| it.contains('*')) {
                return refuse(format!(
                    "ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard for \
                     ExposeHeader."
                ));
            }
        }
        Ok(())
    }
}

bucket_operation! {
    /// Shows which web pages may ask.
    GetBucketCors, "s3:GetBucketCORS", Cors
}

impl Read for GetBucketCors {
    fn read(self, ask: &Ask<'_>) -> Result<Cors, Fault> {
        let text = "The CORS configuration does not exist";
        let cors = bucket::find(ask.view, &self.bucket)?.cors.clone();
        cors.ok_or_else(|| {
            Fault::new("NoSuchCORSConfiguration", text).with_detail("BucketName", self.bucket)
        })
    }
}

bucket_operation! {
    /// Says which web pages may ask.
    PutBucketCors, "s3:PutBucketCORS", (), {
        #[serde(rename = "CORSConfiguration")]
        configuration: Cors,
    }
}

impl Write for PutBucketCors {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        self.configuration.check()?;
        bucket::change(act, &self.bucket, |bucket| {
            bucket.cors = Some(self.configuration.clone());
            Ok(())
        })
    }
}

bucket_operation! {
    /// Lets no web page ask any more.
    DeleteBucketCors, "s3:PutBucketCORS", ()
}

impl Write for DeleteBucketCors {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.cors = None;
            Ok(())
        })
    }
}
