//! What S3 asks of IAM: on buckets and objects, with the bucket's policy and the keys that S3 supplies.

use cloud::iam::document::Document;
use cloud::tag::Tag;
use cloud::{Ask, Caller, Demand};

use crate::bucket::BucketRow;
use crate::name;
use crate::object::ObjectRow;
use crate::policy::public::is_public;

/// A demand on a bucket.
#[must_use]
pub fn on_bucket(ask: &Ask<'_>, bucket: &BucketRow, action: &'static str) -> Demand {
    of(ask, bucket, Demand::new(action, name::bucket_arn(&bucket.name)))
}

/// A demand on an object, which need not exist.
#[must_use]
pub fn on_object(ask: &Ask<'_>, bucket: &BucketRow, key: &str, action: &'static str) -> Demand {
    of(ask, bucket, Demand::new(action, name::object_arn(&bucket.name, key)))
}

/// The demands of who reads an object: `action`, or `of_version` for a certain version. Whoever may not list the
/// bucket does not learn that a key is missing ("GetObject", S3 API reference, permissions).
#[must_use]
pub fn to_read(
    ask: &Ask<'_>,
    bucket: &BucketRow,
    key: &str,
    version_id: Option<&str>,
    found: Option<&ObjectRow>,
    (action, of_version): (&'static str, &'static str),
) -> Vec<Demand> {
    let demand = match version_id {
        None => on_object(ask, bucket, key, action),
        Some(id) => on_object(ask, bucket, key, of_version).with("s3:versionid", id),
    };
    match found.filter(|object| !object.is_delete_marker) {
        Some(object) => vec![with_existing_tags(demand, &object.tags)],
        None => {
            let listing =
                if version_id.is_some() { "s3:ListBucketVersions" } else { "s3:ListBucket" };
            vec![demand, on_bucket(ask, bucket, listing)]
        }
    }
}

/// With the tags that the object has.
#[must_use]
pub fn with_existing_tags(demand: Demand, tags: &[Tag]) -> Demand {
    tags.iter().fold(demand, |demand, tag| {
        demand.with(&format!("s3:ExistingObjectTag/{}", tag.key), tag.value.as_str())
    })
}

/// With the tags that the request gives the object.
#[must_use]
pub fn with_request_tags(mut demand: Demand, tags: &[Tag]) -> Demand {
    for tag in tags {
        demand = demand.with(&format!("s3:RequestObjectTag/{}", tag.key), tag.value.as_str());
    }
    if !tags.is_empty() {
        let keys = iam::Values::many(tags.iter().map(|tag| tag.key.as_str()));
        demand.context.push(("s3:RequestObjectTagKeys".to_owned(), keys));
    }
    demand
}

fn of(ask: &Ask<'_>, bucket: &BucketRow, mut demand: Demand) -> Demand {
    demand.resource_account = Some(bucket.account);
    demand.resource_policy = policy_for(ask, bucket);
    demand.with("s3:ResourceAccount", bucket.account.as_str())
}

/// The bucket's policy as it counts for the caller. Where public buckets are restricted, a public policy grants
/// nothing to anybody outside of the bucket's account but to AWS's services (user guide, "Blocking public access to
/// your Amazon S3 storage", `RestrictPublicBuckets`).
fn policy_for(ask: &Ask<'_>, bucket: &BucketRow) -> Option<Document> {
    let policy = bucket.policy.as_ref()?;
    let is_insider = match ask.caller {
        Caller::Service { .. } => true,
        Caller::Anonymous { .. } => false,
        other => other.account() == bucket.account,
    };
    let restricts = bucket.public_access.is_some_and(|block| block.restrict_public_buckets);
    let counts = is_insider || !restricts || !is_public(policy.text());
    // Whom the policy does not grant anything it need not deny anything either: nobody else grants.
    counts.then(|| policy.evaluated().clone())
}
