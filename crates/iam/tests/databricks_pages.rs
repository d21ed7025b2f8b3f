//! The table of `databricks.rs`, held against the policies of the documentation pages themselves.
//!
//! The pages are no part of this repository. The environment variable `ROLECALL_PAGES` names the
//! folder that holds them, as a path from the root of the workspace. Without it these tests count as
//! not run, and not as passed: they are `#[ignore]`d, and `cargo xtask ci` runs them where it is set,
//! with `cargo nextest run -p iam --test databricks_pages --run-ignored only` or
//! `cargo test -p iam --test databricks_pages -- --ignored`. Asked for without it, they fail and say
//! so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

#[path = "databricks/document.rs"]
mod document;
#[path = "databricks/launch.rs"]
#[expect(dead_code, reason = "shared with `databricks.rs`, which uses all of it")]
mod launch;
#[path = "databricks/operations.rs"]
mod operations;
#[path = "databricks/pages.rs"]
mod pages;
#[path = "databricks/table.rs"]
mod table;
#[path = "databricks/terraform.rs"]
mod terraform;
#[path = "databricks/trust.rs"]
mod trust;
#[path = "databricks/world.rs"]
#[expect(dead_code, reason = "shared with `databricks.rs`, which uses all of it")]
mod world;

use iam::{NamedPolicy, Policy, PolicyKind};

use document::{action_sets, meanings};
use launch::{DATABRICKS_IMAGE, launch, pass_role};
use world::{
    CUSTOMER, EXTERNAL_ID, GROUP, INSTANCE_ROLE, LAUNCHER, REGION, VPC, arn, holding,
    matching_sids, named, refusals, shipped,
};

/// "Create a cross-account IAM role": trust policy and access policies.
const ACCESS_PAGE: &str = "001_d66ff2f83510bdb7.txt";
/// The Terraform resource `databricks_instance_profile`.
const PROFILE_PAGE: &str = "000_d18583c784dca82f.txt";
/// The policies of the access page in their order, and what stands for them in `examples`.
const ON_ACCESS_PAGE: [&str; 4] = [
    "cross-account-trust",
    "databricks-managed-vpc",
    "customer-managed-vpc",
    "customer-managed-vpc-restricted",
];

/// A policy of the access page, with the values of the example deployment filled in.
fn on_access_page(name: &str) -> NamedPolicy {
    let text = pages::page(ACCESS_PAGE);
    let found = pages::json_policies(&text);
    assert_eq!(found.len(), ON_ACCESS_PAGE.len(), "the page has other policies than it had");
    let index = ON_ACCESS_PAGE.iter().position(|known| *known == name).unwrap();
    let filled = [
        ("YOUR_EXTERNAL_ID", EXTERNAL_ID),
        ("SECURITYGROUPID", GROUP),
        ("ACCOUNTID", CUSTOMER),
        ("REGION", REGION),
        ("VPCID", VPC),
    ]
    .iter()
    .fold(found[index].to_owned(), |text, (placeholder, value)| text.replace(placeholder, value));
    let kind = if index == 0 { PolicyKind::Trust } else { PolicyKind::Identity };
    named(name, &filled, kind)
}

/// A policy document of the profile page, with its references filled in.
fn on_profile_page(name: &str, kind: PolicyKind) -> NamedPolicy {
    let text = terraform::policy_document(&pages::page(PROFILE_PAGE), name)
        .replace("aws_iam_role.role_for_s3_access.arn", INSTANCE_ROLE)
        .replace("<YOUR_WORKSPACE_ID1>", "1234567890123456")
        .replace("<YOUR_WORKSPACE_ID2>", "6543210987654321");
    named(name, &text, kind)
}

fn shipped_policy(name: &str, kind: PolicyKind) -> std::sync::Arc<Policy> {
    shipped(name, kind).policy
}

#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn the_access_policies_of_the_page_decide_by_the_table() {
    table::check(&table::Policies {
        databricks_managed: vec![on_access_page("databricks-managed-vpc")],
        customer_managed: vec![on_access_page("customer-managed-vpc")],
        restricted: vec![on_access_page("customer-managed-vpc-restricted")],
        pass_role: vec![on_profile_page("pass_role_for_s3_access", PolicyKind::Identity)],
    });
}

#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn the_trust_policies_of_the_pages_let_in_whom_they_name() {
    trust::check_cross_account(&on_access_page("cross-account-trust"));
    trust::check_instance(&on_profile_page("assume_role_for_ec2", PolicyKind::Trust));
    // The page writes `sts:ExternalID`, STS supplies `sts:ExternalId`.
    let serverless = on_profile_page("sql_serverless_assume_role", PolicyKind::Trust);
    assert!(serverless.policy.text().contains("\"sts:ExternalID\""));
    trust::check_serverless(&serverless);
}

/// See `image.rs`.
#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn any_image_is_granted_by_the_pages_statement_on_everything_else() {
    let around = holding([on_access_page("customer-managed-vpc-restricted")]);
    let image = launch().with_image(DATABRICKS_IMAGE).demands().swap_remove(0);
    for demand in [image.clone(), image.tagged(launch::VENDOR)] {
        let sids = matching_sids(LAUNCHER, &demand, &around);
        assert_eq!(sids, ["AllowEc2RunInstanceOtherResources"]);
    }
}

/// The shipped one asks for `iam:PassedToService`, the page's does not.
#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn the_page_lets_the_role_be_passed_to_any_service() {
    let around = holding([on_profile_page("pass_role_for_s3_access", PolicyKind::Identity)]);
    for service in ["ec2.amazonaws.com", "lambda.amazonaws.com"] {
        let demand = pass_role(INSTANCE_ROLE, service, &arn("instance/*"));
        assert_eq!(refusals(LAUNCHER, &[demand], &around), [], "{service}");
    }
}

#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn the_shipped_policies_grant_the_actions_of_the_pages() {
    for name in ON_ACCESS_PAGE {
        let page = on_access_page(name).policy;
        let shipped = shipped_policy(name, page.kind());
        assert_eq!(action_sets(&shipped), action_sets(&page), "{name}");
    }
    for (on_page, name, kind) in [
        ("assume_role_for_ec2", "ec2-trust", PolicyKind::Trust),
        ("pass_role_for_s3_access", "pass-instance-role", PolicyKind::Identity),
        ("sql_serverless_assume_role", "sql-serverless-trust", PolicyKind::Trust),
    ] {
        let page = on_profile_page(on_page, kind).policy;
        assert_eq!(action_sets(&shipped_policy(name, kind)), action_sets(&page), "{name}");
    }
}

/// On the same resources, under the same conditions: all but `Sid`s and order.
#[test]
#[ignore = "set ROLECALL_PAGES to the folder of pages"]
fn the_shipped_policies_say_what_the_pages_say() {
    for name in ON_ACCESS_PAGE {
        let page = on_access_page(name).policy;
        let shipped = shipped_policy(name, page.kind());
        assert_eq!(meanings(&shipped), meanings(&page), "{name}");
        assert_ne!(shipped.text(), page.text(), "{name}");
    }
    for (on_page, name) in [
        ("assume_role_for_ec2", "ec2-trust"),
        ("sql_serverless_assume_role", "sql-serverless-trust"),
    ] {
        let page = on_profile_page(on_page, PolicyKind::Trust).policy;
        let shipped = shipped_policy(name, PolicyKind::Trust);
        assert_eq!(meanings(&shipped), meanings(&page), "{name}");
    }
}
