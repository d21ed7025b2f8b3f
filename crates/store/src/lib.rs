//! Rows in memory, kept by a database.
//!
//! The whole state is an immutable [`Snapshot`] of typed, ordered tables that readers share; a read never
//! touches the database. A write is a closure over the newest state. Writes are executed one after the other,
//! and those that wait at the same time are made durable by one disk flush; only then are they published and
//! answered. What keeps them is an SQLite file, a PostgreSQL database that any number of replicas share, or
//! nothing at all: see [`Place`]. Either database can be read by people: `SELECT * FROM iam_user`. (While many
//! audit rows come, SQLite's table `audit` lacks them: they are unpacked a second later.)
//!
//! # A worked example
//!
//! A row type says where it is stored and by what it is found:
//!
//! ```
//! use std::borrow::Cow;
//! use serde::{Deserialize, Serialize};
//! use store::{Options, Place, Row, RowError, Schema, Store, Tx, View};
//!
//! #[derive(Serialize, Deserialize)]
//! struct User {
//!     account: String,
//!     name: String,
//!     id: String,
//! }
//!
//! impl Row for User {
//!     const TABLE: &'static str = "iam_user";
//!     const VERSION: u32 = 1;
//!     const INDEXES: &'static [&'static str] = &["id"];
//!
//!     fn account(&self) -> &str {
//!         &self.account
//!     }
//!
//!     fn key(&self) -> Cow<'_, str> {
//!         self.name.to_ascii_lowercase().into()
//!     }
//!
//!     fn index(&self, index: &str) -> Option<Cow<'_, str>> {
//!         (index == "id").then(|| self.id.as_str().into())
//!     }
//! }
//!
//! /// Whoever reads takes a [`View`]: a snapshot is one, and so is a write under way.
//! fn may_have_another_user(view: &View, account: &str) -> bool {
//!     view.count::<User>(account) < 5000
//! }
//!
//! /// An operation that writes takes the write, and fails with an error of its own.
//! fn create_user(tx: &mut Tx<'_>, account: &str, name: &str, id: &str) -> Result<(), RowError> {
//!     assert!(may_have_another_user(tx, account));
//!     tx.insert(User { account: account.into(), name: name.into(), id: id.into() })
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::new().with::<User>();
//! let store = Store::open(Place::Memory, schema, Options::default()).await?;
//! let account = "000000000000";
//!
//! // The closure owns what it uses, because it may be executed again if another replica was first.
//! store.write(account, |tx| create_user(tx, account, "Alice", "AIDA1")).await?;
//! store.write(account, |tx| create_user(tx, account, "Bob", "AIDA2")).await?;
//!
//! // Names are unique without regard to case, because the key is.
//! let again = store.write(account, |tx| create_user(tx, account, "ALICE", "AIDA3")).await;
//! assert!(again.is_err());
//!
//! // A request first makes its account current, then reads from memory.
//! let state = store.refresh(account).await?;
//! assert!(may_have_another_user(&state, account));
//! assert_eq!(state.by_index::<User>("id", "AIDA2").map(|user| user.name.as_str()), Some("Bob"));
//! let names: Vec<&str> = state.range::<User>(account, "a"..).map(|user| user.name.as_str()).collect();
//! assert_eq!(names, ["Alice", "Bob"]);
//!
//! // What was decided outside of a write holds in it as long as the account's version does.
//! let decided_at = state.version(account);
//! store
//!     .write(account, move |tx| {
//!         assert_eq!(tx.version(account), decided_at);
//!         tx.delete::<User>(account, "alice")
//!     })
//!     .await?;
//! assert!(state.get::<User>(account, "alice").is_some(), "a snapshot never changes");
//! assert!(store.snapshot().get::<User>(account, "alice").is_none());
//! # Ok(())
//! # }
//! ```
//!
//! # How a write travels
//!
//! `Store::write` executes the closure on the *working* state, under one lock, and puts it on the *open
//! batch* (`desk`, `write`, `tx`). The committing thread takes the batch and has the engine commit it, while
//! the next batch is being executed on top (`commit`, `batch`). When the flush is done it publishes the state
//! that the batch led to and answers. If the flush fails, or a replica was first, it goes back to the
//! published state, brought forward if need be, and executes everything on top of it again. In memory there
//! is no thread: executed, published and answered at once.
//!
//! # Contents
//!
//! What is too large for a row is a *content* ([`Contents`]): bytes under an id, written once, whole and durable
//! before a row names it. They are files beside an SQLite database, rows of chunks in PostgreSQL, and in memory
//! or a temporary folder where nothing is kept.
//!
//! Architecture invariants: nothing here knows AWS, HTTP or a clock other than for durations; only the
//! committing thread writes to a database; no lock is held across a flush; nobody sees a state that a crash
//! could take back.

mod audit;
mod batch;
mod commit;
mod content;
mod desk;
mod engine;
mod error;
mod export;
mod json;
pub mod limits;
mod metrics;
mod owner;
mod place;
mod row;
mod running;
mod schema;
mod store;
mod table;
mod tables;
mod tree;
mod tx;
mod view;
mod write;

pub use audit::{AuditFilter, AuditRow};
pub use content::{Content, ContentId, Contents, Hold, Reader, Writer};
pub use error::{RowError, StoreError, WriteError};
pub use json::json;
pub use metrics::Metrics;
pub use place::{Options, Place};
pub use row::Row;
pub use schema::Schema;
pub use store::Store;
pub use tx::{Changed, Savepoint, Tx};
pub use view::{Rows, Snapshot, View};
