//! Where a store is, and what can be chosen about it.

use std::fmt;
use std::path::PathBuf;

use crate::limits::DEFAULT_AUDIT_ROWS;

/// Where a store keeps its state.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory: gone when the process ends.
    Memory,
    /// In an SQLite file in this folder, which is made if need be and belongs to one process at a time.
    Folder(PathBuf),
    /// In the PostgreSQL database of this URL, together with any number of other processes.
    Postgres(String),
}

/// What can be chosen when a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many audit rows the database keeps.
    pub audit_rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { audit_rows: DEFAULT_AUDIT_ROWS }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("Memory"),
            Self::Folder(folder) => formatter.debug_tuple("Folder").field(folder).finish(),
            // The URL may hold a password.
            Self::Postgres(_) => formatter.write_str("Postgres(…)"),
        }
    }
}
