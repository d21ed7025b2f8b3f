//! Managed policies of users, groups and roles, and permissions boundaries of users and roles: what
//! their operations share. A use is noted twice: in the holder's row, in order, and as an
//! [`AttachmentRow`], so that a policy's uses are found.

use names::{AccountId, ArnParts};
use serde::Serialize;
use store::{Tx, View};

use crate::constraint::Constraints;
use crate::fault::Fault;
use crate::iam::attachment::{self, AttachmentRow, Holder, Usage};
use crate::iam::holder::{Bounded, MAX_ATTACHED, PolicyHolder};
use crate::iam::{name, page};
use crate::policy_cache;

/// AWS's policies for service-linked roles, and for what a management account does as a member's root: nobody
/// else can have them.
const RESERVED_POLICIES: [&str; 2] =
    ["arn:aws:iam::aws:policy/aws-service-role/", "arn:aws:iam::aws:policy/root-task/"];

/// The answer of `ListAttached…Policies`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicies {
    attached_policies: Vec<AttachedPolicy>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A managed policy that is attached.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    /// Its name.
    pub policy_name: String,
    /// Its ARN.
    pub policy_arn: String,
}

impl AttachedPolicy {
    /// The policy with `arn`.
    #[must_use]
    pub fn new(arn: &str) -> Self {
        let (_, name) = path_and_name(arn);
        Self { policy_name: name.to_owned(), policy_arn: arn.to_owned() }
    }
}

/// Checks the ARN of a policy.
pub fn check_arn(constraints: &mut Constraints, parameter: &str, arn: &str) {
    name::check_arn(constraints, parameter, arn);
    if ArnParts::split(arn).is_none() {
        // Recorded by LocalStack for AttachUserPolicy, two spaces included.
        constraints.refuse("Invalid ARN:  Could not be parsed!");
    }
}

/// Attaches a policy; attaching it again changes nothing.
///
/// # Errors
/// `NoSuchEntity` for a policy that the account cannot attach, `PolicyNotAttachable`, or
/// `LimitExceeded`.
pub fn attach<H: PolicyHolder>(tx: &mut Tx<'_>, holder: &H, policy_arn: &str) -> Result<(), Fault> {
    check_not_reserved::<H>(policy_arn)?;
    if !policy_cache::managed_exists(tx, holder.account_id(), policy_arn) {
        let text = format!("Policy {policy_arn} does not exist or is not attachable.");
        return Err(Fault::new("NoSuchEntity", text));
    }
    if holder.attached().iter().any(|arn| arn == policy_arn) {
        return Ok(());
    }
    if holder.attached().len() >= MAX_ATTACHED {
        let text = format!("Cannot exceed quota for {}: {MAX_ATTACHED}", H::ATTACHED_QUOTA);
        return Err(Fault::new("LimitExceeded", text));
    }
    let mut changed = holder.clone();
    changed.attached_mut().push(policy_arn.to_owned());
    attachment::add(tx, row(holder, Usage::Policy, policy_arn))?;
    Ok(tx.update(changed)?)
}

/// Of roles quoted in aws/aws-cdk issue 6131; of users, and their boundaries, recorded from AWS by
/// radkawar/stackd, `attachment_domains.json`; unverified for groups, and for `root-task` and boundaries of roles.
fn check_not_reserved<H: PolicyHolder>(policy_arn: &str) -> Result<(), Fault> {
    if !RESERVED_POLICIES.iter().any(|start| policy_arn.starts_with(start)) {
        return Ok(());
    }
    let text = match H::KIND {
        Holder::Role => "Cannot attach a Service Role Policy to a Customer Role.",
        Holder::User => "Cannot attach AWS reserved policy to an IAM user.",
        Holder::Group => "Cannot attach AWS reserved policy to an IAM group.",
    };
    Err(Fault::new("PolicyNotAttachable", text))
}

/// Detaches a policy.
///
/// # Errors
/// `NoSuchEntity` if it is not attached.
pub fn detach<H: PolicyHolder>(tx: &mut Tx<'_>, holder: &H, policy_arn: &str) -> Result<(), Fault> {
    let mut changed = holder.clone();
    changed.attached_mut().retain(|arn| arn != policy_arn);
    if changed.attached().len() == holder.attached().len() {
        return Err(Fault::new("NoSuchEntity", format!("Policy {policy_arn} was not found.")));
    }
    attachment::remove(tx, &row(holder, Usage::Policy, policy_arn))?;
    Ok(tx.update(changed)?)
}

