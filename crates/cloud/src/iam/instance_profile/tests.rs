//! Instance profiles, operation by operation.

use serde_json::{Value, json};

use super::{InstanceProfileRow, MAX_INSTANCE_PROFILES};
use crate::iam::role::percent_encode;
use crate::testing::{ACCOUNT, Answer, Cloud, account, allow, code, failure, statement};

const EC2: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

fn create_role(cloud: &Cloud, name: &str, path: &str) -> Value {
    let input = json!({
        "RoleName": name,
        "Path": path,
        "AssumeRolePolicyDocument": EC2,
        "Description": "not shown inside of profiles",
        "Tags": [{"Key": "k", "Value": "v"}],
    });
    cloud.run("CreateRole", input).unwrap()["Role"].clone()
}

fn create(cloud: &Cloud, name: &str) -> Answer {
    cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": name}))
}

fn add(cloud: &Cloud, profile: &str, role: &str) -> Answer {
    let input = json!({"InstanceProfileName": profile, "RoleName": role});
    cloud.run("AddRoleToInstanceProfile", input)
}

fn get(cloud: &Cloud, name: &str) -> Value {
    let input = json!({"InstanceProfileName": name});
    cloud.run("GetInstanceProfile", input).unwrap()["InstanceProfile"].clone()
}

fn names(page: &Value) -> Vec<&str> {
    let profiles = page["InstanceProfiles"].as_array().unwrap();
    profiles.iter().map(|one| one["InstanceProfileName"].as_str().unwrap()).collect()
}

