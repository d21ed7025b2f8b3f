use serde_json::{Value, json};

use super::{create, with_role};
use crate::testing::{Cloud, code, failure, statement};

fn tags(cloud: &Cloud) -> Value {
    cloud.run("ListRoleTags", json!({"RoleName": "app"})).unwrap()["Tags"].clone()
}

fn tag(cloud: &Cloud, tags: Value) -> crate::testing::Answer {
    cloud.run("TagRole", json!({"RoleName": "app", "Tags": tags}))
}

#[test]
fn tags_are_set_replaced_and_removed() {
    let cloud = with_role();
    assert_eq!(tags(&cloud), json!([]));
    let both = json!([{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": ""}]);
    assert_eq!(tag(&cloud, both), Ok(Value::Null));
    tag(&cloud, json!([{"Key": "Team", "Value": "b"}])).unwrap();
    let expected = json!([{"Key": "Team", "Value": "b"}, {"Key": "cost", "Value": ""}]);
    assert_eq!(tags(&cloud), expected);
    assert_eq!(tag(&cloud, json!([])), failure("InvalidInput", "Tags cannot be empty."));
    let first = cloud.run("ListRoleTags", json!({"RoleName": "app", "MaxItems": 1})).unwrap();
    assert_eq!((&first["Tags"], &first["IsTruncated"]), (&json!([expected[0]]), &json!(true)));
    let rest = json!({"RoleName": "app", "Marker": first["Marker"]});
    assert_eq!(cloud.run("ListRoleTags", rest).unwrap()["Tags"], json!([expected[1]]));
    let keys = json!({"RoleName": "app", "TagKeys": ["TEAM", "none"]});
    assert_eq!(cloud.run("UntagRole", keys), Ok(Value::Null));
    assert_eq!(tags(&cloud), json!([{"Key": "cost", "Value": ""}]));
}

#[test]
fn tags_are_checked() {
    let cloud = with_role();
    let many = |from: usize, to: usize| -> Value {
        (from..to).map(|at| json!({"Key": format!("k{at}"), "Value": ""})).collect()
    };
    tag(&cloud, many(0, 30)).unwrap();
    assert_eq!(code(tag(&cloud, many(30, 51))), "LimitExceeded");
    tag(&cloud, many(30, 50)).unwrap();
    assert_eq!(code(tag(&cloud, many(0, 51))), "ValidationError");
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]);
    assert_eq!(code(tag(&cloud, twice)), "InvalidInput");
    let keys: Vec<String> = (0..51).map(|at| format!("k{at}")).collect();
    let untag = |keys: Value| cloud.run("UntagRole", json!({"RoleName": "app", "TagKeys": keys}));
    assert_eq!(
        untag(json!(keys)),
        failure(
            "ValidationError",
            "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must \
             have length less than or equal to 50"
        )
    );
    assert_eq!(code(untag(json!(["a;b"]))), "ValidationError");
    untag(json!(keys[..50])).unwrap();
    assert_eq!(tags(&cloud), json!([]));
    let missing = failure("NoSuchEntity", "The role with name none cannot be found.");
    for operation in ["TagRole", "UntagRole", "ListRoleTags"] {
        assert_eq!(
            cloud.run(operation, json!({"RoleName": "none", "Tags": [], "TagKeys": []})),
            missing,
            "{operation}"
        );
    }
}

#[test]
fn conditions_see_tags_of_role_and_request() {
    let cloud = with_role();
    create(&cloud, "other", "/");
    tag(&cloud, json!([{"Key": "owner", "Value": "ann"}])).unwrap();
    let own = |key: &str| {
        statement(json!({
            "Effect": "Allow",
            "Action": ["iam:GetRole", "iam:TagRole", "iam:UntagRole"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {key: "ann"},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["cost", "owner"]},
                "StringEqualsIfExists": {"aws:RequestTag/cost": "1"},
            },
        }))
    };
    for (name, key) in [("a", "aws:ResourceTag/owner"), ("i", "iam:ResourceTag/owner")] {
        let caller = cloud.user(name, &own(key));
        let run = |operation: &str, role: &str, tag: &str, value: &str| {
            let tags = json!([{"Key": tag, "Value": value}]);
            let input = json!({"RoleName": role, "Tags": tags, "TagKeys": [tag]});
            cloud.run_as(&caller, operation, input)
        };
        run("GetRole", "app", "", "").unwrap();
        assert_eq!(code(run("GetRole", "other", "", "")), "AccessDenied");
        run("TagRole", "app", "cost", "1").unwrap();
        assert_eq!(code(run("TagRole", "app", "cost", "2")), "AccessDenied");
        assert_eq!(code(run("TagRole", "app", "else", "1")), "AccessDenied");
        assert_eq!(code(run("UntagRole", "app", "else", "")), "AccessDenied");
        run("UntagRole", "app", "cost", "").unwrap();
    }
}
