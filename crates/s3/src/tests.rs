//! Buckets and objects in a cloud in memory: operations from JSON, authorized and run. Every demand is held
//! against AWS's reference on the way.

mod access;
mod listing;
mod multipart;
mod settings;
mod versions;

use cloud::Caller;
use cloud::testing::{Answer, Cloud, root};
use serde_json::{Value, json};

use crate::content::Received;

/// The account that is not [`cloud::testing::ACCOUNT`].
pub(crate) const OTHER: &str = "999999999999";

pub(crate) fn cloud() -> Cloud {
    let find = |name: &str, call: cloud::testing::Call<'_>| crate::table::visit(name, call);
    let demands = |name: &str, call: cloud::testing::Demands<'_>| crate::table::visit(name, call);
    Cloud::with(crate::add_rows(cloud::schema::schema()), find, demands)
}

/// A cloud with the bucket `data`.
pub(crate) fn with_bucket() -> Cloud {
    let cloud = cloud();
    cloud.run("CreateBucket", json!({"Bucket": "data"})).unwrap();
    cloud
}

pub(crate) fn received(bytes: &[u8]) -> Value {
    serde_json::to_value(Received::inline(bytes).unwrap()).unwrap()
}

pub(crate) fn put_as(cloud: &Cloud, caller: &Caller, key: &str, more: Value) -> Answer {
    let mut input = json!({"Bucket": "data", "Key": key, "$received": received(key.as_bytes())});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    cloud.run_as(caller, "PutObject", input)
}

pub(crate) fn put(cloud: &Cloud, key: &str) -> Value {
    put_as(cloud, &root(), key, json!({})).unwrap()
}

pub(crate) fn get(cloud: &Cloud, key: &str, more: Value) -> Answer {
    let mut input = json!({"Bucket": "data", "Key": key});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    cloud.run("GetObject", input)
}

/// What an operation answers, or the code that it fails with.
pub(crate) fn outcome(answer: Answer) -> Result<Value, String> {
    answer.map_err(|(code, _)| code)
}

