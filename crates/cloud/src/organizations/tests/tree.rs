//! Units, accounts, policies: what is refused, and how.

use serde_json::{Value, json};

use super::{attach, deny, detach, guarded, member, organized, policy, root_of, text, unit};
use crate::organizations::attachment::MAX_ATTACHED;
use crate::organizations::create_account::MAX_ACCOUNTS;
use crate::organizations::policy::MAX_POLICY;
use crate::organizations::unit::MAX_DEPTH;
use crate::testing::{ACCOUNT, Cloud, allow, code};

const SCP: &str = "SERVICE_CONTROL_POLICY";

fn ids(answer: &Value, list: &str) -> Vec<String> {
    answer[list].as_array().unwrap().iter().map(|item| text(&item["Id"])).collect()
}

#[test]
fn an_organization_is_made_once_and_shown_to_its_members() {
    let (cloud, root) = organized();
    assert_eq!(
        cloud.run("CreateOrganization", json!({})),
        crate::testing::failure(
            "AlreadyInOrganizationException",
            "The AWS account is already a member of an organization."
        )
    );
    let account = member(&cloud, "one");
    let seen = cloud.run_as(&root_of(&account), "DescribeOrganization", json!({})).unwrap();
    let organization = &seen["Organization"];
    assert_eq!(organization["MasterAccountId"], ACCOUNT);
    assert_eq!(organization["FeatureSet"], "ALL");
    let id = text(&organization["Id"]);
    assert_eq!(
        organization["MasterAccountArn"],
        format!("arn:aws:organizations::{ACCOUNT}:account/{id}/{ACCOUNT}")
    );
    for operation in ["ListAccounts", "ListRoots"] {
        let denied = code(cloud.run_as(&root_of(&account), operation, json!({})));
        assert_eq!(denied, "AccessDeniedException", "{operation}");
    }
    let roots = cloud.run("ListRoots", json!({})).unwrap();
    assert_eq!(roots["Roots"][0]["PolicyTypes"], json!([]));
    assert_eq!(
        roots["Roots"][0]["Arn"],
        format!("arn:aws:organizations::{ACCOUNT}:root/{id}/{root}")
    );
    assert_eq!(
        code(cloud.run_as(&root_of("999988887777"), "ListRoots", json!({}))),
        "AWSOrganizationsNotInUseException"
    );
}

#[test]
fn units_nest_five_deep_and_have_names_of_their_own() {
    let (cloud, root) = organized();
    let mut parent = root.clone();
    for depth in 0..MAX_DEPTH {
        parent = unit(&cloud, &parent, &format!("level {depth}"));
    }
    let deeper = json!({"ParentId": parent, "Name": "too deep"});
    assert_eq!(code(cloud.run("CreateOrganizationalUnit", deeper)), "ConstraintViolationException");
    let again = json!({"ParentId": root, "Name": "level 0"});
    assert_eq!(
        code(cloud.run("CreateOrganizationalUnit", again)),
        "DuplicateOrganizationalUnitException"
    );
    let units = cloud.run("ListOrganizationalUnitsForParent", json!({"ParentId": root})).unwrap();
    let [first] = &ids(&units, "OrganizationalUnits")[..] else { panic!("{units}") };
    let full = cloud.run("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": first}));
    assert_eq!(code(full), "OrganizationalUnitNotEmptyException");
    cloud.run("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": parent})).unwrap();
    assert_eq!(
        code(cloud.run("DescribeOrganizationalUnit", json!({"OrganizationalUnitId": parent}))),
        "OrganizationalUnitNotFoundException"
    );
    let renamed = cloud
        .run("UpdateOrganizationalUnit", json!({"OrganizationalUnitId": first, "Name": "new"}))
        .unwrap();
    assert_eq!(renamed["OrganizationalUnit"]["Name"], "new");
}

#[test]
fn accounts_come_with_their_roles_up_to_the_quota() {
    let (cloud, root) = organized();
    let account = member(&cloud, "one");
    let caller = root_of(&account);
    let role = json!({"RoleName": "OrganizationAccountAccessRole"});
    let trust = text(
        &cloud.run_as(&caller, "GetRole", role.clone()).unwrap()["Role"]["AssumeRolePolicyDocument"],
    );
    assert!(trust.contains(ACCOUNT), "{trust}");
    let attached = cloud.run_as(&caller, "ListAttachedRolePolicies", role).unwrap();
    assert_eq!(attached["AttachedPolicies"][0]["PolicyName"], "AdministratorAccess");

    let twice = json!({"AccountName": "two", "Email": "ONE@example.com"});
    let begun = cloud.run("CreateAccount", twice).unwrap();
    let id = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
    let ended = cloud.run("DescribeCreateAccountStatus", id).unwrap();
    assert_eq!(ended["CreateAccountStatus"]["FailureReason"], "EMAIL_ALREADY_EXISTS");
    let failed = cloud.run("ListCreateAccountStatus", json!({"States": ["FAILED"]})).unwrap();
    assert_eq!(failed["CreateAccountStatuses"].as_array().unwrap().len(), 1);

    for number in 2..MAX_ACCOUNTS {
        member(&cloud, &format!("n{number}"));
    }
    let more = json!({"AccountName": "more", "Email": "more@example.com"});
    assert_eq!(
        cloud.run("CreateAccount", more),
        crate::testing::failure(
            "ConstraintViolationException",
            "You have exceeded the allowed number of AWS accounts."
        )
    );
    let first = cloud.run("ListAccounts", json!({"MaxResults": 6})).unwrap();
    let rest = json!({"MaxResults": 6, "NextToken": first["NextToken"]});
    let rest = cloud.run("ListAccounts", rest).unwrap();
    assert_eq!(ids(&first, "Accounts").len() + ids(&rest, "Accounts").len(), MAX_ACCOUNTS);
    assert_eq!(rest.get("NextToken"), None);
    let below = cloud.run("ListAccountsForParent", json!({"ParentId": root})).unwrap();
    assert_eq!(ids(&below, "Accounts").len(), MAX_ACCOUNTS);
}

