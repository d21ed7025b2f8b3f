//! Contents as files: `incoming/ID` while they grow, `ab/ID` when they are whole.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::ContentId;
use super::file::{self, FileWriter, Paths};
use crate::error::StoreError;
use crate::limits::MAX_GATHERED_BYTES;

const INCOMING: &str = "incoming";

/// A folder of contents.
#[derive(Clone)]
pub(super) struct Folder {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// Whether contents must survive a crash.
    durable: bool,
    holds: Mutex<HashMap<ContentId, Holds>>,
}

#[derive(Default)]
struct Holds {
    count: usize,
    /// To be removed when the last hold ends.
    doomed: bool,
}

/// Contents that are being read.
pub(super) struct Held {
    folder: Folder,
    ids: Vec<ContentId>,
}

/// A content that gets its file when it is whole or too large to wait.
pub(super) struct Writer {
    folder: Folder,
    id: ContentId,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    file: Option<FileWriter>,
}

impl Folder {
    pub(super) fn open(path: PathBuf, durable: bool) -> Result<Self, StoreError> {
        let folder = Self { inner: Arc::new(Inner { path, durable, holds: Mutex::default() }) };
        folder.clear_incoming().map_err(|error| folder.failed(&error))?;
        Ok(folder)
    }

    /// Removes what a process before this one did not finish.
    fn clear_incoming(&self) -> io::Result<()> {
        let incoming = self.inner.path.join(INCOMING);
        fs::create_dir_all(&incoming)?;
        for entry in fs::read_dir(incoming)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    pub(super) fn writer(&self, id: ContentId) -> Writer {
        Writer { folder: self.clone(), id, gathered: Vec::new(), gathered_bytes: 0, file: None }
    }

    pub(super) fn hold(&self, ids: impl Iterator<Item = ContentId>) -> Held {
        let ids: Vec<ContentId> = ids.collect();
        let mut holds = self.holds();
        for id in &ids {
            holds.entry(*id).or_default().count += 1;
        }
        drop(holds);
        Held { folder: self.clone(), ids }
    }

    pub(super) fn read(
        &self,
        id: ContentId,
        range: Range<u64>,
        sender: mpsc::Sender<Result<Bytes, StoreError>>,
    ) {
        let folder = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = file::send_range(&folder.place(id), range, &sender) {
                let error = match error.kind() {
                    io::ErrorKind::NotFound => StoreError::MissingContent { id: id.to_string() },
                    _ => folder.failed(&error),
                };
                let _ = sender.blocking_send(Err(error));
            }
        });
    }

    pub(super) fn remove(&self, id: ContentId) -> Result<(), StoreError> {
        if let Some(hold) = self.holds().get_mut(&id) {
            hold.doomed = true;
            return Ok(());
        }
        self.unlink(id)
    }

    pub(super) fn sweep(&self, is_named: &dyn Fn(ContentId) -> bool) -> Result<u64, StoreError> {
        let mut swept = 0;
        for id in self.ids()?.into_iter().filter(|id| !is_named(*id)) {
            self.remove(id)?;
            swept += 1;
        }
        Ok(swept)
    }

    /// The ids of all whole contents.
    pub(super) fn ids(&self) -> Result<Vec<ContentId>, StoreError> {
        let list = || -> io::Result<Vec<ContentId>> {
            let mut ids = Vec::new();
            for shard in fs::read_dir(&self.inner.path)? {
                let shard = shard?;
                if shard.file_name() == INCOMING || !shard.file_type()?.is_dir() {
                    continue;
                }
                for entry in fs::read_dir(shard.path())? {
                    ids.extend(entry?.file_name().to_str().and_then(ContentId::parse));
                }
            }
            Ok(ids)
        };
        list().map_err(|error| self.failed(&error))
    }

    /// Removes the folder with everything in it.
    pub(super) fn destroy(&self) {
        let _ = fs::remove_dir_all(&self.inner.path);
    }

    fn unlink(&self, id: ContentId) -> Result<(), StoreError> {
        match fs::remove_file(self.place(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(&error)),
            _ => Ok(()),
        }
    }

    fn place(&self, id: ContentId) -> PathBuf {
        let name = id.to_string();
        let shard = name.get(..2).unwrap_or_default();
        self.inner.path.join(shard).join(&name)
    }

    fn paths(&self, id: ContentId) -> Paths {
        let incoming = self.inner.path.join(INCOMING).join(id.to_string());
        Paths { incoming, place: self.place(id), durable: self.inner.durable }
    }

    fn holds(&self) -> MutexGuard<'_, HashMap<ContentId, Holds>> {
        self.inner.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        let folder = self.inner.path.display().to_string();
        StoreError::Folder { folder, why: error.to_string() }
    }
}

impl Writer {
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), StoreError> {
        if let Some(file) = &mut self.file {
            file.write(piece).await;
            return Ok(());
        }
        self.gathered_bytes += piece.len();
        self.gathered.push(piece);
        if self.gathered_bytes > MAX_GATHERED_BYTES {
            let mut file = FileWriter::start(self.folder.paths(self.id));
            for piece in self.gathered.drain(..) {
                file.write(piece).await;
            }
            self.file = Some(file);
        }
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<(), StoreError> {
        let Self { folder, id, gathered, file, .. } = self;
        let written = match file {
            Some(file) => file.finish().await,
            None => {
                let paths = folder.paths(id);
                let write = move || file::write_whole(&paths, &gathered);
                let written = tokio::task::spawn_blocking(write).await;
                written.unwrap_or_else(|error| Err(io::Error::other(error)))
            }
        };
        written.map_err(|error| folder.failed(&error))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut doomed = Vec::new();
        let mut holds = self.folder.holds();
        for id in &self.ids {
            let Some(hold) = holds.get_mut(id) else { continue };
            hold.count -= 1;
            if hold.count == 0 && holds.remove(id).is_some_and(|hold| hold.doomed) {
                doomed.push(*id);
            }
        }
        drop(holds);
        for id in doomed {
            // What cannot be removed now is swept at the next start.
            let _ = self.folder.unlink(id);
        }
    }
}
