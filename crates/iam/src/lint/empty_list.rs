//! A list or object with nothing in it.
//!
//! A condition without values matches no value; a principal without values is nobody; a statement
//! without actions or resources is about nothing. IAM refuses some of these, other services store
//! them. A condition block without lines restricts nothing.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Empty array action", "Empty array
//! resource", "Empty array condition", "Empty array principal", "Empty object condition".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: "empty-list",
    summary: "a list or object with nothing in it",
    source: "IAM Access Analyzer policy check reference: Empty array action, resource, condition, \
             principal; Empty object condition",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(statements) = subject.element("Statement") else { return };
    for statement in statements.one_or_many() {
        for name in ["Action", "NotAction", "Resource", "NotResource"] {
            let message = format!("`{name}` is empty: the statement is about nothing");
            let Some(element) = statement.get(name) else { continue };
            find(element, Severity::Error, message, found);
        }
        for name in ["Principal", "NotPrincipal"] {
            for member in statement.get(name).map(Node::members).unwrap_or_default() {
                let message = format!("`{}` is empty: it names nobody", member.key);
                find(&member.value, Severity::Error, message, found);
            }
        }
        if let Some(block) = statement.get("Condition") {
            condition(block, found);
        }
    }
}

fn condition(block: &Node, found: &mut Vec<Diagnostic>) {
    find(block, Severity::Note, "`Condition` is empty: it restricts nothing".to_owned(), found);
    for line in block.members() {
        let message = format!("`{}` is empty: it restricts nothing", line.key);
        find(&line.value, Severity::Note, message, found);
        for member in line.value.members() {
            let message = format!("`{}` is compared with no value: none matches", member.key);
            find(&member.value, Severity::Warning, message, found);
        }
    }
}

fn find(node: &Node, severity: Severity, message: String, found: &mut Vec<Diagnostic>) {
    let empty = match &node.value {
        Value::Array(nodes) => nodes.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if empty {
        found.push(Diagnostic { severity, ..Diagnostic::note(RULE.code, node.span, message) });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Resource;

    #[test]
    fn elements() {
        let all = r#""Principal":"*","Action":"*","Resource":"*""#;
        for (members, expected) in [
            (all.replacen("\"*\"", "{\"AWS\":[]}", 1), &["error []"][..]),
            (all.replace("\"Action\":\"*\"", "\"Action\":[]"), &["error []"]),
            (all.replace("\"Resource\":\"*\"", "\"NotResource\":[]"), &["error []"]),
            (format!(r#"{all},"Condition":{{}}"#), &["note {}"]),
            (format!(r#"{all},"Condition":{{"Bool":{{}}}}"#), &["note {}"]),
            (format!(r#"{all},"Condition":{{"StringLike":{{"s3:prefix":[]}}}}"#), &["warning []"]),
            (format!(r#"{all},"Condition":{{"StringLike":{{"s3:prefix":[""]}}}}"#), &[]),
            (all.to_owned(), &[]),
        ] {
            check(&RULE, Resource, &format!(r#""Effect":"Allow",{members}"#), expected);
        }
    }
}
