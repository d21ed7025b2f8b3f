//! `.tf.json`: the same language in JSON.
//!
//! Source: Terraform language documentation, "JSON configuration syntax". Which arguments are blocks is not said
//! there by form but by each resource's schema, so an object or a list of objects is read as an argument; it
//! evaluates to what blocks would.

use std::sync::Arc;

use template::{FileId, Node, Place, Problem, Text, Value};

use super::lower;
use super::syntax::{Block, Body, Expr, Kind};
use crate::json;

/// Reads a `.tf.json` file.
pub(crate) fn body(text: &str, file: FileId) -> Result<Body, Problem> {
    let root = json::parse(text, Some(file), Place::default()).map_err(|flaw| {
        let end = (flaw.at + 1).min(text.len());
        Problem::new(Place::new(file, flaw.at, end), format!("not JSON: {}", flaw.message))
    })?;
    let mut body = Body::default();
    for (kind, node) in root.entries() {
        let kind = kind.known().unwrap_or_default();
        let labels = match kind {
            "resource" | "data" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            "locals" | "terraform" | "import" => 0,
            _ => continue,
        };
        for one in node.one_or_many() {
            blocks(kind, one, labels, &mut Vec::new(), &mut body.blocks);
        }
    }
    Ok(body)
}

/// Reads the values of a `.tfvars.json` file.
pub(crate) fn values(text: &str, file: FileId) -> Result<Node, Problem> {
    json::parse(text, Some(file), Place::default()).map_err(|flaw| {
        Problem::new(Place::new(file, flaw.at, flaw.at), format!("not JSON: {}", flaw.message))
    })
}

fn blocks(
    kind: &str,
    node: &Node,
    labels_left: usize,
    labels: &mut Vec<Arc<str>>,
    out: &mut Vec<Block>,
) {
    if labels_left > 0 {
        for (label, inner) in node.entries() {
            labels.push(label.known().unwrap_or_default().into());
            for one in inner.one_or_many() {
                blocks(kind, one, labels_left - 1, labels, out);
            }
            labels.pop();
        }
        return;
    }
    out.push(Block {
        kind: kind.into(),
        labels: labels.clone(),
        body: inner(kind, node),
        header: Place { end: node.place.start + 1, ..node.place },
        extent: node.place,
    });
}

/// `lifecycle` and `dynamic` are blocks in any resource; references in `depends_on` are strings here.
fn inner(kind: &str, node: &Node) -> Body {
    let mut body = Body::default();
    for (key, value) in node.entries() {
        let Some(key) = key.known() else { continue };
        match key {
            "//" => {}
            "lifecycle" if matches!(kind, "resource" | "data") => {
                for one in value.one_or_many() {
                    body.blocks.push(Block {
                        kind: key.into(),
                        labels: Vec::new(),
                        body: inner(key, one),
                        header: one.place,
                        extent: one.place,
                    });
                }
            }
            "to" if kind == "import" => body.attributes.push((key.into(), reference(value))),
            "depends_on" | "ignore_changes" | "replace_triggered_by" | "provider" | "type" => {
                body.attributes.push((key.into(), reference(value)));
            }
            _ => body.attributes.push((key.into(), expr(value))),
        }
    }
    body
}

fn reference(node: &Node) -> Expr {
    match &node.value {
        Value::List(nodes) => {
            Expr::new(Kind::List(nodes.iter().map(reference).collect()), node.place)
        }
        _ => node
            .as_str()
            .and_then(|text| lower::expression(text, node.place))
            .unwrap_or_else(|| expr(node)),
    }
}

fn expr(node: &Node) -> Expr {
    let place = node.place;
    let kind = match &node.value {
        Value::Text(text) => match text.known() {
            Some(known) if known.contains("${") || known.contains("%{") => {
                return lower::template(known, place);
            }
            _ => Kind::Literal(node.clone()),
        },
        Value::List(nodes) => Kind::List(nodes.iter().map(expr).collect()),
        Value::Map(entries) => Kind::Object(
            entries
                .iter()
                .map(|(key, value)| {
                    let key = Node::new(Value::Text(Text::literal(key.marked())), place);
                    (expr(&key), expr(value))
                })
                .collect(),
        ),
        _ => Kind::Literal(node.clone()),
    };
    Expr::new(kind, place)
}
