//! `AWS::S3::Bucket`

use cloud::Fault;
use cloud::tag::Tag;
use s3::bucket::create::{CreateBucket, DeleteBucket};
use s3::encryption::{DeleteBucketEncryption, PutBucketEncryption};
use s3::ownership::{DeleteBucketOwnershipControls, PutBucketOwnershipControls};
use s3::public_access::{DeletePublicAccessBlock, PutPublicAccessBlock};
use s3::tagging::{DeleteBucketTagging, PutBucketTagging};
use s3::versioning::PutBucketVersioning;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// Characters of a bucket's name.
const MAX_NAME: usize = 63;
/// Where buckets are whose location is not named.
const FIRST_REGION: &str = "us-east-1";

/// A bucket.
#[derive(Debug)]
pub struct Bucket;

/// Its properties.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    bucket_name: Option<String>,
    access_control: Option<String>,
    object_lock_enabled: Option<bool>,
    versioning_configuration: Option<Value>,
    bucket_encryption: Option<BucketEncryption>,
    public_access_block_configuration: Option<Value>,
    ownership_controls: Option<OwnershipControls>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct BucketEncryption {
    server_side_encryption_configuration: Vec<EncryptionRule>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EncryptionRule {
    bucket_key_enabled: Option<bool>,
    server_side_encryption_by_default: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OwnershipControls {
    rules: Vec<Value>,
}

impl BucketEncryption {
    /// As S3 takes it, whose members are those of its XML.
    fn input(&self) -> Value {
        let rules = self.server_side_encryption_configuration.iter().map(|rule| {
            json!({
                "ApplyServerSideEncryptionByDefault": rule.server_side_encryption_by_default,
                "BucketKeyEnabled": rule.bucket_key_enabled,
            })
        });
        json!({"Rule": rules.collect::<Vec<_>>()})
    }
}

/// Sets what differs. A setting that is no longer named is taken away.
fn set(
    on: &mut Provision<'_, '_, '_>,
    bucket: &str,
    old: &Properties,
    new: &Properties,
) -> Result<(), Fault> {
    let of_it = json!({"Bucket": bucket});
    if old.versioning_configuration != new.versioning_configuration {
        let suspended = json!({"Status": "Suspended"});
        let wanted = new.versioning_configuration.as_ref().unwrap_or(&suspended);
        let input = json!({"Bucket": bucket, "VersioningConfiguration": wanted});
        on.write::<PutBucketVersioning>(input)?;
    }
    if old.bucket_encryption != new.bucket_encryption {
        match &new.bucket_encryption {
            Some(wanted) => on.write::<PutBucketEncryption>(json!({
                "Bucket": bucket,
                "ServerSideEncryptionConfiguration": wanted.input(),
            }))?,
            None => on.write::<DeleteBucketEncryption>(of_it.clone())?,
        };
    }
    if old.public_access_block_configuration != new.public_access_block_configuration {
        match &new.public_access_block_configuration {
            Some(wanted) => on.write::<PutPublicAccessBlock>(json!({
                "Bucket": bucket,
                "PublicAccessBlockConfiguration": wanted,
            }))?,
            None => on.write::<DeletePublicAccessBlock>(of_it.clone())?,
        };
    }
    if old.ownership_controls != new.ownership_controls {
        match &new.ownership_controls {
            Some(wanted) => on.write::<PutBucketOwnershipControls>(json!({
                "Bucket": bucket,
                "OwnershipControls": {"Rule": wanted.rules},
            }))?,
            None => on.write::<DeleteBucketOwnershipControls>(of_it.clone())?,
        };
    }
    if old.tags != new.tags {
        match new.tags.as_deref().filter(|tags| !tags.is_empty()) {
            Some(tags) => on.write::<PutBucketTagging>(json!({
                "Bucket": bucket,
                "Tagging": {"TagSet": {"Tag": tags}},
            }))?,
            None => on.write::<DeleteBucketTagging>(of_it)?,
        };
    }
    Ok(())
}

fn check(properties: &Properties, on: &Provision<'_, '_, '_>) -> Result<(), Fault> {
    let acl = properties.access_control.as_deref();
    on.not_modelled("AccessControl", acl.is_some_and(|acl| acl != "Private"))?;
    on.not_modelled("ObjectLockEnabled", properties.object_lock_enabled == Some(true))
}

/// What `Fn::GetAtt` gives (user guide, `AWS::S3::Bucket`).
fn attributes(bucket: &str, region: &str) -> Attributes {
    let pairs = [
        ("Arn", format!("arn:aws:s3:::{bucket}")),
        ("DomainName", format!("{bucket}.s3.amazonaws.com")),
        ("RegionalDomainName", format!("{bucket}.s3.{region}.amazonaws.com")),
        ("DualStackDomainName", format!("{bucket}.s3.dualstack.{region}.amazonaws.com")),
        ("WebsiteURL", website(bucket, region)),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// Older regions have a dash before their name (S3 user guide, "Website endpoints").
fn website(bucket: &str, region: &str) -> String {
    const WITH_DASH: [&str; 8] = [
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "eu-west-1",
        "sa-east-1",
    ];
    let between = if WITH_DASH.contains(&region) { '-' } else { '.' };
    format!("http://{bucket}.s3-website{between}{region}.amazonaws.com")
}

impl ResourceType for Bucket {
    const NAME: &'static str = "AWS::S3::Bucket";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        check(&properties, on)?;
        let name = properties.bucket_name.clone();
        let id = name.unwrap_or_else(|| on.name(MAX_NAME).to_lowercase());
        let region = on.region().to_owned();
        let location =
            (region != FIRST_REGION).then(|| json!({"LocationConstraint": region.as_str()}));
        on.write::<CreateBucket>(json!({
            "Bucket": id,
            "CreateBucketConfiguration": location,
        }))?;
        set(on, &id, &Properties::default(), &properties)?;
        let attributes = attributes(&id, &region);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        check(&new, on)?;
        set(on, &physical.id, &old, &new)?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteBucket>(json!({"Bucket": physical.id}));
        on.unless_gone(outcome, &["NoSuchBucket"])
    }
}
