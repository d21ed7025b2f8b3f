//! What `rolecall validate --format sarif` prints: SARIF 2.1.0, as code review tools read it.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use iam::diagnostic::{Diagnostic, Severity};
use iam::lint::RULES;
use iam::span::Span;
use serde::Serialize;
use serde_json::{Value, json};

use super::report::{REFUSED, Report, UNREADABLE, Verdict};

pub(crate) const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Rules that are not lints: id, what they find, who says so.
const OWN_RULES: [(&str, &str, &str); 2] = [
    (REFUSED, "a policy that would not be stored", "IAM API reference: MalformedPolicyDocument"),
    (UNREADABLE, "a file that cannot be read", "the operating system"),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Value,
    /// [`iam::span::Position`] counts characters.
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Value; 1],
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

pub(super) fn render(reports: &[Report]) -> String {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: tool(),
            column_kind: "unicodeCodePoints",
            results: reports.iter().flat_map(results).collect(),
        }],
    };
    // Strings, numbers and lists: serializing them does not fail.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

/// Ids and texts of all rules, in the order of their indexes.
fn rules() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    OWN_RULES.into_iter().chain(RULES.iter().map(|rule| (rule.code, rule.summary, rule.source)))
}

fn tool() -> Value {
    let rules: Vec<Value> = rules()
        .map(|(id, summary, source)| {
            json!({
                "id": id,
                "shortDescription": { "text": summary },
                "help": { "text": format!("Source: {source}") },
            })
        })
        .collect();
    json!({
        "driver": {
            "name": "rolecall",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }
    })
}

fn results(report: &Report) -> Vec<SarifResult> {
    match &report.verdict {
        Verdict::Unreadable(error) => {
            vec![result(report, UNREADABLE, Severity::Error, error.to_string(), None)]
        }
        Verdict::Refused(refusal) => {
            let text = match &refusal.message {
                Some(message) => format!("{message}\n{}", refusal.hint),
                None => refusal.hint.clone(),
            };
            vec![result(report, REFUSED, Severity::Error, text, Some(refusal.span))]
        }
        Verdict::Stored(findings) => {
            findings.iter().map(|finding| of_finding(report, finding)).collect()
        }
    }
}

fn of_finding(report: &Report, finding: &Diagnostic) -> SarifResult {
    let text = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    result(report, finding.code, finding.severity, text, Some(finding.span))
}

fn result(
    report: &Report,
    rule_id: &'static str,
    severity: Severity,
    text: String,
    span: Option<Span>,
) -> SarifResult {
    let artifact = json!({ "uri": uri(&report.name) });
    let place = match span {
        Some(span) => json!({ "artifactLocation": artifact, "region": region(report, span) }),
        None => json!({ "artifactLocation": artifact }),
    };
    SarifResult {
        rule_id,
        rule_index: rules().position(|(id, ..)| id == rule_id).unwrap_or_default(),
        level: severity.name(),
        message: Message { text },
        locations: [json!({ "physicalLocation": place })],
    }
}

fn region(report: &Report, span: Span) -> Value {
    let (start, end) = report.positions(span);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A file's name as a relative or absolute URI reference (RFC 3986).
pub(crate) fn uri(name: &str) -> String {
    let mut uri = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
