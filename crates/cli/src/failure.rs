//! Why a command could not do its work.

use std::io;
use std::path::PathBuf;

/// A failure that ends a command with status 2.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Write(#[from] io::Error),
    /// The input makes no sense; the text says what to do.
    #[error("{0}")]
    Input(String),
}

impl Failure {
    /// Whether the reader of the output went away, as `head` does: no failure to talk about.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Write(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
