//! SCIM: how identities are shown, found and changed. The same code answers at both levels.

pub mod filter;
pub mod input;
pub mod me;
pub mod operations;
pub mod patch;
pub mod resource;

pub use operations::{group, service_principal, user};
