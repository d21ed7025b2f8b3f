//! The `Action` and `NotAction` elements: which strings IAM takes for actions.

use super::{Malformed, NO_ACTIONS, opening};
use crate::json::Node;

/// What IAM says to an action without a service.
pub(super) const NO_VENDOR: &str =
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
/// What IAM says to an action with several colons.
pub(super) const MANY_COLONS: &str = "Actions/Condition can contain only one colon.";

/// Every statement names an action.
pub(super) fn present(statements: &[Node]) -> Result<(), Malformed> {
    for statement in statements {
        match statement.get("Action").or_else(|| statement.get("NotAction")) {
            None => {
                let hint = "the statement needs an `Action` or a `NotAction`";
                return Err(Malformed::new(NO_ACTIONS, opening(statement), hint));
            }
            Some(element) if element.one_or_many().is_empty() => {
                let hint = "the list is empty: name an action, or \"*\"";
                return Err(Malformed::new(NO_ACTIONS, element.span, hint));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Every action is `*` or `service:Name`. IAM does not ask whether there is such a service or action.
/// It looks through the `Action` elements of all statements before any `NotAction`.
pub(super) fn well_formed(statements: &[Node]) -> Result<(), Malformed> {
    ["Action", "NotAction"].into_iter().try_for_each(|name| {
        let elements = statements.iter().filter_map(|statement| statement.get(name));
        elements.flat_map(Node::one_or_many).try_for_each(check)
    })
}

fn check(node: &Node) -> Result<(), Malformed> {
    let text = node.as_str().unwrap_or_default();
    let Some((vendor, name)) = text.split_once(':') else {
        if text == "*" {
            return Ok(());
        }
        let hint =
            format!("`{text}` names no service: write `service:{text}`, such as `s3:GetObject`");
        return Err(Malformed::new(NO_VENDOR, node.span, hint));
    };
    if name.contains(':') {
        let hint =
            format!("`{text}` is not an action: write `service:Name`, such as `s3:GetObject`");
        return Err(Malformed::new(MANY_COLONS, node.span, hint));
    }
    // That an empty name is refused is unverified.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if vendor == "*" || (!vendor.is_empty() && vendor.bytes().all(plain)) {
        return Ok(());
    }
    let hint = "a service's prefix is letters, digits, `-` and `.`, without wildcards";
    Err(Malformed::new(format!("Vendor {vendor} is not valid"), node.span, hint))
}
