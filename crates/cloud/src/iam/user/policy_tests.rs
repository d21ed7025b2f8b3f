//! Inline and managed policies and boundaries, on users; groups have the same code behind them.

use serde_json::{Value, json};

use crate::iam::attachment::{self, Usage};
use crate::iam::holder::{MAX_ATTACHED, MAX_USER_INLINE};
use crate::testing::{ACCOUNT, Answer, Cloud, account, allow, failure};

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    cloud
}

fn put(cloud: &Cloud, name: &str, document: &str) -> Answer {
    let input = json!({"UserName": "ann", "PolicyName": name, "PolicyDocument": document});
    cloud.run("PutUserPolicy", input)
}

/// A policy of so many characters, white space aside, and some white space.
fn policy_of(characters: usize) -> String {
    let empty = allow("s3:GetObject", "").len();
    let policy =
        allow("s3:GetObject", &format!("arn:aws:s3:::{}", "b".repeat(characters - empty - 13)));
    assert_eq!(policy.len(), characters);
    format!("\n\t {policy} \r\n")
}

#[test]
fn inline_policies() {
    let cloud = cloud();
    let document = "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"Allow\",\
                    \"Action\":\"s3:*\",\"Resource\":\"*\"}]}";
    assert_eq!(put(&cloud, "b", document), Ok(json!(null)));
    put(&cloud, "a", &allow("*", "*")).unwrap();
    let named = |name: &str| json!({"UserName": "ANN", "PolicyName": name});
    let answer = cloud.run("GetUserPolicy", named("b")).unwrap();
    assert_eq!((&answer["UserName"], &answer["PolicyName"]), (&json!("ann"), &json!("b")));
    let encoded = answer["PolicyDocument"].as_str().unwrap();
    assert!(encoded.starts_with("%7B%22Version%22%3A%222012-10-17%22%2C%0A%20%22"), "{encoded}");

    let list = |input: Value| cloud.run("ListUserPolicies", input).unwrap();
    let names = json!({"PolicyNames": ["a", "b"], "IsTruncated": false});
    assert_eq!(list(json!({"UserName": "ann"})), names);
    let first = list(json!({"UserName": "ann", "MaxItems": 1}));
    assert_eq!((&first["PolicyNames"], &first["IsTruncated"]), (&json!(["a"]), &json!(true)));
    let rest = list(json!({"UserName": "ann", "Marker": first["Marker"]}));
    assert_eq!(rest["PolicyNames"], json!(["b"]));

    assert_eq!(cloud.run("DeleteUserPolicy", named("b")), Ok(json!(null)));
    let missing = failure("NoSuchEntity", "The user policy with name b cannot be found.");
    assert_eq!(cloud.run("GetUserPolicy", named("b")), missing);
    assert_eq!(cloud.run("DeleteUserPolicy", named("b")), missing);
    assert_eq!(list(json!({"UserName": "ann"}))["PolicyNames"], json!(["a"]));
}

