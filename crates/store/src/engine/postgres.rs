//! PostgreSQL: any number of replicas on one database.
//!
//! Each account has a version. A commit locks the accounts that its writes looked at, checks that their
//! versions are the ones that the writes saw, and raises those of the accounts it changes. If one has moved,
//! the changes since are handed out **while the locks stay**, so that the second try cannot come too late
//! again: replicas that write to one account take turns instead of starving each other.

mod audit;
pub(crate) mod connect;
pub(crate) mod reader;
mod rows;
mod setup;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};
use tokio_postgres::Config;
use tokio_postgres::error::SqlState;

use super::{AccountChanges, AccountStep, Commit, CommitError, Engine};
use crate::error::StoreError;
use crate::schema::Schema;
use crate::view::View;
use connect::{Session, describe};

/// How long a commit waits for a database that is away, restarting or busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one try of a commit may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two tries.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

const INSERT_NEW_ACCOUNTS: &str = "INSERT INTO account (account, version, floor) \
     SELECT name, 0, 0 FROM unnest($1::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING";
const SELECT_VERSIONS: &str =
    "SELECT account, version, floor FROM account WHERE account = ANY($1) ORDER BY account";
/// Locks are taken in the order of names, so replicas do not block each other in a circle.
const LOCK_VERSIONS: &str = "SELECT account, version, floor FROM account WHERE account = ANY($1) \
     ORDER BY account FOR UPDATE";
const ADVANCE: &str = "UPDATE account SET version = step.next \
     FROM unnest($1::text[], $2::bigint[]) AS step (name, next) WHERE account = step.name";
const SELECT_CHANGED: &str = "SELECT table_name, key, schema_version, body FROM stored_row \
     WHERE account = $1 AND revision > $2";
const SELECT_DELETED: &str =
    "SELECT table_name, key FROM deleted_row WHERE account = $1 AND revision > $2";
/// Every commit leaves its number, so that its fate can be asked for if the connection breaks.
const LEAVE_NUMBER: &str = "UPDATE replica SET last_commit = $2, at = now() WHERE id = $1";
/// Waits for the lock that a commit on its way still holds, so the answer is final. A transaction's own
/// number would not do: after a crash of the server, another transaction can have it.
const SELECT_FATE: &str = "SELECT last_commit FROM replica WHERE id = $1 FOR UPDATE";

/// The committing thread's connection, with the runtime that drives it.
pub(crate) struct Postgres {
    runtime: Runtime,
    writer: Writer,
}

struct Writer {
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

/// Why a try did not succeed.
enum Trouble {
    /// The connection broke or the server asked to come back: worth another try.
    Again(String),
    /// It will not get better by itself.
    Fatal(CommitError),
}

/// An account's row: its version, and the oldest version from which its changes are all recorded.
struct AccountState {
    account: String,
    version: i64,
    floor: i64,
}

impl Postgres {
    /// Connects, brings the database up to date and loads it.
    pub(crate) fn open(
        config: Config,
        schema: &Arc<Schema>,
        audit_rows: u64,
    ) -> Result<(Self, View), StoreError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Database(format!("no runtime for it: {error}")))?;
        let (session, replica, view) = runtime.block_on(async {
            let mut session = Session::connect(&config).await?;
            let (replica, view) = setup::set_up(&mut session, schema).await?;
            Ok::<_, StoreError>((session, replica, view))
        })?;
        let writer = Writer {
            config,
            audit_rows: i64::try_from(audit_rows).unwrap_or(i64::MAX),
            replica,
            tries: 0,
            deletions: 0,
            session: Some(session),
            locked: None,
            committing: None,
        };
        Ok((Self { runtime, writer }, view))
    }
}

impl Engine for Postgres {
    fn commit(&mut self, commit: &Commit<'_>) -> Result<(), CommitError> {
        self.runtime.block_on(self.writer.commit(commit))
    }

    fn changes(&mut self, known: &[(Arc<str>, u64)]) -> Result<Vec<AccountChanges>, StoreError> {
        self.runtime.block_on(self.writer.changes(known))
    }

    fn replace(
        &mut self,
        view: &View,
        forget_audit: bool,
    ) -> Result<Vec<(Arc<str>, u64)>, StoreError> {
        self.runtime.block_on(self.writer.replace(view, forget_audit))
    }

    fn abandon(&mut self) {
        self.runtime.block_on(self.writer.abandon());
    }
}

impl Writer {
    async fn commit(&mut self, commit: &Commit<'_>) -> Result<(), CommitError> {
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
        if let Err(Trouble::Again(_)) = &result {
            // Whatever state the connection is in, a new one is in a known state.
            self.disconnect();
        }
        result
    }

