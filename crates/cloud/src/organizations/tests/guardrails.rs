//! What SCPs and RCPs do to requests, level by level.

use serde_json::json;

use super::{attach, cloud, deny, detach, guarded, member, organized, policy, root_of, text, unit};
use crate::caller::Caller;
use crate::testing::{ACCOUNT, Cloud, allow, code, root, statement};

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";

fn lists_users(cloud: &Cloud, caller: &Caller) -> bool {
    cloud.run_as(caller, "ListUsers", json!({})).is_ok()
}

#[test]
fn an_scp_binds_every_principal_of_the_account_and_names_itself() {
    let (cloud, root_id) = guarded(SCP);
    let account = member(&cloud, "one");
    let caller = root_of(&account);
    assert!(lists_users(&cloud, &caller));
    let scp = policy(&cloud, SCP, "no users", &deny("iam:ListUsers"));
    attach(&cloud, &scp, &account);
    let (code, message) = cloud.run_as(&caller, "ListUsers", json!({})).unwrap_err();
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("with an explicit deny in a service control policy"), "{message}");
    // Root of the account is bound, the management account never is.
    attach(&cloud, &scp, &root_id);
    assert!(lists_users(&cloud, &root()));
    detach(&cloud, &scp, &account).unwrap();
    assert!(!lists_users(&cloud, &caller), "the root's still counts");
    detach(&cloud, &scp, &root_id).unwrap();
    assert!(lists_users(&cloud, &caller));
}

#[test]
fn every_level_must_allow() {
    let (cloud, root_id) = guarded(SCP);
    let account = member(&cloud, "one");
    let outer = unit(&cloud, &root_id, "outer");
    let inner = unit(&cloud, &outer, "inner");
    let to = json!({
        "AccountId": account, "SourceParentId": root_id, "DestinationParentId": inner,
    });
    cloud.run("MoveAccount", to).unwrap();
    let caller = root_of(&account);
    let s3_only = policy(&cloud, SCP, "s3", &allow("s3:*", "*"));
    for level in [&root_id, &outer, &inner, &account] {
        assert!(lists_users(&cloud, &caller), "{level}");
        attach(&cloud, &s3_only, level);
        assert!(lists_users(&cloud, &caller), "{level}: one more allow takes nothing away");
        detach(&cloud, "p-FullAWSAccess", level).unwrap();
        let (_, message) = cloud.run_as(&caller, "ListUsers", json!({})).unwrap_err();
        assert!(
            message.ends_with("because no service control policy allows the iam:ListUsers action"),
            "{message}"
        );
        assert!(cloud.decide(&caller, "s3:ListAllMyBuckets", "*"), "{level}");
        attach(&cloud, "p-FullAWSAccess", level);
        detach(&cloud, &s3_only, level).unwrap();
    }
}

#[test]
fn a_policy_that_changes_counts_at_once() {
    let (cloud, _) = guarded(SCP);
    let account = member(&cloud, "one");
    let caller = root_of(&account);
    let scp = policy(&cloud, SCP, "s", &deny("iam:ListRoles"));
    attach(&cloud, &scp, &account);
    assert!(lists_users(&cloud, &caller));
    cloud.run("UpdatePolicy", json!({"PolicyId": scp, "Content": deny("iam:ListUsers")})).unwrap();
    assert!(!lists_users(&cloud, &caller));
    let roots = cloud.run("ListRoots", json!({})).unwrap();
    let root_id = text(&roots["Roots"][0]["Id"]);
    cloud.run("DisablePolicyType", json!({"RootId": root_id, "PolicyType": SCP})).unwrap();
    assert!(lists_users(&cloud, &caller));
    // What was attached is not when the type comes back.
    cloud.run("EnablePolicyType", json!({"RootId": root_id, "PolicyType": SCP})).unwrap();
    assert!(lists_users(&cloud, &caller));
}

#[test]
fn an_rcp_protects_the_resources_of_the_account_from_everybody() {
    let (cloud, _) = guarded(RCP);
    let account = member(&cloud, "one");
    let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
    let admin = cloud.user("admin", &allow("sts:AssumeRole", &role));
    let assume = json!({"RoleArn": role, "RoleSessionName": "test"});
    let session = cloud.run_as(&admin, "AssumeRole", assume.clone()).unwrap();
    assert!(lists_users(&cloud, &cloud.holder(&session)));
    let rcp = policy(
        &cloud,
        RCP,
        "not from outside",
        &statement(json!({
            "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": account}},
        })),
    );
    attach(&cloud, &rcp, &account);
    assert_eq!(code(cloud.run_as(&admin, "AssumeRole", assume)), "AccessDenied");
    // A service that RCPs do not cover goes on.
    assert!(lists_users(&cloud, &root_of(&account)));
}

