//! What `rolecall validate` prints for people: the document's lines, and what is meant underlined.

use std::fmt::Write;

use annotate_snippets::{Group, Level, Renderer, Snippet};
use iam::PolicyKind;
use iam::diagnostic::{Diagnostic, Severity};
use iam::span::Span;

use super::report::{Counts, Refusal, Report, Verdict};

/// Findings of one document that are printed in full.
const FINDINGS_MAX: usize = 100;

pub(super) fn render(reports: &[Report], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for report in reports {
        of_report(report, &renderer, &mut out);
    }
    let _ = writeln!(out, "{}", summary(reports));
    out
}

fn of_report(report: &Report, renderer: &Renderer, out: &mut String) {
    if let (Some(kind), Some(reason)) = (report.kind, report.guessed) {
        let _ = writeln!(
            out,
            "{}: read as {} policy ({reason}); `--kind` overrides",
            report.name,
            with_article(kind)
        );
    }
    match &report.verdict {
        Verdict::Unreadable(error) => {
            let title = format!("cannot read `{}`: {error}", report.name);
            let group = Group::with_title(Level::ERROR.primary_title(title));
            let _ = writeln!(out, "{}\n", renderer.render(&[group]));
        }
        Verdict::Refused(refusal) => {
            let _ = writeln!(out, "{}\n", renderer.render(&[of_refusal(report, refusal)]));
        }
        Verdict::Stored(findings) => {
            for finding in findings.iter().take(FINDINGS_MAX) {
                let _ = writeln!(out, "{}\n", renderer.render(&[of_finding(report, finding)]));
            }
            if let Some(more @ 1..) = findings.len().checked_sub(FINDINGS_MAX) {
                let _ = writeln!(out, "{}: and {more} more\n", report.name);
            }
        }
    }
}

fn with_article(kind: PolicyKind) -> String {
    let article = if kind == PolicyKind::Identity { "an" } else { "a" };
    format!("{article} {kind}")
}

/// IAM's own words first, then rolecall's at the place.
fn of_refusal<'r>(report: &'r Report, refusal: &'r Refusal) -> Group<'r> {
    let (title, label) = match &refusal.message {
        Some(message) => (message.as_str(), Some(refusal.hint.as_str())),
        None => (refusal.hint.as_str(), None),
    };
    Level::ERROR.primary_title(title).id(refusal.code).element(snippet(report, refusal.span, label))
}

fn of_finding<'r>(report: &'r Report, finding: &'r Diagnostic) -> Group<'r> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.code);
    let group = title.element(snippet(report, finding.span, None));
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The lines that the span covers.
fn snippet<'r>(
    report: &'r Report,
    span: Span,
    label: Option<&'r str>,
) -> Snippet<'r, annotate_snippets::Annotation<'r>> {
    let (first, _) = report.positions(span);
    let range = span.start as usize..span.end as usize;
    crate::snippet::snippet(&report.name, &report.text, range, first.line as usize, label)
}

/// `2 policies: 1 refused, 3 warnings`.
fn summary(reports: &[Report]) -> String {
    let refused =
        reports.iter().filter(|report| matches!(report.verdict, Verdict::Refused(_))).count();
    let unreadable =
        reports.iter().filter(|report| matches!(report.verdict, Verdict::Unreadable(_))).count();
    let total = reports.iter().map(Report::counts).fold(Counts::default(), |sum, counts| Counts {
        errors: sum.errors + counts.errors,
        warnings: sum.warnings + counts.warnings,
        notes: sum.notes + counts.notes,
    });
    let parts: Vec<String> = [
        (refused, "refused", "refused"),
        (unreadable, "unreadable", "unreadable"),
        (total.errors, "error", "errors"),
        (total.warnings, "warning", "warnings"),
        (total.notes, "note", "notes"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    let found = if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") };
    match reports.len() {
        1 => format!("1 policy: {found}"),
        many => format!("{many} policies: {found}"),
    }
}
