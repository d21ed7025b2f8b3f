//! JSON → [`Policy`]: the grammar of policies (user guide, "grammar of the IAM JSON policy
//! language"), with the differences between kinds of policy.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::json::{self, Node, Value};
use crate::kind::PolicyKind;
use crate::operator::{OPERATORS, Operator};
use crate::policy::{
    ConditionElement, Effect, MAX_DIAGNOSTICS, PatternElement, Policy, PrincipalElement,
    PrincipalEntry, Statement, Version,
};
use crate::span::{Span, Spanned};

/// Elements of a statement.
pub(crate) const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Kinds of principal that a `Principal` element can name.
pub(crate) const PRINCIPAL_KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(crate) fn policy(bytes: &[u8], kind: PolicyKind) -> Result<Policy, Vec<Diagnostic>> {
    let root = json::parse(bytes).map_err(|error| {
        vec![Diagnostic::error("not-json", error.span, error.problem.to_string())]
    })?;
    policy_of(&root, json::utf8(bytes).unwrap_or_default(), kind)
}

/// The policy in a document that was read as `root`.
pub(crate) fn policy_of(
    root: &Node,
    text: &str,
    kind: PolicyKind,
) -> Result<Policy, Vec<Diagnostic>> {
    let mut parser = Parser { kind, found: Vec::new() };
    let policy = parser.policy(root, text);
    match policy {
        Some(policy) if parser.found.is_empty() => Ok(policy),
        _ => {
            parser.found.truncate(MAX_DIAGNOSTICS);
            Err(parser.found)
        }
    }
}

struct Parser {
    kind: PolicyKind,
    found: Vec<Diagnostic>,
}

impl Parser {
    fn policy(&mut self, root: &Node, text: &str) -> Option<Policy> {
        if !matches!(root.value, Value::Object(_)) {
            let message = format!("a policy is an object, not {}", root.value.kind_with_article());
            self.error("not-a-policy", root.span, message);
            return None;
        }
        let mut policy = Policy {
            kind: self.kind,
            text: Arc::from(text),
            version: Version::default(),
            id: None,
            statements: Vec::new(),
        };
        let mut has_statement = false;
        for member in root.members() {
            match &*member.key {
                "Version" => policy.version = self.version(&member.value).unwrap_or_default(),
                "Id" => policy.id = self.string(&member.value, "Id"),
                "Statement" => {
                    has_statement = true;
                    let nodes = member.value.one_or_many();
                    if nodes.is_empty() {
                        self.error("no-statement", member.value.span, "a policy needs a statement");
                    }
                    policy.statements =
                        nodes.iter().filter_map(|node| self.statement(node)).collect();
                }
                other => {
                    self.unknown_element(other, member.key_span, &["Version", "Id", "Statement"])
                }
            }
        }
        if !has_statement {
            self.error("no-statement", root.span, "a policy needs a `Statement`");
        }
        Some(policy)
    }

    fn version(&mut self, node: &Node) -> Option<Version> {
        match node.as_str() {
            Some("2012-10-17") => Some(Version::V2012),
            Some("2008-10-17") => Some(Version::V2008),
            _ => {
                let found = Diagnostic::error("bad-version", node.span, "unknown policy version")
                    .help("write \"2012-10-17\"; the only other version is \"2008-10-17\"");
                self.found.push(found);
                None
            }
        }
    }

    fn statement(&mut self, node: &Node) -> Option<Statement> {
        if !matches!(node.value, Value::Object(_)) {
            let message =
                format!("a statement is an object, not {}", node.value.kind_with_article());
            self.error("bad-statement", node.span, message);
            return None;
        }
        for member in node.members() {
            if !STATEMENT_ELEMENTS.contains(&&*member.key) {
                self.unknown_element(&member.key, member.key_span, &STATEMENT_ELEMENTS);
            }
        }
        let sid = node.get("Sid").and_then(|sid| self.string(sid, "Sid"));
        let effect = self.effect(node);
        let principal = self.principal(node);
        let action = self.patterns(node, "Action", "NotAction");
        let resource = self.patterns(node, "Resource", "NotResource");
        let conditions = node.get("Condition").map_or_else(Vec::new, |node| self.conditions(node));
        if action.is_none() && node.get("Action").is_none() && node.get("NotAction").is_none() {
            self.error("no-action", node.span, "the statement needs an `Action` or a `NotAction`");
        }
        self.check_kind(node, principal.as_ref(), resource.is_some());
        Some(Statement {
            span: node.span,
            sid,
            effect: effect?,
            principal,
            action: action?,
            resource,
            conditions,
        })
    }

    /// What a statement must and must not have depends on the kind of policy. A resource-based
    /// statement without a principal is read: it applies to nobody.
    fn check_kind(&mut self, node: &Node, principal: Option<&PrincipalElement>, resource: bool) {
        if let Some(principal) = principal
            && !self.kind.has_principal()
        {
            let message = format!(
                "a policy of kind {} cannot name principals: it applies to whom it is attached to",
                self.kind
            );
            self.error("principal-not-allowed", principal.span, message);
        }
        let has_element = node.get("Resource").or_else(|| node.get("NotResource")).is_some();
        // In a resource-based policy it depends on the service whether the element must be there;
        // without it the policy speaks of what it is attached to (user guide, "JSON policy document
        // structure").
        let optional = matches!(self.kind, PolicyKind::Trust | PolicyKind::Resource);
        if !resource && !has_element && !optional {
            self.error(
                "no-resource",
                node.span,
                "the statement needs a `Resource` or a `NotResource`",
            );
        }
    }