#[test]
fn accounts_move_close_and_leave() {
    let (cloud, root) = organized();
    let (account, ou) = (member(&cloud, "one"), unit(&cloud, &root, "u"));
    let to = |source: &str, destination: &str| {
        let input = json!({
            "AccountId": account, "SourceParentId": source, "DestinationParentId": destination,
        });
        cloud.run("MoveAccount", input)
    };
    to(&root, &ou).unwrap();
    assert_eq!(code(to(&root, &ou)), "AccountNotFoundException");
    assert_eq!(code(to(&ou, &ou)), "DuplicateAccountException");
    assert_eq!(code(to(&ou, "ou-none-00000000")), "DestinationParentNotFoundException");
    assert_eq!(code(to("ou-none-00000000", &ou)), "SourceParentNotFoundException");
    let parents = cloud.run("ListParents", json!({"ChildId": account})).unwrap();
    assert_eq!(parents["Parents"], json!([{"Id": ou, "Type": "ORGANIZATIONAL_UNIT"}]));
    let children =
        cloud.run("ListChildren", json!({"ParentId": ou, "ChildType": "ACCOUNT"})).unwrap();
    assert_eq!(children["Children"], json!([{"Id": account, "Type": "ACCOUNT"}]));

    let id = json!({"AccountId": account});
    cloud.run("CloseAccount", id.clone()).unwrap();
    assert_eq!(code(cloud.run("CloseAccount", id.clone())), "AccountAlreadyClosedException");
    let shown = cloud.run("DescribeAccount", id.clone()).unwrap();
    assert_eq!(shown["Account"]["Status"], "SUSPENDED");
    assert!(shown["Account"]["JoinedTimestamp"].is_i64());
    let own = json!({"AccountId": ACCOUNT});
    assert_eq!(code(cloud.run("CloseAccount", own.clone())), "ConstraintViolationException");
    assert_eq!(
        code(cloud.run("RemoveAccountFromOrganization", own)),
        "MasterCannotLeaveOrganizationException"
    );
    assert_eq!(code(cloud.run("DeleteOrganization", json!({}))), "OrganizationNotEmptyException");
    cloud.run("RemoveAccountFromOrganization", id.clone()).unwrap();
    assert_eq!(code(cloud.run("DescribeAccount", id)), "AccountNotFoundException");
}

#[test]
fn policies_are_checked_and_protected_while_they_are_used() {
    let (cloud, root) = guarded(SCP);
    let create = |name: &str, content: &str| {
        let input = json!({"Name": name, "Description": "d", "Type": SCP, "Content": content});
        cloud.run("CreatePolicy", input)
    };
    let longest =
        |bytes: usize| format!("{}{}", deny("s3:*"), " ".repeat(bytes - deny("s3:*").len()));
    create("longest", &longest(MAX_POLICY)).unwrap();
    assert_eq!(code(create("longer", &longest(MAX_POLICY + 1))), "ConstraintViolationException");
    assert_eq!(
        create("bad", "{}"),
        crate::testing::failure(
            "MalformedPolicyDocumentException",
            "The provided policy document does not meet the requirements of the specified policy type."
        )
    );
    assert_eq!(code(create("longest", &deny("*"))), "DuplicatePolicyException");
    let tag_policy = json!({"Name": "t", "Description": "", "Type": "TAG_POLICY", "Content": "{}"});
    assert_eq!(code(cloud.run("CreatePolicy", tag_policy)), "NotImplemented");

    let scp = policy(&cloud, SCP, "p", &deny("s3:*"));
    attach(&cloud, &scp, &root);
    let again = json!({"PolicyId": scp, "TargetId": root});
    assert_eq!(code(cloud.run("AttachPolicy", again)), "DuplicatePolicyAttachmentException");
    assert_eq!(code(cloud.run("DeletePolicy", json!({"PolicyId": scp}))), "PolicyInUseException");
    let targets = cloud.run("ListTargetsForPolicy", json!({"PolicyId": scp})).unwrap();
    assert_eq!(targets["Targets"][0]["TargetId"], root);
    assert_eq!(targets["Targets"][0]["Type"], "ROOT");
    detach(&cloud, &scp, &root).unwrap();
    assert_eq!(code(detach(&cloud, &scp, &root)), "PolicyNotAttachedException");
    cloud.run("DeletePolicy", json!({"PolicyId": scp})).unwrap();
    assert_eq!(
        code(cloud.run("DescribePolicy", json!({"PolicyId": scp}))),
        "PolicyNotFoundException"
    );
    let aws = cloud.run("DescribePolicy", json!({"PolicyId": "p-FullAWSAccess"})).unwrap();
    assert_eq!(aws["Policy"]["PolicySummary"]["AwsManaged"], true);
    assert_eq!(
        code(cloud.run("DeletePolicy", json!({"PolicyId": "p-FullAWSAccess"}))),
        "InvalidInputException"
    );
}