#[test]
fn inline_policies_take_effect() {
    let cloud = cloud();
    let ask = || cloud.run_as(&cloud.caller("ann"), "GetUser", json!({}));
    assert!(ask().is_err());
    put(&cloud, "p", &allow("iam:GetUser", "*")).unwrap();
    assert!(ask().is_ok());
    cloud.run("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})).unwrap();
    assert!(ask().is_err());
}

#[test]
fn inline_policies_are_checked() {
    let cloud = cloud();
    for bad in ["{", "[]", "{\"Statement\": 1}"] {
        let refused = failure("MalformedPolicyDocument", "Syntax errors in policy.");
        assert_eq!(put(&cloud, "p", bad), refused, "{bad}");
    }
    for (name, document) in [("", "{}"), ("a b", "{}"), ("p", ""), ("p", "{\"a\": \"\u{100}\"}")] {
        let (code, _) = put(&cloud, name, document).unwrap_err();
        assert_eq!(code, "ValidationError", "{name} {document}");
    }
    let input = json!({"UserName": "bob", "PolicyName": "p", "PolicyDocument": allow("*", "*")});
    let gone = failure("NoSuchEntity", "The user with name bob cannot be found.");
    assert_eq!(cloud.run("PutUserPolicy", input.clone()), gone);
    assert_eq!(cloud.run("GetUserPolicy", input.clone()), gone);
    assert_eq!(cloud.run("ListUserPolicies", input.clone()), gone);
    assert_eq!(cloud.run("DeleteUserPolicy", input), gone);
}

#[test]
fn inline_policies_are_limited_together() {
    let cloud = cloud();
    let text = "Maximum policy size of 2048 bytes exceeded for user ann";
    assert_eq!(put(&cloud, "a", &policy_of(MAX_USER_INLINE + 1)), failure("LimitExceeded", text));
    assert_eq!(put(&cloud, "a", &policy_of(MAX_USER_INLINE)), Ok(json!(null)));
    // The policy that is replaced does not count.
    assert_eq!(put(&cloud, "a", &policy_of(MAX_USER_INLINE - 200)), Ok(json!(null)));
    assert_eq!(put(&cloud, "b", &policy_of(201)), failure("LimitExceeded", text));
    assert_eq!(put(&cloud, "b", &policy_of(200)), Ok(json!(null)));
}

#[test]
fn managed_policies() {
    let cloud = cloud();
    let (one, two) =
        (cloud.policy("/x/", "one", &allow("iam:GetUser", "*")), cloud.policy("/", "two", "{}"));
    let with = |arn: &str| json!({"UserName": "ann", "PolicyArn": arn});
    let list = |input: Value| cloud.run("ListAttachedUserPolicies", input).unwrap();
    let of_ann = || list(json!({"UserName": "ann"}));
    assert_eq!(of_ann(), json!({"AttachedPolicies": [], "IsTruncated": false}));
    assert!(cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_err());
    for arn in [&one, &two, &one] {
        // Attaching a policy again changes nothing.
        assert_eq!(cloud.run("AttachUserPolicy", with(arn)), Ok(json!(null)));
    }
    assert!(cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_ok());
    let shape = |name: &str, arn: &str| json!({"PolicyName": name, "PolicyArn": arn});
    assert_eq!(of_ann()["AttachedPolicies"], json!([shape("two", &two), shape("one", &one)]));
    let below = list(json!({"UserName": "ann", "PathPrefix": "/x/"}));
    assert_eq!(below["AttachedPolicies"], json!([shape("one", &one)]));
    let first = list(json!({"UserName": "ann", "MaxItems": 1}));
    assert_eq!(first["IsTruncated"], true);
    let rest = list(json!({"UserName": "ann", "Marker": first["Marker"]}));
    assert_eq!(rest["AttachedPolicies"], json!([shape("one", &one)]));
    assert_eq!(attachment::of(&cloud.view(), account(), &one).count(), 1);

    assert_eq!(cloud.run("DetachUserPolicy", with(&one)), Ok(json!(null)));
    let missing = failure("NoSuchEntity", &format!("Policy {one} was not found."));
    assert_eq!(cloud.run("DetachUserPolicy", with(&one)), missing);
    assert_eq!(attachment::of(&cloud.view(), account(), &one).count(), 0);
    assert!(cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_err());
}

#[test]
fn what_cannot_be_attached() {
    let cloud = cloud();
    let attach =
        |arn: &str| cloud.run("AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": arn}));
    for arn in [
        format!("arn:aws:iam::{ACCOUNT}:policy/none"),
        format!("arn:aws:iam::{ACCOUNT}:user/ann/or/so"),
        "arn:aws:iam::aws:policy/NoSuchPolicy".to_owned(),
    ] {
        let text = format!("Policy {arn} does not exist or is not attachable.");
        assert_eq!(attach(&arn), failure("NoSuchEntity", &text));
    }
    assert_eq!(
        attach("longpolicynamebutnoarn"),
        failure("ValidationError", "Invalid ARN:  Could not be parsed!")
    );
    let (_, text) = attach("arn:aws:iam::1:p/a").unwrap_err();
    assert!(text.ends_with("Member must have length greater than or equal to 20"), "{text}");
    let (code, _) = attach("arn:aws:iam::aws:policy/aws-service-role/X").unwrap_err();
    assert_eq!(code, "PolicyNotAttachable");
    for number in 0..MAX_ATTACHED {
        assert!(attach(&cloud.policy("/", &format!("p{number}"), "{}")).is_ok());
    }
    assert_eq!(
        attach(&cloud.policy("/", "more", "{}")),
        failure("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10")
    );
    // One that is attached is, quota or not.
    assert!(attach(&format!("arn:aws:iam::{ACCOUNT}:policy/p0")).is_ok());
}