#[test]
fn a_profile_is_answered_as_iam_does() {
    let cloud = Cloud::new();
    let tags = json!([{"Key": "team", "Value": "data"}]);
    let input = json!({"InstanceProfileName": "Box", "Path": "/a/b/", "Tags": tags});
    let created = cloud.run("CreateInstanceProfile", input).unwrap()["InstanceProfile"].clone();
    let id = created["InstanceProfileId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("AIPA") && id.len() == 21, "{id}");
    let expected = json!({
        "Path": "/a/b/",
        "InstanceProfileName": "Box",
        "InstanceProfileId": id,
        "Arn": "arn:aws:iam::123456789012:instance-profile/a/b/Box",
        "CreateDate": "2023-11-14T22:13:20Z",
        "Roles": [],
        "Tags": tags,
    });
    assert_eq!(created, expected);
    assert_eq!(get(&cloud, "bOX"), expected);
}

#[test]
fn a_profile_shows_its_role() {
    let cloud = Cloud::new();
    let role = create_role(&cloud, "app", "/team/");
    create(&cloud, "box").unwrap();
    assert_eq!(add(&cloud, "BOX", "APP"), Ok(Value::Null));
    let nested = json!([{
        "Path": "/team/",
        "RoleName": "app",
        "RoleId": role["RoleId"],
        "Arn": role["Arn"],
        "CreateDate": role["CreateDate"],
        "AssumeRolePolicyDocument": percent_encode(EC2),
    }]);
    assert_eq!(get(&cloud, "box")["Roles"], nested);
    let list = cloud.run("ListInstanceProfiles", json!({})).unwrap();
    assert_eq!(list["InstanceProfiles"][0]["Roles"], nested);
    let both = json!({"InstanceProfileName": "box", "RoleName": "app"});
    assert_eq!(cloud.run("RemoveRoleFromInstanceProfile", both), Ok(Value::Null));
    assert_eq!(get(&cloud, "box")["Roles"], json!([]));
}

#[test]
fn a_profile_holds_one_role() {
    let cloud = Cloud::new();
    create_role(&cloud, "app", "/");
    create_role(&cloud, "other", "/");
    create(&cloud, "box").unwrap();
    create(&cloud, "box2").unwrap();
    add(&cloud, "box", "app").unwrap();
    let text = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
    for role in ["app", "other"] {
        assert_eq!(add(&cloud, "box", role), failure("LimitExceeded", text), "{role}");
    }
    // A role is in as many profiles as one likes.
    add(&cloud, "box2", "app").unwrap();
    let missing_role = failure("NoSuchEntity", "The role with name none cannot be found.");
    let missing_profile = failure("NoSuchEntity", "Instance Profile none cannot be found.");
    assert_eq!(add(&cloud, "box", "none"), missing_role);
    assert_eq!(add(&cloud, "none", "app"), missing_profile);
    let remove = |profile: &str, role: &str| {
        let input = json!({"InstanceProfileName": profile, "RoleName": role});
        cloud.run("RemoveRoleFromInstanceProfile", input)
    };
    assert_eq!(remove("none", "app"), missing_profile);
    assert_eq!(remove("box", "none"), missing_role);
    let text = "The role with name other cannot be found.";
    assert_eq!(remove("box", "other"), failure("NoSuchEntity", text));
    remove("box", "APP").unwrap();
    add(&cloud, "box", "other").unwrap();
}

#[test]
fn what_cannot_be_created() {
    let cloud = Cloud::new();
    create(&cloud, "box").unwrap();
    let exists = |name: &str| {
        failure("EntityAlreadyExists", &format!("Instance Profile {name} already exists."))
    };
    assert_eq!(create(&cloud, "box"), exists("box"));
    assert_eq!(create(&cloud, "Box"), exists("Box"));
    create(&cloud, &"x".repeat(128)).unwrap();
    for bad in [&"x".repeat(129), "a b", "a/b"] {
        assert_eq!(code(create(&cloud, bad)), "ValidationError", "{bad}");
    }
    let run = |input: Value| code(cloud.run("CreateInstanceProfile", input));
    assert_eq!(run(json!({"InstanceProfileName": "n", "Path": "no"})), "ValidationError");
    let twice = json!([{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]);
    assert_eq!(run(json!({"InstanceProfileName": "n", "Tags": twice})), "InvalidInput");
}

#[test]
fn an_account_has_so_many_profiles() {
    let cloud = Cloud::new();
    create(&cloud, "box").unwrap();
    let view = cloud.view();
    let row = super::find(&view, account(), "box").unwrap();
    for number in 2..=MAX_INSTANCE_PROFILES {
        let (name, id) = (format!("p{number}"), format!("AIPA{number}"));
        cloud.change(InstanceProfileRow { name, id, ..(**row).clone() });
    }
    let text = "Cannot exceed quota for InstanceProfilesPerAccount: 1000";
    assert_eq!(create(&cloud, "more"), failure("LimitExceeded", text));
    cloud.run("DeleteInstanceProfile", json!({"InstanceProfileName": "box"})).unwrap();
    create(&cloud, "more").unwrap();
}

#[test]
fn conflicts_keep_profile_and_role() {
    let cloud = Cloud::new();
    create_role(&cloud, "app", "/");
    create(&cloud, "box").unwrap();
    add(&cloud, "box", "app").unwrap();
    let both = json!({"InstanceProfileName": "box", "RoleName": "app"});
    let text = "Cannot delete entity, must remove roles from instance profile first.";
    for operation in ["DeleteInstanceProfile", "DeleteRole"] {
        assert_eq!(cloud.run(operation, both.clone()), failure("DeleteConflict", text));
    }
    cloud.run("RemoveRoleFromInstanceProfile", both.clone()).unwrap();
    for operation in ["DeleteInstanceProfile", "DeleteRole"] {
        assert_eq!(cloud.run(operation, both.clone()), Ok(Value::Null));
        assert_eq!(code(cloud.run(operation, both.clone())), "NoSuchEntity");
    }
    let missing = failure("NoSuchEntity", "Instance Profile box cannot be found.");
    assert_eq!(cloud.run("GetInstanceProfile", both), missing);
}

#[test]
fn profiles_are_listed() {
    let cloud = Cloud::new();
    create_role(&cloud, "app", "/");
    create_role(&cloud, "alone", "/");
    for (name, path) in [("b", "/"), ("C", "/team/"), ("a", "/team/x/")] {
        let tags = json!([{"Key": "k", "Value": "v"}]);
        let input = json!({"InstanceProfileName": name, "Path": path, "Tags": tags});
        cloud.run("CreateInstanceProfile", input).unwrap();
        add(&cloud, name, "app").unwrap();
    }
    create(&cloud, "empty").unwrap();
    let list = |input: Value| cloud.run("ListInstanceProfiles", input).unwrap();
    let all = list(json!({}));
    assert_eq!(names(&all), ["a", "b", "C", "empty"]);
    assert_eq!(all["InstanceProfiles"][0].get("Tags"), None);
    assert_eq!(names(&list(json!({"PathPrefix": "/team/"}))), ["a", "C"]);
    let first = list(json!({"MaxItems": 3}));
    assert_eq!(names(&first), ["a", "b", "C"]);
    assert_eq!(names(&list(json!({"Marker": first["Marker"]}))), ["empty"]);

    let of = |input: Value| cloud.run("ListInstanceProfilesForRole", input);
    let first = of(json!({"RoleName": "APP", "MaxItems": 2})).unwrap();
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["a", "b"], &json!(true)));
    let rest = of(json!({"RoleName": "app", "Marker": first["Marker"]})).unwrap();
    assert_eq!((names(&rest), &rest["IsTruncated"]), (vec!["C"], &json!(false)));
    let none = json!({"InstanceProfiles": [], "IsTruncated": false});
    assert_eq!(of(json!({"RoleName": "alone"})), Ok(none));
    let missing = failure("NoSuchEntity", "The role with name none cannot be found.");
    assert_eq!(of(json!({"RoleName": "none"})), missing);
    for bad in [json!({"MaxItems": 0}), json!({"PathPrefix": "x"}), json!({"Marker": "?"})] {
        assert_eq!(code(cloud.run("ListInstanceProfiles", bad)), "ValidationError");
    }
    assert_eq!(code(of(json!({"RoleName": "app", "MaxItems": 1001}))), "ValidationError");
}

