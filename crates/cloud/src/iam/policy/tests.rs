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
    json!({"PolicyArn": arn})
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

#[test]
fn lists_are_filtered() {
    let cloud = cloud();
    cloud.policy("/", "bound", &document());
    cloud.policy("/team/sub/", "unused", &document());
    attach(&cloud, ARN, Usage::Policy, Holder::User, "anna");
    let bound = "arn:aws:iam::123456789012:policy/bound";
    attach(&cloud, bound, Usage::Boundary, Holder::User, "anna");
    let names = |input: Value| {
        let listed = cloud.run("ListPolicies", input).unwrap()["Policies"].clone();
        let names: Vec<String> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|policy| policy["PolicyName"].as_str().unwrap().to_owned())
            .collect();
        names.join(" ")
    };
    let local = |key: &str, value: Value| {
        let mut input = json!({"Scope": "Local"});
        input[key] = value;
        names(input)
    };
    assert_eq!(names(json!({"Scope": "Local"})), "bound reader unused");
    assert_eq!(local("OnlyAttached", json!(true)), "reader");
    assert_eq!(local("PolicyUsageFilter", json!("PermissionsPolicy")), "reader");
    assert_eq!(local("PolicyUsageFilter", json!("PermissionsBoundary")), "bound");
    assert_eq!(local("PathPrefix", json!("/team/")), "reader unused");
    assert_eq!(local("PathPrefix", json!("/team/sub/")), "unused");
    assert_eq!(local("MaxItems", json!(2)), "bound reader");
    assert!(!names(json!({"Scope": "AWS"})).contains("reader "));
    assert!(names(json!({})).starts_with("bound reader unused"));
    let first = cloud.run("ListPolicies", json!({"Scope": "Local", "MaxItems": 2})).unwrap();
    assert_eq!(first["IsTruncated"], true);
    assert!(first["Policies"][0].get("Tags").is_none());
    assert_eq!(local("Marker", first["Marker"].clone()), "unused");
    for (key, value) in [
        ("Scope", json!("Mine")),
        ("PolicyUsageFilter", json!("Any")),
        ("PathPrefix", json!("team")),
        ("MaxItems", json!(1001)),
        ("Marker", json!("")),
    ] {
        let answer = cloud.run("ListPolicies", json!({key: value}));
        assert_eq!(code(answer), "ValidationError", "{key}");
    }
    assert_eq!(
        cloud.run("ListPolicies", json!({"Scope": "Mine"})),
        failure(
            "ValidationError",
            "1 validation error detected: Value at 'scope' failed to satisfy constraint: Member must \
             satisfy enum value set: [All, AWS, Local]"
        )
    );
}

