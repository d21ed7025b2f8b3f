//! `data.aws_iam_policy_document`, computed as the AWS provider computes it: it needs no cloud.
//!
//! Source: terraform-provider-aws, documentation of the data source and its acceptance tests: source documents
//! first and unique in their `sid`s, then the statements, then override documents; what has the `sid` of an
//! earlier statement takes its place. `&{…}` stands for `${…}`. Lists are sorted backwards; one element is a string.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use template::{Node, Place, Text, Value, write_json};

use super::databricks::Missing;
use super::instance::{Instance, META};
use super::lower::Name;
use super::world::{Scope, World};
use super::{Fault, databricks};
use crate::json;

impl World<'_> {
    /// An attribute that a data source computes here; `None` if only the cloud knows it.
    pub(crate) fn data(
        &mut self,
        instance: &Rc<Instance>,
        name: &Name,
        scope: &mut Scope,
    ) -> Result<Option<Node>, Fault> {
        let kind = instance.declared.kind.clone();
        let is_policy = &*kind == "aws_iam_policy_document";
        if !matches!(&**name, "json" | "minified_json") || !(is_policy || databricks::is_one(&kind))
        {
            return Ok(None);
        }
        let block = &instance.declared.block;
        let body = self.body(&block.body, block.extent, scope, &META);
        let tree = if is_policy {
            policy_document(&body)?
        } else {
            match databricks::document(&kind, &body, block.extent) {
                Ok(tree) => tree,
                Err(Missing::Unknown(id)) => {
                    return Ok(Some(Node::new(Value::Hole(id), body.place)));
                }
                Err(Missing::Refused(message)) => return Err(Fault::new(block.header, message)),
            }
        };
        if let Value::Hole(_) = tree.value {
            return Ok(Some(tree));
        }
        let mut out = String::new();
        if &**name == "json" {
            write_policy(&tree, 0, &mut out)
        } else {
            write_json(&tree, &mut out)
        }
        let text = Node::new(Value::Text(Text::from_marked(out)), tree.place);
        Ok(Some(Node { decoded: Some(Arc::new(tree)), ..text }))
    }
}

/// The document that the arguments of the data source make.
pub(crate) fn policy_document(body: &Node) -> Result<Node, Fault> {
    let mut merged = Merged::default();
    let mut sids = Vec::new();
    for source in body.get("source_policy_documents").map(Node::one_or_many).unwrap_or_default() {
        let Some(document) = decoded(source)? else {
            merged.statements.push(source.clone());
            continue;
        };
        for statement in document.get("Statement").map(Node::one_or_many).unwrap_or_default() {
            merged.unique(statement, &mut sids)?;
        }
        merged.take(&document);
    }
    let mut own_sids = Vec::new();
    let mut own = Merged::default();
    for statement in body.get("statement").map(Node::one_or_many).unwrap_or_default() {
        let statement = if let Value::Hole(_) = statement.value {
            statement.clone()
        } else {
            own_statement(statement)
        };
        own.unique(&statement, &mut own_sids)?;
        own.statements.push(statement);
    }
    own.version = body.get("version").cloned();
    own.id = body.get("policy_id").cloned();
    merged.join(own);
    for over in body.get("override_policy_documents").map(Node::one_or_many).unwrap_or_default() {
        match decoded(over)? {
            Some(document) => merged.take(&document),
            None => merged.statements.push(over.clone()),
        }
    }
    Ok(merged.into_node(body.place))
}

