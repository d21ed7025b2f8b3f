//! `rolecall validate` as a person and a program run it: what it prints, and its exit status.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use std::collections::HashSet;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Folder, Run, rolecall};

const TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "414351767826"},
      "Action": "sts:AssumeRole",
      "Condition": {"StringEquals": {"sts:ExternalId": "an id of mine"}}
    }
  ]
}
"#;

const LAUNCH: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Spot",
      "Effect": "Allow",
      "Action": [
        "iam:CreateServiceLinkedRole",
        "iam:PutRolePolicy"
      ],
      "Resource": "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
      "Condition": {"StringLike": {"iam:AWSServiceName": "spot.amazonaws.com"}}
    },
    {
      "Sid": "Image",
      "Effect": "Allow",
      "Action": "ec2:RunInstances",
      "Resource": ["arn:aws:ec2:us-west-2:123456789012:image/*"]
    },
    {
      "Sid": "Network",
      "Effect": "Allow",
      "Action": "ec2:RunInstances",
      "Resource": "arn:aws:ec2:us-west-2:123456789012:subnet/*",
      "Condition": {
        "StringEquals": {"ec2:vpc": "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-0a1b2c3d"},
        "Bool": {"aws:PrincipalAccount": "ten"}
      }
    }
  ]
}
"#;

const BUCKET: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
  "Principal": "*", "Action": ["s3:*", "s3:GetObject"], "Resource": "arn:aws:s3:::data/*"}}"#;

