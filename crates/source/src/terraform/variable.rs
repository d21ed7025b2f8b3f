//! Variables, locals and outputs.

use template::{Node, Place, Text, Value};

use super::Fault;
use super::instance::Each;
use super::lower::Name;
use super::syntax::{Expr, Kind};
use super::world::{Key, Scope, World};

impl World<'_> {
    /// `var.NAME`
    pub(crate) fn variable(
        &mut self,
        module: usize,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        let key = Key::Variable(module, name.clone());
        self.once(key, place, |world| world.variable_once(module, name, place))
            .map(|node| node.at(place))
    }

    fn variable_once(&mut self, module: usize, name: &Name, place: Place) -> Result<Node, Fault> {
        let Some(called) = self.modules.get(module) else {
            return Err(Fault::new(place, "there is no such module"));
        };
        let source = called.module.clone();
        let Some(block) = source.variables.get(name) else {
            return Err(Fault::new(place, format!("there is no variable `{name}` in this module")));
        };
        let given = match &called.by {
            None => called.values.get(&**name).cloned(),
            Some((parent, call, each)) => {
                let (parent, call, each) = (*parent, call.clone(), each.clone());
                match call.body.attribute(name) {
                    Some(expr) => {
                        let mut scope = Scope { each, ..self.scope(parent) };
                        Some(self.evaluate(expr, &mut scope)?)
                    }
                    None => None,
                }
            }
        };
        let nullable = block.body.attribute("nullable").is_none_or(
            |expr| !matches!(&expr.kind, Kind::Literal(node) if node.as_bool() == Some(false)),
        );
        let given = given.filter(|node| nullable || !node.is_null());
        let value = match (given, block.body.attribute("default")) {
            (Some(node), _) => node,
            (None, Some(default)) => {
                let mut scope = self.scope(module);
                self.evaluate(default, &mut scope)?
            }
            (None, None) => {
                let prefix = self.modules.get(module).map(|called| called.prefix.clone());
                let resource = format!("{}var", prefix.as_deref().unwrap_or_default());
                let id = self.graph.holes.attribute(&resource, name);
                Node::new(Value::Hole(id), place)
            }
        };
        match block.body.attribute("type") {
            Some(kind) => Ok(self.converted(value, kind, module)),
            None => Ok(value),
        }
    }

    /// `local.NAME`
    pub(crate) fn local(
        &mut self,
        module: usize,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        let Some(called) = self.modules.get(module) else {
            return Err(Fault::new(place, "there is no such module"));
        };
        let source = called.module.clone();
        let Some(expr) = source.locals.get(name) else {
            return Err(Fault::new(
                place,
                format!("there is no local value `{name}` in this module"),
            ));
        };
        let mut scope = self.scope(module);
        let key = Key::Local(module, name.clone());
        self.once(key, place, |world| world.evaluate(expr, &mut scope)).map(|node| node.at(place))
    }

    /// An output of a module.
    pub(crate) fn output(
        &mut self,
        module: usize,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        let Some(called) = self.modules.get(module) else {
            return Err(Fault::new(place, "there is no such module"));
        };
        let source = called.module.clone();
        let Some(expr) = source.outputs.get(name).and_then(|block| block.body.attribute("value"))
        else {
            return Err(Fault::new(place, format!("the module has no output `{name}`")));
        };
        let mut scope = self.scope(module);
        let key = Key::Output(module, name.clone());
        self.once(key, place, |world| world.evaluate(expr, &mut scope)).map(|node| node.at(place))
    }

    /// `module.NAME`: one, a list of them or a map.
    pub(crate) fn module(
        &mut self,
        module: usize,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        let Some(called) = self.modules.get(module) else {
            return Err(Fault::new(place, "there is no such module"));
        };
        let Some(block) = called.module.calls.get(name).cloned() else {
            return Err(Fault::new(place, format!("there is no module `{name}` here")));
        };
        let calls = self.calls(module, name);
        if self.unseen.contains(&(module, name.clone())) {
            return Ok(self.hole(&format!("the module `{name}` is not seen"), place));
        }
        let whole = |world: &Self, at: usize| {
            let prefix = world.modules.get(at).map(|called| called.prefix.clone());
            let address = prefix.as_deref().unwrap_or_default().trim_end_matches('.').into();
            Node::new(Value::Instance(address), place)
        };
        if block.body.attribute("count").is_some() {
            return Ok(Node::list(calls.iter().map(|(_, at)| whole(self, *at)).collect(), place));
        }
        if block.body.attribute("for_each").is_some() {
            let pairs = calls.iter().filter_map(|(each, at)| match each {
                Each::Key(key, _) => Some((key.as_text()?, whole(self, *at))),
                _ => None,
            });
            return Ok(Node::map(pairs.collect(), place));
        }
        match calls.first() {
            Some((_, at)) => Ok(whole(self, *at)),
            None => Ok(self.hole(&format!("the module `{name}` is not seen"), place)),
        }
    }

    /// The module with this address.
    pub(crate) fn module_at(&self, address: &str) -> Option<usize> {
        if !address.starts_with("module.") {
            return None;
        }
        self.modules
            .iter()
            .position(|called| called.prefix.strip_suffix('.').is_some_and(|path| path == address))
    }

    /// A value as a variable of this type has it: defaults of `optional(…)` filled in, simple types converted.
    fn converted(&mut self, node: Node, kind: &Expr, module: usize) -> Node {
        match &kind.kind {
            Kind::Variable(name) => simple(node, name),
            Kind::Call(call) => {
                let inner = call.arguments.first();
                match (&*call.name, inner) {
                    ("optional", Some(inner)) => self.converted(node, inner, module),
                    ("list" | "set", Some(inner)) => {
                        let Value::List(nodes) = &node.value else { return node };
                        let nodes: Vec<Node> = nodes
                            .iter()
                            .map(|node| self.converted(node.clone(), inner, module))
                            .collect();
                        Node { value: Value::List(nodes.into()), ..node }
                    }
                    ("map", Some(inner)) => {
                        let Value::Map(entries) = &node.value else { return node };
                        let entries: std::collections::BTreeMap<Text, Node> = entries
                            .iter()
                            .map(|(key, node)| {
                                (key.clone(), self.converted(node.clone(), inner, module))
                            })
                            .collect();
                        Node { value: Value::Map(entries.into()), ..node }
                    }
                    ("object", Some(inner)) => self.object(node, inner, module),
                    _ => node,
                }
            }
            _ => node,
        }
    }

    fn object(&mut self, node: Node, fields: &Expr, module: usize) -> Node {
        let (Value::Map(entries), Kind::Object(fields)) = (&node.value, &fields.kind) else {
            return node;
        };
        let mut entries = (**entries).clone();
        for (name, kind) in fields {
            let Kind::Literal(name) = &name.kind else { continue };
            let Some(name) = name.as_text() else { continue };
            let present = entries.get(&name).filter(|node| !node.is_null()).cloned();
            let value = match (present, &kind.kind) {
                (Some(node), _) => self.converted(node, kind, module),
                (None, Kind::Call(call)) if &*call.name == "optional" => {
                    match call.arguments.get(1) {
                        Some(default) => {
                            let mut scope = self.scope(module);
                            let value = self.value_or_hole(default, &mut scope);
                            self.converted(value, kind, module)
                        }
                        None => Node::new(Value::Null, node.place),
                    }
                }
                (None, _) => continue,
            };
            entries.insert(name, value);
        }
        Node { value: Value::Map(entries.into()), ..node }
    }
}

fn simple(node: Node, kind: &str) -> Node {
    let value = match (kind, &node.value) {
        ("string", Value::Number(_) | Value::Bool(_)) => node.as_text().map(Value::Text),
        ("number", Value::Text(_)) => node.as_number().map(Value::Number),
        ("bool", Value::Text(_)) => node.as_bool().map(Value::Bool),
        _ => None,
    };
    match value {
        Some(value) => Node { value, ..node },
        None => node,
    }
}
