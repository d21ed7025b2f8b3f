//! Instance profiles that a workspace knows: the row, and what it is found by.
//!
//! Who may use one is granted by SCIM: its ARN is a role of users, groups and service principals.

pub mod add;
pub mod edit;
pub mod list;
mod real_launch;
pub mod remove;

use std::sync::Arc;

use names::Arn;
use serde::{Deserialize, Serialize};
use store::View;

use crate::fault::Fault;
use crate::operation::Ask;

/// An instance profile that is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfileRow {
    /// The workspace.
    pub workspace: String,
    /// Its ARN, exactly as it was registered.
    pub arn: String,
    /// Its role, where somebody said so: SQL warehouses need it if it is not called as the profile is.
    pub iam_role_arn: Option<String>,
    /// Whether it stands for those that its users may assume: IAM credential passthrough.
    pub is_meta: bool,
}

row!(InstanceProfileRow, "databricks_instance_profile", workspace, arn);

/// The registered profile with `arn`.
#[must_use]
pub fn get<'v>(view: &'v View, workspace: &str, arn: &str) -> Option<&'v Arc<InstanceProfileRow>> {
    view.get::<InstanceProfileRow>(workspace, arn)
}

/// Whether the caller may use the profile with `arn`: admins all, others what is granted to them or to a
/// group that they are in ("the calling user", API reference of `list`).
#[must_use]
pub fn may_use(ask: &Ask<'_>, arn: &str) -> bool {
    ask.caller.is_admin || ask.caller.roles.contains(arn)
}

/// The ARN of an instance profile: whatever the partition, with an account and a name.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check_arn(text: &str) -> Result<(), Fault> {
    if is_of_iam(text, "instance-profile/") {
        return Ok(());
    }
    Err(Fault::invalid(format!("Invalid instance profile ARN: {text}")))
}

/// The ARN of a role: `arn:aws:iam::<account-id>:role/<name>`.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check_role_arn(text: &str) -> Result<(), Fault> {
    if is_of_iam(text, "role/") {
        return Ok(());
    }
    Err(Fault::invalid(format!("Invalid IAM role ARN: {text}")))
}

fn is_of_iam(text: &str, kind: &str) -> bool {
    text.parse::<Arn>().is_ok_and(|arn| {
        let parts = arn.parts();
        let name = parts.resource.strip_prefix(kind);
        parts.service == "iam"
            && parts.region.is_empty()
            && parts.account.parse::<names::AccountId>().is_ok()
            && name.is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    })
}

/// The role that SQL warehouses without servers assume for a profile: the one that was registered with it, or
/// the one that is called as the profile is (Databricks provider, `iam_role_arn`).
#[must_use]
pub fn serverless_role_arn(profile: &InstanceProfileRow) -> String {
    match &profile.iam_role_arn {
        Some(arn) => arn.clone(),
        None => profile.arn.replacen(":instance-profile/", ":role/", 1),
    }
}

/// Texts and code are unverified; a client that finds nothing to delete is content with the code.
#[must_use]
pub fn missing(arn: &str) -> Fault {
    Fault::missing(format!("Instance profile {arn} does not exist."))
}
