//! What operations ask of IAM: held against AWS's own table, and against callers who may not.

use iam::{catalog, message};
use serde_json::{Value, json};

use crate::demand::Demand;
use crate::iam::access_key::AccessKeyRow;
use crate::iam::document::Document;
use crate::iam::table::OPERATIONS;
use crate::iam::user::UserRow;
use crate::operation::Service;
use crate::testing::{ACCOUNT, Cloud, account, allow, failure};

const POLICY: &str = "arn:aws:iam::123456789012:policy/p";
const DEVICE: &str = "arn:aws:iam::123456789012:mfa/m";
const KEY: &str = "AKIA7777777777777777";

/// Actions with the ends of their resources' ARNs.
type Asked = &'static [(&'static str, &'static str)];

/// Operation, input, and every action with the end of its resource's ARN (`*` for none) that it asks
/// about, in an account with the user `/a/u`, the group `/b/g`, a device and a key.
fn cases() -> Vec<(&'static str, Value, Asked)> {
    let user = || json!({"UserName": "u"});
    let group = || json!({"GroupName": "g"});
    let inline =
        |holder: &str, name: &str| json!({holder: name, "PolicyName": "n", "PolicyDocument": "{}"});
    let attached = |holder: &str, name: &str| json!({holder: name, "PolicyArn": POLICY});
    let key = || json!({"UserName": "u", "AccessKeyId": KEY, "Status": "Inactive"});
    let tags = || json!([{"Key": "k", "Value": "v"}]);
    let member = || json!({"GroupName": "g", "UserName": "u"});
    let codes = json!({
        "UserName": "u", "SerialNumber": DEVICE,
        "AuthenticationCode1": "000000", "AuthenticationCode2": "000000",
    });
    vec![
        ("CreateAccessKey", user(), &[("CreateAccessKey", "user/a/u")]),
        ("DeleteAccessKey", key(), &[("DeleteAccessKey", "user/a/u")]),
        (
            "GetAccessKeyLastUsed",
            json!({"AccessKeyId": KEY}),
            &[("GetAccessKeyLastUsed", "user/a/u")],
        ),
        ("ListAccessKeys", user(), &[("ListAccessKeys", "user/a/u")]),
        ("UpdateAccessKey", key(), &[("UpdateAccessKey", "user/a/u")]),
        ("CreateAccountAlias", json!({"AccountAlias": "abc"}), &[("CreateAccountAlias", "*")]),
        ("DeleteAccountAlias", json!({"AccountAlias": "abc"}), &[("DeleteAccountAlias", "*")]),
        ("ListAccountAliases", json!({}), &[("ListAccountAliases", "*")]),
        ("GenerateCredentialReport", json!({}), &[("GenerateCredentialReport", "*")]),
        ("GetCredentialReport", json!({}), &[("GetCredentialReport", "*")]),
        ("DeleteAccountPasswordPolicy", json!({}), &[("DeleteAccountPasswordPolicy", "*")]),
        ("GetAccountPasswordPolicy", json!({}), &[("GetAccountPasswordPolicy", "*")]),
        ("UpdateAccountPasswordPolicy", json!({}), &[("UpdateAccountPasswordPolicy", "*")]),
        ("GetAccountSummary", json!({}), &[("GetAccountSummary", "*")]),
        ("GetAccountAuthorizationDetails", json!({}), &[("GetAccountAuthorizationDetails", "*")]),
        ("AddUserToGroup", member(), &[("AddUserToGroup", "group/b/g")]),
        ("AttachGroupPolicy", attached("GroupName", "g"), &[("AttachGroupPolicy", "group/b/g")]),
        ("CreateGroup", json!({"GroupName": "n", "Path": "/c/"}), &[("CreateGroup", "group/c/n")]),
        ("DeleteGroup", group(), &[("DeleteGroup", "group/b/g")]),
        ("DeleteGroupPolicy", inline("GroupName", "g"), &[("DeleteGroupPolicy", "group/b/g")]),
        ("DetachGroupPolicy", attached("GroupName", "g"), &[("DetachGroupPolicy", "group/b/g")]),
        ("GetGroup", group(), &[("GetGroup", "group/b/g")]),
        ("GetGroupPolicy", inline("GroupName", "g"), &[("GetGroupPolicy", "group/b/g")]),
        ("ListAttachedGroupPolicies", group(), &[("ListAttachedGroupPolicies", "group/b/g")]),
        ("ListGroupPolicies", group(), &[("ListGroupPolicies", "group/b/g")]),
        ("ListGroups", json!({}), &[("ListGroups", "group/")]),
        ("ListGroupsForUser", user(), &[("ListGroupsForUser", "user/a/u")]),
        ("PutGroupPolicy", inline("GroupName", "g"), &[("PutGroupPolicy", "group/b/g")]),
        ("RemoveUserFromGroup", member(), &[("RemoveUserFromGroup", "group/b/g")]),
        ("UpdateGroup", group(), &[("UpdateGroup", "group/b/g")]),
        (
            "UpdateGroup",
            json!({"GroupName": "g", "NewGroupName": "n"}),
            &[("UpdateGroup", "group/b/g"), ("UpdateGroup", "group/b/n")],
        ),
        (
            "CreateLoginProfile",
            json!({"UserName": "u", "Password": "x"}),
            &[("CreateLoginProfile", "user/a/u")],
        ),
        ("DeleteLoginProfile", user(), &[("DeleteLoginProfile", "user/a/u")]),
        ("GetLoginProfile", user(), &[("GetLoginProfile", "user/a/u")]),
        ("UpdateLoginProfile", user(), &[("UpdateLoginProfile", "user/a/u")]),
        (
            "CreateVirtualMFADevice",
            json!({"VirtualMFADeviceName": "n"}),
            &[("CreateVirtualMFADevice", "mfa/n")],
        ),
        (
            "CreateVirtualMFADevice",
            json!({"VirtualMFADeviceName": "n", "Path": "/c/", "Tags": tags()}),
            &[("CreateVirtualMFADevice", "mfa/c/n"), ("TagMFADevice", "mfa/c/n")],
        ),
        (
            "DeactivateMFADevice",
            json!({"UserName": "u", "SerialNumber": DEVICE}),
            &[("DeactivateMFADevice", "user/a/u")],
        ),
        (
            "DeleteVirtualMFADevice",
            json!({"SerialNumber": DEVICE}),
            &[("DeleteVirtualMFADevice", "mfa/m")],
        ),
        ("EnableMFADevice", codes, &[("EnableMFADevice", "user/a/u")]),
        ("ListMFADevices", user(), &[("ListMFADevices", "user/a/u")]),
        ("ListVirtualMFADevices", json!({}), &[("ListVirtualMFADevices", "mfa/")]),
        ("AttachUserPolicy", attached("UserName", "u"), &[("AttachUserPolicy", "user/a/u")]),
        (
            "CreateUser",
            json!({"UserName": "n", "PermissionsBoundary": POLICY}),
            &[("CreateUser", "user/n")],
        ),
        (
            "CreateUser",
            json!({"UserName": "n", "Path": "/c/", "Tags": tags()}),
            &[("CreateUser", "user/c/n"), ("TagUser", "user/c/n")],
        ),
        ("DeleteUser", user(), &[("DeleteUser", "user/a/u")]),
        ("DeleteUser", json!({"UserName": "nobody"}), &[("DeleteUser", "user/nobody")]),
        ("DeleteUserPermissionsBoundary", user(), &[("DeleteUserPermissionsBoundary", "user/a/u")]),
        ("DeleteUserPolicy", inline("UserName", "u"), &[("DeleteUserPolicy", "user/a/u")]),
        ("DetachUserPolicy", attached("UserName", "u"), &[("DetachUserPolicy", "user/a/u")]),
        ("GetUser", user(), &[("GetUser", "user/a/u")]),
        ("GetUser", json!({}), &[("GetUser", "user/nobody")]),
        ("GetUserPolicy", inline("UserName", "u"), &[("GetUserPolicy", "user/a/u")]),
        ("ListAttachedUserPolicies", user(), &[("ListAttachedUserPolicies", "user/a/u")]),
        ("ListUserPolicies", user(), &[("ListUserPolicies", "user/a/u")]),
        ("ListUserTags", user(), &[("ListUserTags", "user/a/u")]),
        ("ListUsers", json!({}), &[("ListUsers", "user/")]),
        (
            "PutUserPermissionsBoundary",
            json!({"UserName": "u", "PermissionsBoundary": POLICY}),
            &[("PutUserPermissionsBoundary", "user/a/u")],
        ),
        ("PutUserPolicy", inline("UserName", "u"), &[("PutUserPolicy", "user/a/u")]),
        ("TagUser", json!({"UserName": "u", "Tags": tags()}), &[("TagUser", "user/a/u")]),
        ("UntagUser", json!({"UserName": "u", "TagKeys": ["k"]}), &[("UntagUser", "user/a/u")]),
        (
            "UpdateUser",
            json!({"UserName": "u", "NewUserName": "U"}),
            &[("UpdateUser", "user/a/u"), ("UpdateUser", "user/a/U")],
        ),
        (
            "UpdateUser",
            json!({"UserName": "u", "NewPath": "/c/"}),
            &[("UpdateUser", "user/a/u"), ("UpdateUser", "user/c/u")],
        ),
    ]
}

