//! `count` and `for_each`: from a block to its instances, and their attributes.

use std::rc::Rc;

use template::{Node, Place, Value};

use super::lower::Name;
use super::module::Declared;
use super::syntax::{Block, Body, Expr, Kind};
use super::world::{Key, Scope, World};
use super::{Fault, MAX_INSTANCES, MAX_RESOURCES};
use crate::graph::{Dialect, Lifecycle, Notice, Resource};

/// What `each` and `count` stand for.
#[derive(Debug, Clone)]
pub(crate) enum Each {
    None,
    Count(Node),
    Key(Node, Node),
}

/// One instance of a resource or data source.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) address: Name,
    pub(crate) module: usize,
    pub(crate) declared: Rc<Declared>,
    pub(crate) each: Each,
    /// Whether there is exactly this instance, as far as is known.
    pub(crate) is_certain: bool,
    /// Whether the block has `count` or `for_each`.
    pub(crate) is_many: bool,
}

/// Arguments of every resource, which are not its own.
pub(crate) const META: [&str; 5] = ["count", "for_each", "depends_on", "provider", "providers"];

impl World<'_> {
    /// The instances of a block.
    pub(crate) fn expansion(
        &mut self,
        module: usize,
        declared: &Rc<Declared>,
    ) -> Rc<Vec<Rc<Instance>>> {
        let key = (module, declared.key.clone());
        if let Some(found) = self.expansions.get(&key) {
            return found.clone();
        }
        // A `count` that depends on its own resource finds no instances.
        self.expansions.insert(key.clone(), Rc::default());
        let body = &declared.block.body;
        let is_many = body.attribute("count").or_else(|| body.attribute("for_each")).is_some();
        let mut expanded = self.expand(module, body);
        let left = MAX_RESOURCES.saturating_sub(self.instances.len());
        if expanded.len() > left {
            expanded.truncate(left);
            let message =
                format!("more than {MAX_RESOURCES} instances in all: the rest is not read");
            let place = declared.block.header;
            // Once is enough: nothing more is read from here on.
            if !self.graph.notices.iter().any(|notice| notice.message == message) {
                self.graph.notices.push(Notice::error(place, message));
            }
        }
        let called = self.modules.get(module);
        let prefix = called.map(|called| called.prefix.clone()).unwrap_or_else(|| "".into());
        let certain = called.is_some_and(|called| called.is_certain);
        let instances: Vec<Rc<Instance>> = expanded
            .into_iter()
            .map(|(suffix, each, is_certain)| {
                let address: Name = format!("{prefix}{}{suffix}", declared.key).into();
                let instance = Rc::new(Instance {
                    address: address.clone(),
                    module,
                    declared: declared.clone(),
                    each,
                    is_certain: is_certain && certain,
                    is_many,
                });
                self.instances.insert(address, instance.clone());
                instance
            })
            .collect();
        let instances = Rc::new(instances);
        self.expansions.insert(key, instances.clone());
        instances
    }

    /// What `count` or `for_each` of a body makes: suffix of the address, `each`, and whether that is certain.
    pub(crate) fn expand(&mut self, module: usize, body: &Body) -> Vec<(String, Each, bool)> {
        let mut scope = self.scope(module);
        if let Some(count) = body.attribute("count") {
            let node = self.value_or_hole(count, &mut scope);
            return self.counted(&node, count.place);
        }
        if let Some(each) = body.attribute("for_each") {
            let node = self.value_or_hole(each, &mut scope);
            return self.keyed(&node, each.place);
        }
        vec![(String::new(), Each::None, true)]
    }

    fn counted(&mut self, node: &Node, place: Place) -> Vec<(String, Each, bool)> {
        let Some(count) = node.as_number() else {
            let index = self.hole("the number of instances is not known", place);
            return vec![("[0]".to_owned(), Each::Count(index), false)];
        };
        if count > MAX_INSTANCES as f64 {
            let message = format!("more than {MAX_INSTANCES} instances: only these are looked at");
            let fault = Fault::new(place, message);
            self.fault_to_hole(fault, place);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
        let count = count.clamp(0.0, MAX_INSTANCES as f64) as u32;
        let number = |at: u32| Node::new(Value::Number(f64::from(at)), place);
        (0..count).map(|at| (format!("[{at}]"), Each::Count(number(at)), true)).collect()
    }

    fn keyed(&mut self, node: &Node, place: Place) -> Vec<(String, Each, bool)> {
        let pairs: Vec<(Node, Node)> = match &node.value {
            Value::Map(entries) => entries
                .iter()
                .map(|(key, value)| {
                    (Node::new(Value::Text(key.clone()), value.place), value.clone())
                })
                .collect(),
            Value::List(nodes) => nodes.iter().map(|node| (node.clone(), node.clone())).collect(),
            Value::Null => Vec::new(),
            _ => {
                let key = self.hole("the keys of `for_each` are not known", place);
                return vec![("[*]".to_owned(), Each::Key(key.clone(), key), false)];
            }
        };
        let suffix = |key: &Node| match key.as_str() {
            Some(known) => format!("[\"{known}\"]"),
            None => "[*]".to_owned(),
        };
        let pairs = pairs.into_iter().take(MAX_INSTANCES);
        pairs.map(|(key, value)| (suffix(&key), Each::Key(key, value), true)).collect()
    }

    /// A resource or data source as a whole: one, a list of them, or a map.
    pub(crate) fn resource(
        &mut self,
        module: usize,
        key: &str,
        place: Place,
    ) -> Result<Node, Fault> {
        let found =
            self.modules.get(module).and_then(|called| called.module.declared(key)).cloned();
        let Some(declared) = found else {
            return Err(Fault::new(place, format!("there is no `{key}` in this module")));
        };
        let instances = self.expansion(module, &declared);
        let whole =
            |instance: &Rc<Instance>| Node::new(Value::Instance(instance.address.clone()), place);
        let body = &declared.block.body;
        let uncertain = instances.iter().any(|it| !it.is_certain && it.is_many);
        if body.attribute("count").is_some() && !uncertain {
            return Ok(Node::list(instances.iter().map(whole).collect(), place));
        }
        if body.attribute("for_each").is_some() && !uncertain {
            let pairs = instances.iter().filter_map(|instance| match &instance.each {
                Each::Key(key, _) => Some((key.as_text()?, whole(instance))),
                _ => None,
            });
            return Ok(Node::map(pairs.collect(), place));
        }
        match instances.first() {
            Some(only) => Ok(whole(only)),
            None => Err(Fault::new(place, format!("`{key}` has no instance"))),
        }
    }

    /// An attribute of a resource, data source or module, by address.
    pub(crate) fn attribute(
        &mut self,
        address: &Name,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        if let Some(module) = self.module_at(address) {
            return self.output(module, name, place);
        }
        let Some(instance) = self.instances.get(address).cloned() else {
            return Ok(self.computed(address, name, place));
        };
        let key = Key::Attribute(address.clone(), name.clone());
        let node = self.once(key, place, |world| world.attribute_of(&instance, name, place))?;
        Ok(node.at(place))
    }

    fn attribute_of(
        &mut self,
        instance: &Rc<Instance>,
        name: &Name,
        place: Place,
    ) -> Result<Node, Fault> {
        let body = &instance.declared.block.body;
        let mut scope = Scope {
            module: instance.module,
            each: instance.each.clone(),
            names: Vec::new(),
            own: Some(instance.address.clone()),
        };
        let via = Some(self.graph.holes.attribute(&instance.address, name));
        if let Some(expr) = body.attribute(name) {
            let node = self.evaluate(expr, &mut scope)?;
            if !node.is_null() {
                // What was written may itself be an attribute of something else: that one is the origin.
                let via = node.as_hole().or(node.via).or(via);
                return Ok(Node { via, ..node });
            }
        }
        let has_blocks = body.blocks.iter().any(|block| {
            block.kind == *name || (&*block.kind == "dynamic" && block.labels.first() == Some(name))
        });
        if has_blocks {
            let whole = self.body(body, instance.declared.block.extent, &mut scope, &META);
            if let Some(node) = whole.get(name) {
                // Elements keep where they are from: some of what is in them only the cloud knows.
                let from = |node: &Node| Node { via, ..node.clone() };
                return Ok(Node::list(node.elements().iter().map(from).collect(), place));
            }
        }
        if instance.declared.is_data
            && let Some(node) = self.data(instance, name, &mut scope)?
        {
            return Ok(node.at(place));
        }
        Ok(self.computed(&instance.address, name, place))
    }

    /// Adds an instance to the graph, everything that is written in it evaluated.
    pub(crate) fn finish_instance(&mut self, block: &Block, instance: &Rc<Instance>) {
        let mut scope = Scope {
            module: instance.module,
            each: instance.each.clone(),
            names: Vec::new(),
            own: Some(instance.address.clone()),
        };
        let body = self.body(&block.body, block.extent, &mut scope, &META);
        let prefix = self.modules.get(instance.module).map(|called| called.block_prefix.clone());
        let prefix = prefix.unwrap_or_else(|| "".into());
        let own = || instance.declared.kind.split('_').next().unwrap_or_default().to_owned();
        let provider = block.body.attribute("provider").map_or_else(own, written);
        self.graph.add(Resource {
            address: instance.address.clone(),
            block: format!("{prefix}{}", instance.declared.key).into(),
            kind: instance.declared.kind.clone(),
            is_data: instance.declared.is_data,
            dialect: Dialect::Terraform,
            body,
            place: block.header,
            extent: block.extent,
            is_certain: instance.is_certain,
            lifecycle: lifecycle(block),
            provider: self.provider_of(instance.module, provider),
            change: None,
        });
    }
}

fn lifecycle(block: &Block) -> Lifecycle {
    let mut lifecycle = Lifecycle::default();
    for block in block.body.blocks("lifecycle") {
        for (name, expr) in &block.body.attributes {
            let list = || match &expr.kind {
                Kind::List(elements) => elements.iter().map(written).collect(),
                _ => vec![written(expr)],
            };
            match &**name {
                "create_before_destroy" => {
                    let is_true =
                        matches!(&expr.kind, Kind::Literal(node) if node.as_bool() == Some(true));
                    lifecycle.create_before_destroy = is_true;
                }
                "ignore_changes" => lifecycle.ignore_changes = list(),
                "replace_triggered_by" => lifecycle.replace_triggered_by = list(),
                _ => {}
            }
        }
    }
    lifecycle
}

/// A reference as it is written, such as `aws_iam_role.x.id`.
pub(crate) fn written(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Variable(name) => name.to_string(),
        Kind::Attribute(inner, name) => format!("{}.{name}", written(inner)),
        Kind::Index(inner, index) => format!("{}[{}]", written(inner), written(index)),
        Kind::Literal(node) => {
            node.as_text().map_or(String::new(), |text| text.marked().to_owned())
        }
        _ => String::new(),
    }
}
