//! `docs/operations.md`: what is modelled, from the table of operations. A test holds the page against the
//! table; `cargo xtask docs` runs it with `ROLECALL_WRITE_DOCS` set, and then it writes the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use iam::catalog;

use crate::table::OPERATIONS;

const HEAD: &str = "# Operations

What of each service is modelled. Written by `cargo xtask docs` from the table that the server itself goes by; do not edit.
An operation of AWS's that is not here answers 501 `NotImplemented` and names itself.

Actions are those that policies know (AWS's service authorization reference); some operations have none of their own.
";

/// The page as the table has it.
fn page() -> String {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in OPERATIONS.iter().copied().flatten() {
        services.entry(entry.service.prefix()).or_default().insert(entry.name);
    }
    let mut page = HEAD.to_owned();
    for (prefix, names) in services {
        let actions = catalog::actions_matching(&format!("{prefix}:*")).count();
        let _ = writeln!(page, "\n## {prefix}\n");
        let _ = writeln!(page, "{} operations; AWS has {actions} actions.\n", names.len());
        for name in names {
            let _ = writeln!(page, "- {name}");
        }
    }
    page
}

#[test]
fn the_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    if std::env::var_os("ROLECALL_WRITE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/operations.md is not what the table of operations says: run `cargo xtask docs` and commit it"
    );
    assert!(written.contains("\n- AssumeRole\n"));
}
