//! What can go wrong: with the store, with one write, with one row.

use crate::limits::{
    MAX_ACCOUNT_BYTES, MAX_ATTEMPTS, MAX_AUDIT_BODY_BYTES, MAX_CHANGES_PER_WRITE, MAX_KEY_BYTES,
    MAX_ROW_BYTES, MAX_WAITING_BYTES, MAX_WAITING_WRITES, MIN_POSTGRES_VERSION,
};

/// The store as a whole cannot do what was asked.
///
/// Cheap to clone, because every write that waited for a failed flush gets the same one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the data folder.
    #[error(
        "the data folder `{folder}` is in use by {owner}: stop that one first, or give another folder"
    )]
    InUse {
        /// The folder.
        folder: String,
        /// The other process, such as `process 4711`.
        owner: String,
    },
    /// The data folder cannot be made, read or written.
    #[error("the data folder `{folder}` cannot be used: {why}; give a folder that can be written")]
    Folder {
        /// The folder.
        folder: String,
        /// The operating system's words.
        why: String,
    },
    /// A newer program has migrated the database.
    #[error(
        "the database is at migration {found} and this program knows {known}: use the newer program \
         that wrote it, or another database"
    )]
    NewerDatabase {
        /// The newest migration in the database.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The database holds a table that the schema does not name.
    #[error(
        "the database has a table `{table}` that this program does not know: use the program that \
         wrote it, or another database"
    )]
    UnknownTable {
        /// The table.
        table: String,
    },
    /// A stored row cannot be understood.
    #[error("row `{key}` of account `{account}` in table `{table}` cannot be read: {why}")]
    Unreadable {
        /// The table.
        table: String,
        /// The row's account.
        account: String,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The schema that the program gave is not usable.
    #[error("the schema is wrong: {0}")]
    Schema(String),
    /// The database URL is not usable. The URL itself is not shown: it may hold a password.
    #[error("the database URL cannot be used: {0}")]
    Url(String),
    /// The URL asks for TLS.
    #[error(
        "the database URL asks for TLS, which this program does not speak to PostgreSQL yet: give \
         `sslmode=disable` and a server on loopback or behind a tunnel"
    )]
    Tls,
    /// The PostgreSQL server is too old.
    #[error(
        "the PostgreSQL server has version number {found} and at least {MIN_POSTGRES_VERSION} is needed: \
         use a newer server"
    )]
    OldServer {
        /// Its `server_version_num`.
        found: u32,
    },
    /// The database did not do what it was asked; nothing of it was kept.
    #[error("the database failed: {0}")]
    Database(String),
    /// The connection broke while a commit was on its way and the outcome could not be asked for.
    #[error(
        "the connection to the database broke during a commit, which may or may not be kept: {0}"
    )]
    Unknown(String),
    /// An import's JSON is not what an export writes.
    #[error("the import cannot be read: {0}; nothing was changed")]
    Import(String),
    /// A content that a row names is gone.
    #[error("the content `{id}` is not there any more")]
    MissingContent {
        /// Its id.
        id: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// A write was not done; nothing of it was kept unless the variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError<E> {
    /// The closure returned this error, and its changes were discarded.
    #[error("{0}")]
    Refused(E),
    /// The closure panicked; its changes were discarded.
    #[error("internal error: a write panicked: {0}")]
    Panicked(String),
    /// Too many writes wait for the disk.
    #[error(
        "more than {MAX_WAITING_WRITES} writes or {MAX_WAITING_BYTES} bytes wait for the disk: try again"
    )]
    Busy,
    /// Other replicas changed what the write read, again and again.
    #[error("other replicas changed what the write read {MAX_ATTEMPTS} times in a row: try again")]
    Contended,
    /// The database refused or broke; [`StoreError::Unknown`] alone leaves open whether it was kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A row cannot be written; the transaction goes on as if it had not been tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A row with this key exists.
    #[error("`{key}` exists in `{table}` of account `{account}`")]
    Exists {
        /// The table.
        table: &'static str,
        /// The account.
        account: String,
        /// The key.
        key: String,
    },
    /// Another row holds this value of a unique index.
    #[error("`{value}` is taken as `{index}` in `{table}` by `{key}` of account `{account}`")]
    Taken {
        /// The table.
        table: &'static str,
        /// The index.
        index: &'static str,
        /// The value.
        value: String,
        /// The holder's account.
        account: String,
        /// The holder's key.
        key: String,
    },
    /// No row with this key exists.
    #[error("no `{key}` in `{table}` of account `{account}`")]
    Missing {
        /// The table.
        table: &'static str,
        /// The account.
        account: String,
        /// The key.
        key: String,
    },
    /// The row's body is too large.
    #[error("the row takes {bytes} bytes and {MAX_ROW_BYTES} are allowed")]
    TooLarge {
        /// The bytes of its JSON.
        bytes: usize,
    },
    /// The account, key or index value is empty, too long or holds a zero byte.
    #[error(
        "`{text}` is not usable as {what}: at most {MAX_KEY_BYTES} bytes ({MAX_ACCOUNT_BYTES} for an \
         account), not empty, no zero byte"
    )]
    BadKey {
        /// `account`, `key` or the index's name.
        what: &'static str,
        /// The text, cut off if it is long.
        text: String,
    },
    /// The write changes too many rows.
    #[error("one write may change {MAX_CHANGES_PER_WRITE} rows: split it")]
    TooManyChanges,
    /// The audit row's body is too large.
    #[error("the audit row takes {bytes} bytes and {MAX_AUDIT_BODY_BYTES} are allowed")]
    AuditTooLarge {
        /// The bytes of its body.
        bytes: usize,
    },
    /// The row type is not in the schema that the store was opened with.
    #[error("internal error: table `{table}` is not in the store's schema")]
    Unregistered {
        /// The table.
        table: &'static str,
    },
    /// The row cannot be written as JSON.
    #[error("internal error: a row of `{table}` cannot be written as JSON: {why}")]
    Encode {
        /// The table.
        table: &'static str,
        /// The serializer's words.
        why: String,
    },
}
