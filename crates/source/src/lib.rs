//! Infrastructure code as one graph: resources, what they refer to, and where everything stands.
//!
//! [`read`] takes paths and a [`Folder`] to read them from, and gives a [`Graph`]. Terraform's own language is
//! evaluated by [`terraform`], plans by [`plan`], CloudFormation by [`cloudformation`] on top of `template`.
//! What is broken is a diagnostic of the graph, and the rest is still read. No I/O: the caller brings the files.

pub mod account;
pub mod cloudformation;
mod document;
mod files;
mod graph;
mod json;
pub mod plan;
mod read;
pub mod terraform;

pub use document::Document;
pub use files::{Folder, Lines, MAX_CODE_BYTES, MAX_FILE_BYTES, Memory, Sources, join};
pub use graph::{Action, Change, Dialect, Graph, Import, Lifecycle, Notice, Resource};
pub use json::{Flaw, parse as parse_json};
pub use read::{Options, read};
