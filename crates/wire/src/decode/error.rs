//! The error type that serde's generated code makes, and where it gets its place.

use std::fmt;

use serde::de::{Expected, Unexpected};

use super::Context;
use crate::path::{Path, Segment};
use crate::problem::{Located, Problem};

/// A problem; its place is filled in by the innermost reader that knows it.
#[derive(Debug)]
pub(crate) struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    path: Option<Path>,
    /// The member of that place which the problem is about, as generated code names it.
    field: Option<&'static str>,
    problem: Problem,
}

impl Error {
    pub(crate) fn located(path: Path, problem: Problem) -> Self {
        Self(Box::new(Inner { path: Some(path), field: None, problem }))
    }

    fn unlocated(problem: Problem) -> Self {
        Self(Box::new(Inner { path: None, field: None, problem }))
    }

    fn about(field: &'static str, problem: Problem) -> Self {
        Self(Box::new(Inner { path: None, field: Some(field), problem }))
    }

    /// Places the error where `context` is, unless it has its place.
    pub(super) fn at(mut self, context: &Context<'_>) -> Self {
        if self.0.path.is_none() {
            let mut path = context.path();
            path.segments.extend(self.0.field.map(|field| Segment::Field(field.to_owned())));
            self.0.path = Some(path);
        }
        self
    }

    /// Places the error at or below this member of where `context` is.
    pub(super) fn below(mut self, context: &Context<'_>, name: &str) -> Self {
        let mut path = context.path();
        path.segments.push(Segment::Field(name.to_owned()));
        path.segments.extend(self.0.field.map(|field| Segment::Field(field.to_owned())));
        self.0.path = Some(path);
        self
    }

    pub(super) fn into_located(self, context: &Context<'_>) -> Located {
        let inner = *self.at(context).0;
        let path = inner.path.unwrap_or_else(|| context.path());
        Located { path, problem: inner.problem }
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::unlocated(Problem::Other(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_value(unexpected, expected)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let value = match unexpected {
            Unexpected::Str(text) => format!("`{text}`"),
            other => other.to_string(),
        };
        Self::unlocated(Problem::Refused { value, expected: expected.to_string() })
    }

    fn unknown_variant(variant: &str, allowed: &'static [&'static str]) -> Self {
        Self::unlocated(Problem::NotInEnumeration { value: variant.to_owned(), allowed })
    }

    fn unknown_field(_field: &str, _expected: &'static [&'static str]) -> Self {
        // The reader is already at that member and places the error there.
        Self::unlocated(Problem::Unknown)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::about(field, Problem::Missing)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::about(field, Problem::Other("is given twice: send it once".to_owned()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.problem.fmt(formatter)
    }
}

impl std::error::Error for Error {}
