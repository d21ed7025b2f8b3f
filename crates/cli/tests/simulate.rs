//! `rolecall simulate` as a person runs it: what it prints, and its exit status.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use support::{Folder, rolecall};

const ANNA: &str = "arn:aws:iam::123456789012:user/anna";
const ROLE: &str = "arn:aws:iam::123456789012:role/data/etl";

fn folder() -> Folder {
    Folder::with(&[
        (
            "launch.json",
            r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Launch","Effect":"Allow","Action":"ec2:RunInstances","Resource":"*",
   "Condition":{"StringEquals":{"aws:RequestTag/Vendor":"Databricks"}}},
  {"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
        ),
        (
            "guardrail.json",
            r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"NeedOwner","Effect":"Deny","Action":"ec2:RunInstances","Resource":"*",
   "Condition":{"Null":{"aws:RequestTag/Owner":"true"}}}]}"#,
        ),
        (
            "trust.json",
            r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"414351767826"},
   "Condition":{"StringEquals":{"sts:ExternalId":"abc"}}}]}"#,
        ),
        ("broken.json", "{\"Version\":\"2012-10-17\",\n\"Statement\":[{\"Effect\":\"allow\"}]}"),
    ])
}

#[test]
fn an_allowed_request() {
    let folder = folder();
    let run = rolecall(
        &folder,
        &[
            "simulate",
            "--principal",
            ANNA,
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::b/k",
            "--identity",
            "launch.json",
        ],
    );
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!(run.stdout, @"
    ALLOWED
      arn:aws:iam::123456789012:user/anna
      s3:GetObject on arn:aws:s3:::b/k

    Why
      └─ ✓ identity policies allow it
         └─ launch.json
            ├─ ✓ Allow 2 matches, line 4
            │  ├─ ✓ Action s3:*
            │  └─ ✓ Resource *
            └─ 1 statement on other actions
    ");
}

#[test]
fn a_missing_pass_role() {
    let folder = folder();
    let run = rolecall(
        &folder,
        &[
            "simulate",
            "--principal",
            ANNA,
            "--action",
            "iam:PassRole",
            "--resource",
            ROLE,
            "--identity",
            "launch.json",
            "--context",
            "iam:PassedToService=ec2.amazonaws.com",
        ],
    );
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stdout, @r#"
    DENIED because nothing allows it
      arn:aws:iam::123456789012:user/anna
      iam:PassRole on arn:aws:iam::123456789012:role/data/etl

    AWS says
      User: arn:aws:iam::123456789012:user/anna is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/data/etl because no identity-based policy allows the iam:PassRole action

    Why
      └─ ✗ identity policies do not allow it: the request stops here
         └─ launch.json
            └─ 2 statements on other actions

    What would allow it (each was tried, smallest first)
      1. add to the policies of arn:aws:iam::123456789012:user/anna:
           {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/data/etl","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}
    "#);
}

/// Objects come and go: what would allow one is told of its folder, and of the bucket whose policy it is.
#[test]
fn an_object_is_mended_with_its_folder() {
    let folder = Folder::with(&[(
        "bucket.json",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Principal":{"AWS":"arn:aws:iam::123456789012:user/oskar"}}}"#,
    )]);
    let check = |resource: &str, granted: &str| {
        let mut line = vec!["simulate", "--principal", ANNA, "--action", "s3:GetObject"];
        line.extend(["--resource", resource, "--resource-account", "123456789012"]);
        line.extend(["--resource-policy", "bucket.json"]);
        let run = rolecall(&folder, &line);
        assert_eq!(run.status, 1);
        let own = format!(
            "1. add to the policies of {ANNA}:\n       \
             {{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"{granted}\"}}"
        );
        let buckets = format!(
            "2. add to the policy of arn:aws:s3:::b:\n       {{\"Effect\":\"Allow\",\"Principal\":\
             {{\"AWS\":\"{ANNA}\"}},\"Action\":\"s3:GetObject\",\"Resource\":\"{granted}\"}}"
        );
        for remedy in [own, buckets] {
            assert!(run.stdout.contains(&remedy), "{remedy}\n{}", run.stdout);
        }
    };
    check("arn:aws:s3:::b/k", "arn:aws:s3:::b/*");
    check("arn:aws:s3:::b/raw/2026/k.csv", "arn:aws:s3:::b/raw/2026/*");
    check("arn:aws:s3:::b/raw/", "arn:aws:s3:::b/raw/*");
}

#[test]
fn a_guardrail_in_the_way() {
    let folder = folder();
    let run = rolecall(
        &folder,
        &[
            "simulate",
            "--principal",
            ANNA,
            "--action",
            "ec2:RunInstances",
            "--resource",
            "arn:aws:ec2:us-east-1:123456789012:instance/*",
            "--identity",
            "launch.json",
            "--scp",
            "FullAWSAccess",
            "guardrail.json",
            "--context",
            "aws:RequestTag/Vendor=Databricks",
        ],
    );
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stdout, @r#"
    DENIED by an explicit deny
      arn:aws:iam::123456789012:user/anna
      ec2:RunInstances on arn:aws:ec2:us-east-1:123456789012:instance/*

    AWS says
      User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:us-east-1:123456789012:instance/* with an explicit deny in a service control policy

    Why
      ├─ ✗ service control policies of the account deny it: the request stops here
      │  ├─ FullAWSAccess
      │  │  └─ ✓ Allow 1 matches, line 1
      │  │     ├─ ✓ Action *
      │  │     └─ ✓ Resource *
      │  └─ guardrail.json
      │     └─ ✗ Deny 1 `NeedOwner` matches, line 2
      │        ├─ ✓ Action ec2:RunInstances
      │        ├─ ✓ Resource *
      │        └─ ✓ Null aws:RequestTag/Owner: true; the request does not supply it
      └─ ✓ identity policies allow it
         └─ launch.json
            ├─ ✓ Allow 1 `Launch` matches, line 2
            │  ├─ ✓ Action ec2:RunInstances
            │  ├─ ✓ Resource *
            │  └─ ✓ StringEquals aws:RequestTag/Vendor: Databricks; the request has Databricks
            └─ 1 statement on other actions

    What would allow it (each was tried, smallest first)
      1. send the request with aws:RequestTag/Owner = any-value (denied by Null true)
      2. ask whoever owns statement `NeedOwner` of guardrail.json, in the service control policies of the account to leave this caller out, by adding to its Condition:
           {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:user/anna"}}
      3. remove statement `NeedOwner` of guardrail.json, in the service control policies of the account
    "#);
}

#[test]
fn a_wrong_external_id_as_json() {
    let folder = folder();
    let run = rolecall(
        &folder,
        &[
            "simulate",
            "--principal",
            "arn:aws:iam::414351767826:role/control",
            "--action",
            "sts:AssumeRole",
            "--resource",
            ROLE,
            "--resource-policy",
            "trust.json",
            "--context",
            "sts:ExternalId=wrong",
            "--format",
            "json",
        ],
    );
    assert_eq!(run.status, 1);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["decision"], "ImplicitlyDenied");
    assert_eq!(answer["blockedBy"], serde_json::json!(["identity", "trust"]));
    let sentence = "User: arn:aws:iam::414351767826:role/control is not authorized to perform: \
                    sts:AssumeRole on resource: arn:aws:iam::123456789012:role/data/etl";
    assert_eq!(answer["message"], sentence);
    let condition = &answer["gates"][1]["policies"][0]["statements"][0]["conditions"][0];
    assert_eq!(condition["key"], "sts:ExternalId");
    assert_eq!(condition["wants"], serde_json::json!(["abc"]));
    assert_eq!(condition["has"], serde_json::json!(["wrong"]));
    let change = &answer["remedies"][0]["changes"][0];
    assert_eq!(change["kind"], "supply-context");
    assert_eq!(change["text"], "send the request with sts:ExternalId = abc (StringEquals abc)");
}

#[test]
fn levels_of_an_organization() {
    let folder = folder();
    let ask = |scp: &[&str]| {
        let mut arguments = vec![
            "simulate",
            "--principal",
            ANNA,
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::b/k",
            "--identity",
            "launch.json",
            "--scp",
        ];
        arguments.extend(scp);
        rolecall(&folder, &arguments).status
    };
    assert_eq!(ask(&["root=FullAWSAccess", "ou=FullAWSAccess", "ou=guardrail.json"]), 0);
    assert_eq!(ask(&["root=FullAWSAccess", "ou=guardrail.json"]), 1, "a level that allows nothing");
}

#[test]
fn bad_input_is_told_with_its_cure() {
    let folder = folder();
    let good = ["--principal", ANNA, "--action", "s3:GetObject", "--resource", "*"];
    for (change, expected) in [
        (&["--principal", "anna"][..], "error: `anna` is not a principal: write the ARN of"),
        (
            &["--action", "GetObject"],
            "error: `GetObject` is not an action: write it as service:Name",
        ),
        (&["--resource", "bucket"], "error: `bucket` is not a resource: write an ARN, or *"),
        (&["--context", "novalue"], "error: `novalue` is not KEY=VALUE"),
        (&["--identity", "none.json"], "error: cannot read `none.json`: No such file"),
        (&["--identity", "."], "error: cannot read `.`: Is a directory"),
        (
            &["--identity", "broken.json"],
            "broken.json:2:24: error: `Effect` is \"Allow\" or \"Deny\"",
        ),
        (&["--resource-account", "12"], "error: `12` is not an AWS account id"),
    ] {
        let mut arguments = vec!["simulate"];
        for pair in good.chunks(2).filter(|pair| pair[0] != change[0]) {
            arguments.extend(pair);
        }
        arguments.extend(change);
        let run = rolecall(&folder, &arguments);
        assert_eq!(run.status, 2, "{change:?}");
        assert_eq!(run.stdout, "", "{change:?}");
        assert!(run.stderr.contains(expected), "{change:?}: {}", run.stderr);
    }
    let run = rolecall(&folder, &["simulate"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--principal"), "{}", run.stderr);
}
