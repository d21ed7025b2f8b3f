//! Comments that suppress a finding: `# rolecall:ignore IP002 the policy is attached by another team`.
//!
//! A comment counts for its own line and for the next line that is not a comment; above a block, for the whole
//! block. A reason is needed: a comment without one suppresses nothing, and that is told.

use source::Graph;
use template::FileId;

/// The word that begins a suppression.
const WORD: &str = "rolecall:ignore";

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The file.
    pub file: FileId,
    /// The line of the comment, from 1.
    pub line: u32,
    /// The first and the last line that it counts for.
    pub lines: (u32, u32),
    /// The rules that it names.
    pub rules: Vec<String>,
    /// Why; empty if nothing is said.
    pub reason: String,
}

/// Every suppression in the files of a graph.
#[must_use]
pub fn suppressions(graph: &Graph) -> Vec<Suppression> {
    let mut found = Vec::new();
    for number in 0..graph.sources.len() {
        let file = FileId(u32::try_from(number).unwrap_or(u32::MAX));
        let text = graph.sources.text(file);
        if !text.contains(WORD) {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            found.extend(of_line(graph, file, &lines, at, line));
        }
    }
    found
}

fn of_line(
    graph: &Graph,
    file: FileId,
    lines: &[&str],
    at: usize,
    line: &str,
) -> Option<Suppression> {
    let (before, after) = line.split_once(WORD)?;
    let is_comment = |text: &str| {
        let text = text.trim_start();
        text.is_empty() || text.starts_with('#') || text.starts_with("//") || text.starts_with("/*")
    };
    if !before.trim_end().ends_with(['#', '/', '*']) {
        return None;
    }
    let mut rules = Vec::new();
    let mut rest = after.trim_end_matches("*/").trim();
    while let Some(word) = rest.split([' ', ',', ':']).next().filter(|word| is_rule(word)) {
        rules.push(word.to_ascii_uppercase());
        rest = rest.get(word.len()..).unwrap_or_default().trim_start_matches([' ', ',', ':']);
    }
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let mut last = number(at);
    if is_comment(before) {
        let next =
            (at + 1..lines.len()).find(|at| lines.get(*at).is_some_and(|it| !is_comment(it)));
        last = next.map_or(last, number);
        // Above a block, or first in it, it counts for all of it.
        let here = graph.resources.iter().find(|resource| {
            let place = graph.sources.position(resource.extent);
            resource.extent.file == file && place.line == last
        });
        if let Some(resource) = here {
            last = graph.sources.position(resource.extent).end_line;
        }
    }
    Some(Suppression {
        file,
        line: number(at),
        lines: (number(at), last),
        rules,
        reason: rest.to_owned(),
    })
}

fn is_rule(word: &str) -> bool {
    let digits = word.strip_prefix("IP").or_else(|| word.strip_prefix("ip"));
    digits.is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))
}
