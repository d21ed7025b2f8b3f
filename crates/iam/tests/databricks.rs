//! A decision table for Databricks on AWS, held against the policies in `examples`, and answers to
//! what its documentation leaves open.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

#[path = "databricks/assume.rs"]
mod assume;
#[path = "databricks/conditions.rs"]
mod conditions;
#[path = "databricks/data.rs"]
mod data;
#[path = "databricks/examples.rs"]
mod examples;
#[path = "databricks/guardrails.rs"]
mod guardrails;
#[path = "databricks/image.rs"]
mod image;
#[path = "databricks/launch.rs"]
mod launch;
#[path = "databricks/operations.rs"]
mod operations;
#[path = "databricks/organization.rs"]
mod organization;
#[path = "databricks/table.rs"]
mod table;
#[path = "databricks/trust.rs"]
mod trust;
#[path = "databricks/world.rs"]
mod world;

use iam::PolicyKind;

#[test]
fn the_shipped_access_policies_decide_by_the_table() {
    let identity = |name| vec![world::shipped(name, PolicyKind::Identity)];
    table::check(&table::Policies {
        databricks_managed: identity("databricks-managed-vpc"),
        customer_managed: identity("customer-managed-vpc"),
        restricted: identity("customer-managed-vpc-restricted"),
        pass_role: identity("pass-instance-role"),
    });
}
