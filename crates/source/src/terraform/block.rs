//! The body of a block as a value: arguments, nested blocks as lists, `dynamic` blocks expanded.

use std::collections::BTreeMap;

use template::{Node, Place, Text, Value};

use super::lower::Name;
use super::syntax::{Block, Body};
use super::world::{Scope, World};

/// Blocks that say how a resource is made and not what it is.
const NOT_ARGUMENTS: [&str; 4] = ["lifecycle", "provisioner", "connection", "timeouts"];

impl World<'_> {
    /// Everything written in a body, but for the arguments in `without`.
    pub(crate) fn body(
        &mut self,
        body: &Body,
        place: Place,
        scope: &mut Scope,
        without: &[&str],
    ) -> Node {
        let mut map: BTreeMap<Text, Node> = BTreeMap::new();
        for (name, expr) in &body.attributes {
            if !without.contains(&&**name) {
                let node = self.value_or_hole(expr, scope);
                map.insert(Text::literal(name), node);
            }
        }
        let mut lists: BTreeMap<Name, Vec<Node>> = BTreeMap::new();
        for block in &body.blocks {
            if NOT_ARGUMENTS.contains(&&*block.kind) {
                continue;
            }
            if &*block.kind == "dynamic" {
                let name = block.labels.first().cloned().unwrap_or_else(|| "".into());
                let nodes = self.dynamic(&name, block, scope);
                lists.entry(name).or_default().extend(nodes);
            } else {
                let node = self.body(&block.body, block.extent, scope, &[]);
                lists.entry(block.kind.clone()).or_default().push(node);
            }
        }
        for (name, nodes) in lists {
            let start = nodes.first().map_or(place, |node| node.place);
            map.insert(Text::literal(&name), Node::list(nodes, start));
        }
        Node::map(map, place)
    }

    fn dynamic(&mut self, name: &Name, block: &Block, scope: &mut Scope) -> Vec<Node> {
        let Some(each) = block.body.attribute("for_each") else { return Vec::new() };
        let Some(content) = block.body.blocks("content").next() else { return Vec::new() };
        let iterator = match block.body.attribute("iterator") {
            Some(expr) => super::instance::written(expr).into(),
            None => name.clone(),
        };
        let collection = self.value_or_hole(each, scope);
        let pairs: Vec<(Node, Node)> = match &collection.value {
            Value::List(nodes) => nodes
                .iter()
                .enumerate()
                .map(|(at, node)| {
                    #[expect(clippy::cast_precision_loss, reason = "an index")]
                    let index = Node::new(Value::Number(at as f64), node.place);
                    (index, node.clone())
                })
                .collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|(key, node)| (Node::new(Value::Text(key.clone()), node.place), node.clone()))
                .collect(),
            Value::Null => Vec::new(),
            _ => return vec![self.hole("the number of blocks is not known", each.place)],
        };
        let mut nodes = Vec::new();
        for (key, value) in pairs {
            let pair = [(Text::literal("key"), key), (Text::literal("value"), value)];
            let it = Node::map(BTreeMap::from(pair), each.place);
            scope.names.push((iterator.clone(), it));
            nodes.push(self.body(&content.body, content.extent, scope, &[]));
            scope.names.pop();
        }
        nodes
    }
}
