use serde_json::{Value, json};

use super::*;
use crate::testing::{Answer, Cloud, allow, code, failure};

const URL: &str = "https://oidc.example.com/id/A1";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/A1";

fn create(cloud: &Cloud, url: &str) -> Answer {
    cloud.run("CreateOpenIDConnectProvider", json!({"Url": url}))
}

fn on(arn: &str) -> Value {
    // Some operations want lists, too.
    json!({"OpenIDConnectProviderArn": arn, "Tags": [], "TagKeys": [], "ThumbprintList": []})
}

fn with(mut input: Value, key: &str, value: Value) -> Value {
    input[key] = value;
    input
}

fn get(cloud: &Cloud) -> Value {
    cloud.run("GetOpenIDConnectProvider", on(ARN)).unwrap()
}

#[test]
fn what_is_created_can_be_got() {
    let cloud = Cloud::new();
    let (id, print) = ("client-1", "b".repeat(40));
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let input = json!({
        "Url": URL, "ClientIDList": [id], "ThumbprintList": [print], "Tags": tags
    });
    let created = cloud.run("CreateOpenIDConnectProvider", input).unwrap();
    assert_eq!(created, json!({"OpenIDConnectProviderArn": ARN, "Tags": tags}));
    assert_eq!(
        get(&cloud),
        json!({
            "Url": "oidc.example.com/id/A1", "ClientIDList": [id], "ThumbprintList": [print],
            "CreateDate": "2023-11-14T22:13:20Z", "Tags": tags
        })
    );
    let plain = create(&cloud, "https://a.example.com").unwrap();
    let other = "arn:aws:iam::123456789012:oidc-provider/a.example.com";
    assert_eq!(plain, json!({"OpenIDConnectProviderArn": other}));
    let listed = cloud.run("ListOpenIDConnectProviders", json!({})).unwrap();
    let expected = json!({"OpenIDConnectProviderList": [{"Arn": other}, {"Arn": ARN}]});
    assert_eq!(listed, expected);
    for _ in 0..2 {
        cloud.run("DeleteOpenIDConnectProvider", on(ARN)).unwrap();
    }
    assert_eq!(
        cloud.run("GetOpenIDConnectProvider", on(ARN)),
        failure("NoSuchEntity", &format!("OpenIDConnect Provider not found for arn {ARN}"))
    );
}

#[test]
fn what_cannot_be_created() {
    let cloud = Cloud::new();
    create(&cloud, URL).unwrap();
    assert_eq!(
        create(&cloud, URL),
        failure("EntityAlreadyExists", &format!("Provider with url {URL} already exists."))
    );
    for url in ["http://a.example.com", "a.example.com", "https://", "https://a b", "https://a?x"] {
        assert_eq!(
            create(&cloud, url),
            failure("ValidationError", "Invalid Open ID Connect Provider URL"),
            "{url}"
        );
    }
    let other = |key: &str, value: Value| {
        let input = with(json!({"Url": "https://b.example.com"}), key, value);
        cloud.run("CreateOpenIDConnectProvider", input)
    };
    let print = |count: usize| json!(vec!["a".repeat(40); count]);
    assert_eq!(
        other("ThumbprintList", print(6)),
        failure("InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
    );
    let ids = |count: usize| json!((0..count).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(
        other("ClientIDList", ids(101)),
        failure("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")
    );
    let input = json!({
        "Url": format!("https://{}", "a".repeat(248)), "ClientIDList": ["x".repeat(256)],
        "ThumbprintList": ["x".repeat(41)]
    });
    assert_eq!(
        cloud.run("CreateOpenIDConnectProvider", input),
        failure(
            "ValidationError",
            "3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: \
             Member must satisfy constraint: [Member must have length less than or equal to 255, \
             Member must have length greater than or equal to 1]; Value at 'thumbprintList' failed \
             to satisfy constraint: Member must satisfy constraint: [Member must have length less \
             than or equal to 40, Member must have length greater than or equal to 40]; Value at \
             'url' failed to satisfy constraint: Member must have length less than or equal to 255"
        )
    );
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]);
    assert_eq!(code(other("Tags", twice)), "InvalidInput");
    assert!(other("ThumbprintList", print(5)).is_ok());
    for index in 2..MAX_PROVIDERS {
        create(&cloud, &format!("https://p{index}.example.com")).unwrap();
    }
    assert_eq!(code(create(&cloud, "https://more.example.com")), "LimitExceeded");
}