    async fn try_commit_once(&mut self, commit: &Commit<'_>) -> Result<(), Trouble> {
        if !commit.writes() && self.locked.is_none() && self.is_current(&commit.accounts).await? {
            return Ok(());
        }
        let stale = self.lock(commit).await?;
        if !stale.is_empty() {
            let changes = self.changes_of(&stale, &commit.accounts).await?;
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

    /// No account has moved. Locks nothing.
    async fn is_current(&mut self, steps: &[AccountStep<'_>]) -> Result<bool, Trouble> {
        if steps.is_empty() {
            return Ok(true);
        }
        let names: Vec<&str> = steps.iter().map(|step| step.account).collect();
        let states = account_states(self.session().await?, SELECT_VERSIONS, &names).await?;
        Ok(moved(&states, steps).is_empty())
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
        let names: Vec<&str> = steps.iter().map(|step| step.account).collect();
        let never_written = steps.iter().filter(|step| step.expected == 0);
        let never_written: Vec<&str> = never_written.map(|step| step.account).collect();
        let session = self.session().await?;
        if !never_written.is_empty() {
            session.execute(INSERT_NEW_ACCOUNTS, &[&never_written]).await?;
        }
        let states = account_states(session, LOCK_VERSIONS, &names).await?;
        let locked = self.locked.get_or_insert_default();
        locked.extend(names.into_iter().map(str::to_owned));
        Ok(moved(&states, steps))
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
        let advancing = || commit.accounts.iter().filter(|step| step.next != step.expected);
        let names: Vec<&str> = advancing().map(|step| step.account).collect();
        if !names.is_empty() {
            let versions: Vec<i64> = advancing().map(|step| number(step.next)).collect();
            session.execute(ADVANCE, &[&names, &versions]).await?;
        }
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

    /// What happened to `states` since the versions in `steps`.
    async fn changes_of(
        &mut self,
        states: &[AccountState],
        steps: &[AccountStep<'_>],
    ) -> Result<Vec<AccountChanges>, Trouble> {
        let session = self.session().await?;
        let mut changes = Vec::new();
        for state in states {
            let step = steps.iter().find(|step| step.account == state.account);
            changes.push(load_changes(session, state, step.map_or(0, |step| step.expected)).await?);
        }
        Ok(changes)
    }

    /// The changes since `known`, as of one moment.
    async fn changes(
        &mut self,
        known: &[(Arc<str>, u64)],
    ) -> Result<Vec<AccountChanges>, StoreError> {
        let patience_ends = Instant::now() + PATIENCE;
        loop {
            let tried = timeout(TRY_TIMEOUT, self.try_changes(known)).await;
            let why = match tried {
                Ok(Ok(changes)) => return Ok(changes),
                Ok(Err(Trouble::Fatal(CommitError::Failed(error)))) => return Err(error),
                Ok(Err(Trouble::Again(why))) => why,
                Ok(Err(Trouble::Fatal(_))) | Err(_) => "no answer".to_owned(),
            };
            self.disconnect();
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
        let names: Vec<&str> = steps.iter().map(|step| step.account).collect();
        let session = self.session().await?;
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let states = account_states(session, SELECT_VERSIONS, &names).await?;
        let changes = self.changes_of(&moved(&states, &steps), &steps).await?;
        self.session().await?.run("COMMIT").await?;
        Ok(changes)
    }

    async fn replace(
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
    async fn abandon(&mut self) {
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

async fn account_states(
    session: &mut Session,
    select: &'static str,
    names: &[&str],
) -> Result<Vec<AccountState>, tokio_postgres::Error> {
    let rows = session.query(select, &[&names]).await?;
    let state = |row: &tokio_postgres::Row| {
        Ok(AccountState {
            account: row.try_get(0)?,
            version: row.try_get(1)?,
            floor: row.try_get(2)?,
        })
    };
    rows.iter().map(state).collect()
}

/// The accounts of `steps` that are not where these expect them. One without a state is at 0.
fn moved<'a>(
    states: &[AccountState],
    steps: impl IntoIterator<Item = &'a AccountStep<'a>>,
) -> Vec<AccountState> {
    let state_of = |step: &AccountStep<'_>| {
        let found = states.iter().find(|state| state.account == step.account);
        let (version, floor) = found.map_or((0, 0), |state| (state.version, state.floor));
        let state = AccountState { account: step.account.to_owned(), version, floor };
        (version != number(step.expected)).then_some(state)
    };
    steps.into_iter().filter_map(state_of).collect()
}

/// What happened to an account since version `known`.
async fn load_changes(
    session: &mut Session,
    state: &AccountState,
    known: u64,
) -> Result<AccountChanges, Trouble> {
    let known = number(known);
    // A version that goes back is a database that was restored: nothing known is worth anything.
    let whole = known < state.floor || known > state.version;
    let since = if whole { -1 } else { known };
    let mut changes = AccountChanges {
        account: state.account.clone(),
        version: u64::try_from(state.version).unwrap_or_default(),
        whole,
        deleted: Vec::new(),
        rows: Vec::new(),
    };
    for row in session.query(SELECT_CHANGED, &[&state.account, &since]).await? {
        changes.rows.push(setup::raw_row(&row, 0)?);
    }
    if !whole {
        for row in session.query(SELECT_DELETED, &[&state.account, &since]).await? {
            changes.deleted.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(changes)
}

/// A version as the database counts; it would take 10^18 writes to reach the end.
fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

fn lost() -> Trouble {
    Trouble::Again("the connection was lost".to_owned())
}

impl Trouble {
    fn into_store(self) -> StoreError {
        match self {
            Self::Fatal(CommitError::Failed(error)) => error,
            Self::Again(why) => StoreError::Database(why),
            Self::Fatal(_) => StoreError::Database("it changed at the same time".to_owned()),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Fatal(CommitError::Failed(error))
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        let why = describe(&error);
        let passes = [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
        match error.code() {
            Some(code) if !passes.contains(code) => {
                Self::Fatal(CommitError::Failed(StoreError::Database(why)))
            }
            _ => Self::Again(why),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(describe(&error))
    }
}
