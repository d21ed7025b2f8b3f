//! A decision with everything that there is to tell about it: how it came about, and what would change it.

use std::fmt::Write;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::decision::Gate;
use crate::evaluate::evaluate_traced;
use crate::explain::{Explanation, TreeOptions};
use crate::remedy::{Change, Remedy, remedies};
use crate::request::Request;
use crate::surroundings::Surroundings;
use crate::trace::Trace;

/// A decision, its trace and its remedies.
#[derive(Debug, Serialize)]
pub struct Story {
    /// The decision and how it came about.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// What would allow the request, smallest first; each was tried.
    pub remedies: Vec<ToldRemedy>,
}

/// A remedy in words.
#[derive(Debug, Serialize)]
pub struct ToldRemedy {
    /// The changes, all of which it takes.
    pub changes: Vec<ToldChange>,
}

/// A change in words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToldChange {
    /// Such as `add-statement`.
    pub kind: &'static str,
    /// The kind of policy that it concerns.
    pub gate: Option<&'static str>,
    /// What to do.
    pub text: String,
    /// What to add, where something is to be added.
    pub json: Option<Box<RawValue>>,
}

fn told(remedies: &[Remedy]) -> Vec<ToldRemedy> {
    let change = |change: &Change| ToldChange {
        kind: change.kind(),
        gate: change.gate().map(Gate::name),
        text: change.to_string(),
        json: change.json().and_then(|json| RawValue::from_string(json.to_owned()).ok()),
    };
    remedies
        .iter()
        .map(|remedy| ToldRemedy { changes: remedy.changes.iter().map(change).collect() })
        .collect()
}

impl Story {
    /// Decides on `request` again, and tells it.
    #[must_use]
    pub fn tell(request: &Request, around: &Surroundings) -> Option<Self> {
        let mut trace = Trace::new();
        evaluate_traced(request, around, &mut trace);
        let explanation = Explanation::new(&trace, request, around)?;
        Some(Self { explanation, remedies: told(&remedies(request, around)) })
    }

    /// The story for people: verdict, AWS's sentence, tree, remedies. `all` shows also statements on
    /// other actions.
    #[must_use]
    pub fn text(&self, all: bool, colour: bool) -> String {
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
