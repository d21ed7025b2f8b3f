//! AWS Organizations, as far as guardrails need it: accounts in a tree of organizational units, and the
//! service control and resource control policies that are attached to it.
//!
//! Everything is kept in the partition of the management account, but for one row in each member's own
//! ([`membership`]), by which a request finds out whether its account has guardrails at all.

pub mod account;
pub mod attachment;
pub mod create_account;
pub mod hierarchy;
mod input;
pub mod membership;
pub mod node;
pub mod organization;
mod page;
pub mod policy;
pub mod policy_type;
pub mod root;
pub mod standing;
pub mod table;
pub mod tags;
#[cfg(test)]
mod tests;
pub(crate) mod time;
pub mod trusted_service;
pub mod unit;

/// Adds the rows that Organizations keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<create_account::CreateAccountRow>()
        .with::<membership::MembershipRow>()
        .with::<node::NodeRow>()
        .with::<organization::OrganizationRow>()
        .with::<policy::PolicyRow>()
}
