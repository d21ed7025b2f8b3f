//! `rolecall simulate --batch`: one answer a line, in order, whatever the lines hold.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use serde_json::{Value, json};
use support::{Folder, rolecall};

const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn answers(lines: &str, extra: &[&str]) -> (i32, Vec<Value>) {
    let folder = Folder::with(&[("batch.jsonl", lines)]);
    let mut arguments = vec!["simulate", "--batch", "batch.jsonl"];
    arguments.extend(extra);
    let run = rolecall(&folder, &arguments);
    assert_eq!(run.stderr, "");
    (run.status, run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn request(changes: Value) -> String {
    let mut request = json!({
        "id": "r", "principal": "arn:aws:iam::123456789012:user/anna",
        "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "identityPolicies": [serde_json::from_str::<Value>(ALLOW_ALL).unwrap()],
    });
    for (key, value) in changes.as_object().unwrap() {
        request[key] = value.clone();
    }
    request.to_string()
}

/// Decision and gates of one request.
fn check(changes: Value, decision: &str, blocked_by: &[&str]) {
    let (status, answers) = answers(&request(changes.clone()), &[]);
    assert_eq!(status, 0, "{changes}");
    assert_eq!(answers[0]["id"], "r");
    assert_eq!(answers[0]["decision"], decision, "{changes}");
    assert_eq!(answers[0]["blockedBy"], json!(blocked_by), "{changes}");
    assert_eq!(answers[0]["message"].is_null(), decision == "Allowed", "{changes}");
}

#[test]
fn every_field_has_its_part() {
    let allow = || serde_json::from_str::<Value>(ALLOW_ALL).unwrap();
    let deny = || json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}});
    let other = || json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}});
    let public = || json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}});
    let level = |policies: Vec<Value>| json!([{"orgIdentifier": "r-1", "policies": policies}]);
    let implicit = "ImplicitlyDenied";
    for (changes, decision, blocked_by) in [
        (json!({}), "Allowed", &[][..]),
        (json!({"identityPolicies": []}), implicit, &["identity"]),
        (json!({"identityPolicies": null}), implicit, &["identity"]),
        (
            json!({"identityPolicies": [{"name": "p", "document": deny()}]}),
            "ExplicitlyDenied",
            &["identity"],
        ),
        (json!({"resourceAccount": "210987654321"}), implicit, &["resource"]),
        (json!({"resourceAccount": "210987654321", "resourcePolicy": public()}), "Allowed", &[]),
        (json!({"permissionBoundaries": [other()]}), implicit, &["boundary"]),
        (json!({"permissionBoundaries": []}), implicit, &["boundary"]),
        (json!({"sessionPolicy": other()}), implicit, &["session"]),
        (json!({"sessionPolicy": allow().to_string()}), "Allowed", &[]),
        (json!({"vpcEndpointPolicies": []}), "Allowed", &[]),
        (json!({"vpcEndpointPolicies": [other()]}), implicit, &["vpce"]),
        (json!({"scps": level(vec![allow()])}), "Allowed", &[]),
        (json!({"scps": level(vec![])}), implicit, &["scp"]),
        (
            json!({"scps": level(vec![allow(), json!({"name": "x", "document": deny()})])}),
            "ExplicitlyDenied",
            &["scp"],
        ),
        (json!({"rcps": level(vec![public()])}), "Allowed", &[]),
        (json!({"rcps": level(vec![])}), implicit, &["rcp"]),
        (json!({"principal": {"type": "Anonymous"}}), implicit, &["resource"]),
        (json!({"principal": {"type": "Anonymous"}, "resourcePolicy": public()}), "Allowed", &[]),
        (
            json!({"principal": {"type": "Service", "service": "ec2.amazonaws.com"}}),
            implicit,
            &["resource"],
        ),
        (
            json!({"principal": {"type": "Federated", "provider": "accounts.google.com"}, "action": "sts:AssumeRoleWithWebIdentity", "resource": "arn:aws:iam::123456789012:role/r"}),
            implicit,
            &["trust"],
        ),
        (json!({"unknown": {"field": 1}}), "Allowed", &[]),
    ] {
        check(changes, decision, blocked_by);
    }
}

