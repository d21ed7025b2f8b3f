//! What the rules' own tests share, and what holds for all rules.

use std::fmt::Write as _;

use super::*;
use crate::kind::PolicyKind;

/// What a rule finds in a document, or in the one statement whose members are given: for each finding
/// its severity and the text that it points at.
pub(super) fn check(rule: &Rule, kind: PolicyKind, document: &str, expected: &[&str]) {
    let text = whole(document);
    let policy = Policy::parse(text.as_bytes(), kind).unwrap();
    let found = super::check(&policy).into_iter().filter(|finding| finding.code == rule.code);
    let found: Vec<String> = found
        .map(|finding| format!("{} {}", finding.severity.name(), finding.span.of(&text)))
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// As [`check`], for an identity's policy that allows something.
pub(super) fn check_allow(rule: &Rule, members: &str, expected: &[&str]) {
    check(rule, PolicyKind::Identity, &format!(r#""Effect":"Allow",{members}"#), expected);
}

fn whole(document: &str) -> String {
    if document.starts_with('{') {
        return document.to_owned();
    }
    format!(r#"{{"Version":"2012-10-17","Statement":{{{document}}}}}"#)
}

fn report(kind: PolicyKind, document: &str) -> String {
    let text = whole(document);
    let policy = Policy::parse(text.as_bytes(), kind).unwrap();
    let mut report = String::new();
    for finding in super::check(&policy) {
        let Diagnostic { severity, code, message, span, help } = finding;
        let _ = writeln!(report, "{}[{code}] {}", severity.name(), span.of(&text));
        let _ = writeln!(report, "    {message}");
        if let Some(help) = help {
            let _ = writeln!(report, "    = {help}");
        }
    }
    report
}

#[test]
fn names_are_unique_sorted_and_explained() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(codes, sorted);
    for rule in &RULES {
        assert!(
            rule.code
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
        );
        assert!(rule.summary.len() > 20 && rule.source.len() > 10, "{}", rule.code);
        assert_eq!(super::rule(rule.code).map(|found| found.code), Some(rule.code));
    }
}

/// A document of their own for what the rules say, in full.
#[test]
fn what_the_rules_say() {
    let spot = r#""Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:PutRolePolicy"],"Resource":"arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot","Condition":{"StringLike":{"iam:AWSServiceName":"spot.amazonaws.com"}}"#;
    let image = r#""Effect":"Allow","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:us-west-2:123456789012:image/*","Condition":{"StringEquals":{"aws:ResourceTag/Vendor":"Databricks"}}"#;
    let said = [
        (PolicyKind::Identity, spot),
        (PolicyKind::Identity, image),
        (PolicyKind::Identity, &image.replace("\"Resource\"", "\"NotResource\"")),
        (
            PolicyKind::Identity,
            r#""Effect":"Deny","Action":["s3:GetObjects","s3:Gte*","ce2:RunInstances","s3:ListObjectsV2"],"Resource":"*""#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data""#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":["s3:ListBucket","s3:PutObject","s3:ListAllMyBuckets"],"Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*","arn:aws:sqs:*:*:q"]"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":["s3:ListBucket","s3:PutObject","s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::data""#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"arn:aws:ec2:us-west-2:123456789012:instance/*""#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":"ec2:RunInstances","Resource":["arn:aws:ec2:*:*:instance/*","arn:aws:ec2:*:*:subnet/*"],"Condition":{"StringEquals":{"aws:RequestTag/Vendor":"Databricks"}}"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*","Condition":{"StringLike":{"s3:prefix":"home/*"},"StringEquals":{"aws:SourceIp":"203.0.113.0/24","aws:SourceVpcs":"vpc-1","aws:PrincipalArn":"arn:aws:iam::*:role/a"}}"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddressIfExists":{"aws:SourceIp":["203.0.113.0/33","${aws:SourceIp}"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"DateLessThan":{"aws:CurrentTime":"2026-1-1"}}"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":["iam:PassRole","iam:Pass*"],"Resource":["*","arn:aws:iam::123456789012:role/a"]"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a","aws:username":"b"},"StringEquals":{"aws:PrincipalOrgPaths":"o"},"NullIfExists":{"aws:TagKeys":"no"},"StringLike":{"aws:TagKeys":[]}}"#,
        ),
        (
            PolicyKind::Identity,
            r#""Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b/${aws:usrname}","arn:aws:s3:::b/${AWS::Region}","arn:aws:s3:::b/${aws:username","arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q","arn:aws:sqs","arn:aws:ec2:REGION:ID:instances/*","arn:aws:ec2:REGION:ID:volume/*"]"#,
        ),
        (
            PolicyKind::Identity,
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"}}"#,
        ),
        (
            PolicyKind::Trust,
            r#""Effect":"Allow","Principal":{"AWS":"*","Federated":"arn:aws:iam::123456789012:saml-provider/idp"},"Action":"sts:AssumeRole""#,
        ),
        (
            PolicyKind::Resource,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","NotPrincipal":{"AWS":[]},"Action":"s3:*","Resource":"my-bucket"},{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3"}]}"#,
        ),
        (
            PolicyKind::ResourceControl,
            r#""Effect":"Allow","NotPrincipal":{"AWS":"123456789012"},"Action":["*","ec2:*"],"Resource":"*""#,
        ),
    ];
    let said: Vec<String> = said
        .iter()
        .map(|(kind, document)| format!("{kind} {document}\n\n{}", report(*kind, document)))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
