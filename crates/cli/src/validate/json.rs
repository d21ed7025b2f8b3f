//! What `rolecall validate --format json` prints: one object.

use iam::PolicyKind;
use iam::diagnostic::Diagnostic;
use iam::span::Span;
use serde::Serialize;

use super::report::{Refusal, Report, Verdict};

#[derive(Debug, Serialize)]
struct Answer<'r> {
    policies: Vec<Told<'r>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'r> {
    file: &'r str,
    kind: Option<&'static str>,
    kind_guessed: bool,
    /// Why the file could not be read.
    unreadable: Option<String>,
    refused: Option<ToldRefusal<'r>>,
    findings: Vec<ToldFinding<'r>>,
}

#[derive(Debug, Serialize)]
struct ToldRefusal<'r> {
    /// The service's error code, or `refused`.
    code: &'static str,
    /// The service's own words; null where they are not known.
    message: Option<&'r str>,
    hint: &'r str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
struct ToldFinding<'r> {
    severity: &'static str,
    code: &'static str,
    message: &'r str,
    help: Option<&'r str>,
    #[serde(flatten)]
    place: Place,
}

/// Lines and columns from 1, columns in characters, the end exclusive; offsets in bytes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start_byte: u32,
    end_byte: u32,
}

pub(super) fn render(reports: &[Report]) -> String {
    let answer = Answer { policies: reports.iter().map(told).collect() };
    // Strings, numbers and lists: serializing them does not fail.
    serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n"
}

fn told(report: &Report) -> Told<'_> {
    let (unreadable, refused) = match &report.verdict {
        Verdict::Unreadable(error) => (Some(error.to_string()), None),
        Verdict::Refused(refusal) => (None, Some(told_refusal(report, refusal))),
        Verdict::Stored(_) => (None, None),
    };
    Told {
        file: &report.name,
        kind: report.kind.map(PolicyKind::name),
        kind_guessed: report.guessed.is_some(),
        unreadable,
        refused,
        findings: report.findings().iter().map(|finding| told_finding(report, finding)).collect(),
    }
}

fn told_refusal<'r>(report: &Report, refusal: &'r Refusal) -> ToldRefusal<'r> {
    ToldRefusal {
        code: refusal.code,
        message: refusal.message.as_deref(),
        hint: &refusal.hint,
        place: place(report, refusal.span),
    }
}

fn told_finding<'r>(report: &Report, finding: &'r Diagnostic) -> ToldFinding<'r> {
    ToldFinding {
        severity: finding.severity.name(),
        code: finding.code,
        message: &finding.message,
        help: finding.help.as_deref(),
        place: place(report, finding.span),
    }
}

fn place(report: &Report, span: Span) -> Place {
    let (start, end) = report.positions(span);
    Place {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start_byte: span.start,
        end_byte: span.end,
    }
}
