//! Policy documents of the code, as the engine reads them.
//!
//! What is unknown in a document is taken in favour of whoever asks, or against: [`Reading`]. A condition on a key
//! that the question does not state counts as unknown, too.

use iam::{NamedPolicy, Policy, PolicyKind, PolicySet};
use source::Resource;
use template::{Node, Place, Text, Value, write_json};

use crate::resolve::MAX_REFERENCES;
use crate::world::World;

/// A policy document and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// What is called in messages.
    pub(crate) name: String,
    /// The document as a tree; a hole if it is not known.
    pub(crate) tree: Node,
    /// Where it is written.
    pub(crate) place: Place,
    /// The block that puts it in force: what must be waited for.
    pub(crate) block: String,
    pub(crate) kind: PolicyKind,
}

/// How unknowns are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// In favour: what may allow does, what may deny does not.
    Hopeful,
    /// Against.
    Doubtful,
}

/// What a question states: condition keys in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stated<'q> {
    pub(crate) keys: &'q [&'q str],
    /// Whether it is about any resource at all, so that `Resource` does not matter.
    pub(crate) any_resource: bool,
}

impl<'g> World<'g> {
    /// The document that an argument holds; `None` if there is none.
    pub(crate) fn document(&self, owner: &Resource, node: &Node, kind: PolicyKind) -> Document {
        let tree = self.tree(node, MAX_REFERENCES);
        Document {
            name: owner.address.to_string(),
            tree,
            place: node.place,
            block: owner.block.to_string(),
            kind,
        }
    }

    /// The tree of a document: of text, of an encoded value, of a reference to a data source or another policy.
    fn tree(&self, node: &Node, left: usize) -> Node {
        if let Some(decoded) = &node.decoded {
            return (**decoded).clone();
        }
        if let Value::Map(_) = node.value {
            return node.clone();
        }
        if let Some((resource, path)) = self.graph.origin(node)
            && node.as_str().is_none()
            && matches!(path, "json" | "policy")
            && let Some(json) = resource.get(path)
            && json.as_hole() != node.as_hole()
            && left > 0
        {
            return self.tree(&json.clone(), left - 1);
        }
        if let Some(text) = node.as_text()
            && text.as_hole().is_none()
        {
            let written = self.graph.sources.at(node.place);
            // Text that stands in the file as it is: places are those of its parts.
            if let Some(at) = text.known().and_then(|known| written.find(known.trim()))
                && let Ok(tree) =
                    source::parse_json(text.marked().trim(), Some(node.place.file), node.place)
            {
                return moved(tree, node.place.start + u32::try_from(at).unwrap_or_default());
            }
            if let Ok(tree) = source::parse_json(text.marked(), None, node.place) {
                return tree;
            }
        }
        node.clone()
    }

    /// The document with every hole filled, and where each part of the text comes from.
    pub(crate) fn written(&self, document: &Document) -> Written {
        let mut written = Written::default();
        self.write(&document.tree, &mut written);
        written
    }

    fn write(&self, node: &Node, out: &mut Written) {
        let start = out.text.len();
        match &node.value {
            Value::List(nodes) => {
                out.text.push('[');
                for (at, node) in nodes.iter().enumerate() {
                    out.text.push_str(if at > 0 { "," } else { "" });
                    self.write(node, out);
                }
                out.text.push(']');
            }
            Value::Map(entries) => {
                out.text.push('{');
                for (at, (key, node)) in entries.iter().enumerate() {
                    out.text.push_str(if at > 0 { "," } else { "" });
                    out.text.push_str(&json(&self.filled(key)));
                    out.text.push(':');
                    self.write(node, out);
                }
                out.text.push('}');
            }
            _ => match node.as_text() {
                Some(text) => out.text.push_str(&json(&self.filled(&text))),
                None => write_json(node, &mut out.text),
            },
        }
        out.parts.push((start, out.text.len(), node.place));
    }

    /// Compiles documents. One that is not known allows everything, or nothing.
    pub(crate) fn compile(
        &self,
        documents: &[Document],
        reading: Reading,
        stated: &Stated<'_>,
    ) -> PolicySet {
        let policies = documents.iter().map(|document| {
            let text = self.text(document, reading, stated);
            let parsed = Policy::parse(text.as_bytes(), document.kind);
            let policy = parsed.or_else(|_| {
                let everything = reading == Reading::Hopeful;
                Policy::parse(any(document.kind, everything).as_bytes(), document.kind)
            });
            policy.ok().map(|policy| NamedPolicy::new(&document.name, policy))
        });
        PolicySet::new(policies.flatten().collect())
    }

