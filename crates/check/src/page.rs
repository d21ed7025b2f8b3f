//! A rule's page: what `rolecall rule IP001` prints and `docs/rules/` holds.

use std::fmt::Write;

use crate::rule::{Language, Rule};

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
    let _ = writeln!(out, "## Where it is seen\n\n{}\n", languages(rule));
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

/// In which languages it is seen; in which not, and why.
fn languages(rule: &Rule) -> String {
    let seen = Language::ALL.iter().filter(|it| rule.is_unseen_in(**it).is_none());
    let seen: Vec<&str> = seen.map(|it| it.describe()).collect();
    let mut out = match seen.as_slice() {
        [] => "Terraform.".to_owned(),
        [one] => format!("Terraform and {one}."),
        more => format!("Terraform, {}.", more.join(", ")),
    };
    for (language, why) in rule.unseen_in {
        let _ = write!(out, " Not in {}: {why}.", language.describe());
    }
    out
}
