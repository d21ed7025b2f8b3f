//! The form of a document and of its statements: every mistake is a "syntax error" to IAM.

use super::{Malformed, SYNTAX_ERRORS, opening};
use crate::json::{Member, Node, Value};
use crate::near::nearest;
use crate::operator::{OPERATORS, Operator};
use crate::parse::STATEMENT_ELEMENTS;
use crate::span::Span;

/// Elements of a document.
pub(super) const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// Means nothing, and IAM lets it stand at the top (moto's recorded behaviour).
const TOLERATED: &str = "Conditions";

/// The statements of a document whose form is right.
pub(super) fn statements(root: &Node) -> Result<&[Node], Malformed> {
    if !matches!(root.value, Value::Object(_)) {
        return refused(root.span, format!("a policy is an object, not {}", article(&root.value)));
    }
    known_members(root, &DOCUMENT_ELEMENTS)?;
    if let Some(version) = root.get("Version")
        && !matches!(version.as_str(), Some("2008-10-17" | "2012-10-17"))
    {
        return refused(
            version.span,
            "`Version` is \"2012-10-17\" or, in old policies, \"2008-10-17\"",
        );
    }
    string_member(root, "Id")?;
    let Some(element) = root.get("Statement") else {
        return refused(opening(root), "a policy needs a `Statement`");
    };
    let statements = element.one_or_many();
    if statements.is_empty() {
        return refused(element.span, "`Statement` needs at least one statement");
    }
    statements.iter().try_for_each(statement)?;
    Ok(statements)
}

fn statement(node: &Node) -> Result<(), Malformed> {
    if !matches!(node.value, Value::Object(_)) {
        return refused(
            node.span,
            format!("a statement is an object, not {}", article(&node.value)),
        );
    }
    known_members(node, &STATEMENT_ELEMENTS)?;
    for (name, not_name) in [("Resource", "NotResource"), ("Action", "NotAction")] {
        if let (Some(_), Some(second)) = (node.get(name), node.get(not_name)) {
            let hint = format!("a statement has `{name}` or `{not_name}`, not both");
            return refused(second.span, hint);
        }
    }
    effect(node)?;
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        strings(node, name)?;
    }
    node.get("Condition").map_or(Ok(()), conditions)?;
    string_member(node, "Sid")
}

/// The letter case of an effect is looked at later, by another check.
fn effect(statement: &Node) -> Result<(), Malformed> {
    let Some(effect) = statement.get("Effect") else {
        return refused(opening(statement), "the statement needs an `Effect`");
    };
    let known = |text: &str| ["allow", "deny"].contains(&text.to_ascii_lowercase().as_str());
    if effect.as_str().is_some_and(known) {
        return Ok(());
    }
    refused(effect.span, "`Effect` is \"Allow\" or \"Deny\"")
}

fn unknown_operator(name: &str) -> String {
    let (prefix, base) = name.rsplit_once(':').unwrap_or(("", name));
    let (base, suffix) =
        base.strip_suffix("IfExists").map_or((base, ""), |base| (base, "IfExists"));
    match nearest(base, OPERATORS.iter().map(|(known, ..)| *known)) {
        Some(near) => {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let meant = format!("{prefix}{colon}{near}{suffix}");
            let meant = if Operator::parse(&meant).is_some() { &meant } else { near };
            format!("`{name}` is not a condition operator: did you mean `{meant}`?")
        }
        None => format!(
            "`{name}` is not a condition operator: see \"condition operators\" in IAM's user guide"
        ),
    }
}

/// A string or a list of strings. A `null` among them is refused here although moto lets it pass: it
/// does so for templates in which a reference was not resolved, not because AWS was seen to.
fn strings(statement: &Node, name: &str) -> Result<(), Malformed> {
    let Some(element) = statement.get(name) else { return Ok(()) };
    match element.one_or_many().iter().find(|node| node.as_str().is_none()) {
        None => Ok(()),
        Some(other) => {
            refused(other.span, format!("`{name}` takes strings, not {}", article(&other.value)))
        }
    }
}

/// Operators over keys over values. An unknown operator passes while it says nothing.
pub(super) fn conditions(block: &Node) -> Result<(), Malformed> {
    if !matches!(block.value, Value::Object(_)) {
        return refused(block.span, "`Condition` is an object of operators");
    }
    for line in block.members() {
        if !matches!(line.value.value, Value::Object(_)) {
            let hint = format!("`{}` takes an object of condition keys", line.key);
            return refused(line.value.span, hint);
        }
        for member in line.value.members() {
            values(&member.key, &member.value)?;
        }
        if Operator::parse(&line.key).is_none() && !line.value.members().is_empty() {
            return refused(line.key_span, unknown_operator(&line.key));
        }
    }
    Ok(())
}

/// Strings, booleans and numbers (user guide, grammar, `<condition_value>`).
fn values(key: &str, node: &Node) -> Result<(), Malformed> {
    let scalar =
        |node: &&Node| matches!(node.value, Value::String(_) | Value::Bool(_) | Value::Number(_));
    match node.one_or_many().iter().find(|node| !scalar(node)) {
        None => Ok(()),
        Some(other) => {
            let hint =
                format!("`{key}` is compared with strings, not with {}", article(&other.value));
            refused(other.span, hint)
        }
    }
}

fn string_member(node: &Node, name: &str) -> Result<(), Malformed> {
    match node.get(name) {
        Some(member) if member.as_str().is_none() => {
            refused(member.span, format!("`{name}` is a string, not {}", article(&member.value)))
        }
        _ => Ok(()),
    }
}

fn known_members(node: &Node, known: &[&str]) -> Result<(), Malformed> {
    let unknown = |member: &&Member| !known.contains(&&*member.key) && &*member.key != TOLERATED;
    match node.members().iter().find(unknown) {
        None => Ok(()),
        Some(other) => refused(other.key_span, unknown_member(&other.key, known)),
    }
}

/// What to write instead of an element that does not exist.
pub(super) fn unknown_member(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) if near.eq_ignore_ascii_case(key) => {
            format!("elements are case-sensitive: write `{near}` instead of `{key}`")
        }
        Some(near) => format!("`{key}` is not an element here: did you mean `{near}`?"),
        None => format!("`{key}` is not an element here: there are {}", known.join(", ")),
    }
}

/// `an array`, `null`, …
pub(super) fn article(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) | Value::Object(_) => format!("an {}", value.kind()),
        _ => format!("a {}", value.kind()),
    }
}

fn refused<T>(span: Span, hint: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed::new(SYNTAX_ERRORS, span, hint))
}
