//! The commit protocol, on a connection that may break at any point of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tokio_postgres::Config;

use super::accounts::{self, AccountState};
use super::connect::Session;
use super::trouble::{Trouble, lost};
use super::{audit, rows, setup};
use crate::engine::{AccountChanges, AccountStep, Commit, CommitError};
use crate::error::StoreError;
use crate::view::View;

/// How long a commit waits for a database that is away, restarting or busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one try of a commit may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two tries.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Every commit leaves its number, so that its fate can be asked for if the connection breaks.
const LEAVE_NUMBER: &str = "UPDATE replica SET last_commit = $2, at = now() WHERE id = $1";
/// Waits for the lock that a commit on its way still holds, so the answer is final. A transaction's own
/// number would not do: after a crash of the server, another transaction can have it.
const SELECT_FATE: &str = "SELECT last_commit FROM replica WHERE id = $1 FOR UPDATE";

/// Writes to the database, for the committing thread.
pub(super) struct Writer {
    config: Config,
    audit_rows: i64,
    /// This replica's row in the database, and the number of its last try to commit.
    replica: i64,
    tries: i64,
    /// Rows deleted since old records of deletions were last cleared away.
    deletions: usize,
    session: Option<Session>,
    /// The accounts that the open transaction has locked; `None` without a transaction.
    locked: Option<BTreeSet<String>>,
    /// The try whose COMMIT was sent and not answered.
    committing: Option<i64>,
}

impl Writer {
    /// A writer on an open connection, for the replica of that number.
    pub(super) fn new(config: Config, session: Session, replica: i64, audit_rows: u64) -> Self {
        Self {
            config,
            audit_rows: i64::try_from(audit_rows).unwrap_or(i64::MAX),
            replica,
            tries: 0,
            deletions: 0,
            session: Some(session),
            locked: None,
            committing: None,
        }
    }