#[test]
fn buckets_have_one_name_in_all_accounts() {
    let cloud = with_bucket();
    let create = |caller: &Caller, input: Value| cloud.run_as(caller, "CreateBucket", input);
    let other = Caller::Root(OTHER.parse().unwrap());
    let taken = create(&other, json!({"Bucket": "data"})).unwrap_err();
    assert_eq!(taken.0, "BucketAlreadyExists");
    // Its owner may make it again, where it is in us-east-1.
    assert!(create(&root(), json!({"Bucket": "data"})).is_ok());
    let elsewhere = json!({"LocationConstraint": "eu-west-1"});
    let input = json!({"Bucket": "far", "CreateBucketConfiguration": elsewhere});
    assert!(create(&root(), input.clone()).is_ok());
    assert_eq!(create(&root(), input).unwrap_err().0, "BucketAlreadyOwnedByYou");
    let location = |bucket: &str| {
        cloud.run("GetBucketLocation", json!({"Bucket": bucket})).unwrap()["LocationConstraint"]
            .clone()
    };
    assert_eq!((location("data"), location("far")), (Value::Null, json!("eu-west-1")));
    for (constraint, code) in [
        ("us-east-1", "InvalidLocationConstraint"),
        ("moon", "InvalidLocationConstraint"),
        ("", ""),
    ] {
        let configuration = json!({"LocationConstraint": constraint});
        let input = json!({"Bucket": "new", "CreateBucketConfiguration": configuration});
        let found = create(&root(), input).err().map(|(code, _)| code).unwrap_or_default();
        assert_eq!(found, code, "{constraint}");
    }
    for bad in ["..", "A", "a/b", "\0\0\0", &"a".repeat(64)] {
        assert_eq!(create(&root(), json!({"Bucket": bad})).unwrap_err().0, "InvalidBucketName");
    }
    let listed = cloud.run("ListBuckets", json!({})).unwrap();
    let names: Vec<&str> = listed["Buckets"]["Bucket"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bucket| bucket["Name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["data", "far", "new"]);
    let page = cloud.run("ListBuckets", json!({"MaxBuckets": 2})).unwrap();
    assert_eq!(page["Buckets"]["Bucket"].as_array().unwrap().len(), 2);
    let next = json!({"ContinuationToken": page["ContinuationToken"]});
    let rest = cloud.run("ListBuckets", next).unwrap();
    assert_eq!(rest["Buckets"]["Bucket"][0]["Name"], "new");
}

#[test]
fn only_empty_buckets_go() {
    let cloud = with_bucket();
    let delete = || cloud.run("DeleteBucket", json!({"Bucket": "data"}));
    put(&cloud, "a");
    assert_eq!(delete().unwrap_err().0, "BucketNotEmpty");
    // A neighbour whose name starts alike is not in it.
    cloud.run("CreateBucket", json!({"Bucket": "data-2"})).unwrap();
    cloud.run("DeleteObject", json!({"Bucket": "data", "Key": "a"})).unwrap();
    let upload = json!({"Bucket": "data", "Key": "a"});
    cloud.run("CreateMultipartUpload", upload).unwrap();
    delete().unwrap();
    assert_eq!(delete().unwrap_err().0, "NoSuchBucket");
}

#[test]
fn objects_are_answered_as_they_were_written() {
    let cloud = with_bucket();
    let headers = json!({
        "ContentType": "text/plain", "CacheControl": "no-cache", "ContentDisposition": "inline",
        "ContentLanguage": "de", "ContentEncoding": "aws-chunked,gzip", "Expires": "never",
        "Metadata": {"colour": "blue"}, "StorageClass": "STANDARD_IA", "Tagging": "a=1&b=2",
        "WebsiteRedirectLocation": "/elsewhere",
    });
    put_as(&cloud, &root(), "k", headers).unwrap();
    let found = get(&cloud, "k", json!({})).unwrap();
    for (member, value) in [
        ("ContentType", json!("text/plain")),
        ("ContentEncoding", json!("gzip")),
        ("ContentLanguage", json!("de")),
        ("Metadata", json!({"colour": "blue"})),
        ("StorageClass", json!("STANDARD_IA")),
        ("TagCount", json!(2)),
        ("ContentLength", json!(1)),
        ("ETag", json!("\"8ce4b16b22b58894aa86c421e8759df3\"")),
        ("ContentRange", Value::Null),
        ("VersionId", Value::Null),
        ("ChecksumCRC64NVME", Value::Null),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    let overridden = json!({"ResponseContentType": "x/y", "ChecksumMode": "ENABLED"});
    let found = get(&cloud, "k", overridden).unwrap();
    assert_eq!(found["ContentType"], "x/y");
    assert!(found["ChecksumCRC64NVME"].is_string());
    // The same of a copy, of which nothing but the storage class and where it leads is new.
    let copy = |more: Value| {
        let mut input = json!({"Bucket": "data", "Key": "copy", "CopySource": "data/k"});
        let source = received(b"k");
        input["$copied"] = json!({"received": source, "etag": "8ce4b16b22b58894aa86c421e8759df3"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        // A copy reads and writes; the table knows it as a write.
        cloud.run("CopyObject", input)
    };
    copy(json!({})).unwrap();
    let found = get(&cloud, "copy", json!({})).unwrap();
    assert_eq!(found["Metadata"], json!({"colour": "blue"}));
    assert_eq!((&found["StorageClass"], &found["TagCount"]), (&Value::Null, &json!(2)));
    let replaced = json!({
        "MetadataDirective": "REPLACE", "Metadata": {"x": "y"}, "TaggingDirective": "REPLACE",
    });
    copy(replaced).unwrap();
    let found = get(&cloud, "copy", json!({})).unwrap();
    assert_eq!((&found["Metadata"], &found["TagCount"]), (&json!({"x": "y"}), &Value::Null));
    for (more, code) in [
        (json!({"Key": "k"}), "InvalidRequest"),
        (json!({"MetadataDirective": "MOVE"}), "InvalidArgument"),
        (json!({"CopySource": "data"}), "InvalidArgument"),
        (json!({"CopySource": "data/none"}), "NoSuchKey"),
        (json!({"CopySource": "none/k"}), "NoSuchBucket"),
        (json!({"CopySourceIfMatch": "\"x\""}), "PreconditionFailed"),
        (json!({"CopySourceIfNoneMatch": "*"}), "PreconditionFailed"),
        (json!({"IfNoneMatch": "*"}), "PreconditionFailed"),
    ] {
        assert_eq!(outcome(copy(more.clone())), Err(code.to_owned()), "{more}");
    }
}

#[test]
fn ranges_and_conditions() {
    let cloud = with_bucket();
    put(&cloud, "0123456789");
    let etag =
        cloud.run("HeadObject", json!({"Bucket": "data", "Key": "0123456789"})).unwrap()["ETag"]
            .clone();
    let part = get(&cloud, "0123456789", json!({"Range": "bytes=2-4"})).unwrap();
    assert_eq!(
        (&part["ContentLength"], &part["ContentRange"]),
        (&json!(3), &json!("bytes 2-4/10"))
    );
    let whole = get(&cloud, "0123456789", json!({"Range": "bytes=4-2"})).unwrap();
    assert_eq!(whole["ContentLength"], 10);
    for (more, code) in [
        (json!({"Range": "bytes=10-"}), "InvalidRange"),
        (json!({"IfMatch": "\"x\""}), "PreconditionFailed"),
        (json!({"IfNoneMatch": etag.clone()}), "NotModified"),
        (json!({"PartNumber": 2}), "InvalidPartNumber"),
        (json!({"PartNumber": 0}), "InvalidArgument"),
        (json!({"PartNumber": 10001}), "InvalidArgument"),
        (json!({"Range": "bytes=0-1", "PartNumber": 1}), "InvalidRequest"),
        (json!({"VersionId": "?"}), "InvalidArgument"),
        (json!({"VersionId": "x".repeat(32)}), "NoSuchVersion"),
    ] {
        assert_eq!(
            outcome(get(&cloud, "0123456789", more.clone())),
            Err(code.to_owned()),
            "{more}"
        );
    }
    // Conditional writes.
    let put = |key: &str, more: Value| outcome(put_as(&cloud, &root(), key, more)).map(drop);
    assert_eq!(put("new", json!({"IfNoneMatch": "*"})), Ok(()));
    assert_eq!(put("new", json!({"IfNoneMatch": "*"})), Err("PreconditionFailed".to_owned()));
    assert_eq!(put("0123456789", json!({"IfMatch": etag})), Ok(()));
    assert_eq!(
        put("0123456789", json!({"IfMatch": "\"x\""})),
        Err("PreconditionFailed".to_owned())
    );
    assert_eq!(put("none", json!({"IfMatch": "\"x\""})), Err("NoSuchKey".to_owned()));
    assert_eq!(put("none", json!({"IfNoneMatch": "\"x\""})), Err("NotImplemented".to_owned()));
}

#[test]
fn bad_input() {
    let cloud = with_bucket();
    for (more, code) in [
        (json!({"Key": "k".repeat(1025)}), "KeyTooLongError"),
        (json!({"Metadata": {"k": "v".repeat(2048)}}), "MetadataTooLarge"),
        (json!({"StorageClass": "COLD"}), "InvalidStorageClass"),
        (json!({"Tagging": "a=1&a=2"}), "InvalidTag"),
        (json!({"ServerSideEncryption": "rot13"}), "InvalidEncryptionAlgorithmError"),
        (json!({"SSECustomerAlgorithm": "AES256"}), "NotImplemented"),
        (json!({"ACL": "public-read"}), "AccessControlListNotSupported"),
        (json!({"ACL": "nonsense"}), "InvalidArgument"),
        (json!({"ObjectLockMode": "GOVERNANCE"}), "InvalidRequest"),
        (json!({"GrantRead": "id=1"}), "NotImplemented"),
        (json!({"Bucket": "none"}), "NoSuchBucket"),
        (json!({"Bucket": "../.."}), "InvalidBucketName"),
    ] {
        assert_eq!(
            outcome(put_as(&cloud, &root(), "k", more.clone())),
            Err(code.to_owned()),
            "{more}"
        );
    }
    // Keys are names and nothing else, whatever is in them.
    let longest = "ü".repeat(512);
    for key in [
        "..",
        "../../etc/passwd",
        "/",
        "//",
        "a\0b",
        "\u{1}",
        "\u{2}",
        "\u{10ffff}",
        " ",
        "?",
        &longest,
    ] {
        put(&cloud, key);
        assert_eq!(get(&cloud, key, json!({})).unwrap()["ContentLength"], key.len(), "{key:?}");
    }
    let listed = cloud.run("ListObjectsV2", json!({"Bucket": "data"})).unwrap();
    assert_eq!(listed["KeyCount"], 11);
    let none = cloud.run("DeleteObjects", json!({"Bucket": "data", "Delete": {"Object": []}}));
    assert_eq!(outcome(none), Err("MalformedXML".to_owned()));
    let too_many: Vec<Value> = (0..1001).map(|at| json!({"Key": at.to_string()})).collect();
    let input = json!({"Bucket": "data", "Delete": {"Object": too_many[..1000]}});
    assert!(cloud.run("DeleteObjects", input).is_ok());
    let input = json!({"Bucket": "data", "Delete": {"Object": too_many}});
    assert_eq!(outcome(cloud.run("DeleteObjects", input)), Err("MalformedXML".to_owned()));
}

#[test]
fn other_services_write_and_read_a_few_bytes() {
    use crate::content::MAX_INLINE_BYTES;
    use crate::object::put::PutObject;
    assert!(PutObject::of_bytes("data", "k", &vec![0; MAX_INLINE_BYTES]).is_some());
    assert!(PutObject::of_bytes("data", "k", &vec![0; MAX_INLINE_BYTES + 1]).is_none());
}
