//! Versions, and ARNs of policies that are not there.

use serde_json::json;

use super::*;

#[test]
fn arns_that_are_none() {
    let cloud = cloud();
    let unreadable = failure("ValidationError", "Invalid ARN:  Could not be parsed!");
    for name in [
        "GetPolicy",
        "DeletePolicy",
        "ListPolicyVersions",
        "ListEntitiesForPolicy",
        "TagPolicy",
        "UntagPolicy",
        "ListPolicyTags",
    ] {
        assert_eq!(cloud.run(name, on("longpolicynamebutnoarn")), unreadable, "{name}");
        assert_eq!(code(cloud.run(name, on("short"))), "ValidationError", "{name}");
        assert_eq!(cloud.run(name, on(NONE)), not_found(NONE), "{name}");
    }
    for name in ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"] {
        assert_eq!(cloud.run(name, version(NONE, "v1")), no_version(NONE, "v1"), "{name}");
        assert_eq!(cloud.run(name, version(ARN, "v9")), no_version(ARN, "v9"), "{name}");
        for id in ["", "1", "v0", "v", "v1.a b", "v01"] {
            assert_eq!(
                cloud.run(name, version(ARN, id)),
                failure(
                    "ValidationError",
                    "1 validation error detected: Value at 'versionId' failed to satisfy \
                     constraint: Member must satisfy regular expression pattern: \
                     v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"
                ),
                "{name} {id}"
            );
        }
        assert_eq!(cloud.run(name, version(ARN, "v1.a")), no_version(ARN, "v1.a"), "{name}");
    }
    let document = json!({"PolicyArn": NONE, "PolicyDocument": document()});
    assert_eq!(cloud.run("CreatePolicyVersion", document), not_found(NONE));
}

#[test]
fn versions_come_and_go() {
    let mut cloud = cloud();
    let create = |cloud: &Cloud, action: &str, default: bool| {
        cloud.run(
            "CreatePolicyVersion",
            json!({
                "PolicyArn": ARN, "PolicyDocument": allow(action, "*"), "SetAsDefault": default
            }),
        )
    };
    let ids = |cloud: &Cloud| {
        let listed = cloud.run("ListPolicyVersions", on(ARN)).unwrap()["Versions"].clone();
        let shown = listed.as_array().unwrap().iter().map(|version| {
            assert!(version.get("Document").is_none());
            let default = if version["IsDefaultVersion"] == true { "*" } else { "" };
            format!("{}{default}", version["VersionId"].as_str().unwrap())
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    cloud.now = cloud.now.plus_seconds(60);
    let second = create(&cloud, "s3:Put*", true).unwrap();
    assert_eq!(
        second["PolicyVersion"],
        json!({
            "VersionId": "v2", "IsDefaultVersion": true, "CreateDate": "2023-11-14T22:14:20Z"
        })
    );
    let policy = cloud.run("GetPolicy", on(ARN)).unwrap()["Policy"].clone();
    assert_eq!(policy["DefaultVersionId"], "v2");
    assert_eq!(policy["UpdateDate"], "2023-11-14T22:14:20Z");
    for _ in 3..=5 {
        create(&cloud, "s3:List*", false).unwrap();
    }
    assert_eq!(ids(&cloud), "v5 v4 v3 v2* v1");
    assert_eq!(
        create(&cloud, "s3:List*", false),
        failure(
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you must \
             delete an existing version."
        )
    );
    let got = cloud.run("GetPolicyVersion", version(ARN, "v1")).unwrap();
    assert_eq!(got["PolicyVersion"]["Document"], percent_encode(&document()));
    assert_eq!(got["PolicyVersion"]["IsDefaultVersion"], false);
    assert_eq!(
        cloud.run("DeletePolicyVersion", version(ARN, "v2")),
        failure("DeleteConflict", "Cannot delete the default version of a policy.")
    );
    cloud.run("SetDefaultPolicyVersion", version(ARN, "v1")).unwrap();
    cloud.run("DeletePolicyVersion", version(ARN, "v2")).unwrap();
    // Numbers are not given twice.
    create(&cloud, "s3:*", false).unwrap();
    assert_eq!(ids(&cloud), "v6 v5 v4 v3 v1*");
    let input = json!({"PolicyArn": ARN, "MaxItems": 2});
    let page = cloud.run("ListPolicyVersions", input).unwrap();
    assert_eq!(page["IsTruncated"], true);
    let input = json!({"PolicyArn": ARN, "MaxItems": 3, "Marker": page["Marker"]});
    let rest = cloud.run("ListPolicyVersions", input).unwrap();
    assert_eq!(rest["Versions"].as_array().unwrap().len(), 3);
    assert_eq!(rest["IsTruncated"], false);
}

#[test]
fn the_default_version_is_the_one_that_counts() {
    let cloud = cloud();
    cloud.user("anna", &statement(json!([])));
    let row = UserRow {
        attached: vec![ARN.to_owned()],
        ..UserRow::clone(cloud.view().get::<UserRow>(ACCOUNT, "anna").unwrap())
    };
    cloud.change(row.clone());
    let anna = crate::Caller::User(row.into());
    let may_put = |cloud: &Cloud| cloud.decide(&anna, "s3:PutObject", "arn:aws:s3:::b/k");
    assert!(cloud.decide(&anna, "s3:GetObject", "arn:aws:s3:::b/k"));
    assert!(!may_put(&cloud));
    let input = json!({"PolicyArn": ARN, "PolicyDocument": allow("s3:Put*", "*")});
    cloud.run("CreatePolicyVersion", input).unwrap();
    assert!(!may_put(&cloud));
    cloud.run("SetDefaultPolicyVersion", version(ARN, "v2")).unwrap();
    assert!(may_put(&cloud));
    cloud.run("SetDefaultPolicyVersion", version(ARN, "v1")).unwrap();
    assert!(!may_put(&cloud));
}
