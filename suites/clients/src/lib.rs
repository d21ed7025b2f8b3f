//! What the tests of this suite share: a server of their own, and the clients that people use.
//!
//! A test begins with [`Clients::of`] or [`Terraform::of`], which say whether the client is at hand. Where
//! it is not, the test ends there and counts as *not run*: `cargo xtask ci` tells how many were run and not
//! run. Then it starts a [`Server`] and lets the client loose on it.
//!
//! ```ignore
//! let Some(clients) = Clients::of("iam users") else { return };
//! let server = Server::start(&["--ephemeral"]);
//! clients.python(&server, "iam/users.py");
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness for tests: what is not as it should be fails the test"
)]

mod binary;
pub mod databricks;
mod finished;
mod folder;
mod inventory;
pub mod pages;
mod python;
mod scenario;
mod server;
pub mod signed;
mod terraform;

pub use binary::{path as binary, provider};
pub use finished::Finished;
pub use folder::Folder;
pub use inventory::inventory;
pub use python::Clients;
pub use server::Server;
pub use terraform::Terraform;

/// Waits for the next second to begin: `aws cloudformation deploy` names its change sets by the second, and two in
/// one second are one name. AWS never is that quick.
pub fn next_second() {
    let second = || std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
    let now = second();
    while second() == now {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
