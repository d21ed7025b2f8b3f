//! Lists held against a list that is made the plain way.

use std::collections::BTreeSet;

use cloud::testing::{Cloud, root};
use serde_json::{Value, json};

use super::{put_as, with_bucket};

const KEYS: [&str; 14] = [
    "a", "a/", "a/b", "a/b/c", "a/c", "a0", "b", "b/x", "b/y/z", "c//d", "d/e", "é", "\u{1}x",
    "z/\0",
];

fn filled() -> Cloud {
    let cloud = with_bucket();
    for key in KEYS {
        put_as(&cloud, &root(), key, json!({})).unwrap();
    }
    cloud
}

/// Keys and common prefixes, in order, as S3 documents them.
fn plain(prefix: &str, delimiter: &str, after: &str) -> Vec<String> {
    let sorted: BTreeSet<&str> = KEYS.into_iter().collect();
    let mut all = Vec::new();
    for key in sorted.into_iter().filter(|key| key.starts_with(prefix) && *key > after) {
        let rest = &key[prefix.len()..];
        let item = match rest.find(delimiter) {
            Some(at) if !delimiter.is_empty() => {
                key[..prefix.len() + at + delimiter.len()].to_owned()
            }
            _ => key.to_owned(),
        };
        if all.last() != Some(&item) {
            all.push(item);
        }
    }
    all
}

/// All pages of a list, `max` to the page.
fn paged(cloud: &Cloud, operation: &str, prefix: &str, delimiter: &str, max: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut input = json!({"Bucket": "data", "Prefix": prefix, "MaxKeys": max});
    if !delimiter.is_empty() {
        input["Delimiter"] = json!(delimiter);
    }
    loop {
        let page = cloud.run(operation, input.clone()).unwrap();
        let texts = |list: &Value, member: &str| -> Vec<String> {
            list.as_array()
                .unwrap()
                .iter()
                .map(|item| item[member].as_str().unwrap().to_owned())
                .collect()
        };
        let contents = if operation == "ListObjectVersions" { "Version" } else { "Contents" };
        let mut items = texts(&page[contents], "Key");
        items.extend(texts(&page["CommonPrefixes"], "Prefix"));
        items.sort();
        assert!(items.len() <= max);
        let last = items.last().cloned().unwrap_or_default();
        all.extend(items);
        if page["IsTruncated"] != json!(true) {
            return all;
        }
        match operation {
            "ListObjectsV2" => input["ContinuationToken"] = page["NextContinuationToken"].clone(),
            "ListObjects" if delimiter.is_empty() => input["Marker"] = json!(last),
            "ListObjects" => input["Marker"] = page["NextMarker"].clone(),
            _ => {
                input["KeyMarker"] = page["NextKeyMarker"].clone();
                input["VersionIdMarker"] = page["NextVersionIdMarker"].clone();
            }
        }
    }
}

#[test]
fn every_way_to_list_gives_the_same() {
    let cloud = filled();
    for operation in ["ListObjectsV2", "ListObjects", "ListObjectVersions"] {
        for prefix in ["", "a", "a/", "a/b", "b/", "c/", "é", "none", "\u{1}"] {
            for delimiter in ["", "/", "b", "//", "é"] {
                let expected = plain(prefix, delimiter, "");
                for max in [1, 2, 3, 1000] {
                    let found = paged(&cloud, operation, prefix, delimiter, max);
                    assert_eq!(found, expected, "{operation} {prefix:?} {delimiter:?} {max}");
                }
            }
        }
    }
}

#[test]
fn starting_in_the_middle() {
    let cloud = filled();
    for after in ["", "a", "a/b", "a/b/", "a/zzz", "b", "zzz", "\u{10ffff}"] {
        let input = json!({"Bucket": "data", "StartAfter": after});
        let page = cloud.run("ListObjectsV2", input).unwrap();
        let keys: Vec<&str> = page["Contents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| object["Key"].as_str().unwrap())
            .collect();
        assert_eq!(keys, plain("", "", after), "{after:?}");
    }
}

#[test]
fn pages_and_their_limits() {
    let cloud = filled();
    let list = |more: Value| {
        let mut input = json!({"Bucket": "data"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        super::outcome(cloud.run("ListObjectsV2", input))
    };
    let empty = list(json!({"MaxKeys": 0})).unwrap();
    assert_eq!((&empty["KeyCount"], &empty["IsTruncated"]), (&json!(0), &json!(false)));
    assert_eq!(list(json!({"MaxKeys": 5000})).unwrap()["MaxKeys"], 1000);
    let encoded = list(json!({"EncodingType": "url", "Prefix": "z"})).unwrap();
    assert_eq!(encoded["Contents"][0]["Key"], "z/%00");
    let invalid = Err("InvalidArgument".to_owned());
    assert_eq!(list(json!({"MaxKeys": -1})), invalid);
    assert_eq!(list(json!({"MaxKeys": 2_147_483_648_i64})), invalid);
    assert_eq!(list(json!({"EncodingType": "base64"})), invalid);
    assert_eq!(list(json!({"ContinuationToken": "?"})), invalid);
    let owner = list(json!({"FetchOwner": true})).unwrap();
    assert_eq!(owner["Contents"][0]["Owner"]["ID"].as_str().unwrap().len(), 64);
    let input = json!({"Bucket": "data", "VersionIdMarker": "null"});
    assert_eq!(super::outcome(cloud.run("ListObjectVersions", input)), invalid);
}

#[test]
fn uploads_are_listed_alike() {
    let cloud = with_bucket();
    for key in ["a/x", "a/y", "b", "b"] {
        cloud.run("CreateMultipartUpload", json!({"Bucket": "data", "Key": key})).unwrap();
    }
    let list = |more: Value| {
        let mut input = json!({"Bucket": "data"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        cloud.run("ListMultipartUploads", input).unwrap()
    };
    let all = list(json!({}));
    assert_eq!(all["Upload"].as_array().unwrap().len(), 4);
    let folded = list(json!({"Delimiter": "/"}));
    assert_eq!(folded["Upload"].as_array().unwrap().len(), 2);
    assert_eq!(folded["CommonPrefixes"], json!([{"Prefix": "a/"}]));
    let mut seen = Vec::new();
    let mut markers = json!({"MaxUploads": 1});
    loop {
        let page = list(markers.clone());
        seen.push(page["Upload"][0]["UploadId"].clone());
        if page["IsTruncated"] != json!(true) {
            break;
        }
        markers["KeyMarker"] = page["NextKeyMarker"].clone();
        markers["UploadIdMarker"] = page["NextUploadIdMarker"].clone();
    }
    let ids: Vec<Value> =
        all["Upload"].as_array().unwrap().iter().map(|upload| upload["UploadId"].clone()).collect();
    assert_eq!(seen, ids);
}
