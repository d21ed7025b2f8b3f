use serde_json::{Value, json};

use super::*;
use crate::iam::attachment;
use crate::iam::holder::MAX_GROUP_INLINE;
use crate::iam::user;
use crate::testing::{ACCOUNT, Answer, Cloud, account, allow, failure};

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    create(&cloud, "g", "/");
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    cloud
}

fn create(cloud: &Cloud, name: &str, path: &str) -> Value {
    let answer = cloud.run("CreateGroup", json!({"GroupName": name, "Path": path})).unwrap();
    answer["Group"].clone()
}

fn of(user: &str, group: &str) -> Value {
    json!({"UserName": user, "GroupName": group})
}

fn names(groups: &Value) -> Vec<&str> {
    let groups = groups["Groups"].as_array().unwrap();
    groups.iter().map(|group| group["GroupName"].as_str().unwrap()).collect()
}

fn gone(noun: &str, name: &str) -> Answer {
    failure("NoSuchEntity", &format!("The {noun} with name {name} cannot be found."))
}

#[test]
fn a_group_is_made_and_looked_at() {
    let cloud = Cloud::new();
    let made = create(&cloud, "Devs", "/a/");
    let id = made["GroupId"].as_str().unwrap();
    assert!(id.starts_with("AGPA") && id.len() == 21, "{id}");
    let shape = json!({
        "Path": "/a/", "GroupName": "Devs", "GroupId": id,
        "Arn": format!("arn:aws:iam::{ACCOUNT}:group/a/Devs"), "CreateDate": "2023-11-14T22:13:20Z",
    });
    assert_eq!(made, shape);
    let expected = json!({"Group": shape, "Users": [], "IsTruncated": false});
    assert_eq!(cloud.run("GetGroup", json!({"GroupName": "devs"})), Ok(expected));
    assert_eq!(
        cloud.run("CreateGroup", json!({"GroupName": "DEVS"})),
        failure("EntityAlreadyExists", "Group with name DEVS already exists.")
    );
    assert_eq!(cloud.run("GetGroup", json!({"GroupName": "ops"})), gone("group", "ops"));
    let (_, text) = cloud.run("CreateGroup", json!({"GroupName": "g".repeat(129)})).unwrap_err();
    assert!(text.ends_with("Member must have length less than or equal to 128"), "{text}");
    assert!(cloud.run("CreateGroup", json!({"GroupName": "g".repeat(128)})).is_ok());
}

#[test]
fn an_account_has_so_many_groups() {
    let cloud = Cloud::new();
    (0..MAX_GROUPS).for_each(|number| drop(create(&cloud, &format!("g{number}"), "/")));
    assert_eq!(
        cloud.run("CreateGroup", json!({"GroupName": "more"})),
        failure("LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 300")
    );
}

#[test]
fn groups_are_listed_by_path_and_page() {
    let cloud = Cloud::new();
    for (name, path) in [("b", "/x/y/"), ("A", "/x/"), ("c", "/")] {
        create(&cloud, name, path);
    }
    let list = |input: Value| cloud.run("ListGroups", input).unwrap();
    assert_eq!(names(&list(json!({}))), ["A", "b", "c"]);
    assert_eq!(names(&list(json!({"PathPrefix": "/x/"}))), ["A", "b"]);
    let first = list(json!({"MaxItems": 1}));
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["A"], &json!(true)));
    assert_eq!(names(&list(json!({"Marker": first["Marker"]}))), ["b", "c"]);
}

#[test]
fn users_come_and_go() {
    let cloud = cloud();
    create(&cloud, "a", "/");
    cloud.run("CreateUser", json!({"UserName": "Bob"})).unwrap();
    let add = |user: &str, group: &str| cloud.run("AddUserToGroup", of(user, group));
    let users = |input: Value| cloud.run("GetGroup", input).unwrap();
    for (user, group) in [("bob", "g"), ("ann", "G"), ("ann", "a"), ("ann", "a")] {
        assert_eq!(add(user, group), Ok(json!(null)));
    }
    let all = users(json!({"GroupName": "g"}));
    assert_eq!(all["Users"][0]["UserName"], "ann");
    assert_eq!(all["Users"][1]["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/Bob"));
    let first = users(json!({"GroupName": "g", "MaxItems": 1}));
    assert_eq!(first["IsTruncated"], true);
    let rest = users(json!({"GroupName": "g", "Marker": first["Marker"]}));
    assert_eq!(rest["Users"], json!([all["Users"][1]]));
    assert_eq!(users(json!({"GroupName": "a"}))["Users"].as_array().unwrap().len(), 1);

    let groups = |input: Value| cloud.run("ListGroupsForUser", input).unwrap();
    assert_eq!(names(&groups(json!({"UserName": "ann"}))), ["a", "g"]);
    let first = groups(json!({"UserName": "ann", "MaxItems": 1}));
    let rest = groups(json!({"UserName": "ann", "Marker": first["Marker"]}));
    assert_eq!((names(&first), names(&rest)), (vec!["a"], vec!["g"]));

    for _ in 0..2 {
        // Whoever is not in the group is removed without complaint.
        assert_eq!(cloud.run("RemoveUserFromGroup", of("Ann", "g")), Ok(json!(null)));
    }
    assert_eq!(users(json!({"GroupName": "g"}))["Users"].as_array().unwrap().len(), 1);
    assert_eq!(names(&groups(json!({"UserName": "ann"}))), ["a"]);
}

