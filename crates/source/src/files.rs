//! Files: where they come from, and what line a byte stands on.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use template::{FileId, Place};

/// The largest file that is read, in bytes; plans of large configurations reach tens of megabytes.
pub const MAX_FILE_BYTES: usize = 256 << 20;
/// The largest file in Terraform's own language, in bytes.
pub const MAX_CODE_BYTES: usize = 16 << 20;

/// Where files are read from. Paths use `/`.
pub trait Folder {
    /// The names of the files right in `folder`, sorted.
    fn list(&self, folder: &str) -> Vec<String>;
    /// The content of a file; `Err` says why not, in words.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
    /// Whether `path` is a folder.
    fn is_folder(&self, path: &str) -> bool;
}

/// Files in memory, by path: for tests, and for programs that hold the text already.
#[derive(Debug, Clone, Default)]
pub struct Memory(pub BTreeMap<String, String>);

/// All files that were read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    name: String,
    text: String,
    /// Where lines begin, found when somebody first asks.
    lines: OnceLock<Vec<u32>>,
}

/// A place for people: lines and columns from 1, columns in characters, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column of the end.
    pub end_column: u32,
}

impl Folder for Memory {
    fn list(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let names = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        names.filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(path).ok_or("there is no such file")?;
        Ok(text.clone().into_bytes())
    }

    fn is_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        path.is_empty() || self.0.keys().any(|name| name.starts_with(&prefix))
    }
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, name: &str, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name: name.to_owned(), text, lines: OnceLock::new() });
        id
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A file's name, as its path was given.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |source| &source.name)
    }

    /// A file's text.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |source| &source.text)
    }

    /// What stands at a place.
    #[must_use]
    pub fn at(&self, place: Place) -> &str {
        let text = self.text(place.file);
        text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// Lines and columns of a place.
    #[must_use]
    pub fn position(&self, place: Place) -> Lines {
        let (line, column) = self.line_and_column(place.file, place.start);
        let (end_line, end_column) = self.line_and_column(place.file, place.end);
        Lines { line, column, end_line, end_column }
    }

    fn line_and_column(&self, file: FileId, at: u32) -> (u32, u32) {
        let Some(source) = self.files.get(file.0 as usize) else { return (1, 1) };
        let lines = source.lines.get_or_init(|| {
            let breaks = source.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            let starts = breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(starts).collect()
        });
        let line = lines.partition_point(|start| *start <= at);
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = source.text.get(start as usize..at as usize).unwrap_or_default();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (count(line.max(1)), count(before.chars().count()).saturating_add(1))
    }
}

/// `path` as seen from `folder`, `.` and `..` resolved.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || (path.is_empty() && folder.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { folder };
    let rooted = absolute || base.starts_with('/');
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        for (folder, path, expected) in [
            ("", "a.tf", "a.tf"),
            ("a/b", "../c", "a/c"),
            ("a", "./m", "a/m"),
            ("a", "../../x", "../x"),
            ("/r/a", "../m", "/r/m"),
            ("a", "/abs", "/abs"),
            (".", "m", "m"),
        ] {
            assert_eq!(join(folder, path), expected, "{folder} {path}");
        }
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a", "é\nbé c\n".to_owned());
        let position = sources.position(Place::new(file, 4, 7));
        assert_eq!((position.line, position.column), (2, 2));
        assert_eq!((position.end_line, position.end_column), (2, 4));
    }
}
