//! All modules of one reading, and what has been evaluated of them so far.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use template::{Node, Place, Text, Value};

use super::instance::{Each, Instance, written};
use super::lower::Name;
use super::module::Module;
use super::syntax::{Block, Expr, Kind};
use super::{Fault, MAX_MODULES, lower};
use crate::files::{Folder, join};
use crate::graph::{Graph, Import, Notice};

/// A module as it is called: with its path and its arguments.
pub(crate) struct Called {
    pub(crate) module: Rc<Module>,
    /// `module.a[0].`, with a dot at its end; empty for the root.
    pub(crate) prefix: Name,
    /// The same without keys of instances.
    pub(crate) block_prefix: Name,
    /// Who calls it; `None` for the root.
    pub(crate) by: Option<(usize, Rc<Block>, Each)>,
    /// Of the root: what `.tfvars` files and the command line say.
    pub(crate) values: BTreeMap<String, Node>,
    pub(crate) is_certain: bool,
}

/// The instances of a call: what `each` is in each, and its number among all modules.
pub(crate) type Calls = Rc<Vec<(Each, usize)>>;

/// What is evaluated once and kept, by module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Variable(usize, Name),
    Local(usize, Name),
    Output(usize, Name),
    Attribute(Name, Name),
}

pub(crate) struct World<'g> {
    pub(crate) graph: &'g mut Graph,
    pub(crate) files: &'g dyn Folder,
    pub(crate) modules: Vec<Called>,
    /// `None` while a value is being worked out, so that one that needs itself is found.
    pub(crate) known: HashMap<Key, Option<Result<Node, Fault>>>,
    pub(crate) instances: HashMap<Name, Rc<Instance>>,
    pub(crate) expansions: HashMap<(usize, Name), Rc<Vec<Rc<Instance>>>>,
    pub(crate) called: HashMap<(usize, Name), Calls>,
    /// Calls of modules that are not here.
    pub(crate) unseen: HashSet<(usize, Name)>,
    sources: HashMap<String, Rc<Module>>,
    wired: HashSet<Name>,
    told: HashSet<(Place, String)>,
    pub(crate) depth: usize,
    pub(crate) steps: u64,
}

/// Where an expression is evaluated.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) module: usize,
    pub(crate) each: Each,
    /// Variables of `for` and `dynamic`, the innermost last.
    pub(crate) names: Vec<(Name, Node)>,
    /// The resource that `self` stands for.
    pub(crate) own: Option<Name>,
}