const REFUSED: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Actions": ["s3:GetObject"], "Resource": "arn:aws:s3:::data/*"}
  ]
}
"#;

fn folder() -> Folder {
    Folder::with(&[
        ("trust.json", TRUST),
        ("launch.json", LAUNCH),
        ("bucket.json", BUCKET),
        ("refused.json", REFUSED),
        ("a policy: é.json", REFUSED),
    ])
}

fn validate(arguments: &[&str]) -> Run {
    let arguments: Vec<&str> = ["validate"].iter().chain(arguments).copied().collect();
    rolecall(&folder(), &arguments)
}

fn validate_stdin(arguments: &[&str], input: &[u8]) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .arg("validate")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Who has read enough closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_clean_policy() {
    let run = validate(&["trust.json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("clean", run.stdout);
}

#[test]
fn findings_are_underlined() {
    let run = validate(&["launch.json", "trust.json"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!("findings", run.stdout);
}

#[test]
fn a_refusal_is_told_in_iams_words() {
    let run = validate(&["refused.json", "--kind", "identity"]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""));
    insta::assert_snapshot!("refused", run.stdout);
}

#[test]
fn notes_alone_are_clean() {
    let run = validate(&["bucket.json"]);
    assert_eq!(run.status, 0);
    insta::assert_snapshot!("notes", run.stdout);
}

#[test]
fn the_kind_decides() {
    for (kind, status, words) in [
        ("resource", 0, "1 policy: 1 note"),
        ("vpce", 0, "1 policy: 1 note"),
        ("identity", 2, "Policy document should not specify a principal."),
        ("boundary", 2, "Policy document should not specify a principal."),
        ("session", 2, "Policy document should not specify a principal."),
        ("trust", 2, "Has prohibited field Resource"),
        ("scp", 2, "does not meet the requirements of the specified policy type"),
        ("rcp", 1, "a resource control policy can only deny"),
    ] {
        let run = validate(&["bucket.json", "--kind", kind]);
        assert_eq!(run.status, status, "{kind}: {}", run.stdout);
        assert!(run.stdout.contains(words), "{kind}: {}", run.stdout);
        assert!(!run.stdout.contains("read as"), "{kind}: {}", run.stdout);
    }
    let run = validate(&["bucket.json", "--kind", "bucket"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("identity, trust, resource"), "{}", run.stderr);
}

#[test]
fn files_that_cannot_be_read_do_not_stop_the_others() {
    let run = validate(&["no-such-file.json", ".", "trust.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("cannot read `no-such-file.json`: "), "{}", run.stdout);
    assert!(run.stdout.contains("cannot read `.`: "), "{}", run.stdout);
    assert!(run.stdout.ends_with("3 policies: 2 unreadable\n"), "{}", run.stdout);
    assert_eq!(validate(&[]).status, 2);
}

/// Each is told with line and column, in every format.
#[test]
fn bad_input() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    let large = format!(r#"{{"Statement": "{}"}}"#, "x".repeat(1 << 20));
    let operator = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringMatches": {"aws:username": "x"}}}}"#;
    for (text, place, words) in [
        (&b""[..], "1:1", "the document is empty"),
        (b" \n ", "2:2", "the document is empty"),
        (b"{", "1:2", "expected a key in double quotes"),
        (b"{\"Version\": \"2012-10-17\",\n}", "2:1", "expected a key in double quotes"),
        (b"{\"Statement\": [1 2]}", "1:18", "expected `,` or `]`"),
        (b"{\"Id\": \"a\",\n \"Id\": \"b\"}", "2:2", "the key `Id` occurs twice in one object"),
        (b"{\"Version\": \"\xff\"}", "1:14", "invalid UTF-8"),
        (b"\xef\xbb\xbf{}", "1:1", "expected a value"),
        (b"{\"Version\": \"2012\r\n", "1:18", "a control character in a string"),
        (b"[]", "1:1", "a policy is an object, not an array"),
        (deep.as_bytes(), "1:33", "nested deeper than 32 levels"),
        (large.as_bytes(), "1:131073", "the document goes on beyond the 131072 characters"),
        (operator.as_bytes(), "2:23", "`StringMatches` is not a condition operator"),
    ] {
        let (status, human) = validate_stdin(&["-"], text);
        assert_eq!(status, 2, "{human}");
        assert!(human.contains(&format!("--> <stdin>:{place}\n")), "{place} {human}");
        assert!(human.contains(words), "{words} {human}");
        for format in ["json", "sarif"] {
            let (status, output) = validate_stdin(&["-", "--format", format], text);
            assert_eq!(status, 2);
            assert!(serde_json::from_str::<Value>(&output).is_ok(), "{output}");
            assert!(output.contains(&words.replace('"', "\\\"")), "{words} {output}");
        }
    }
}

#[test]
fn json_for_programs() {
    let run = validate(&["launch.json", "refused.json", "no-such-file.json", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""));
    insta::assert_snapshot!("json", run.stdout);
}

/// What the schema of SARIF 2.1.0 demands of the parts that are written.
#[test]
fn sarif_has_the_form_that_tools_read() {
    let run =
        validate(&["launch.json", "a policy: é.json", "no-such-file.json", "--format", "sarif"]);
    assert_eq!(run.status, 2);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    let [sarif_run] = &log["runs"].as_array().unwrap()[..] else { panic!("one run") };
    assert_eq!(sarif_run["columnKind"], "unicodeCodePoints");
    let driver = &sarif_run["tool"]["driver"];
    assert_eq!(driver["name"], "rolecall");
    let rules = driver["rules"].as_array().unwrap();
    let ids: HashSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
    }
    let results = sarif_run["results"].as_array().unwrap();
    let found: Vec<&str> =
        results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(
        found,
        [
            "key-of-other-action",
            "arn-fits-no-type",
            "operator-type",
            "unreadable-value",
            "refused",
            "unreadable"
        ]
    );
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', ':']), "{uri}");
        if result["ruleId"] == "unreadable" {
            assert!(place["region"].is_null());
            continue;
        }
        let at = |name: &str| place["region"][name].as_u64().unwrap();
        assert!(at("startLine") >= 1 && at("startColumn") >= 1);
        assert!((at("endLine"), at("endColumn")) > (at("startLine"), at("startColumn")));
    }
    assert_eq!(
        results[4]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "a%20policy%3A%20%C3%A9.json"
    );
}

#[test]
fn colours_are_for_terminals() {
    for format in ["human", "json", "sarif"] {
        let run = validate(&["launch.json", "--format", format]);
        assert!(!run.stdout.contains('\u{1b}'), "{format}");
    }
}
