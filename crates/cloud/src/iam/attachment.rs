//! Who has a managed policy: one row for each attachment and for each permissions boundary, so that
//! a policy's users are found without looking at every entity.

use std::borrow::Cow;
use std::ops::Bound;

use names::{AccountId, ArnParts};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::iam::name::MAX_PATH;
use crate::policy_cache;

/// Characters of an ARN.
const ARN_LENGTH: [Check; 2] = [Check::MaxLength(2048), Check::MinLength(20)];
/// `((/[A-Za-z0-9\.,\+@=_-]+)*)/`
const POLICY_PATH: Check = Check::Pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", is_policy_path);

/// A managed policy in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// The account of the entity.
    pub account: AccountId,
    /// The policy's ARN.
    pub policy_arn: String,
    /// How it is used.
    pub usage: Usage,
    /// The kind of entity.
    pub holder: Holder,
    /// The entity's name.
    pub name: String,
}

/// How a managed policy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Usage {
    /// As a permissions policy.
    Policy,
    /// As a permissions boundary.
    Boundary,
}

/// What can have a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl Row for AttachmentRow {
    const TABLE: &'static str = "iam_attachment";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        let Self { policy_arn, usage, holder, name, .. } = self;
        format!("{policy_arn}|{usage:?}|{holder:?}|{}", name.to_lowercase()).into()
    }
}

/// Every use of a policy in an account.
pub fn of<'v>(
    view: &'v View,
    account: AccountId,
    policy_arn: &str,
) -> impl Iterator<Item = &'v AttachmentRow> {
    let start = format!("{policy_arn}|");
    let end = format!("{policy_arn}}}");
    let range = (Bound::Included(start.as_str()), Bound::Excluded(end.as_str()));
    view.range::<AttachmentRow>(account.as_str(), range).map(|row| &**row)
}

/// Notes a use; noting it again changes nothing.
///
/// # Errors
/// A limit of the store.
pub fn add(tx: &mut Tx<'_>, row: AttachmentRow) -> Result<(), RowError> {
    tx.put(row)
}

/// Takes a use back. Whether it was there.
///
/// # Errors
/// A limit of the store.
pub fn remove(tx: &mut Tx<'_>, row: &AttachmentRow) -> Result<bool, RowError> {
    let account = row.account;
    Ok(tx.delete::<AttachmentRow>(account.as_str(), &row.key())?.is_some())
}

/// Checks a parameter that is an ARN.
pub fn check_arn(constraints: &mut Constraints, parameter: &str, arn: &str) {
    constraints.text(parameter, arn, &ARN_LENGTH);
}

/// Checks the `PathPrefix` of a list of managed policies.
pub fn check_path_prefix(constraints: &mut Constraints, prefix: Option<&str>) {
    let checks = [POLICY_PATH, Check::MaxLength(MAX_PATH), Check::MinLength(1)];
    constraints.optional("pathPrefix", prefix, &checks);
}

/// Refuses what cannot be the ARN of a managed policy.
///
/// # Errors
/// `ValidationError` for what is no ARN (recorded by LocalStack), `InvalidInput` for the ARN of
/// something else (unverified).
pub fn parse_arn(arn: &str) -> Result<(), Fault> {
    if ArnParts::split(arn).is_none() {
        return Err(Fault::new("ValidationError", "Invalid ARN:  Could not be parsed!"));
    }
    if path_and_name(arn).is_none() {
        return Err(Fault::new("InvalidInput", format!("ARN {arn} is not valid.")));
    }
    Ok(())
}

/// The path and the name in the ARN of a managed policy.
#[must_use]
pub fn path_and_name(arn: &str) -> Option<(&str, &str)> {
    let parts = ArnParts::split(arn).filter(|parts| parts.service == "iam")?;
    let full_name = parts.resource.strip_prefix("policy").filter(|name| name.starts_with('/'))?;
    full_name.split_at_checked(full_name.rfind('/')? + 1)
}

/// Refuses a managed policy that an ordinary role cannot have.
///
/// # Errors
/// `PolicyNotAttachable` for the policies of service-linked roles (quoted in aws/aws-cdk issue 6131),
/// `NoSuchEntity` for what does not exist in the account.
pub fn check_attachable(view: &View, account: AccountId, arn: &str) -> Result<(), Fault> {
    let of_aws = ArnParts::split(arn).is_some_and(|parts| parts.account == "aws");
    if of_aws && path_and_name(arn).is_some_and(|(path, _)| path == "/aws-service-role/") {
        let text = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(Fault::new("PolicyNotAttachable", text));
    }
    if policy_cache::managed_exists(view, account, arn) {
        return Ok(());
    }
    let text = format!("Policy {arn} does not exist or is not attachable.");
    Err(Fault::new("NoSuchEntity", text))
}

/// Refuses a permissions boundary that does not exist.
///
/// # Errors
/// As [`check_attachable`], in the words that people quote of `CreateRole` (openshift/rosa); those of
/// the other operations are unverified.
pub fn check_boundary(view: &View, account: AccountId, arn: &str) -> Result<(), Fault> {
    parse_arn(arn)?;
    check_attachable(view, account, arn).map_err(|fault| match fault.code {
        "NoSuchEntity" => {
            let text = format!("Scope ARN: {arn} does not exist or is not attachable.");
            Fault::new("NoSuchEntity", text)
        }
        _ => fault,
    })
}

fn is_policy_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".,+@=_-".contains(&byte);
    let part = |part: &str| !part.is_empty() && part.bytes().all(plain);
    let inner = text.strip_suffix('/').map(|inner| inner.strip_prefix('/').unwrap_or(inner));
    text == "/" || (text.starts_with('/') && inner.is_some_and(|inner| inner.split('/').all(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_policies() {
        for good in ["/", "/a/", "/a.b/c+d/"] {
            assert!(is_policy_path(good), "{good}");
        }
        for bad in ["", "a/", "/a", "//", "/a//", "/a b/", "/a!/"] {
            assert!(!is_policy_path(bad), "{bad}");
        }
    }

    #[test]
    fn arns_have_path_and_name() {
        let check = |arn: &str, expected| assert_eq!(path_and_name(arn), expected, "{arn}");
        check("arn:aws:iam::aws:policy/ReadOnlyAccess", Some(("/", "ReadOnlyAccess")));
        check("arn:aws:iam::123456789012:policy/a/b/p", Some(("/a/b/", "p")));
        check("arn:aws:iam::123456789012:role/a", None);
        check("arn:aws:iam::123456789012:policyx/a", None);
        check("arn:aws:s3:::policy/a", None);
        check("policy/a", None);
    }
}
