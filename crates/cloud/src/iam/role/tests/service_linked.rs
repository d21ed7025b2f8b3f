use serde_json::json;

use super::{create, get};
use crate::iam::attachment;
use crate::iam::role::percent_encode;
use crate::service_linked;
use crate::testing::{Cloud, account, code, failure, statement};

const NAME: &str = "AWSServiceRoleForBatch";
const POLICY: &str = "arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy";

#[test]
fn a_service_linked_role_is_what_its_service_says() {
    let cloud = Cloud::new();
    let input = json!({"AWSServiceName": "batch.amazonaws.com"});
    let role = cloud.run("CreateServiceLinkedRole", input.clone()).unwrap()["Role"].clone();
    let arn = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "batch.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    });
    let text = service_linked::find("batch.amazonaws.com").unwrap().trust_policy();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), trust);
    assert_eq!(role["AssumeRolePolicyDocument"], percent_encode(&text));
    assert_eq!(role["Arn"], arn);
    assert_eq!(role["Path"], "/aws-service-role/batch.amazonaws.com/");
    assert_eq!(role["RoleName"], NAME);
    assert_eq!(role.get("Description"), None);
    assert_eq!(get(&cloud, NAME)["MaxSessionDuration"], 3600);
    let attached = cloud.run("ListAttachedRolePolicies", json!({"RoleName": NAME})).unwrap();
    let expected = json!([{"PolicyName": "BatchServiceRolePolicy", "PolicyArn": POLICY}]);
    assert_eq!(attached["AttachedPolicies"], expected);
    assert_eq!(attachment::of(&cloud.view(), account(), POLICY).count(), 1);
    assert_eq!(
        cloud.run("CreateServiceLinkedRole", input),
        failure(
            "InvalidInput",
            "Service role name AWSServiceRoleForBatch has been taken in this account, please try a \
             different suffix."
        )
    );
}

#[test]
fn suffixes_where_the_service_takes_them() {
    let cloud = Cloud::new();
    let run = |service: &str, suffix: &str| {
        let input = json!({"AWSServiceName": service, "CustomSuffix": suffix, "Description": "d"});
        cloud.run("CreateServiceLinkedRole", input)
    };
    let role = run("autoscaling.amazonaws.com", "mine").unwrap()["Role"].clone();
    assert_eq!(role["RoleName"], "AWSServiceRoleForAutoScaling_mine");
    // As of `CreateRole`, the answer leaves it out (radkawar/stackd, `service_linked_description_aws.json`).
    assert_eq!(role.get("Description"), None);
    run("autoscaling.amazonaws.com", "other").unwrap();
    let text = "Custom suffix is not allowed for batch.amazonaws.com";
    assert_eq!(run("batch.amazonaws.com", "mine"), failure("InvalidInput", text));
    let (code, text) = run("unheard-of.amazonaws.com", "mine").unwrap_err();
    assert_eq!(code, "InvalidInput");
    assert!(text.contains("`unheard-of.amazonaws.com`"), "{text}");
    for (service, suffix, parameter) in [
        ("no service", "mine", "aWSServiceName"),
        ("autoscaling.amazonaws.com", "no suffix", "customSuffix"),
    ] {
        let (code, text) = run(service, suffix).unwrap_err();
        let start = format!("The specified value for {parameter} is invalid.");
        assert!(code == "ValidationError" && text.starts_with(&start), "{text}");
    }
    // The whole name must fit a role.
    let (code, text) = run("autoscaling.amazonaws.com", &"x".repeat(36)).unwrap_err();
    assert_eq!(code, "ValidationError");
    assert!(text.contains("'roleName'"), "{text}");
    run("autoscaling.amazonaws.com", &"x".repeat(35)).unwrap();
}

#[test]
fn a_service_linked_role_is_deleted_by_a_task() {
    let cloud = Cloud::new();
    let input = json!({"AWSServiceName": "batch.amazonaws.com"});
    cloud.run("CreateServiceLinkedRole", input.clone()).unwrap();
    let role = json!({"RoleName": NAME});
    assert_eq!(code(cloud.run("DeleteRole", role.clone())), "UnmodifiableEntity");
    let task =
        cloud.run("DeleteServiceLinkedRole", role.clone()).unwrap()["DeletionTaskId"].clone();
    let uuid = task
        .as_str()
        .unwrap()
        .strip_prefix("task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/")
        .unwrap();
    assert_eq!(uuid.len(), 36);
    let status = |id: &serde_json::Value| {
        cloud.run("GetServiceLinkedRoleDeletionStatus", json!({"DeletionTaskId": id}))
    };
    assert_eq!(status(&task), Ok(json!({"Status": "SUCCEEDED"})));
    assert_eq!(code(status(&json!(format!("{}0", task.as_str().unwrap())))), "NoSuchEntity");
    for bad in ["task", "task/role/x/y", "aws-service-role/batch.amazonaws.com/R/u"] {
        assert_eq!(code(status(&json!(bad))), "InvalidInput", "{bad}");
    }
    assert_eq!(attachment::of(&cloud.view(), account(), POLICY).count(), 0);
    let missing = format!("The role with name {NAME} cannot be found.");
    assert_eq!(cloud.run("GetRole", role.clone()), failure("NoSuchEntity", &missing));
    assert_eq!(cloud.run("DeleteServiceLinkedRole", role), failure("NoSuchEntity", &missing));
    cloud.run("CreateServiceLinkedRole", input).unwrap();
}

#[test]
fn an_ordinary_role_is_not_deleted_that_way() {
    let cloud = Cloud::new();
    create(&cloud, "app", "/");
    let role = json!({"RoleName": "app"});
    assert_eq!(code(cloud.run("DeleteServiceLinkedRole", role)), "NoSuchEntity");
    get(&cloud, "app");
}

#[test]
fn the_service_is_a_condition_key() {
    let cloud = Cloud::new();
    let policy = statement(json!({
        "Effect": "Allow",
        "Action": "iam:CreateServiceLinkedRole",
        "Resource": "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        "Condition": {"StringLike": {"iam:AWSServiceName": "spot.amazonaws.com"}},
    }));
    let caller = cloud.user("ann", &policy);
    let run = |service: &str| {
        cloud.run_as(&caller, "CreateServiceLinkedRole", json!({"AWSServiceName": service}))
    };
    assert_eq!(code(run("batch.amazonaws.com")), "AccessDenied");
    assert_eq!(code(run("unheard-of.amazonaws.com")), "AccessDenied");
    run("spot.amazonaws.com").unwrap();
}
