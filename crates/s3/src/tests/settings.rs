//! Settings of buckets: what is read, set, and taken away.

use cloud::testing::{Cloud, account};
use serde_json::{Value, json};

use super::{outcome, put, with_bucket};

fn run(cloud: &Cloud, operation: &str, more: Value) -> Result<Value, String> {
    let mut input = json!({"Bucket": "data"});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    outcome(cloud.run(operation, input))
}

fn err(code: &str) -> Result<Value, String> {
    Err(code.to_owned())
}

#[test]
fn a_new_bucket() {
    let cloud = with_bucket();
    let read = |operation: &str| run(&cloud, operation, json!({}));
    for (operation, expected) in [
        ("GetBucketVersioning", Ok(json!({"Status": null}))),
        ("GetBucketPolicy", err("NoSuchBucketPolicy")),
        ("GetBucketPolicyStatus", err("NoSuchBucketPolicy")),
        ("GetBucketTagging", err("NoSuchTagSet")),
        ("GetBucketCors", err("NoSuchCORSConfiguration")),
        ("GetBucketWebsite", err("NoSuchWebsiteConfiguration")),
        ("GetBucketLifecycleConfiguration", err("NoSuchLifecycleConfiguration")),
        ("GetBucketReplication", err("ReplicationConfigurationNotFoundError")),
        ("GetObjectLockConfiguration", err("ObjectLockConfigurationNotFoundError")),
        ("GetBucketLogging", Ok(json!({}))),
        ("GetBucketAccelerateConfiguration", Ok(json!({}))),
        ("GetBucketRequestPayment", Ok(json!({"Payer": "BucketOwner"}))),
        (
            "GetPublicAccessBlock",
            Ok(json!({"PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
                "RestrictPublicBuckets": true,
            }})),
        ),
        (
            "GetBucketOwnershipControls",
            Ok(
                json!({"OwnershipControls": {"Rule": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}),
            ),
        ),
        (
            "GetBucketEncryption",
            Ok(json!({"ServerSideEncryptionConfiguration": {"Rule": [{
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": false,
            }]}})),
        ),
    ] {
        assert_eq!(read(operation), expected, "{operation}");
    }
    for operation in [
        "DeleteBucketCors",
        "DeleteBucketWebsite",
        "DeleteBucketLifecycle",
        "DeleteBucketReplication",
    ] {
        assert_eq!(read(operation), Ok(Value::Null), "{operation}");
    }
}

#[test]
fn settings_are_set_and_taken_away() {
    let cloud = with_bucket();
    let tags = json!({"Tagging": {"TagSet": {"Tag": [{"Key": "team", "Value": "data"}]}}});
    run(&cloud, "PutBucketTagging", tags).unwrap();
    let found = run(&cloud, "GetBucketTagging", json!({})).unwrap();
    assert_eq!(found["TagSet"]["Tag"], json!([{"Key": "team", "Value": "data"}]));
    run(&cloud, "DeleteBucketTagging", json!({})).unwrap();
    assert_eq!(run(&cloud, "GetBucketTagging", json!({})), err("NoSuchTagSet"));

    let logged = json!({"LoggingEnabled": {"TargetBucket": "data", "TargetPrefix": "logs/"}});
    run(&cloud, "PutBucketLogging", json!({"BucketLoggingStatus": logged})).unwrap();
    assert_eq!(run(&cloud, "GetBucketLogging", json!({})), Ok(logged));
    for (changed, code) in [
        (json!({"TargetBucket": "none", "TargetPrefix": ""}), "InvalidTargetBucketForLogging"),
        (json!({"TargetBucket": "data", "TargetGrants": {}}), "NotImplemented"),
        (json!({"TargetBucket": "data", "TargetObjectKeyFormat": {}}), "MalformedXML"),
    ] {
        let status = json!({"BucketLoggingStatus": {"LoggingEnabled": changed}});
        assert_eq!(run(&cloud, "PutBucketLogging", status), err(code));
    }
    run(&cloud, "PutBucketLogging", json!({"BucketLoggingStatus": {}})).unwrap();
    assert_eq!(run(&cloud, "GetBucketLogging", json!({})), Ok(json!({})));

    run(&cloud, "DeletePublicAccessBlock", json!({})).unwrap();
    let code = err("NoSuchPublicAccessBlockConfiguration");
    assert_eq!(run(&cloud, "GetPublicAccessBlock", json!({})), code);
    run(
        &cloud,
        "PutPublicAccessBlock",
        json!({"PublicAccessBlockConfiguration": {"BlockPublicPolicy": true}}),
    )
    .unwrap();
    run(&cloud, "DeleteBucketOwnershipControls", json!({})).unwrap();
    let code = err("OwnershipControlsNotFoundError");
    assert_eq!(run(&cloud, "GetBucketOwnershipControls", json!({})), code);
    let controls = json!({"OwnershipControls": {"Rule": [{"ObjectOwnership": "ObjectWriter"}]}});
    run(&cloud, "PutBucketOwnershipControls", controls).unwrap();

    let rule = json!({"Rule": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key-1"},
        "BucketKeyEnabled": true,
    }]});
    let set = json!({"ServerSideEncryptionConfiguration": rule});
    run(&cloud, "PutBucketEncryption", set.clone()).unwrap();
    assert_eq!(run(&cloud, "GetBucketEncryption", json!({})).unwrap(), set);
    assert_eq!(put(&cloud, "k")["ServerSideEncryption"], "aws:kms");
    let wrong = json!({"Rule": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "k"}}]});
    let input = json!({"ServerSideEncryptionConfiguration": wrong});
    assert_eq!(run(&cloud, "PutBucketEncryption", input), err("InvalidArgument"));

    let notifications = json!({"QueueConfiguration": [{
        "Id": "n", "Queue": "arn:aws:sqs:us-east-1:1:q", "Event": ["s3:ObjectCreated:*"],
    }]});
    let set = json!({"NotificationConfiguration": notifications});
    run(&cloud, "PutBucketNotificationConfiguration", set).unwrap();
    let found = run(&cloud, "GetBucketNotificationConfiguration", json!({})).unwrap();
    assert_eq!(found["QueueConfiguration"], notifications["QueueConfiguration"]);
}