    fn effect(&mut self, node: &Node) -> Option<Spanned<Effect>> {
        let Some(effect) = node.get("Effect") else {
            self.error("no-effect", node.span, "the statement needs an `Effect`");
            return None;
        };
        let value = match effect.as_str() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => {
                let message = "`Effect` is \"Allow\" or \"Deny\", in this letter case";
                self.error("bad-effect", effect.span, message);
                return None;
            }
        };
        Some(Spanned { value, span: effect.span })
    }

    fn principal(&mut self, node: &Node) -> Option<PrincipalElement> {
        let (negated, element) = self.one_of(node, "Principal", "NotPrincipal")?;
        let mut principal =
            PrincipalElement { negated, span: element.span, everyone: None, entries: Vec::new() };
        match &element.value {
            Value::String(text) if &**text == "*" => principal.everyone = Some(element.span),
            Value::Object(members) => {
                for member in members {
                    if !PRINCIPAL_KINDS.contains(&&*member.key) {
                        self.unknown_element(&member.key, member.key_span, &PRINCIPAL_KINDS);
                    }
                    let kind = Spanned { value: member.key.clone(), span: member.key_span };
                    let values = self.strings(&member.value, &member.key);
                    principal.entries.push(PrincipalEntry { kind, values });
                }
            }
            _ => {
                let found = Diagnostic::error("bad-principal", element.span, "not a principal")
                    .help("write \"*\" or an object such as {\"AWS\": \"arn:aws:iam::123456789012:root\"}");
                self.found.push(found);
            }
        }
        Some(principal)
    }

    fn patterns(&mut self, node: &Node, name: &str, not_name: &str) -> Option<PatternElement> {
        let (negated, element) = self.one_of(node, name, not_name)?;
        let patterns = self.strings(element, if negated { not_name } else { name });
        Some(PatternElement { negated, span: element.span, patterns })
    }

    /// The one of two elements that exclude each other.
    fn one_of<'n>(
        &mut self,
        node: &'n Node,
        name: &str,
        not_name: &str,
    ) -> Option<(bool, &'n Node)> {
        match (node.get(name), node.get(not_name)) {
            (Some(_), Some(second)) => {
                let message = format!("a statement has `{name}` or `{not_name}`, not both");
                self.error("both-forms", second.span, message);
                None
            }
            (Some(element), None) => Some((false, element)),
            (None, Some(element)) => Some((true, element)),
            (None, None) => None,
        }
    }

    fn conditions(&mut self, block: &Node) -> Vec<ConditionElement> {
        let mut conditions = Vec::new();
        if !matches!(block.value, Value::Object(_)) {
            self.error("bad-condition", block.span, "`Condition` is an object of operators");
        }
        for line in block.members() {
            let Some(operator) = Operator::parse(&line.key) else {
                self.unknown_operator(&line.key, line.key_span);
                continue;
            };
            if !matches!(line.value.value, Value::Object(_)) {
                let message = format!("`{}` takes an object of condition keys", line.key);
                self.error("bad-condition", line.value.span, message);
            }
            for member in line.value.members() {
                conditions.push(ConditionElement {
                    operator_name: Spanned { value: line.key.clone(), span: line.key_span },
                    operator,
                    key: Spanned { value: member.key.clone(), span: member.key_span },
                    values: self.scalars(&member.value, &member.key),
                });
            }
        }
        conditions
    }

    fn unknown_operator(&mut self, name: &str, span: Span) {
        let found = Diagnostic::error(
            "unknown-operator",
            span,
            format!("`{name}` is not a condition operator"),
        );
        let near = OPERATORS.iter().find(|(known, ..)| {
            known.eq_ignore_ascii_case(name.rsplit(':').next().unwrap_or(name))
        });
        self.found.push(match near {
            Some((known, ..)) => {
                found.help(format!("operators are case-sensitive: write `{known}`"))
            }
            None => found.help("see the list in IAM's user guide under condition operators"),
        });
    }

    fn string(&mut self, node: &Node, element: &str) -> Option<Spanned<Box<str>>> {
        if let Value::String(text) = &node.value {
            return Some(Spanned { value: text.clone(), span: node.span });
        }
        let message = format!("`{element}` is a string, not {}", node.value.kind_with_article());
        self.error("wrong-type", node.span, message);
        None
    }

    fn strings(&mut self, node: &Node, element: &str) -> Vec<Spanned<Box<str>>> {
        node.one_or_many().iter().filter_map(|node| self.string(node, element)).collect()
    }

    /// Strings, and the numbers and booleans that may stand without quotes in a condition.
    fn scalars(&mut self, node: &Node, element: &str) -> Vec<Spanned<Box<str>>> {
        let mut values = Vec::new();
        for node in node.one_or_many() {
            let value = match &node.value {
                Value::Number(digits) => digits.clone(),
                Value::Bool(value) => if *value { "true" } else { "false" }.into(),
                _ => match self.string(node, element) {
                    Some(string) => string.value,
                    None => continue,
                },
            };
            values.push(Spanned { value, span: node.span });
        }
        values
    }

    fn unknown_element(&mut self, name: &str, span: Span, known: &[&str]) {
        let found =
            Diagnostic::error("unknown-element", span, format!("`{name}` is not an element here"));
        let near = known.iter().find(|known| known.eq_ignore_ascii_case(name));
        self.found.push(match near {
            Some(near) => found.help(format!("elements are case-sensitive: write `{near}`")),
            None => found.help(format!("the elements here are {}", known.join(", "))),
        });
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.found.push(Diagnostic::error(code, span, message));
    }
}