#[test]
fn tags_come_and_go() {
    let cloud = Cloud::new();
    create(&cloud, "box").unwrap();
    let tags = || {
        let input = json!({"InstanceProfileName": "box"});
        cloud.run("ListInstanceProfileTags", input).unwrap()["Tags"].clone()
    };
    let both = json!([{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}]);
    let input = json!({"InstanceProfileName": "box", "Tags": both});
    assert_eq!(cloud.run("TagInstanceProfile", input), Ok(Value::Null));
    assert_eq!(tags(), json!([both[1], both[0]]));
    let input = json!({"InstanceProfileName": "box", "TagKeys": ["A", "b"]});
    assert_eq!(cloud.run("UntagInstanceProfile", input), Ok(Value::Null));
    assert_eq!(tags(), json!([both[1]]));
    assert_eq!(get(&cloud, "box")["Tags"], json!([both[1]]));
    // Unlike those of users and roles, its keys differ by letter case, too.
    let cases = json!([{"Key": "A", "Value": "3"}]);
    let input = json!({"InstanceProfileName": "box", "Tags": cases});
    cloud.run("TagInstanceProfile", input).unwrap();
    assert_eq!(tags(), json!([cases[0], both[1]]));
    let reserved = json!([{"Key": "aws:x", "Value": ""}]);
    let input = json!({"InstanceProfileName": "box", "Tags": reserved});
    let text = "Tag keys beginning with aws: are reserved for system use.";
    assert_eq!(cloud.run("TagInstanceProfile", input), failure("InvalidInput", text));

    let many: Vec<Value> =
        (0..50).map(|at| json!({"Key": format!("k{at}"), "Value": ""})).collect();
    let input = json!({"InstanceProfileName": "box", "Tags": many});
    assert_eq!(code(cloud.run("TagInstanceProfile", input)), "LimitExceeded");
    let missing = failure("NoSuchEntity", "Instance Profile none cannot be found.");
    for operation in ["TagInstanceProfile", "UntagInstanceProfile", "ListInstanceProfileTags"] {
        let input = json!({"InstanceProfileName": "none", "Tags": [], "TagKeys": []});
        assert_eq!(cloud.run(operation, input), missing, "{operation}");
    }
}

