//! The lines of a file with what is meant underlined.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

/// Lines of one snippet that are printed: of what is longer, the first line.
const LINES_MAX: usize = 12;

/// The lines that the bytes `range` of `text` are on; `first_line` is the number of the first of them.
pub(crate) fn snippet<'t>(
    path: &'t str,
    text: &'t str,
    range: Range<usize>,
    first_line: usize,
    label: Option<&'t str>,
) -> Snippet<'t, Annotation<'t>> {
    let start = range.start.min(text.len());
    let mut end = range.end.clamp(start, text.len());
    let before = text.get(..start).unwrap_or_default();
    let covered = text.get(start..end).unwrap_or_default();
    if covered.lines().count() > LINES_MAX {
        end = start + covered.lines().next().map_or(0, str::len);
    }
    let after = text.get(end..).unwrap_or_default();
    let first = before.rfind('\n').map_or(0, |newline| newline + 1);
    let last = after.find('\n').map_or(text.len(), |newline| end + newline);
    let lines = text.get(first..last).unwrap_or_default().trim_end_matches('\r');
    let within = |at: usize| (at - first).min(lines.len());
    Snippet::source(lines)
        .line_start(first_line)
        .path(path)
        .annotation(AnnotationKind::Primary.span(within(start)..within(end)).label(label))
}
