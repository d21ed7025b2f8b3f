//! Checked values that every other crate speaks in: ARNs and account ids.
//!
//! Nothing here does I/O, reads a clock or depends on another crate of the workspace. A value that
//! exists is well formed; parsing is the only way to make one.

mod account;
mod arn;

pub use account::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError, ArnParts};
