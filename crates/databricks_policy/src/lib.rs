//! The IAM policies that Databricks asks its customers for, as the `databricks_aws_*_policy` data sources of
//! its Terraform provider make them: one source for everybody here who needs them.
//!
//! Pure: texts in, a policy document out, indented by two spaces with the elements in the order `Version`,
//! `Statement` and, in a statement, `Sid`, `Effect`, `Action`, `NotAction`, `Resource`, `NotResource`,
//! `Principal`, `Condition` (the data sources' output; their documentation lists the actions).

mod cross_account;
mod partition;
mod statement;
mod unity_catalog;

pub use cross_account::{CrossAccount, PolicyType, cross_account};
pub use partition::Partition;
pub use unity_catalog::{UnityCatalog, unity_catalog, unity_catalog_assume_role};

use statement::{Statement, document};

/// What a policy was asked for with cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{argument}` {why}")]
pub struct PolicyError {
    /// The argument, as the data source names it.
    pub argument: &'static str,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

/// The trust policy of the cross-account role (or, for log delivery, of the role that logs are written with).
#[must_use]
pub fn assume_role(partition: Partition, external_id: &str, for_log_delivery: bool) -> String {
    let principal =
        if for_log_delivery { partition.log_delivery_role() } else { partition.databricks_root() };
    document(vec![Statement::allow(&["sts:AssumeRole"]).principal(&principal).when(
        "StringEquals",
        "sts:ExternalId",
        external_id,
    )])
}

/// The policy of a workspace's root bucket. `account_id` is the Databricks account that alone may use it, and
/// `full_access_role` a role that may in place of Databricks' account.
///
/// # Errors
/// The bucket's name cannot be one.
pub fn bucket(
    partition: Partition,
    bucket: &str,
    account_id: Option<&str>,
    full_access_role: Option<&str>,
) -> Result<String, PolicyError> {
    if !is_bucket(bucket) {
        return Err(PolicyError {
            argument: "bucket",
            why: format!(
                "is not a bucket's name: `{bucket}` must have 3 to 63 lower-case letters, digits, dots and hyphens"
            ),
        });
    }
    let arn = format!("arn:{}:s3:::{bucket}", partition.namespace());
    let root = partition.databricks_root();
    let statement = Statement::allow(&[
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:ListBucket",
        "s3:GetBucketLocation",
    ])
    .resources(&[&format!("{arn}/*"), &arn])
    .principal(full_access_role.unwrap_or(&root));
    Ok(document(vec![match account_id {
        Some(id) => statement.when("StringEquals", "aws:PrincipalTag/DatabricksAccountId", id),
        None => statement,
    }]))
}

fn is_bucket(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| inner(byte) || matches!(byte, b'-' | b'.'))
        && name.bytes().next().is_some_and(inner)
        && name.bytes().last().is_some_and(inner)
}

#[cfg(test)]
mod tests;
