//! For people: the lines of the files, what is meant underlined, why, the way there, and what to do.

use std::fmt::Write;

use annotate_snippets::{Group, Level, Renderer};
use check::{Finding, Severity};
use source::Notice;

use super::{Report, locate};
use crate::snippet::snippet;

/// Findings that are printed in full.
const FINDINGS_MAX: usize = 500;

pub(super) fn render(reports: &[Report], fixed: usize, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    let mut left = FINDINGS_MAX;
    for report in reports {
        for notice in &report.graph.notices {
            let _ = writeln!(out, "{}\n", of_notice(report, notice, &renderer));
        }
        for finding in report.findings.iter().take(left) {
            let _ = writeln!(out, "{}\n", of_finding(report, finding, &renderer));
        }
        left = left.saturating_sub(report.findings.len());
    }
    let _ = writeln!(out, "{}", summary(reports, fixed));
    out
}

fn of_notice(report: &Report, notice: &Notice, renderer: &Renderer) -> String {
    let level = if notice.is_error { Level::ERROR } else { Level::NOTE };
    let title = level.primary_title(notice.message.as_str());
    let (path, lines) = locate(&report.graph, notice.place);
    let text = report.graph.sources.text(notice.place.file);
    let range = notice.place.start as usize..notice.place.end as usize;
    let mut group = Group::with_title(title);
    if !text.is_empty() {
        group = group.element(snippet(path, text, range, lines.line as usize, None));
    } else {
        group = group.element(Level::NOTE.message(format!("in `{path}`")));
    }
    if let Some(help) = &notice.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

fn of_finding(report: &Report, finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let (path, lines) = locate(&report.graph, finding.place);
    let text = report.graph.sources.text(finding.place.file);
    let range = finding.place.start as usize..finding.place.end as usize;
    let title = level.primary_title(finding.message.as_str()).id(finding.rule.id);
    let label = finding.label.as_deref();
    let mut group = title.element(snippet(path, text, range, lines.line as usize, label));
    for reason in &finding.reasons {
        group = group.element(Level::NOTE.message(reason.as_str()));
    }
    if !finding.chain.is_empty() {
        group = group.element(Level::NOTE.with_name("chain").message(chain(report, finding)));
    }
    if let Some(fix) = &finding.fix {
        let mut advice = fix.text.clone();
        if let Some(code) = &fix.code {
            for line in code.lines() {
                let _ = write!(advice, "\n    {line}");
            }
        }
        if !fix.edits.is_empty() {
            advice.push_str("\n(`--fix` does this)");
        }
        group = group.element(Level::HELP.message(advice));
    }
    renderer.render(&[group])
}

/// `a (main.tf:3), b (main.tf:9)`, a line each.
fn chain(report: &Report, finding: &Finding) -> String {
    let lines: Vec<String> = finding
        .chain
        .iter()
        .map(|step| {
            let (path, lines) = locate(&report.graph, step.place);
            if path.is_empty() {
                step.what.clone()
            } else {
                format!("{} ({path}:{})", step.what, lines.line)
            }
        })
        .collect();
    lines.join("\n")
}

/// `3 files: 1 error, 2 warnings`.
fn summary(reports: &[Report], fixed: usize) -> String {
    let files: usize = reports.iter().map(|report| report.graph.sources.len()).sum();
    let findings: Vec<&Finding> = reports.iter().flat_map(|report| &report.findings).collect();
    let of = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let notices = reports.iter().flat_map(|it| &it.graph.notices);
    let (broken, notes): (Vec<_>, Vec<_>) = notices.partition(|it| it.is_error);
    let suppressed: usize = reports.iter().map(|report| report.suppressed).sum();
    let parts: Vec<String> = [
        (broken.len(), "problem with the input", "problems with the input"),
        (of(Severity::Error), "error", "errors"),
        (of(Severity::Warning), "warning", "warnings"),
        (of(Severity::Note) + notes.len(), "note", "notes"),
        (suppressed, "suppressed", "suppressed"),
        (fixed, "fixed", "fixed"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    let found = if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") };
    format!("{files} {}: {found}", if files == 1 { "file" } else { "files" })
}
