//! What a plan does not know, filled in from the configuration beside it.

use std::collections::BTreeMap;

use template::{Node, Place, Value};

use super::references;
use crate::graph::Graph;

/// Fills in what a plan does not know.
pub(super) struct Fill<'g> {
    pub(super) graph: &'g mut Graph,
    pub(super) address: &'g str,
    pub(super) module: &'g str,
}

impl Fill<'_> {
    pub(super) fn node(
        &mut self,
        after: &Node,
        unknown: Option<&Node>,
        written: Option<&Node>,
        path: &str,
        place: Place,
    ) -> Node {
        if unknown.and_then(Node::as_bool) == Some(true) {
            return self.hole(written, path, place);
        }
        let inner = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match &after.value {
            Value::Map(entries) => {
                let mut out = BTreeMap::new();
                for (key, value) in entries.iter() {
                    let name = key.known().unwrap_or_default();
                    let (unknown, written) = (
                        unknown.and_then(|node| node.get(name)),
                        written.and_then(|node| node.get(name)),
                    );
                    out.insert(
                        key.clone(),
                        self.node(value, unknown, written, &inner(name), value.place),
                    );
                }
                for (key, value) in unknown.into_iter().flat_map(Node::entries) {
                    let name = key.known().unwrap_or_default();
                    let written = written.and_then(|node| node.get(name));
                    let is_there = out.get(key).is_some_and(|node| !node.is_null());
                    if !is_there && value.as_bool() == Some(true) {
                        out.insert(key.clone(), self.hole(written, &inner(name), place));
                    }
                }
                Node { value: Value::Map(out.into()), ..after.clone() }
            }
            Value::List(nodes) => {
                let nodes: Vec<Node> = nodes
                    .iter()
                    .enumerate()
                    .map(|(at, value)| {
                        let unknown = unknown.and_then(|node| node.elements().get(at));
                        // The only element of a list has what the list refers to.
                        let only = written
                            .filter(|node| nodes.len() == 1 && node.get("references").is_some());
                        let written =
                            only.or_else(|| written.and_then(|node| node.elements().get(at)));
                        self.node(value, unknown, written, path, value.place)
                    })
                    .collect();
                Node { value: Value::List(nodes.into()), ..after.clone() }
            }
            // The provider shows the hash of user data in place of the text; the configuration has the text.
            Value::Text(_) if path == "user_data" => {
                let text = written.and_then(|node| node.get("constant_value"));
                text.unwrap_or(after).clone()
            }
            // What refers to a single attribute keeps that identity, also if its value is known.
            Value::Text(_) => {
                let via = written.filter(|_| is_whole(path));
                let via = via.and_then(|node| self.only_reference(node, path));
                Node { via, ..after.clone() }
            }
            _ => after.clone(),
        }
    }

    fn hole(&mut self, written: Option<&Node>, path: &str, place: Place) -> Node {
        let whole = written.filter(|_| is_whole(path));
        if let Some(id) = whole.and_then(|node| self.only_reference(node, path)) {
            return Node { via: Some(id), ..Node::new(Value::Hole(id), place) };
        }
        let mut found = Vec::new();
        if let Some(written) = written {
            references(written, &mut found, 0);
        }
        let id = match found.first() {
            None => self.graph.holes.attribute(self.address, path),
            Some(first) => {
                let because = format!("it depends on `{first}`, which is known only after apply");
                self.graph.holes.unknown(&because)
            }
        };
        Node::new(Value::Hole(id), place)
    }

    /// The attribute that an expression is, if it is one and nothing else. A plan lists `a.b.c` and then `a.b`.
    fn only_reference(&mut self, written: &Node, path: &str) -> Option<template::HoleId> {
        let list = written.get("references")?.elements();
        let first = list.first()?.as_str()?;
        let rest = list.iter().skip(1).filter_map(Node::as_str);
        if rest.into_iter().any(|other| !first.starts_with(other)) {
            return None;
        }
        let (resource, attribute) = of_resource(first)?;
        let is_attribute = !resource.starts_with("module.");
        // `policy = jsonencode({ … x.arn … })` lists `x.arn` alone, too.
        if path.ends_with("policy") && !matches!(attribute, "json" | "policy") {
            return None;
        }
        let root = resource.split('.').next().unwrap_or_default();
        if !is_attribute || matches!(root, "var" | "local" | "each" | "count" | "path") {
            return None;
        }
        let address = format!("{}{resource}", self.module);
        Some(self.graph.holes.attribute(&address, attribute))
    }
}

/// A reference as a resource's address and what is in it: `aws_iam_role.a["x.y"]` and `inline_policy[0].name`.
fn of_resource(reference: &str) -> Option<(&str, &str)> {
    let mut dots = if reference.starts_with("data.") { 3 } else { 2 };
    let mut depth = 0_u32;
    for (at, character) in reference.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => dots -= 1,
            _ => {}
        }
        if dots == 0 {
            return Some((reference.get(..at)?, reference.get(at + 1..)?));
        }
    }
    None
}

/// A plan lists the references of a template around an attribute as those of the attribute itself. In arguments
/// that take a name, an ARN or a document as a whole, nobody writes templates; patterns are another matter.
fn is_whole(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    matches!(
        name,
        "role"
            | "role_arn"
            | "roles"
            | "pass_roles"
            | "user"
            | "group"
            | "policy"
            | "policy_arn"
            | "bucket"
            | "name"
            | "assume_role_policy"
            | "iam_instance_profile"
            | "instance_profile"
            | "arn"
            | "id"
            | "kms_key_id"
            | "kms_master_key_id"
            | "instance_profile_arn"
            | "instance_profile_id"
            | "iam_role_arn"
            | "policy_id"
            | "credentials_id"
            | "cluster_id"
            | "group_id"
            | "user_id"
            | "service_principal_id"
            | "external_id"
            | "credential_name"
            | "permissions_boundary"
    )
}
