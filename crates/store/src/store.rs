//! The store: opened once, cloned freely, asked by everyone.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::audit::{AuditFilter, AuditRow};
use crate::batch::Batch;
use crate::commit::Committer;
use crate::desk::{Command, Counts, Reply, Shared};
use crate::engine::Engine;
use crate::engine::postgres::Postgres;
use crate::engine::postgres::connect::parse;
use crate::engine::postgres::reader::Reader;
use crate::engine::sqlite::{self, Sqlite};
use crate::error::{RowError, StoreError, WriteError};
use crate::export;
use crate::limits::DEFAULT_AUDIT_ROWS;
use crate::row::Row;
use crate::schema::Schema;
use crate::tx::Tx;
use crate::view::{Snapshot, View};
use crate::write::{Closure, execute, panic_text};

/// Where a store keeps its state.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory: gone when the process ends.
    Memory,
    /// In an SQLite file in this folder, which is made if need be and belongs to one process at a time.
    Folder(PathBuf),
    /// In the PostgreSQL database of this URL, together with any number of other processes.
    Postgres(String),
}

/// What can be chosen when a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many audit rows the database keeps.
    pub audit_rows: u64,
}

/// Rows in memory, kept by a database. A clone is the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// Totals since the store was opened, and what waits now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Writes that were executed and answered, those that their closure refused included.
    pub writes: u64,
    /// Commits to the database, those of audit rows alone included.
    pub flushes: u64,
    /// Microseconds that these took together.
    pub flush_us: u64,
    /// Writes that were executed again because a replica was first or a flush failed.
    pub reruns: u64,
    /// Accounts that were brought forward because a replica changed them.
    pub reloads: u64,
    /// Writes that the database did not keep.
    pub failures: u64,
    /// Audit rows that were given.
    pub audit_rows: u64,
    /// Audit rows of reads and denials that did not reach the database.
    pub audit_dropped: u64,
    /// Writes that wait for their flush.
    pub waiting_writes: usize,
    /// Audit rows of reads and denials that wait for the database.
    pub waiting_audit_rows: usize,
}

struct Inner {
    side: Side,
    running: Running,
}

/// The shared state and the thread that commits it, which ends when this is dropped.
struct Running {
    shared: Arc<Shared>,
    committer: Mutex<Option<JoinHandle<()>>>,
}

/// How the database is read beside the committing thread.
enum Side {
    Memory,
    Sqlite(PathBuf),
    Postgres(Box<Reader>),
}

impl Store {
    /// Opens a store and loads its rows.
    ///
    /// # Errors
    /// If the place cannot be used, is in use, or was written by a newer program, or if the schema is wrong.
    pub async fn open(place: Place, schema: Schema, options: Options) -> Result<Self, StoreError> {
        schema.check()?;
        let schema = Arc::new(schema);
        let rows = options.audit_rows;
        match place {
            Place::Memory => {
                let shared = Arc::new(Shared::new(View::empty(schema), false));
                Ok(Self::new(Running::new(shared, None), Side::Memory))
            }
            Place::Folder(folder) => {
                let side = Side::Sqlite(folder.clone());
                let running = start(false, move || {
                    let (engine, view) = Sqlite::open(&folder, &schema, rows)?;
                    Ok((Box::new(engine), view))
                })
                .await?;
                Ok(Self::new(running, side))
            }
            Place::Postgres(url) => {
                let config = parse(&url)?;
                let for_reader = config.clone();
                let running = start(true, move || {
                    let (engine, view) = Postgres::open(config, &schema, rows)?;
                    Ok((Box::new(engine), view))
                })
                .await?;
                // The reader's statements need the tables that the engine has just made.
                let reader = Reader::open(for_reader).await?;
                Ok(Self::new(running, Side::Postgres(Box::new(reader))))
            }
        }
    }

