//! Functions of lists and maps.

use std::collections::BTreeMap;

use template::{Node, Text, Value};

use super::{Arguments, Given, elements};
use crate::terraform::operator::equal;
use crate::terraform::{Fault, MAX_ELEMENTS};

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    Some(match arguments.name {
        "concat" => concat(arguments),
        "flatten" => flatten(arguments),
        "merge" => merge(arguments),
        "length" => length(arguments),
        "keys" => of_map(arguments, |it, key, _| it.node(Value::Text(key.clone()))),
        "values" => of_map(arguments, |_, _, value| value.clone()),
        "lookup" => lookup(arguments),
        "element" => element(arguments),
        "index" => index(arguments),
        "contains" => contains(arguments),
        "coalesce" => coalesce(arguments),
        "coalescelist" => coalesce_list(arguments),
        "compact" => compact(arguments),
        "one" => one(arguments),
        "slice" => slice(arguments),
        "reverse" => reversed(arguments),
        "zipmap" => zipmap(arguments),
        "chunklist" => chunks(arguments),
        "matchkeys" => match_keys(arguments),
        "alltrue" => all_or_any(arguments, true),
        "anytrue" => all_or_any(arguments, false),
        "transpose" => transpose(arguments),
        "sort" => sort(arguments),
        _ => return None,
    })
}

fn list(arguments: &Arguments<'_>, nodes: Vec<Node>) -> Result<Node, Fault> {
    if nodes.len() > MAX_ELEMENTS {
        return Err(arguments.wrong("makes a longer list than what is made"));
    }
    Ok(arguments.node(Value::List(nodes.into())))
}

fn concat(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut out = Vec::new();
    for at in 0..arguments.list.len() {
        out.extend(elements!(arguments, at).iter().cloned());
    }
    list(arguments, out)
}

