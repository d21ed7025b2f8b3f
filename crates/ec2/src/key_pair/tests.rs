use cloud::testing::{code, failure};
use serde_json::{Value, json};

use crate::launch::tests::{seen, start};
use crate::testing::{cloud, text};

/// `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a`, in base64.
const PUBLIC: &str = "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUE9PSBh";

#[test]
fn a_key_pair_is_imported_worn_and_deleted() {
    let cloud = cloud();
    let import = |name: &str, key: &str| {
        cloud.run("ImportKeyPair", json!({"KeyName": name, "PublicKeyMaterial": key}))
    };
    let made = import("k", PUBLIC).unwrap();
    assert_eq!(
        import("k", PUBLIC),
        failure("InvalidKeyPair.Duplicate", "The keypair already exists: k")
    );
    for bad in ["!", "aGVsbG8=", ""] {
        assert_eq!(code(import("bad", bad)), "InvalidKey.Format", "{bad}");
    }
    let list = |input: Value| cloud.run("DescribeKeyPairs", input);
    let shown =
        list(json!({"KeyName": ["k"], "IncludePublicKey": true})).unwrap()["keySet"][0].clone();
    assert_eq!((&shown["keyType"], &shown["keyPairId"]), (&json!("ed25519"), &made["keyPairId"]));
    assert!(text(&shown, "/publicKey").starts_with("ssh-ed25519 "));
    let other = json!({"Filter": [{"Name": "key-name", "Value": ["x*"]}]});
    assert_eq!(list(other).unwrap()["keySet"], json!([]));
    let id = start(&cloud, json!({"KeyName": "k"}));
    assert_eq!(seen(&cloud, &id)["keyName"], "k");
    let deleted = cloud.run("DeleteKeyPair", json!({"KeyName": "k"})).unwrap();
    assert_eq!(deleted["keyPairId"], made["keyPairId"]);
    assert_eq!(code(list(json!({"KeyName": ["k"]}))), "InvalidKeyPair.NotFound");
    let again = cloud.run("DeleteKeyPair", json!({"KeyName": "k"})).unwrap();
    assert_eq!((&again["return"], &again["keyPairId"]), (&json!(true), &Value::Null));
    assert_eq!(code(cloud.run("DeleteKeyPair", json!({}))), "MissingParameter");
}
