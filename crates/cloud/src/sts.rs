//! STS: one file a noun.

pub mod caller_identity;
