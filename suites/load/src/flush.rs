//! What a flush of this machine's disk costs, and a folder to measure it in.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// What delays flushes, as the C compiler takes it.
const SLOW_FLUSH: &str = include_str!("slow_flush.c");

/// How many flushes are averaged.
const FLUSHES: u32 = 100;

/// A folder that is gone at the end.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    data: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        // Beside the build's output, as the system's folder for temporary files may be in memory.
        let path = PathBuf::from(format!("target/load-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder in target");
        let data = path.join("data").display().to_string();
        Self { path, data }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// For `--data`.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Appends a page to a file and flushes it, again and again.
pub(crate) fn measure(folder: &Folder) -> Duration {
    let path = folder.path.join("flush");
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    let start = Instant::now();
    for _ in 0..FLUSHES {
        file.write_all(&[0; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed() / FLUSHES
}

/// The library that delays the flushes of a server that it is loaded into; made anew, by the C compiler that SQLite needs,
/// too.
pub(crate) fn slower() -> PathBuf {
    let folder = std::env::current_dir().unwrap().join("target");
    let (source, library) = (folder.join("slow_flush.c"), folder.join("slow_flush.so"));
    std::fs::write(&source, SLOW_FLUSH).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-shared", "-fPIC", "-o"]).args([&library, &source]);
    let made = compiler.status().expect("--flush-ms needs a C compiler, `cc`");
    assert!(made.success() && cfg!(target_os = "linux"), "--flush-ms works on Linux alone");
    library
}
