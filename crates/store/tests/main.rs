//! The store from outside: one contract for every engine, and what each engine has of its own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says that something is wrong by panicking"
)]

mod contents;
mod contract;
mod crash;
mod crash_rows;
mod folder;
mod ground;
mod model;
mod postgres_server;
mod replicas;
mod rows;
mod versions;