#[test]
fn members_must_exist() {
    let cloud = cloud();
    assert_eq!(cloud.run("AddUserToGroup", of("bob", "g")), gone("user", "bob"));
    assert_eq!(cloud.run("AddUserToGroup", of("ann", "x")), gone("group", "x"));
    assert_eq!(cloud.run("RemoveUserFromGroup", of("ann", "x")), gone("group", "x"));
    assert_eq!(cloud.run("RemoveUserFromGroup", of("bob", "x")), gone("user", "bob"));
    assert_eq!(cloud.run("ListGroupsForUser", json!({"UserName": "bob"})), gone("user", "bob"));
}

#[test]
fn a_user_is_in_so_many_groups() {
    let cloud = cloud();
    for number in 0..MAX_GROUPS_PER_USER {
        create(&cloud, &format!("g{number}"), "/");
        cloud.run("AddUserToGroup", of("ann", &format!("g{number}"))).unwrap();
    }
    let text = "Cannot exceed quota for GroupsPerUser: 10";
    assert_eq!(cloud.run("AddUserToGroup", of("ann", "g")), failure("LimitExceeded", text));
    assert!(cloud.run("AddUserToGroup", of("ann", "g0")).is_ok());
}

#[test]
fn policies_of_a_group_hold_for_its_users() {
    let cloud = cloud();
    let policy = cloud.policy("/", "p", &allow("iam:GetUser", "*"));
    let allowed = || cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_ok();
    cloud.run("AddUserToGroup", of("ann", "g")).unwrap();
    assert!(!allowed());
    let inline = json!({
        "GroupName": "g", "PolicyName": "p", "PolicyDocument": allow("iam:GetUser", "*"),
    });
    assert_eq!(cloud.run("PutGroupPolicy", inline.clone()), Ok(json!(null)));
    assert!(allowed());
    let named = cloud.run("GetGroupPolicy", inline.clone()).unwrap();
    assert_eq!((&named["GroupName"], &named["PolicyName"]), (&json!("g"), &json!("p")));
    assert!(named["PolicyDocument"].as_str().unwrap().starts_with("%7B%22"));
    let listed = cloud.run("ListGroupPolicies", json!({"GroupName": "g"})).unwrap();
    assert_eq!(listed, json!({"PolicyNames": ["p"], "IsTruncated": false}));
    assert_eq!(cloud.run("DeleteGroupPolicy", inline.clone()), Ok(json!(null)));
    assert!(!allowed());
    let missing = failure("NoSuchEntity", "The group policy with name p cannot be found.");
    assert_eq!(cloud.run("GetGroupPolicy", inline.clone()), missing);
    assert_eq!(cloud.run("DeleteGroupPolicy", inline), missing);

    let attached = json!({"GroupName": "g", "PolicyArn": policy});
    assert_eq!(cloud.run("AttachGroupPolicy", attached.clone()), Ok(json!(null)));
    assert!(allowed());
    let listed = cloud.run("ListAttachedGroupPolicies", json!({"GroupName": "g"})).unwrap();
    assert_eq!(listed["AttachedPolicies"], json!([{"PolicyName": "p", "PolicyArn": policy}]));
    // A user who leaves loses them.
    cloud.run("RemoveUserFromGroup", of("ann", "g")).unwrap();
    assert!(!allowed());
    assert_eq!(cloud.run("DetachGroupPolicy", attached.clone()), Ok(json!(null)));
    let missing = failure("NoSuchEntity", &format!("Policy {policy} was not found."));
    assert_eq!(cloud.run("DetachGroupPolicy", attached), missing);
    assert_eq!(attachment::of(&cloud.view(), account(), &policy).count(), 0);
}

