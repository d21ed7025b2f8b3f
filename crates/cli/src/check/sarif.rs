//! SARIF 2.1.0, as code review tools read it.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use check::{Edit, Finding, RULES, Rule};
use serde_json::{Value, json};
use source::Graph;
use template::{FileId, Place};

use super::{Report, locate};
use crate::validate::sarif::{SCHEMA, uri};

/// The id under which files that cannot be read stand beside the rules.
const UNREADABLE: &str = "unreadable";

pub(super) fn render(reports: &[Report]) -> String {
    let mut results = Vec::new();
    for report in reports {
        for notice in report.graph.notices.iter().filter(|notice| notice.is_error) {
            results.push(json!({
                "ruleId": UNREADABLE,
                "ruleIndex": RULES.len(),
                "level": "error",
                "message": { "text": notice.message },
                "locations": [location(&report.graph, notice.place, None)],
            }));
        }
        results.extend(report.findings.iter().map(|finding| result(&report.graph, finding)));
    }
    let mut rules: Vec<Value> = RULES.iter().map(|rule| of_rule(rule)).collect();
    rules.push(
        json!({ "id": UNREADABLE, "shortDescription": { "text": "a file that cannot be read" } }),
    );
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "rolecall",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // Strings, numbers and lists: serializing them does not fail.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn of_rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.what },
        "help": { "text": rule.why, "markdown": check::page(rule) },
        "defaultConfiguration": { "level": rule.severity.name() },
    })
}

fn result(graph: &Graph, finding: &Finding) -> Value {
    let index = RULES.iter().position(|rule| rule.id == finding.rule.id).unwrap_or_default();
    let mut text = finding.message.clone();
    for reason in &finding.reasons {
        text.push('\n');
        text.push_str(reason);
    }
    if let Some(fix) = &finding.fix {
        text.push_str(&format!("\n{}", fix.text));
        if let Some(code) = &fix.code {
            text.push_str(&format!(":\n{code}"));
        }
    }
    let chain: Vec<Value> = finding
        .chain
        .iter()
        .filter(|step| !graph.sources.name(step.place.file).is_empty())
        .map(|step| location(graph, step.place, Some(&step.what)))
        .collect();
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": finding.severity.name(),
        "message": { "text": text },
        "locations": [location(graph, finding.place, None)],
        "relatedLocations": chain,
    });
    if let (Some(fix), Some(object)) = (&finding.fix, result.as_object_mut())
        && !fix.edits.is_empty()
    {
        let changes = changes(graph, &fix.edits);
        let fixes = json!([{ "description": { "text": fix.text }, "artifactChanges": changes }]);
        object.insert("fixes".to_owned(), fixes);
    }
    result
}

/// The changes of a fix, file by file.
fn changes(graph: &Graph, edits: &[Edit]) -> Vec<Value> {
    let mut files: Vec<FileId> = edits.iter().map(|edit| edit.place.file).collect();
    files.sort();
    files.dedup();
    let of_file = |file: FileId| {
        let own = edits.iter().filter(|edit| edit.place.file == file);
        let replaced = own.map(|edit| {
            json!({ "deletedRegion": region(graph, edit.place), "insertedContent": { "text": edit.text } })
        });
        json!({
            "artifactLocation": { "uri": uri(graph.sources.name(file)) },
            "replacements": replaced.collect::<Vec<_>>(),
        })
    };
    files.into_iter().map(of_file).collect()
}

fn location(graph: &Graph, place: Place, message: Option<&str>) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(graph.sources.name(place.file)) },
            "region": region(graph, place),
        },
    });
    if let (Some(text), Some(object)) = (message, location.as_object_mut()) {
        object.insert("message".to_owned(), json!({ "text": text }));
    }
    location
}

fn region(graph: &Graph, place: Place) -> Value {
    let (_, lines) = locate(graph, place);
    json!({
        "startLine": lines.line,
        "startColumn": lines.column,
        "endLine": lines.end_line,
        "endColumn": lines.end_column,
    })
}
