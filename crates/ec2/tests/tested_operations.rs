//! Every operation is run by a test of this crate, under its name: a new one without is named here.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

/// The texts of all tests below a folder: `tests.rs`, files whose names end so, modules of tests in others.
fn tests(folder: &Path) -> String {
    let mut texts = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts += &tests(&path);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if path.file_name().unwrap().to_string_lossy().ends_with("tests.rs") {
            texts += &text;
        } else if let Some((_, tests)) = text.split_once("\nmod tests {") {
            texts += tests;
        }
    }
    texts
}

/// Operations that the tests name by their direction alone.
fn is_run(texts: &str, name: &str) -> bool {
    let quoted = |name: &str| texts.contains(&format!("\"{name}\""));
    let directed = ["Ingress", "Egress"].into_iter().any(|direction| {
        let Some(stem) = name.strip_suffix(direction) else { return false };
        texts.contains(&format!("\"{stem}{{direction}}\"")) && quoted(direction)
    });
    quoted(name) || directed
}

#[test]
fn every_operation_is_run() {
    let texts = tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let names = ec2::table::OPERATIONS.iter().map(|entry| entry.name);
    let missing: Vec<&str> = names.filter(|name| !is_run(&texts, name)).collect();
    assert!(missing.is_empty(), "no test runs {missing:?}");
    assert!(!is_run(&texts, "DescribeUnicorns"));
}
