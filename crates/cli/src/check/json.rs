//! One object, for programs. Lines and columns count from 1, columns in characters, the end exclusive.

use check::{Finding, Fix};
use serde_json::{Value, json};
use source::Graph;
use template::Place;

use super::{Report, locate};

pub(super) fn render(reports: &[Report]) -> String {
    let findings: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(|finding| of_finding(&report.graph, finding)))
        .collect();
    let problems: Vec<Value> = reports
        .iter()
        .flat_map(|report| {
            report.graph.notices.iter().map(|notice| {
                json!({
                    "severity": if notice.is_error { "error" } else { "note" },
                    "message": notice.message,
                    "help": notice.help,
                    "place": place(&report.graph, notice.place),
                })
            })
        })
        .collect();
    let suppressed: usize = reports.iter().map(|report| report.suppressed).sum();
    let answer = json!({ "findings": findings, "problems": problems, "suppressed": suppressed });
    // Strings, numbers and lists: serializing them does not fail.
    serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n"
}

fn of_finding(graph: &Graph, finding: &Finding) -> Value {
    let chain: Vec<Value> = finding
        .chain
        .iter()
        .map(|step| json!({ "what": step.what, "place": place(graph, step.place) }))
        .collect();
    json!({
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": finding.severity.name(),
        "message": finding.message,
        "label": finding.label,
        "place": place(graph, finding.place),
        "reasons": finding.reasons,
        "chain": chain,
        "fix": finding.fix.as_ref().map(|fix| of_fix(graph, fix)),
    })
}

fn of_fix(graph: &Graph, fix: &Fix) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| json!({ "place": place(graph, edit.place), "text": edit.text }))
        .collect();
    json!({ "text": fix.text, "code": fix.code, "edits": edits })
}

fn place(graph: &Graph, place: Place) -> Value {
    let (file, lines) = locate(graph, place);
    json!({
        "file": file,
        "line": lines.line,
        "column": lines.column,
        "endLine": lines.end_line,
        "endColumn": lines.end_column,
        "startByte": place.start,
        "endByte": place.end,
    })
}