#[test]
fn one_to_five_policies_are_attached() {
    let (cloud, root) = guarded(SCP);
    assert_eq!(code(detach(&cloud, "p-FullAWSAccess", &root)), "ConstraintViolationException");
    for number in 1..MAX_ATTACHED {
        attach(&cloud, &policy(&cloud, SCP, &format!("p{number}"), &allow("s3:*", "*")), &root);
    }
    let more = policy(&cloud, SCP, "more", &allow("s3:*", "*"));
    assert_eq!(
        cloud.run("AttachPolicy", json!({"PolicyId": more, "TargetId": root})),
        crate::testing::failure(
            "ConstraintViolationException",
            "You have attached the maximum number of policies to the specified target."
        )
    );
    let there =
        cloud.run("ListPoliciesForTarget", json!({"TargetId": root, "Filter": SCP})).unwrap();
    assert_eq!(ids(&there, "Policies").len(), MAX_ATTACHED);
    let all = cloud.run("ListPolicies", json!({"Filter": SCP})).unwrap();
    assert_eq!(ids(&all, "Policies").len(), MAX_ATTACHED + 1);
}

#[test]
fn types_are_enabled_before_they_are_used() {
    let (cloud, root) = organized();
    let scp = policy(&cloud, SCP, "p", &deny("s3:*"));
    let attach = json!({"PolicyId": scp, "TargetId": root});
    assert_eq!(code(cloud.run("AttachPolicy", attach)), "PolicyTypeNotEnabledException");
    let rcp = json!({"RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY"});
    assert_eq!(code(cloud.run("DisablePolicyType", rcp.clone())), "PolicyTypeNotEnabledException");
    cloud.run("EnablePolicyType", rcp.clone()).unwrap();
    assert_eq!(code(cloud.run("EnablePolicyType", rcp)), "PolicyTypeAlreadyEnabledException");
    let default = code(detach(&cloud, "p-RCPFullAWSAccess", &root));
    assert_eq!(default, "InvalidInputException");
    let bills = super::cloud();
    bills.run("CreateOrganization", json!({"FeatureSet": "CONSOLIDATED_BILLING"})).unwrap();
    let roots = bills.run("ListRoots", json!({})).unwrap();
    let enable = json!({"RootId": roots["Roots"][0]["Id"], "PolicyType": SCP});
    assert_eq!(
        code(bills.run("EnablePolicyType", enable)),
        "PolicyTypeNotAvailableForOrganizationException"
    );
}

#[test]
fn everything_can_be_tagged() {
    let (cloud, root) = guarded(SCP);
    let scp = policy(&cloud, SCP, "p", &deny("s3:*"));
    let (account, ou) = (member(&cloud, "one"), unit(&cloud, &root, "u"));
    for id in [&root, &scp, &account, &ou] {
        tags_of(&cloud, id);
    }
    let (key, value) = ("a", "1");
    let owner = cloud.user(
        "owner",
        &crate::testing::statement(json!({
            "Effect": "Allow", "Action": "organizations:DescribeAccount", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/a": value}},
        })),
    );
    let describe = json!({"AccountId": account});
    assert_eq!(
        code(cloud.run_as(&owner, "DescribeAccount", describe.clone())),
        "AccessDeniedException"
    );
    let tags = json!({"ResourceId": account, "Tags": [{"Key": key, "Value": value}]});
    cloud.run("TagResource", tags).unwrap();
    assert!(cloud.run_as(&owner, "DescribeAccount", describe).is_ok());
}

fn tags_of(cloud: &Cloud, id: &str) {
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]);
    cloud.run("TagResource", json!({"ResourceId": id, "Tags": tags})).unwrap();
    cloud.run("UntagResource", json!({"ResourceId": id, "TagKeys": ["a"]})).unwrap();
    let left = cloud.run("ListTagsForResource", json!({"ResourceId": id})).unwrap();
    assert_eq!(left["Tags"], json!([{"Key": "b", "Value": "2"}]), "{id}");
}
