//! Where in a document something stands: byte spans, and lines and columns for people.

use std::ops::Range;

/// A half-open range of bytes in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place as editors and AWS's simulator count it: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A value together with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the document.
    pub span: Span,
}

impl Span {
    /// The span from `start` to `end`, both in bytes; documents over 4 GiB do not occur (see
    /// [`crate::json::MAX_DOCUMENT_BYTES`]).
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// As a range that slices the document.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text that the span covers; empty if it does not belong to `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

impl Position {
    /// The position of byte `offset` in `text`; the end of the text if it lies beyond.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or_default();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: count(before.bytes().filter(|byte| *byte == b'\n').count()),
            column: count(before.get(line_start..).unwrap_or_default().chars().count()),
        }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "a\nbé\u{1f600}c\n";
        for (offset, line, column) in
            [(0, 1, 1), (1, 1, 2), (2, 2, 1), (5, 2, 3), (6, 2, 3), (9, 2, 4)]
        {
            assert_eq!(Position::of(text, offset), Position { line, column }, "byte {offset}");
        }
        assert_eq!(Position::of(text, 1000), Position { line: 3, column: 1 });
    }
}
