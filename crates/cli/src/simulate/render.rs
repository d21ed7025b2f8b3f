//! The answer of `rolecall simulate`, for people and for programs.

use std::fmt::Write;

use iam::Remedy;
use iam::explain::{Explanation, TreeOptions};
use serde::Serialize;
use serde_json::value::RawValue;

/// Everything that the command prints.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The decision and how it came about.
    #[serde(flatten)]
    pub(super) explanation: Explanation,
    /// What would allow the request, smallest first; each was tried.
    pub(super) remedies: Vec<ToldRemedy>,
}

/// A remedy in words.
#[derive(Debug, Serialize)]
pub(super) struct ToldRemedy {
    changes: Vec<ToldChange>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldChange {
    kind: &'static str,
    gate: Option<&'static str>,
    text: String,
    json: Option<Box<RawValue>>,
}

pub(super) fn told(remedies: &[Remedy]) -> Vec<ToldRemedy> {
    let change = |change: &iam::remedy::Change| ToldChange {
        kind: change.kind(),
        gate: change.gate().map(iam::Gate::name),
        text: change.to_string(),
        json: change.json().and_then(|json| RawValue::from_string(json.to_owned()).ok()),
    };
    remedies
        .iter()
        .map(|remedy| ToldRemedy { changes: remedy.changes.iter().map(change).collect() })
        .collect()
}

impl Answer {
    pub(super) fn text(&self, all: bool, colour: bool) -> String {
        let story = &self.explanation;
        let allowed = story.decision == "Allowed";
        let word = match story.decision {
            "Allowed" => "ALLOWED",
            "ExplicitlyDenied" => "DENIED by an explicit deny",
            _ => "DENIED because nothing allows it",
        };
        let paint = |text: &str| {
            let code = if allowed { "1;32" } else { "1;31" };
            if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
        };
        let mut out = format!(
            "{}\n  {}\n  {} on {}\n",
            paint(word),
            story.principal,
            story.action,
            story.resource
        );
        if let Some(message) = &story.message {
            let _ = write!(out, "\nAWS says\n  {message}\n");
        }
        out.push_str("\nWhy\n");
        for line in story.tree(TreeOptions { all, colour }).lines() {
            let _ = writeln!(out, "  {line}");
        }
        self.write_remedies(&mut out, allowed);
        out
    }

    fn write_remedies(&self, out: &mut String, allowed: bool) {
        if allowed {
            return;
        }
        if self.remedies.is_empty() {
            out.push_str("\nNo change of these policies would allow it.\n");
            return;
        }
        out.push_str("\nWhat would allow it (each was tried, smallest first)\n");
        for (index, remedy) in self.remedies.iter().enumerate() {
            for (step, change) in remedy.changes.iter().enumerate() {
                let label = if step == 0 { format!("{}.", index + 1) } else { "   and".to_owned() };
                let _ = writeln!(out, "  {label} {}", change.text);
                if let Some(json) = &change.json {
                    let _ = writeln!(out, "       {}", json.get());
                }
            }
        }
    }
}
