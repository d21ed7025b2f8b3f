//! Deciding allocates nothing, and tracing stops allocating once its buffers have grown.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use iam::{
    Action, Caller, Context, Level, NamedPolicy, Policy, PolicyKind, PolicySet, Request, Resource,
    Surroundings, Trace, Values, evaluate, evaluate_traced,
};

fn set(kind: PolicyKind, text: &str) -> Arc<PolicySet> {
    let policy = Policy::parse(text.as_bytes(), kind).unwrap();
    Arc::new(PolicySet::new(vec![NamedPolicy::new("policy", policy)]))
}

/// Every gate, every operator family, variables, wildcards and negations.
fn situation() -> (Request, Surroundings) {
    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let identity = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::other/*"},
        {"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/${aws:username}/?*",
         "Condition":{
            "StringLike":{"aws:RequestedRegion":"us-*"},
            "StringEqualsIgnoreCase":{"aws:PrincipalTag/team":"DATA"},
            "NumericLessThan":{"s3:max-keys":"100.5"},
            "DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"},
            "Bool":{"aws:SecureTransport":true},
            "BinaryEquals":{"kms:X":"QUJD"},
            "IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]},
            "ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},
            "Null":{"aws:TokenIssueTime":"true"},
            "ForAllValues:StringLike":{"aws:TagKeys":["a*","b"]}}}]}"#;
    let bucket = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::123456789012:user/anna","123456789012"]},
         "Action":"s3:*","Resource":"arn:aws:s3:::b/*"},
        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:*","Resource":"*"}]}"#;
    let control = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    let level = |kind, text| vec![Level { name: "r-1".into(), policies: set(kind, text) }];
    let around = Surroundings {
        identity: set(PolicyKind::Identity, identity),
        resource: Some(set(PolicyKind::Resource, bucket)),
        boundary: None,
        session: Some(set(PolicyKind::Session, everything)),
        endpoint: Some(set(PolicyKind::Endpoint, control)),
        service_control: level(PolicyKind::ServiceControl, everything),
        resource_control: level(PolicyKind::ResourceControl, control),
    };
    let mut context = Context::new();
    for (key, value) in [
        ("aws:RequestedRegion", "us-east-1"),
        ("aws:PrincipalTag/team", "data"),
        ("s3:max-keys", "100"),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("aws:SecureTransport", "true"),
        ("kms:X", "ABC"),
        ("aws:SourceIp", "10.1.2.3"),
    ] {
        context.set(key, Values::one(value));
    }
    context.set("aws:TagKeys", Values::many(["ab", "b"]));
    let request = Request::new(
        Caller::parse("arn:aws:iam::123456789012:user/anna").unwrap(),
        Action::parse("s3:GetObject").unwrap(),
        Resource::parse("arn:aws:s3:::b/anna/x").unwrap(),
        context,
    );
    (request, around)
}

#[test]
fn deciding_allocates_nothing() {
    let (request, around) = situation();
    assert!(evaluate(&request, &around).is_allowed());
    let allocations = allocation_counter::measure(|| {
        assert!(evaluate(&request, &around).is_allowed());
    });
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn tracing_stops_allocating() {
    let (request, around) = situation();
    let mut trace = Trace::new();
    let first = allocation_counter::measure(|| {
        assert!(evaluate_traced(&request, &around, &mut trace).is_allowed());
    });
    assert!(first.count_total > 0, "the counter counts");
    let later = allocation_counter::measure(|| {
        assert!(evaluate_traced(&request, &around, &mut trace).is_allowed());
    });
    assert_eq!(later.count_total, 0);
}