    /// The newest durable state. On PostgreSQL other replicas may be ahead: see [`Store::refresh`].
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared().snapshot()
    }

    /// A state in which `account` is current: as new as every write that any replica had answered before
    /// this was called. Costs nothing where there are no replicas, else one query that concurrent calls share.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn refresh(&self, account: &str) -> Result<Snapshot, StoreError> {
        let Side::Postgres(reader) = &self.inner.side else { return Ok(self.snapshot()) };
        let wanted = reader.wait_for(account);
        let mut last_look = reader.last_look.lock().await;
        if *last_look < wanted {
            let (look, accounts) = reader.begin_look();
            let before = self.snapshot();
            let versions = reader.versions(Some(&accounts)).await?;
            self.catch_up(&before, &accounts, &versions).await?;
            reader.end_look(look);
            *last_look = look;
        }
        Ok(self.snapshot())
    }

    /// A state in which every account is current.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn refresh_all(&self) -> Result<Snapshot, StoreError> {
        let Side::Postgres(reader) = &self.inner.side else { return Ok(self.snapshot()) };
        let before = self.snapshot();
        let versions = reader.versions(None).await?;
        let known = before.accounts().map(|(account, _)| account.to_owned());
        let accounts: Vec<String> =
            known.chain(versions.iter().map(|(account, _)| account.clone())).collect();
        self.catch_up(&before, &accounts, &versions).await?;
        Ok(self.snapshot())
    }

    /// A state in which [`View::by_index`] finds the row that holds `value`, if any replica has one, and in
    /// which that row's account is current.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn refresh_by_index<R: Row>(
        &self,
        index: &str,
        value: &str,
    ) -> Result<Snapshot, StoreError> {
        let Side::Postgres(reader) = &self.inner.side else { return Ok(self.snapshot()) };
        let known = self.snapshot();
        if let Some(row) = known.by_index::<R>(index, value) {
            let current = self.refresh(row.account()).await?;
            if current.by_index::<R>(index, value).is_some() {
                return Ok(current);
            }
        }
        match reader.holder(R::TABLE, index, value).await? {
            Some(account) => self.refresh(&account).await,
            None => Ok(self.snapshot()),
        }
    }

    /// Executes `body` on the newest state and answers when what it did is durable and published.
    ///
    /// Writes are executed one after the other, so `body` may read, decide and write as if it were alone; it
    /// should be quick. If it returns an error or panics, nothing of it is kept. It may be executed more than
    /// once, because another replica was first or a flush failed: it must not do anything but through `tx`.
    /// Dropping the future does not take the write back.
    ///
    /// `account` is what the decision is about at least: on PostgreSQL the write is kept only if that account,
    /// and every other that `body` looked at, is as `body` saw it.
    ///
    /// # Errors
    /// [`WriteError::Refused`] with the error of `body`, or what the store or the database had against it.
    pub async fn write<T, E, F>(&self, account: &str, mut body: F) -> Result<T, WriteError<E>>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        if matches!(self.inner.side, Side::Memory) {
            return self.write_in_memory(account, &mut body);
        }
        let (reply, answer) = oneshot::channel();
        let job = Closure { account: account.into(), body, result: None, reply };
        if !self.shared().enqueue(Box::new(job))? {
            return Err(WriteError::Busy);
        }
        answer.await.unwrap_or_else(|_| Err(self.why_closed().into()))
    }

    /// Keeps an audit row of what was not a write. Never waits: the row can be found in
    /// [`Store::recent_audit`] at once and travels to the database with the next commit, or is dropped and
    /// counted if too many wait already.
    ///
    /// # Errors
    /// [`RowError::AuditTooLarge`] or [`RowError::BadKey`].
    pub fn audit(&self, row: AuditRow) -> Result<(), RowError> {
        self.shared().audit(row)
    }

    /// The newest audit rows since the store was opened, newest first, from memory.
    #[must_use]
    pub fn recent_audit(&self, filter: &AuditFilter) -> Vec<Arc<AuditRow>> {
        self.shared().trail().find(filter)
    }

    /// The audit rows that the database has, newest first.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn find_audit(&self, filter: &AuditFilter) -> Result<Vec<Arc<AuditRow>>, StoreError> {
        if matches!(self.inner.side, Side::Memory) {
            return Ok(self.recent_audit(filter));
        }
        self.command(|reply| Command::SaveAudit { reply }).await?;
        match &self.inner.side {
            Side::Memory => Ok(self.recent_audit(filter)),
            Side::Postgres(reader) => reader.find_audit(filter).await,
            Side::Sqlite(folder) => {
                let (folder, filter) = (folder.clone(), filter.clone());
                let found =
                    tokio::task::spawn_blocking(move || sqlite::find_audit(&folder, &filter));
                found.await.map_err(|error| StoreError::Database(error.to_string()))?
            }
        }
    }

    /// All rows as one JSON text, which [`Store::import`] reads: see the module `export` for its form.
    ///
    /// # Errors
    /// If the database cannot be asked or a row cannot be written as JSON.
    pub async fn export(&self) -> Result<String, StoreError> {
        export::export(&*self.refresh_all().await?)
    }

    /// Replaces all rows by those of an export, all at once. Audit rows stay.
    ///
    /// # Errors
    /// If the text is not an export of this or an older program, or the database fails; then nothing changed.
    pub async fn import(&self, text: &str) -> Result<(), StoreError> {
        let view = export::import(&self.shared().schema, text)?;
        self.replace(view, false).await
    }

    /// Forgets all rows and all audit rows, all at once.
    ///
    /// # Errors
    /// If the database fails; then nothing changed.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.replace(View::empty(Arc::clone(&self.shared().schema)), true).await
    }

    /// Totals since the store was opened.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let shared = self.shared();
        let counts = &shared.counts;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            writes: of(&counts.writes),
            flushes: of(&counts.flushes),
            flush_us: of(&counts.flush_us),
            reruns: of(&counts.reruns),
            reloads: of(&counts.reloads),
            failures: of(&counts.failures),
            audit_rows: of(&counts.audit_rows),
            audit_dropped: of(&counts.audit_dropped),
            waiting_writes: shared.desk().open.jobs.len(),
            waiting_audit_rows: shared.trail().unsaved(),
        }
    }

    /// Takes no more writes, finishes those that wait, saves the audit rows that wait and lets go of the
    /// database. Dropping the last clone does the same, and blocks for as long as that takes.
    pub async fn close(&self) {
        self.inner.running.stop();
        if let Some(thread) = self.inner.running.take_committer() {
            // The thread ends by itself; that it panicked was told to whoever waited.
            let _ = tokio::task::spawn_blocking(move || drop(thread.join())).await;
        }
    }

    fn new(running: Running, side: Side) -> Self {
        Self { inner: Arc::new(Inner { side, running }) }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.inner.running.shared
    }

    /// Without a disk there is nothing to wait for: executed, published and answered at once.
    fn write_in_memory<T, E>(
        &self,
        account: &str,
        body: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, WriteError<E>> {
        let shared = self.shared();
        let mut guard = shared.desk();
        guard.accepts()?;
        let (result, effects) = execute(&mut guard.working, account, body);
        Counts::add(&shared.counts.writes, 1);
        if !effects.audit.is_empty() {
            Counts::add(&shared.counts.audit_rows, effects.audit.len());
            let mut trail = shared.trail();
            effects.audit.into_iter().for_each(|row| trail.show(row));
        }
        if !effects.changes.is_empty() {
            let before = shared.published.swap(Arc::new(guard.working.copy()));
            drop(guard);
            drop(before);
        }
        result
    }

    /// Loads the accounts whose version in the database is not the one known here.
    async fn catch_up(
        &self,
        before: &Snapshot,
        accounts: &[String],
        versions: &[(String, u64)],
    ) -> Result<(), StoreError> {
        let now = self.snapshot();
        let is_behind = |account: &&String| {
            let found = versions.iter().find(|(name, _)| name == *account);
            let version = found.map_or(0, |(_, version)| *version);
            // Ahead of the answer is what this replica committed since; behind what was known before the
            // question is a database that was restored.
            version > now.version_of(account) || version < before.version_of(account)
        };
        let behind: Vec<Arc<str>> =
            accounts.iter().filter(is_behind).map(|account| account.as_str().into()).collect();
        if behind.is_empty() {
            return Ok(());
        }
        self.command(|reply| Command::Reload { accounts: behind, reply }).await
    }

    async fn replace(&self, view: View, forget_audit: bool) -> Result<(), StoreError> {
        if !matches!(self.inner.side, Side::Memory) {
            let view = Box::new(view);
            return self.command(|reply| Command::Replace { view, forget_audit, reply }).await;
        }
        let shared = self.shared();
        let mut view = view;
        let mut desk = shared.desk();
        desk.accepts()?;
        for (account, version) in view.versions_after(&desk.working) {
            view.set_version(account, version);
        }
        desk.working = view.copy();
        let view = Arc::new(view);
        desk.open = Batch::on(Arc::clone(&view));
        shared.published.store(view);
        if forget_audit {
            shared.trail().clear();
        }
        Ok(())
    }

    async fn command(&self, command: impl FnOnce(Reply) -> Command) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.shared().command(command(reply))?;
        answer.await.unwrap_or_else(|_| Err(self.why_closed()))
    }

    fn why_closed(&self) -> StoreError {
        self.shared().desk().broken.clone().unwrap_or(StoreError::Closed)
    }
}

