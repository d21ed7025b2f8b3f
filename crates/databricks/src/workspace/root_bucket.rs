//! What is tried in a root bucket before a workspace is made with it: as the control plane, from Databricks' own
//! account, which the bucket's policy has to let in.

use cloud::{Fault as AwsFault, Service};
use s3::content::Received;
use serde_json::{Value, json};

use crate::aws::{Principal, Session};
use crate::fault::Fault;
use crate::operation::Act;

/// What a workspace may do in its root bucket is tried with an object of its own.
const CONTENT: &[u8] = b"written to validate access";

/// Tries a bucket. That bucket and workspace are in one region, as the guide demands, is not checked: how that
/// fails is unverified.
///
/// # Errors
/// `MALFORMED_REQUEST` with the names of those that failed, as users report them; the code is that of the checks
/// of credentials, and for these unverified.
pub fn check(act: &mut Act<'_, '_>, bucket: &str, region: &str) -> Result<(), Fault> {
    let Some(caller) = Principal::ControlPlane.caller(&act.host.account_id) else {
        return Err(Fault::new("INTERNAL_ERROR", "the control plane has no account"));
    };
    let session = Session { caller, region: region.to_owned() };
    let key = format!("databricks-validation-{}", act.entropy().uuid());
    let object = json!({"Bucket": bucket, "Key": key});
    let mut failed = Vec::new();
    let listed = act.s3(&session, "ListObjectsV2", json!({"Bucket": bucket, "MaxKeys": 1}));
    if listed.is_err() {
        failed.push("List");
    }
    // One of the two is enough: some policies let in what gives the object to the bucket's owner alone.
    if act.put_object(&session, bucket, &key, CONTENT).is_err()
        && put_for_owner(act, &session, bucket, &key).is_err()
    {
        failed.extend(["Put", "PutWithBucketOwnerFullControl"]);
    }
    if act.s3(&session, "DeleteObject", object).is_err() {
        failed.push("Delete");
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Fault::malformed(format!(
        "Failed storage configuration validation checks: {}",
        failed.join(", ")
    )))
}

fn put_for_owner(
    act: &mut Act<'_, '_>,
    session: &Session,
    bucket: &str,
    key: &str,
) -> Result<Value, AwsFault> {
    let received = Received::inline(CONTENT);
    let input = json!({
        "Bucket": bucket,
        "Key": key,
        "ACL": "bucket-owner-full-control",
        "$received": received,
    });
    act.call(session, Service::S3, "PutObject", input)
}
