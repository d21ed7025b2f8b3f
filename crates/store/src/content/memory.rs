//! Contents that need not outlive the process: in memory while there is room, else in a temporary folder.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;

use super::ContentId;
use super::folder::{self, Folder};
use crate::error::StoreError;
use crate::limits::{CONTENT_PIECE_BYTES, MAX_CONTENT_MEMORY_BYTES, MAX_GATHERED_BYTES};
use crate::owner::Owner;

/// How temporary folders are called; the process that made one has it locked.
const FOLDER_PREFIX: &str = "rolecall-content-";

#[derive(Clone, Default)]
pub(super) struct Memory {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    held: HashMap<ContentId, Bytes>,
    held_bytes: usize,
    spilled: Option<Spilled>,
}

/// The temporary folder; dropped, it is gone.
struct Spilled {
    folder: Folder,
    path: PathBuf,
    _owner: Owner,
}

pub(super) struct Writer {
    memory: Memory,
    id: ContentId,
    gathered: BytesMut,
    spilled: Option<folder::Writer>,
}

impl Memory {
    pub(super) fn writer(&self, id: ContentId) -> Writer {
        Writer { memory: self.clone(), id, gathered: BytesMut::new(), spilled: None }
    }

    /// The temporary folder, if there was need of one.
    pub(super) fn spilled(&self) -> Option<Folder> {
        self.inner().spilled.as_ref().map(|spilled| spilled.folder.clone())
    }

    pub(super) fn read(
        &self,
        id: ContentId,
        range: Range<u64>,
        sender: mpsc::Sender<Result<Bytes, StoreError>>,
    ) {
        let held = self.inner().held.get(&id).cloned();
        match (held, self.spilled()) {
            (Some(bytes), _) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let mut rest = bytes.slice(at(range.start)..at(range.end));
                tokio::spawn(async move {
                    while !rest.is_empty() {
                        let piece = rest.split_to(rest.len().min(CONTENT_PIECE_BYTES));
                        if sender.send(Ok(piece)).await.is_err() {
                            break;
                        }
                    }
                });
            }
            (None, Some(folder)) => folder.read(id, range, sender),
            (None, None) => {
                // The channel is new, so there is room.
                let _ = sender.try_send(Err(StoreError::MissingContent { id: id.to_string() }));
            }
        }
    }

    pub(super) fn remove(&self, id: ContentId) -> Result<(), StoreError> {
        let mut inner = self.inner();
        if let Some(bytes) = inner.held.remove(&id) {
            inner.held_bytes -= bytes.len();
            return Ok(());
        }
        drop(inner);
        self.spilled().map_or(Ok(()), |folder| folder.remove(id))
    }

    pub(super) fn sweep(&self, is_named: &dyn Fn(ContentId) -> bool) -> Result<u64, StoreError> {
        let unnamed: Vec<ContentId> =
            self.inner().held.keys().copied().filter(|id| !is_named(*id)).collect();
        unnamed.iter().try_for_each(|id| self.remove(*id))?;
        let spilled = match self.spilled() {
            Some(folder) => folder.sweep(is_named)?,
            None => 0,
        };
        Ok(unnamed.len() as u64 + spilled)
    }

    pub(super) fn count(&self) -> Result<u64, StoreError> {
        let held = self.inner().held.len();
        let spilled = match self.spilled() {
            Some(folder) => folder.ids()?.len(),
            None => 0,
        };
        Ok((held + spilled) as u64)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The temporary folder, made if need be.
    fn spill(&self) -> Result<Folder, StoreError> {
        let mut inner = self.inner();
        if let Some(spilled) = &inner.spilled {
            return Ok(spilled.folder.clone());
        }
        let spilled = Spilled::make()?;
        let folder = spilled.folder.clone();
        inner.spilled = Some(spilled);
        Ok(folder)
    }

    /// Keeps the bytes if there is room.
    fn keep(&self, id: ContentId, bytes: &Bytes) -> bool {
        let mut inner = self.inner();
        if inner.held_bytes + bytes.len() > MAX_CONTENT_MEMORY_BYTES {
            return false;
        }
        inner.held_bytes += bytes.len();
        inner.held.insert(id, bytes.clone());
        true
    }
}

impl Writer {
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), StoreError> {
        if let Some(file) = &mut self.spilled {
            return file.write(piece).await;
        }
        self.gathered.extend_from_slice(&piece);
        if self.gathered.len() > MAX_GATHERED_BYTES {
            let mut file = self.memory.spill()?.writer(self.id);
            file.write(self.gathered.split().freeze()).await?;
            self.spilled = Some(file);
        }
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<(), StoreError> {
        let Self { memory, id, gathered, spilled } = self;
        if let Some(file) = spilled {
            return file.finish().await;
        }
        let bytes = gathered.freeze();
        if memory.keep(id, &bytes) {
            return Ok(());
        }
        let mut file = memory.spill()?.writer(id);
        file.write(bytes).await?;
        file.finish().await
    }
}

impl Spilled {
    fn make() -> Result<Self, StoreError> {
        let above = std::env::temp_dir();
        forget_abandoned(&above);
        let process = std::process::id();
        // A process may have several stores.
        for number in 0_u32.. {
            let path = above.join(format!("{FOLDER_PREFIX}{process}-{number}"));
            match Owner::of_folder(&path) {
                Err(StoreError::InUse { .. }) => {}
                Err(error) => return Err(error),
                Ok(owner) => {
                    let folder = Folder::open(path.join("content"), false)?;
                    return Ok(Self { folder, path, _owner: owner });
                }
            }
        }
        Err(StoreError::Closed)
    }
}

impl Drop for Spilled {
    fn drop(&mut self) {
        self.folder.destroy();
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of processes that were killed: nobody holds their locks.
fn forget_abandoned(above: &std::path::Path) {
    let Ok(entries) = std::fs::read_dir(above) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(FOLDER_PREFIX) && Owner::of_folder(&path).is_ok() {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}
