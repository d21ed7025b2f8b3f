//! PostgreSQL: any number of replicas on one database.
//!
//! Each account has a version. A commit locks the accounts that its writes looked at, checks that their
//! versions are the ones that the writes saw, and raises those of the accounts it changes. If one has moved,
//! the changes since are handed out **while the locks stay**, so that the second try cannot come too late
//! again: replicas that write to one account take turns instead of starving each other.

mod accounts;
mod audit;
pub(crate) mod connect;
pub(crate) mod reader;
mod rows;
mod setup;
mod trouble;
mod writer;

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Config;

use super::{AccountChanges, Commit, CommitError, Engine};
use crate::error::StoreError;
use crate::schema::Schema;
use crate::view::View;
use connect::Session;
use writer::Writer;

/// The committing thread's connection, with the runtime that drives it.
pub(crate) struct Postgres {
    runtime: Runtime,
    writer: Writer,
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
        let writer = Writer::new(config, session, replica, audit_rows);
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

/// A version as the database counts; it would take 10^18 writes to reach the end.
fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
