//! Who may call: nobody without the actions, whoever has exactly them.

use serde_json::{Value, json};

use super::{EC2, create};
use crate::testing::{ACCOUNT, Cloud, allow, statement};

/// Every operation, with the actions that it demands.
const DEMANDS: [(&str, &[&str]); 32] = [
    ("CreateRole", &["iam:CreateRole", "iam:TagRole"]),
    ("GetRole", &["iam:GetRole"]),
    ("ListRoles", &["iam:ListRoles"]),
    ("DeleteRole", &["iam:DeleteRole"]),
    ("UpdateRole", &["iam:UpdateRole"]),
    ("UpdateRoleDescription", &["iam:UpdateRoleDescription"]),
    ("UpdateAssumeRolePolicy", &["iam:UpdateAssumeRolePolicy"]),
    ("PutRolePolicy", &["iam:PutRolePolicy"]),
    ("GetRolePolicy", &["iam:GetRolePolicy"]),
    ("ListRolePolicies", &["iam:ListRolePolicies"]),
    ("DeleteRolePolicy", &["iam:DeleteRolePolicy"]),
    ("AttachRolePolicy", &["iam:AttachRolePolicy"]),
    ("DetachRolePolicy", &["iam:DetachRolePolicy"]),
    ("ListAttachedRolePolicies", &["iam:ListAttachedRolePolicies"]),
    ("PutRolePermissionsBoundary", &["iam:PutRolePermissionsBoundary"]),
    ("DeleteRolePermissionsBoundary", &["iam:DeleteRolePermissionsBoundary"]),
    ("TagRole", &["iam:TagRole"]),
    ("UntagRole", &["iam:UntagRole"]),
    ("ListRoleTags", &["iam:ListRoleTags"]),
    ("CreateServiceLinkedRole", &["iam:CreateServiceLinkedRole"]),
    ("DeleteServiceLinkedRole", &["iam:DeleteServiceLinkedRole"]),
    ("GetServiceLinkedRoleDeletionStatus", &["iam:GetServiceLinkedRoleDeletionStatus"]),
    ("CreateInstanceProfile", &["iam:CreateInstanceProfile", "iam:TagInstanceProfile"]),
    ("GetInstanceProfile", &["iam:GetInstanceProfile"]),
    ("DeleteInstanceProfile", &["iam:DeleteInstanceProfile"]),
    ("AddRoleToInstanceProfile", &["iam:AddRoleToInstanceProfile", "iam:PassRole"]),
    ("RemoveRoleFromInstanceProfile", &["iam:RemoveRoleFromInstanceProfile"]),
    ("ListInstanceProfiles", &["iam:ListInstanceProfiles"]),
    ("ListInstanceProfilesForRole", &["iam:ListInstanceProfilesForRole"]),
    ("TagInstanceProfile", &["iam:TagInstanceProfile"]),
    ("UntagInstanceProfile", &["iam:UntagInstanceProfile"]),
    ("ListInstanceProfileTags", &["iam:ListInstanceProfileTags"]),
];

/// The operations that know no resources.
const ON_EVERYTHING: [&str; 2] = ["iam:ListRoles", "iam:ListInstanceProfiles"];

/// A cloud with a role and an instance profile that have everything.
fn furnished() -> (Cloud, Value) {
    let cloud = Cloud::new();
    create(&cloud, "app", "/team/");
    let profile = json!({
        "InstanceProfileName": "box",
        "Path": "/team/",
        "Tags": [{"Key": "k", "Value": "v"}],
    });
    cloud.run("CreateInstanceProfile", profile).unwrap();
    let policy = cloud.policy("/", "p", &allow("s3:*", "*"));
    let mut input = json!({
        "RoleName": "app",
        "InstanceProfileName": "box",
        "PolicyName": "p",
        "PolicyDocument": allow("s3:*", "*"),
        "AssumeRolePolicyDocument": EC2,
        "PolicyArn": policy,
        "PermissionsBoundary": policy,
        "Description": "d",
        "Path": "/team/",
        "AWSServiceName": "batch.amazonaws.com",
        "DeletionTaskId": "task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/u",
        "Tags": [{"Key": "k", "Value": "v"}],
        "TagKeys": ["k"],
    });
    for operation in ["PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary", "TagRole"]
    {
        cloud.run(operation, input.clone()).unwrap();
    }
    input["PolicyDocument"] = json!(EC2.replace("ec2", "lambda"));
    (cloud, input)
}

