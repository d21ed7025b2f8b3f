//! What a decoding carries along: where it is, what it met that nobody asked for, and which members
//! it stands in for.

use super::{Error, MAX_UNKNOWN_NAMED};
use crate::path::{Path, Segment, Spelling};
use crate::problem::Problem;

/// One step down, borrowed from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'de> {
    Field(&'de str),
    Item(u32),
    Entry(u32),
}

pub(crate) struct Context<'de> {
    spelling: Spelling,
    trail: Vec<Step<'de>>,
    unknown: Vec<Path>,
    /// Missing members for which stand-ins are given.
    supplied: Vec<Path>,
}

impl<'de> Context<'de> {
    pub(super) fn new(spelling: Spelling, supplied: Vec<Path>) -> Self {
        Self { spelling, trail: Vec::new(), unknown: Vec::new(), supplied }
    }

    pub(super) fn into_unknown(self) -> Vec<Path> {
        self.unknown
    }

    pub(crate) fn enter(&mut self, step: Step<'de>) {
        self.trail.push(step);
    }

    pub(crate) fn leave(&mut self) {
        self.trail.pop();
    }

    /// How many steps below the top this is.
    pub(crate) fn depth(&self) -> usize {
        self.trail.len()
    }

    /// A problem with the place that is being read.
    pub(crate) fn error(&self, problem: Problem) -> Error {
        Error::located(self.path(), problem)
    }

    /// A problem with a place right below the one that is being read.
    pub(crate) fn error_below(&self, segment: Segment, problem: Problem) -> Error {
        Error::located(self.path_below(segment), problem)
    }

    /// The place that is being read is nothing that the operation has.
    pub(super) fn note_unknown_here(&mut self) {
        if self.unknown.len() < MAX_UNKNOWN_NAMED {
            self.unknown.push(self.path());
        }
    }

    /// A member of the place that is being read is nothing that the operation has.
    pub(crate) fn note_unknown(&mut self, name: &str) {
        if self.unknown.len() < MAX_UNKNOWN_NAMED {
            self.unknown.push(self.path_below(Segment::Field(name.to_owned())));
        }
    }

    /// The names of the members right here for which stand-ins are given.
    pub(super) fn supplied_here(&self) -> Vec<String> {
        if self.supplied.is_empty() {
            return Vec::new();
        }
        let here = self.path().segments;
        let names = self.supplied.iter().filter_map(|path| {
            let (last, parents) = path.segments.split_last()?;
            match last {
                Segment::Field(name) if parents == here => Some(name.clone()),
                _ => None,
            }
        });
        names.collect()
    }

    pub(super) fn path(&self) -> Path {
        let segments = self.trail.iter().map(|step| match step {
            Step::Field(name) => Segment::Field((*name).to_owned()),
            Step::Item(number) => Segment::Item(*number),
            Step::Entry(number) => Segment::Entry(*number),
        });
        Path { spelling: self.spelling, segments: segments.collect() }
    }

    fn path_below(&self, segment: Segment) -> Path {
        let mut path = self.path();
        path.segments.push(segment);
        path
    }
}
