//! One file in the making, and one being read: on threads of their own, as files block.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::bulk::BulkFile;
use crate::error::StoreError;
use crate::limits::CONTENT_PIECE_BYTES;

/// Bytes that the writing thread is given at once, about: waking it for less costs more.
const BATCH_BYTES: usize = 512 * 1024;
/// Batches that wait for the disk.
const WAITING_BATCHES: usize = 8;

/// A file that is written on a thread of its own.
pub(super) struct FileWriter {
    batch: Vec<Bytes>,
    batch_bytes: usize,
    batches: mpsc::Sender<Vec<Bytes>>,
    /// Whether the file is complete, to be sent when the last piece was.
    end: oneshot::Sender<()>,
    done: oneshot::Receiver<io::Result<()>>,
}

/// Where a file grows and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) incoming: PathBuf,
    pub(super) place: PathBuf,
    pub(super) durable: bool,
}

impl FileWriter {
    pub(super) fn start(paths: Paths) -> Self {
        let (batches, incoming) = mpsc::channel(WAITING_BATCHES);
        let (end, ended) = oneshot::channel();
        let (report, done) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let written = take_in(&paths, incoming, ended);
            if written.is_err() {
                let _ = fs::remove_file(&paths.incoming);
            }
            let _ = report.send(written);
        });
        Self { batch: Vec::new(), batch_bytes: 0, batches, end, done }
    }

    pub(super) async fn write(&mut self, piece: Bytes) {
        self.batch_bytes += piece.len();
        self.batch.push(piece);
        if self.batch_bytes >= BATCH_BYTES {
            self.hand_over().await;
        }
    }

    /// Gives the thread what was gathered. One that has failed says why at the end.
    async fn hand_over(&mut self) {
        self.batch_bytes = 0;
        let _ = self.batches.send(std::mem::take(&mut self.batch)).await;
    }

    pub(super) async fn finish(mut self) -> io::Result<()> {
        self.hand_over().await;
        let _ = self.end.send(());
        drop(self.batches);
        self.done.await.unwrap_or_else(|_| Err(io::Error::other("the writing thread is gone")))
    }
}

/// Writes the pieces, and moves the file to its place if all of them came.
fn take_in(
    paths: &Paths,
    mut batches: mpsc::Receiver<Vec<Bytes>>,
    mut ended: oneshot::Receiver<()>,
) -> io::Result<()> {
    let mut file = BulkFile::create(&paths.incoming, paths.durable)?;
    while let Some(batch) = batches.blocking_recv() {
        batch.iter().try_for_each(|piece| file.write(piece))?;
    }
    match ended.try_recv() {
        Ok(()) => settle(file.finish()?, paths),
        Err(_) => Err(io::Error::other("the content was given up")),
    }
}

/// Writes a whole file at once.
pub(super) fn write_whole(paths: &Paths, pieces: &[Bytes]) -> io::Result<()> {
    let write = || {
        let mut file = File::create_new(&paths.incoming)?;
        pieces.iter().try_for_each(|piece| file.write_all(piece))?;
        settle(file, paths)
    };
    write().inspect_err(|_| drop(fs::remove_file(&paths.incoming)))
}

/// Flushes a complete file and gives it its name, which is durable when the folder is.
fn settle(file: File, paths: &Paths) -> io::Result<()> {
    let folder = paths.place.parent().unwrap_or(Path::new("."));
    if paths.durable {
        file.sync_all()?;
    }
    drop(file);
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        if paths.durable
            && let Some(above) = folder.parent()
        {
            File::open(above)?.sync_all()?;
        }
    }
    fs::rename(&paths.incoming, &paths.place)?;
    if paths.durable {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Sends the bytes `range` of a file until the reader is gone.
pub(super) fn send_range(
    path: &Path,
    range: Range<u64>,
    sender: &mpsc::Sender<Result<Bytes, StoreError>>,
) -> io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end.saturating_sub(range.start);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(CONTENT_PIECE_BYTES);
        let mut piece = Vec::with_capacity(most);
        let read = (&mut file).take(most as u64).read_to_end(&mut piece)?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is too short"));
        }
        left = left.saturating_sub(read as u64);
        if sender.blocking_send(Ok(piece.into())).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