#[test]
fn boundaries() {
    let cloud = cloud();
    put(&cloud, "p", &allow("iam:*", "*")).unwrap();
    let (one, two) =
        (cloud.policy("/", "one", &allow("s3:*", "*")), cloud.policy("/", "two", &allow("*", "*")));
    let bound = |arn: &str| {
        let input = json!({"UserName": "ann", "PermissionsBoundary": arn});
        cloud.run("PutUserPermissionsBoundary", input)
    };
    let uses = |arn: &str| {
        let state = cloud.view();
        attachment::of(&state, account(), arn).filter(|row| row.usage == Usage::Boundary).count()
    };
    let allowed = || cloud.run_as(&cloud.caller("ann"), "GetUser", json!({})).is_ok();
    assert!(allowed());
    assert_eq!(bound(&one), Ok(json!(null)));
    assert!(!allowed());
    assert_eq!((uses(&one), uses(&two)), (1, 0));
    bound(&two).unwrap();
    assert!(allowed());
    assert_eq!((uses(&one), uses(&two)), (0, 1));
    let user = cloud.run("GetUser", json!({"UserName": "ann"})).unwrap();
    assert_eq!(user["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], two);

    let none = format!("arn:aws:iam::{ACCOUNT}:policy/none");
    let text = format!("Scope ARN: {none} does not exist or is not attachable.");
    assert_eq!(bound(&none), failure("NoSuchEntity", &text));
    let delete = || cloud.run("DeleteUserPermissionsBoundary", json!({"UserName": "ann"}));
    assert_eq!(delete(), Ok(json!(null)));
    assert_eq!(uses(&two), 0);
    let user = cloud.run("GetUser", json!({"UserName": "ann"})).unwrap();
    assert!(user["User"].get("PermissionsBoundary").is_none());
    let missing = "The user with name ann has no permissions boundary.";
    assert_eq!(delete(), failure("NoSuchEntity", missing));
    let reserved = "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy";
    let text = "Cannot attach AWS reserved policy to an IAM user.";
    assert_eq!(bound(reserved), failure("PolicyNotAttachable", text));
    let attach = json!({"UserName": "ann", "PolicyArn": reserved});
    assert_eq!(cloud.run("AttachUserPolicy", attach), failure("PolicyNotAttachable", text));
}

#[test]
fn letter_case_tells_no_inline_policies_apart() {
    let cloud = Cloud::new();
    cloud.user("ann", &allow("s3:*", "*"));
    let put = |name: &str, action: &str| {
        let document = allow(action, "*");
        let input = json!({"UserName": "ann", "PolicyName": name, "PolicyDocument": document});
        cloud.run("PutUserPolicy", input).unwrap();
    };
    let names = || {
        let listed = cloud.run("ListUserPolicies", json!({"UserName": "ann"})).unwrap();
        listed["PolicyNames"].as_array().unwrap().clone()
    };
    let before = names();
    put("MixedName", "s3:*");
    put("MIXEDNAME", "ec2:*");
    assert_eq!(names().len(), before.len() + 1);
    assert!(names().contains(&json!("MixedName")));
    let found = json!({"UserName": "ann", "PolicyName": "mixedname"});
    let policy = cloud.run("GetUserPolicy", found.clone()).unwrap();
    assert_eq!(policy["PolicyName"], "mixedname");
    assert!(policy["PolicyDocument"].as_str().unwrap().contains("ec2"));
    cloud.run("DeleteUserPolicy", found).unwrap();
    assert_eq!(names(), before);
}
