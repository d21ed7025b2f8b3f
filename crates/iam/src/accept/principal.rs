//! Principals of trust policies: their form here, their existence a question for whoever knows.

use names::{AccountId, ArnParts};

use super::{Malformed, SYNTAX_ERRORS, shape, trust};
use crate::json::{Node, Value};
use crate::policy::Policy;
use crate::span::Span;

/// What IAM says to a kind of principal without principals.
const NONE_NAMED: &str = "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: \
                          The passed in policy has a statement with no principals!";
/// What IAM says to an empty `Principal`.
const EMPTY: &str = "Missing required field Principal cannot be empty!";

/// Identity providers that AWS knows without an IAM resource (user guide, "Principal", web identity
/// session principals).
const KNOWN_PROVIDERS: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "www.amazon.com",
    "graph.facebook.com",
    "accounts.google.com",
];

/// What the names of AWS's services end with, by partition (`.aws.internal` in any).
const SERVICE_DOMAINS: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".aws.internal",
];

/// Characters that a unique id such as `AROAEXAMPLEID1234567` has at least.
const UNIQUE_ID_CHARACTERS: usize = 16;

/// A principal that a policy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedPrincipal<'p> {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    pub kind: &'p str,
    /// The principal as written.
    pub value: &'p str,
    /// Where.
    pub span: Span,
}

/// The principals that a policy names, in its order, `*` left out. Whoever stores trust policies must
/// refuse those that do not exist, with [`invalid_principal`].
pub fn principals(policy: &Policy) -> impl Iterator<Item = NamedPrincipal<'_>> {
    let elements = policy.statements().iter().filter_map(|statement| statement.principal.as_ref());
    elements.flat_map(|element| &element.entries).flat_map(|entry| {
        let values = entry.values.iter().filter(|value| &*value.value != "*");
        values.map(|value| NamedPrincipal {
            kind: &entry.kind.value,
            value: &value.value,
            span: value.span,
        })
    })
}

/// IAM's sentence on a principal that does not exist or cannot.
#[must_use]
pub fn invalid_principal(kind: &str, value: &str) -> String {
    format!("Invalid principal in policy: \"{}\":\"{value}\"", kind.to_ascii_uppercase())
}

/// Whether the statement has a principal, of the right JSON form.
pub(super) fn check_element(statement: &Node) -> Result<(), Malformed> {
    if let Some(element) = statement.get("NotPrincipal") {
        let allows = statement.get("Effect").and_then(Node::as_str) == Some("Allow");
        let message = if allows { trust::ALLOW_NOT_PRINCIPAL } else { trust::NOT_PRINCIPAL };
        let hint = "a trust policy names whom it is about: write `Principal`, and a condition on \
                    `aws:PrincipalArn` for the exceptions";
        return Err(Malformed::new(message, element.span, hint));
    }
    let Some(element) = statement.get("Principal") else {
        return Err(trust::missing(statement, "Principal"));
    };
    match &element.value {
        Value::String(text) if &**text == "*" => Ok(()),
        Value::Object(members) if members.is_empty() => {
            let hint = "name who may assume the role, such as {\"Service\": \"ec2.amazonaws.com\"}";
            Err(Malformed::new(EMPTY, element.span, hint))
        }
        Value::Object(members) => {
            members.iter().try_for_each(|member| check_list(&member.key, &member.value))
        }
        _ => {
            let hint = "a principal is \"*\" or an object such as {\"AWS\": \"123456789012\"}";
            Err(Malformed::new(SYNTAX_ERRORS, element.span, hint))
        }
    }
}

fn check_list(kind: &str, list: &Node) -> Result<(), Malformed> {
    if list.one_or_many().is_empty() {
        let hint = format!("the list is empty: name a principal or take `{kind}` out");
        return Err(Malformed::new(NONE_NAMED, list.span, hint));
    }
    match list.one_or_many().iter().find(|node| node.as_str().is_none()) {
        None => Ok(()),
        Some(other) => {
            let hint = format!("a principal is a string, not {}", shape::article(&other.value));
            Err(Malformed::new(SYNTAX_ERRORS, other.span, hint))
        }
    }
}

/// Whether every principal is one that could exist.
pub(super) fn check_values(statement: &Node) -> Result<(), Malformed> {
    let members = statement.get("Principal").map(Node::members).unwrap_or_default();
    for member in members {
        for node in member.value.one_or_many() {
            let value = node.as_str().unwrap_or_default();
            if let Err(hint) = possible(&member.key, value) {
                let message = invalid_principal(&member.key, value);
                return Err(Malformed::new(message, node.span, hint));
            }
        }
    }
    Ok(())
}

fn possible(kind: &str, value: &str) -> Result<(), String> {
    match kind {
        "AWS" if is_aws(value) => Ok(()),
        "AWS" if value.contains(['*', '?']) => {
            Err("principals take no wildcards: name each, or use a condition on `aws:PrincipalArn`"
                .to_owned())
        }
        "AWS" => Err(format!(
            "`{value}` is no account, user, role or session: write 12 digits or an ARN such as \
             arn:aws:iam::123456789012:role/name"
        )),
        "Service" if is_service(value) => Ok(()),
        "Service" => {
            Err(format!("`{value}` is not the name of a service, such as `ec2.amazonaws.com`"))
        }
        "Federated" if is_provider(value) => Ok(()),
        "Federated" => Err(format!(
            "`{value}` is no identity provider: write its ARN, such as \
             arn:aws:iam::123456789012:oidc-provider/host"
        )),
        other => Err(format!(
            "`{other}` is not a kind of principal here: there are AWS, Service and Federated"
        )),
    }
}

fn is_aws(value: &str) -> bool {
    if value == "*" || is_account(value) || is_unique_id(value) {
        return true;
    }
    let Some(arn) = ArnParts::split(value).filter(|arn| arn.region.is_empty()) else {
        return false;
    };
    if !is_account(arn.account) || value.contains(['*', '?']) {
        return false;
    }
    match (arn.service, arn.resource.split_once('/')) {
        ("iam", None) => arn.resource == "root",
        ("iam", Some(("user" | "role", name))) | ("sts", Some(("federated-user", name))) => {
            !name.is_empty() && !name.ends_with('/')
        }
        ("sts", Some(("assumed-role", session))) => {
            session.split_once('/').is_some_and(|(role, name)| !role.is_empty() && !name.is_empty())
        }
        _ => false,
    }
}

fn is_account(text: &str) -> bool {
    text.parse::<AccountId>().is_ok()
}

fn is_unique_id(text: &str) -> bool {
    text.len() >= UNIQUE_ID_CHARACTERS
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_service(value: &str) -> bool {
    let named = |domain: &str| value.strip_suffix(domain).is_some_and(|name| !name.is_empty());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    SERVICE_DOMAINS.iter().any(|domain| named(domain)) && value.bytes().all(plain)
}

fn is_provider(value: &str) -> bool {
    let arn = ArnParts::split(value).filter(|arn| arn.service == "iam" && is_account(arn.account));
    let of_iam = |arn: ArnParts<'_>| {
        let split = arn.resource.split_once('/');
        matches!(split, Some(("oidc-provider" | "saml-provider", name)) if !name.is_empty())
    };
    KNOWN_PROVIDERS.contains(&value) || arn.is_some_and(of_iam)
}
