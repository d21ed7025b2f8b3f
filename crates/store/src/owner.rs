//! A data folder belongs to one process at a time.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::error::StoreError;

/// The file that is locked, and says who has locked it.
const LOCK_NAME: &str = "owner";
/// Bytes of that file that are read, at most.
const MAX_LOCK_BYTES: u64 = 200;

/// The right to a data folder, until it is dropped or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Owner {
    _lock: File,
}

impl Owner {
    /// Makes the folder if need be and takes it.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, StoreError> {
        let wrong = |error: std::io::Error| StoreError::Folder {
            folder: folder.display().to_string(),
            why: error.to_string(),
        };
        create_private(folder).map_err(wrong)?;
        let path = folder.join(LOCK_NAME);
        let mut file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(wrong)?;
                write!(file, "process {}", std::process::id()).map_err(wrong)?;
                Ok(Self { _lock: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let read = file.take(MAX_LOCK_BYTES).read_to_string(&mut owner);
                if read.is_err() || owner.is_empty() {
                    "another process".clone_into(&mut owner);
                }
                Err(StoreError::InUse { folder: folder.display().to_string(), owner })
            }
            Err(TryLockError::Error(error)) => Err(wrong(error)),
        }
    }
}

/// Makes the folder, and those above it, for its owner alone: what it will hold is secret.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
