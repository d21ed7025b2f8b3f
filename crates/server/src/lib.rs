//! Listeners, and the one request path that every request to every listener takes:
//!
//! receive → route → authenticate → authorize → operate → commit → respond ([`path`]).

mod authenticate;
mod clock;
mod config;
mod control;
#[cfg(test)]
mod coverage;
mod databricks;
mod decisions;
mod keys;
mod listen;
mod metadata;
mod metrics;
mod needs;
#[cfg(test)]
mod operations_page;
mod path;
mod perform;
mod propagation;
mod receive;
mod respond;
mod rest;
mod route;
mod running;
mod s3;
mod shared;
mod stacks;
mod story;
mod table;
mod uses;

pub use ::databricks::first_start::ADMIN_TOKEN;
pub use config::{Config, ConfigError};
pub use running::{Running, StartError, start};
