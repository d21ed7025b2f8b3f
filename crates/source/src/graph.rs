//! Resources and what they refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use template::{Hole, HoleId, Holes, Node, Place, Text, Value};

use crate::document::Document;
use crate::files::Sources;

/// What a resource was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// `.tf` and `.tf.json`
    Terraform,
    /// `terraform show -json`
    Plan,
    /// A CloudFormation template.
    CloudFormation,
    /// A snapshot of a real account: there to be seen, not to be judged.
    Account,
}

/// A resource, or a data source.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Address, such as `module.data.aws_iam_role.etl["a"]`, or logical id.
    pub address: Arc<str>,
    /// The address without keys of instances: what dependencies are between.
    pub block: Arc<str>,
    /// `aws_iam_role`, `AWS::IAM::Role`
    pub kind: Arc<str>,
    /// Whether it is looked up and not made.
    pub is_data: bool,
    /// What it was read from.
    pub dialect: Dialect,
    /// What is written in it: a map.
    pub body: Node,
    /// Its first line, for messages.
    pub place: Place,
    /// All of it.
    pub extent: Place,
    /// Whether it is made for certain: not if its `count`, `for_each` or condition is unknown.
    pub is_certain: bool,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
    /// The configuration of its provider in the root module, such as `databricks.mws`; `None` where that is not seen.
    pub provider: Option<Arc<str>>,
    /// What a plan does with it.
    pub change: Option<Change>,
}

/// What a plan does with a resource.
#[derive(Debug, Clone)]
pub struct Change {
    /// What it does.
    pub action: Action,
    /// What is there now; null if nothing is.
    pub before: Node,
}

/// What a plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Makes what is not there.
    Create,
    /// Changes what is there.
    Update,
    /// Leaves what is there as it is.
    Leave,
    /// Destroys what is there, and then makes it anew.
    DeleteFirst,
    /// Makes it anew, and then destroys what was there.
    CreateFirst,
}

/// Something that is there already and is taken over: an `import` block.
#[derive(Debug, Clone)]
pub struct Import {
    /// The address that it will have.
    pub address: Arc<str>,
    /// `aws_iam_role`
    pub kind: Arc<str>,
    /// By what it is found.
    pub id: Node,
}

/// What `lifecycle` says.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`
    pub create_before_destroy: bool,
    /// `ignore_changes`
    pub ignore_changes: Vec<String>,
    /// `replace_triggered_by`: references as written.
    pub replace_triggered_by: Vec<String>,
}

/// Something that could not be read or evaluated, or that the reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, in lower case.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
    /// Whether something that was asked for was not read.
    pub is_error: bool,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Graph {
    /// The files.
    pub sources: Sources,
    /// What is not known.
    pub holes: Holes,
    /// Resources and data sources, in the order of files and lines.
    pub resources: Vec<Resource>,
    /// Policy documents on their own.
    pub documents: Vec<Document>,
    /// What is taken over.
    pub imports: Vec<Import>,
    /// Configurations of providers by name or `name.alias`, by the module's path.
    pub providers: BTreeMap<String, Node>,
    /// What could not be read or evaluated.
    pub notices: Vec<Notice>,
    pub(crate) by_address: HashMap<Arc<str>, usize>,
    /// From a block to those that it refers to: resources, locals, variables, outputs alike.
    pub(crate) depends: HashMap<Arc<str>, BTreeSet<Arc<str>>>,
}

impl Notice {
    /// Something that was asked for and could not be read.
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, place, is_error: true }
    }

    /// Something that could not be taken into account.
    #[must_use]
    pub fn note(place: Place, message: impl Into<String>) -> Self {
        Self { is_error: false, ..Self::error(place, message) }
    }
}

impl From<template::Problem> for Notice {
    fn from(problem: template::Problem) -> Self {
        Self { help: problem.help, ..Self::error(problem.place, problem.message) }
    }
}