#[test]
fn clients_and_thumbprints_change() {
    let cloud = Cloud::new();
    create(&cloud, URL).unwrap();
    let client = |name: &str, id: &str| cloud.run(name, with(on(ARN), "ClientID", json!(id)));
    let (add, remove) =
        ("AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider");
    for id in ["a", "b", "a"] {
        client(add, id).unwrap();
    }
    assert_eq!(get(&cloud)["ClientIDList"], json!(["a", "b"]));
    for _ in 0..2 {
        client(remove, "a").unwrap();
    }
    assert_eq!(get(&cloud)["ClientIDList"], json!(["b"]));
    for index in 1..MAX_CLIENT_IDS {
        client(add, &index.to_string()).unwrap();
    }
    assert_eq!(code(client(add, "one-more")), "LimitExceeded");
    assert_eq!(client(add, "b"), Ok(Value::Null));
    assert_eq!(code(client(add, "")), "ValidationError");
    let update = |prints: Value| {
        let name = "UpdateOpenIDConnectProviderThumbprint";
        cloud.run(name, with(on(ARN), "ThumbprintList", prints))
    };
    update(json!(["c".repeat(40), "d".repeat(40)])).unwrap();
    assert_eq!(get(&cloud)["ThumbprintList"], json!(["c".repeat(40), "d".repeat(40)]));
    assert_eq!(code(update(json!(["c"]))), "ValidationError");
    assert_eq!(code(update(json!(vec!["c".repeat(40); 6]))), "InvalidInput");
}

#[test]
fn tags_are_set_and_removed() {
    let cloud = Cloud::new();
    create(&cloud, URL).unwrap();
    let tags = json!([{"Key": "k2", "Value": "v2"}, {"Key": "k1", "Value": "v1"}]);
    cloud.run("TagOpenIDConnectProvider", with(on(ARN), "Tags", tags)).unwrap();
    let list = |input| cloud.run("ListOpenIDConnectProviderTags", input).unwrap();
    let (one, two) = (json!({"Key": "k1", "Value": "v1"}), json!({"Key": "k2", "Value": "v2"}));
    assert_eq!(list(on(ARN)), json!({"Tags": [one, two], "IsTruncated": false}));
    let first = list(with(on(ARN), "MaxItems", json!(1)));
    assert_eq!((&first["Tags"], &first["IsTruncated"]), (&json!([one]), &json!(true)));
    assert_eq!(list(with(on(ARN), "Marker", first["Marker"].clone()))["Tags"], json!([two]));
    let keys = with(on(ARN), "TagKeys", json!(["k2"]));
    cloud.run("UntagOpenIDConnectProvider", keys).unwrap();
    assert_eq!(list(on(ARN))["Tags"], json!([one]));
    for index in 0..49 {
        let tag = json!([{"Key": format!("t{index}"), "Value": ""}]);
        cloud.run("TagOpenIDConnectProvider", with(on(ARN), "Tags", tag)).unwrap();
    }
    let tag = json!([{"Key": "one-more", "Value": ""}]);
    assert_eq!(
        cloud.run("TagOpenIDConnectProvider", with(on(ARN), "Tags", tag)),
        failure("LimitExceeded", "The number of tags has reached the maximum limit.")
    );
}

#[test]
fn what_is_not_there_and_what_is_not_allowed() {
    let cloud = Cloud::new();
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let missing =
        failure("NoSuchEntity", &format!("OpenIDConnect Provider not found for arn {ARN}"));
    for name in [
        "GetOpenIDConnectProvider",
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
        "UpdateOpenIDConnectProviderThumbprint",
        "TagOpenIDConnectProvider",
        "UntagOpenIDConnectProvider",
        "ListOpenIDConnectProviderTags",
    ] {
        let input = |arn: &str| with(on(arn), "ClientID", json!("a"));
        assert_eq!(cloud.run(name, input(ARN)), missing, "{name}");
        assert_eq!(code(cloud.run(name, input("no-arn-but-long-enough"))), "ValidationError");
        assert_eq!(code(cloud.run(name, input("short"))), "ValidationError");
        let role = "arn:aws:iam::123456789012:role/x";
        assert_eq!(code(cloud.run(name, input(role))), "InvalidInput", "{name}");
    }
    for (name, input) in [
        ("CreateOpenIDConnectProvider", json!({"Url": URL})),
        ("GetOpenIDConnectProvider", on(ARN)),
        ("ListOpenIDConnectProviders", json!({})),
        ("DeleteOpenIDConnectProvider", on(ARN)),
        ("AddClientIDToOpenIDConnectProvider", with(on(ARN), "ClientID", json!("a"))),
        ("RemoveClientIDFromOpenIDConnectProvider", with(on(ARN), "ClientID", json!("a"))),
        ("UpdateOpenIDConnectProviderThumbprint", on(ARN)),
        ("TagOpenIDConnectProvider", on(ARN)),
        ("UntagOpenIDConnectProvider", on(ARN)),
        ("ListOpenIDConnectProviderTags", on(ARN)),
    ] {
        let (code, text) = cloud.run_as(&nobody, name, input).unwrap_err();
        assert_eq!(code, "AccessDenied", "{name}");
        assert!(text.contains(&format!("not authorized to perform: iam:{name}")), "{text}");
    }
}
