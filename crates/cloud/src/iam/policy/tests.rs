mod lists;
mod versions;

use serde_json::{Value, json};

use super::*;
use crate::iam::attachment::{AttachmentRow, Holder, Usage};
use crate::iam::group::GroupRow;
use crate::iam::role::percent_encode;
use crate::iam::user::UserRow;
use crate::testing::{ACCOUNT, Answer, Cloud, account, allow, code, failure, root, statement};

const ARN: &str = "arn:aws:iam::123456789012:policy/team/reader";
const NONE: &str = "arn:aws:iam::123456789012:policy/none";

fn document() -> String {
    allow("s3:Get*", "*")
}

/// A cloud with one policy.
fn cloud() -> Cloud {
    let cloud = Cloud::new();
    let input = json!({
        "PolicyName": "reader", "Path": "/team/", "PolicyDocument": document(),
        "Description": "reads"
    });
    cloud.run("CreatePolicy", input).unwrap();
    cloud
}

fn on(arn: &str) -> Value {
    // Some operations want lists, too.
    json!({"PolicyArn": arn, "Tags": [], "TagKeys": []})
}

fn version(arn: &str, id: &str) -> Value {
    json!({"PolicyArn": arn, "VersionId": id})
}

fn attach(cloud: &Cloud, arn: &str, usage: Usage, holder: Holder, name: &str) {
    let (account, policy_arn) = (account(), arn.to_owned());
    cloud.change(AttachmentRow { account, policy_arn, usage, holder, name: name.to_owned() });
}

fn not_found(arn: &str) -> Answer {
    failure("NoSuchEntity", &format!("Policy {arn} was not found."))
}

fn no_version(arn: &str, id: &str) -> Answer {
    let text = format!("Policy {arn} version {id} does not exist or is not attachable.");
    failure("NoSuchEntity", &text)
}

#[test]
fn what_is_created_can_be_got() {
    let mut cloud = Cloud::new();
    let tags = json!([{"Key": "b", "Value": "2"}, {"Key": "B", "Value": ""}]);
    let input = json!({
        "PolicyName": "reader", "Path": "/team/", "PolicyDocument": document(),
        "Description": "reads", "Tags": tags
    });
    let created = cloud.run("CreatePolicy", input).unwrap()["Policy"].clone();
    let mut expected = json!({
        "PolicyName": "reader",
        "PolicyId": created["PolicyId"],
        "Arn": ARN,
        "Path": "/team/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": true,
        "CreateDate": "2023-11-14T22:13:20Z",
        "UpdateDate": "2023-11-14T22:13:20Z",
        "Tags": tags,
    });
    assert_eq!(created, expected);
    assert!(created["PolicyId"].as_str().unwrap().starts_with("ANPA"));
    cloud.now = cloud.now.plus_seconds(60);
    attach(&cloud, ARN, Usage::Policy, Holder::Role, "a");
    attach(&cloud, ARN, Usage::Policy, Holder::User, "a");
    attach(&cloud, ARN, Usage::Boundary, Holder::User, "a");
    let got = cloud.run("GetPolicy", on(ARN)).unwrap()["Policy"].clone();
    expected["Description"] = json!("reads");
    expected["AttachmentCount"] = json!(2);
    expected["PermissionsBoundaryUsageCount"] = json!(1);
    expected["Tags"] = json!([{"Key": "B", "Value": ""}, {"Key": "b", "Value": "2"}]);
    assert_eq!(got, expected);
    let plain = json!({"PolicyName": "plain", "PolicyDocument": document()});
    let created = cloud.run("CreatePolicy", plain).unwrap()["Policy"].clone();
    assert_eq!(created["Arn"], "arn:aws:iam::123456789012:policy/plain");
    assert!(created.get("Tags").is_none() && created.get("Description").is_none());
    let got = cloud.run("GetPolicy", on(created["Arn"].as_str().unwrap())).unwrap();
    assert_eq!(got["Policy"]["Tags"], json!([]));
}

