//! Every bound of this crate, in one place.

/// Bytes of a row's JSON body.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Bytes of a row's key and of an index value: an ARN's 2,048, which also fits PostgreSQL's 2,704 bytes for
/// an index entry together with account and table name.
pub const MAX_KEY_BYTES: usize = 2048;
/// Bytes of an account (partition) name.
pub const MAX_ACCOUNT_BYTES: usize = 64;
/// Bytes of a table's and an index's name: PostgreSQL cuts identifiers off after 63.
pub const MAX_NAME_BYTES: usize = 63;
/// Row changes of one write. A multipart upload may have 10,000 parts, whose rows go when it is completed.
pub const MAX_CHANGES_PER_WRITE: usize = 11_000;
/// Writes that wait for one disk flush; one more is refused as busy.
pub const MAX_WAITING_WRITES: usize = 10_000;
/// Bytes of row bodies that wait for one disk flush; when there are more, further writes are refused.
pub const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// How often a write is executed when other replicas keep changing what it read.
pub const MAX_ATTEMPTS: usize = 16;

/// Bytes of an audit row's JSON body.
pub const MAX_AUDIT_BODY_BYTES: usize = 256 * 1024;
/// Audit rows kept in the database unless [`crate::Options::audit_rows`] says otherwise.
pub const DEFAULT_AUDIT_ROWS: u64 = 100_000;
/// Without a database: audit rows kept in memory, newest.
pub const RECENT_AUDIT_ROWS: usize = 10_000;
/// Without a database: bytes of audit rows kept in memory.
pub const RECENT_AUDIT_BYTES: usize = 8 * 1024 * 1024;
/// Audit rows of reads and denials that wait for the database; one more is dropped and counted.
pub const MAX_UNSAVED_AUDIT_ROWS: usize = 20_000;
/// Bytes of audit rows of reads and denials that wait for the database.
pub const MAX_UNSAVED_AUDIT_BYTES: usize = 32 * 1024 * 1024;
/// How long an audit row of a read or denial waits for a write to travel with.
pub const AUDIT_DELAY_MS: u64 = 50;
/// SQLite: audit rows of one commit from which on they are packed.
pub const PACKED_AUDIT_ROWS: usize = 500;
/// SQLite: audit rows in one pack, at most.
pub const MAX_PACK_ROWS: usize = 1_000;
/// SQLite: bytes of audit rows after which a pack takes no more.
pub const MAX_PACK_BYTES: usize = 1024 * 1024;
/// SQLite: how long no commit may have packed before packs are unpacked.
pub const UNPACK_DELAY_MS: u64 = 1_000;
/// Audit rows that one query answers.
pub const MAX_AUDIT_PAGE: usize = 1_000;

/// PostgreSQL: records of deleted rows that an account keeps for its replicas. A replica that slept for
/// longer loads the account whole.
pub const MAX_DELETED_ROWS: i64 = 10_000;
/// PostgreSQL: the oldest server that is accepted, as `server_version_num` counts.
pub const MIN_POSTGRES_VERSION: u32 = 140_000;

/// Bytes of a content that are gathered in memory before it gets a file.
pub const MAX_GATHERED_BYTES: usize = 256 * 1024;
/// Without a data folder: bytes of contents that stay in memory; more go to a temporary folder.
pub const MAX_CONTENT_MEMORY_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of a content that are read at once.
pub const CONTENT_PIECE_BYTES: usize = 256 * 1024;
/// PostgreSQL: bytes of a content in one row.
pub const CONTENT_CHUNK_BYTES: usize = 1024 * 1024;
/// PostgreSQL: how long a content that no row names is kept, as another replica may be about to name it.
pub const CONTENT_GRACE_SECONDS: u32 = 3_600;
