//! The nouns and operations of both clouds: what each takes, what it asks of IAM, what it does.
//!
//! An operation is a plain struct whose fields carry the service's own names. It says what it *demands*
//! ([`Operation::demands`]): every action, resource and context that IAM must allow. Only [`authorize`]
//! makes an [`Authorized`], and only that can be run. Nothing here knows HTTP or a wire format.

pub mod authorize;
pub mod aws_managed;
pub mod blob;
pub mod caller;
pub mod calls;
pub mod cloudtrail;
pub mod constraint;
pub mod demand;
pub mod fault;
pub mod iam;
pub mod jwt;
pub mod latency;
pub mod object;
pub mod operation;
pub mod organizations;
pub mod policy_cache;
pub mod propagation;
pub mod schema;
pub mod secret;
pub mod secrets;
pub mod service_linked;
pub mod sts;
pub mod table;
pub mod tag;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod unmodelled;

pub use authorize::{Authorized, Refusal, authorize};
pub use caller::{Caller, Session};
pub use calls::Made;
pub use demand::Demand;
pub use fault::Fault;
pub use operation::{Act, Ask, Issue, Operation, Read, Service, Write};
pub use propagation::{Sight, Standpoint};
pub use secrets::{SealingKey, Secrets};