#[test]
fn a_role_is_passed_with_its_path_to_ec2() {
    let cloud = Cloud::new();
    create_role(&cloud, "app", "/team/");
    create(&cloud, "box").unwrap();
    let run = |name: &str, pass: Value| {
        let add = json!({"Effect": "Allow", "Action": "iam:AddRole*", "Resource": "*"});
        let caller = cloud.user(name, &statement(json!([add, pass])));
        let input = json!({"InstanceProfileName": "box", "RoleName": "app"});
        cloud.run_as(&caller, "AddRoleToInstanceProfile", input)
    };
    let pass = |path: &str, condition: Value| {
        let resource = format!("arn:aws:iam::{ACCOUNT}:role/{path}");
        let mut statement =
            json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": resource});
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        statement
    };
    let to = |service: &str| json!({"StringEquals": {"iam:PassedToService": service}});
    let denied = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:PassRole on \
                  resource: arn:aws:iam::123456789012:role/team/app because no identity-based policy \
                  allows the iam:PassRole action";
    // The path is part of the ARN.
    assert_eq!(run("ann", pass("app", Value::Null)), failure("AccessDenied", denied));
    let other_service = pass("team/app", to("lambda.amazonaws.com"));
    assert_eq!(run("ann", other_service), failure("AccessDenied", denied));
    let instances = format!("arn:aws:ec2:*:{ACCOUNT}:instance/*");
    let associated = json!({"ArnLike": {"iam:AssociatedResourceArn": instances}});
    for (name, condition) in [("b", Value::Null), ("c", to("ec2.amazonaws.com")), ("d", associated)]
    {
        run(name, pass("team/*", condition)).unwrap();
        let both = json!({"InstanceProfileName": "box", "RoleName": "app"});
        cloud.run("RemoveRoleFromInstanceProfile", both).unwrap();
    }
    // Tags of the role do not count where it is passed (user guide, on iam:PassRole).
    let tagged = json!({"StringEquals": {"aws:ResourceTag/k": "v"}});
    assert_eq!(code(run("eve", pass("team/app", tagged))), "AccessDenied");
}

#[test]
fn conditions_see_the_tags_of_a_profile() {
    let cloud = Cloud::new();
    for name in ["mine", "other"] {
        let tags = json!([{"Key": "owner", "Value": name}]);
        let input = json!({"InstanceProfileName": name, "Tags": tags});
        cloud.run("CreateInstanceProfile", input).unwrap();
    }
    let policy = statement(json!({
        "Effect": "Allow",
        "Action": ["iam:GetInstanceProfile", "iam:TagInstanceProfile"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:ResourceTag/owner": "mine"},
            "StringEqualsIfExists": {"aws:RequestTag/cost": "1"},
        },
    }));
    let caller = cloud.user("ann", &policy);
    let run = |operation: &str, name: &str, cost: &str| {
        let tags = json!([{"Key": "cost", "Value": cost}]);
        cloud.run_as(&caller, operation, json!({"InstanceProfileName": name, "Tags": tags}))
    };
    run("GetInstanceProfile", "mine", "").unwrap();
    assert_eq!(code(run("GetInstanceProfile", "other", "")), "AccessDenied");
    run("TagInstanceProfile", "mine", "1").unwrap();
    assert_eq!(code(run("TagInstanceProfile", "mine", "2")), "AccessDenied");
    let nobody = cloud.user("bob", &allow("s3:*", "*"));
    let list = cloud.run_as(&nobody, "ListInstanceProfiles", json!({}));
    assert_eq!(code(list), "AccessDenied");
}
