//! What there is to read, and how it is listed.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/instance.rs"]
mod support;

use imds::instance::Profile;
use imds::{Instance, Item, credentials, identity};
use support::{find, instance, now};

fn text(path: &str) -> String {
    match find(&instance(), path) {
        Some(Item::Text(text) | Item::List(text)) => text,
        other => format!("{other:?}"),
    }
}

#[test]
fn lists_name_what_is_under_them() {
    for (path, expected) in [
        ("", "dynamic/\nmeta-data/"),
        ("dynamic", "instance-identity/"),
        ("dynamic/instance-identity", "document\npkcs7\nrsa2048\nsignature"),
        ("meta-data/iam", "info\nsecurity-credentials/"),
        ("meta-data/iam/security-credentials", "etl"),
        ("meta-data/block-device-mapping", "ami\nroot"),
        ("meta-data/network/interfaces/macs", "0a:1b:2c:3d:4e:5f/"),
        ("meta-data/placement", "availability-zone\nregion"),
        ("meta-data/services", "domain\npartition"),
    ] {
        assert_eq!(text(path), expected, "{path}");
    }
    let all = text("meta-data");
    let mut sorted: Vec<&str> = all.lines().collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(all, sorted.join("\n"));
    let Item::List(versions) = Item::versions() else { unreachable_list() };
    assert!(versions.starts_with("1.0\n2007-01-19\n") && versions.ends_with("\nlatest"));
}

fn unreachable_list() -> ! {
    std::process::abort()
}

#[test]
fn items_show_the_instance() {
    for (path, expected) in [
        ("meta-data/instance-id", "i-0123456789abcdef0"),
        ("meta-data/instance-type", "m5.large"),
        ("meta-data/mac", "0a:1b:2c:3d:4e:5f"),
        ("meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f/local-ipv4s", "10.0.0.7\n10.0.0.8"),
        ("meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f/vpc-ipv4-cidr-block", "10.0.0.0/16"),
        ("meta-data/block-device-mapping/ami", "xvda"),
        ("meta-data/block-device-mapping/root", "/dev/xvda"),
        ("meta-data/placement/availability-zone", "us-east-1a"),
        ("meta-data/services/partition", "aws"),
    ] {
        assert_eq!(text(path), expected, "{path}");
    }
}

#[test]
fn what_an_instance_has_not_is_not_there() {
    for path in [
        "user-data",
        "meta-data/public-ipv4",
        "meta-data/public-hostname",
        "meta-data/public-keys",
        "meta-data/tags",
        "meta-data/spot",
        "meta-data/iam/security-credentials/other",
        "meta-data/iam/security-credentials-extended",
        "meta-data/iam/security-credentials/etl/more",
        "meta-data/instance-id/more",
        "meta",
        "meta-data/inst",
        "api",
    ] {
        assert_eq!(find(&instance(), path), None, "{path}");
    }
    let bare = Instance { profile: None, ..instance() };
    assert_eq!(find(&bare, "meta-data/iam"), None);
    assert_eq!(find(&bare, "meta-data/iam/info"), None);
    let empty = Instance { profile: Some(Profile { role: None }), ..instance() };
    assert_eq!(find(&empty, "meta-data/iam"), Some(Item::List("info".to_owned())));
    assert_eq!(find(&empty, "meta-data/iam/security-credentials"), None);
}

#[test]
fn what_it_has_is_there() {
    let tags = vec![("Name".to_owned(), "one".to_owned()), ("Env".to_owned(), String::new())];
    let key = Some(("mine".to_owned(), Some("ssh-ed25519 AAAA mine".to_owned())));
    let full = Instance { tags: Some(tags), has_user_data: true, key, ..instance() };
    let list = |path| find(&full, path).unwrap();
    assert_eq!(list(""), Item::List("dynamic/\nmeta-data/\nuser-data".to_owned()));
    assert_eq!(list("user-data"), Item::UserData);
    assert_eq!(list("meta-data/tags/instance"), Item::List("Env\nName".to_owned()));
    assert_eq!(list("meta-data/tags/instance/Name"), Item::Text("one".to_owned()));
    assert_eq!(list("meta-data/public-keys"), Item::List("0=mine".to_owned()));
    assert_eq!(list("meta-data/public-keys/0"), Item::List("openssh-key".to_owned()));
    assert_eq!(list("meta-data/iam/info"), Item::ProfileInfo);
    assert_eq!(list("meta-data/iam/security-credentials/etl"), Item::Credentials);
    assert_eq!(list("dynamic/instance-identity/pkcs7"), Item::Pkcs7);
}

#[test]
fn documents_are_written_as_aws_writes_them() {
    let shown = credentials::Shown {
        last_updated: now(),
        access_key_id: "ASIA1",
        secret_access_key: "secret",
        token: "token",
        expiration: now().plus_seconds(21_600),
    };
    let expected = "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"2023-11-14T22:13:20Z\",\n  \
        \"Type\" : \"AWS-HMAC\",\n  \"AccessKeyId\" : \"ASIA1\",\n  \"SecretAccessKey\" : \"secret\",\n  \
        \"Token\" : \"token\",\n  \"Expiration\" : \"2023-11-15T04:13:20Z\"\n}";
    assert_eq!(shown.document(), expected);
    assert!(!format!("{shown:?}").contains("secret\""));
    let refused = credentials::not_trusted(now(), "etl");
    assert!(refused.contains("\"Code\" : \"AssumeRoleUnauthorizedAccess\""), "{refused}");
    assert!(refused.contains("EC2 cannot assume the role etl.  Please see"), "{refused}");
    for text in [
        refused,
        identity::document(&instance()),
        credentials::info(now(), "arn:aws:iam::123456789012:instance-profile/wear", "AIPA1"),
        credentials::profile_not_found(now(), "AIPA1"),
        credentials::failed(now(), "quotes \" and \\ too"),
    ] {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value.as_object().is_some_and(|fields| fields.len() >= 3), "{text}");
    }
    let document: serde_json::Value =
        serde_json::from_str(&identity::document(&instance())).unwrap();
    assert_eq!(document.as_object().unwrap().len(), 15);
    assert_eq!(document["pendingTime"], "2023-11-14T22:13:20Z");
}
