//! What kind of policy a document is, by its content.

use iam::PolicyKind;
use iam::json::{self, Node};

/// A kind, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) kind: PolicyKind,
    pub(super) reason: &'static str,
}

const TRUST: Guess =
    Guess { kind: PolicyKind::Trust, reason: "it names principals and speaks of sts:AssumeRole" };
const RESOURCE: Guess = Guess { kind: PolicyKind::Resource, reason: "it names principals" };
const IDENTITY: Guess = Guess { kind: PolicyKind::Identity, reason: "it names no principals" };

/// Names principals and assumes roles: a trust policy. Names principals: a resource's. Otherwise: an
/// identity's. A text that is no JSON is judged by its words.
pub(super) fn guess(text: &[u8]) -> Guess {
    let Ok(root) = json::parse(text) else { return of_words(&String::from_utf8_lossy(text)) };
    let statements = root.get("Statement").map(Node::one_or_many).unwrap_or_default();
    let names = |statement: &&Node| {
        statement.get("Principal").or_else(|| statement.get("NotPrincipal")).is_some()
    };
    let mut naming = statements.iter().filter(names).peekable();
    if naming.peek().is_none() {
        return IDENTITY;
    }
    if naming.any(assumes_roles) { TRUST } else { RESOURCE }
}

fn assumes_roles(statement: &Node) -> bool {
    let element = statement.get("Action").or_else(|| statement.get("NotAction"));
    let actions = element.map(Node::one_or_many).unwrap_or_default();
    actions.iter().filter_map(Node::as_str).any(is_of_trust)
}

fn is_of_trust(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with("sts:assumerole")
}

fn of_words(text: &str) -> Guess {
    match (text.contains("Principal\""), text.contains("sts:AssumeRole")) {
        (true, true) => TRUST,
        (true, false) => RESOURCE,
        (false, _) => IDENTITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (text, expected) in [
            (r#"{"Statement":{"Action":"s3:*"}}"#, IDENTITY),
            (r#"{"Statement":{"Action":"sts:AssumeRole","Resource":"*"}}"#, IDENTITY),
            (r#"{"Statement":{"Principal":"*","Action":"s3:*"}}"#, RESOURCE),
            (r#"{"Statement":[{"NotPrincipal":"*","NotAction":"s3:*"}]}"#, RESOURCE),
            (
                r#"{"Statement":{"Principal":"*","Action":["sts:TagSession","sts:assumerole"]}}"#,
                TRUST,
            ),
            (
                r#"{"Statement":{"Principal":"*","Action":"sts:AssumeRoleWithSAML","Resource":"*"}}"#,
                TRUST,
            ),
            (r#"{"Statement":{"Principal":"*","Action":"sts:AssumeRole",}}"#, TRUST),
            (r#"{"Statement":{"Principal":"*",}}"#, RESOURCE),
            ("", IDENTITY),
            ("[]", IDENTITY),
        ] {
            assert_eq!(guess(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(guess(b"\xff"), IDENTITY);
    }
}
