//! An organization that demands a tag: IP103.

use clients::Server;
use serde_json::{Value, json};

use crate::apply::Apply;
use crate::cloud::Aws;
use crate::databricks::ACCOUNT_ID;
use crate::fixture::Fixture;

/// What the rule's own test has.
const SCP: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "CostCenter", "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"Null": {"aws:RequestTag/CostCenter": "true"}}}]}"#;

/// The account that the organization is managed from.
const MANAGEMENT: &str = "999999999999";

/// Makes an organization with one account, which the policy is attached to; the account's id.
fn member(server: &Server) -> String {
    let management = Aws::root(server, MANAGEMENT);
    let ask = |action: &str, body: Value| -> Value {
        let answer = management.organizations(action, &body.to_string()).unwrap();
        serde_json::from_str(&answer.body).unwrap_or_default()
    };
    ask("CreateOrganization", json!({"FeatureSet": "ALL"}));
    let roots = ask("ListRoots", json!({}));
    let root = roots["Roots"][0]["Id"].clone();
    ask("EnablePolicyType", json!({"RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY"}));
    ask("CreateAccount", json!({"Email": "data@example.com", "AccountName": "data"}));
    let listed = ask("ListAccounts", json!({}));
    let accounts = listed["Accounts"].as_array().unwrap();
    let member = accounts.iter().find(|it| it["Id"] != MANAGEMENT).unwrap();
    let policy = json!({"Name": "tags", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": SCP});
    let policy = ask("CreatePolicy", policy);
    let id = &policy["Policy"]["PolicySummary"]["Id"];
    ask("AttachPolicy", json!({"PolicyId": id, "TargetId": member["Id"]}));
    member["Id"].as_str().unwrap().to_owned()
}

/// The cross-account role of a workspace in that account, and its credentials configuration.
fn credentials(apply: &Apply<'_>, account: &str) -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "414351767826"},
        "Condition": {"StringEquals": {"sts:ExternalId": ACCOUNT_ID}},
    }]});
    let form = [("RoleName", "cross"), ("AssumeRolePolicyDocument", &*trust.to_string())];
    apply.aws.iam("CreateRole", &form).unwrap();
    let all = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let form = [("RoleName", "cross"), ("PolicyName", "all"), ("PolicyDocument", all)];
    apply.aws.iam("PutRolePolicy", &form).unwrap();
    let body = json!({
        "credentials_name": "cross",
        "aws_credentials": {"sts_role": {"role_arn": format!("arn:aws:iam::{account}:role/cross")}},
    });
    let path = format!("/api/2.0/accounts/{ACCOUNT_ID}/credentials");
    let made = apply.account.ask("POST", &path, &body).unwrap();
    crate::resources::string(&made, "credentials_id")
}

#[test]
fn the_organization_refuses_the_dry_run_and_not_what_skips_it() {
    let rule = check::find("IP103").unwrap();
    for (example, refused) in [(rule.failing, true), (rule.passing, false)] {
        let server = Server::with_workspace(&["--ephemeral"]);
        let account = member(&server);
        let fixture = Fixture::example("IP103", example).in_account(&account);
        let graph = fixture.graph();
        let mut apply = Apply::in_account(&server, &graph, &fixture, &account);
        let credentials = credentials(&apply, &account);
        apply.credentials.push(credentials);
        let outcome = apply.run();
        assert_eq!(outcome.is_err(), refused, "{outcome:?}");
        if let Err(told) = outcome {
            assert!(told.contains("Verification of the instance profile failed"), "{told}");
        }
    }
}