/// The nouns whose operations are in [`cases`].
const NOUNS: [&str; 7] =
    ["User", "Group", "AccessKey", "LoginProfile", "MFADevice", "Account", "CredentialReport"];

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.user("nobody", &allow("sts:GetCallerIdentity", "*"));
    cloud.policy("/", "p", &allow("*", "*"));
    let tags = json!([{"Key": "Team", "Value": "x"}]);
    let user = json!({"UserName": "u", "Path": "/a/", "Tags": tags, "PermissionsBoundary": POLICY});
    cloud.run("CreateUser", user).unwrap();
    cloud.run("CreateGroup", json!({"GroupName": "g", "Path": "/b/"})).unwrap();
    cloud
        .run("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "m", "Tags": tags}))
        .unwrap();
    let key = AccessKeyRow {
        account: account(),
        id: KEY.to_owned(),
        secret: "s".to_owned(),
        user_name: Some("u".to_owned()),
        active: true,
        created: cloud.time(),
    };
    cloud.write(move |tx| tx.insert(key.clone()));
    cloud
}

fn arn(end: &str) -> String {
    if end == "*" { end.to_owned() } else { format!("arn:aws:iam::{ACCOUNT}:{end}") }
}

#[test]
fn every_operation_is_here() {
    let cases = cases();
    let ours = |name: &str| NOUNS.iter().any(|noun| name.contains(noun) || name.contains("Groups"));
    for entry in OPERATIONS.iter().filter(|entry| entry.service == Service::Iam && ours(entry.name))
    {
        assert!(cases.iter().any(|(name, ..)| *name == entry.name), "{}", entry.name);
    }
}