#[test]
fn entities_are_found() {
    let cloud = cloud();
    cloud.user("anna", &document());
    cloud.user_in(ACCOUNT, "/team/", "Bert", &document());
    cloud.change(GroupRow {
        account: account(),
        name: "staff".to_owned(),
        path: "/".to_owned(),
        id: "AGPA1".to_owned(),
        arn: "arn:aws:iam::123456789012:group/staff".to_owned(),
        created: cloud.now,
        inline: [].into(),
        attached: Vec::new(),
        members: Vec::new(),
    });
    let trust = statement(json!({
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"
    }));
    let role = json!({"RoleName": "etl", "AssumeRolePolicyDocument": trust});
    cloud.run("CreateRole", role).unwrap();
    attach(&cloud, ARN, Usage::Policy, Holder::User, "anna");
    attach(&cloud, ARN, Usage::Boundary, Holder::User, "anna");
    attach(&cloud, ARN, Usage::Boundary, Holder::User, "Bert");
    attach(&cloud, ARN, Usage::Policy, Holder::Group, "staff");
    attach(&cloud, ARN, Usage::Policy, Holder::Role, "etl");
    let list = |key: &str, value: Value| {
        let mut input = on(ARN);
        input[key] = value;
        let answer = cloud.run("ListEntitiesForPolicy", input).unwrap();
        let names = |list: &str, name: &str| -> Vec<String> {
            let items = answer[list].as_array().unwrap().iter();
            items.map(|item| item[name].as_str().unwrap().to_owned()).collect()
        };
        let groups = names("PolicyGroups", "GroupName");
        let users = names("PolicyUsers", "UserName");
        let roles = names("PolicyRoles", "RoleName");
        [groups, users, roles].concat().join(" ")
    };
    assert_eq!(list("MaxItems", json!(10)), "staff anna Bert etl");
    assert_eq!(list("EntityFilter", json!("User")), "anna Bert");
    assert_eq!(list("EntityFilter", json!("Role")), "etl");
    assert_eq!(list("EntityFilter", json!("LocalManagedPolicy")), "");
    assert_eq!(list("PolicyUsageFilter", json!("PermissionsPolicy")), "staff anna etl");
    assert_eq!(list("PolicyUsageFilter", json!("PermissionsBoundary")), "anna Bert");
    assert_eq!(list("PathPrefix", json!("/team/")), "Bert");
    let input = json!({"PolicyArn": ARN, "MaxItems": 3});
    let first = cloud.run("ListEntitiesForPolicy", input).unwrap();
    assert_eq!(first["IsTruncated"], true);
    assert!(first["PolicyUsers"][0]["UserId"].as_str().unwrap().starts_with("AIDA"));
    assert_eq!(list("Marker", first["Marker"].clone()), "Bert");
    let wrong = json!({"PolicyArn": ARN, "EntityFilter": "Users"});
    assert_eq!(code(cloud.run("ListEntitiesForPolicy", wrong)), "ValidationError");
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
fn granting_policies_are_told_by_service() {
    let cloud = cloud();
    cloud.user(
        "anna",
        &statement(json!([
            {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "EC2:Describe*", "Resource": "*"}
        ])),
    );
    let anna = cloud.view().get::<UserRow>(ACCOUNT, "anna").unwrap().as_ref().clone();
    cloud.change(UserRow {
        attached: vec![ARN.to_owned()],
        groups: vec!["staff".to_owned()],
        ..anna
    });
    let all_but_s3 = statement(json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}));
    cloud.change(GroupRow {
        account: account(),
        name: "staff".to_owned(),
        path: "/".to_owned(),
        id: "AGPA1".to_owned(),
        arn: "arn:aws:iam::123456789012:group/staff".to_owned(),
        created: cloud.now,
        inline: [("rest".to_owned(), document::Document::new(&all_but_s3))].into(),
        attached: Vec::new(),
        members: vec!["anna".to_owned()],
    });
    let arn = "arn:aws:iam::123456789012:user/anna";
    let run = |arn: &str, services: Value| {
        let input = json!({"Arn": arn, "ServiceNamespaces": services});
        cloud.run("ListPoliciesGrantingServiceAccess", input)
    };
    let rest = json!({
        "PolicyName": "rest", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "staff"
    });
    let own = json!({
        "PolicyName": "own", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "anna"
    });
    let reader = json!({"PolicyName": "reader", "PolicyType": "MANAGED", "PolicyArn": ARN});
    assert_eq!(
        run(arn, json!(["s3", "ec2", "sqs"])).unwrap(),
        json!({
            "PoliciesGrantingServiceAccess": [
                {"ServiceNamespace": "s3", "Policies": [reader]},
                {"ServiceNamespace": "ec2", "Policies": [own, rest]},
                {"ServiceNamespace": "sqs", "Policies": [rest]},
            ],
            "IsTruncated": false,
        })
    );
    let group = run("arn:aws:iam::123456789012:group/staff", json!(["s3"])).unwrap();
    assert_eq!(group["PoliciesGrantingServiceAccess"][0]["Policies"], json!([]));
    let missing = run("arn:aws:iam::123456789012:role/none", json!(["s3"]));
    assert_eq!(missing, failure("NoSuchEntity", "The role with name none cannot be found."));
    assert_eq!(code(run(arn, json!([]))), "ValidationError");
    assert_eq!(code(run(arn, json!(["s 3"]))), "ValidationError");
    assert_eq!(code(run(arn, json!(vec!["s3"; 201]))), "ValidationError");
}