/// Starts the committing thread, which opens its database itself.
async fn start(
    watched: bool,
    open: impl FnOnce() -> Result<(Box<dyn Engine>, View), StoreError> + Send + 'static,
) -> Result<Running, StoreError> {
    let (ready, opened) = oneshot::channel();
    let work = move || {
        let (engine, view) = match open() {
            Ok(opened) => opened,
            Err(error) => return drop(ready.send(Err(error))),
        };
        let shared = Arc::new(Shared::new(view, watched));
        shared.set_committer(thread::current());
        if ready.send(Ok(Arc::clone(&shared))).is_ok() {
            work_until_closed(&shared, engine);
        }
    };
    let thread = thread::Builder::new()
        .name("store-commit".to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Database(format!("no thread for it: {error}")))?;
    let shared = opened.await.unwrap_or(Err(StoreError::Closed))?;
    Ok(Running::new(shared, Some(thread)))
}

fn work_until_closed(shared: &Arc<Shared>, engine: Box<dyn Engine>) {
    let mut committer = Committer::new(Arc::clone(shared), engine);
    let worked = catch_unwind(AssertUnwindSafe(|| committer.run()));
    if let Err(panic) = worked {
        let why =
            format!("internal error: the committing thread panicked: {}", panic_text(&*panic));
        let mut desk = shared.desk();
        desk.broken = Some(StoreError::Database(why));
        // Dropping what waits tells whoever waits for it.
        let base = desk.open.base();
        let open = std::mem::replace(&mut desk.open, Batch::on(base));
        let commands = std::mem::take(&mut desk.commands);
        drop(desk);
        drop((open, commands));
    }
}

impl Running {
    fn new(shared: Arc<Shared>, committer: Option<JoinHandle<()>>) -> Self {
        Self { shared, committer: Mutex::new(committer) }
    }

    fn stop(&self) {
        self.shared.desk().closing = true;
        self.shared.ring();
    }

    fn take_committer(&self) -> Option<JoinHandle<()>> {
        self.committer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        if let Some(committer) = self.take_committer()
            // A write's closure may own the last clone, which then goes on the committing thread itself.
            && committer.thread().id() != thread::current().id()
        {
            drop(committer.join());
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { audit_rows: DEFAULT_AUDIT_ROWS }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("snapshot", &self.snapshot()).finish()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("Memory"),
            Self::Folder(folder) => formatter.debug_tuple("Folder").field(folder).finish(),
            // The URL may hold a password.
            Self::Postgres(_) => formatter.write_str("Postgres(…)"),
        }
    }
}
