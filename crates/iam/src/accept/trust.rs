//! Trust policies: another reader than the one of identities' policies, with sentences that name the
//! field it stumbled over.
//!
//! Sources, in the order of the checks: "This policy contains invalid Json" localstack pull request
//! 8453 (checked against AWS); "Unknown field …" and "Has prohibited field Resource" many reports of
//! Terraform users; "The policy must contain a valid version string" likewise; a statement "with no
//! principals" cloudposse/terraform-aws-cloudwatch-logs issue 7; the actions' sentence moto. The
//! other sentences are those of one public server that follows IAM closely (versitygw): unverified,
//! as is the order of checks among them. That `Resource` is refused before the actions and a missing
//! principal are looked at follows from reports in which a policy had all three mistakes.

use super::{
    LEGACY_PARSING, Malformed, SYNTAX_ERRORS, date, not_json, opening, principal, readable,
};
use super::{shape, unique_sids};
use crate::json::{self, Node, Value};
use crate::kind::PolicyKind;
use crate::parse::STATEMENT_ELEMENTS;
use crate::policy::Policy;

/// What IAM says to a trust policy that is not JSON.
pub(super) const INVALID_JSON: &str = "This policy contains invalid Json";
/// What IAM says to a version that does not exist.
pub(super) const BAD_VERSION: &str = "The policy must contain a valid version string";
/// What IAM says to an empty list of statements.
pub(super) const NO_STATEMENT: &str = "Could not parse the policy: Statement is empty!";
/// What IAM says to a `Resource`.
pub(super) const RESOURCE: &str = "Has prohibited field Resource";
/// What IAM says to a `NotResource`.
pub(super) const NOT_RESOURCE: &str = "AssumeRole policy must not contain resources.";
/// What IAM says to a `NotPrincipal` with `Allow`.
pub(super) const ALLOW_NOT_PRINCIPAL: &str = "Allow with NotPrincipal is not allowed.";
/// What IAM says to a `NotPrincipal` with `Deny`.
pub(super) const NOT_PRINCIPAL: &str = "AssumeRole policy must not contain NotPrincipal field.";
/// What IAM says to actions of other services. A second wording is seen as well: "AssumeRole policy
/// may only specify STS AssumeRole actions."
pub(super) const OTHER_ACTIONS: &str = "Trust Policy statement actions can only be \
                                        sts:AssumeRole, sts:AssumeRoleWithSAML, and \
                                        sts:AssumeRoleWithWebIdentity";
/// What IAM says to two statements with one `Sid`.
pub(super) const SIDS_NOT_UNIQUE: &str = "The Statement Ids in the policy are not unique";

pub(super) fn check(text: &[u8]) -> Result<Policy, Malformed> {
    let root = json::parse(text).map_err(|error| not_json(INVALID_JSON, &error))?;
    let statements = document(&root)?;
    statements.iter().try_for_each(fields)?;
    for statement in statements {
        effect(statement)?;
        principal::check_element(statement)?;
        actions_present(statement)?;
        if let Some(block) = statement.get("Condition") {
            shape::conditions(block)?;
            date::check(statement)?;
        }
    }
    unique_sids(statements, SIDS_NOT_UNIQUE)?;
    statements.iter().try_for_each(sts_only)?;
    statements.iter().try_for_each(principal::check_values)?;
    readable(&root, text, PolicyKind::Trust)
}

fn document(root: &Node) -> Result<&[Node], Malformed> {
    if !matches!(root.value, Value::Object(_)) {
        let hint = format!("a policy is an object, not {}", shape::article(&root.value));
        return Err(Malformed::new(INVALID_JSON, root.span, hint));
    }
    known_fields(root, &shape::DOCUMENT_ELEMENTS)?;
    if let Some(version) = root.get("Version")
        && !matches!(version.as_str(), Some("2008-10-17" | "2012-10-17"))
    {
        let hint = "`Version` is \"2012-10-17\" or, in old policies, \"2008-10-17\"";
        return Err(Malformed::new(BAD_VERSION, version.span, hint));
    }
    let Some(element) = root.get("Statement") else {
        return Err(missing(root, "Statement"));
    };
    let statements = element.one_or_many();
    if statements.is_empty() {
        let hint = "`Statement` needs at least one statement";
        return Err(Malformed::new(NO_STATEMENT, element.span, hint));
    }
    Ok(statements)
}

