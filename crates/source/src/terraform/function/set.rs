//! Functions of sets.

use template::{Node, Value, write_json};

use super::{Arguments, Given, elements};
use crate::terraform::{Fault, MAX_ELEMENTS};

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    Some(match arguments.name {
        "toset" => to_set(arguments, true),
        "distinct" => to_set(arguments, false),
        "setunion" => union(arguments),
        "setintersection" => keep(arguments, true),
        "setsubtract" => keep(arguments, false),
        "setproduct" => product(arguments),
        _ => return None,
    })
}

/// The element as one text, by which elements are told apart.
fn key(node: &Node) -> String {
    let mut out = String::new();
    write_json(node, &mut out);
    out
}

fn to_set(arguments: &Arguments<'_>, sorted: bool) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    let mut keyed: Vec<(String, Node)> = Vec::with_capacity(nodes.len());
    let mut seen = std::collections::HashSet::new();
    for node in nodes {
        let key = key(node);
        if seen.insert(key.clone()) {
            keyed.push((key, node.clone()));
        }
    }
    if sorted {
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
    }
    Ok(arguments
        .node(Value::List(keyed.into_iter().map(|(_, node)| node).collect::<Vec<_>>().into())))
}

fn union(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut all = std::collections::BTreeMap::new();
    for at in 0..arguments.list.len() {
        for node in elements!(arguments, at) {
            all.entry(key(node)).or_insert_with(|| node.clone());
        }
    }
    Ok(arguments.node(Value::List(all.into_values().collect::<Vec<_>>().into())))
}

fn keep(arguments: &Arguments<'_>, wanted: bool) -> Result<Node, Fault> {
    let first = elements!(arguments, 0);
    let second = elements!(arguments, 1);
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let others: std::collections::HashSet<String> = second.iter().map(key).collect();
    let kept = first.iter().filter(|node| others.contains(&key(node)) == wanted);
    Ok(arguments.node(Value::List(kept.cloned().collect::<Vec<_>>().into())))
}

fn product(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for at in 0..arguments.list.len() {
        let nodes = elements!(arguments, at);
        if rows.len().saturating_mul(nodes.len()) > MAX_ELEMENTS {
            return Err(arguments.wrong("makes a longer list than what is made"));
        }
        let extended = |row: &Vec<Node>| {
            let row = row.clone();
            nodes.iter().map(move |node| {
                let mut row = row.clone();
                row.push(node.clone());
                row
            })
        };
        rows = rows.iter().flat_map(extended).collect();
    }
    let rows = rows.into_iter().map(|row| arguments.node(Value::List(row.into())));
    Ok(arguments.node(Value::List(rows.collect::<Vec<_>>().into())))
}
