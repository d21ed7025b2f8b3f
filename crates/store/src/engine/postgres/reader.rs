//! The connection that requests read through: is an account's version current, where is an index value.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, Config, Error, Statement};

use super::connect::{connect, describe};
use crate::audit::{AuditFilter, AuditRow};
use crate::error::StoreError;

/// How often a read is tried when its connection breaks, and what lies between.
const ATTEMPTS: usize = 3;
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// How long one try may take.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

const SELECT_VERSIONS: &str = "SELECT account, version FROM account WHERE account = ANY($1)";
const SELECT_ALL_VERSIONS: &str = "SELECT account, version FROM account";
const SELECT_HOLDER: &str = "SELECT account FROM unique_value \
     WHERE table_name = $1 AND index_name = $2 AND value = $3";

/// Reads beside the committing thread.
pub(crate) struct Reader {
    config: Config,
    connection: tokio::sync::Mutex<Option<Arc<Connection>>>,
    /// Requests that wait for the next look at versions.
    waiting: Mutex<Waiting>,
    /// The number of the last look that succeeded. Held during a look, so there is one at a time.
    pub(crate) last_look: tokio::sync::Mutex<u64>,
}

struct Connection {
    client: Client,
    versions: Statement,
    holder: Statement,
}

/// Who waits for which look. Requests that come while one is under way share the next.
#[derive(Default)]
struct Waiting {
    /// The number of the look that comes next.
    next: u64,
    /// Each account with the number of the look that the last of its requests waits for.
    accounts: BTreeMap<String, u64>,
}

impl Reader {
    pub(crate) async fn open(config: Config) -> Result<Self, StoreError> {
        let reader = Self {
            config,
            connection: tokio::sync::Mutex::default(),
            waiting: Mutex::new(Waiting { next: 1, accounts: BTreeMap::new() }),
            last_look: tokio::sync::Mutex::default(),
        };
        reader.connection().await.map_err(|error| error.store)?;
        Ok(reader)
    }

    /// Puts an account on the list of the next look, and gives the number of that.
    pub(crate) fn wait_for(&self, account: &str) -> u64 {
        let mut waiting = self.waiting();
        let next = waiting.next;
        waiting.accounts.insert(account.to_owned(), next);
        next
    }

    /// Begins a look: its number and its accounts. They stay on the list until it has succeeded.
    pub(crate) fn begin_look(&self) -> (u64, Vec<String>) {
        let mut waiting = self.waiting();
        let look = waiting.next;
        waiting.next += 1;
        (look, waiting.accounts.keys().cloned().collect())
    }

    /// A look has succeeded: whoever waited for it or an earlier one is served.
    pub(crate) fn end_look(&self, look: u64) {
        self.waiting().accounts.retain(|_, wanted| *wanted > look);
    }

    /// The versions of accounts, or of all if none are given; an account without one is left out.
    pub(crate) async fn versions(
        &self,
        accounts: Option<&[String]>,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        // Owned, as is all that `read` is given: of futures that borrow, the compiler cannot prove that
        // they may move between threads.
        let accounts: Option<Arc<[String]>> = accounts.map(Into::into);
        let select = |connection: Arc<Connection>| {
            let accounts = accounts.clone();
            async move {
                let Connection { client, versions, .. } = &*connection;
                match accounts {
                    Some(accounts) => client.query(versions, &[&&*accounts]).await,
                    None => client.query(SELECT_ALL_VERSIONS, &[]).await,
                }
            }
        };
        let rows = self.read(select).await?;
        let version = |row: &tokio_postgres::Row| {
            let version: i64 = row.try_get(1)?;
            Ok((row.try_get(0)?, u64::try_from(version).unwrap_or_default()))
        };
        rows.iter().map(version).collect()
    }

    /// The account whose row holds an index value.
    pub(crate) async fn holder(
        &self,
        table: &str,
        index: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError> {
        let place: Arc<[String; 3]> = Arc::new([table, index, value].map(str::to_owned));
        let select = |connection: Arc<Connection>| {
            let place = Arc::clone(&place);
            async move {
                let [table, index, value] = &*place;
                connection.client.query(&connection.holder, &[table, index, value]).await
            }
        };
        let rows = self.read(select).await?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// The audit rows that fit, newest first.
    pub(crate) async fn find_audit(
        &self,
        filter: &AuditFilter,
    ) -> Result<Vec<Arc<AuditRow>>, StoreError> {
        let filter = Arc::new(filter.clone());
        let find = |connection: Arc<Connection>| {
            let filter = Arc::clone(&filter);
            async move { super::audit::find(&connection.client, &filter).await }
        };
        self.read(find).await
    }

    /// Reads, on a new connection if the old one breaks.
    async fn read<T, F: Future<Output = Result<T, Error>>>(
        &self,
        read: impl Fn(Arc<Connection>) -> F,
    ) -> Result<T, StoreError> {
        let mut why = StoreError::Closed;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                sleep(RETRY_PAUSE).await;
            }
            why = match timeout(READ_TIMEOUT, self.read_once(&read)).await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(trouble)) if !trouble.again => return Err(trouble.store),
                Ok(Err(trouble)) => trouble.store,
                Err(_) => {
                    let seconds = READ_TIMEOUT.as_secs();
                    StoreError::Database(format!("PostgreSQL: no answer within {seconds} s"))
                }
            };
            *self.connection.lock().await = None;
        }
        Err(why)
    }

    async fn read_once<T, F: Future<Output = Result<T, Error>>>(
        &self,
        read: impl Fn(Arc<Connection>) -> F,
    ) -> Result<T, ReadTrouble> {
        let connection = self.connection().await?;
        Ok(read(connection).await?)
    }

    async fn connection(&self) -> Result<Arc<Connection>, ReadTrouble> {
        let mut slot = self.connection.lock().await;
        if let Some(connection) = &*slot
            && !connection.client.is_closed()
        {
            return Ok(Arc::clone(connection));
        }
        let client =
            connect(&self.config).await.map_err(|store| ReadTrouble { store, again: true })?;
        let versions = client.prepare(SELECT_VERSIONS).await?;
        let holder = client.prepare(SELECT_HOLDER).await?;
        let connection = Arc::new(Connection { client, versions, holder });
        *slot = Some(Arc::clone(&connection));
        Ok(connection)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a read failed, and whether a new connection may help.
struct ReadTrouble {
    store: StoreError,
    again: bool,
}

impl From<Error> for ReadTrouble {
    fn from(error: Error) -> Self {
        // Class 57: the server shuts down or starts up.
        let again = error.code().is_none_or(|code| code.code().starts_with("57"));
        Self { store: StoreError::Database(describe(&error)), again }
    }
}