/// Which fields a statement has, before any of them is looked into.
fn fields(statement: &Node) -> Result<(), Malformed> {
    if !matches!(statement.value, Value::Object(_)) {
        let hint = format!("a statement is an object, not {}", shape::article(&statement.value));
        return Err(Malformed::new(SYNTAX_ERRORS, statement.span, hint));
    }
    known_fields(statement, &STATEMENT_ELEMENTS)?;
    for (name, message) in [("Resource", RESOURCE), ("NotResource", NOT_RESOURCE)] {
        let found = statement.members().iter().find(|member| &*member.key == name);
        if let Some(member) = found {
            let hint = format!("a trust policy is about its own role: take `{name}` out");
            return Err(Malformed::new(message, member.key_span, hint));
        }
    }
    Ok(())
}

fn known_fields(node: &Node, known: &[&str]) -> Result<(), Malformed> {
    match node.members().iter().find(|member| !known.contains(&&*member.key)) {
        None => Ok(()),
        Some(other) => Err(Malformed::new(
            format!("Unknown field {}", other.key),
            other.key_span,
            shape::unknown_member(&other.key, known),
        )),
    }
}

fn effect(statement: &Node) -> Result<(), Malformed> {
    let Some(effect) = statement.get("Effect") else { return Err(missing(statement, "Effect")) };
    let hint = "`Effect` is \"Allow\" or \"Deny\", in this letter case";
    match effect.as_str() {
        Some("Allow" | "Deny") => Ok(()),
        Some(other) => Err(Malformed::new(format!("Invalid effect: {other}"), effect.span, hint)),
        None => Err(Malformed::new(LEGACY_PARSING, effect.span, hint)),
    }
}

fn actions_present(statement: &Node) -> Result<(), Malformed> {
    if let (Some(_), Some(second)) = (statement.get("Action"), statement.get("NotAction")) {
        let hint = "a statement has `Action` or `NotAction`, not both";
        return Err(Malformed::new(SYNTAX_ERRORS, second.span, hint));
    }
    let Some(element) = actions(statement) else { return Err(missing(statement, "Action")) };
    if element.one_or_many().is_empty() {
        let hint = "the list is empty: name an action, such as \"sts:AssumeRole\"";
        return Err(Malformed::new(missing_field("Action"), element.span, hint));
    }
    match element.one_or_many().iter().find(|node| node.as_str().is_none()) {
        None => Ok(()),
        Some(other) => {
            let hint = format!("an action is a string, not {}", shape::article(&other.value));
            Err(Malformed::new(SYNTAX_ERRORS, other.span, hint))
        }
    }
}

/// Any action of STS passes, patterns included: the list in IAM's sentence has grown since it was
/// written (`sts:TagSession`, `sts:SetSourceIdentity`, `sts:SetContext`). Where it ends, and whether
/// patterns are taken, is unverified.
fn sts_only(statement: &Node) -> Result<(), Malformed> {
    let nodes = actions(statement).map(Node::one_or_many).unwrap_or_default();
    let of_sts = |node: &&Node| {
        let vendor = node.as_str().and_then(|text| text.split_once(':')).map(|(vendor, _)| vendor);
        vendor.is_some_and(|vendor| vendor.eq_ignore_ascii_case("sts"))
    };
    match nodes.iter().find(|node| !of_sts(node)) {
        None => Ok(()),
        Some(other) => {
            let hint = format!(
                "a trust policy says who may assume the role: `{}` belongs in a policy attached to it",
                other.as_str().unwrap_or_default()
            );
            Err(Malformed::new(OTHER_ACTIONS, other.span, hint))
        }
    }
}

fn actions(statement: &Node) -> Option<&Node> {
    statement.get("Action").or_else(|| statement.get("NotAction"))
}

pub(super) fn missing(node: &Node, field: &str) -> Malformed {
    let hint = format!("`{field}` is missing");
    Malformed::new(missing_field(field), opening(node), hint)
}

fn missing_field(field: &str) -> String {
    format!("Missing required field {field}")
}
