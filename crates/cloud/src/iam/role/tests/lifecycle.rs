use serde_json::{Value, json};

use super::{EC2, create, get, put_protected, with_role};
use crate::iam::role::{MAX_ROLES, RoleRow, percent_encode};
use crate::testing::{ACCOUNT, Cloud, account, allow, code, failure};

const PROTECTED: &str = "Cannot perform the operation on the protected role 'AWSServiceRoleForX' - \
                         this role is only modifiable by AWS";

#[test]
fn a_role_is_answered_as_iam_does() {
    let cloud = Cloud::new();
    let created = create(&cloud, "App", "/team/");
    let id = created["RoleId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("AROA") && id.len() == 21, "{id}");
    let expected = json!({
        "Path": "/team/",
        "RoleName": "App",
        "RoleId": id,
        "Arn": "arn:aws:iam::123456789012:role/team/App",
        "CreateDate": "2023-11-14T22:13:20Z",
        "AssumeRolePolicyDocument": percent_encode(EC2),
    });
    assert_eq!(created, expected);
    let mut expected = expected;
    expected["MaxSessionDuration"] = json!(3600);
    expected["RoleLastUsed"] = json!({});
    // Names are found without regard to case and shown as they were given.
    assert_eq!(get(&cloud, "aPP"), expected);
}

#[test]
fn a_role_with_everything() {
    let cloud = Cloud::new();
    let boundary = cloud.policy("/", "limit", &allow("s3:*", "*"));
    let tags = json!([{"Key": "team", "Value": "data"}]);
    let input = json!({
        "RoleName": "app",
        "AssumeRolePolicyDocument": EC2,
        "Description": "what it is for",
        "MaxSessionDuration": 43200,
        "PermissionsBoundary": boundary,
        "Tags": tags,
    });
    let created = cloud.run("CreateRole", input).unwrap()["Role"].clone();
    assert_eq!(created.get("MaxSessionDuration"), None);
    assert_eq!(created.get("RoleLastUsed"), None);
    assert_eq!(created.get("Description"), None);
    assert_eq!(get(&cloud, "app")["Description"], "what it is for");
    for role in [created, get(&cloud, "app")] {
        assert_eq!(role["Path"], "/");
        assert_eq!(role["Tags"], tags);
        assert_eq!(role["PermissionsBoundary"]["PermissionsBoundaryType"], "Policy");
        assert_eq!(role["PermissionsBoundary"]["PermissionsBoundaryArn"], boundary);
    }
    assert_eq!(get(&cloud, "app")["MaxSessionDuration"], 43200);
}

#[test]
fn what_cannot_be_created() {
    let cloud = with_role();
    let check = |changes: Value, code: &str, message: &str| {
        let mut input = json!({"RoleName": "new", "AssumeRolePolicyDocument": EC2});
        for (key, value) in changes.as_object().unwrap() {
            input[key] = value.clone();
        }
        assert_eq!(cloud.run("CreateRole", input), failure(code, message), "{changes}");
    };
    let exists = "EntityAlreadyExists";
    check(json!({"RoleName": "app"}), exists, "Role with name app already exists.");
    check(json!({"RoleName": "APP", "Path": "/x/"}), exists, "Role with name APP already exists.");
    let missing = "arn:aws:iam::123456789012:policy/none";
    check(
        json!({"PermissionsBoundary": missing}),
        "NoSuchEntity",
        "Scope ARN: arn:aws:iam::123456789012:policy/none does not exist or is not attachable.",
    );
    check(
        json!({"PermissionsBoundary": "a-boundary-but-no-arn"}),
        "ValidationError",
        "Invalid ARN:  Could not be parsed!",
    );
    check(
        json!({"Path": "/aws-service-role/ec2.amazonaws.com/"}),
        "InvalidInput",
        "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles",
    );
    check(
        json!({"Path": "/aws-reserved/sso.amazonaws.com/"}),
        "InvalidInput",
        "Path prefix '/aws-reserved/' can only be used for AWS reserved roles",
    );
    let malformed = "MalformedPolicyDocument";
    check(json!({"AssumeRolePolicyDocument": "{"}), malformed, "This policy contains invalid Json");
    check(
        json!({"Tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]}),
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
    // Nothing of all that left a trace.
    assert_eq!(cloud.view().count::<RoleRow>(ACCOUNT), 1);
}

#[test]
fn parameters_are_held_against_the_api_model() {
    let cloud = Cloud::new();
    let check = |parameter: &str, value: Value, failure: &str| {
        let mut input = json!({"RoleName": "new", "AssumeRolePolicyDocument": EC2});
        input[parameter] = value;
        let text = match failure {
            "" => None,
            failure if failure.starts_with("Value at") => {
                Some(format!("1 validation error detected: {failure}"))
            }
            failure => Some(failure.to_owned()),
        };
        let refused = cloud.run("CreateRole", input).err();
        assert_eq!(refused, text.map(|text| ("ValidationError".to_owned(), text)), "{parameter}");
        let _ = cloud.run("DeleteRole", json!({"RoleName": "new"}));
    };
    let at_most = |parameter: &str, limit: usize| {
        format!(
            "Value at '{parameter}' failed to satisfy constraint: Member must have length less than \
             or equal to {limit}"
        )
    };
    check("RoleName", json!("x".repeat(65)), &at_most("roleName", 64));
    check("RoleName", json!("x".repeat(64)), "");
    check(
        "RoleName",
        json!("a b"),
        "The specified value for roleName is invalid. It must contain only alphanumeric characters \
         and/or the following: +=,.@_-",
    );
    check(
        "Path",
        json!("/no-end"),
        "The specified value for path is invalid. It must begin and end with / and contain only \
         alphanumeric characters and/or / characters.",
    );
    check("Description", json!("d".repeat(1001)), &at_most("description", 1000));
    check("Description", json!("ÿ".repeat(1000)), "");
    check(
        "Description",
        json!("a — b"),
        "Value at 'description' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
    );
    for (seconds, bound) in
        [(3599, "greater than or equal to 3600"), (43201, "less than or equal to 43200")]
    {
        let failure = format!(
            "Value at 'maxSessionDuration' failed to satisfy constraint: Member must have \
             value {bound}"
        );
        check("MaxSessionDuration", json!(seconds), &failure);
    }
    check(
        "PermissionsBoundary",
        json!("arn:aws:iam::1:p/xy"),
        "Value at 'permissionsBoundary' failed to satisfy constraint: Member \
         must have length greater than or equal to 20",
    );
    check(
        "AssumeRolePolicyDocument",
        json!("{\"a\":\"—\"}"),
        "Value at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    );
    let padded = |length: usize| format!("{EC2}{}", " ".repeat(length - EC2.len()));
    check("AssumeRolePolicyDocument", json!(padded(131_072)), "");
    let document = at_most("assumeRolePolicyDocument", 131_072);
    check("AssumeRolePolicyDocument", json!(padded(131_073)), &document);
    let tag = |key: &str, value: &str| json!([{"Key": key, "Value": value}]);
    check("Tags", tag(&"k".repeat(129), ""), &at_most("tags.1.member.key", 128));
    check("Tags", tag("k", &"v".repeat(257)), &at_most("tags.1.member.value", 256));
    check("Tags", tag(&"k".repeat(128), &"v".repeat(256)), "");
    check(
        "Tags",
        tag("a;b", ""),
        "Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
    );
    let tags = |count: usize| (0..count).map(|at| json!({"Key": format!("k{at}"), "Value": ""}));
    check("Tags", tags(51).collect(), &at_most("tags", 50));
    check("Tags", tags(50).collect(), "");
}

#[test]
fn an_account_has_so_many_roles() {
    let cloud = with_role();
    let view = cloud.view();
    let row = crate::iam::role::find(&view, account(), "app").unwrap();
    for number in 2..=MAX_ROLES {
        let (name, id) = (format!("r{number}"), format!("AROA{number}"));
        cloud.change(RoleRow { name, id, ..(**row).clone() });
    }
    let input = json!({"RoleName": "one-more", "AssumeRolePolicyDocument": EC2});
    let text = "Cannot exceed quota for RolesPerAccount: 1000";
    assert_eq!(cloud.run("CreateRole", input.clone()), failure("LimitExceeded", text));
    let batch = json!({"AWSServiceName": "batch.amazonaws.com"});
    assert_eq!(cloud.run("CreateServiceLinkedRole", batch), failure("LimitExceeded", text));
    cloud.run("DeleteRole", json!({"RoleName": "app"})).unwrap();
    cloud.run("CreateRole", input).unwrap();
}

#[test]
fn a_role_is_deleted_once_nothing_hangs_on_it() {
    let cloud = with_role();
    let (policy, role) = (cloud.policy("/", "p", &allow("s3:*", "*")), json!({"RoleName": "app"}));
    let profile = json!({"InstanceProfileName": "app"});
    let both = json!({"InstanceProfileName": "app", "RoleName": "app"});
    let attached = json!({"RoleName": "app", "PolicyArn": policy});
    let document = allow("s3:*", "*");
    let inline = json!({"RoleName": "app", "PolicyName": "i", "PolicyDocument": document});
    let bounded = json!({"RoleName": "app", "PermissionsBoundary": policy});
    for (operation, input) in [
        ("CreateInstanceProfile", &profile),
        ("AddRoleToInstanceProfile", &both),
        ("AttachRolePolicy", &attached),
        ("PutRolePolicy", &inline),
        ("PutRolePermissionsBoundary", &bounded),
    ] {
        cloud.run(operation, input.clone()).unwrap();
    }
    for (text, operation, input) in [
        ("must remove roles from instance profile first.", "RemoveRoleFromInstanceProfile", &both),
        ("must detach all policies first.", "DetachRolePolicy", &attached),
        ("must delete policies first.", "DeleteRolePolicy", &inline),
    ] {
        let text = format!("Cannot delete entity, {text}");
        assert_eq!(cloud.run("DeleteRole", role.clone()), failure("DeleteConflict", &text));
        let mut input = input.clone();
        input.as_object_mut().unwrap().remove("PolicyDocument");
        cloud.run(operation, input).unwrap();
    }
    // A boundary is no obstacle, and leaves nothing behind.
    cloud.run("DeleteRole", role.clone()).unwrap();
    assert_eq!(crate::iam::attachment::of(&cloud.view(), account(), &policy).count(), 0);
    let missing = failure("NoSuchEntity", "The role with name app cannot be found.");
    assert_eq!(cloud.run("DeleteRole", role.clone()), missing);
    assert_eq!(cloud.run("GetRole", role), missing);
}

#[test]
fn a_role_is_updated() {
    let cloud = with_role();
    let described = |text: &str| json!({"RoleName": "app", "Description": text});
    let mut both = described("one");
    both["MaxSessionDuration"] = json!(7200);
    assert_eq!(cloud.run("UpdateRole", both), Ok(json!({})));
    assert_eq!(get(&cloud, "app")["Description"], "one");
    assert_eq!(get(&cloud, "app")["MaxSessionDuration"], 7200);
    // Terraform sends no description where it changes the length of sessions.
    cloud.run("UpdateRole", json!({"RoleName": "app", "MaxSessionDuration": 3600})).unwrap();
    assert_eq!(get(&cloud, "app")["Description"], "one");
    cloud.run("UpdateRole", json!({"RoleName": "app", "MaxSessionDuration": 7200})).unwrap();
    cloud.run("UpdateRole", described("two")).unwrap();
    assert_eq!(get(&cloud, "app")["Description"], "two");
    assert_eq!(get(&cloud, "app")["MaxSessionDuration"], 7200);
    let answer = cloud.run("UpdateRoleDescription", described("three")).unwrap();
    assert_eq!(answer["Role"]["Description"], "three");
    assert_eq!(answer["Role"].get("MaxSessionDuration"), None);
    assert_eq!(get(&cloud, "app")["Description"], "three");
    cloud.run("UpdateRoleDescription", described("")).unwrap();
    assert_eq!(get(&cloud, "app").get("Description"), None);
}

#[test]
fn updates_are_checked() {
    let cloud = with_role();
    let missing = failure("NoSuchEntity", "The role with name none cannot be found.");
    for (operation, input) in [
        ("UpdateRole", json!({"RoleName": "none"})),
        ("UpdateRoleDescription", json!({"RoleName": "none", "Description": ""})),
        ("UpdateAssumeRolePolicy", json!({"RoleName": "none", "PolicyDocument": EC2})),
    ] {
        assert_eq!(cloud.run(operation, input), missing, "{operation}");
    }
    let bad = json!({"RoleName": "app", "Description": "—", "MaxSessionDuration": 1});
    let (code, text) = cloud.run("UpdateRole", bad).unwrap_err();
    assert_eq!(code, "ValidationError");
    assert!(text.starts_with("2 validation errors detected: "), "{text}");
}

#[test]
fn the_trust_policy_is_replaced() {
    let cloud = with_role();
    let update = |document: &str| {
        let input = json!({"RoleName": "app", "PolicyDocument": document});
        cloud.run("UpdateAssumeRolePolicy", input)
    };
    let other = EC2.replace("ec2", "lambda");
    assert_eq!(update(&other), Ok(Value::Null));
    assert_eq!(get(&cloud, "app")["AssumeRolePolicyDocument"], percent_encode(&other));
    assert_eq!(code(update("[]")), "MalformedPolicyDocument");
    // White space does not count, one character too many does.
    let padded = |length: usize| {
        let empty = EC2.replace("\"Effect\"", "\"Sid\":\"\",\"Effect\"");
        let fill = "x".repeat(length - empty.len());
        empty.replace("\"Sid\":\"\"", &format!("\"Sid\":\"{fill}\"  \n"))
    };
    assert_eq!(update(&padded(2048)), Ok(Value::Null));
    let text = "Cannot exceed quota for ACLSizePerRole: 2048";
    assert_eq!(update(&padded(2049)), failure("LimitExceeded", text));
    assert_eq!(
        get(&cloud, "app")["AssumeRolePolicyDocument"],
        percent_encode(&padded(2048)),
        "byte for byte"
    );
}

#[test]
fn protected_roles_are_left_alone() {
    let cloud = Cloud::new();
    put_protected(&cloud, "AWSServiceRoleForX", "/aws-service-role/x.amazonaws.com/");
    put_protected(&cloud, "AWSReservedSSO_A", "/aws-reserved/sso.amazonaws.com/");
    cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": "i"})).unwrap();
    let policy = cloud.policy("/", "p", &allow("s3:*", "*"));
    let input = json!({
        "RoleName": "AWSServiceRoleForX",
        "InstanceProfileName": "i",
        "PolicyName": "p",
        "PolicyDocument": EC2,
        "PolicyArn": policy,
        "PermissionsBoundary": policy,
        "MaxSessionDuration": 3600,
        "Description": "new",
    });
    for operation in [
        "DeleteRole",
        "UpdateRole",
        "UpdateAssumeRolePolicy",
        "PutRolePolicy",
        "DeleteRolePolicy",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary",
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
    ] {
        let refused = failure("UnmodifiableEntity", PROTECTED);
        assert_eq!(cloud.run(operation, input.clone()), refused, "{operation}");
        let mut input = input.clone();
        input["RoleName"] = json!("AWSReservedSSO_A");
        assert_eq!(code(cloud.run(operation, input)), "UnmodifiableEntity", "{operation}");
    }
    // The description of a service-linked role is free, that of another service's role is not.
    let described = |name: &str| json!({"RoleName": name, "Description": "new"});
    for operation in ["UpdateRole", "UpdateRoleDescription"] {
        cloud.run(operation, described("AWSServiceRoleForX")).unwrap();
        let refused = cloud.run(operation, described("AWSReservedSSO_A"));
        assert_eq!(code(refused), "UnmodifiableEntity");
    }
    assert_eq!(get(&cloud, "AWSServiceRoleForX")["Description"], "new");
}
