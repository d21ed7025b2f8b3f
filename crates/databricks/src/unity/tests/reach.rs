//! What is reached in S3, with each part of the permission missing in turn.

use serde_json::{Value, json};

use super::{BUCKET, CREDENTIAL, ROLE, Reachable, policy, role_arn, trust};
use crate::testing::WORKSPACE_ADMIN;

const UC: &str = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL";
const NON_SELF_ASSUMING: &str = "The IAM role for this storage credential was found to be non self-assuming. Please check your role's trust \
     and IAM policies to ensure that your IAM role can assume itself according to the Unity Catalog storage \
     credential documentation.";

/// Who is told no by S3, and why.
fn denied(action: &str, resource: &str) -> String {
    format!(
        "PERMISSION_DENIED: Access denied. Cause: AccessDeniedException error from cloud storage provider: \
         User: arn:aws:sts::123456789012:assumed-role/{ROLE}/databricks is not authorized to perform: {action} \
         on resource: \"arn:aws:s3:::{resource}\" because no identity-based policy allows the {action} action"
    )
}

fn refused(operations: &str, url: &str, cause: &str) -> (String, String) {
    let text = format!(
        "AWS IAM role does not have {operations} permissions on url {url}. Please contact your account admin \
         to update the storage credential. {cause}"
    );
    ("PERMISSION_DENIED".to_owned(), text)
}

/// The operations that fail, and what the first one says.
fn failures(results: &[(String, String, String)]) -> (String, String) {
    let failed: Vec<_> = results.iter().filter(|(_, result, _)| result == "FAIL").collect();
    let names: Vec<&str> = failed.iter().map(|(name, ..)| name.as_str()).collect();
    let cause = failed.first().map(|(_, _, message)| message.clone()).unwrap_or_default();
    // What the object is called that is written differs each time.
    let cause = cause.split_once("databricks-validation-").map_or(cause.clone(), |(head, tail)| {
        let (_, rest) = tail.split_once('"').unwrap_or(("", tail));
        format!("{head}*\"{rest}")
    });
    (names.join(" "), cause)
}

/// What fails of the credential on a path of its bucket.
fn check(reachable: &Reachable, path: &str, expected: (&str, &str)) {
    let url = format!("s3://{BUCKET}{path}");
    let found =
        failures(&reachable.validate(json!({"storage_credential_name": CREDENTIAL, "url": url})));
    assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{path}");
}

#[test]
fn all_of_it_is_enough() {
    let reachable = Reachable::new();
    let results = reachable
        .validate(json!({"storage_credential_name": CREDENTIAL, "url": "s3://lakehouse-data"}));
    let shown: Vec<(&str, &str)> =
        results.iter().map(|(name, result, _)| (&**name, &**result)).collect();
    let pass = ["READ", "LIST", "WRITE", "DELETE", "PATH_EXISTS"].map(|name| (name, "PASS"));
    assert_eq!(shown, pass);
    // Every step is a call in the customer's account.
    let made: Vec<&str> = reachable.world.cloud.made().iter().map(|made| made.operation).collect();
    let calls =
        ["AssumeRole", "AssumeRole", "ListObjectsV2", "PutObject", "GetObject", "DeleteObject"];
    assert_eq!(made, calls);
    // What was written to try it is gone.
    let listed = reachable.world.aws("ListObjectsV2", json!({"Bucket": BUCKET}));
    assert_eq!(listed["KeyCount"], 1);
    reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there/", json!({})).unwrap();
}

#[test]
fn each_permission_on_the_bucket() {
    let reachable = Reachable::new();
    let object = format!("{BUCKET}/there/*");
    for (action, failed, resource) in [
        ("s3:GetObject", "READ", object.as_str()),
        ("s3:PutObject", "WRITE", object.as_str()),
        ("s3:DeleteObject", "DELETE", object.as_str()),
        ("s3:ListBucket", "LIST PATH_EXISTS", BUCKET),
    ] {
        reachable.allow(&policy().replace(&format!("\"{action}\""), "\"s3:GetBucketAcl\""));
        check(&reachable, "/there", (failed, &denied(action, resource)));
        let refusal = reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({}));
        let (code, text) = refusal.unwrap_err();
        let name = failed.split(' ').next().unwrap();
        let expected = refused(name, "s3://lakehouse-data/there", "");
        assert_eq!(code, expected.0);
        assert!(text.starts_with(&expected.1) && text.contains(action), "{text}");
        // Who knows better leaves the trying out.
        let skip = json!({"skip_validation": true});
        reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", skip).unwrap();
        reachable.world.done(WORKSPACE_ADMIN, "DeleteExternalLocation", json!({"name": "place"}));
    }
    // Two at once are told together.
    let without = policy().replace("\"s3:PutObject\"", "\"s3:GetBucketAcl\"");
    reachable.allow(&without.replace("\"s3:DeleteObject\"", "\"s3:GetBucketAcl\""));
    let (_, text) =
        reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({})).unwrap_err();
    assert!(
        text.starts_with("AWS IAM role does not have WRITE, DELETE permissions on url"),
        "{text}"
    );
}