impl Resource {
    /// An argument by name; by dots into maps, and into the first block of a list.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Node> {
        let mut node = &self.body;
        for name in path.split('.') {
            if let Value::List(nodes) = &node.value {
                node = nodes.first()?;
            }
            node = node.get(name)?;
        }
        Some(node)
    }

    /// An argument as known text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// The blocks of a name, or the elements of a list, or the one map.
    #[must_use]
    pub fn blocks(&self, name: &str) -> &[Node] {
        self.get(name).map(Node::one_or_many).unwrap_or_default()
    }

    /// The resource's name within its module: the last part of its address.
    #[must_use]
    pub fn label(&self) -> &str {
        let block = self.block.rsplit('.').next().unwrap_or_default();
        if block.is_empty() { &self.address } else { block }
    }

    /// The path of its module, such as `module.data`; empty for the root.
    #[must_use]
    pub fn module(&self) -> &str {
        let own = format!("{}{}.", if self.is_data { "data." } else { "" }, self.kind);
        self.address
            .rfind(&own)
            .map_or("", |at| self.address.get(..at).unwrap_or_default().trim_end_matches('.'))
    }
}

impl Graph {
    /// The resource with this address.
    #[must_use]
    pub fn resource(&self, address: &str) -> Option<&Resource> {
        self.resources.get(*self.by_address.get(address)?)
    }

    /// The resources of a kind that are made.
    pub fn of_kind<'g>(&'g self, kind: &str) -> impl Iterator<Item = &'g Resource> + use<'g> {
        let kind = kind.to_owned();
        self.resources.iter().filter(move |resource| *resource.kind == kind && !resource.is_data)
    }

    /// The resource and the attribute that a value was read from as a whole.
    #[must_use]
    pub fn origin(&self, node: &Node) -> Option<(&Resource, &str)> {
        let id = node.as_hole().or(node.via)?;
        self.origin_of(id)
    }

    /// The resource and the attribute that a hole stands for.
    #[must_use]
    pub fn origin_of(&self, id: HoleId) -> Option<(&Resource, &str)> {
        let (address, path) = self.holes.as_attribute(id)?;
        Some((self.resource(address)?, path))
    }

    /// Whether applying `from` waits for `to`; both are blocks.
    #[must_use]
    pub fn waits_for(&self, from: &str, to: &str) -> bool {
        self.reachable(from).contains(to)
    }

    /// Every block that has to be applied before `from`, itself among them.
    #[must_use]
    pub fn reachable(&self, from: &str) -> HashSet<&str> {
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = vec![self.depends.get_key_value(from).map_or("", |(k, _)| k)];
        while let Some(block) = open.pop() {
            if !block.is_empty() && seen.insert(block) {
                open.extend(self.depends.get(block).into_iter().flatten().map(|to| &**to));
            }
        }
        seen
    }

    /// The text with holes shown as `${…}`, for people.
    #[must_use]
    pub fn show(&self, text: &Text) -> String {
        let shown = text.fill(|id| match self.holes.get(id) {
            // As `Fn::Sub` writes what `Ref` gives.
            Some(Hole::Attribute { resource, path }) if path.is_empty() || &**path == "Ref" => {
                format!("${{{resource}}}")
            }
            Some(Hole::Attribute { resource, path }) => format!("${{{resource}.{path}}}"),
            _ => "${…}".to_owned(),
        });
        shown.into_owned()
    }

    /// The value of a node for people, in one line.
    #[must_use]
    pub fn show_node(&self, node: &Node) -> String {
        match node.as_text() {
            Some(text) => self.show(&text),
            None => {
                let mut out = String::new();
                template::write_json(node, &mut out);
                self.show(&Text::from_marked(out))
            }
        }
    }

    pub(crate) fn add(&mut self, resource: Resource) {
        self.by_address.insert(resource.address.clone(), self.resources.len());
        self.resources.push(resource);
    }

    pub(crate) fn depend(&mut self, from: &Arc<str>, to: Arc<str>) {
        self.depends.entry(from.clone()).or_default().insert(to);
    }
}

/// `module.a["x.y"].aws_iam_role.r[0]` without its keys.
pub(crate) fn without_keys(address: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for character in address.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            other if depth == 0 => out.push(other),
            _ => {}
        }
    }
    out
}

impl Import {
    /// With the kind that the address names.
    pub(crate) fn new(address: &str, id: Node) -> Self {
        let plain = without_keys(address);
        let mut parts = plain.split('.').peekable();
        while parts.next_if_eq(&"module").is_some() {
            parts.next();
        }
        let kind = parts.next().unwrap_or_default().into();
        Self { address: address.into(), kind, id }
    }
}
