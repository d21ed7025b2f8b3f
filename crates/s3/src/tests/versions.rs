//! Versions, delete markers, and the version called `null`.

use cloud::testing::Cloud;
use serde_json::{Value, json};

use super::{get, outcome, put, with_bucket};

fn set(cloud: &Cloud, status: &str) {
    let input = json!({"Bucket": "data", "VersioningConfiguration": {"Status": status}});
    cloud.run("PutBucketVersioning", input).unwrap();
}

fn delete(cloud: &Cloud, version: Option<&str>) -> Value {
    let input = json!({"Bucket": "data", "Key": "k", "VersionId": version});
    cloud.run("DeleteObject", input).unwrap()
}

/// The versions and markers of all keys, newest first: `(version, is a marker, is the latest)`.
fn versions(cloud: &Cloud) -> Vec<(String, bool, bool)> {
    let listed = cloud.run("ListObjectVersions", json!({"Bucket": "data"})).unwrap();
    let mut all = Vec::new();
    for (member, marker) in [("Version", false), ("DeleteMarker", true)] {
        for version in listed[member].as_array().unwrap() {
            let id = version["VersionId"].as_str().unwrap().to_owned();
            all.push((id, marker, version["IsLatest"] == json!(true)));
        }
    }
    all
}

#[test]
fn without_versioning_a_write_replaces() {
    let cloud = with_bucket();
    assert_eq!(put(&cloud, "k")["VersionId"], Value::Null);
    put(&cloud, "k");
    assert_eq!(versions(&cloud), [("null".to_owned(), false, true)]);
    assert_eq!(delete(&cloud, None), json!({"DeleteMarker": null, "VersionId": null}));
    assert_eq!(delete(&cloud, None)["DeleteMarker"], Value::Null, "what is gone can go again");
    assert!(versions(&cloud).is_empty());
    assert_eq!(outcome(get(&cloud, "k", json!({}))), Err("NoSuchKey".to_owned()));
}

#[test]
fn versions_are_kept() {
    let cloud = with_bucket();
    put(&cloud, "k");
    set(&cloud, "Enabled");
    let first = put(&cloud, "k")["VersionId"].as_str().unwrap().to_owned();
    let second = put(&cloud, "k")["VersionId"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let of = |version: &str| get(&cloud, "k", json!({"VersionId": version}));
    assert_eq!(get(&cloud, "k", json!({})).unwrap()["VersionId"], json!(second));
    assert_eq!(of("null").unwrap()["VersionId"], "null");
    let marker = delete(&cloud, None);
    assert_eq!(marker["DeleteMarker"], true);
    let marker = marker["VersionId"].as_str().unwrap().to_owned();
    assert_eq!(outcome(get(&cloud, "k", json!({}))), Err("NoSuchKey".to_owned()));
    assert_eq!(outcome(of(&marker)), Err("MethodNotAllowed".to_owned()));
    assert!(of(&first).is_ok());
    assert_eq!(
        versions(&cloud),
        [
            (second.clone(), false, false),
            (first.clone(), false, false),
            ("null".to_owned(), false, false),
            (marker.clone(), true, true),
        ]
    );
    let listed = cloud.run("ListObjectsV2", json!({"Bucket": "data"})).unwrap();
    assert_eq!(listed["KeyCount"], 0, "a marker hides the object");
    let folded = cloud.run("ListObjectsV2", json!({"Bucket": "data", "Delimiter": "k"})).unwrap();
    assert_eq!(folded["KeyCount"], 0, "and the prefix with nothing else below it");
    assert_eq!(delete(&cloud, Some(&marker))["DeleteMarker"], true);
    assert_eq!(get(&cloud, "k", json!({})).unwrap()["VersionId"], json!(second));
    for version in [&second, &first, "null"] {
        delete(&cloud, Some(version));
    }
    assert!(versions(&cloud).is_empty());
    assert_eq!(delete(&cloud, Some(&first))["VersionId"], json!(first), "again");
}

#[test]
fn a_suspended_bucket_replaces_the_null_version() {
    let cloud = with_bucket();
    set(&cloud, "Enabled");
    let kept = put(&cloud, "k")["VersionId"].as_str().unwrap().to_owned();
    set(&cloud, "Suspended");
    put(&cloud, "k");
    put(&cloud, "k");
    assert_eq!(versions(&cloud), [("null".to_owned(), false, true), (kept.clone(), false, false)]);
    let marker = delete(&cloud, None);
    assert_eq!(marker["VersionId"], "null");
    assert_eq!(versions(&cloud), [(kept.clone(), false, false), ("null".to_owned(), true, true)]);
    set(&cloud, "Enabled");
    let newer = put(&cloud, "k")["VersionId"].as_str().unwrap().to_owned();
    set(&cloud, "Suspended");
    put(&cloud, "k");
    let expected = [("null".to_owned(), false, true), (newer, false, false), (kept, false, false)];
    assert_eq!(versions(&cloud), expected);
    let input = json!({"Bucket": "data", "VersioningConfiguration": {}});
    let refused = outcome(cloud.run("PutBucketVersioning", input));
    assert_eq!(refused, Err("IllegalVersioningConfigurationException".to_owned()));
}