#[test]
fn what_cannot_be_created() {
    let cloud = cloud();
    let create = |name: &str, document: &str| {
        cloud.run("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": document}))
    };
    assert_eq!(
        create("READER", &document()),
        failure(
            "EntityAlreadyExists",
            "A policy called READER already exists. Duplicate names are not allowed."
        )
    );
    assert_eq!(
        create("other", "{"),
        failure("MalformedPolicyDocument", "Syntax errors in policy.")
    );
    let old = json!({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}});
    assert_eq!(
        create("other", &old.to_string()),
        failure(
            "MalformedPolicyDocument",
            "Policy document must be version 2012-10-17 or greater."
        )
    );
    // White space does not count.
    let resource = |length| format!("arn:aws:s3:::{}", "x".repeat(length));
    let fixed = allow("s3:*", &resource(0)).len();
    let fitting = allow("s3:*", &resource(MAX_POLICY_CHARACTERS - fixed));
    let long = allow("s3:*", &resource(MAX_POLICY_CHARACTERS - fixed + 1));
    assert_eq!(
        create("long", &long),
        failure("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
    );
    assert!(create("fitting", &format!("{fitting}\n  \n")).is_ok());
    for (key, value) in [
        ("PolicyName", json!("a b")),
        ("PolicyName", json!("")),
        ("PolicyName", json!("x".repeat(129))),
        ("Path", json!("team")),
        ("Path", json!("/a b/")),
        ("Path", json!(format!("/{}/", "x".repeat(511)))),
        ("Description", json!("x".repeat(1001))),
        ("PolicyDocument", json!("")),
        ("PolicyDocument", json!("x".repeat(131_073))),
        ("Tags", json!(vec![json!({"Key": "k", "Value": "v"}); 51])),
    ] {
        let mut input = json!({"PolicyName": "other", "PolicyDocument": document()});
        input[key] = value;
        assert_eq!(code(cloud.run("CreatePolicy", input)), "ValidationError", "{key}");
    }
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]);
    let input = json!({"PolicyName": "other", "PolicyDocument": document(), "Tags": twice});
    let answer = cloud.run("CreatePolicy", input);
    assert_eq!(answer, failure("InvalidInput", "Duplicate tag keys found."));
}

#[test]
fn an_account_has_so_many_policies_at_most() {
    let cloud = Cloud::new();
    for index in 0..MAX_POLICIES {
        cloud.policy("/", &format!("p{index}"), "{}");
    }
    let input = json!({"PolicyName": "one-more", "PolicyDocument": document()});
    assert_eq!(
        cloud.run("CreatePolicy", input),
        failure("LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 1500")
    );
}

#[test]
fn a_policy_in_use_stays() {
    let cloud = cloud();
    for usage in [Usage::Policy, Usage::Boundary] {
        attach(&cloud, ARN, usage, Holder::Role, "a");
        assert_eq!(
            cloud.run("DeletePolicy", on(ARN)),
            failure("DeleteConflict", "Cannot delete a policy attached to entities.")
        );
        cloud.remove::<AttachmentRow>(ACCOUNT, &format!("{ARN}|{usage:?}|Role|a"));
    }
    let input = json!({"PolicyArn": ARN, "PolicyDocument": document()});
    cloud.run("CreatePolicyVersion", input).unwrap();
    assert_eq!(
        cloud.run("DeletePolicy", on(ARN)),
        failure(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the \
             policy's versions. The default version is deleted with the policy."
        )
    );
    cloud.run("DeletePolicyVersion", version(ARN, "v2")).unwrap();
    cloud.run("DeletePolicy", on(ARN)).unwrap();
    assert_eq!(cloud.run("DeletePolicy", on(ARN)), not_found(ARN));
}

#[test]
fn tags_are_set_and_removed() {
    let cloud = cloud();
    let tag = |key: &str, value: &str| {
        let tags = json!([{"Key": key, "Value": value}]);
        cloud.run("TagPolicy", json!({"PolicyArn": ARN, "Tags": tags}))
    };
    let list = |cloud: &Cloud| cloud.run("ListPolicyTags", on(ARN)).unwrap();
    tag("b", "1").unwrap();
    tag("B", "2").unwrap();
    tag("b", "3").unwrap();
    let tags = json!([{"Key": "B", "Value": "2"}, {"Key": "b", "Value": "3"}]);
    assert_eq!(list(&cloud), json!({"Tags": tags, "IsTruncated": false}));
    let untag = |keys: Value| cloud.run("UntagPolicy", json!({"PolicyArn": ARN, "TagKeys": keys}));
    untag(json!(["b", "none"])).unwrap();
    assert_eq!(list(&cloud)["Tags"], json!([{"Key": "B", "Value": "2"}]));
    let constraint = "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: \
                      Member must satisfy constraint: [Member must have length less than or equal \
                      to 128, Member must have length greater than or equal to 1, Member must \
                      satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member \
                      must not be null]";
    assert_eq!(untag(json!(["x".repeat(129)])), failure("ValidationError", constraint));
    assert_eq!(untag(json!(["a*"])), failure("ValidationError", constraint));
    assert_eq!(code(untag(json!(vec!["x"; 51]))), "ValidationError");
    assert_eq!(code(tag("", "1")), "ValidationError");
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]);
    assert_eq!(
        cloud.run("TagPolicy", json!({"PolicyArn": ARN, "Tags": twice})),
        failure("InvalidInput", "Duplicate tag keys found.")
    );
    for index in 0..49 {
        tag(&format!("k{index}"), "").unwrap();
    }
    assert_eq!(
        tag("one-more", ""),
        failure("LimitExceeded", "The number of tags has reached the maximum limit.")
    );
}

