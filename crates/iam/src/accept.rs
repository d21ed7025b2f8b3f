//! What IAM refuses to store, in IAM's own words and in IAM's order of checks.
//!
//! IAM has two readers. Policies of identities, boundaries and sessions are checked as a whole, one
//! kind of mistake after the other, and most mistakes get the same sentence. Trust policies are read
//! by another reader that names the field it stumbled over.
//!
//! The order and the sentences of the first reader are those that moto's author recorded from AWS
//! (`moto/iam/policy_validation.py`, getmoto/moto pull request 2269). Those of the second are taken
//! from error reports that quote AWS; what no report shows is marked `unverified`.
//!
//! Other services read the policies of their own resources and word refusals in their own way. For
//! those kinds the grammar is checked here and the hint says what is wrong.

mod action;
mod date;
mod organization;
mod principal;
mod resource;
mod shape;
mod size;
#[cfg(test)]
mod tests;
mod trust;
mod value;

use crate::json::{self, JsonError, Node};
use crate::kind::PolicyKind;
use crate::parse;
use crate::policy::Policy;
use crate::span::Span;

pub use organization::REQUIREMENTS_NOT_MET;
pub use principal::{NamedPrincipal, invalid_principal, principals};
pub(crate) use resource::PARTITIONS;
pub use size::{MAX_DOCUMENT_CHARACTERS, QuotaExceeded, SizeQuota, check_size, counted_characters};

/// What IAM says to a policy of an identity that is not JSON, or whose elements have the wrong form.
pub const SYNTAX_ERRORS: &str = "Syntax errors in policy.";
/// What IAM says to managed policies of the language's first version, stated or by default.
pub const VERSION_TOO_OLD: &str = "Policy document must be version 2012-10-17 or greater.";
/// What IAM says to effects in the wrong case, to values it cannot read and to some short ARNs.
pub const LEGACY_PARSING: &str = "The policy failed legacy parsing";
/// What IAM says to two statements with one `Sid`.
pub const SIDS_NOT_UNIQUE: &str = "Statement IDs (SID) in a single policy must be unique.";
/// What IAM says to a `Sid` with other characters.
/// Source: quoted in aws-cloudformation/cfn-lint issue 1376.
pub const SID_NOT_ALPHANUMERIC: &str = "Statement IDs (SID) must be alpha-numeric. Check that your \
                                        input satisfies the regular expression [0-9A-Za-z]*";
/// What IAM says to a `Principal` in a policy of an identity.
/// Source: quoted in hashicorp/terraform issue 13449.
pub const PRINCIPAL_NOT_ALLOWED: &str = "Policy document should not specify a principal.";
/// What IAM says to a statement without actions.
pub const NO_ACTIONS: &str = "Policy statement must contain actions.";
/// What IAM says to a statement without resources.
pub const NO_RESOURCES: &str = "Policy statement must contain resources.";

/// A policy that IAM does not store: error code `MalformedPolicyDocument`, status 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// IAM's own sentence.
    pub message: String,
    /// Where in the document.
    pub span: Span,
    /// What is wrong there, in rolecall's words.
    pub hint: String,
}

/// Whether IAM would store `text` as a policy of `kind`.
///
/// [`PolicyKind::Identity`] means an inline policy; managed ones need [`check_managed`]. Whether
/// principals exist is not asked here: see [`principals`]. Size is a matter of quota, not of form:
/// see [`check_size`].
///
/// Gives the policy that it is.
///
/// # Errors
/// The first mistake that IAM would name.
pub fn check(text: &[u8], kind: PolicyKind) -> Result<Policy, Malformed> {
    match kind {
        PolicyKind::Identity | PolicyKind::Session => identity(text, kind, Demand::AnyVersion),
        PolicyKind::Boundary => identity(text, kind, Demand::CurrentVersion),
        PolicyKind::Trust => trust::check(text),
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => organization::check(text, kind),
        PolicyKind::Resource | PolicyKind::Endpoint => attached_elsewhere(text, kind),
    }
}

/// Whether IAM would store `text` as a managed policy (`CreatePolicy`, `CreatePolicyVersion`), which
/// must state version 2012-10-17.
///
/// That inline policies need not is the user guide's rule ("Version": without the element, 2008-10-17);
/// moto, whose record is of `CreatePolicy`, demands it of all (unverified for `Put…Policy`).
///
/// # Errors
/// The first mistake that IAM would name.
pub fn check_managed(text: &[u8]) -> Result<Policy, Malformed> {
    identity(text, PolicyKind::Identity, Demand::CurrentVersion)
}

#[derive(PartialEq, Eq)]
enum Demand {
    AnyVersion,
    CurrentVersion,
}

