use serde_json::{Value, json};

use super::*;
use crate::caller::Caller;
use crate::testing::{ACCOUNT, Cloud, account, allow, code, failure};

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    cloud
}

fn create(cloud: &Cloud, input: Value) -> String {
    let key = cloud.run("CreateAccessKey", input).unwrap();
    key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned()
}

fn ids(keys: &Value) -> Vec<&str> {
    let keys = keys["AccessKeyMetadata"].as_array().unwrap();
    keys.iter().map(|key| key["AccessKeyId"].as_str().unwrap()).collect()
}

#[test]
fn a_key_is_made() {
    let cloud = cloud();
    let made = cloud.run("CreateAccessKey", json!({"UserName": "ANN"})).unwrap();
    let key = &made["AccessKey"];
    let (id, secret) =
        (key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap());
    assert_eq!((id.len(), names::access_key_account(id)), (20, Some(account())));
    assert!(id.starts_with("AKIA"));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    assert!(secret.len() == 40 && secret.bytes().all(letters), "{secret}");
    assert_eq!(
        *key,
        json!({
            "UserName": "ann", "AccessKeyId": id, "Status": "Active", "SecretAccessKey": secret,
            "CreateDate": "2023-11-14T22:13:20Z",
        })
    );
    // Whoever authenticates finds it by its id, with its secret.
    let state = cloud.view();
    let row = state.by_index::<AccessKeyRow>("id", id).unwrap();
    assert_eq!((row.secret.as_str(), row.user_name.as_deref()), (secret, Some("ann")));
    assert!(!format!("{row:?}").contains(secret));
    // It is shown once.
    let listed = cloud.run("ListAccessKeys", json!({"UserName": "ann"})).unwrap();
    assert!(!listed.to_string().contains("Secret"));
}

#[test]
fn a_user_has_two_keys() {
    let cloud = cloud();
    let first = create(&cloud, json!({"UserName": "ann"}));
    let second = create(&cloud, json!({"UserName": "ann"}));
    assert_ne!(first, second);
    let third = || cloud.run("CreateAccessKey", json!({"UserName": "ann"}));
    let full = failure("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2");
    assert_eq!(third(), full);
    // One that is switched off counts (simonw/s3-credentials issue 64).
    let off = json!({"UserName": "ann", "AccessKeyId": first, "Status": "Inactive"});
    cloud.run("UpdateAccessKey", off).unwrap();
    assert_eq!(third(), full);
    cloud.run("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": first})).unwrap();
    assert!(third().is_ok());
}

#[test]
fn keys_are_listed_switched_and_deleted() {
    let cloud = cloud();
    let list = |input: Value| cloud.run("ListAccessKeys", input).unwrap();
    let empty = json!({"AccessKeyMetadata": [], "IsTruncated": false});
    assert_eq!(list(json!({"UserName": "ann"})), empty);
    let mut keys = [0, 1].map(|_| create(&cloud, json!({"UserName": "ann"})));
    keys.sort();
    let all = list(json!({"UserName": "ann"}));
    assert_eq!(ids(&all), keys);
    let first = list(json!({"UserName": "ann", "MaxItems": 1}));
    let rest = list(json!({"UserName": "ann", "Marker": first["Marker"]}));
    assert_eq!((ids(&first), ids(&rest)), (vec![keys[0].as_str()], vec![keys[1].as_str()]));

    let set = |status: &str| {
        let input = json!({"UserName": "ann", "AccessKeyId": keys[0], "Status": status});
        cloud.run("UpdateAccessKey", input)
    };
    for status in ["Inactive", "Active"] {
        assert_eq!(set(status), Ok(json!(null)));
        let shown = &list(json!({"UserName": "ann"}))["AccessKeyMetadata"][0];
        assert_eq!(
            *shown,
            json!({
                "UserName": "ann", "AccessKeyId": keys[0], "Status": status,
                "CreateDate": "2023-11-14T22:13:20Z",
            })
        );
    }
    let (kind, text) = set("On").unwrap_err();
    assert_eq!(kind, "ValidationError");
    assert!(
        text.contains("'status' failed to satisfy constraint: Member must satisfy enum"),
        "{text}"
    );
    assert_eq!(code(set("Expired")), "InvalidInput");

    let delete =
        |id: &str| cloud.run("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": id}));
    assert_eq!(delete(&keys[0]), Ok(json!(null)));
    assert_eq!(ids(&list(json!({"UserName": "ann"}))), [keys[1].as_str()]);
    assert!(cloud.view().by_index::<AccessKeyRow>("id", &keys[0]).is_none());
    let text = format!("The Access Key with id {} cannot be found.", keys[0]);
    assert_eq!(delete(&keys[0]), failure("NoSuchEntity", &text));
    assert_eq!(set("Active"), failure("NoSuchEntity", &text));
}

