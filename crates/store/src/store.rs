//! The store: opened once, cloned freely, asked by everyone.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::audit::{AuditFilter, AuditRow};
use crate::batch::Batch;
use crate::desk::{Command, Reply, Shared};
use crate::engine::postgres::Postgres;
use crate::engine::postgres::connect::parse;
use crate::engine::postgres::reader::Reader;
use crate::engine::sqlite::{self, Sqlite};
use crate::error::{RowError, StoreError, WriteError};
use crate::export;
use crate::metrics::{Counts, Metrics};
use crate::place::{Options, Place};
use crate::row::Row;
use crate::running::Running;
use crate::schema::Schema;
use crate::tx::Tx;
use crate::view::{Snapshot, View};
use crate::write::{Closure, execute};

/// How often a write lets others go on before it waits for the one that is being executed.
const MAX_YIELDS: usize = 8;

/// Rows in memory, kept by a database. A clone is the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    side: Side,
    running: Running,
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
                Ok(Self::new(Running::alone(shared), Side::Memory))
            }
            Place::Folder(folder) => {
                let side = Side::Sqlite(folder.clone());
                let running = Running::start(false, move || {
                    let (engine, view) = Sqlite::open(&folder, &schema, rows)?;
                    Ok((Box::new(engine), view))
                })
                .await?;
                Ok(Self::new(running, side))
            }
            Place::Postgres(url) => {
                let config = parse(&url)?;
                let for_reader = config.clone();
                let running = Running::start(true, move || {
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

    /// Whether no other server can change the state, so that [`Store::snapshot`] is always current.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        !matches!(self.inner.side, Side::Postgres(_))
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
        let shared = self.shared();
        // A thread that waited for a lock would sleep, and be woken, for as long as a write takes; meanwhile it can
        // do what else is to be done.
        for _ in 0..MAX_YIELDS {
            if shared.is_desk_free() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if matches!(self.inner.side, Side::Memory) {
            return self.write_in_memory(account, &mut body);
        }
        let (reply, answer) = oneshot::channel();
        let job = Closure { account: account.into(), body, result: None, reply };
        if !shared.enqueue(Box::new(job))? {
            return Err(WriteError::Busy);
        }
        answer.await.unwrap_or_else(|_| Err(self.why_closed().into()))
    }

    /// Keeps an audit row of what was not a write. Never waits: it travels to the database with the next commit,
    /// or is dropped and counted if too many wait already. [`Store::find_audit`] finds it at once.
    ///
    /// # Errors
    /// [`RowError::AuditTooLarge`] or [`RowError::BadKey`].
    pub fn audit(&self, row: AuditRow) -> Result<(), RowError> {
        self.shared().audit(row)
    }

    /// The audit rows that are kept, newest first: by the database or, without one, in memory.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn find_audit(&self, filter: &AuditFilter) -> Result<Vec<Arc<AuditRow>>, StoreError> {
        let in_memory = || self.shared().trail().find(filter);
        if matches!(self.inner.side, Side::Memory) {
            return Ok(in_memory());
        }
        self.command(|reply| Command::SaveAudit { reply }).await?;
        match &self.inner.side {
            Side::Memory => Ok(in_memory()),
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
    /// If the text is not an export of this or an older program, or the database fails. Nothing changed then,
    /// unless it is [`StoreError::Unknown`].
    pub async fn import(&self, text: &str) -> Result<(), StoreError> {
        let view = export::import(&self.shared().schema, text)?;
        self.replace(view, false).await
    }

    /// Forgets all rows and all audit rows, all at once.
    ///
    /// # Errors
    /// If the database fails. Nothing changed then, unless it is [`StoreError::Unknown`].
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.replace(View::empty(Arc::clone(&self.shared().schema)), true).await
    }

    /// Totals since the store was opened.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let shared = self.shared();
        Metrics {
            waiting_writes: shared.desk().open.jobs.len(),
            waiting_audit_rows: shared.trail().unsaved(),
            ..shared.counts.read()
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
        self.inner.running.shared()
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
        let (result, effects) = execute(&mut guard.working, account, false, body);
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

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("snapshot", &self.snapshot()).finish()
    }
}
