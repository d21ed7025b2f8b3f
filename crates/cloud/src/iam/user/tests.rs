use serde_json::{Value, json};

use super::*;
use crate::caller::Session;
use crate::iam::attachment::{self, AttachmentRow};
use crate::testing::{ACCOUNT, Cloud, account, allow, failure, trust_ec2};

fn create(cloud: &Cloud, name: &str, path: &str) -> Value {
    let answer = cloud.run("CreateUser", json!({"UserName": name, "Path": path})).unwrap();
    answer["User"].clone()
}

fn names(answer: &Value) -> Vec<&str> {
    let users = answer["Users"].as_array().unwrap();
    users.iter().map(|user| user["UserName"].as_str().unwrap()).collect()
}

fn gone(name: &str) -> crate::testing::Answer {
    failure("NoSuchEntity", &format!("The user with name {name} cannot be found."))
}

#[test]
fn a_user_is_made_and_looked_at() {
    let cloud = Cloud::new();
    let boundary = cloud.policy("/", "b", &allow("*", "*"));
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let made = cloud
        .run(
            "CreateUser",
            json!({
                "UserName": "Ann", "Path": "/a/b/", "PermissionsBoundary": boundary, "Tags": tags,
            }),
        )
        .unwrap();
    let id = made["User"]["UserId"].as_str().unwrap();
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
    let shape = json!({
        "Path": "/a/b/", "UserName": "Ann", "UserId": id,
        "Arn": format!("arn:aws:iam::{ACCOUNT}:user/a/b/Ann"), "CreateDate": "2023-11-14T22:13:20Z",
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary,
        },
        "Tags": tags,
    });
    assert_eq!(made, json!({"User": shape}));
    assert_eq!(cloud.run("GetUser", json!({"UserName": "aNN"})), Ok(json!({"User": shape})));
    let uses: Vec<AttachmentRow> =
        attachment::of(&cloud.view(), account(), &boundary).cloned().collect();
    assert_eq!((uses.len(), uses[0].name.as_str()), (1, "Ann"));
    // Without tags and boundary neither is shown.
    let plain = create(&cloud, "bob", "/");
    assert!(plain.get("Tags").is_none() && plain.get("PermissionsBoundary").is_none());
}

#[test]
fn names_are_unique_without_regard_to_case() {
    let cloud = Cloud::new();
    create(&cloud, "Ann", "/");
    assert_eq!(
        cloud.run("CreateUser", json!({"UserName": "ann", "Path": "/x/"})),
        failure("EntityAlreadyExists", "User with name ann already exists.")
    );
    assert_eq!(cloud.run("GetUser", json!({"UserName": "bob"})), gone("bob"));
}

#[test]
fn bad_input_is_refused() {
    let cloud = Cloud::new();
    let said = |input: Value| cloud.run("CreateUser", input).unwrap_err();
    let (code, text) = said(json!({"UserName": "a b"}));
    assert_eq!(code, "ValidationError");
    assert!(text.starts_with("The specified value for userName is invalid."), "{text}");
    let (_, text) = said(json!({"UserName": "a".repeat(65), "Path": "/", "Tags": []}));
    assert!(text.ends_with("Member must have length less than or equal to 64"), "{text}");
    let (_, text) = said(json!({"UserName": "a", "PermissionsBoundary": "longpolicynamebutnoarn"}));
    assert_eq!(text, "Invalid ARN:  Could not be parsed!");
    let unknown = format!("arn:aws:iam::{ACCOUNT}:policy/none");
    assert_eq!(
        said(json!({"UserName": "a", "PermissionsBoundary": unknown})),
        (
            "NoSuchEntity".to_owned(),
            format!("Scope ARN: {unknown} does not exist or is not attachable.")
        )
    );
    let (code, _) =
        said(json!({"UserName": "a", "Tags": [{"Key": "Aws:k", "Value": "aws:is fine here"}]}));
    assert_eq!(code, "InvalidInput");
    let twice = json!([{"Key": "k", "Value": ""}, {"Key": "K", "Value": ""}]);
    let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    assert_eq!(
        said(json!({"UserName": "a", "Tags": twice})),
        ("InvalidInput".to_owned(), text.to_owned())
    );
}

#[test]
fn an_account_has_so_many_users() {
    let cloud = Cloud::new();
    cloud.write(|tx| {
        (1..MAX_USERS).try_for_each(|number| {
            let (name, id) = (format!("u{number}"), format!("AIDA{number}"));
            tx.insert(UserRow::new(account(), &name, "/", id, Timestamp::default()))
        })
    });
    create(&cloud, "last", "/");
    assert_eq!(
        cloud.run("CreateUser", json!({"UserName": "more"})),
        failure("LimitExceeded", "Cannot exceed quota for UsersPerAccount: 5000")
    );
}

