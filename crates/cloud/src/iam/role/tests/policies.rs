use serde_json::{Value, json};

use super::{create, get, with_role};
use crate::iam::attachment::{self, Holder, Usage};
use crate::iam::role::percent_encode;
use crate::testing::{ACCOUNT, Cloud, account, allow, code, failure};

fn put(cloud: &Cloud, name: &str, document: &str) -> crate::testing::Answer {
    let input = json!({"RoleName": "app", "PolicyName": name, "PolicyDocument": document});
    cloud.run("PutRolePolicy", input)
}

#[test]
fn inline_policies_come_and_go() {
    let cloud = with_role();
    let list = |input: Value| cloud.run("ListRolePolicies", input).unwrap();
    let empty = json!({"PolicyNames": [], "IsTruncated": false});
    assert_eq!(list(json!({"RoleName": "app"})), empty);
    for name in ["b", "a", "c"] {
        assert_eq!(put(&cloud, name, &allow("s3:*", "*")), Ok(Value::Null));
    }
    let first = list(json!({"RoleName": "app", "MaxItems": 2}));
    assert_eq!(first["PolicyNames"], json!(["a", "b"]));
    let marker = &first["Marker"];
    let second = list(json!({"RoleName": "app", "Marker": marker}));
    assert_eq!(second, json!({"PolicyNames": ["c"], "IsTruncated": false}));

    // As it was sent, byte for byte.
    let document = format!("\n {} \t", allow("s3:*", "*").replace("\",\"", "\",\n \""));
    put(&cloud, "a", &document).unwrap();
    let one = json!({"RoleName": "APP", "PolicyName": "a"});
    let expected = json!({
        "RoleName": "app",
        "PolicyName": "a",
        "PolicyDocument": percent_encode(&document),
    });
    assert_eq!(cloud.run("GetRolePolicy", one.clone()), Ok(expected));
    assert_eq!(cloud.run("DeleteRolePolicy", one.clone()), Ok(Value::Null));
    let missing = failure("NoSuchEntity", "The role policy with name a cannot be found.");
    assert_eq!(cloud.run("GetRolePolicy", one.clone()), missing);
    assert_eq!(cloud.run("DeleteRolePolicy", one), missing);
    let missing = failure("NoSuchEntity", "The role with name none cannot be found.");
    let nowhere = json!({"RoleName": "none", "PolicyName": "a", "PolicyDocument": document});
    for operation in ["PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy"] {
        assert_eq!(cloud.run(operation, nowhere.clone()), missing, "{operation}");
    }
}

#[test]
fn inline_policies_are_checked_and_share_a_quota() {
    let cloud = with_role();
    let malformed = failure("MalformedPolicyDocument", "Syntax errors in policy.");
    assert_eq!(put(&cloud, "bad", "{"), malformed);
    let long = put(&cloud, &"x".repeat(129), &allow("s3:*", "*"));
    assert_eq!(code(long), "ValidationError");
    put(&cloud, &"x".repeat(128), &allow("s3:*", "*")).unwrap();

    let sized = |characters: usize| {
        let empty = allow("s3:*", "arn:aws:s3:::");
        allow("s3:*", &format!("arn:aws:s3:::{}", "b".repeat(characters - empty.len())))
    };
    let taken = allow("s3:*", "*").len();
    put(&cloud, "a", &sized(5000)).unwrap();
    put(&cloud, "b", &sized(10_240 - taken - 5000)).unwrap();
    let text = "Maximum policy size of 10240 bytes exceeded for role app";
    assert_eq!(put(&cloud, "b", &sized(10_241 - taken - 5000)), failure("LimitExceeded", text));
    // A policy that is replaced gives its room back; white space takes none.
    put(&cloud, "b", &format!("{}\n   ", sized(10_240 - taken - 5000))).unwrap();
}

#[test]
fn an_inline_policy_counts() {
    let cloud = with_role();
    let caller = cloud.session("app", "s");
    let input = json!({"RoleName": "app"});
    assert_eq!(code(cloud.run_as(&caller, "GetRole", input.clone())), "AccessDenied");
    put(&cloud, "p", &allow("iam:GetRole", "*")).unwrap();
    cloud.run_as(&caller, "GetRole", input.clone()).unwrap();
    cloud.run("DeleteRolePolicy", json!({"RoleName": "app", "PolicyName": "p"})).unwrap();
    assert_eq!(code(cloud.run_as(&caller, "GetRole", input)), "AccessDenied");
}

