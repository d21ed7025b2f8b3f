//! JUnit XML: a test case for each rule, a failure for each finding that is a warning or worse.

use std::fmt::Write;

use check::{RULES, Severity};

use super::{Report, locate};

pub(super) fn render(reports: &[Report]) -> String {
    let mut cases = String::new();
    let mut failures = 0;
    for rule in RULES {
        let _ = write!(
            cases,
            "    <testcase classname=\"rolecall.check\" name=\"{} {}\">",
            rule.id, rule.name
        );
        for report in reports {
            let own = report.findings.iter().filter(|it| it.rule.id == rule.id);
            for finding in own.filter(|it| it.severity > Severity::Note) {
                let (path, lines) = locate(&report.graph, finding.place);
                let place = format!("{path}:{}:{}", lines.line, lines.column);
                failures += 1;
                let _ = write!(
                    cases,
                    "\n      <failure type=\"{}\" message=\"{}\">{}</failure>",
                    finding.severity.name(),
                    escaped(&finding.message),
                    escaped(&place)
                );
            }
        }
        cases.push_str("</testcase>\n");
    }
    let mut errors = 0;
    for report in reports {
        for notice in report.graph.notices.iter().filter(|notice| notice.is_error) {
            let (path, lines) = locate(&report.graph, notice.place);
            errors += 1;
            let _ = writeln!(
                cases,
                "    <testcase classname=\"rolecall.check\" name=\"{}\"><error message=\"{}\">line {}</error></testcase>",
                escaped(path),
                escaped(&notice.message),
                lines.line
            );
        }
    }
    let tests = RULES.len() + errors;
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"rolecall check\" {counts}>\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            // What XML has no way to write.
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