#[test]
fn lists_of_rights_give_nobody_anything() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let own = crate::name::canonical_id(account());
    let grant = |id: &str, permission: &str| json!({"AccessControlList": {"Grant": [{"Grantee": {"ID": id}, "Permission": permission}]}});
    for (ownership, input, expected) in [
        ("BucketOwnerEnforced", json!({"ACL": "bucket-owner-full-control"}), Ok(Value::Null)),
        ("BucketOwnerEnforced", json!({"ACL": "private"}), err("AccessControlListNotSupported")),
        (
            "BucketOwnerEnforced",
            json!({"ACL": "public-read"}),
            err("AccessControlListNotSupported"),
        ),
        (
            "BucketOwnerEnforced",
            json!({"AccessControlPolicy": grant(&own, "FULL_CONTROL")}),
            Ok(Value::Null),
        ),
        (
            "BucketOwnerEnforced",
            json!({"AccessControlPolicy": grant("other", "READ")}),
            err("AccessControlListNotSupported"),
        ),
        ("BucketOwnerEnforced", json!({}), err("MissingSecurityHeader")),
        ("ObjectWriter", json!({"ACL": "private"}), Ok(Value::Null)),
        ("ObjectWriter", json!({"ACL": "public-read"}), err("NotImplemented")),
    ] {
        let controls = json!({"OwnershipControls": {"Rule": [{"ObjectOwnership": ownership}]}});
        run(&cloud, "PutBucketOwnershipControls", controls).unwrap();
        assert_eq!(run(&cloud, "PutBucketAcl", input.clone()), expected, "{ownership} {input}");
        let mut input = input;
        input["Key"] = json!("k");
        assert_eq!(run(&cloud, "PutObjectAcl", input.clone()), expected, "{ownership} {input}");
    }
    let shown = run(&cloud, "GetObjectAcl", json!({"Key": "k"})).unwrap();
    assert_eq!(shown["AccessControlList"]["Grant"][0]["Permission"], "FULL_CONTROL");
    assert_eq!(
        shown["Owner"],
        shown["AccessControlList"]["Grant"][0]["Grantee"]
            .as_object()
            .map(|grantee| json!({"ID": grantee["ID"]}))
            .unwrap()
    );
}

#[test]
fn tags_of_objects() {
    let cloud = with_bucket();
    put(&cloud, "k");
    let tags = json!({"TagSet": {"Tag": [{"Key": "a", "Value": "1"}]}});
    let input = json!({"Key": "k", "Tagging": tags});
    assert_eq!(run(&cloud, "PutObjectTagging", input), Ok(json!({})));
    let found = run(&cloud, "GetObjectTagging", json!({"Key": "k"})).unwrap();
    assert_eq!(found["TagSet"], tags["TagSet"]);
    run(&cloud, "DeleteObjectTagging", json!({"Key": "k"})).unwrap();
    let found = run(&cloud, "GetObjectTagging", json!({"Key": "k"})).unwrap();
    assert_eq!(found["TagSet"]["Tag"], json!([]));
    assert_eq!(run(&cloud, "GetObjectTagging", json!({"Key": "none"})), err("NoSuchKey"));
    let described = json!({"Key": "k", "ObjectAttributes": "ETag,ObjectSize,StorageClass,Checksum,ObjectParts"});
    let found = run(&cloud, "GetObjectAttributes", described).unwrap();
    assert_eq!((&found["ObjectSize"], &found["StorageClass"]), (&json!(1), &json!("STANDARD")));
    assert_eq!(found["Checksum"]["ChecksumType"], "FULL_OBJECT");
    let unknown = json!({"Key": "k", "ObjectAttributes": "Colour"});
    assert_eq!(run(&cloud, "GetObjectAttributes", unknown), err("InvalidArgument"));
}

