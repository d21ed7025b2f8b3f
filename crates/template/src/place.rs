//! Where something stands.

/// A file, by its number among those that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A range of bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// What keeps a text from being read or evaluated, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Lower case, what stands in the text in backticks.
    pub message: String,
    /// What to do about it, where that is plain.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
}

impl Place {
    /// The bytes `start..end` of `file`.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }
}

impl Problem {
    /// A problem without advice.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, place }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
