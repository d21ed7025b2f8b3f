//! The store from outside: one contract for every engine, and what each engine has of its own.

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
