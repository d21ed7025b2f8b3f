//! What lists show.

use serde_json::{Value, json};

use super::*;

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