/// One page of the policies below a path, in the order of their ARNs.
///
/// # Errors
/// `ValidationError` for a marker that no page answered.
pub fn list<H: PolicyHolder>(
    holder: &H,
    path_prefix: Option<&str>,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<AttachedPolicies, Fault> {
    let prefix = path_prefix.unwrap_or(name::DEFAULT_PATH);
    let mut arns: Vec<&String> = holder.attached().iter().collect();
    arns.retain(|arn| path_and_name(arn).0.starts_with(prefix));
    arns.sort();
    let policies = arns.into_iter().map(|arn| (arn.clone(), AttachedPolicy::new(arn)));
    let page = page::cut(policies, marker, max_items)?;
    let is_truncated = page.is_truncated();
    Ok(AttachedPolicies { attached_policies: page.items, is_truncated, marker: page.marker })
}

/// Checks that a policy can be the boundary of someone in the holder's account.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn check_boundary(view: &View, account: AccountId, policy_arn: &str) -> Result<(), Fault> {
    if policy_cache::managed_exists(view, account, policy_arn) {
        return Ok(());
    }
    // Quoted in reports on CreateRole; unverified for the operations that change a boundary.
    let text = format!("Scope ARN: {policy_arn} does not exist or is not attachable.");
    Err(Fault::new("NoSuchEntity", text))
}

/// Notes the boundary that a holder is created with.
///
/// # Errors
/// A limit of the store.
pub fn note_boundary<H: Bounded>(tx: &mut Tx<'_>, holder: &H) -> Result<(), Fault> {
    match holder.boundary() {
        Some(arn) => Ok(attachment::add(tx, row(holder, Usage::Boundary, arn))?),
        None => Ok(()),
    }
}

/// Sets the boundary.
///
/// # Errors
/// As [`check_boundary`].
pub fn set_boundary<H: Bounded>(
    tx: &mut Tx<'_>,
    holder: &H,
    policy_arn: &str,
) -> Result<(), Fault> {
    check_not_reserved::<H>(policy_arn)?;
    check_boundary(tx, holder.account_id(), policy_arn)?;
    forget_boundary(tx, holder)?;
    let mut changed = holder.clone();
    *changed.boundary_mut() = Some(policy_arn.to_owned());
    note_boundary(tx, &changed)?;
    Ok(tx.update(changed)?)
}

/// Takes the boundary away.
///
/// # Errors
/// `NoSuchEntity` if there is none (recorded from AWS by radkawar/stackd, `policy_management.json`, for users and
/// roles; the text is unverified).
pub fn clear_boundary<H: Bounded>(tx: &mut Tx<'_>, holder: &H) -> Result<(), Fault> {
    if holder.boundary().is_none() {
        let (noun, name) = (H::NOUN, holder.name());
        let text = format!("The {noun} with name {name} has no permissions boundary.");
        return Err(Fault::new("NoSuchEntity", text));
    }
    forget_boundary(tx, holder)?;
    let mut changed = holder.clone();
    *changed.boundary_mut() = None;
    Ok(tx.update(changed)?)
}

/// Takes back the note of the boundary of a holder that is deleted, renamed or gets another one.
///
/// # Errors
/// A limit of the store.
pub fn forget_boundary<H: Bounded>(tx: &mut Tx<'_>, holder: &H) -> Result<(), Fault> {
    if let Some(arn) = holder.boundary() {
        attachment::remove(tx, &row(holder, Usage::Boundary, arn))?;
    }
    Ok(())
}

/// Moves the notes of attached policies from a holder's old name to its new one.
///
/// # Errors
/// A limit of the store.
pub fn rename<H: PolicyHolder>(tx: &mut Tx<'_>, old: &H, new: &H) -> Result<(), Fault> {
    for arn in old.attached() {
        attachment::remove(tx, &row(old, Usage::Policy, arn))?;
        attachment::add(tx, row(new, Usage::Policy, arn))?;
    }
    Ok(())
}

fn row<H: PolicyHolder>(holder: &H, usage: Usage, arn: &str) -> AttachmentRow {
    AttachmentRow {
        account: holder.account_id(),
        policy_arn: arn.to_owned(),
        usage,
        holder: H::KIND,
        name: holder.name().to_owned(),
    }
}

/// Path and name of the policy with `arn`: `/a/` and `b` of `arn:aws:iam::123456789012:policy/a/b`.
fn path_and_name(arn: &str) -> (&str, &str) {
    let resource = ArnParts::split(arn).map_or(arn, |parts| parts.resource);
    let path = resource.strip_prefix("policy").unwrap_or(resource);
    path.rfind('/').and_then(|at| path.split_at_checked(at + 1)).unwrap_or(("/", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_names() {
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:policy/p", ("/", "p")),
            ("arn:aws:iam::123456789012:policy/a/b/p", ("/a/b/", "p")),
            ("arn:aws:iam::aws:policy/AdministratorAccess", ("/", "AdministratorAccess")),
            ("p", ("/", "p")),
        ] {
            assert_eq!(path_and_name(arn), expected);
        }
    }
}