#[test]
fn managed_policies_are_attached_and_detached() {
    let cloud = with_role();
    let one = cloud.policy("/", "one", &allow("iam:GetRole", "*"));
    let two = cloud.policy("/team/", "two", &allow("s3:*", "*"));
    let caller = cloud.session("app", "s");
    let attach =
        |arn: &str| cloud.run("AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn}));
    let detach =
        |arn: &str| cloud.run("DetachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn}));
    let role = json!({"RoleName": "app"});
    assert_eq!(code(cloud.run_as(&caller, "GetRole", role.clone())), "AccessDenied");
    for arn in [&two, &one, &one] {
        assert_eq!(attach(arn), Ok(Value::Null));
    }
    cloud.run_as(&caller, "GetRole", role.clone()).unwrap();

    let list = |input: Value| cloud.run("ListAttachedRolePolicies", input).unwrap();
    let (first, second) = (
        json!({"PolicyName": "one", "PolicyArn": one}),
        json!({"PolicyName": "two", "PolicyArn": two}),
    );
    let both = json!({"AttachedPolicies": [first, second], "IsTruncated": false});
    assert_eq!(list(role.clone()), both);
    let page = list(json!({"RoleName": "app", "MaxItems": 1}));
    assert_eq!(page["AttachedPolicies"], json!([first]));
    let rest = list(json!({"RoleName": "app", "Marker": page["Marker"]}));
    assert_eq!(rest, json!({"AttachedPolicies": [second], "IsTruncated": false}));
    let team = list(json!({"RoleName": "app", "PathPrefix": "/team/"}));
    assert_eq!(team["AttachedPolicies"], json!([second]));

    let view = cloud.view();
    let uses: Vec<_> = attachment::of(&view, account(), &one).collect();
    assert_eq!(uses.len(), 1);
    assert_eq!(
        (uses[0].holder, uses[0].usage, uses[0].name.as_str()),
        (Holder::Role, Usage::Policy, "app")
    );

    assert_eq!(detach(&one), Ok(Value::Null));
    assert_eq!(attachment::of(&cloud.view(), account(), &one).count(), 0);
    assert_eq!(code(cloud.run_as(&caller, "GetRole", role)), "AccessDenied");
    let text = format!("Policy {one} was not found.");
    assert_eq!(detach(&one), failure("NoSuchEntity", &text));
}

#[test]
fn what_cannot_be_attached() {
    let cloud = with_role();
    let check = |role: &str, arn: &str, code: &str, message: &str| {
        let input = json!({"RoleName": role, "PolicyArn": arn});
        assert_eq!(cloud.run("AttachRolePolicy", input), failure(code, message), "{arn}");
    };
    let none = format!("arn:aws:iam::{ACCOUNT}:policy/none");
    let text = format!("Policy {none} does not exist or is not attachable.");
    check("app", &none, "NoSuchEntity", &text);
    check("none", &none, "NoSuchEntity", "The role with name none cannot be found.");
    let elsewhere = "arn:aws:iam::999999999999:policy/p";
    let text = format!("Policy {elsewhere} does not exist or is not attachable.");
    check("app", elsewhere, "NoSuchEntity", &text);
    let unknown = "arn:aws:iam::aws:policy/NoSuchPolicyOfAws";
    let text = format!("Policy {unknown} does not exist or is not attachable.");
    check("app", unknown, "NoSuchEntity", &text);
    let text = "Invalid ARN:  Could not be parsed!";
    check("app", "longpolicynamebutnoarn", "ValidationError", text);
    check(
        "app",
        "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy",
        "PolicyNotAttachable",
        "Cannot attach a Service Role Policy to a Customer Role.",
    );
    for number in 0..10 {
        let arn = cloud.policy("/", &format!("p{number}"), &allow("s3:*", "*"));
        cloud.run("AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": arn})).unwrap();
    }
    let eleventh = cloud.policy("/", "p10", &allow("s3:*", "*"));
    check("app", &eleventh, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10");
    let missing = failure("NoSuchEntity", "The role with name none cannot be found.");
    let nowhere = json!({"RoleName": "none", "PolicyArn": eleventh});
    for operation in ["DetachRolePolicy", "ListAttachedRolePolicies"] {
        assert_eq!(cloud.run(operation, nowhere.clone()), missing, "{operation}");
    }
}

#[test]
fn a_boundary_limits_and_is_noted() {
    let cloud = with_role();
    put(&cloud, "p", &allow("iam:GetRole", "*")).unwrap();
    let (tight, wide) = (
        cloud.policy("/", "tight", &allow("s3:*", "*")),
        cloud.policy("/", "wide", &allow("*", "*")),
    );
    let caller = cloud.session("app", "s");
    let role = json!({"RoleName": "app"});
    let set = |arn: &str| {
        let input = json!({"RoleName": "app", "PermissionsBoundary": arn});
        cloud.run("PutRolePermissionsBoundary", input)
    };
    let uses = |arn: &str| attachment::of(&cloud.view(), account(), arn).count();
    cloud.run_as(&caller, "GetRole", role.clone()).unwrap();
    assert_eq!(set(&tight), Ok(Value::Null));
    assert_eq!(code(cloud.run_as(&caller, "GetRole", role.clone())), "AccessDenied");
    assert_eq!(get(&cloud, "app")["PermissionsBoundary"]["PermissionsBoundaryArn"], tight);
    set(&wide).unwrap();
    cloud.run_as(&caller, "GetRole", role.clone()).unwrap();
    assert_eq!((uses(&tight), uses(&wide)), (0, 1));

    let none = format!("arn:aws:iam::{ACCOUNT}:policy/none");
    let text = format!("Scope ARN: {none} does not exist or is not attachable.");
    assert_eq!(set(&none), failure("NoSuchEntity", &text));
    assert_eq!(uses(&wide), 1);

    let delete = || cloud.run("DeleteRolePermissionsBoundary", role.clone());
    assert_eq!(delete(), Ok(Value::Null));
    assert_eq!(uses(&wide), 0);
    let none = "The role with name app has no permissions boundary.";
    assert_eq!(delete(), failure("NoSuchEntity", none));
    assert_eq!(get(&cloud, "app").get("PermissionsBoundary"), None);
    let nowhere = json!({"RoleName": "none", "PermissionsBoundary": wide});
    for operation in ["PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"] {
        assert_eq!(code(cloud.run(operation, nowhere.clone())), "NoSuchEntity");
    }
}

#[test]
fn conditions_see_what_is_attached_and_the_boundary() {
    let cloud = Cloud::new();
    let limit = cloud.policy("/", "limit", &allow("s3:*", "*"));
    let read = cloud.policy("/", "read", &allow("s3:Get*", "*"));
    let write = cloud.policy("/", "write", &allow("s3:Put*", "*"));
    create(&cloud, "bounded", "/");
    create(&cloud, "free", "/");
    let input = json!({"RoleName": "bounded", "PermissionsBoundary": limit});
    cloud.run("PutRolePermissionsBoundary", input).unwrap();
    let policy = crate::testing::statement(json!({
        "Effect": "Allow",
        "Action": ["iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:CreateRole"],
        "Resource": "*",
        "Condition": {
            "ArnEqualsIfExists": {"iam:PolicyARN": read},
            "StringEquals": {"iam:PermissionsBoundary": limit},
        },
    }));
    let caller = cloud.user("ann", &policy);
    let attach = |role: &str, arn: &str| {
        cloud.run_as(&caller, "AttachRolePolicy", json!({"RoleName": role, "PolicyArn": arn}))
    };
    attach("bounded", &read).unwrap();
    assert_eq!(code(attach("bounded", &write)), "AccessDenied");
    assert_eq!(code(attach("free", &read)), "AccessDenied");
    // Where a boundary is set, the key tells the new one.
    let bound = |arn: &str| {
        let input = json!({"RoleName": "free", "PermissionsBoundary": arn});
        cloud.run_as(&caller, "PutRolePermissionsBoundary", input)
    };
    assert_eq!(code(bound(&write)), "AccessDenied");
    bound(&limit).unwrap();
    attach("free", &read).unwrap();
}