    fn text(&self, document: &Document, reading: Reading, stated: &Stated<'_>) -> String {
        let hopeful = reading == Reading::Hopeful;
        let Some(list) = document.tree.get("Statement") else {
            let known = document.tree.first_hole().is_none();
            return any(document.kind, hopeful && !known);
        };
        let version = document.tree.get("Version").and_then(Node::as_str).unwrap_or("2008-10-17");
        let mut statements = Vec::new();
        for statement in list.one_or_many() {
            let allows = statement.get("Effect").and_then(Node::as_str) != Some("Deny");
            if !matches!(statement.value, Value::Map(_)) {
                if hopeful {
                    statements.push(any_statement(document.kind));
                }
                continue;
            }
            let widen = hopeful == allows;
            let cast = Cast { world: self, widen, stated, kind: document.kind };
            statements.extend(cast.statement(statement, allows));
        }
        format!("{{\"Version\":\"{version}\",\"Statement\":[{}]}}", statements.join(","))
    }
}

/// A document as text, and where its parts come from.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) text: String,
    parts: Vec<(usize, usize, Place)>,
}

impl Written {
    /// Where the smallest part around a range of the text comes from.
    pub(crate) fn place(&self, start: u32, end: u32) -> Option<Place> {
        let (start, end) = (start as usize, end as usize);
        let around = self.parts.iter().filter(|(from, to, _)| *from <= start && *to >= end);
        around.min_by_key(|(from, to, _)| to - from).map(|(.., place)| *place)
    }
}

/// The tree with every place moved by `by` bytes.
fn moved(node: Node, by: u32) -> Node {
    let place = Place { start: node.place.start + by, end: node.place.end + by, ..node.place };
    let value = match node.value {
        Value::List(nodes) => {
            Value::List(nodes.iter().map(|node| moved(node.clone(), by)).collect::<Vec<_>>().into())
        }
        Value::Map(entries) => {
            let moved = entries.iter().map(|(key, node)| (key.clone(), moved(node.clone(), by)));
            Value::Map(moved.collect::<std::collections::BTreeMap<_, _>>().into())
        }
        other => other,
    };
    Node { value, place, ..node }
}

/// A document that allows everything, or nothing.
fn any(kind: PolicyKind, everything: bool) -> String {
    let statement = if everything { any_statement(kind) } else { String::new() };
    format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statement}]}}")
}

fn any_statement(kind: PolicyKind) -> String {
    let who = if kind.has_principal() { "\"Principal\":\"*\"," } else { "" };
    let what = if kind == PolicyKind::Trust { "" } else { ",\"Resource\":\"*\"" };
    format!("{{\"Effect\":\"Allow\",{who}\"Action\":\"*\"{what}}}")
}

/// Writes a statement so that it covers all that it may, or only what it surely does.
struct Cast<'w, 'g> {
    world: &'w World<'g>,
    widen: bool,
    stated: &'w Stated<'w>,
    kind: PolicyKind,
}

impl Cast<'_, '_> {
    fn statement(&self, statement: &Node, allows: bool) -> Option<String> {
        let mut parts = vec![format!("\"Effect\":\"{}\"", if allows { "Allow" } else { "Deny" })];
        for name in ["Principal", "NotPrincipal"] {
            if let Some(node) = statement.get(name) {
                parts.push(self.principal(name, node)?);
            }
        }
        for name in ["Action", "NotAction"] {
            if let Some(node) = statement.get(name) {
                parts.push(self.patterns(name, node)?);
            }
        }
        let any = self.stated.any_resource && self.kind != PolicyKind::Trust;
        if any {
            parts.push("\"Resource\":\"*\"".to_owned());
        } else {
            for name in ["Resource", "NotResource"] {
                if let Some(node) = statement.get(name) {
                    parts.push(self.patterns(name, node)?);
                }
            }
        }
        if let Some(node) = statement.get("Condition") {
            parts.extend(self.conditions(node)?);
        }
        Some(format!("{{{}}}", parts.join(",")))
    }

