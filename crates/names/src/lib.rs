//! Checked values that every other crate speaks in: ARNs, account ids, unique ids, points in time.
//!
//! Nothing here does I/O, reads a clock or depends on another crate of the workspace: time and
//! randomness come in as values. A value that exists is well formed; parsing is the only way to make one.

mod account;
mod arn;
mod entropy;
mod timestamp;
mod unique_id;
mod word;

pub use account::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError, ArnParts};
pub use entropy::Entropy;
pub use timestamp::{Timestamp, TimestampError, days_from_civil};
pub use unique_id::{IdKind, access_key_account, unique_id};
pub use word::Word;