#[test]
fn the_service_linked_role_is_not_bound() {
    let (cloud, _) = guarded(SCP);
    let account = member(&cloud, "one");
    let scp = policy(&cloud, SCP, "nothing", &deny("*"));
    attach(&cloud, &scp, &account);
    let arn = format!("arn:aws:sts::{account}:assumed-role/AWSServiceRoleForOrganizations/x");
    let decided = cloud.decided(&root_of(&account), "iam:ListUsers", "*");
    assert!(!decided.decision.is_allowed());
    let linked = iam::Request::new(
        iam::Caller::parse(&arn).unwrap(),
        iam::Action::parse("iam:DeleteRole").unwrap(),
        iam::Resource::parse("*").unwrap(),
        iam::Context::new(),
    );
    let mut around = iam::Surroundings::clone(&decided.around);
    around.identity =
        crate::iam::document::Document::new(&allow("*", "*")).set("all", iam::PolicyKind::Identity);
    assert!(iam::evaluate(&linked, &around).is_allowed());
}

#[test]
fn the_keys_of_organizations_are_supplied() {
    let (cloud, root_id) = organized();
    let account = member(&cloud, "one");
    let described = cloud.run("DescribeOrganization", json!({})).unwrap();
    let id = text(&described["Organization"]["Id"]);
    let ou = unit(&cloud, &root_id, "u");
    let to = json!({"AccountId": account, "SourceParentId": root_id, "DestinationParentId": ou});
    cloud.run("MoveAccount", to).unwrap();
    let role = format!("arn:aws:iam::{account}:role/r");
    let decided = cloud.decided(&root(), "iam:GetRole", &role);
    let value = |key: &str| {
        let context = decided.request.context();
        context.get_named(key).and_then(|values| values.single()).map(str::to_owned)
    };
    assert_eq!(value("aws:PrincipalOrgID"), Some(id.clone()));
    assert_eq!(value("aws:PrincipalOrgPaths"), Some(format!("{id}/{root_id}/")));
    assert_eq!(value("aws:ResourceOrgID"), Some(id.clone()));
    assert_eq!(value("aws:ResourceOrgPaths"), Some(format!("{id}/{root_id}/{ou}/")));
    let outside = cloud.decided(&root_of("999988887777"), "iam:GetRole", "*");
    assert!(outside.request.context().get_named("aws:PrincipalOrgID").is_none());
    assert!(outside.around.service_control.is_empty());
}

#[test]
fn an_account_that_left_is_free() {
    let (cloud, _) = guarded(SCP);
    let account = member(&cloud, "one");
    attach(&cloud, &policy(&cloud, SCP, "nothing", &deny("*")), &account);
    assert!(!lists_users(&cloud, &root_of(&account)));
    cloud.run("RemoveAccountFromOrganization", json!({"AccountId": account})).unwrap();
    assert!(lists_users(&cloud, &root_of(&account)));
    assert_eq!(
        code(cloud.run_as(&root_of(&account), "DescribeOrganization", json!({}))),
        "AWSOrganizationsNotInUseException"
    );
    cloud.run("DeleteOrganization", json!({})).unwrap();
    assert_eq!(
        code(cloud.run("DescribeOrganization", json!({}))),
        "AWSOrganizationsNotInUseException"
    );
    assert!(cloud.run("CreateOrganization", json!({})).is_ok(), "{ACCOUNT} may have one again");
}

#[test]
fn making_an_organization_takes_the_right_to_make_its_role() {
    let cloud = cloud();
    let some = cloud.user("some", &allow("organizations:*", "*"));
    assert_eq!(
        code(cloud.run_as(&some, "CreateOrganization", json!({}))),
        "AccessDeniedForDependencyException"
    );
    let all = json!({"Effect": "Allow", "Resource": "*",
        "Action": ["organizations:*", "iam:CreateServiceLinkedRole"]});
    let full = cloud.user("full", &statement(all));
    cloud.run_as(&full, "CreateOrganization", json!({})).unwrap();
    let role = cloud.run("GetRole", json!({"RoleName": "AWSServiceRoleForOrganizations"}));
    assert!(role.is_ok());
}

#[test]
fn the_simulator_knows_the_guardrails_of_the_account() {
    let (cloud, _) = guarded(SCP);
    let account = member(&cloud, "one");
    let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
    let ask = json!({"PolicySourceArn": role, "ActionNames": ["s3:ListAllMyBuckets"]});
    let simulate = || {
        let answer = cloud.run_as(&root_of(&account), "SimulatePrincipalPolicy", ask.clone());
        let answer = answer.unwrap();
        let result = &answer["EvaluationResults"][0];
        (
            text(&result["EvalDecision"]),
            result["OrganizationsDecisionDetail"]["AllowedByOrganizations"].as_bool(),
        )
    };
    assert_eq!(simulate(), ("allowed".to_owned(), Some(true)));
    attach(&cloud, &policy(&cloud, SCP, "no", &deny("s3:*")), &account);
    assert_eq!(simulate(), ("explicitDeny".to_owned(), Some(false)));
}
