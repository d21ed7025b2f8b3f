//! `AWS::S3::BucketPolicy`

use cloud::Fault;
use s3::policy::{DeleteBucketPolicy, GetBucketPolicy, PutBucketPolicy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// The policy of a bucket.
#[derive(Debug)]
pub struct BucketPolicy;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    bucket: String,
    policy_document: Value,
}

fn put(properties: &Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
    let document = match &properties.policy_document {
        Value::String(text) => text.clone(),
        document => document.to_string(),
    };
    on.write::<PutBucketPolicy>(json!({"Bucket": properties.bucket, "Policy": document}))?;
    Ok(Physical { id: properties.bucket.clone(), attributes: Attributes::new() })
}

impl ResourceType for BucketPolicy {
    const NAME: &'static str = "AWS::S3::BucketPolicy";
    type Properties = Properties;

    /// A bucket that has one keeps it (text: awslabs/cdk-serverless-clamscan issue 1382).
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let bucket = &properties.bucket;
        match on.read::<GetBucketPolicy>(json!({"Bucket": bucket})) {
            Ok(_) => {
                let text = format!("The bucket policy already exists on bucket {bucket}.");
                Err(Fault::new("AlreadyExistsException", text))
            }
            Err(fault) if fault.code == "NoSuchBucketPolicy" => put(&properties, on),
            Err(fault) => Err(fault),
        }
    }

    fn update(
        _: Properties,
        new: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        put(&new, on)
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteBucketPolicy>(json!({"Bucket": physical.id}));
        on.unless_gone(outcome, &["NoSuchBucket", "NoSuchBucketPolicy"])
    }
}