#[test]
fn cors_is_a_record() {
    let cloud = with_bucket();
    let put = |rules: Value| {
        let answer = cloud.run(
            "PutBucketCors",
            json!({"Bucket": "data", "CORSConfiguration": {"CORSRule": rules}}),
        );
        answer.map(drop)
    };
    let rule = |more: Value| {
        let mut rule =
            json!({"AllowedMethod": ["GET"], "AllowedOrigin": ["https://*.example.com"]});
        for (name, value) in more.as_object().unwrap() {
            rule[name] = value.clone();
        }
        json!([rule])
    };
    let refused = |rules: Value| put(rules).unwrap_err();
    assert_eq!(refused(json!([])).0, "MalformedXML");
    assert_eq!(refused(json!([{"AllowedOrigin": ["*"]}])).0, "MalformedXML");
    for (rules, text) in [
        (
            rule(json!({"AllowedMethod": ["GET", "PATCH"]})),
            "Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
        ),
        (
            rule(json!({"AllowedOrigin": ["*.*"]})),
            "AllowedOrigin \"*.*\" can not have more than one wildcard.",
        ),
        (
            rule(json!({"AllowedHeader": ["x-**"]})),
            "AllowedHeader \"x-**\" can not have more than one wildcard.",
        ),
        (
            rule(json!({"ExposeHeader": ["*"]})),
            "ExposeHeader \"*\" contains wildcard. We currently do not support wildcard for ExposeHeader.",
        ),
    ] {
        assert_eq!(refused(rules), ("InvalidRequest".to_owned(), text.to_owned()));
    }
    let many = |count: usize| -> Value { (0..count).map(|_| rule(json!({}))[0].clone()).collect() };
    assert_eq!(refused(many(crate::cors::MAX_RULES + 1)).0, "InvalidRequest");
    put(many(crate::cors::MAX_RULES)).unwrap();
    put(rule(json!({"MaxAgeSeconds": 60}))).unwrap();
    let got = run(&cloud, "GetBucketCors", json!({})).unwrap();
    assert_eq!(got["CORSRule"][0]["MaxAgeSeconds"], 60);
    run(&cloud, "DeleteBucketCors", json!({})).unwrap();
    assert_eq!(run(&cloud, "GetBucketCors", json!({})), err("NoSuchCORSConfiguration"));
}

#[test]
fn a_lifecycle_is_a_record() {
    let cloud = with_bucket();
    let put = |rules: Value| {
        let input = json!({"Bucket": "data", "LifecycleConfiguration": {"Rule": rules}});
        cloud.run("PutBucketLifecycleConfiguration", input)
    };
    let rule = |more: Value| {
        let mut rule = json!({"Status": "Enabled", "Filter": {"Prefix": "logs/"}});
        for (name, value) in more.as_object().unwrap() {
            rule[name] = value.clone();
        }
        rule
    };
    let expires = |days: i64| rule(json!({"ID": "a", "Expiration": {"Days": days}}));
    let to_ia =
        |days: i64| rule(json!({"Transition": [{"Days": days, "StorageClass": "STANDARD_IA"}]}));
    let long = |length: usize| rule(json!({"ID": "x".repeat(length), "Expiration": {"Days": 1}}));
    let refused = |rules: Value| put(rules).unwrap_err();
    for rules in [
        json!([]),
        json!([{"Status": "Enabled", "Expiration": {"Days": 1}}]),
        json!([rule(json!({"Prefix": "", "Expiration": {"Days": 1}}))]),
        json!([rule(json!({"Expiration": {"Days": 1, "Date": "2030-01-01T00:00:00Z"}}))]),
    ] {
        assert_eq!(refused(rules.clone()).0, "MalformedXML", "{rules}");
    }
    for (rules, code, text) in [
        (
            json!([rule(json!({}))]),
            "InvalidRequest",
            "At least one action needs to be specified in a rule",
        ),
        (
            json!([expires(0)]),
            "InvalidArgument",
            "'Days' for Expiration action must be a positive integer",
        ),
        (
            json!([to_ia(29)]),
            "InvalidArgument",
            "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
        ),
        (
            json!([expires(1), expires(2)]),
            "InvalidArgument",
            "Rule ID must be unique. Found same ID for more than one rule",
        ),
        (
            json!([long(crate::lifecycle::MAX_ID + 1)]),
            "InvalidArgument",
            "ID length should not exceed allowed limit of 255",
        ),
    ] {
        assert_eq!(refused(rules), (code.to_owned(), text.to_owned()));
    }
    put(json!([long(crate::lifecycle::MAX_ID)])).unwrap();
    let answer = put(json!([expires(1), to_ia(30)])).unwrap();
    assert_eq!(answer["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K");
    let got = run(&cloud, "GetBucketLifecycleConfiguration", json!({})).unwrap();
    assert_eq!(got["Rule"][0], expires(1));
    assert!(!got["Rule"][1]["ID"].as_str().unwrap().is_empty());
    run(&cloud, "DeleteBucketLifecycle", json!({})).unwrap();
    let none = run(&cloud, "GetBucketLifecycleConfiguration", json!({}));
    assert_eq!(none, err("NoSuchLifecycleConfiguration"));
}
