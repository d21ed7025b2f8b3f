//! A file of many bytes in the making, written past the system's cache where that can be done: taking them through
//! the cache costs more processor time than a hash of them, and the disk would wait for the last flush.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes that go to the disk at once.
const BLOCK_BYTES: usize = 1 << 20;
/// What addresses and lengths are multiples of when the cache is passed by: the largest sector there is.
const ALIGNMENT: usize = 4096;
/// Bytes in the cache after which the disk is told to begin, so that the last flush has less to do.
const FLUSH_BYTES: u64 = 4 << 20;

/// The file; nobody else writes to it.
pub(super) struct BulkFile {
    file: File,
    way: Way,
}

/// How bytes get there.
enum Way {
    /// Through the cache, to be flushed or not.
    Cached { unflushed: u64, durable: bool },
    /// Past it.
    Direct(Block),
}

/// The bytes that go to the disk next, at an address that it takes.
struct Block {
    memory: Vec<u8>,
    start: usize,
    filled: usize,
    /// Bytes of the file before them.
    offset: u64,
}

impl BulkFile {
    /// Makes the file; one that need not be durable stays in the cache.
    pub(super) fn create(path: &Path, durable: bool) -> io::Result<Self> {
        if durable && let (Some(block), Ok(file)) = (Block::new(), create_direct(path)) {
            return Ok(Self { file, way: Way::Direct(block) });
        }
        // What came of the first try is taken over, as it is empty.
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
        Ok(Self { file, way: Way::Cached { unflushed: 0, durable } })
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match &mut self.way {
                Way::Cached { unflushed, durable } => {
                    self.file.write_all(bytes)?;
                    *unflushed += bytes.len() as u64;
                    if *durable && *unflushed >= FLUSH_BYTES {
                        self.file.sync_data()?;
                        *unflushed = 0;
                    }
                    return Ok(());
                }
                Way::Direct(block) => {
                    bytes = block.take(bytes);
                    if block.is_full() {
                        self.drain(BLOCK_BYTES)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The file with all that was written, which is still to be flushed.
    pub(super) fn finish(mut self) -> io::Result<File> {
        if let Way::Direct(block) = &self.way {
            let whole = block.filled / ALIGNMENT * ALIGNMENT;
            self.drain(whole)?;
            // What is left is less than a disk takes.
            self.take_cached_way()?;
        }
        Ok(self.file)
    }

    /// Sends the first `length` of the waiting bytes to the disk, which are as many as it takes.
    fn drain(&mut self, length: usize) -> io::Result<()> {
        let Way::Direct(block) = &mut self.way else { return Ok(()) };
        let waiting = block.waiting();
        match self.file.write_all(waiting.get(..length).unwrap_or(waiting)) {
            Ok(()) => {
                block.drop_first(length);
                Ok(())
            }
            // There are file systems that find out only now.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => self.take_cached_way(),
            Err(error) => Err(error),
        }
    }

    /// Writes what waits through the cache, and all that follows.
    fn take_cached_way(&mut self) -> io::Result<()> {
        let way = std::mem::replace(&mut self.way, Way::Cached { unflushed: 0, durable: true });
        let Way::Direct(block) = way else { return Ok(()) };
        end_direct(&self.file)?;
        self.file.seek(SeekFrom::Start(block.offset))?;
        self.write(block.waiting())
    }
}

impl Block {
    /// `None` where memory has no addresses to speak of.
    fn new() -> Option<Self> {
        let memory = vec![0; BLOCK_BYTES + ALIGNMENT];
        let start = memory.as_ptr().align_offset(ALIGNMENT);
        (start <= ALIGNMENT).then_some(Self { memory, start, filled: 0, offset: 0 })
    }

    fn is_full(&self) -> bool {
        self.filled == BLOCK_BYTES
    }

    /// Takes as many bytes as there is room for, and gives back the others.
    fn take<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let free = self.start + self.filled..self.start + BLOCK_BYTES;
        let free = self.memory.get_mut(free).unwrap_or_default();
        let (taken, left) = bytes.split_at(bytes.len().min(free.len()));
        if let Some(place) = free.get_mut(..taken.len()) {
            place.copy_from_slice(taken);
        }
        self.filled += taken.len();
        left
    }

    fn waiting(&self) -> &[u8] {
        self.memory.get(self.start..self.start + self.filled).unwrap_or_default()
    }

    fn drop_first(&mut self, length: usize) {
        self.memory.copy_within(self.start + length..self.start + self.filled, self.start);
        self.filled -= length;
        self.offset += length as u64;
    }
}

#[cfg(target_os = "linux")]
fn create_direct(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = i32::try_from(rustix::fs::OFlags::DIRECT.bits()).map_err(io::Error::other)?;
    OpenOptions::new().write(true).create_new(true).custom_flags(flags).open(path)
}

#[cfg(target_os = "linux")]
fn end_direct(file: &File) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(file)?;
    Ok(rustix::fs::fcntl_setfl(file, flags - rustix::fs::OFlags::DIRECT)?)
}

#[cfg(not(target_os = "linux"))]
fn create_direct(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn end_direct(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder that is gone at the end, beside the build's output: the folder for temporary files may have no disk.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::current_exe().unwrap().with_file_name(name);
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_hold_what_was_written() {
        let folder = Folder::new("bulk");
        let path = folder.0.join("file");
        let most = 2 * BLOCK_BYTES + ALIGNMENT + 1;
        let bytes: Vec<u8> = (0..most).map(|at| (at % 251) as u8).collect();
        let lengths =
            [0, 1, ALIGNMENT - 1, ALIGNMENT, ALIGNMENT + 1, BLOCK_BYTES - 1, BLOCK_BYTES, most];
        for length in lengths {
            for (durable, piece) in [(true, 65_521), (true, BLOCK_BYTES), (false, 65_521)] {
                let mut file = BulkFile::create(&path, durable).unwrap();
                for piece in bytes[..length].chunks(piece) {
                    file.write(piece).unwrap();
                }
                file.finish().unwrap().sync_all().unwrap();
                assert!(fs::read(&path).unwrap() == bytes[..length], "{length} {durable} {piece}");
                fs::remove_file(&path).unwrap();
            }
        }
    }

    #[test]
    fn a_file_system_may_change_its_mind() {
        let folder = Folder::new("bulk-fallback");
        let path = folder.0.join("file");
        let mut file = BulkFile::create(&path, true).unwrap();
        let bytes = vec![7; BLOCK_BYTES + 3];
        file.write(&bytes).unwrap();
        file.take_cached_way().unwrap();
        file.write(&bytes).unwrap();
        drop(file.finish().unwrap());
        assert!(fs::read(&path).unwrap() == [bytes.clone(), bytes].concat());
    }
}
