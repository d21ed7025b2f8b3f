//! Every action of EC2 that Databricks' policies name is an operation here.
//!
//! Held against the policies in `examples`, and, where `ROLECALL_PAGES` names the folder of the documentation
//! pages, against the page that lists them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

/// A condition key that is written like an action.
const KEY: &str = "vpc";
/// "Create a cross-account IAM role".
const ACCESS_PAGE: &str = "001_d66ff2f83510bdb7.txt";
/// Actions of the page's three policies together.
const ON_ACCESS_PAGE: usize = 75;

/// The names after `"ec2:` in a text that are neither patterns nor condition keys.
fn actions(text: &str) -> BTreeSet<&str> {
    let parts = text.split("\"ec2:").skip(1);
    let names = parts.filter_map(|part| Some(part.split_once('"')?.0));
    let is_action = |name: &&str| *name != KEY && name.bytes().all(|it| it.is_ascii_alphabetic());
    names.filter(is_action).collect()
}

fn check(text: &str) -> usize {
    let named = actions(text);
    let there = |name: &&str| ec2::table::OPERATIONS.iter().any(|entry| entry.name == *name);
    let missing: Vec<&str> = named.iter().copied().filter(|name| !there(name)).collect();
    assert!(missing.is_empty(), "no operation: {missing:?}");
    named.len()
}

#[test]
fn of_the_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/policies");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let texts: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    // More than a few: the policies were read.
    assert!(check(&texts) > 70, "{:?}", actions(&texts));
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn of_the_page() {
    let Some(folder) = std::env::var_os("ROLECALL_PAGES") else {
        panic!("set ROLECALL_PAGES to the folder that holds the page `{ACCESS_PAGE}`");
    };
    // Tests run in the folder of their crate; people write paths from the root of the workspace.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(folder).join(ACCESS_PAGE)).unwrap();
    assert_eq!(check(&text), ON_ACCESS_PAGE);
}