    /// `Action`, `Resource` and their negations.
    fn patterns(&self, name: &str, node: &Node) -> Option<String> {
        let negated = name.starts_with("Not");
        let mut out = Vec::new();
        for pattern in node.one_or_many() {
            let text = pattern.as_text()?;
            let text =
                if name.ends_with("Resource") { self.any_account(&text, negated) } else { text };
            if self.world.is_resolved(&text) {
                out.push(json(&self.world.filled(&text)));
                continue;
            }
            // An open part of a pattern may be anything: a wildcard, where the statement is to cover all it may.
            let wide = self.widen != negated;
            if wide {
                let open = |id| self.world.resolve(id).unwrap_or_else(|| "*".to_owned());
                let filled = text.fill(open).into_owned();
                // A hole may be a list, or a whole ARN.
                out.push(json(if text.as_hole().is_some() { "*" } else { &filled }));
            }
        }
        // A list from which all has been taken away.
        match (out.is_empty(), negated) {
            (true, false) => None,
            (true, true) => Some(format!("\"{}\":\"*\"", name.trim_start_matches("Not"))),
            _ => Some(format!("\"{name}\":[{}]", out.join(","))),
        }
    }

    /// The account that is applied to is seldom known; an account that an ARN names may be it.
    fn any_account(&self, text: &Text, negated: bool) -> Text {
        if !self.widen || negated || self.world.account_is_known {
            return text.clone();
        }
        let Some(known) = text.known() else { return text.clone() };
        let parts: Vec<&str> = known.splitn(6, ':').collect();
        match parts.as_slice() {
            [arn, partition, "iam", region, account, rest] if account.len() == 12 => {
                Text::literal(&format!("{arn}:{partition}:iam:{region}:*:{rest}"))
            }
            _ => text.clone(),
        }
    }

    fn principal(&self, name: &str, node: &Node) -> Option<String> {
        if let Some(text) = node.as_str() {
            return Some(format!("\"{name}\":{}", json(text)));
        }
        if node.as_hole().is_some() {
            return self.widen.then(|| format!("\"{name}\":\"*\""));
        }
        let mut kinds = Vec::new();
        for (kind, values) in node.entries() {
            let mut out = Vec::new();
            for value in values.one_or_many() {
                let text = value.as_text()?;
                if self.world.is_resolved(&text) {
                    out.push(json(&self.world.filled(&text)));
                    let own = text.known().filter(|_| self.widen && name == "Principal");
                    out.extend(
                        own.and_then(|it| self.world.in_own_account(it)).map(|it| json(&it)),
                    );
                } else if self.widen {
                    return Some(format!("\"{name}\":\"*\""));
                }
            }
            if !out.is_empty() {
                kinds.push(format!("{}:[{}]", json(kind.marked()), out.join(",")));
            }
        }
        if kinds.is_empty() { None } else { Some(format!("\"{name}\":{{{}}}", kinds.join(","))) }
    }

    /// `None` if the statement does not surely apply; `Some(None)` if nothing is left to hold.
    #[expect(clippy::option_option, reason = "three outcomes, told apart in one place")]
    fn conditions(&self, node: &Node) -> Option<Option<String>> {
        if node.as_hole().is_some() {
            return if self.widen { Some(None) } else { None };
        }
        let mut operators = Vec::new();
        for (operator, keys) in node.entries() {
            let mut lines = Vec::new();
            for (key, values) in keys.entries() {
                let name = key.known().unwrap_or_default().to_ascii_lowercase();
                let is_stated = self.stated.keys.contains(&&*name);
                let texts: Option<Vec<Text>> =
                    values.one_or_many().iter().map(Node::as_text).collect();
                let texts = texts.filter(|texts| texts.iter().all(|t| self.world.is_resolved(t)));
                match texts.filter(|_| is_stated) {
                    Some(texts) => {
                        let mut values: Vec<String> =
                            texts.iter().map(|text| json(&self.world.filled(text))).collect();
                        let own: Vec<String> = texts
                            .iter()
                            .filter_map(|text| self.world.in_own_account(text.known()?))
                            .map(|text| json(&text))
                            .collect();
                        let is_negated = operator.marked().contains("Not");
                        match (self.widen && !own.is_empty(), is_negated) {
                            (true, true) => continue,
                            (true, false) => values.extend(own),
                            _ => {}
                        }
                        lines.push(format!("{}:[{}]", json(&name), values.join(",")));
                    }
                    None if self.widen => {}
                    None => return None,
                }
            }
            if !lines.is_empty() {
                operators.push(format!("{}:{{{}}}", json(operator.marked()), lines.join(",")));
            }
        }
        if operators.is_empty() {
            return Some(None);
        }
        Some(Some(format!("\"Condition\":{{{}}}", operators.join(","))))
    }
}

fn json(text: &str) -> String {
    let mut out = String::new();
    write_json(&Node::text(text, Place::default()), &mut out);
    out
}