impl<'g> World<'g> {
    pub(crate) fn new(graph: &'g mut Graph, files: &'g dyn Folder) -> Self {
        Self {
            graph,
            files,
            modules: Vec::new(),
            known: HashMap::new(),
            instances: HashMap::new(),
            expansions: HashMap::new(),
            called: HashMap::new(),
            unseen: HashSet::new(),
            sources: HashMap::new(),
            wired: HashSet::new(),
            told: HashSet::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// Reads a root module and every module that it calls, and adds their resources to the graph.
    pub(crate) fn read_root(
        &mut self,
        folder: &str,
        names: &[String],
        variables: &BTreeMap<String, Node>,
    ) {
        let module = Rc::new(Module::read(self.graph, self.files, folder, names));
        let mut values = self.tfvars(folder);
        values.extend(variables.iter().map(|(name, node)| (name.clone(), node.clone())));
        self.modules.push(Called {
            module,
            prefix: "".into(),
            block_prefix: "".into(),
            by: None,
            values,
            is_certain: true,
        });
        let mut next = 0;
        while next < self.modules.len() {
            self.finish_module(next);
            next += 1;
        }
    }

    /// The value of an expression that refers to nothing.
    pub(crate) fn constant(&mut self, expr: &Expr) -> Node {
        self.modules.clear();
        self.modules.push(Called {
            module: Rc::new(Module::default()),
            prefix: "".into(),
            block_prefix: "".into(),
            by: None,
            values: BTreeMap::new(),
            is_certain: true,
        });
        let mut scope = self.scope(0);
        self.value_or_hole(expr, &mut scope)
    }

    pub(crate) fn scope(&self, module: usize) -> Scope {
        Scope { module, each: Each::None, names: Vec::new(), own: None }
    }

    pub(crate) fn hole(&mut self, because: &str, place: Place) -> Node {
        Node::new(Value::Hole(self.graph.holes.unknown(because)), place)
    }

    /// A value, or a hole and a notice that says why there is none.
    pub(crate) fn value_or_hole(&mut self, expr: &Expr, scope: &mut Scope) -> Node {
        match self.evaluate(expr, scope) {
            Ok(node) => node,
            Err(fault) => self.fault_to_hole(fault, expr.place),
        }
    }

    pub(crate) fn fault_to_hole(&mut self, fault: Fault, place: Place) -> Node {
        let node = self.hole(&fault.message, place);
        if self.told.insert((fault.place, fault.message.clone())) {
            self.graph.notices.push(fault.into());
        }
        node
    }

    /// What stands in a text for null, which Terraform refuses there: whoever applies gives it a value. Told once for each
    /// expression, however often it is written.
    pub(crate) fn null_in_text(&mut self, expr: &Expr) -> Node {
        let name = written(expr);
        let name = if name.is_empty() { "this".to_owned() } else { format!("`{name}`") };
        let message = format!("{name} is null, and null cannot be put into a string");
        let node = self.hole(&message, expr.place);
        if self.told.insert((Place::default(), message.clone())) {
            let help = "give it a value: `--var NAME=VALUE`, or `--var-file FILE`".to_owned();
            self.graph
                .notices
                .push(Notice { help: Some(help), ..Notice::note(expr.place, message) });
        }
        node
    }

    /// Works out a value once. One that needs itself is a fault.
    pub(crate) fn once(
        &mut self,
        key: Key,
        place: Place,
        work: impl FnOnce(&mut Self) -> Result<Node, Fault>,
    ) -> Result<Node, Fault> {
        match self.known.get(&key) {
            Some(Some(result)) => return result.clone(),
            Some(None) => return Err(Fault::new(place, "the value depends on itself")),
            None => {}
        }
        self.known.insert(key.clone(), None);
        let result = work(self);
        self.known.insert(key, Some(result.clone()));
        result
    }

    /// What `.tfvars` files of the root folder say, in Terraform's order.
    fn tfvars(&mut self, folder: &str) -> BTreeMap<String, Node> {
        let names = self.files.list(folder);
        let plain = ["terraform.tfvars", "terraform.tfvars.json"];
        let usual = names.iter().filter(|name| plain.contains(&name.as_str()));
        let auto = names
            .iter()
            .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
        let mut values = BTreeMap::new();
        for name in usual.chain(auto) {
            let path = join(folder, name);
            if let Ok(bytes) = self.files.read(&path) {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                super::read_variables(self.graph, &path, text, &mut values);
            }
        }
        values
    }

    /// The instances of the call of module `name` in `module`.
    pub(crate) fn calls(&mut self, module: usize, name: &Name) -> Calls {
        let key = (module, name.clone());
        if let Some(found) = self.called.get(&key) {
            return found.clone();
        }
        let none = Rc::new(Vec::new());
        self.called.insert(key.clone(), none.clone());
        let Some(parent) = self.modules.get(module) else { return none };
        let Some(block) = parent.module.calls.get(name).cloned() else { return none };
        let (prefix, block_prefix) = (parent.prefix.clone(), parent.block_prefix.clone());
        let folder = parent.module.folder.clone();
        let certain = parent.is_certain;
        let Some(source) = self.source_of(&folder, &block) else {
            self.unseen.insert((module, name.clone()));
            return none;
        };
        let expansion = self.expand(module, &block.body);
        let mut found = Vec::new();
        for (suffix, each, is_certain) in expansion {
            if self.modules.len() >= MAX_MODULES {
                let message =
                    format!("more than {MAX_MODULES} calls of modules: the rest is not read");
                self.graph.notices.push(Notice::error(block.header, message));
                break;
            }
            found.push((each.clone(), self.modules.len()));
            self.modules.push(Called {
                module: source.clone(),
                prefix: format!("{prefix}module.{name}{suffix}.").into(),
                block_prefix: format!("{block_prefix}module.{name}.").into(),
                by: Some((module, block.clone(), each)),
                values: BTreeMap::new(),
                is_certain: certain && is_certain,
            });
        }
        let found = Rc::new(found);
        self.called.insert(key, found.clone());
        found
    }

    /// The module that a call names, if its source is a folder here.
    fn source_of(&mut self, folder: &str, block: &Block) -> Option<Rc<Module>> {
        let source = block.body.attribute("source")?;
        let node = self.constant_text(source)?;
        let is_local = node.starts_with("./") || node.starts_with("../");
        let path = join(folder, &node);
        if !is_local || !self.files.is_folder(&path) {
            let message = if is_local {
                format!("there is no folder `{path}`: what the module makes is not seen")
            } else {
                format!("the module comes from `{node}`: what it makes is not seen")
            };
            self.graph.notices.push(Notice::note(source.place, message));
            return None;
        }
        if path.matches('/').count() > 64 {
            return None;
        }
        if let Some(module) = self.sources.get(&path) {
            return Some(module.clone());
        }
        let names: Vec<String> = self
            .files
            .list(&path)
            .into_iter()
            .filter(|name| super::module::is_code(name))
            .collect();
        let module = Rc::new(Module::read(self.graph, self.files, &path, &names));
        self.sources.insert(path, module.clone());
        Some(module)
    }

    fn constant_text(&mut self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            Kind::Literal(node) => node.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// Evaluates everything that a module declares.
    fn finish_module(&mut self, module: usize) {
        let Some(called) = self.modules.get(module) else { return };
        let (source, block_prefix) = (called.module.clone(), called.block_prefix.clone());
        let depth = called.prefix.matches("module.").count();
        if self.wired.insert(block_prefix) {
            self.wire(module);
        }
        if module == 0 {
            for block in &source.providers {
                self.provider(module, block);
            }
            for block in &source.imports {
                self.import(module, block);
            }
        }
        for declared in &source.declared {
            for instance in self.expansion(module, declared).iter() {
                self.finish_instance(&declared.block, instance);
            }
        }
        if depth > 32 {
            return;
        }
        for name in source.calls.keys() {
            self.calls(module, name);
        }
    }

    /// An `import` block: what is there already, by its id.
    fn import(&mut self, module: usize, block: &Block) {
        let Some(to) = block.body.attribute("to").map(written) else { return };
        let Some(id) = block.body.attribute("id") else { return };
        for (_, each, _) in self.expand(module, &block.body) {
            let mut scope = Scope { each, ..self.scope(module) };
            let id = self.value_or_hole(id, &mut scope);
            self.graph.imports.push(Import::new(&to, id));
        }
    }

    /// A file for `file`, `templatefile` and the like, by its path as written in `module`.
    pub(crate) fn file(
        &mut self,
        module: usize,
        path: &str,
        place: Place,
    ) -> Result<String, Fault> {
        let folder = self.modules.get(module).map(|called| called.module.folder.clone());
        // `path.module` is part of the path already if it is there at all.
        let folder =
            folder.filter(|folder| !path.starts_with(folder.as_str()) || folder.is_empty());
        let full = join(folder.as_deref().unwrap_or_default(), path);
        let bytes = self
            .files
            .read(&full)
            .map_err(|error| Fault::new(place, format!("cannot read `{full}`: {error}")))?;
        if bytes.len() > super::MAX_TEXT_BYTES {
            return Err(Fault::new(place, format!("`{full}` is larger than what is read")));
        }
        String::from_utf8(bytes).map_err(|_| Fault::new(place, format!("`{full}` is not UTF-8")))
    }

    /// A text with template sequences, evaluated with `names` only.
    pub(crate) fn render(
        &mut self,
        text: &str,
        names: Vec<(Name, Node)>,
        module: usize,
        place: Place,
    ) -> Result<Node, Fault> {
        let expr = lower::template(text, place);
        let mut scope = Scope { module, each: Each::None, names, own: None };
        let node = self.evaluate(&expr, &mut scope)?;
        Ok(match node.as_text() {
            Some(text) => Node::new(Value::Text(text), place),
            None => node,
        })
    }

    /// An attribute that only the cloud knows.
    pub(crate) fn computed(&mut self, address: &str, name: &str, place: Place) -> Node {
        let id = self.graph.holes.attribute(address, name);
        Node { via: Some(id), ..Node::new(Value::Hole(id), place) }
    }
}

/// A text out of marked parts, if it is not longer than what is made.
pub(crate) fn bounded(marked: String, place: Place) -> Result<Node, Fault> {
    if marked.len() > super::MAX_TEXT_BYTES {
        return Err(Fault::new(place, "the text grows longer than what is made"));
    }
    Ok(Node::new(Value::Text(Text::from_marked(Arc::<str>::from(marked))), place))
}