#[test]
fn without_a_name_the_caller_is_meant() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("iam:GetUser", "*"));
    let shown = |caller: &Caller| cloud.run_as(caller, "GetUser", json!({}));
    assert_eq!(shown(&ann).unwrap()["User"]["UserName"], "ann");
    let root = shown(&Caller::Root(account())).unwrap();
    let expected = json!({
        "UserId": ACCOUNT, "Arn": format!("arn:aws:iam::{ACCOUNT}:root"),
        "CreateDate": "1970-01-01T00:00:00Z",
    });
    assert_eq!(root["User"], expected);
    let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": trust_ec2()});
    cloud.run("CreateRole", role).unwrap();
    let of_role = cloud.session("r", "s");
    // A caller who was renamed since is who it is.
    cloud.run("UpdateUser", json!({"UserName": "ann", "NewUserName": "eve"})).unwrap();
    assert_eq!(shown(&ann).unwrap()["User"]["UserName"], "eve");

    let session = |kind: SessionKind| {
        let mut session = Session::clone(of_role.session().unwrap());
        session.kind = kind;
        // Without a second factor, sessions of users and root cannot call IAM.
        session.mfa = true;
        Caller::Session(Arc::new(session))
    };
    let (user_name, user_id) = ("eve".to_owned(), ann.user_id().unwrap());
    let user_arn = "arn:aws:iam::123456789012:user/eve".to_owned();
    let of_user = session(SessionKind::User { user_name, user_id, user_arn });
    assert_eq!(shown(&of_user).unwrap()["User"]["UserName"], "eve");
    assert_eq!(shown(&session(SessionKind::Root)).unwrap()["User"], expected);
    let text = "Must specify userName when calling with non-User credentials";
    assert_eq!(shown(&of_role), failure("ValidationError", text));
    // Nobody can tell the name of a user who is gone.
    cloud.remove::<UserRow>(ACCOUNT, "eve");
    assert_eq!(shown(&ann), failure("ValidationError", text));
}

#[test]
fn users_are_listed_by_path_and_page() {
    let cloud = Cloud::new();
    for (name, path) in [("b", "/x/y/"), ("A", "/x/"), ("c", "/")] {
        create(&cloud, name, path);
    }
    let list = |input: Value| cloud.run("ListUsers", input).unwrap();
    let all = list(json!({}));
    assert_eq!((names(&all), &all["IsTruncated"]), (vec!["A", "b", "c"], &json!(false)));
    assert!(all.get("Marker").is_none());
    assert_eq!(names(&list(json!({"PathPrefix": "/x"}))), ["A", "b"]);
    assert_eq!(names(&list(json!({"PathPrefix": "/x/y"}))), ["b"]);
    let first = list(json!({"MaxItems": 2}));
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["A", "b"], &json!(true)));
    let second = list(json!({"MaxItems": 2, "Marker": first["Marker"]}));
    assert_eq!((names(&second), &second["IsTruncated"]), (vec!["c"], &json!(false)));
    assert_eq!(
        cloud.run("ListUsers", json!({"Marker": "x"})),
        failure("ValidationError", "Invalid Marker.")
    );
    assert!(cloud.run("ListUsers", json!({"MaxItems": 0})).is_err());
    assert!(cloud.run("ListUsers", json!({"PathPrefix": "x"})).is_err());
}

#[test]
fn a_rename_takes_everything_along() {
    let cloud = Cloud::new();
    let policy = cloud.policy("/", "p", &allow("*", "*"));
    let before = create(&cloud, "ann", "/");
    create(&cloud, "bob", "/");
    cloud.run("CreateGroup", json!({"GroupName": "g"})).unwrap();
    cloud.run("AddUserToGroup", json!({"GroupName": "g", "UserName": "ann"})).unwrap();
    cloud.run("CreateAccessKey", json!({"UserName": "ann"})).unwrap();
    cloud.run("AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": policy})).unwrap();
    let boundary = json!({"UserName": "ann", "PermissionsBoundary": policy});
    cloud.run("PutUserPermissionsBoundary", boundary).unwrap();

    let update = |input: Value| cloud.run("UpdateUser", input);
    assert_eq!(
        update(json!({"UserName": "ann", "NewUserName": "BOB"})),
        failure("EntityAlreadyExists", "User with name BOB already exists.")
    );
    assert_eq!(update(json!({"UserName": "nobody"})), gone("nobody"));
    let rename = json!({"UserName": "ann", "NewUserName": "Eve", "NewPath": "/n/"});
    assert_eq!(update(rename), Ok(json!(null)));

    assert_eq!(cloud.run("GetUser", json!({"UserName": "ann"})), gone("ann"));
    let after = &cloud.run("GetUser", json!({"UserName": "eve"})).unwrap()["User"];
    assert_eq!(after["UserId"], before["UserId"]);
    assert_eq!(after["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/n/Eve"));
    let keys = cloud.run("ListAccessKeys", json!({"UserName": "Eve"})).unwrap();
    assert_eq!(keys["AccessKeyMetadata"][0]["UserName"], "Eve");
    assert_eq!(names(&cloud.run("GetGroup", json!({"GroupName": "g"})).unwrap()), ["Eve"]);
    let state = cloud.view();
    let uses: Vec<&str> =
        attachment::of(&state, account(), &policy).map(|row| row.name.as_str()).collect();
    assert_eq!(uses, ["Eve", "Eve"]);
}

