use serde_json::{Value, json};

use super::*;
use crate::testing::{Answer, Cloud, allow, code, failure};

const ARN: &str = "arn:aws:iam::123456789012:saml-provider/idp";
/// A certificate that ends on 20 November 2036, made for this test.
const CERTIFICATE: &str = "MIIBiDCCAS+gAwIBAgIUGiryuyoCSQLxnfl9d4V7ccn7ukgwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUuY29tMB4XDTI2MTEyMzAxNDk1NFoXDTM2MTEyMDAxNDk1NFowGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwZJT78XtQ5SLmpo/WzegNpNpgRMD+sj8zAVuxFZOWGAs6hfa1mBHukx1RRc+PydOsrT43k813Pa5XjyeVgCpOKNTMFEwHQYDVR0OBBYEFGl8dzZ+3uM+e5g8kLpYqx8VjElfMB8GA1UdIwQYMBaAFGl8dzZ+3uM+e5g8kLpYqx8VjElfMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgJE05gFmwfXErP7a1W5/xu0Qd1dPxvkQPndXMOr6EWq8CIBsM0DufumhtB90js3ViFKb3HpK8tozPM42OOoH20cGM";
/// Its last day, as it stands in it.
const END: &[u8] = b"361120014954Z";

fn metadata(certificate: &str) -> String {
    let padding = "x".repeat(1000);
    format!(
        "<md:EntityDescriptor entityID=\"idp\"><!-- {padding} --><md:IDPSSODescriptor><ds:X509Data>\
         <ds:X509Certificate>\n{certificate}\n</ds:X509Certificate></ds:X509Data>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    )
}

fn create(cloud: &Cloud, name: &str) -> Answer {
    let input = json!({"Name": name, "SAMLMetadataDocument": metadata(CERTIFICATE)});
    cloud.run("CreateSAMLProvider", input)
}

fn on(arn: &str) -> Value {
    // Some operations want lists, too.
    json!({"SAMLProviderArn": arn, "Tags": [], "TagKeys": []})
}

fn with(mut input: Value, key: &str, value: Value) -> Value {
    input[key] = value;
    input
}

fn get(cloud: &Cloud) -> Value {
    cloud.run("GetSAMLProvider", on(ARN)).unwrap()
}

#[test]
fn what_is_created_can_be_got() {
    let cloud = Cloud::new();
    assert_eq!(create(&cloud, "idp"), Ok(json!({"SAMLProviderArn": ARN})));
    let got = get(&cloud);
    let uuid = got["SAMLProviderUUID"].as_str().unwrap();
    assert!((22..=64).contains(&uuid.len()), "{uuid}");
    assert_eq!(
        got,
        json!({
            "SAMLProviderUUID": uuid,
            "SAMLMetadataDocument": metadata(CERTIFICATE),
            "CreateDate": "2023-11-14T22:13:20Z",
            "ValidUntil": "2036-11-20T01:49:54Z",
            "Tags": [],
            "AssertionEncryptionMode": "Allowed",
            "PrivateKeyList": [],
        })
    );
    let listed = cloud.run("ListSAMLProviders", json!({})).unwrap();
    assert_eq!(
        listed["SAMLProviderList"],
        json!([{
            "Arn": ARN, "ValidUntil": "2036-11-20T01:49:54Z", "CreateDate": "2023-11-14T22:13:20Z"
        }])
    );
    cloud.run("DeleteSAMLProvider", on(ARN)).unwrap();
    let missing = failure("NoSuchEntity", &format!("Manifest not found for arn {ARN}"));
    assert_eq!(cloud.run("DeleteSAMLProvider", on(ARN)), missing);
    assert_eq!(cloud.run("GetSAMLProvider", on(ARN)), missing);
}

#[test]
fn what_cannot_be_created() {
    let cloud = Cloud::new();
    create(&cloud, "idp").unwrap();
    assert_eq!(
        create(&cloud, "IDP"),
        failure("EntityAlreadyExists", "Provider with name IDP already exists.")
    );
    let other = |key: &str, value: Value| {
        let input = json!({"Name": "other", "SAMLMetadataDocument": metadata(CERTIFICATE)});
        cloud.run("CreateSAMLProvider", with(input, key, value))
    };
    let unreadable = failure("InvalidInput", "Could not parse metadata");
    for document in ["x".repeat(1000), metadata("AAAA"), metadata("*"), metadata("")] {
        assert_eq!(other("SAMLMetadataDocument", json!(document)), unreadable);
    }
    for (key, value) in [
        ("SAMLMetadataDocument", json!("x".repeat(999))),
        ("Name", json!("a b")),
        ("Name", json!("a".repeat(129))),
        ("AssertionEncryptionMode", json!("Never")),
        ("AddPrivateKey", json!("")),
        ("AddPrivateKey", json!("x".repeat(16_385))),
    ] {
        assert_eq!(code(other(key, value)), "ValidationError", "{key}");
    }
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]);
    assert_eq!(other("Tags", twice), failure("InvalidInput", "Duplicate tag keys found."));
    for index in 1..MAX_PROVIDERS {
        create(&cloud, &format!("p{index}")).unwrap();
    }
    assert_eq!(code(create(&cloud, "more")), "LimitExceeded");
}