#[test]
fn whoever_has_no_permission_is_refused() {
    let cloud = cloud();
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let arn = "arn:aws:iam::123456789012:user/nobody";
    let anna = "arn:aws:iam::123456789012:user/anna";
    for (name, resource, input) in [
        (
            "CreatePolicy",
            Some("arn:aws:iam::123456789012:policy/x/p"),
            json!({"PolicyName": "p", "Path": "/x/", "PolicyDocument": document()}),
        ),
        ("GetPolicy", Some(ARN), on(ARN)),
        ("ListPolicies", None, json!({})),
        ("DeletePolicy", Some(ARN), on(ARN)),
        ("CreatePolicyVersion", Some(ARN), json!({"PolicyArn": ARN, "PolicyDocument": document()})),
        ("GetPolicyVersion", Some(ARN), version(ARN, "v1")),
        ("ListPolicyVersions", Some(ARN), on(ARN)),
        ("DeletePolicyVersion", Some(ARN), version(ARN, "v1")),
        ("SetDefaultPolicyVersion", Some(ARN), version(ARN, "v1")),
        ("ListEntitiesForPolicy", Some(ARN), on(ARN)),
        ("TagPolicy", Some(ARN), on(ARN)),
        ("UntagPolicy", Some(ARN), on(ARN)),
        ("ListPolicyTags", Some(ARN), on(ARN)),
        (
            "ListPoliciesGrantingServiceAccess",
            Some(anna),
            json!({"Arn": anna, "ServiceNamespaces": ["s3"]}),
        ),
    ] {
        let resource = resource.map(|arn| format!(" on resource: {arn}")).unwrap_or_default();
        let text = format!(
            "User: {arn} is not authorized to perform: iam:{name}{resource} because no \
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
    assert!(create(tags).is_ok());
}

#[test]
fn what_is_awss_can_be_read() {
    let cloud = Cloud::new();
    let arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
    let policy = cloud.run("GetPolicy", on(arn)).unwrap()["Policy"].clone();
    assert_eq!(policy["PolicyName"], "ViewOnlyAccess");
    assert_eq!(policy["Path"], "/job-function/");
    assert_eq!(policy["Tags"], json!([]));
    assert_eq!(policy["AttachmentCount"], 0);
    assert!(policy["PolicyId"].as_str().unwrap().starts_with("ANPA"));
    assert!(policy["CreateDate"].as_str().unwrap() > "2010");
    let default = policy["DefaultVersionId"].as_str().unwrap();
    let got = cloud.run("GetPolicyVersion", version(arn, default)).unwrap();
    assert_eq!(got["PolicyVersion"]["IsDefaultVersion"], true);
    assert!(got["PolicyVersion"]["Document"].as_str().unwrap().starts_with("%7B%22"));
    let versions = cloud.run("ListPolicyVersions", on(arn)).unwrap()["Versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 1);
    assert!(versions[0].get("Document").is_none());
    assert_eq!(cloud.run("GetPolicyVersion", version(arn, "v999")), no_version(arn, "v999"));
    attach(&cloud, arn, Usage::Policy, Holder::Role, "a");
    let attached = json!({"Scope": "AWS", "OnlyAttached": true});
    let listed = cloud.run("ListPolicies", attached).unwrap()["Policies"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!((&listed[0]["Arn"], &listed[0]["AttachmentCount"]), (&json!(arn), &json!(1)));
    let mut all = 0;
    let mut marker = Value::Null;
    loop {
        let input = json!({"Scope": "AWS", "MaxItems": 1000, "Marker": marker});
        let page = cloud.run("ListPolicies", input).unwrap();
        all += page["Policies"].as_array().unwrap().len();
        marker = page["Marker"].clone();
        if page["IsTruncated"] == false {
            break;
        }
    }
    assert_eq!(all, crate::aws_managed::all().count());
    let none = "arn:aws:iam::aws:policy/NoSuchPolicy";
    assert_eq!(cloud.run("GetPolicy", on(none)), not_found(none));
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
    for (name, input) in [
        ("DeletePolicy", on(arn)),
        ("TagPolicy", on(arn)),
        ("SetDefaultPolicyVersion", version(arn, "v1")),
        ("CreatePolicyVersion", json!({"PolicyArn": arn, "PolicyDocument": document()})),
    ] {
        assert_eq!(code(cloud.run_as(&root(), name, input)), "AccessDenied", "{name}");
    }
}