#[test]
fn each_half_of_the_trust() {
    let reachable = Reachable::new();
    let id = reachable.external_id.clone();
    let by = |external_id: &str, cause: &str| {
        format!(
            "Failed to get credentials: the AWS IAM role {} cannot be assumed by Unity Catalog ({UC}) with \
             external ID {external_id}. Please check the role's trust policy. Cause: {cause}",
            role_arn()
        )
    };
    // STS tells callers of other accounts no reasons.
    let cause = format!(
        "User: {UC} is not authorized to perform: sts:AssumeRole on resource: {}",
        role_arn()
    );
    let not_trusted = by(&id, &cause);
    let self_assume =
        json!({"Effect": "Allow", "Principal": {"AWS": role_arn()}, "Action": "sts:AssumeRole"});
    let by_uc = |external_id: &str| {
        json!({
            "Effect": "Allow",
            "Principal": {"AWS": UC},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
        })
    };
    let document =
        |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let all = "READ LIST WRITE DELETE PATH_EXISTS";
    for (trust, expected) in [
        (trust("0000"), (all, not_trusted.as_str())),
        (document(json!([self_assume])), (all, not_trusted.as_str())),
        (document(json!([by_uc(&id)])), (all, NON_SELF_ASSUMING)),
        (document(json!([by_uc(&id), self_assume])), ("", "")),
        (trust(&id), ("", "")),
    ] {
        reachable.trust(&trust);
        check(&reachable, "/there", expected);
    }
    // The role may assume itself by both of its policies, not by one.
    reachable.allow(&policy().replace("\"sts:AssumeRole\"", "\"sts:GetCallerIdentity\""));
    check(&reachable, "/there", (all, NON_SELF_ASSUMING));
    let refusal = reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({}));
    assert_eq!(refusal, Err(("INVALID_PARAMETER_VALUE".to_owned(), NON_SELF_ASSUMING.to_owned())));
    reachable.allow(&policy());
    // A role that is gone.
    reachable.world.aws("DeleteRolePolicy", json!({"RoleName": ROLE, "PolicyName": "reach"}));
    reachable.world.aws("DeleteRole", json!({"RoleName": ROLE}));
    check(&reachable, "/there", (all, &not_trusted));
}

#[test]
fn the_buckets_side_counts() {
    let reachable = Reachable::new();
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
    }]});
    let policy = json!({"Bucket": BUCKET, "Policy": deny.to_string()});
    reachable.world.aws("PutBucketPolicy", policy);
    let results = reachable.validate(
        json!({"storage_credential_name": CREDENTIAL, "url": "s3://lakehouse-data/there"}),
    );
    let (names, cause) = failures(&results);
    assert_eq!(names, "WRITE");
    assert!(cause.ends_with("with an explicit deny in a resource-based policy"), "{cause}");
    // With nothing written there is still something to read.
    reachable
        .locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({"read_only": true}))
        .unwrap();
    // No bucket of this name.
    let url = "s3://nowhere-to-be-found";
    let (names, cause) =
        failures(&reachable.validate(json!({"storage_credential_name": CREDENTIAL, "url": url})));
    assert_eq!(names, "LIST WRITE DELETE PATH_EXISTS");
    assert_eq!(cause, "NoSuchBucket: The specified bucket does not exist");
}

#[test]
fn what_is_only_read_must_be_there() {
    let reachable = Reachable::new();
    let read_only = json!({"read_only": true});
    let locate = |url: &str, more: Value| reachable.locate(WORKSPACE_ADMIN, url, more);
    let missing = "s3://lakehouse-data/missing";
    let cause = "No such file or directory: s3://lakehouse-data/missing";
    assert_eq!(locate(missing, read_only.clone()), Err(refused("LIST", missing, cause)));
    // What can be written need not be there yet.
    locate(missing, json!({})).unwrap();
    reachable.world.done(WORKSPACE_ADMIN, "DeleteExternalLocation", json!({"name": "place"}));
    reachable.world.aws("DeleteObject", json!({"Bucket": BUCKET, "Key": "there/part-0"}));
    let cause = "No file available under the location to read.";
    let root = "s3://lakehouse-data";
    assert_eq!(locate(root, read_only), Err(refused("READ", root, cause)));
    // A credential that only reads makes a location that only reads.
    let change = json!({"name": CREDENTIAL, "read_only": true});
    reachable.world.done(WORKSPACE_ADMIN, "UpdateStorageCredential", change);
    assert_eq!(locate(root, json!({})), Err(refused("READ", root, cause)));
}

#[test]
fn a_location_is_tried_again_where_it_goes() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({})).unwrap();
    reachable.allow(&policy().replace("\"s3:GetObject\"", "\"s3:GetBucketAcl\""));
    let update = |input: Value| world.call(WORKSPACE_ADMIN, "UpdateExternalLocation", input);
    // All of it is sent with every change, and nothing is tried where nothing moves.
    let same = json!({
        "name": "place", "url": "s3://lakehouse-data/there", "credential_name": CREDENTIAL,
        "comment": "new", "read_only": false,
    });
    assert_eq!(update(same).unwrap()["comment"], "new");
    let elsewhere = json!({"name": "place", "url": "s3://lakehouse-data/elsewhere"});
    let (code, text) = update(elsewhere.clone()).unwrap_err();
    assert_eq!(code, "PERMISSION_DENIED");
    assert!(text.starts_with("AWS IAM role does not have READ permissions"), "{text}");
    let kept = world.done(WORKSPACE_ADMIN, "GetExternalLocation", json!({"name": "PLACE"}));
    assert_eq!(kept["url"], "s3://lakehouse-data/there");
    let mut skip = elsewhere;
    skip["skip_validation"] = true.into();
    assert_eq!(update(skip).unwrap()["url"], "s3://lakehouse-data/elsewhere");
}

#[test]
fn a_role_that_is_no_credential_yet() {
    let reachable = Reachable::new();
    reachable.trust(&trust(crate::first_start::ACCOUNT_ID));
    let input =
        json!({"aws_iam_role": {"role_arn": role_arn()}, "url": "s3://lakehouse-data/there"});
    assert_eq!(failures(&reachable.validate(input)).0, "");
}
