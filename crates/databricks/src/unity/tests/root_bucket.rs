//! What a workspace's root bucket must let Databricks do.

use serde_json::{Value, json};

use super::{BUCKET, refusal};
use crate::first_start::ACCOUNT_ID;
use crate::testing::{ACCOUNT_ADMIN, World};

#[test]
fn a_root_bucket_must_let_databricks_in() {
    let world = World::new();
    world.aws("CreateBucket", json!({"Bucket": BUCKET}));
    let credentials =
        world.done(ACCOUNT_ADMIN, "ListCredentials", json!({}))[0]["credentials_id"].clone();
    let storage = |bucket: &str| {
        let input = json!({"storage_configuration_name": bucket, "root_bucket_info": {"bucket_name": bucket}});
        let made = world.done(ACCOUNT_ADMIN, "CreateStorageConfiguration", input);
        made["storage_configuration_id"].clone()
    };
    let deploy = |storage: &Value| {
        let input = json!({
            "workspace_name": "second", "aws_region": "us-east-1",
            "credentials_id": credentials, "storage_configuration_id": storage,
        });
        world.call(ACCOUNT_ADMIN, "CreateWorkspace", input)
    };
    let fails = |answer, checks: &str| {
        let text = format!("Failed storage configuration validation checks: {checks}");
        assert_eq!(refusal(answer), ("MALFORMED_REQUEST".to_owned(), text));
    };
    let all = "List, Put, PutWithBucketOwnerFullControl, Delete";
    fails(deploy(&storage("no-such-bucket")), all);
    let storage = storage(BUCKET);
    fails(deploy(&storage), all);
    let policy = |account: &str| {
        databricks_policy::bucket(Default::default(), BUCKET, Some(account), None).unwrap()
    };
    let put =
        |policy: &str| world.aws("PutBucketPolicy", json!({"Bucket": BUCKET, "Policy": policy}));
    put(&policy("22222222-2222-4333-8444-555555555555"));
    fails(deploy(&storage), all);
    let own = policy(ACCOUNT_ID);
    for (action, checks) in [
        ("s3:ListBucket", "List"),
        ("s3:PutObject", "Put, PutWithBucketOwnerFullControl"),
        ("s3:DeleteObject", "Delete"),
    ] {
        put(&own.replace(&format!("\"{action}\""), "\"s3:GetBucketAcl\""));
        fails(deploy(&storage), checks);
    }
    put(&own);
    let made = deploy(&storage).unwrap();
    assert_eq!(made["workspace_status"], "PROVISIONING");
}
