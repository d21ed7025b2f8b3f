//! AWS's own managed policies.
use iam::PolicySet;
use std::sync::Arc;
/// A policy of AWS.
#[derive(Debug)]
pub struct ManagedPolicy {}
impl ManagedPolicy {
    /// Compiled.
    #[must_use]
    pub fn set(&self) -> Arc<PolicySet> {
        Arc::default()
    }
}
/// The policy with `arn`.
#[must_use]
pub fn find(_arn: &str) -> Option<&'static ManagedPolicy> {
    None
}
