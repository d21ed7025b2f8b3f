//! Inline policies of users, groups and roles: what their operations share.

use iam::PolicyKind;
use serde::Serialize;
use store::Tx;

use crate::constraint::Constraints;
use crate::fault::Fault;
use crate::iam::document::{self, Document};
use crate::iam::holder::PolicyHolder;
use crate::iam::name::{self, MAX_NAME};
use crate::iam::page;

/// The answer of `List…Policies`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyNames {
    policy_names: Vec<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// Checks the name of an inline policy.
pub fn check_name(constraints: &mut Constraints, policy_name: &str) {
    name::check_name(constraints, "policyName", policy_name, MAX_NAME);
}

/// Puts a policy, in the place of the one that has its name if there is one. That one's name stays as it is
/// written: letter case tells no names apart (recorded from AWS by radkawar/stackd, `policy_management.json`, of
/// users, groups and roles).
///
/// # Errors
/// `MalformedPolicyDocument`; `LimitExceeded` if the holder's policies get too large together.
pub fn put<H: PolicyHolder>(
    tx: &mut Tx<'_>,
    holder: &H,
    policy_name: &str,
    text: &str,
) -> Result<(), Fault> {
    let document = document::accept(text, PolicyKind::Identity)?;
    let known = find(holder, policy_name).map(|(name, _)| name.as_str()).unwrap_or(policy_name);
    let others = holder.inline().iter().filter(|(name, _)| *name != known);
    let texts = others.map(|(_, other)| other.text()).chain([text]);
    let size: usize = texts.map(document::counted_characters).sum();
    if size > H::MAX_INLINE {
        // Quoted in danvk/mapsnap pull request 483 (users) and HumanCellAtlas/data-store issue 1963
        // (groups).
        let (most, noun, name) = (H::MAX_INLINE, H::NOUN, holder.name());
        let text = format!("Maximum policy size of {most} bytes exceeded for {noun} {name}");
        return Err(Fault::new("LimitExceeded", text));
    }
    let mut changed = holder.clone();
    changed.inline_mut().insert(known.to_owned(), document);
    Ok(tx.update(changed)?)
}

/// The policy called `policy_name`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn get<'h, H: PolicyHolder>(holder: &'h H, policy_name: &str) -> Result<&'h Document, Fault> {
    find(holder, policy_name).map(|(_, document)| document).ok_or_else(|| missing::<H>(policy_name))
}

/// One page of the names.
///
/// # Errors
/// `ValidationError` for a marker that no page answered.
pub fn list<H: PolicyHolder>(
    holder: &H,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<PolicyNames, Fault> {
    let names = holder.inline().keys().map(|name| (name.clone(), name.clone()));
    let page = page::cut(names, marker, max_items)?;
    let is_truncated = page.is_truncated();
    Ok(PolicyNames { policy_names: page.items, is_truncated, marker: page.marker })
}

/// Takes the policy called `policy_name` away.
///
/// # Errors
/// As [`get`].
pub fn delete<H: PolicyHolder>(
    tx: &mut Tx<'_>,
    holder: &H,
    policy_name: &str,
) -> Result<(), Fault> {
    let (known, _) = find(holder, policy_name).ok_or_else(|| missing::<H>(policy_name))?;
    let mut changed = holder.clone();
    changed.inline_mut().remove(known);
    Ok(tx.update(changed)?)
}

fn find<'h, H: PolicyHolder>(
    holder: &'h H,
    policy_name: &str,
) -> Option<(&'h String, &'h Document)> {
    holder.inline().iter().find(|(name, _)| name.eq_ignore_ascii_case(policy_name))
}

fn missing<H: PolicyHolder>(policy_name: &str) -> Fault {
    let noun = H::NOUN;
    Fault::new(
        "NoSuchEntity",
        format!("The {noun} policy with name {policy_name} cannot be found."),
    )
}