fn own_statement(statement: &Node) -> Node {
    let place = statement.place;
    let mut out = BTreeMap::new();
    let mut put = |key: &str, node: Node| out.insert(Text::literal(key), node);
    if let Some(sid) = statement.get("sid").filter(|sid| sid.as_str() != Some("")) {
        put("Sid", sid.clone());
    }
    let effect = statement.get("effect").cloned();
    put("Effect", effect.unwrap_or_else(|| Node::text("Allow", place)));
    for (from, to, variables) in [
        ("actions", "Action", false),
        ("not_actions", "NotAction", false),
        ("resources", "Resource", true),
        ("not_resources", "NotResource", true),
    ] {
        if let Some(list) = statement.get(from).filter(|list| !is_empty(list)) {
            put(to, sorted(list, variables));
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        let blocks = statement.get(from).map(Node::one_or_many).unwrap_or_default();
        if let Some(first) = blocks.first() {
            put(to, principals(blocks, first.place));
        }
    }
    let conditions = statement.get("condition").map(Node::one_or_many).unwrap_or_default();
    if let Some(first) = conditions.first() {
        put("Condition", condition_map(conditions, first.place));
    }
    Node::map(out, place)
}

#[derive(Default)]
struct Merged {
    version: Option<Node>,
    id: Option<Node>,
    statements: Vec<Node>,
}

impl Merged {
    /// Every `sid` occurs once among source documents, and once among the statements.
    fn unique(&self, statement: &Node, sids: &mut Vec<String>) -> Result<(), Fault> {
        let Some(sid) = sid(statement) else { return Ok(()) };
        if sids.iter().any(|known| known == sid) {
            let message =
                format!("duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.");
            return Err(Fault::new(statement.place, message));
        }
        sids.push(sid.to_owned());
        Ok(())
    }

    fn take(&mut self, document: &Node) {
        let statements = document.get("Statement").map(Node::one_or_many).unwrap_or_default();
        self.join(Self {
            version: document.get("Version").cloned(),
            id: document.get("Id").cloned(),
            statements: statements.to_vec(),
        });
    }

    fn join(&mut self, other: Self) {
        self.version = other.version.or(self.version.take());
        self.id = other.id.or(self.id.take());
        for statement in other.statements {
            let place = sid(&statement)
                .and_then(|new| self.statements.iter().position(|known| sid(known) == Some(new)));
            match place.and_then(|at| self.statements.get_mut(at)) {
                Some(known) => *known = statement,
                None => self.statements.push(statement),
            }
        }
    }

    fn into_node(self, place: Place) -> Node {
        let mut out = BTreeMap::new();
        let version = self.version.unwrap_or_else(|| Node::text("2012-10-17", place));
        out.insert(Text::literal("Version"), version);
        if let Some(id) = self.id {
            out.insert(Text::literal("Id"), id);
        }
        out.insert(Text::literal("Statement"), Node::list(self.statements, place));
        Node::map(out, place)
    }
}

fn sid(statement: &Node) -> Option<&str> {
    statement.get("Sid").and_then(Node::as_str).filter(|sid| !sid.is_empty())
}

/// What a document says; `None` if it is not known.
fn decoded(node: &Node) -> Result<Option<Node>, Fault> {
    if let Some(tree) = &node.decoded {
        return Ok(Some((**tree).clone()));
    }
    let Some(text) = node.as_text().filter(|text| text.as_hole().is_none()) else {
        return Ok(None);
    };
    match json::parse(text.marked(), None, node.place) {
        Ok(tree) => Ok(Some(tree)),
        Err(_) if text.known().is_none() => Ok(None),
        Err(flaw) => {
            Err(Fault::new(node.place, format!("the document is not JSON: {}", flaw.message)))
        }
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::List(nodes) if nodes.is_empty())
}

/// A list backwards in order, or the only element.
fn sorted(list: &Node, variables: bool) -> Node {
    listed(list, variables, true)
}

/// A list, or the only element. Values of conditions keep their order.
fn listed(list: &Node, variables: bool, backwards: bool) -> Node {
    let Value::List(nodes) = &list.value else { return list.clone() };
    let mut nodes: Vec<Node> = nodes
        .iter()
        .map(|node| match &node.value {
            Value::Text(text) if variables && text.marked().contains("&{") => {
                let replaced = Text::from_marked(text.marked().replace("&{", "${"));
                Node { value: Value::Text(replaced), ..node.clone() }
            }
            _ => node.clone(),
        })
        .collect();
    if backwards {
        nodes.sort_by_key(|node| std::cmp::Reverse(node.as_text()));
    }
    match nodes.as_slice() {
        [only] => only.clone(),
        _ => Node::list(nodes, list.place),
    }
}

fn principals(blocks: &[Node], place: Place) -> Node {
    let mut kinds: BTreeMap<Text, Vec<Node>> = BTreeMap::new();
    for block in blocks {
        if let Value::Hole(_) = block.value {
            return block.clone();
        }
        let kind =
            block.get("type").and_then(Node::as_text).unwrap_or_else(|| Text::literal("AWS"));
        let identifiers = block.get("identifiers");
        match identifiers.map(|node| (node, &node.value)) {
            Some((_, Value::List(nodes))) => kinds.entry(kind).or_default().extend(nodes.to_vec()),
            Some((node, _)) => kinds.entry(kind).or_default().push(node.clone()),
            None => {}
        }
    }
    if let [(kind, nodes)] = kinds.iter().collect::<Vec<_>>().as_slice()
        && kind.known() == Some("*")
        && matches!(nodes.as_slice(), [only] if only.as_str() == Some("*"))
    {
        return Node::text("*", place);
    }
    let lists =
        kinds.into_iter().map(|(kind, nodes)| (kind, sorted(&Node::list(nodes, place), true)));
    Node::map(lists.collect(), place)
}

fn condition_map(blocks: &[Node], place: Place) -> Node {
    let mut operators: BTreeMap<Text, BTreeMap<Text, Node>> = BTreeMap::new();
    for block in blocks {
        if let Value::Hole(_) = block.value {
            return block.clone();
        }
        let (Some(test), Some(variable), Some(values)) = (
            block.get("test").and_then(Node::as_text),
            block.get("variable").and_then(Node::as_text),
            block.get("values"),
        ) else {
            continue;
        };
        let values = Node { place: block.place, ..listed(values, true, false) };
        operators.entry(test).or_default().insert(variable, values);
    }
    let nodes = operators.into_iter().map(|(test, keys)| (test, Node::map(keys, place)));
    Node::map(nodes.collect(), place)
}

/// The order in which the provider writes the keys of a document and of a statement.
const ORDER: [&str; 11] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
];

/// Appends a document as the provider writes it: two spaces a level, keys in its order.
pub(crate) fn write_policy(node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            let mut keys: Vec<(&Text, &Node)> = entries.iter().collect();
            let rank = |key: &Text| {
                let known = key.known().unwrap_or_default();
                ORDER.iter().position(|name| *name == known).unwrap_or(ORDER.len())
            };
            keys.sort_by_key(|(key, _)| rank(key));
            out.push_str("{\n");
            for (at, (key, value)) in keys.iter().enumerate() {
                out.push_str(&indent);
                write_json(&Node::new(Value::Text((*key).clone()), value.place), out);
                out.push_str(": ");
                write_policy(value, depth + 1, out);
                out.push_str(if at + 1 < keys.len() { ",\n" } else { "\n" });
            }
            out.push_str(&close);
            out.push('}');
        }
        Value::List(nodes) if !nodes.is_empty() => {
            out.push_str("[\n");
            for (at, value) in nodes.iter().enumerate() {
                out.push_str(&indent);
                write_policy(value, depth + 1, out);
                out.push_str(if at + 1 < nodes.len() { ",\n" } else { "\n" });
            }
            out.push_str(&close);
            out.push(']');
        }
        _ => write_json(node, out),
    }
}