#[test]
fn letter_case_and_path_can_change_alone() {
    let cloud = Cloud::new();
    create(&cloud, "ann", "/a/");
    cloud.run("UpdateUser", json!({"UserName": "ann", "NewUserName": "ANN"})).unwrap();
    let user = &cloud.run("GetUser", json!({"UserName": "ann"})).unwrap()["User"];
    assert_eq!(user["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/a/ANN"));
    cloud.run("UpdateUser", json!({"UserName": "ann", "NewPath": "/"})).unwrap();
    let user = &cloud.run("GetUser", json!({"UserName": "ann"})).unwrap()["User"];
    assert_eq!(user["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/ANN"));
}

#[test]
fn a_user_who_has_something_is_not_deleted() {
    let cloud = Cloud::new();
    let boundary = cloud.policy("/", "b", &allow("*", "*"));
    let input = json!({"UserName": "ann", "PermissionsBoundary": boundary});
    cloud.run("CreateUser", input).unwrap();
    let change = |change: fn(&mut UserRow)| {
        let mut user = UserRow::clone(find(&cloud.view(), account(), "ann").unwrap());
        change(&mut user);
        cloud.write(move |tx| tx.update(user.clone()));
    };
    let delete = || cloud.run("DeleteUser", json!({"UserName": "ann"}));
    type Change = fn(&mut UserRow);
    let steps: [(Change, Change, &str); 6] = [
        (
            |user| user.attached.push("p".to_owned()),
            |user| user.attached.clear(),
            "detach all policies",
        ),
        (
            |user| drop(user.inline.insert("p".to_owned(), Document::new("{}"))),
            |user| user.inline.clear(),
            "delete policies",
        ),
        (
            |user| user.groups.push("g".to_owned()),
            |user| user.groups.clear(),
            "remove users from group",
        ),
        (
            |user| {
                let created = user.created;
                let profile = LoginProfile { created, changed: created, reset_required: false };
                user.login_profile = Some(profile);
            },
            |user| user.login_profile = None,
            "delete login profile",
        ),
        (
            |user| user.access_keys.push("k".to_owned()),
            |user| user.access_keys.clear(),
            "delete access keys",
        ),
        (
            |user| user.mfa_devices.push("m".to_owned()),
            |user| user.mfa_devices.clear(),
            "delete MFA device",
        ),
    ];
    for (give, take, what) in steps {
        change(give);
        let text = format!("Cannot delete entity, must {what} first.");
        assert_eq!(delete(), failure("DeleteConflict", &text));
        change(take);
    }
    assert_eq!(delete(), Ok(json!(null)));
    assert_eq!(delete(), gone("ann"));
    assert_eq!(attachment::of(&cloud.view(), account(), &boundary).count(), 0);
    // Whoever comes after is somebody else.
    let again = create(&cloud, "ann", "/");
    assert!(again["UserId"].as_str().unwrap().starts_with("AIDA"));
}

#[test]
fn tags_come_and_go() {
    let cloud = Cloud::new();
    create(&cloud, "ann", "/");
    let tag = |tags: Value| cloud.run("TagUser", json!({"UserName": "ann", "Tags": tags}));
    let list = |input: Value| cloud.run("ListUserTags", input).unwrap();
    tag(json!([{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}])).unwrap();
    tag(json!([{"Key": "B", "Value": "3"}])).unwrap();
    let (a, b) = (json!({"Key": "a", "Value": "2"}), json!({"Key": "B", "Value": "3"}));
    let all = list(json!({"UserName": "ann"}));
    assert_eq!(all, json!({"Tags": [b, a], "IsTruncated": false}));
    let first = list(json!({"UserName": "ann", "MaxItems": 1}));
    assert_eq!((&first["Tags"], &first["IsTruncated"]), (&json!([b]), &json!(true)));
    let second = list(json!({"UserName": "ann", "Marker": first["Marker"]}));
    assert_eq!(second["Tags"], json!([a]));
    cloud.run("UntagUser", json!({"UserName": "ann", "TagKeys": ["b", "none"]})).unwrap();
    assert_eq!(list(json!({"UserName": "ann"}))["Tags"], json!([a]));

    let many: Vec<Value> =
        (0..50).map(|key| json!({"Key": key.to_string(), "Value": ""})).collect();
    let text = "The number of tags has reached the maximum limit: 50";
    assert_eq!(tag(json!(many)), failure("LimitExceeded", text));
    assert_eq!(tag(json!(many[..49])), Ok(json!(null)));
    assert!(tag(json!([{"Key": "", "Value": ""}])).is_err());
    assert_eq!(tag(json!([])), failure("InvalidInput", "Tags cannot be empty."));
    assert_eq!(cloud.run("UntagUser", json!({"UserName": "ann", "TagKeys": []})), Ok(json!(null)));
    let nobody = json!({"UserName": "bob", "Tags": [], "TagKeys": []});
    assert_eq!(cloud.run("TagUser", nobody.clone()), gone("bob"));
    assert_eq!(cloud.run("UntagUser", nobody.clone()), gone("bob"));
    assert_eq!(cloud.run("ListUserTags", nobody), gone("bob"));
}