    /// Keeps the commit, however often the connection breaks while there is patience.
    pub(super) async fn commit(&mut self, commit: &Commit<'_>) -> Result<(), CommitError> {
        let patience_ends = Instant::now() + PATIENCE;
        loop {
            let tried = timeout(TRY_TIMEOUT, self.try_commit(commit)).await;
            let why = match tried {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(Trouble::Fatal(error))) => {
                    self.committing = None;
                    return Err(error);
                }
                Ok(Err(Trouble::Again(why))) => why,
                Err(_) => {
                    self.disconnect();
                    format!("no answer within {} s", TRY_TIMEOUT.as_secs())
                }
            };
            if let Some(number) = self.committing.take()
                && self.was_committed(number, patience_ends, &why).await?
            {
                return Ok(());
            }
            if Instant::now() >= patience_ends {
                return Err(StoreError::Database(why).into());
            }
            sleep(RETRY_PAUSE).await;
        }
    }

    async fn try_commit(&mut self, commit: &Commit<'_>) -> Result<(), Trouble> {
        let result = self.try_commit_once(commit).await;
        if let Err(Trouble::Again(_) | Trouble::Fatal(CommitError::Failed(_))) = &result {
            // Whatever state the connection is in, a new one is in a known state.
            self.disconnect();
        }
        result
    }

    async fn try_commit_once(&mut self, commit: &Commit<'_>) -> Result<(), Trouble> {
        let steps = &commit.accounts;
        if !commit.writes() && self.locked.is_none() {
            // Nothing to write, but the writes' answers must not come from an old state.
            if steps.is_empty() || accounts::look(self.session().await?, steps).await?.is_empty() {
                return Ok(());
            }
        }
        let stale = self.lock(commit).await?;
        if !stale.is_empty() {
            let changes = accounts::changes(self.session().await?, &stale, steps).await?;
            return Err(Trouble::Fatal(CommitError::Stale(changes)));
        }
        if let Some(holders) = self.write(commit).await? {
            self.abandon().await;
            return Err(Trouble::Fatal(CommitError::Taken(holders)));
        }
        if commit.writes() {
            self.tries += 1;
            let (replica, number) = (self.replica, self.tries);
            self.session().await?.execute(LEAVE_NUMBER, &[&replica, &number]).await?;
            self.committing = Some(number);
        }
        self.session().await?.run("COMMIT").await?;
        (self.locked, self.committing) = (None, None);
        Ok(())
    }

    /// Locks the accounts that are not locked yet, and gives those of them that have moved.
    async fn lock(&mut self, commit: &Commit<'_>) -> Result<Vec<AccountState>, Trouble> {
        if self.locked.is_none() {
            let lazy = "BEGIN; SET LOCAL synchronous_commit = off";
            self.session().await?.run(if commit.lazy { lazy } else { "BEGIN" }).await?;
        }
        let locked = self.locked.get_or_insert_default();
        let is_new = |step: &&AccountStep<'_>| !locked.contains(step.account);
        let steps: Vec<&AccountStep<'_>> = commit.accounts.iter().filter(is_new).collect();
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let stale = accounts::lock(self.session().await?, &steps).await?;
        let locked = self.locked.get_or_insert_default();
        locked.extend(steps.into_iter().map(|step| step.account.to_owned()));
        Ok(stale)
    }

    /// Writes everything; gives the accounts that hold index values which the commit claims, if any do.
    async fn write(&mut self, commit: &Commit<'_>) -> Result<Option<Vec<String>>, Trouble> {
        let audit_rows = self.audit_rows;
        let session = self.session().await?;
        let holders = rows::write_unique(session, &commit.frees, &commit.claims).await?;
        if holders.is_some() {
            return Ok(holders);
        }
        rows::write_deletes(session, &commit.deletes).await?;
        rows::write_puts(session, &commit.puts).await?;
        accounts::advance(session, &commit.accounts).await?;
        audit::append(session, &commit.audit, audit_rows).await?;
        self.forget_deletions(commit).await?;
        Ok(None)
    }

    /// Now and then, clears old records of deletions away.
    async fn forget_deletions(&mut self, commit: &Commit<'_>) -> Result<(), Trouble> {
        self.deletions += commit.deletes.len();
        if self.deletions < rows::DELETIONS_PER_SWEEP {
            return Ok(());
        }
        self.deletions = 0;
        let session = self.session().await?;
        for step in &commit.accounts {
            rows::forget_deletions(session, step.account).await?;
        }
        Ok(())
    }

    /// The changes since `known`, as of one moment.
    pub(super) async fn changes(
        &mut self,
        known: &[(Arc<str>, u64)],
    ) -> Result<Vec<AccountChanges>, StoreError> {
        let patience_ends = Instant::now() + PATIENCE;
        loop {
            let tried = timeout(TRY_TIMEOUT, self.try_changes(known)).await;
            if let Ok(Ok(changes)) = tried {
                return Ok(changes);
            }
            self.disconnect();
            let why = match tried {
                Ok(Err(Trouble::Again(why))) => why,
                Ok(Err(trouble)) => return Err(trouble.into_store()),
                _ => format!("no answer within {} s", TRY_TIMEOUT.as_secs()),
            };
            if Instant::now() >= patience_ends {
                return Err(StoreError::Database(why));
            }
            sleep(RETRY_PAUSE).await;
        }
    }

    async fn try_changes(
        &mut self,
        known: &[(Arc<str>, u64)],
    ) -> Result<Vec<AccountChanges>, Trouble> {
        self.abandon().await;
        let steps: Vec<AccountStep<'_>> = known
            .iter()
            .map(|(account, version)| AccountStep { account, expected: *version, next: *version })
            .collect();
        let session = self.session().await?;
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let moved = accounts::look(session, &steps).await?;
        let changes = accounts::changes(session, &moved, &steps).await?;
        session.run("COMMIT").await?;
        Ok(changes)
    }

    /// Replaces everything: see [`setup::replace`].
    pub(super) async fn replace(
        &mut self,
        view: &View,
        forget_audit: bool,
    ) -> Result<Vec<(Arc<str>, u64)>, StoreError> {
        self.abandon().await;
        let session = self.session().await.map_err(Trouble::into_store)?;
        let replaced = setup::replace(session, view, forget_audit).await;
        if replaced.is_err() {
            self.disconnect();
        }
        replaced
    }

    /// Asks on a new connection what became of a try whose COMMIT was not answered.
    async fn was_committed(
        &mut self,
        number: i64,
        patience_ends: Instant,
        why: &str,
    ) -> Result<bool, StoreError> {
        loop {
            self.disconnect();
            let left = patience_ends.saturating_duration_since(Instant::now());
            if let Ok(Ok(last)) = timeout(left.max(RETRY_PAUSE), self.last_commit()).await {
                return Ok(last == Some(number));
            }
            if Instant::now() >= patience_ends {
                return Err(StoreError::Unknown(why.to_owned()));
            }
            sleep(RETRY_PAUSE).await;
        }
    }

    async fn last_commit(&mut self) -> Result<Option<i64>, Trouble> {
        let replica = self.replica;
        let rows = self.session().await?.query(SELECT_FATE, &[&replica]).await?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// The connection, made anew if it is gone.
    async fn session(&mut self) -> Result<&mut Session, Trouble> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            if self.locked.is_some() {
                // The transaction went with the connection.
                return Err(lost());
            }
            let connected = Session::connect(&self.config).await;
            self.session = Some(connected.map_err(|error| Trouble::Again(error.to_string()))?);
        }
        self.session.as_mut().ok_or_else(lost)
    }

    /// Ends the open transaction without a trace.
    pub(super) async fn abandon(&mut self) {
        if self.locked.take().is_some()
            && let Some(session) = &mut self.session
            && session.run("ROLLBACK").await.is_err()
        {
            self.disconnect();
        }
    }

    fn disconnect(&mut self) {
        (self.session, self.locked) = (None, None);
    }
}
