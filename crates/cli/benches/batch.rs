//! Requests a second through `rolecall simulate --batch`, end to end: reading lines, JSON, policies,
//! decisions, answers. `cargo bench -p rolecall`.
//!
//! The set of the engine's own benchmark: a user with 10 policies of 10 statements, in every line,
//! and 10 requests in turn.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

const LINES: usize = 20_000;
const ROUNDS: usize = 5;

const ACTIONS: [&str; 6] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:Delete*",
    "sqs:SendMessage",
    "ec2:Describe*",
    "kms:Decrypt",
];

fn policies() -> String {
    let mut policies = Vec::new();
    for policy in 0..10 {
        let mut statements = Vec::new();
        for statement in 0..10 {
            let index = policy * 10 + statement;
            let action =
                |offset: usize| ACTIONS.get((index + offset) % ACTIONS.len()).expect("an action");
            let condition = match index % 10 {
                0 => r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"data"}}"#,
                1 => r#","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
                2 => r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
                _ => "",
            };
            statements.push(format!(
                r#"{{"Effect":"Allow","Action":["{}","{}","{}"],"Resource":["arn:aws:s3:::data-{index}","arn:aws:s3:::data-{index}/*"]{condition}}}"#,
                action(0), action(1), action(2),
            ));
        }
        policies
            .push(format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(",")));
    }
    policies.join(",")
}

fn main() {
    let policies = policies();
    let mut text = String::new();
    for line in 0..LINES {
        let index = line % 10 * 7;
        let _ = writeln!(
            text,
            r#"{{"id":{line},"principal":"arn:aws:iam::123456789012:user/anna","action":"s3:GetObject","resource":"arn:aws:s3:::data-{index}/key","context":{{"aws:SourceIp":"203.0.113.7","aws:SecureTransport":"true"}},"identityPolicies":[{policies}]}}"#
        );
    }
    let path = std::env::temp_dir().join(format!("rolecall-batch-{}.jsonl", std::process::id()));
    std::fs::write(&path, &text).expect("a file");
    println!("{LINES} lines of {} bytes", text.len() / LINES);
    for (name, extra) in [("untraced", None), ("with the full trace", Some("--trace"))] {
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let status = Command::new(env!("CARGO_BIN_EXE_rolecall"))
                .args(["simulate", "--batch"])
                .arg(&path)
                .args(extra)
                .stdout(Stdio::null())
                .status()
                .expect("the binary");
            assert!(status.success());
            best = best.min(start.elapsed().as_secs_f64());
        }
        let lines = f64::from(u32::try_from(LINES).expect("a small number"));
        println!("{:>12.0} requests a second {name}", lines / best);
    }
    std::fs::remove_file(&path).expect("the file");
}