#[test]
fn a_key_is_its_users_alone() {
    let cloud = cloud();
    cloud.run("CreateUser", json!({"UserName": "bob"})).unwrap();
    let id = create(&cloud, json!({"UserName": "ann"}));
    let input = json!({"UserName": "bob", "AccessKeyId": id, "Status": "Inactive"});
    let text = format!("The Access Key with id {id} cannot be found.");
    let missing = failure("NoSuchEntity", &text);
    assert_eq!(cloud.run("UpdateAccessKey", input.clone()), missing);
    assert_eq!(cloud.run("DeleteAccessKey", input), missing);
    // Root's own are others, too.
    assert_eq!(cloud.run("DeleteAccessKey", json!({"AccessKeyId": id})), missing);
    let gone = failure("NoSuchEntity", "The user with name eve cannot be found.");
    let eve = json!({"UserName": "eve", "AccessKeyId": id, "Status": "Active"});
    assert_eq!(cloud.run("CreateAccessKey", eve.clone()), gone);
    assert_eq!(cloud.run("ListAccessKeys", eve.clone()), gone);
    assert_eq!(cloud.run("UpdateAccessKey", eve.clone()), gone);
    assert_eq!(cloud.run("DeleteAccessKey", eve), gone);
    for bad in ["AKIA", "AKIA!!!!!!!!!!!!!!!!"] {
        let (code, _) = cloud.run("DeleteAccessKey", json!({"AccessKeyId": bad})).unwrap_err();
        assert_eq!(code, "ValidationError", "{bad}");
    }
}

#[test]
fn without_a_name_the_callers_keys_are_meant() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("iam:*", "arn:aws:iam::123456789012:user/${aws:username}"));
    let made = cloud.run_as(&ann, "CreateAccessKey", json!({})).unwrap();
    let id = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    assert_eq!(made["AccessKey"]["UserName"], "ann");
    let listed = cloud.run_as(&ann, "ListAccessKeys", json!({})).unwrap();
    assert_eq!(ids(&listed), [id]);
    let off = json!({"AccessKeyId": id, "Status": "Inactive"});
    assert_eq!(cloud.run_as(&ann, "UpdateAccessKey", off), Ok(json!(null)));
    assert_eq!(cloud.run_as(&ann, "DeleteAccessKey", json!({"AccessKeyId": id})), Ok(json!(null)));
}

#[test]
fn denials_show_that_nobody_was_named() {
    let cloud = Cloud::new();
    let eve = cloud.user("eve", &allow("s3:*", "*"));
    for (input, called) in [(json!({}), "nulleve"), (json!({"UserName": "eve"}), "eve")] {
        let (code, text) = cloud.run_as(&eve, "ListAccessKeys", input).unwrap_err();
        assert_eq!(code, "AccessDenied");
        let text_start = format!(
            "User: arn:aws:iam::123456789012:user/eve is not authorized to perform: iam:ListAccessKeys on \
             resource: user {called} because"
        );
        assert!(text.starts_with(&text_start), "{text}");
    }
}

#[test]
fn root_has_keys() {
    let cloud = cloud();
    let made = cloud.run("CreateAccessKey", json!({})).unwrap();
    assert!(made["AccessKey"].get("UserName").is_none());
    let id = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    assert_eq!(ids(&cloud.run("ListAccessKeys", json!({})).unwrap()), [id]);
    create(&cloud, json!({}));
    let full = failure("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2");
    assert_eq!(cloud.run("CreateAccessKey", json!({})), full);
    assert_eq!(cloud.run("DeleteAccessKey", json!({"AccessKeyId": id})), Ok(json!(null)));
    assert_eq!(ids(&cloud.run("ListAccessKeys", json!({})).unwrap()).len(), 1);
    assert!(ids(&cloud.run("ListAccessKeys", json!({"UserName": "ann"})).unwrap()).is_empty());
}

#[test]
fn uses_are_noted() {
    let cloud = cloud();
    let id = create(&cloud, json!({"UserName": "ann"}));
    let last = || cloud.run("GetAccessKeyLastUsed", json!({"AccessKeyId": id})).unwrap();
    let never = json!({
        "UserName": "ann", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    });
    assert_eq!(last(), never);
    let note = |service: &'static str| {
        let (id, used) = (id.clone(), cloud.time());
        cloud.write(move |tx| {
            let (service, region) = (service.to_owned(), "us-east-1".to_owned());
            let (account, id) = (account(), id.clone());
            note_use(tx, AccessKeyUseRow { account, id, used, service, region })
        });
    };
    note("iam");
    let first = json!({
        "LastUsedDate": "2023-11-14T22:13:20Z", "ServiceName": "iam", "Region": "us-east-1",
    });
    assert_eq!(last()["AccessKeyLastUsed"], first);
    // Of the uses within a quarter of an hour the first is known.
    cloud.sleep(15 * 60 - 1);
    assert!(!is_due(&cloud.view(), account(), &id, cloud.time()));
    note("sts");
    assert_eq!(last()["AccessKeyLastUsed"], first);
    cloud.sleep(1);
    assert!(is_due(&cloud.view(), account(), &id, cloud.time()));
    note("sts");
    assert_eq!(last()["AccessKeyLastUsed"]["ServiceName"], "sts");
    // What is not a key of the account is not noted.
    assert!(!is_due(&cloud.view(), account(), "AKIAIOSFODNN7EXAMPLE", cloud.time()));
    cloud.run("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": id})).unwrap();
    assert_eq!(cloud.view().count::<AccessKeyUseRow>(ACCOUNT), 0);
}

#[test]
fn nothing_is_told_of_a_key_that_is_not_there() {
    let cloud = cloud();
    let input = json!({"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"});
    for caller in [Caller::Root(account()), cloud.caller("ann")] {
        let text = format!(
            "User: {} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key \
             AKIAIOSFODNN7EXAMPLE",
            caller.arn()
        );
        let answer = cloud.run_as(&caller, "GetAccessKeyLastUsed", input.clone());
        assert_eq!(answer, failure("AccessDenied", &text));
    }
}
