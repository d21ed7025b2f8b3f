//! Who may do what: identity, bucket policy, boundary, session, in the bucket's account and from another.

use std::sync::Arc;

use cloud::Caller;
use cloud::testing::{ACCOUNT, Cloud, allow, root, statement};
use serde_json::{Value, json};

use super::{OTHER, outcome, put, put_as, with_bucket};

fn set_policy(cloud: &Cloud, statements: Value) -> Result<Value, (String, String)> {
    let policy = statement(statements);
    cloud.run("PutBucketPolicy", json!({"Bucket": "data", "Policy": policy}))
}

fn grant(principal: &str, actions: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": resource})
}

/// A user of the other account, which exists.
fn stranger(cloud: &Cloud, policy: &str) -> Caller {
    Caller::User(Arc::new(cloud.user_in(OTHER, "/", "stranger", policy)))
}

fn read(cloud: &Cloud, caller: &Caller) -> Result<(), (String, String)> {
    cloud.run_as(caller, "GetObject", json!({"Bucket": "data", "Key": "k"})).map(drop)
}

const OBJECTS: &str = "arn:aws:s3:::data/*";

#[test]
fn in_the_buckets_account_either_side_may_grant() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let nobody = cloud.user("nobody", &allow("iam:GetUser", "*"));
    let reader = cloud.user("reader", &allow("s3:GetObject", OBJECTS));
    assert_eq!(read(&cloud, &reader), Ok(()));
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::data/k\" because no identity-based policy allows the s3:GetObject action"
    );
    assert_eq!(read(&cloud, &nobody), Err(("AccessDenied".to_owned(), sentence)));
    set_policy(&cloud, json!([grant(&nobody.arn(), "s3:GetObject", OBJECTS)])).unwrap();
    assert_eq!(read(&cloud, &nobody), Ok(()));
    let deny =
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS});
    set_policy(&cloud, json!([deny])).unwrap();
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/reader is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::data/k\" with an explicit deny in a resource-based policy"
    );
    assert_eq!(read(&cloud, &reader), Err(("AccessDenied".to_owned(), sentence)));
    let root_too = read(&cloud, &root()).unwrap_err();
    assert!(
        root_too.1.ends_with("with an explicit deny in a resource-based policy"),
        "{}",
        root_too.1
    );
    // But root can always get a policy back that shuts it out.
    let everything = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::data", OBJECTS]});
    set_policy(&cloud, json!([everything])).unwrap();
    cloud.run("DeleteBucketPolicy", json!({"Bucket": "data"})).unwrap();
    assert_eq!(read(&cloud, &reader), Ok(()));
}

#[test]
fn from_another_account_both_sides_must_grant() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let able = stranger(&cloud, &allow("s3:*", "*"));
    let refused = Err(("AccessDenied".to_owned(), "Access Denied".to_owned()));
    assert_eq!(read(&cloud, &able), refused, "the bucket does not grant");
    set_policy(&cloud, json!([grant(&able.arn(), "s3:GetObject", OBJECTS)])).unwrap();
    assert_eq!(read(&cloud, &able), Ok(()));
    let unable = stranger(&cloud, &allow("s3:ListBucket", "*"));
    set_policy(&cloud, json!([grant(OTHER, "s3:GetObject", OBJECTS)])).unwrap();
    assert_eq!(read(&cloud, &unable), refused, "the own account does not grant");
    assert_eq!(read(&cloud, &Caller::Root(OTHER.parse().unwrap())), Ok(()));
}

