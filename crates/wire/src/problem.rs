//! Why a request cannot be decoded, as values that a protocol turns into AWS's own texts.

use std::fmt;

use crate::path::Path;

/// A request that cannot be decoded.
///
/// Several problems are listed only if all are required members that are missing: AWS names those
/// together, and anything that it cannot even parse alone and first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong; at least one.
    pub problems: Vec<Located>,
}

/// One problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Where.
    pub path: Path,
    /// What.
    pub problem: Problem,
}

/// What is wrong with one place of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A required member is absent.
    Missing,
    /// Text that is not a value of the wanted kind, such as `abc` for a number, or one out of range.
    NotA {
        /// What the operation takes there.
        wanted: Kind,
        /// The text.
        value: String,
    },
    /// A value of another kind than the wanted one, such as a list where text belongs.
    WrongKind {
        /// What the operation takes there.
        wanted: Kind,
        /// What the client sent.
        found: Kind,
    },
    /// A value that the type behind the member refuses, such as a time or base64 that is none.
    Refused {
        /// The value, as far as it may be shown.
        value: String,
        /// What would be taken, in words.
        expected: String,
    },
    /// Text outside an enumeration.
    NotInEnumeration {
        /// The text.
        value: String,
        /// All that is allowed.
        allowed: &'static [&'static str],
    },
    /// A parameter with a value of its own and with members below it.
    ValueAndMembers,
    /// A list in a form is numbered in a way that AWS refuses.
    Index(IndexProblem),
    /// A list longer than this server reads.
    TooManyItems {
        /// The limit.
        limit: usize,
    },
    /// A member that the operation does not have, where its type refuses such.
    Unknown,
    /// The body is not well formed JSON or XML, or over a limit of the reader.
    Malformed(String),
    /// What a type's own check says.
    Other(String),
}

/// How a list in a form can be misnumbered. SES's answers to each were probed live (tests of
/// github.com/floci-io/floci); it shares the front end of IAM and STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexProblem {
    /// `Tags.1`: the `member` is missing, at the top of the request.
    TopLevelList,
    /// `Tags.member.x`, or a number without `member` further down.
    NotANumber(String),
    /// `Tags.member.0`.
    Zero,
    /// `Tags.member.01`.
    LeadingZero(String),
    /// Digits past nine.
    TooLarge(String),
    /// More than ten numbers left out.
    TooSparse {
        /// How many.
        skipped: u32,
    },
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number of up to 32 bits.
    Integer,
    /// A whole number of more than 32 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// A list.
    List,
    /// A structure.
    Structure,
    /// A map.
    Map,
    /// JSON's `null`.
    Null,
}

impl DecodeError {
    /// One problem.
    pub(crate) fn one(path: Path, problem: Problem) -> Self {
        Self { problems: vec![Located { path, problem }] }
    }

    /// The first problem; there is always one.
    #[must_use]
    pub fn first(&self) -> Option<&Located> {
        self.problems.first()
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number of 32 bits",
            Self::Long => "a whole number of 64 bits",
            Self::Double => "a number",
            Self::List => "a list",
            Self::Structure => "a structure",
            Self::Map => "a map",
            Self::Null => "`null`",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("is required: send it"),
            Self::NotA { wanted, value } => write!(formatter, "is `{value}`: send {wanted}"),
            Self::WrongKind { wanted, found } => write!(formatter, "is {found}: send {wanted}"),
            Self::Refused { value, expected } => write!(formatter, "is {value}: send {expected}"),
            Self::NotInEnumeration { value, allowed } => {
                write!(formatter, "is `{value}`: send one of `{}`", allowed.join("`, `"))
            }
            Self::ValueAndMembers => {
                formatter.write_str("has a value and members below it: send one or the other")
            }
            Self::Index(problem) => problem.fmt(formatter),
            Self::TooManyItems { limit } => {
                write!(formatter, "has more than {limit} members: send fewer")
            }
            Self::Unknown => formatter.write_str("is not a member here: leave it out"),
            Self::Malformed(reason) => write!(formatter, "is malformed: {reason}"),
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}

impl fmt::Display for IndexProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TopLevelList => {
                formatter.write_str("is a list numbered without `member`: send `.member.1`")
            }
            Self::Zero => formatter.write_str("has a member numbered `0`: count from 1"),
            Self::NotANumber(text) | Self::LeadingZero(text) | Self::TooLarge(text) => {
                write!(formatter, "has a member numbered `{text}`: count 1, 2, 3")
            }
            Self::TooSparse { skipped } => {
                write!(formatter, "leaves out {skipped} numbers: count without gaps")
            }
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, Located { path, problem }) in self.problems.iter().enumerate() {
            if position > 0 {
                formatter.write_str("; ")?;
            }
            if path.segments.is_empty() {
                write!(formatter, "the request {problem}")?;
            } else {
                write!(formatter, "`{path}` {problem}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}
