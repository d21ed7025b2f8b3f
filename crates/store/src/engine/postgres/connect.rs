//! From a URL to a connection that is fit for use.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use crate::error::StoreError;
use crate::limits::MIN_POSTGRES_VERSION;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After this long without an answer to what was sent, a connection counts as broken.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(10);

const SELECT_SETTINGS: &str = "SELECT current_setting('server_version_num')::bigint, \
     current_setting('server_encoding')";
/// A replica that hangs must not hold its locks for ever, and what is answered must be on disk whatever the
/// server's default is.
const SET_SESSION: &str = "SET idle_in_transaction_session_timeout = '30s'; \
     SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off'";

/// A parameter of a statement.
pub(crate) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// One connection with its prepared statements.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// Reads a database URL.
pub(crate) fn parse(url: &str) -> Result<Config, StoreError> {
    // The client library does not know the verifying modes and would only call them invalid.
    if url.contains("sslmode=verify-") {
        return Err(StoreError::Tls);
    }
    let mut config: Config =
        url.parse().map_err(|error: Error| StoreError::Url(describe(&error)))?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(StoreError::Tls);
    }
    if config.get_hosts().is_empty() {
        return Err(StoreError::Url(
            "it names no host: give `postgres://user@host/database`".to_owned(),
        ));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("rolecall");
    }
    Ok(config)
}

/// Connects to a server that is fit for use. The connection lives on the runtime of the caller.
pub(crate) async fn connect(config: &Config) -> Result<Client, StoreError> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        // How a connection ends is told to whoever uses the client.
        let _ = connection.await;
    });
    let settings = client.query_one(SELECT_SETTINGS, &[]).await?;
    let version: i64 = settings.try_get(0)?;
    let found = u32::try_from(version).unwrap_or_default();
    if found < MIN_POSTGRES_VERSION {
        return Err(StoreError::OldServer { found });
    }
    let encoding: String = settings.try_get(1)?;
    if encoding != "UTF8" {
        return Err(StoreError::Database(format!(
            "the PostgreSQL database has encoding `{encoding}`: create one with `ENCODING 'UTF8'`"
        )));
    }
    client.batch_execute(SET_SESSION).await?;
    Ok(client)
}

impl Session {
    pub(crate) async fn connect(config: &Config) -> Result<Self, StoreError> {
        Ok(Self { client: connect(config).await?, statements: HashMap::new() })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters or results.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, Error> {
        let statement = self.prepared(sql).await?;
        self.client.execute(&statement, parameters).await
    }

    pub(crate) async fn query(
        &mut self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql).await?;
        self.client.query(&statement, parameters).await
    }

    pub(crate) async fn query_one(
        &mut self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Row, Error> {
        let statement = self.prepared(sql).await?;
        self.client.query_one(&statement, parameters).await
    }

    async fn prepared(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// What an error says with what caused it; the library's own text names only its kind.
pub(crate) fn describe(error: &Error) -> String {
    let mut text = format!("PostgreSQL: {error}");
    if let Some(error) = error.as_db_error() {
        return format!("PostgreSQL: {} (SQLSTATE {})", error.message(), error.code().code());
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_ask_for_tls_are_refused_by_name() {
        for url in [
            "postgres://u:secret@h/d?sslmode=require",
            "postgres://u:secret@h/d?sslmode=verify-ca",
            "postgres://u:secret@h/d?sslmode=verify-full",
            "host=h sslmode=require",
        ] {
            assert_eq!(parse(url).unwrap_err(), StoreError::Tls, "{url}");
        }
        for url in ["postgres://u@h/d", "postgres://u@h/d?sslmode=disable", "host=h"] {
            assert!(parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn unusable_urls_are_refused_without_showing_the_password() {
        for url in ["", "postgres://", "postgres://u:secret@h:port/d", "user=u password=secret"] {
            let error = parse(url).unwrap_err();
            assert!(matches!(error, StoreError::Url(_)), "{url}: {error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