#[test]
fn demands_are_in_awss_table() {
    let cloud = cloud();
    let nobody = cloud.caller("nobody");
    for (name, input, expected) in cases() {
        let demands = cloud.demands_of(&nobody, name, input);
        let asked: Vec<(&str, &str)> =
            demands.iter().map(|demand| (demand.action, demand.resource.as_str())).collect();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(action, end)| (format!("iam:{action}"), arn(end))).collect();
        let expected: Vec<(&str, &str)> =
            expected.iter().map(|(action, arn)| (action.as_str(), arn.as_str())).collect();
        assert_eq!(asked, expected, "{name}");
        demands.iter().for_each(is_in_awss_table);
    }
}

fn is_in_awss_table(demand: &Demand) {
    let action = catalog::action(demand.action).unwrap_or_else(|| panic!("{}", demand.action));
    let keys = catalog::keys_of(action);
    for (key, _) in &demand.context {
        assert!(keys.contains(key), "{key} of {}", demand.action);
    }
    let types = catalog::resource_types_for(&demand.resource);
    let fits = action
        .resources
        .iter()
        .any(|used| types.iter().any(|resource| resource.name == used.resource.name));
    // Lists are asked on their path, though the reference knows of no resource.
    let is_path = demand.resource.ends_with('/');
    assert_eq!(action.is_wildcard_only(), demand.resource == "*" || is_path, "{}", demand.action);
    assert!(is_path || fits || demand.resource == "*", "{} on {}", demand.action, demand.resource);
}

#[test]
fn who_may_not_is_refused() {
    let cloud = cloud();
    let nobody = cloud.caller("nobody");
    for (name, input, expected) in cases() {
        // `{}` would not do as a policy, but nobody gets that far.
        let (action, end) = expected[0];
        let arn = arn(end);
        let on =
            format!(" on resource: {}", message::resource_name(&format!("iam:{action}"), &arn));
        let text = format!(
            "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:{action}{on} \
             because no identity-based policy allows the iam:{action} action"
        );
        let answer = cloud.run_as(&nobody, name, input);
        assert_eq!(answer, failure("AccessDenied", &text), "{name}");
    }
}

