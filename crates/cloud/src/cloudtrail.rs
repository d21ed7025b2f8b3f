//! CloudTrail: who asked what, and how it was answered, from the server's own audit.
//!
//! [`entry`] is what the audit keeps of a request, written with each; [`event`] makes CloudTrail's event of it,
//! when somebody looks it up ([`lookup`]).

pub mod entry;
pub mod event;
pub mod identity;
pub mod lookup;
pub mod parameters;
mod resource;
pub mod table;
#[cfg(test)]
mod tests;
