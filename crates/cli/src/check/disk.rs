//! Files on disk, as `source` reads them.

use std::fs;
use std::path::Path;

use source::{Folder, MAX_FILE_BYTES};

/// The file system, without what the configuration leaves out.
#[derive(Debug)]
pub(super) struct Disk {
    exclude: Vec<String>,
}

impl Disk {
    pub(super) fn new(exclude: Vec<String>) -> Self {
        Self { exclude }
    }

    fn is_left_out(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./");
        self.exclude.iter().any(|left_out| {
            let left_out = left_out.trim_start_matches("./").trim_end_matches('/');
            path == left_out
                || path.strip_prefix(left_out).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

impl Folder for Disk {
    fn list(&self, folder: &str) -> Vec<String> {
        let folder_path = if folder.is_empty() { "." } else { folder };
        let Ok(entries) = fs::read_dir(folder_path) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| !self.is_left_out(&source::join(folder, name))).collect();
        names.sort();
        names
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
        if size > MAX_FILE_BYTES as u64 {
            return Err(format!("it has more than the {MAX_FILE_BYTES} bytes that are read"));
        }
        fs::read(path).map_err(|error| error.to_string())
    }

    fn is_folder(&self, path: &str) -> bool {
        // A link may lead in a circle.
        let path = Path::new(if path.is_empty() { "." } else { path });
        path.is_dir() && (path == Path::new(".") || !path.is_symlink())
    }
}
