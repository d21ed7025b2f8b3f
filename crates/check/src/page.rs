//! A rule's page: what `rolecall rule IP001` prints and `docs/rules/` holds.

use std::fmt::Write;

use crate::rule::Rule;

/// The page in Markdown.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}: {}\n", rule.id, rule.name);
    let _ = writeln!(out, "Finds {}. Worst severity: {}.\n", rule.summary, rule.severity.name());
    let _ = writeln!(out, "## What it finds\n\n{}\n", rule.what.trim());
    let _ = writeln!(out, "## Why it fails\n\n{}\n", rule.why.trim());
    if !rule.error.is_empty() {
        let _ =
            writeln!(out, "## What one reads otherwise\n\n```text\n{}\n```\n", rule.error.trim());
    }
    let _ = writeln!(out, "## Fails\n\n```terraform\n{}\n```\n", rule.failing.trim());
    let _ = writeln!(out, "## Passes\n\n```terraform\n{}\n```\n", rule.passing.trim());
    let _ = writeln!(out, "## How a finding is shown to be right\n\n{}.\n", rule.oracle.describe());
    let _ = writeln!(
        out,
        "## Suppress it\n\n```terraform\n# rolecall:ignore {} because …\n```\n",
        rule.id
    );
    let _ = writeln!(out, "## References\n");
    for reference in rule.references {
        let _ = writeln!(out, "- {reference}");
    }
    out
}