#[test]
fn who_may_not_list_does_not_learn_what_is_missing() {
    let cloud = with_bucket();
    let get = |caller: &Caller, more: Value| {
        let mut input = json!({"Bucket": "data", "Key": "none"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        cloud.run_as(caller, "GetObject", input.clone()).and(cloud.run_as(
            caller,
            "HeadObject",
            input,
        ))
    };
    let reader = cloud.user("reader", &allow("s3:GetObject*", OBJECTS));
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/reader is not authorized to perform: s3:ListBucket on resource: \
         \"arn:aws:s3:::data\" because no identity-based policy allows the s3:ListBucket action"
    );
    assert_eq!(get(&reader, json!({})), Err(("AccessDenied".to_owned(), sentence)));
    let lister = cloud.user(
        "lister",
        &statement(json!([
            {"Effect": "Allow", "Action": ["s3:GetObject*", "s3:ListBucket"], "Resource": "*"},
        ])),
    );
    assert_eq!(outcome(get(&lister, json!({}))), Err("NoSuchKey".to_owned()));
    let version = json!({"VersionId": "x".repeat(32)});
    let refused = get(&lister, version).unwrap_err();
    assert!(refused.1.contains("s3:ListBucketVersions"), "{}", refused.1);
    assert_eq!(
        outcome(get(&root(), json!({"VersionId": "null"}))),
        Err("NoSuchVersion".to_owned())
    );
    // A bucket that does not exist is no secret.
    let nowhere = cloud.run_as(&reader, "GetObject", json!({"Bucket": "none", "Key": "k"}));
    assert_eq!(outcome(nowhere), Err("NoSuchBucket".to_owned()));
}

#[test]
fn conditions_see_the_request() {
    let cloud = with_bucket();
    let on =
        |name: &str, action: &str, resource: &str, condition: Value| {
            cloud.user(name, &statement(json!({
            "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition,
        })))
        };
    let home = on(
        "home",
        "s3:ListBucket",
        "*",
        json!({"StringLike": {"s3:prefix": "home/*"}, "NumericLessThanEquals": {"s3:max-keys": 10}}),
    );
    let list = |more: Value| {
        let mut input = json!({"Bucket": "data"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        cloud.run_as(&home, "ListObjectsV2", input).is_ok()
    };
    assert!(list(json!({"Prefix": "home/x", "MaxKeys": 10})));
    assert!(!list(json!({"Prefix": "home/x", "MaxKeys": 11})));
    assert!(!list(json!({"Prefix": "home/x"})), "the key is not there");
    assert!(!list(json!({"Prefix": "other", "MaxKeys": 1})));
    let encrypts = on(
        "encrypts",
        "s3:PutObject",
        "*",
        json!({"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
    );
    assert!(put_as(&cloud, &encrypts, "k", json!({"ServerSideEncryption": "aws:kms"})).is_ok());
    assert!(put_as(&cloud, &encrypts, "k", json!({})).is_err());
    let tags = on(
        "tags",
        "s3:PutObject*",
        "*",
        json!({"StringEquals": {"s3:RequestObjectTag/team": "data"}, "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["team"]}}),
    );
    assert!(put_as(&cloud, &tags, "k", json!({"Tagging": "team=data"})).is_ok());
    assert!(put_as(&cloud, &tags, "k", json!({"Tagging": "team=data&x=y"})).is_err());
    assert!(put_as(&cloud, &tags, "k", json!({"Tagging": "team=other"})).is_err());
    put_as(&cloud, &root(), "tagged", json!({"Tagging": "open=yes"})).unwrap();
    let reads_open = on(
        "open",
        "s3:GetObject",
        "*",
        json!({"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}),
    );
    let get = |key: &str| {
        cloud.run_as(&reads_open, "GetObject", json!({"Bucket": "data", "Key": key})).is_ok()
    };
    assert!(get("tagged"));
    assert!(!get("k"));
    let account =
        on("account", "s3:GetObject", "*", json!({"StringEquals": {"s3:ResourceAccount": OTHER}}));
    assert!(cloud.run_as(&account, "GetObject", json!({"Bucket": "data", "Key": "k"})).is_err());
}

#[test]
fn boundaries_and_copies() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let copier = cloud.user("copier", &allow("s3:PutObject", OBJECTS));
    let input = json!({
        "Bucket": "data", "Key": "copy", "CopySource": "data/k",
        "$copied": {"received": super::received(b"k"), "etag": "8ce4b16b22b58894aa86c421e8759df3"},
    });
    let refused = cloud.run_as(&copier, "CopyObject", input.clone()).unwrap_err();
    assert!(
        refused.1.contains("s3:GetObject on resource: \"arn:aws:s3:::data/k\""),
        "{}",
        refused.1
    );
    let copier = cloud.user(
        "copier",
        &statement(json!({
            "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": OBJECTS,
            "Condition": {"StringEqualsIfExists": {"s3:x-amz-copy-source": "data/k"}},
        })),
    );
    assert!(cloud.run_as(&copier, "CopyObject", input.clone()).is_ok());
    // With tags to copy, they are to be read and written, too.
    put_as(&cloud, &root(), "k", json!({"Tagging": "a=b"})).unwrap();
    let refused = cloud.run_as(&copier, "CopyObject", input).unwrap_err();
    assert!(refused.1.contains("s3:GetObjectTagging"), "{}", refused.1);
}

#[test]
fn many_deletions_are_asked_one_by_one() {
    let cloud = with_bucket();
    for key in ["mine/1", "mine/2", "yours/1"] {
        put(&cloud, key);
    }
    let cleaner = cloud.user("cleaner", &allow("s3:DeleteObject", "arn:aws:s3:::data/mine/*"));
    let objects: Vec<Value> =
        ["mine/1", "mine/2", "yours/1", "mine/none"].map(|key| json!({"Key": key})).to_vec();
    let input = json!({"Bucket": "data", "Delete": {"Object": objects}});
    let done = cloud.run_as(&cleaner, "DeleteObjects", input).unwrap();
    let keys = |member: &str| -> Vec<String> {
        done[member]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["Key"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(keys("Deleted"), ["mine/1", "mine/2", "mine/none"]);
    assert_eq!(keys("Error"), ["yours/1"]);
    assert_eq!(done["Error"][0]["Code"], "AccessDenied");
    let left = cloud.run("ListObjectsV2", json!({"Bucket": "data"})).unwrap();
    assert_eq!(left["Contents"][0]["Key"], "yours/1");
}

#[test]
fn the_public() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let anonymous = Caller::Anonymous { account: ACCOUNT.parse().unwrap() };
    let public = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS}]);
    let block = |settings: Value| {
        let input = json!({"Bucket": "data", "PublicAccessBlockConfiguration": settings});
        cloud.run("PutPublicAccessBlock", input).unwrap();
    };
    let refused = set_policy(&cloud, public.clone()).unwrap_err();
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: s3:PutBucketPolicy on resource: \
         \"arn:aws:s3:::data\" because public policies are prevented by the BlockPublicPolicy setting in S3 \
         Block Public Access."
    );
    assert_eq!(refused, ("AccessDenied".to_owned(), sentence));
    block(json!({}));
    assert_eq!(
        read(&cloud, &anonymous),
        Err(("AccessDenied".to_owned(), "Access Denied".to_owned()))
    );
    set_policy(&cloud, public).unwrap();
    assert_eq!(read(&cloud, &anonymous), Ok(()));
    let status = cloud.run("GetBucketPolicyStatus", json!({"Bucket": "data"})).unwrap();
    assert_eq!(status["PolicyStatus"]["IsPublic"], true);
    let stranger = stranger(&cloud, &allow("s3:*", "*"));
    let insider = cloud.user("insider", &allow("iam:GetUser", "*"));
    assert_eq!((read(&cloud, &stranger), read(&cloud, &insider)), (Ok(()), Ok(())));
    block(json!({"RestrictPublicBuckets": true}));
    assert!(read(&cloud, &anonymous).is_err());
    assert!(read(&cloud, &stranger).is_err());
    assert_eq!(read(&cloud, &insider), Ok(()));
}

#[test]
fn principals_must_exist() {
    let cloud = with_bucket();
    let missing = format!("arn:aws:iam::{ACCOUNT}:role/none");
    let refused =
        set_policy(&cloud, json!([grant(&missing, "s3:GetObject", OBJECTS)])).unwrap_err();
    assert_eq!(refused, ("MalformedPolicy".to_owned(), "Invalid principal in policy".to_owned()));
    // A user who is made anew under an old name is another one.
    put(&cloud, "k");
    let anna = cloud.user("anna", &allow("iam:GetUser", "*"));
    let arn = anna.arn();
    let policy = statement(json!([grant(&arn, "s3:GetObject", OBJECTS)]));
    cloud.run("PutBucketPolicy", json!({"Bucket": "data", "Policy": policy})).unwrap();
    assert_eq!(read(&cloud, &anna), Ok(()));
    let shown =
        || cloud.run("GetBucketPolicy", json!({"Bucket": "data"})).unwrap()["Policy"].clone();
    assert_eq!(shown(), json!(policy), "byte for byte");
    let other = cloud.user("anna", &allow("iam:GetUser", "*"));
    assert!(read(&cloud, &other).is_err());
    assert!(shown().as_str().unwrap().contains("AIDA"), "{}", shown());
}