fn identity(text: &[u8], kind: PolicyKind, demand: Demand) -> Result<Policy, Malformed> {
    let root = json::parse(text).map_err(|error| not_json(SYNTAX_ERRORS, &error))?;
    let statements = shape::statements(&root)?;
    if demand == Demand::CurrentVersion {
        current_version(&root)?;
    }
    for statement in statements {
        exact_effect(statement)?;
        if kind != PolicyKind::Session {
            date::check(statement)?;
        }
        value::check(statement, kind)?;
    }
    let bad_resource = resource::check(statements)?;
    sids(statements)?;
    // That a principal is looked at here, and not earlier or later, is unverified.
    if let Some(principal) = statements.iter().find_map(principal_element) {
        return Err(Malformed::new(
            PRINCIPAL_NOT_ALLOWED,
            principal.span,
            format!(
                "a policy of kind {kind} speaks of whoever it is attached to: take the element out, \
                 or check the document as a trust or resource policy"
            ),
        ));
    }
    action::present(statements)?;
    if let Some(bad_resource) = bad_resource {
        return Err(bad_resource);
    }
    action::well_formed(statements)?;
    resource::present(statements)?;
    readable(&root, text, kind)
}

fn attached_elsewhere(text: &[u8], kind: PolicyKind) -> Result<Policy, Malformed> {
    let root = json::parse(text).map_err(|error| not_json(SYNTAX_ERRORS, &error))?;
    let statements = shape::statements(&root)?;
    statements.iter().try_for_each(exact_effect)?;
    action::present(statements)?;
    action::well_formed(statements)?;
    // Without a resource, a resource's policy speaks of what it is attached to, where the service
    // lets it (user guide, "JSON policy document structure").
    if kind != PolicyKind::Resource {
        resource::present(statements)?;
    }
    readable(&root, text, kind)
}

/// What passes here must also be readable by the engine, whatever IAM would say to it.
fn readable(root: &Node, text: &[u8], kind: PolicyKind) -> Result<Policy, Malformed> {
    let text = json::utf8(text).unwrap_or_default();
    parse::policy_of(root, text, kind).map_err(|found| {
        let first = found.into_iter().next();
        let (span, hint) = first.map_or_else(Default::default, |first| {
            let hint = match first.help {
                Some(help) => format!("{}: {help}", first.message),
                None => first.message,
            };
            (first.span, hint)
        });
        Malformed::new(SYNTAX_ERRORS, span, hint)
    })
}

fn not_json(message: &str, error: &JsonError) -> Malformed {
    Malformed::new(message, error.span, error.problem.to_string())
}

fn current_version(root: &Node) -> Result<(), Malformed> {
    let hint = "managed policies and permissions boundaries must say \"Version\": \"2012-10-17\"";
    match root.get("Version") {
        Some(version) if version.as_str() == Some("2012-10-17") => Ok(()),
        Some(version) => Err(Malformed::new(VERSION_TOO_OLD, version.span, hint)),
        None => Err(Malformed::new(VERSION_TOO_OLD, opening(root), hint)),
    }
}

/// Effects in another letter case pass the grammar and fail here.
fn exact_effect(statement: &Node) -> Result<(), Malformed> {
    match statement.get("Effect") {
        Some(effect) if !matches!(effect.as_str(), Some("Allow" | "Deny")) => Err(Malformed::new(
            LEGACY_PARSING,
            effect.span,
            "`Effect` is \"Allow\" or \"Deny\", in this letter case",
        )),
        _ => Ok(()),
    }
}

/// Characters first: a policy with both mistakes was refused for its characters
/// (Wolox/carthage_cache issue 22).
fn sids(statements: &[Node]) -> Result<(), Malformed> {
    let named = || statements.iter().filter_map(|statement| statement.get("Sid"));
    for sid in named() {
        let text = sid.as_str().unwrap_or_default();
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let hint = format!("`{text}` holds more than letters and digits");
            return Err(Malformed::new(SID_NOT_ALPHANUMERIC, sid.span, hint));
        }
    }
    unique_sids(statements, SIDS_NOT_UNIQUE)
}

fn unique_sids(statements: &[Node], message: &str) -> Result<(), Malformed> {
    let mut seen = std::collections::HashSet::new();
    for sid in statements.iter().filter_map(|statement| statement.get("Sid")) {
        let text = sid.as_str().unwrap_or_default();
        if !text.is_empty() && !seen.insert(text) {
            let hint = format!("`{text}` names an earlier statement already");
            return Err(Malformed::new(message, sid.span, hint));
        }
    }
    Ok(())
}

fn principal_element(statement: &Node) -> Option<&Node> {
    statement.get("Principal").or_else(|| statement.get("NotPrincipal"))
}

/// The brace that an object starts with: where to point at for what the object lacks.
fn opening(node: &Node) -> Span {
    Span { start: node.span.start, end: node.span.end.min(node.span.start.saturating_add(1)) }
}

impl Malformed {
    fn new(message: impl Into<String>, span: Span, hint: impl Into<String>) -> Self {
        Self { message: message.into(), span, hint: hint.into() }
    }
}