#[test]
fn certificates_end_when_they_say() {
    use base64ct::{Base64, Encoding};
    let changed = |end: &[u8]| {
        let mut der = Base64::decode_vec(CERTIFICATE).unwrap();
        let at = der.windows(END.len()).position(|window| window == END).unwrap();
        der[at..at + END.len()].copy_from_slice(end);
        super::metadata::valid_until(&metadata(&Base64::encode_string(&der)))
            .map(|end| end.to_string())
    };
    assert_eq!(changed(END).unwrap(), "2036-11-20T01:49:54Z");
    assert_eq!(changed(b"491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
    assert_eq!(changed(b"500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
    assert!(changed(b"361320014954Z").is_err());
    // Cut off anywhere, it cannot be read.
    let der = Base64::decode_vec(CERTIFICATE).unwrap();
    for length in 0..der.len() {
        let cut = metadata(&Base64::encode_string(&der[..length]));
        assert!(super::metadata::valid_until(&cut).is_err(), "{length} bytes");
    }
}

#[test]
fn providers_change() {
    let mut cloud = Cloud::new();
    create(&cloud, "idp").unwrap();
    cloud.now = cloud.now.plus_seconds(60);
    let update = |cloud: &Cloud, key: &str, value: Value| {
        cloud.run("UpdateSAMLProvider", with(on(ARN), key, value))
    };
    let done = Ok(json!({"SAMLProviderArn": ARN}));
    assert_eq!(update(&cloud, "AssertionEncryptionMode", json!("Required")), done);
    let document = metadata(CERTIFICATE).replace("entityID=\"idp\"", "entityID=\"new\"");
    assert_eq!(update(&cloud, "SAMLMetadataDocument", json!(document)), done);
    let got = get(&cloud);
    assert_eq!(got["AssertionEncryptionMode"], "Required");
    assert_eq!(got["SAMLMetadataDocument"], json!(document));
    assert_eq!(got["CreateDate"], "2023-11-14T22:13:20Z");
    for _ in 0..2 {
        assert_eq!(update(&cloud, "AddPrivateKey", json!("pem")), done);
    }
    assert_eq!(code(update(&cloud, "AddPrivateKey", json!("pem"))), "LimitExceeded");
    let keys = get(&cloud)["PrivateKeyList"].clone();
    assert_eq!(keys[0]["Timestamp"], "2023-11-14T22:14:20Z");
    assert_ne!(keys[0]["KeyId"], keys[1]["KeyId"]);
    assert_eq!(update(&cloud, "RemovePrivateKey", keys[0]["KeyId"].clone()), done);
    assert_eq!(get(&cloud)["PrivateKeyList"], json!([keys[1]]));
    let gone = update(&cloud, "RemovePrivateKey", keys[0]["KeyId"].clone());
    assert_eq!(code(gone), "NoSuchEntity");
    assert_eq!(code(update(&cloud, "RemovePrivateKey", json!("x"))), "ValidationError");
    let unreadable = update(&cloud, "SAMLMetadataDocument", json!("x".repeat(1000)));
    assert_eq!(code(unreadable), "InvalidInput");
}

#[test]
fn tags_are_set_and_removed() {
    let cloud = Cloud::new();
    create(&cloud, "idp").unwrap();
    let tags = json!([{"Key": "k2", "Value": "v2"}, {"Key": "k1", "Value": "v1"}]);
    cloud.run("TagSAMLProvider", with(on(ARN), "Tags", tags)).unwrap();
    let list = || cloud.run("ListSAMLProviderTags", on(ARN)).unwrap();
    let (one, two) = (json!({"Key": "k1", "Value": "v1"}), json!({"Key": "k2", "Value": "v2"}));
    assert_eq!(list(), json!({"Tags": [one, two], "IsTruncated": false}));
    cloud.run("UntagSAMLProvider", with(on(ARN), "TagKeys", json!(["k2"]))).unwrap();
    assert_eq!(list()["Tags"], json!([one]));
}

#[test]
fn what_is_not_there_and_what_is_not_allowed() {
    let cloud = Cloud::new();
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let missing = failure("NoSuchEntity", &format!("Manifest not found for arn {ARN}"));
    for name in [
        "GetSAMLProvider",
        "UpdateSAMLProvider",
        "DeleteSAMLProvider",
        "TagSAMLProvider",
        "UntagSAMLProvider",
        "ListSAMLProviderTags",
    ] {
        assert_eq!(cloud.run(name, on(ARN)), missing, "{name}");
        assert_eq!(code(cloud.run(name, on("no-arn-but-long-enough"))), "ValidationError");
        assert_eq!(code(cloud.run(name, on("short"))), "ValidationError");
        let role = "arn:aws:iam::123456789012:role/x";
        assert_eq!(code(cloud.run(name, on(role))), "InvalidInput", "{name}");
        let answer = cloud.run_as(&nobody, name, on(ARN));
        assert_eq!(code(answer), "AccessDenied", "{name}");
    }
    assert_eq!(code(cloud.run_as(&nobody, "ListSAMLProviders", json!({}))), "AccessDenied");
    let input = json!({"Name": "idp", "SAMLMetadataDocument": metadata(CERTIFICATE)});
    assert_eq!(code(cloud.run_as(&nobody, "CreateSAMLProvider", input)), "AccessDenied");
}