fn policy(actions: &[&str]) -> String {
    let statements: Vec<Value> = actions
        .iter()
        .map(|action| {
            let kind = if action.contains("Profile") && !action.ends_with("ForRole") {
                "instance-profile"
            } else {
                "role"
            };
            let resource = match ON_EVERYTHING.contains(action) {
                true => "*".to_owned(),
                false => format!("arn:aws:iam::{ACCOUNT}:{kind}/*"),
            };
            json!({"Effect": "Allow", "Action": action, "Resource": resource})
        })
        .collect();
    statement(json!(statements))
}

#[test]
fn nobody_without_the_action_and_whoever_has_it() {
    for (operation, actions) in DEMANDS {
        let (cloud, input) = furnished();
        for missing in actions {
            let others: Vec<&str> = actions.iter().filter(|one| *one != missing).copied().collect();
            let caller = cloud.user("ann", &policy(&others));
            let before = cloud.view().version(ACCOUNT);
            let (code, text) = cloud.run_as(&caller, operation, input.clone()).unwrap_err();
            assert_eq!(code, "AccessDenied", "{operation} without {missing}: {text}");
            let action = format!(
                "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {missing} "
            );
            let reason = format!("because no identity-based policy allows the {missing} action");
            assert!(text.starts_with(&action) && text.ends_with(&reason), "{operation}: {text}");
            assert_eq!(cloud.view().version(ACCOUNT), before, "{operation} changed something");
        }
        let caller = cloud.user("bob", &policy(actions));
        let answer = cloud.run_as(&caller, operation, input.clone());
        let denied = answer.as_ref().is_err_and(|(code, _)| code == "AccessDenied");
        assert!(!denied, "{operation} with {actions:?}: {answer:?}");
    }
}

#[test]
fn resources_are_asked_for_with_their_path() {
    let (cloud, input) = furnished();
    for (operation, actions) in DEMANDS {
        if ON_EVERYTHING.contains(&actions[0]) || operation.contains("ServiceLinked") {
            continue;
        }
        let caller = cloud.user("ann", &statement(json!([])));
        let demands = cloud.demands_of(&caller, operation, input.clone());
        let path = match actions[0].contains("Profile") && !actions[0].ends_with("ForRole") {
            true => "instance-profile/team/box",
            false => "role/team/app",
        };
        assert_eq!(demands[0].resource, format!("arn:aws:iam::{ACCOUNT}:{path}"), "{operation}");
    }
}

/// Keys that AWS's reference names and no demand tells: role templates are not modelled.
const NOT_MODELLED: [&str; 1] = ["iam:RoleTemplateARN"];

#[test]
fn demands_tell_every_key_that_the_reference_names() {
    let (cloud, input) = furnished();
    for (operation, actions) in DEMANDS {
        let demands = cloud.demands(operation, input.clone());
        let asked: Vec<&str> = demands.iter().map(|demand| demand.action).collect();
        assert_eq!(asked, actions, "{operation}");
        // What is only being made, or is gone, has no tags yet.
        let exists = !operation.starts_with("Create") && !operation.ends_with("DeletionStatus");
        for demand in demands {
            let action = iam::catalog::action(demand.action).unwrap();
            let passes = demand.action == "iam:PassRole";
            let of_resource = action.resources.iter().filter(|_| exists && !passes);
            let of_resource = of_resource.flat_map(|used| used.keys());
            for key in action.condition_keys.iter().chain(of_resource) {
                let told = demand.context.iter().any(|(name, _)| key.matches(name));
                let excused = NOT_MODELLED.contains(&key.name);
                assert!(told != excused, "{operation}: {} and {}", demand.action, key.name);
            }
        }
    }
}

#[test]
fn the_table_has_no_other_operation_here() {
    let known = |name: &str| DEMANDS.iter().any(|(operation, _)| *operation == name);
    for entry in crate::iam::table::OPERATIONS {
        let name = entry.name;
        let ours = name.contains("Role") || name.contains("InstanceProfile");
        assert!(
            !ours || entry.service != crate::Service::Iam || known(name),
            "{name} is missing here"
        );
    }
}