#[test]
fn context_values_of_every_shape() {
    let policy = |operator: &str, key: &str, value: Value| {
        json!([{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {key: value}}}}])
    };
    for (operator, wanted, has, decision) in [
        ("StringEquals", json!("a"), json!("a"), "Allowed"),
        ("StringEquals", json!("a"), json!(["a"]), "Allowed"),
        ("ForAllValues:StringEquals", json!(["a", "b"]), json!(["b", "a"]), "Allowed"),
        ("ForAnyValue:StringEquals", json!("a"), json!(["b"]), "ImplicitlyDenied"),
        ("Bool", json!(true), json!(true), "Allowed"),
        ("NumericLessThan", json!(10), json!(9.5), "Allowed"),
        ("Null", json!(true), json!(null), "Allowed"),
    ] {
        let changes =
            json!({"identityPolicies": policy(operator, "k:k", wanted), "context": {"K:K": has}});
        let expected: &[&str] = if decision == "Allowed" { &[] } else { &["identity"] };
        check(changes, decision, expected);
    }
}

#[test]
fn malformed_lines_are_answered_and_the_rest_goes_on() {
    let bad_policy = request(
        json!({"identityPolicies": [{"name": "p", "document": {"Statement": [{"Effect": "Maybe"}]}}]}),
    );
    let lines = [
        request(json!({"id": 1})),
        "{".to_owned(),
        String::new(),
        "[]".to_owned(),
        r#"{"id": 5, "principal": 7}"#.to_owned(),
        request(json!({"id": "six", "action": "Get*"})),
        bad_policy,
        request(json!({"principal": {"type": "Martian"}})),
        request(json!({"resourceAccount": "12"})),
        request(json!({"id": {"any": "json"}})),
    ];
    let (status, answers) = answers(&lines.join("\n"), &[]);
    assert_eq!(status, 2);
    assert_eq!(answers.len(), lines.len());
    assert_eq!(answers[0]["id"], 1);
    assert_eq!(answers[9]["id"], json!({"any": "json"}));
    for (index, expected) in [
        (1, "not a request: EOF while parsing an object at column 1"),
        (2, "the line is empty: write one JSON object a line"),
        (3, "not a request: a line holds one JSON object"),
        (4, "not a request: missing field `action` at column 25"),
        (5, "`Get*` is not an action: write it as service:Name, such as s3:GetObject"),
        (
            6,
            "policy `p` is not of kind identity: 1:25: error: `Effect` is \"Allow\" or \"Deny\", in this letter case",
        ),
        (
            7,
            "a principal of type `Martian` is not one of {\"type\":\"Anonymous\"}, {\"type\":\"Service\",\"service\":…}, {\"type\":\"Federated\",\"provider\":…}",
        ),
        (8, "resourceAccount: `12` is not an AWS account id: write its 12 digits, without hyphens"),
    ] {
        assert_eq!(answers[index]["error"], expected, "line {}", index + 1);
        assert_eq!(answers[index]["line"], index + 1);
    }
    assert_eq!(answers[4]["id"], 5);
    assert_eq!(answers[5]["id"], "six");
    assert!(answers[1].get("id").is_none());
}

#[test]
fn many_lines_keep_their_order_and_agree_with_their_traces() {
    let lines: Vec<String> = (0..3000)
        .map(|number| {
            let resource = format!("arn:aws:s3:::b{}/k", number % 7);
            let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b3/*"}});
            request(json!({"id": number, "resource": resource, "identityPolicies": [policy]}))
        })
        .collect();
    let (status, plain) = answers(&lines.join("\n"), &[]);
    let (_, traced) = answers(&lines.join("\r\n"), &["--trace"]);
    assert_eq!(status, 0);
    assert_eq!(plain.len(), 3000);
    for (number, (plain, traced)) in plain.iter().zip(&traced).enumerate() {
        assert_eq!(plain["id"], number);
        let expected = if number % 7 == 3 { "Allowed" } else { "ImplicitlyDenied" };
        assert_eq!(plain["decision"], expected);
        assert_eq!(traced["decision"], expected);
        assert_eq!(traced["trace"]["decision"], expected);
        assert_eq!(traced["trace"]["gates"][0]["gate"], "identity");
    }
}

#[test]
fn invalid_utf8_missing_files_and_long_lines() {
    let folder = Folder::with(&[]);
    std::fs::write(folder.path().join("raw.jsonl"), b"{\"id\":\"\xff\"}\n").unwrap();
    let run = rolecall(&folder, &["simulate", "--batch", "raw.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("\"line\":1"), "{}", run.stdout);

    let run = rolecall(&folder, &["simulate", "--batch", "none.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot read `none.jsonl`"), "{}", run.stderr);

    let long =
        format!("\"{}\"\n{}\n", "x".repeat(rolecall::batch::MAX_LINE_BYTES), request(json!({})));
    std::fs::write(folder.path().join("long.jsonl"), long).unwrap();
    let run = rolecall(&folder, &["simulate", "--batch", "long.jsonl"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(run.status, 2);
    assert!(lines[0].contains("the line is longer than"), "{}", lines[0]);
    assert!(lines[1].contains("\"Allowed\""), "{}", lines[1]);
}
