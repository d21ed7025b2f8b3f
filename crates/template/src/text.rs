//! Strings with holes in them.
//!
//! A hole stands in the string as a mark of its own, so that what cuts and joins strings (`split`, `replace`,
//! `jsonencode`) carries it along. The marks are characters of a private use area; a text from outside that has
//! them loses them, so that nobody forges a hole.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::hole::HoleId;

const OPEN: char = '\u{f0000}';
const CLOSE: char = '\u{f0001}';

/// A string in which parts may not be known yet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Known.
    Literal(&'t str),
    /// Not known yet.
    Hole(HoleId),
}

impl Text {
    /// A known text.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        if text.contains([OPEN, CLOSE]) {
            return Self(text.replace([OPEN, CLOSE], "\u{fffd}").into());
        }
        Self(text.into())
    }

    /// One hole and nothing else.
    #[must_use]
    pub fn hole(id: HoleId) -> Self {
        Self(format!("{OPEN}{}{CLOSE}", id.number()).into())
    }

    /// The text with its marks; for functions that cut and join.
    #[must_use]
    pub fn marked(&self) -> &str {
        &self.0
    }

    /// A text from cut and joined parts of others' [`Text::marked`].
    #[must_use]
    pub fn from_marked(marked: impl Into<Arc<str>>) -> Self {
        Self(marked.into())
    }

    /// The text, if all of it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        if self.0.contains(OPEN) { None } else { Some(&self.0) }
    }

    /// Its parts in order.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut rest = &*self.0;
        while let Some((before, after)) = rest.split_once(OPEN) {
            if !before.is_empty() {
                pieces.push(Piece::Literal(before));
            }
            let (digits, tail) = after.split_once(CLOSE).unwrap_or((after, ""));
            if let Ok(number) = digits.parse() {
                pieces.push(Piece::Hole(HoleId::from_number(number)));
            }
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest));
        }
        pieces
    }

    /// The hole, if the text is one and nothing else.
    #[must_use]
    pub fn as_hole(&self) -> Option<HoleId> {
        match self.pieces().as_slice() {
            [Piece::Hole(id)] => Some(*id),
            _ => None,
        }
    }

    /// Its holes in order.
    pub fn holes(&self) -> impl Iterator<Item = HoleId> {
        self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Hole(id) => Some(id),
            Piece::Literal(_) => None,
        })
    }

    /// The text with every hole filled in.
    #[must_use]
    pub fn fill(&self, mut with: impl FnMut(HoleId) -> String) -> Cow<'_, str> {
        if let Some(known) = self.known() {
            return Cow::Borrowed(known);
        }
        let mut out = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Hole(id) => out.push_str(&with(id)),
            }
        }
        Cow::Owned(out)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.fill(|id| format!("<{}>", id.number()));
        fmt::Debug::fmt(&*shown, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_survive_cutting_and_cannot_be_forged() {
        let hole = Text::hole(HoleId::from_number(7));
        let text = Text::from_marked(format!("arn:{}/x", hole.marked()));
        assert_eq!(text.known(), None);
        let cut = Text::from_marked(text.marked().split('/').next().unwrap());
        assert_eq!(cut.pieces()[1], Piece::Hole(HoleId::from_number(7)));
        assert_eq!(text.fill(|_| "y".to_owned()), "arn:y/x");
        assert_eq!(hole.as_hole(), Some(HoleId::from_number(7)));
        assert!(Text::literal(hole.marked()).known().is_some());
    }
}
