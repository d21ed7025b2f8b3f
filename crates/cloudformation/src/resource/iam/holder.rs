//! What roles, users and groups have in common: inline policies and attached ones.

use cloud::iam::role::{attach, inline};
use cloud::iam::{group, user};
use cloud::{Fault, Write};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::Provision;
use crate::resource::iam::{difference, document};

/// A policy that is part of its role, user or group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    policy_name: String,
    policy_document: Value,
}

/// A kind of holder, by its operations.
pub trait Holder {
    /// What its name is called in inputs.
    const KEY: &'static str;
    /// Embeds a policy.
    type Put: Write;
    /// Takes it away.
    type Remove: Write;
    /// Attaches one.
    type Attach: Write;
    /// Detaches it.
    type Detach: Write;
}

/// Roles.
#[derive(Debug, Clone, Copy)]
pub struct Roles;
/// Users.
#[derive(Debug, Clone, Copy)]
pub struct Users;
/// Groups.
#[derive(Debug, Clone, Copy)]
pub struct Groups;

impl Holder for Roles {
    const KEY: &'static str = "RoleName";
    type Put = inline::PutRolePolicy;
    type Remove = inline::DeleteRolePolicy;
    type Attach = attach::AttachRolePolicy;
    type Detach = attach::DetachRolePolicy;
}

impl Holder for Users {
    const KEY: &'static str = "UserName";
    type Put = user::PutUserPolicy;
    type Remove = user::DeleteUserPolicy;
    type Attach = user::AttachUserPolicy;
    type Detach = user::DetachUserPolicy;
}

impl Holder for Groups {
    const KEY: &'static str = "GroupName";
    type Put = group::PutGroupPolicy;
    type Remove = group::DeleteGroupPolicy;
    type Attach = group::AttachGroupPolicy;
    type Detach = group::DetachGroupPolicy;
}

/// Embeds a policy in `name`.
///
/// # Errors
/// IAM's own.
pub fn put<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    policy_name: &str,
    policy_document: &Value,
) -> Result<(), Fault> {
    let document = document(policy_document);
    let input = json!({H::KEY: name, "PolicyName": policy_name, "PolicyDocument": document});
    on.write::<H::Put>(input).map(drop)
}

/// Takes an embedded policy from `name`, if both are there.
///
/// # Errors
/// IAM's own.
pub fn remove<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    policy_name: &str,
) -> Result<(), Fault> {
    let outcome = on.write::<H::Remove>(json!({H::KEY: name, "PolicyName": policy_name}));
    on.unless_gone(outcome, &["NoSuchEntity"])
}

/// Attaches a policy to `name`.
///
/// # Errors
/// IAM's own.
pub fn attach<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    arn: &str,
) -> Result<(), Fault> {
    on.write::<H::Attach>(json!({H::KEY: name, "PolicyArn": arn})).map(drop)
}

/// Detaches a policy from `name`, if both are there.
///
/// # Errors
/// IAM's own.
pub fn detach<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    arn: &str,
) -> Result<(), Fault> {
    let outcome = on.write::<H::Detach>(json!({H::KEY: name, "PolicyArn": arn}));
    on.unless_gone(outcome, &["NoSuchEntity"])
}

/// The policies of a holder that a template declares.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'p> {
    /// Those that are part of it.
    pub policies: &'p [InlinePolicy],
    /// Those that are attached.
    pub arns: &'p [String],
}

/// From the policies that it had to those that it has, both of which may be none.
///
/// # Errors
/// IAM's own.
pub fn change<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    old: Declared<'_>,
    new: Declared<'_>,
) -> Result<(), Fault> {
    for policy in new.policies.iter().filter(|policy| !old.policies.contains(policy)) {
        put::<H>(on, name, &policy.policy_name, &policy.policy_document)?;
    }
    let stays =
        |it: &InlinePolicy| new.policies.iter().any(|new| new.policy_name == it.policy_name);
    for policy in old.policies.iter().filter(|policy| !stays(policy)) {
        remove::<H>(on, name, &policy.policy_name)?;
    }
    let (added, removed) = difference(old.arns, new.arns);
    for arn in removed {
        detach::<H>(on, name, arn)?;
    }
    for arn in added {
        attach::<H>(on, name, arn)?;
    }
    Ok(())
}

/// Takes from `name` the policies that its template declares, so that it can be deleted. What it was given beside
/// the stack keeps it: "Cannot delete entity, must detach all policies first." (aws/aws-parallelcluster issue
/// 4031), "must delete policies first" (convox/rack issue 2672).
///
/// # Errors
/// IAM's own.
pub fn strip<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    declared: Declared<'_>,
) -> Result<(), Fault> {
    change::<H>(on, name, declared, Declared { policies: &[], arns: &[] })
}
