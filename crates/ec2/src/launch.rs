//! Launching instances: what can be asked for, what comes of it, what it takes, and `RunInstances`.
//!
//! ```text
//! RunInstances ── template.rs ──▶ LaunchData ── plan.rs ──▶ Plan ── demands.rs ──▶ what IAM must allow
//!                                                            └──── make.rs ──────▶ instances
//! ```

#[cfg(test)]
mod databricks_tests;
pub mod demands;
pub mod device;
pub mod interface;
mod make;
pub mod options;
#[cfg(test)]
mod permission_tests;
pub mod place;
pub mod plan;
pub mod run;
pub mod specification;
pub mod template;
#[cfg(test)]
pub(crate) mod tests;
pub mod user_data;

use crate::kind::Kind;

pub use plan::Plan;
pub use run::RunInstances;
pub use specification::LaunchData;

/// How long an instance is pending, in seconds, where time is taken (unverified).
pub(crate) const PENDING_SECONDS: i64 = 15;

/// What a launch can tag.
pub const TAGGABLE: [Kind; 4] =
    [Kind::Instance, Kind::Volume, Kind::NetworkInterface, Kind::SpotInstancesRequest];
