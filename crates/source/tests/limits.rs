//! Deep nesting, circles and huge files end in one clear sentence, in little memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use source::terraform::MAX_RESOURCES;
use source::{MAX_CODE_BYTES, Memory, Options};

/// More than enough for any of these on a busy machine; without limits they would not end.
const LONG: Duration = Duration::from_secs(20);

fn told(name: &str, text: String) -> String {
    let memory = Memory(BTreeMap::from([(name.to_owned(), text)]));
    let start = Instant::now();
    let graph = source::read(&memory, name, &Options::default()).remove(0);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
    graph.notices.iter().map(|notice| notice.message.clone()).collect::<Vec<_>>().join("; ")
}

fn check(name: &str, text: String, expected: &str) {
    let told = told(name, text);
    assert!(told.contains(expected), "not `{expected}` but `{told}`");
}

#[test]
fn deep_nesting() {
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{ a = ", "}"), ("\"${", "}\""), ("f(", ")"), ("!", "")]
    {
        let nested = format!("{}1{}", open.repeat(3_000), close.repeat(3_000));
        check("main.tf", format!("locals {{\n  a = {nested}\n}}\n"), "nested");
    }
    let blocks = format!("{}{}", "a {\n".repeat(3_000), "}\n".repeat(3_000));
    check("main.tf", blocks, "nested");
    for (name, start) in [
        ("plan.json", "{\"format_version\": 1, \"terraform_version\": 1, \"planned_values\": "),
        ("template.json", "{\"Resources\": "),
    ] {
        let nested = format!("{start}{}1{}}}", "[".repeat(3_000), "]".repeat(3_000));
        check(name, nested, "nested deeper than 64 levels");
    }
    let nested = format!("Resources: {}1{}", "[".repeat(3_000), "]".repeat(3_000));
    check("template.yaml", nested, "recursion limit");
}

#[test]
fn circles() {
    check(
        "main.tf",
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"x\" \"y\" { v = local.a }\n"
            .to_owned(),
        "depends on itself",
    );
    check("main.tf", "module \"a\" { source = \"./\" }\n".to_owned(), "");
    let template = "Resources:\n  A: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref B}}\n  B: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref A}}\n";
    assert_eq!(told("template.yaml", template.to_owned()), "");
    let anchors = "Resources:\n  A: &a\n    Type: X\n    Properties: {a: *a}\n";
    told("template.yaml", anchors.to_owned());
}

#[test]
fn many_instances() {
    let blocks = |count: usize| -> String {
        (0..count).map(|at| format!("resource \"a\" \"r{at}\" {{\n  count = 10000\n}}\n")).collect()
    };
    assert_eq!(told("main.tf", blocks(MAX_RESOURCES / 10_000)), "");
    let more = blocks(MAX_RESOURCES / 10_000) + "resource \"a\" \"last\" {}\n";
    check("main.tf", more, "more than 100000 instances in all");
}

#[test]
fn huge_files() {
    check("main.tf", "#".repeat(MAX_CODE_BYTES + 1), "bytes that are read");
    check("template.yaml", " ".repeat((4 << 20) + 1), "more than the 4194304 that are read");
    let laughs: String =
        (1..30).map(|at| format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1)).collect();
    check(
        "template.yaml",
        format!("Resources: {{}}\na0: &a0 x\n{laughs}"),
        "more than 1000000 values",
    );
    let values = format!("{{\"Statement\": [{}1]}}", "1,".repeat(4_000_000));
    check("policy.json", values, "more than the 4000000 values that are read");
}
