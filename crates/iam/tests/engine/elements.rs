//! `Action`, `NotAction`, `Resource`, `NotResource` and `Version`: what they match.
//!
//! guide: the pages on each element, "Grammar", "Policy variables".

use iam::PolicyKind;

use crate::support::*;

/// Whether a policy with these elements allows the request.
fn covers(elements: &str, action: &str, resource: &str) -> bool {
    asks(elements, action, resource).is_allowed()
}

fn asks(elements: &str, action: &str, resource: &str) -> Ask {
    Ask::new(ANNA, action, resource)
        .owned_by(ACCOUNT)
        .identity(format!(r#"{{"Effect": "Allow", {elements}}}"#))
}

/// guide: Action: "The prefix and the action name are case insensitive", wildcards in the name.
#[test]
fn actions() {
    for (pattern, action, expected) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:GetObject", true),
        ("s3:GetObject", "s3:GetObject", true),
        ("S3:getobject", "s3:GetObject", true),
        ("s3:getobject", "S3:GETOBJECT", true),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:GetObjectVersion", true),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObjectVersion", false),
        ("s3:G?tObject", "s3:GetObject", true),
        ("s3:Get?Object", "s3:GetObject", false),
        ("s3:*", "s3express:CreateSession", false),
        ("s3:*", "s3-outposts:GetObject", false),
        ("s3", "s3:GetObject", false),
        ("GetObject", "s3:GetObject", false),
        // IAM refuses these. Here a * of the service's part stays on its side of the colon.
        ("s*:GetObject", "s3:GetObject", true),
        ("*:*", "s3:GetObject", true),
        ("s*GetObject", "s3:GetObject", false),
        ("s3:*:GetObject", "s3:GetObject", false),
        // What cannot be an action matches none.
        ("", "s3:GetObject", false),
        ("s3:", "s3:GetObject", false),
        (":*", "s3:GetObject", false),
        (" s3:*", "s3:GetObject", false),
        ("s3: GetObject", "s3:GetObject", false),
        ("s3:GetObject ", "s3:GetObject", false),
        ("s3:* ", "s3:GetObject", false),
    ] {
        let positive = format!(r#""Action": "{pattern}", "Resource": "*""#);
        assert_eq!(covers(&positive, action, OBJECT), expected, "Action {pattern}: {action}");
        // guide: NotAction: "matches everything except the specified list of actions".
        let negative = format!(r#""NotAction": "{pattern}", "Resource": "*""#);
        assert_eq!(covers(&negative, action, OBJECT), !expected, "NotAction {pattern}: {action}");
    }
}

#[test]
fn lists_of_actions() {
    for (elements, action, expected) in [
        (r#""Action": ["s3:Get*", "s3:List*"]"#, "s3:ListBucket", true),
        (r#""Action": ["s3:Get*", "s3:List*"]"#, "s3:PutObject", false),
        (r#""NotAction": ["s3:Get*", "s3:List*"]"#, "s3:ListBucket", false),
        (r#""NotAction": ["s3:Get*", "s3:List*"]"#, "s3:PutObject", true),
        (r#""NotAction": ["s3:Get*", "iam:*"]"#, "ec2:RunInstances", true),
        (r#""NotAction": "*""#, "s3:GetObject", false),
        // guide: grammar: an empty list is allowed; nothing is listed.
        (r#""Action": []"#, "s3:GetObject", false),
        (r#""NotAction": []"#, "s3:GetObject", true),
    ] {
        let elements = format!(r#"{elements}, "Resource": "*""#);
        assert_eq!(covers(&elements, action, OBJECT), expected, "{elements}: {action}");
    }
}

/// guide: Resource, "Using wildcards in resource ARNs": within segments, and in the last one across
/// `/` and `:`.
#[test]
fn resources() {
    let queue = "arn:aws:sqs:us-east-1:111122223333:jobs";
    let logs = "arn:aws:logs:us-east-1:111122223333:log-group:app:log-stream:a/b";
    let test_objects = "arn:aws:s3:::data/*/test/*";
    for (pattern, resource, expected) in [
        ("*", OBJECT, true),
        ("*", "*", true),
        (OBJECT, OBJECT, true),
        (OBJECT, BUCKET, false),
        ("arn:aws:s3:::data", OBJECT, false),
        ("arn:aws:s3:::data/*", OBJECT, true),
        ("arn:aws:s3:::data/*", BUCKET, false),
        ("arn:aws:s3:::data*", "arn:aws:s3:::database/x", true),
        ("arn:aws:s3:::DATA/*", OBJECT, false),
        ("arn:aws:s3:::data/2026/?.csv", OBJECT, true),
        ("arn:aws:s3:::data/2026/?", OBJECT, false),
        (test_objects, "arn:aws:s3:::data/1/test/object.jpg", true),
        (test_objects, "arn:aws:s3:::data/1/2/test/3/object.jpg", true),
        (test_objects, "arn:aws:s3:::data/1///test///object.jpg", true),
        (test_objects, "arn:aws:s3:::data//test/object.jpg", true),
        (test_objects, "arn:aws:s3:::data/1/test/", true),
        (test_objects, "arn:aws:s3:::data/1-test/object.jpg", false),
        (test_objects, "arn:aws:s3:::data/test/object.jpg", false),
        (test_objects, "arn:aws:s3:::data/1/2/test.jpg", false),
        ("arn:aws:sqs:*:*:*", queue, true),
        ("arn:aws:sqs:us-*:111122223333:jobs", queue, true),
        ("arn:aws:sqs:us-east-1:*:jobs", queue, true),
        ("arn:*:sqs:us-east-1:111122223333:jobs", queue, true),
        ("arn:aws:sqs::111122223333:jobs", queue, false),
        ("arn:aws:sqs:us-east-1:111122223333:Jobs", queue, false),
        ("arn:aws:SQS:us-east-1:111122223333:jobs", queue, false),
        // A `*` stays within its segment: the commonest mistake of policy engines.
        ("arn:aws:sqs:us-east-1:*", queue, true), // five segments: the missing one is `*` (unverified)
        ("arn:aws:*:jobs", queue, false),
        ("arn:aws:sqs:*:jobs", queue, false),
        ("arn:aws:sqs:*:jobs", "arn:aws:sqs:us-east-1:jobs:x", true),
        ("arn:*jobs", queue, false),
        ("arn:aws:s3:*:*:da:ta", "arn:aws:s3:x:y:z:da:ta", false),
        // The last segment may hold colons, and a `*` there covers them.
        ("arn:aws:logs:*:*:log-group:app:*", logs, true),
        ("arn:aws:logs:*:*:*", logs, true),
        ("arn:aws:logs:*:*:*:log-stream:a/b", logs, true),
        ("arn:aws:logs:*:*:log-group:app", logs, false),
        // Not ARNs.
        ("data", BUCKET, false),
        ("", BUCKET, false),
        ("s3:::data", BUCKET, false),
        ("ARN:aws:s3:::data", BUCKET, false),
    ] {
        let elements = format!(r#""Action": "*", "Resource": "{pattern}""#);
        assert_eq!(covers(&elements, "test:Any", resource), expected, "{pattern}: {resource}");
    }
}

/// guide: Resource, Note: actions without resource-level permissions match `"Resource": "*"` alone.
/// Their requests come with the resource `*`.
#[test]
fn actions_without_resources() {
    for (elements, expected) in [
        (r#""Resource": "*""#, true),
        (r#""Resource": "arn:aws:ec2:us-east-1:111122223333:instance/*""#, false),
        (r#""Resource": "arn:aws:ec2:*:*:*""#, false),
        (r#""Resource": "arn:*:*:*:*:*""#, false),
        (r#""Resource": ["arn:aws:s3:::data", "*"]"#, true),
        (r#""NotResource": "arn:aws:s3:::data""#, true),
        (r#""NotResource": "*""#, false),
    ] {
        let elements = format!(r#""Action": "*", {elements}"#);
        assert_eq!(covers(&elements, "ec2:DescribeInstances", "*"), expected, "{elements}");
    }
    // So a Deny with an ARN denies nothing.
    Ask::new(ANNA, "ec2:DescribeInstances", "*")
        .identity(ALLOW_ALL)
        .identity(r#"{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:ec2:*:*:instance/*"}"#)
        .gives("Allowed");
}

/// guide: NotResource: "matches every resource except those specified".
#[test]
fn not_resource() {
    for (element, resource, expected) in [
        (r#""arn:aws:s3:::data""#, OBJECT, true),
        (r#""arn:aws:s3:::data/*""#, OBJECT, false),
        (r#"["arn:aws:s3:::data", "arn:aws:s3:::data/*"]"#, OBJECT, false),
        (r#"["arn:aws:s3:::data", "arn:aws:s3:::data/*"]"#, BUCKET, false),
        (r#"["arn:aws:s3:::data", "arn:aws:s3:::data/*"]"#, "arn:aws:s3:::other", true),
        ("[]", OBJECT, true),
        // What is no ARN exempts nothing, and does not turn round into a match: unverified.
        (r#""data""#, OBJECT, false),
    ] {
        let elements = format!(r#""Action": "*", "NotResource": {element}"#);
        assert_eq!(covers(&elements, "s3:Any", resource), expected, "{elements}: {resource}");
    }
}

/// guide: policy variables: in `Resource` behind the fifth colon, and "a resource that includes a
/// policy variable with no value will not match any resource".
#[test]
fn variables_in_resources() {
    let anna = "arn:aws:s3:::data/anna/x";
    for (pattern, resource, expected, expected_not) in [
        // pattern, resource, whether Resource matches, whether NotResource does
        ("arn:aws:s3:::data/${aws:username}/*", anna, true, false),
        ("arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::data/bert/x", false, true),
        ("arn:aws:s3:::data/${AWS:Username}/*", anna, true, false),
        ("arn:aws:s3:::data/${aws:PrincipalTag/team}/*", anna, false, false),
        ("arn:aws:s3:::data/${aws:PrincipalTag/team, 'anna'}/*", anna, true, false),
        ("arn:aws:s3:::data/${aws:PrincipalTag/team, 'bert'}/*", anna, false, true),
        ("arn:aws:s3:::data/${test:Many}/*", "arn:aws:s3:::data/a/x", false, false),
        ("arn:aws:s3:::${aws:PrincipalTag/team}", "*", false, false),
        // The rest of the pattern does not fit either: still nothing to turn round.
        ("arn:aws:sqs:::${aws:PrincipalTag/team}", anna, false, false),
        ("arn:aws:sqs:::${aws:username}", anna, false, true),
        // guide: special characters.
        ("arn:aws:s3:::data/${*}/x", "arn:aws:s3:::data/*/x", true, false),
        ("arn:aws:s3:::data/${*}/x", anna, false, true),
        ("arn:aws:s3:::data/${?}${$}", "arn:aws:s3:::data/?$", true, false),
        // Before the fifth colon it is plain text.
        ("arn:aws:s3:::data/a:${aws:username}", "arn:aws:s3:::data/a:anna", true, false),
        ("arn:aws:sqs::${aws:PrincipalAccount}:q", "arn:aws:sqs::111122223333:q", false, true),
        // A wildcard in the value is a letter: unverified.
        ("arn:aws:s3:::data/${test:Star}/x", anna, false, true),
        ("arn:aws:s3:::data/${test:Star}/x", "arn:aws:s3:::data/*/x", true, false),
    ] {
        for (element, expected) in [("Resource", expected), ("NotResource", expected_not)] {
            let elements = format!(r#""Action": "*", "{element}": "{pattern}""#);
            let ask = asks(&elements, "test:Any", resource)
                .key("test:Star", "*")
                .keys("test:Many", &["a", "b"]);
            assert_eq!(ask.is_allowed(), expected, "{element} {pattern}: {resource}");
        }
    }
    // Beside a pattern without value, others still count.
    let elements = r#""Action": "*",
        "Resource": ["arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::data/*"]"#;
    assert!(covers(elements, "s3:GetObject", OBJECT));
    let denying = r#"{"Effect": "Deny", "Action": "*",
        "NotResource": ["arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::else"]}"#;
    let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(ALLOW_ALL).identity(denying);
    ask.gives("Allowed");
}

/// guide: Version: variables such as `${aws:username}` are literal strings before 2012-10-17.
#[test]
fn versions() {
    for (version, resource, expected) in [
        (r#""Version": "2012-10-17","#, "arn:aws:s3:::data/anna", true),
        (r#""Version": "2012-10-17","#, "arn:aws:s3:::data/${aws:username}", false),
        (r#""Version": "2008-10-17","#, "arn:aws:s3:::data/anna", false),
        (r#""Version": "2008-10-17","#, "arn:aws:s3:::data/${aws:username}", true),
        ("", "arn:aws:s3:::data/anna", false),
        ("", "arn:aws:s3:::data/${aws:username}", true),
    ] {
        let policy = format!(
            r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "s3:*",
                "Resource": "arn:aws:s3:::data/${{aws:username}}"}}}}"#
        );
        let ask = Ask::new(ANNA, "s3:GetObject", resource).identity(policy);
        assert_eq!(ask.is_allowed(), expected, "{version} {resource}");
    }
    // Everything else is the same: wildcards count in both.
    let old = r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
        "Resource": "arn:aws:s3:::data/*"}}"#;
    Ask::new(ANNA, "s3:GetObject", OBJECT).identity(old).gives("Allowed");
}

/// A kind of policy and how a request gets one.
type Place = (PolicyKind, fn(Ask, &str) -> Ask);

/// ARNs with fewer than six segments. AWS documents nothing (unverified); this is what public engines
/// agree on: identity-based policies complete them, resource-based policies and SCPs do so under
/// conditions, RCPs never.
#[test]
fn short_arns() {
    use PolicyKind::{
        Boundary, Endpoint, Identity, Resource, ResourceControl, ServiceControl, Session,
    };
    let queue = "arn:aws:sqs:us-east-1:111122223333:jobs";
    let places: [Place; 7] = [
        (Identity, |ask, policy| ask.identity(policy)),
        (Resource, |ask, policy| ask.resource_policy(policy)),
        (Boundary, |ask, policy| ask.identity(ALLOW_ALL).boundary(policy)),
        (Session, |ask, policy| ask.identity(ALLOW_ALL).session(policy)),
        (Endpoint, |ask, policy| ask.identity(ALLOW_ALL).endpoint(policy)),
        (ServiceControl, |ask, policy| ask.identity(ALLOW_ALL).scps(&[policy])),
        (ResourceControl, |ask, policy| ask.identity(ALLOW_ALL).rcps(&[policy])),
    ];
    for (pattern, kinds) in [
        ("arn:aws:sqs", &[Identity, Boundary, Session][..]),
        ("arn:aws:sqs:us-east-1", &[Identity, Boundary, Session]),
        ("arn:aws:sqs:*", &[Identity, Boundary, Session, Resource, Endpoint, ServiceControl]),
        ("arn:aws:sqs:*:111122223333", &[Identity, Boundary, Session, Resource, Endpoint]),
        ("arn:aws:*", &[Identity, Boundary, Session, Resource, Endpoint, ServiceControl]),
        ("arn:aws:sns:*", &[]),
    ] {
        for (kind, place) in places {
            let principal = if kind.has_principal() { r#""Principal": "*", "# } else { "" };
            let policy = format!(
                r#"{{"Effect": "Allow", {principal}"Action": "*", "Resource": "{pattern}"}}"#
            );
            let ask = place(Ask::new(ANNA, "sqs:SendMessage", queue), &policy);
            assert_eq!(ask.is_allowed(), kinds.contains(&kind), "{pattern} in {kind}");
        }
    }
}

/// guide: "JSON policy document structure": in a resource-based policy `Resource` may be left out;
/// the policy then speaks of the resource that it is attached to.
#[test]
fn resource_based_policies_may_leave_the_resource_out() {
    let topic = "arn:aws:sns:us-east-1:111122223333:alerts";
    let policy = r#"{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sns:*"}"#;
    Ask::new(OTHER_USER, "sns:Publish", topic)
        .identity(ALLOW_ALL)
        .resource_policy(policy)
        .gives("Allowed");
}

/// guide: "Grammar": one element needs no brackets, the order of elements does not matter.
#[test]
fn the_form_of_a_document_does_not_matter() {
    for policy in [
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
        r#"{"Statement":[{"Resource":["*"],"Action":["s3:*"],"Effect":"Allow"}],"Version":"2012-10-17"}"#,
        "{ \"Statement\" : [ { \"Effect\" : \"Allow\",\r\n\t\"Action\":\"s3:*\" , \"Resource\":\"*\" } ] }",
        r#"{"Statement":{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{}}}"#,
        r#"{"Statement":{"Effect":"\u0041llow","Action":"s3:\u002a","Resource":"\u002A"}}"#,
    ] {
        Ask::new(ANNA, "s3:GetObject", OBJECT).identity(policy).gives("Allowed");
    }
}