#[test]
fn whoever_has_no_permission_is_refused() {
    let cloud = cloud();
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let arn = "arn:aws:iam::123456789012:user/nobody";
    let anna = "arn:aws:iam::123456789012:user/anna";
    let shown = &format!("policy {ARN}");
    for (name, resource, input) in [
        (
            "CreatePolicy",
            "policy p",
            json!({"PolicyName": "p", "Path": "/x/", "PolicyDocument": document()}),
        ),
        ("GetPolicy", shown, on(ARN)),
        ("ListPolicies", "policy path /", json!({})),
        ("DeletePolicy", shown, on(ARN)),
        ("CreatePolicyVersion", shown, json!({"PolicyArn": ARN, "PolicyDocument": document()})),
        ("GetPolicyVersion", shown, version(ARN, "v1")),
        ("ListPolicyVersions", shown, on(ARN)),
        ("DeletePolicyVersion", shown, version(ARN, "v1")),
        ("SetDefaultPolicyVersion", shown, version(ARN, "v1")),
        ("ListEntitiesForPolicy", shown, on(ARN)),
        ("TagPolicy", shown, on(ARN)),
        ("UntagPolicy", shown, on(ARN)),
        ("ListPolicyTags", shown, on(ARN)),
        (
            "ListPoliciesGrantingServiceAccess",
            anna,
            json!({"Arn": anna, "ServiceNamespaces": ["s3"]}),
        ),
    ] {
        let text = format!(
            "User: {arn} is not authorized to perform: iam:{name} on resource: {resource} because no \
             identity-based policy allows the iam:{name} action"
        );
        assert_eq!(cloud.run_as(&nobody, name, input), failure("AccessDenied", &text));
    }
}

#[test]
fn permission_follows_tags() {
    let cloud = cloud();
    let tags = json!([{"Key": "team", "Value": "red"}]);
    cloud.run("TagPolicy", json!({"PolicyArn": ARN, "Tags": tags})).unwrap();
    let policy = |key: &str| {
        statement(json!({
            "Effect": "Allow", "Action": "iam:*", "Resource": "*",
            "Condition": {"StringEquals": {key: "red"}}
        }))
    };
    let reds = cloud.user("reds", &policy("aws:ResourceTag/team"));
    assert!(cloud.run_as(&reds, "GetPolicy", on(ARN)).is_ok());
    let plain = cloud.policy("/", "plain", &document());
    assert_eq!(code(cloud.run_as(&reds, "GetPolicy", on(&plain))), "AccessDenied");
    let tagger = cloud.user("tagger", &policy("aws:RequestTag/team"));
    let create = |tags: Value| {
        let input = json!({"PolicyName": "new", "PolicyDocument": document(), "Tags": tags});
        cloud.run_as(&tagger, "CreatePolicy", input)
    };
    assert_eq!(code(create(json!([]))), "AccessDenied");
    assert!(create(tags.clone()).is_ok());
    // A policy that is only about to be made is called by its name.
    let maker = cloud.user("maker", &allow("iam:CreatePolicy", "*"));
    let input = json!({"PolicyName": "b", "PolicyDocument": document(), "Tags": tags});
    let (_, text) = cloud.run_as(&maker, "CreatePolicy", input).unwrap_err();
    assert!(text.contains("iam:TagPolicy on resource: policy b because"), "{text}");
}

#[test]
fn whoever_may_reads_what_is_awss() {
    let cloud = Cloud::new();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let reader = cloud.user("reader", &allow("iam:GetPolicy", arn));
    assert!(cloud.run_as(&reader, "GetPolicy", on(arn)).is_ok());
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    assert_eq!(code(cloud.run_as(&nobody, "GetPolicy", on(arn))), "AccessDenied");
}

#[test]
fn what_is_awss_stays_as_it_is() {
    let cloud = Cloud::new();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let new_version = json!({"PolicyArn": arn, "PolicyDocument": document()});
    for (name, input, done) in [
        ("DeletePolicy", on(arn), "delete policies"),
        ("SetDefaultPolicyVersion", version(arn, "v1"), "update policies"),
        ("DeletePolicyVersion", version(arn, "v1"), "delete policy versions for policies"),
        ("CreatePolicyVersion", new_version, "create versions for policies"),
    ] {
        let text = format!("Cannot {done} outside your own account.");
        assert_eq!(cloud.run_as(&root(), name, input), failure("AccessDenied", &text));
    }
    let none = failure("InvalidInput", "Tags not supported for policies in this domain");
    for name in ["TagPolicy", "UntagPolicy"] {
        assert_eq!(cloud.run(name, on(arn)), none, "{name}");
        let nobody = cloud.user(&format!("no-{name}"), &allow("s3:*", "*"));
        assert_eq!(code(cloud.run_as(&nobody, name, on(arn))), "AccessDenied");
    }
    assert_eq!(cloud.run("ListPolicyTags", on(arn)).unwrap()["Tags"], json!([]));
    let elsewhere = failure("ValidationError", "Invalid ARN partition");
    assert_eq!(cloud.run("GetPolicy", on(&arn.replace("arn:aws:", "arn:aws-cn:"))), elsewhere);
}