#[test]
fn policies_of_a_group_are_checked() {
    let cloud = cloud();
    let put = |document: &str| {
        let input = json!({"GroupName": "g", "PolicyName": "p", "PolicyDocument": document});
        cloud.run("PutGroupPolicy", input)
    };
    assert_eq!(put("{"), failure("MalformedPolicyDocument", "Syntax errors in policy."));
    let resource = format!("arn:aws:s3:::{}", "b".repeat(MAX_GROUP_INLINE));
    let text = "Maximum policy size of 5120 bytes exceeded for group g";
    assert_eq!(put(&allow("s3:*", &resource)), failure("LimitExceeded", text));
    let nobody = json!({"GroupName": "x", "PolicyName": "p", "PolicyDocument": allow("*", "*")});
    assert_eq!(cloud.run("PutGroupPolicy", nobody.clone()), gone("group", "x"));
    assert_eq!(cloud.run("GetGroupPolicy", nobody.clone()), gone("group", "x"));
    assert_eq!(cloud.run("ListGroupPolicies", nobody.clone()), gone("group", "x"));
    assert_eq!(cloud.run("DeleteGroupPolicy", nobody.clone()), gone("group", "x"));
    assert_eq!(cloud.run("ListAttachedGroupPolicies", nobody), gone("group", "x"));
    let unknown = format!("arn:aws:iam::{ACCOUNT}:policy/none");
    let text = format!("Policy {unknown} does not exist or is not attachable.");
    let input = json!({"GroupName": "g", "PolicyArn": unknown});
    assert_eq!(cloud.run("AttachGroupPolicy", input), failure("NoSuchEntity", &text));
    for number in 0..10 {
        let input =
            json!({"GroupName": "g", "PolicyArn": cloud.policy("/", &format!("p{number}"), "{}")});
        cloud.run("AttachGroupPolicy", input).unwrap();
    }
    let input = json!({"GroupName": "g", "PolicyArn": cloud.policy("/", "more", "{}")});
    let text = "Cannot exceed quota for PoliciesPerGroup: 10";
    assert_eq!(cloud.run("AttachGroupPolicy", input), failure("LimitExceeded", text));
}

#[test]
fn a_rename_takes_users_and_policies_along() {
    let cloud = cloud();
    let policy = cloud.policy("/", "p", &allow("iam:GetUser", "*"));
    create(&cloud, "other", "/");
    cloud.run("AddUserToGroup", of("ann", "g")).unwrap();
    cloud.run("AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": policy})).unwrap();
    let update = |input: Value| cloud.run("UpdateGroup", input);
    assert_eq!(
        update(json!({"GroupName": "g", "NewGroupName": "Other"})),
        failure("EntityAlreadyExists", "Group with name Other already exists.")
    );
    assert_eq!(update(json!({"GroupName": "x"})), gone("group", "x"));
    let rename = json!({"GroupName": "g", "NewGroupName": "H", "NewPath": "/n/"});
    assert_eq!(update(rename), Ok(json!(null)));
    assert_eq!(cloud.run("GetGroup", json!({"GroupName": "g"})), gone("group", "g"));
    let group = cloud.run("GetGroup", json!({"GroupName": "h"})).unwrap();
    assert_eq!(group["Group"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/n/H"));
    assert_eq!(group["Users"][0]["UserName"], "ann");
    let groups = cloud.run("ListGroupsForUser", json!({"UserName": "ann"})).unwrap();
    assert_eq!(names(&groups), ["H"]);
    let state = cloud.view();
    let uses: Vec<&str> =
        attachment::of(&state, account(), &policy).map(|row| row.name.as_str()).collect();
    assert_eq!(uses, ["H"]);
    assert!(cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_ok());
    // Letter case and path can change alone.
    update(json!({"GroupName": "H", "NewGroupName": "h"})).unwrap();
    update(json!({"GroupName": "H", "NewPath": "/"})).unwrap();
    let group = cloud.run("GetGroup", json!({"GroupName": "H"})).unwrap();
    assert_eq!(group["Group"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/h"));
    // A user's new name is known to the group.
    cloud.run("UpdateUser", json!({"UserName": "ann", "NewUserName": "eve"})).unwrap();
    cloud.run("RemoveUserFromGroup", of("eve", "h")).unwrap();
    assert!(user::find(&cloud.view(), account(), "eve").unwrap().groups.is_empty());
}

#[test]
fn a_group_that_has_something_is_not_deleted() {
    let cloud = cloud();
    let policy = cloud.policy("/", "p", "{}");
    let delete = || cloud.run("DeleteGroup", json!({"GroupName": "g"}));
    let refused = |what: &str| {
        failure("DeleteConflict", &format!("Cannot delete entity, must {what} first."))
    };
    cloud.run("AddUserToGroup", of("ann", "g")).unwrap();
    assert_eq!(delete(), refused("remove users from group"));
    cloud.run("RemoveUserFromGroup", of("ann", "g")).unwrap();
    let attached = json!({"GroupName": "g", "PolicyArn": policy});
    cloud.run("AttachGroupPolicy", attached.clone()).unwrap();
    assert_eq!(delete(), refused("detach all policies"));
    cloud.run("DetachGroupPolicy", attached).unwrap();
    let inline = json!({"GroupName": "g", "PolicyName": "p", "PolicyDocument": allow("*", "*")});
    cloud.run("PutGroupPolicy", inline.clone()).unwrap();
    assert_eq!(delete(), refused("delete policies"));
    cloud.run("DeleteGroupPolicy", inline).unwrap();
    assert_eq!(delete(), Ok(json!(null)));
    assert_eq!(delete(), gone("group", "g"));
}
