//! Where a scenario plays: one of the engines, empty at first.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use store::{Options, Place, Schema, Store, StoreError};

use crate::postgres_server;
use crate::rows::schema;

/// A place of its own for one test. Opened again, it has what was written.
pub(crate) struct Ground {
    place: Place,
    _folder: Option<Folder>,
}

/// A temporary folder.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Ground {
    pub(crate) fn memory() -> Self {
        Self { place: Place::Memory, _folder: None }
    }

    pub(crate) fn sqlite() -> Self {
        let folder = Folder::new();
        Self { place: Place::Folder(folder.0.clone()), _folder: Some(folder) }
    }

    /// `None` if tests shall do without PostgreSQL, which was said then.
    pub(crate) fn postgres() -> Option<Self> {
        let server = postgres_server::shared()?;
        Some(Self { place: Place::Postgres(server.new_schema()), _folder: None })
    }

    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    /// What is written is there after opening again.
    pub(crate) fn is_durable(&self) -> bool {
        self.place != Place::Memory
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(schema()).await.expect("the store opens")
    }

    pub(crate) async fn open_with(&self, schema: Schema) -> Result<Store, StoreError> {
        Store::open(self.place(), schema, Options::default()).await
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("rolecall-store-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a new temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
