//! Annotations of GitHub Actions.
//!
//! Source: GitHub Actions documentation, "Workflow commands", setting an error, warning or notice message.

use std::fmt::Write;

use check::Severity;

use super::{Report, locate};

pub(super) fn render(reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports {
        for notice in report.graph.notices.iter().filter(|notice| notice.is_error) {
            let (path, lines) = locate(&report.graph, notice.place);
            let (file, message) = (property(path), data(&notice.message));
            let _ = writeln!(
                out,
                "::error file={file},line={},col={}::{message}",
                lines.line, lines.column
            );
        }
        for finding in &report.findings {
            let (path, lines) = locate(&report.graph, finding.place);
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            let mut text = finding.message.clone();
            if let Some(fix) = &finding.fix {
                let _ = write!(text, "\n{}", fix.text);
                if let Some(code) = &fix.code {
                    let _ = write!(text, ":\n{code}");
                }
            }
            let title = property(&format!("{} {}", finding.rule.id, finding.rule.name));
            let _ = writeln!(
                out,
                "::{command} file={},line={},endLine={},col={},title={title}::{}",
                property(path),
                lines.line,
                lines.end_line,
                lines.column,
                data(&text)
            );
        }
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
