//! Expressions to values.

use std::collections::BTreeMap;
use std::sync::Arc;

use template::{Node, Place, Text, Value};

use super::instance::Each;
use super::lower::Name;
use super::syntax::{Expr, For, Kind, Step};
use super::world::{Scope, World};
use super::{Fault, MAX_DEPTH, MAX_ELEMENTS, MAX_STEPS};

impl World<'_> {
    /// The value of an expression; it stands where the expression does.
    pub(crate) fn evaluate(&mut self, expr: &Expr, scope: &mut Scope) -> Result<Node, Fault> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Fault::new(expr.place, "there is more to evaluate than what is evaluated"));
        }
        if self.depth >= MAX_DEPTH {
            let message = format!("expressions refer to each other more than {MAX_DEPTH} deep");
            return Err(Fault::new(expr.place, message));
        }
        self.depth += 1;
        let result = self.evaluate_kind(expr, scope);
        self.depth -= 1;
        result
    }

    fn evaluate_kind(&mut self, expr: &Expr, scope: &mut Scope) -> Result<Node, Fault> {
        let place = expr.place;
        match &expr.kind {
            Kind::Literal(node) => Ok(node.clone()),
            Kind::Template(parts) => self.interpolate(parts, scope, place),
            Kind::List(elements) => {
                let nodes: Result<Vec<Node>, Fault> =
                    elements.iter().map(|element| self.evaluate(element, scope)).collect();
                Ok(Node::list(nodes?, place))
            }
            Kind::Object(entries) => self.evaluate_object(entries, scope, place),
            Kind::Variable(name) => match named(scope, name) {
                Some(node) => Ok(node.clone().at(place)),
                None => Err(Fault::new(place, format!("`{name}` is not a value"))),
            },
            Kind::Attribute(inner, name) => self.get_attribute(inner, name, scope, place),
            Kind::Index(inner, index) => {
                let (inner, index) = (self.evaluate(inner, scope)?, self.evaluate(index, scope)?);
                self.index(&inner, &index, place)
            }
            Kind::Splat(inner, steps) => {
                let inner = self.evaluate(inner, scope)?;
                self.splat(&inner, steps, scope, place)
            }
            Kind::Conditional(three) => self.conditional(three, scope, place),
            Kind::Call(call) => self.call(call, scope, place),
            Kind::Not(inner) => {
                let node = self.evaluate(inner, scope)?;
                match (node.as_bool(), node.as_hole()) {
                    (Some(value), _) => Ok(Node::new(Value::Bool(!value), place)),
                    (None, Some(id)) => Ok(Node::new(Value::Hole(id), place)),
                    _ => Err(Fault::new(place, "`!` takes true or false")),
                }
            }
            Kind::Negative(inner) => {
                let node = self.evaluate(inner, scope)?;
                match (node.as_number(), node.as_hole()) {
                    (Some(number), _) => Ok(Node::new(Value::Number(-number), place)),
                    (None, Some(id)) => Ok(Node::new(Value::Hole(id), place)),
                    _ => Err(Fault::new(place, "`-` takes a number")),
                }
            }
            Kind::Binary(operator, two) => self.binary(*operator, two, scope, place),
            Kind::For(each) => self.each(each, scope, place),
            Kind::Broken(message) => Err(Fault::new(place, format!("not HCL: {message}"))),
        }
    }

    fn evaluate_object(
        &mut self,
        entries: &[(Expr, Expr)],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            let key = self.evaluate(key, scope)?;
            let Some(key) = key.as_text() else {
                return Err(Fault::new(key.place, "a key must be a string"));
            };
            let value = self.evaluate(value, scope)?;
            map.insert(key, value);
        }
        Ok(Node::map(map, place))
    }

    fn get_attribute(
        &mut self,
        inner: &Expr,
        name: &Name,
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        match &inner.kind {
            Kind::Variable(root) if named(scope, root).is_none() => {
                return self.reference(root, name, scope, place);
            }
            Kind::Attribute(root, kind) if matches!(&root.kind, Kind::Variable(r) if &**r == "data") =>
            {
                let key = format!("data.{kind}.{name}");
                return self.resource(scope.module, &key, place);
            }
            // `resource.aws_iam_role.x` is a long way to write `aws_iam_role.x`.
            Kind::Attribute(root, kind) if matches!(&root.kind, Kind::Variable(r) if &**r == "resource") =>
            {
                return self.resource(scope.module, &format!("{kind}.{name}"), place);
            }
            _ => {}
        }
        let node = self.evaluate(inner, scope)?;
        self.attribute_in(&node, name, place)
    }

    /// What the first two words of a reference stand for.
    fn reference(
        &mut self,
        root: &str,
        name: &Name,
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let known = match (root, &**name, &scope.each) {
            ("var", ..) => return self.variable(scope.module, name, place),
            ("local", ..) => return self.local(scope.module, name, place),
            ("module", ..) => return self.module(scope.module, name, place),
            ("each", "key", Each::Key(key, _)) => Some(key.clone()),
            ("each", "value", Each::Key(_, value)) => Some(value.clone()),
            ("count", "index", Each::Count(index)) => Some(index.clone()),
            ("each" | "count", ..) => None,
            ("path", "module", _) => {
                let folder = self.modules.get(scope.module).map(|m| m.module.folder.clone());
                let folder = folder.filter(|folder| !folder.is_empty());
                Some(Node::text(&folder.unwrap_or_else(|| ".".to_owned()), place))
            }
            ("path", "root", _) => {
                let folder = self.modules.first().map(|m| m.module.folder.clone());
                let folder = folder.filter(|folder| !folder.is_empty());
                Some(Node::text(&folder.unwrap_or_else(|| ".".to_owned()), place))
            }
            ("path" | "terraform", ..) => {
                return Ok(
                    self.hole(&format!("`{root}.{name}` depends on where it is applied"), place)
                );
            }
            ("self", ..) => match scope.own.clone() {
                Some(own) => return self.attribute(&own, name, place),
                None => None,
            },
            (kind, ..) => {
                return self.resource(scope.module, &format!("{kind}.{name}"), place);
            }
        };
        match known {
            Some(node) => Ok(node.at(place)),
            None => Err(Fault::new(place, format!("`{root}.{name}` means nothing here"))),
        }
    }

    /// `node.name`
    fn attribute_in(&mut self, node: &Node, name: &Name, place: Place) -> Result<Node, Fault> {
        match &node.value {
            Value::Instance(address) => {
                let address = address.clone();
                self.attribute(&address, name, place)
            }
            Value::Map(entries) => match entries.get(&Text::literal(name)) {
                Some(node) => Ok(node.clone().at(place)),
                None => match node.via {
                    Some(id) => Ok(self.part_of(id, name, place)),
                    None => Err(Fault::new(place, format!("there is no `{name}` in it"))),
                },
            },
            Value::Hole(id) => Ok(self.part_of(*id, name, place)),
            // `list.0.name` is old; `block.name` of a nested block that Terraform knows to be single.
            Value::List(nodes) => match nodes.as_slice() {
                [only] => {
                    let only = only.clone();
                    self.attribute_in(&only, name, place)
                }
                _ => Err(Fault::new(place, format!("a list has no `{name}`"))),
            },
            _ => Err(Fault::new(place, format!("it has no `{name}`"))),
        }
    }

    /// A part of what is not known: of an attribute of a resource it keeps the identity.
    fn part_of(&mut self, id: template::HoleId, name: &str, place: Place) -> Node {
        let whole = self.graph.holes.as_attribute(id).map(|(resource, path)| {
            (
                resource.to_owned(),
                if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") },
            )
        });
        match whole {
            Some((resource, path)) => self.computed(&resource, &path, place),
            None => Node::new(Value::Hole(id), place),
        }
    }

    /// What is asked of all instances of a block has no answer if their number is not known.
    pub(crate) fn counted_or_hole(&mut self, node: Node) -> Node {
        let Value::Instance(address) = &node.value else { return node };
        let open = self.instances.get(address).is_some_and(|it| it.is_many && !it.is_certain);
        if open { self.hole("the number of instances is not known", node.place) } else { node }
    }

    pub(crate) fn index(&mut self, node: &Node, index: &Node, place: Place) -> Result<Node, Fault> {
        if let Some(id) = index.as_hole() {
            return Ok(Node::new(Value::Hole(id), place));
        }
        let found = match &node.value {
            Value::List(nodes) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked"
                )]
                let at = index.as_number().filter(|n| *n >= 0.0).map(|n| n as usize);
                at.and_then(|at| nodes.get(at)).cloned()
            }
            Value::Map(entries) => index.as_text().and_then(|key| entries.get(&key)).cloned(),
            // A block whose number of instances is not known has one that stands for all.
            Value::Instance(address) => {
                let uncertain =
                    self.instances.get(address).is_some_and(|it| it.is_many && !it.is_certain);
                uncertain.then(|| node.clone())
            }
            Value::Hole(id) => {
                let shown =
                    index.as_text().map(|text| text.marked().to_owned()).unwrap_or_default();
                return Ok(self.part_of(*id, &shown, place));
            }
            _ => None,
        };
        match found {
            Some(node) => Ok(node.at(place)),
            None => Err(Fault::new(place, "there is no such element")),
        }
    }

    fn splat(
        &mut self,
        node: &Node,
        steps: &[Step],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let sources: Vec<Node> = match &node.value {
            Value::List(nodes) => nodes.to_vec(),
            Value::Null => Vec::new(),
            Value::Hole(id) => {
                let mut hole = Node::new(Value::Hole(*id), place);
                for step in steps {
                    if let (Step::Attribute(name), Some(id)) = (step, hole.as_hole()) {
                        hole = self.part_of(id, name, place);
                    }
                }
                return Ok(hole);
            }
            _ => vec![node.clone()],
        };
        let mut out = Vec::new();
        for mut source in sources {
            for step in steps {
                source = match step {
                    Step::Attribute(name) => self.attribute_in(&source, name, place)?,
                    Step::Index(index) => {
                        let index = self.evaluate(index, scope)?;
                        self.index(&source, &index, place)?
                    }
                };
            }
            out.push(source);
        }
        Ok(Node::list(out, place))
    }

    fn conditional(
        &mut self,
        three: &[Expr; 3],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let [condition, yes, no] = three;
        let decided = self.evaluate(condition, scope)?;
        match (decided.as_bool(), decided.first_hole()) {
            (Some(true), _) => self.evaluate(yes, scope),
            (Some(false), _) => self.evaluate(no, scope),
            (None, Some(id)) => {
                let reason = self.graph.holes.reason(id);
                Ok(self.hole(&format!("a condition decides, and {reason}"), place))
            }
            (None, None) => Err(Fault::new(condition.place, "the condition is not true or false")),
        }
    }

    fn each(&mut self, each: &For, scope: &mut Scope, place: Place) -> Result<Node, Fault> {
        let collection = self.evaluate(&each.collection, scope)?;
        let collection = self.counted_or_hole(collection);
        let Some(pairs) = pairs(&collection) else {
            return match collection.as_hole() {
                Some(id) => Ok(Node::new(Value::Hole(id), place)),
                None => Err(Fault::new(each.collection.place, "`for` needs a list or a map")),
            };
        };
        if pairs.len() > MAX_ELEMENTS {
            return Err(Fault::new(place, format!("more than {MAX_ELEMENTS} elements")));
        }
        let mut list = Vec::new();
        let mut map: BTreeMap<Text, Node> = BTreeMap::new();
        let depth = scope.names.len();
        for (key, value) in pairs {
            if let Some(name) = &each.key {
                scope.names.push((name.clone(), key));
            }
            scope.names.push((each.value.clone(), value));
            let result = self.one_of(each, scope, &mut list, &mut map);
            scope.names.truncate(depth);
            if let Some(unknown) = result? {
                return Ok(unknown.at(place));
            }
        }
        match &each.key_of {
            Some(_) => Ok(Node::map(map, place)),
            None => Ok(Node::list(list, place)),
        }
    }

    /// One round of a `for`; a hole if it is not known whether the element belongs to the result.
    fn one_of(
        &mut self,
        each: &For,
        scope: &mut Scope,
        list: &mut Vec<Node>,
        map: &mut BTreeMap<Text, Node>,
    ) -> Result<Option<Node>, Fault> {
        if let Some(condition) = &each.condition {
            let node = self.evaluate(condition, scope)?;
            match (node.as_bool(), node.first_hole()) {
                (Some(true), _) => {}
                (Some(false), _) => return Ok(None),
                (None, Some(id)) => return Ok(Some(Node::new(Value::Hole(id), condition.place))),
                (None, None) => {
                    return Err(Fault::new(condition.place, "`if` needs true or false"));
                }
            }
        }
        let value = self.evaluate(&each.value_of, scope)?;
        let Some(key_of) = &each.key_of else {
            list.push(value);
            return Ok(None);
        };
        let key = self.evaluate(key_of, scope)?;
        let Some(key) = key.as_text() else {
            return Err(Fault::new(key_of.place, "a key must be a string"));
        };
        if each.grouping {
            let place = value.place;
            let mut group = map.get(&key).map(|node| node.elements().to_vec()).unwrap_or_default();
            group.push(value);
            map.insert(key, Node::list(group, place));
        } else {
            map.insert(key, value);
        }
        Ok(None)
    }
}

fn named<'s>(scope: &'s Scope, name: &str) -> Option<&'s Node> {
    scope.names.iter().rev().find(|(known, _)| &**known == name).map(|(_, node)| node)
}

/// Keys and values of a collection.
pub(crate) fn pairs(node: &Node) -> Option<Vec<(Node, Node)>> {
    match &node.value {
        Value::List(nodes) => {
            #[expect(clippy::cast_precision_loss, reason = "an index")]
            let index = |at: usize, node: &Node| Node::new(Value::Number(at as f64), node.place);
            Some(
                nodes
                    .iter()
                    .enumerate()
                    .map(|(at, node)| (index(at, node), node.clone()))
                    .collect(),
            )
        }
        Value::Map(entries) => {
            let key = |key: &Text, node: &Node| Node::new(Value::Text(key.clone()), node.place);
            Some(entries.iter().map(|(name, node)| (key(name, node), node.clone())).collect())
        }
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

/// For callers that hold names as they come from text.
pub(crate) fn name(text: &str) -> Name {
    Arc::from(text)
}
