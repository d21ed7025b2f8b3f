//! Databricks' hosts: the account's, and one for each workspace. Requests go the same way as AWS's:
//!
//! receive → route → authenticate → authorize → operate → commit → respond
//!
//! `path` is that way, `listeners` the sockets, `start` what a first start finds.

pub(crate) mod authenticate;
#[cfg(test)]
mod coverage;
pub(crate) mod input;
pub(crate) mod listeners;
pub(crate) mod oidc;
pub(crate) mod path;
pub(crate) mod perform;
pub(crate) mod respond;
pub(crate) mod start;

pub(crate) use listeners::Hosts;