fn flatten(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    fn add(nodes: &[Node], out: &mut Vec<Node>, depth: usize) -> Result<(), template::HoleId> {
        for node in nodes {
            match &node.value {
                Value::List(inner) if depth < 64 => add(inner, out, depth + 1)?,
                // It may be a list, of whatever length.
                Value::Hole(id) => return Err(*id),
                _ => out.push(node.clone()),
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    match add(elements!(arguments, 0), &mut out, 0) {
        Ok(()) => list(arguments, out),
        Err(id) => Ok(arguments.hole(id)),
    }
}

fn merge(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut out: BTreeMap<Text, Node> = BTreeMap::new();
    for node in arguments.list {
        match &node.value {
            Value::Map(entries) => {
                out.extend(entries.iter().map(|(key, node)| (key.clone(), node.clone())));
            }
            Value::Null => {}
            Value::Hole(id) => return Ok(arguments.hole(*id)),
            _ => return Err(arguments.wrong("takes maps")),
        }
    }
    if out.len() > MAX_ELEMENTS {
        return Err(arguments.wrong("makes a larger map than what is made"));
    }
    Ok(arguments.node(Value::Map(out.into())))
}

fn length(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    let length = match &node.value {
        Value::List(nodes) => nodes.len(),
        Value::Map(entries) => entries.len(),
        Value::Text(text) => match text.known() {
            Some(known) => known.chars().count(),
            None => return Ok(arguments.unknown().unwrap_or_else(|| node.clone())),
        },
        Value::Hole(id) => return Ok(arguments.hole(*id)),
        _ => return Err(arguments.wrong("takes a list, a map or a string")),
    };
    #[expect(clippy::cast_precision_loss, reason = "bounded")]
    Ok(arguments.node(Value::Number(length as f64)))
}

fn of_map(
    arguments: &Arguments<'_>,
    take: impl Fn(&Arguments<'_>, &Text, &Node) -> Node,
) -> Result<Node, Fault> {
    match &arguments.need(0)?.value {
        Value::Map(entries) => {
            list(arguments, entries.iter().map(|(key, node)| take(arguments, key, node)).collect())
        }
        Value::Hole(id) => Ok(arguments.hole(*id)),
        _ => Err(arguments.wrong("takes a map")),
    }
}

fn lookup(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let (map, key) = (arguments.need(0)?, arguments.need(1)?);
    if let Some(id) = map.as_hole().or(key.as_hole()) {
        return Ok(arguments.hole(id));
    }
    let Value::Map(entries) = &map.value else { return Err(arguments.wrong("takes a map")) };
    let found = key.as_text().and_then(|key| entries.get(&key)).filter(|node| !node.is_null());
    match found.or(arguments.get(2)) {
        Some(node) => Ok(node.clone()),
        None => Err(arguments.wrong("finds nothing under this key")),
    }
}

fn element(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    if let Some(id) = arguments.need(1)?.as_hole() {
        return Ok(arguments.hole(id));
    }
    if nodes.is_empty() {
        return Err(arguments.wrong("of an empty list"));
    }
    let at = arguments.index(1)? % nodes.len();
    nodes.get(at).cloned().ok_or_else(|| arguments.wrong("finds nothing"))
}

fn index(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    let value = arguments.need(1)?;
    for (at, node) in nodes.iter().enumerate() {
        match equal(node, value) {
            #[expect(clippy::cast_precision_loss, reason = "bounded")]
            Ok(true) => return Ok(arguments.node(Value::Number(at as f64))),
            Ok(false) => {}
            Err(id) => return Ok(arguments.hole(id)),
        }
    }
    Err(arguments.wrong("does not find the value"))
}

fn contains(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    let value = arguments.need(1)?;
    let mut unknown = None;
    for node in nodes {
        match equal(node, value) {
            Ok(true) => return Ok(arguments.node(Value::Bool(true))),
            Ok(false) => {}
            Err(id) => unknown = Some(id),
        }
    }
    Ok(match unknown {
        Some(id) => arguments.hole(id),
        None => arguments.node(Value::Bool(false)),
    })
}

fn coalesce(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    for node in arguments.list {
        let is_empty = node.is_null() || node.as_str() == Some("");
        if !is_empty {
            return Ok(node.clone());
        }
    }
    Err(arguments.wrong("finds nothing that is not empty"))
}

fn coalesce_list(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    for at in 0..arguments.list.len() {
        if !elements!(arguments, at).is_empty() {
            return Ok(arguments.need(at)?.clone());
        }
    }
    Err(arguments.wrong("finds no list that is not empty"))
}

fn compact(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0).iter();
    let kept = nodes.filter(|node| !node.is_null() && node.as_str() != Some(""));
    list(arguments, kept.cloned().collect())
}

fn one(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    match elements!(arguments, 0) {
        [] => Ok(arguments.node(Value::Null)),
        [only] => Ok(only.clone()),
        _ => Err(arguments.wrong("takes at most one element")),
    }
}

fn slice(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    let (start, end) = (arguments.index(1)?, arguments.index(2)?);
    match nodes.get(start..end) {
        Some(part) => list(arguments, part.to_vec()),
        None => Err(arguments.wrong("goes beyond the list")),
    }
}

fn reversed(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    list(arguments, elements!(arguments, 0).iter().rev().cloned().collect())
}

fn zipmap(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let keys = elements!(arguments, 0);
    let values = elements!(arguments, 1);
    let mut out = BTreeMap::new();
    for (key, value) in keys.iter().zip(values) {
        let key = key.as_text().ok_or_else(|| arguments.wrong("takes keys that are strings"))?;
        out.insert(key, value.clone());
    }
    Ok(arguments.node(Value::Map(out.into())))
}

fn chunks(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let size = arguments.index(1)?.max(1);
    let chunk = |part: &[Node]| arguments.node(Value::List(part.to_vec().into()));
    list(arguments, elements!(arguments, 0).chunks(size).map(chunk).collect())
}

fn match_keys(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let values = elements!(arguments, 0);
    let keys = elements!(arguments, 1);
    let wanted = elements!(arguments, 2);
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let is_wanted = |key: &Node| wanted.iter().any(|one| equal(one, key) == Ok(true));
    let kept = values.iter().zip(keys).filter(|(_, key)| is_wanted(key));
    list(arguments, kept.map(|(value, _)| value.clone()).collect())
}

fn all_or_any(arguments: &Arguments<'_>, all: bool) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    if nodes.iter().any(|node| node.as_bool() == Some(!all)) {
        return Ok(arguments.node(Value::Bool(!all)));
    }
    Ok(arguments.unknown().unwrap_or_else(|| arguments.node(Value::Bool(all))))
}

fn transpose(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let mut out: BTreeMap<Text, Vec<Node>> = BTreeMap::new();
    for (key, values) in arguments.need(0)?.entries() {
        for value in values.elements() {
            let value = value.as_text().ok_or_else(|| arguments.wrong("takes lists of strings"))?;
            out.entry(value).or_default().push(arguments.node(Value::Text(key.clone())));
        }
    }
    let entries =
        out.into_iter().map(|(key, nodes)| (key, arguments.node(Value::List(nodes.into()))));
    Ok(arguments.node(Value::Map(entries.collect::<BTreeMap<_, _>>().into())))
}

fn sort(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut nodes = elements!(arguments, 0).to_vec();
    if nodes.iter().all(|node| node.as_str().is_some()) {
        nodes.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    }
    list(arguments, nodes)
}