#[test]
fn whoever_may_all_that_is_asked_is_let_in() {
    for (name, input, expected) in cases() {
        let cloud = cloud();
        let statements: Vec<Value> = expected
            .iter()
            .map(|(action, end)| {
                let action = format!("iam:{action}");
                json!({"Effect": "Allow", "Action": action, "Resource": arn(end)})
            })
            .collect();
        // All but the last are not enough.
        for (allowed, enough) in [(&statements[..statements.len() - 1], false), (&statements, true)]
        {
            let policy = json!({"Version": "2012-10-17", "Statement": allowed}).to_string();
            let user = cloud.view();
            let user = user.get::<UserRow>(ACCOUNT, "nobody").unwrap();
            let mut user = UserRow::clone(user);
            user.inline.insert("p".to_owned(), Document::new(&policy));
            cloud.write(move |tx| tx.update(user.clone()));
            let answer = cloud.run_as(&cloud.caller("nobody"), name, input.clone());
            let denied = answer.is_err_and(|(code, _)| code == "AccessDenied");
            assert_eq!(denied, !enough, "{name}");
        }
    }
}

#[test]
fn conditions_see_what_they_should() {
    let cloud = cloud();
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let attached = json!({"UserName": "u", "PolicyArn": "arn:aws:iam::aws:policy/x"});
    let other = "arn:aws:iam::123456789012:policy/other";
    for (name, input, key, values) in [
        ("GetUser", json!({"UserName": "u"}), "aws:ResourceTag/Team", ["x"]),
        ("GetUser", json!({"UserName": "u"}), "iam:ResourceTag/Team", ["x"]),
        ("TagUser", json!({"UserName": "u", "Tags": tags}), "aws:RequestTag/k", ["v"]),
        ("TagUser", json!({"UserName": "u", "Tags": tags}), "aws:TagKeys", ["k"]),
        ("UntagUser", json!({"UserName": "u", "TagKeys": ["k"]}), "aws:TagKeys", ["k"]),
        ("CreateUser", json!({"UserName": "n", "Tags": tags}), "aws:RequestTag/k", ["v"]),
        (
            "CreateUser",
            json!({"UserName": "n", "PermissionsBoundary": other}),
            "iam:PermissionsBoundary",
            [other],
        ),
        ("AttachUserPolicy", attached.clone(), "iam:PolicyARN", ["arn:aws:iam::aws:policy/x"]),
        ("DetachUserPolicy", attached.clone(), "iam:PolicyARN", ["arn:aws:iam::aws:policy/x"]),
        ("AttachUserPolicy", attached.clone(), "iam:PermissionsBoundary", [POLICY]),
        ("DetachUserPolicy", attached, "iam:PermissionsBoundary", [POLICY]),
        (
            "AttachGroupPolicy",
            json!({"GroupName": "g", "PolicyArn": POLICY}),
            "iam:PolicyARN",
            [POLICY],
        ),
        (
            "PutUserPolicy",
            json!({"UserName": "u", "PolicyName": "n", "PolicyDocument": "{}"}),
            "iam:PermissionsBoundary",
            [POLICY],
        ),
        (
            "DeleteUserPolicy",
            json!({"UserName": "u", "PolicyName": "n"}),
            "iam:PermissionsBoundary",
            [POLICY],
        ),
        // The boundary to be, not the one that is there.
        (
            "PutUserPermissionsBoundary",
            json!({"UserName": "u", "PermissionsBoundary": other}),
            "iam:PermissionsBoundary",
            [other],
        ),
        (
            "DeleteUserPermissionsBoundary",
            json!({"UserName": "u"}),
            "iam:PermissionsBoundary",
            [POLICY],
        ),
        ("DeleteVirtualMFADevice", json!({"SerialNumber": DEVICE}), "aws:ResourceTag/Team", ["x"]),
        (
            "CreateVirtualMFADevice",
            json!({"VirtualMFADeviceName": "n", "Tags": tags}),
            "aws:RequestTag/k",
            ["v"],
        ),
    ] {
        let demands = cloud.demands(name, input);
        let context = &demands[0].context;
        let seen = context.iter().find(|(known, _)| known == key).map(|(_, values)| values);
        assert_eq!(seen, Some(&iam::Values::many(values)), "{key} of {name}");
    }
}
