//! One line a finding: `file:line:column: severity IP001: message`.

use std::fmt::Write;

use super::{Report, locate};

pub(super) fn render(reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports {
        for notice in &report.graph.notices {
            let (path, lines) = locate(&report.graph, notice.place);
            let severity = if notice.is_error { "error" } else { "note" };
            let _ = writeln!(
                out,
                "{path}:{}:{}: {severity}: {}",
                lines.line, lines.column, notice.message
            );
        }
        for finding in &report.findings {
            let (path, lines) = locate(&report.graph, finding.place);
            let (severity, id) = (finding.severity.name(), finding.rule.id);
            let message = &finding.message;
            let _ =
                writeln!(out, "{path}:{}:{}: {severity} {id}: {message}", lines.line, lines.column);
        }
    }
    out
}
