//! Instance metadata, the part without sockets: what a request asks for ([`request`]), the tokens of IMDSv2
//! ([`token`]), what there is to read ([`item`]), and the documents ([`credentials`], [`identity`]).
//!
//! Nothing here does I/O or reads a clock. Who an instance is comes in as an [`Instance`].
//!
//! Sources: EC2 user guide, "instance metadata categories", "use the Instance Metadata Service", "instance
//! identity documents"; the open-source `aws/amazon-ec2-metadata-mock` for the shape of listings.

pub mod credentials;
mod der;
pub mod identity;
pub mod instance;
pub mod item;
mod json;
pub mod request;
pub mod signer;
pub mod token;

pub use instance::Instance;
pub use item::Item;
pub use request::{Asked, Request, Status};
pub use signer::Signer;
pub use token::Tokens;
