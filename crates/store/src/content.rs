//! Contents: bytes that are too large for a row, under an id that a row names.
//!
//! A content is written once, as a stream, and never changed. [`Writer::finish`] returns when it is whole and
//! durable; only then may a row name it. What was begun and never finished, and what was finished and never
//! named, is swept away at the next start ([`Contents::sweep`]). Memory does not grow with a content's size.

mod bulk;
mod database;
mod file;
mod folder;
mod memory;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::StoreError;
use crate::place::Place;
use database::Database;
use folder::Folder;
use memory::Memory;

/// The name of a content: 32 hexadecimal digits, so that none can be a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(u128);

/// A finished content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// Its id.
    pub id: ContentId,
    /// Its bytes.
    pub bytes: u64,
}

/// All contents of a place. A clone is the same.
#[derive(Clone)]
pub struct Contents {
    keeper: Arc<Keeper>,
}

enum Keeper {
    Memory(Memory),
    Folder(Folder),
    Database(Database),
}

/// Takes in a content. Dropped before it is finished, it leaves nothing.
pub struct Writer {
    id: ContentId,
    bytes: u64,
    side: WriterSide,
}

enum WriterSide {
    Memory(memory::Writer),
    Folder(folder::Writer),
    Database(database::Writer),
}

/// Keeps contents readable while it lives, even if they are removed meanwhile.
#[must_use]
pub struct Hold {
    _held: Option<folder::Held>,
}

/// Gives a content's bytes in pieces.
pub struct Reader {
    pieces: mpsc::Receiver<Result<Bytes, StoreError>>,
}

impl ContentId {
    /// The id made of these random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(random))
    }

    /// Reads 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (digits && text.len() == 32).then(|| u128::from_str_radix(text, 16).ok().map(Self))?
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl Contents {
    /// Opens the contents of `place`, whose store must be open already: it owns the folder.
    ///
    /// # Errors
    /// If the place cannot be used.
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        let keeper = match place {
            Place::Memory => Keeper::Memory(Memory::default()),
            Place::Folder(folder) => Keeper::Folder(Folder::open(folder.join("content"), true)?),
            Place::Postgres(url) => Keeper::Database(Database::open(url).await?),
        };
        Ok(Self { keeper: Arc::new(keeper) })
    }

    /// Begins a content.
    #[must_use]
    pub fn writer(&self, id: ContentId) -> Writer {
        let side = match &*self.keeper {
            Keeper::Memory(memory) => WriterSide::Memory(memory.writer(id)),
            Keeper::Folder(folder) => WriterSide::Folder(folder.writer(id)),
            Keeper::Database(database) => WriterSide::Database(database.writer(id)),
        };
        Writer { id, bytes: 0, side }
    }

    /// Keeps contents readable from now on. Whoever has looked up their ids before must look again, as they
    /// may have been removed in between.
    pub fn hold(&self, ids: impl Iterator<Item = ContentId>) -> Hold {
        let held = match &*self.keeper {
            Keeper::Memory(memory) => memory.spilled().map(|folder| folder.hold(ids)),
            Keeper::Folder(folder) => Some(folder.hold(ids)),
            // Other replicas know nothing of this one's holds: there, removed contents stay for a while.
            Keeper::Database(_) => None,
        };
        Hold { _held: held }
    }

    /// Reads the bytes `range` of a content.
    #[must_use]
    pub fn read(&self, id: ContentId, range: Range<u64>) -> Reader {
        let (sender, pieces) = mpsc::channel(2);
        match &*self.keeper {
            Keeper::Memory(memory) => memory.read(id, range, sender),
            Keeper::Folder(folder) => folder.read(id, range, sender),
            Keeper::Database(database) => database.read(id, range, sender),
        }
        Reader { pieces }
    }

    /// Removes a content; one that is not there is no error.
    ///
    /// # Errors
    /// If the folder or the database does not do it.
    pub async fn remove(&self, id: ContentId) -> Result<(), StoreError> {
        match &*self.keeper {
            Keeper::Memory(memory) => memory.remove(id),
            Keeper::Folder(folder) => folder.remove(id),
            Keeper::Database(database) => database.remove(&[id]).await,
        }
    }

    /// Removes what `is_named` does not know: for a start, before anything is written. What was not finished
    /// when the process before this one ended is gone already; where others write here, too, what is not old
    /// enough stays.
    ///
    /// # Errors
    /// If the folder or the database does not do it.
    pub async fn sweep(
        &self,
        is_named: &(dyn Fn(ContentId) -> bool + Sync),
    ) -> Result<u64, StoreError> {
        match &*self.keeper {
            Keeper::Memory(memory) => memory.sweep(is_named),
            Keeper::Folder(folder) => folder.sweep(is_named),
            Keeper::Database(database) => database.sweep(is_named).await,
        }
    }

    /// Whether other processes write contents here, too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(&*self.keeper, Keeper::Database(_))
    }

    /// How many contents there are.
    ///
    /// # Errors
    /// If the folder or the database cannot be read.
    pub async fn count(&self) -> Result<u64, StoreError> {
        match &*self.keeper {
            Keeper::Memory(memory) => memory.count(),
            Keeper::Folder(folder) => Ok(folder.ids()?.len() as u64),
            Keeper::Database(database) => database.count().await,
        }
    }
}

impl Writer {
    /// Takes the next piece.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), StoreError> {
        self.bytes += piece.len() as u64;
        match &mut self.side {
            WriterSide::Memory(writer) => writer.write(piece).await,
            WriterSide::Folder(writer) => writer.write(piece).await,
            WriterSide::Database(writer) => writer.write(piece).await,
        }
    }

    /// The bytes taken so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes the content durable.
    ///
    /// # Errors
    /// If it cannot be kept; then nothing is.
    pub async fn finish(self) -> Result<Content, StoreError> {
        match self.side {
            WriterSide::Memory(writer) => writer.finish().await?,
            WriterSide::Folder(writer) => writer.finish().await?,
            WriterSide::Database(writer) => writer.finish(self.bytes).await?,
        }
        Ok(Content { id: self.id, bytes: self.bytes })
    }
}

impl Reader {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, StoreError>> {
        self.pieces.recv().await
    }

    /// As [`Self::next`] for a stream of one's own.
    pub fn poll_next(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, StoreError>>> {
        self.pieces.poll_recv(context)
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &*self.keeper {
            Keeper::Memory(_) => "memory",
            Keeper::Folder(_) => "folder",
            Keeper::Database(_) => "database",
        };
        formatter.debug_tuple("Contents").field(&kind).finish()
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Writer({}, {} bytes)", self.id, self.bytes)
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hold")
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Reader")
    }
}
