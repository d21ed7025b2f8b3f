//! Terraform's own language: a folder of `.tf` and `.tf.json` files to resources.
//!
//! | step | file |
//! |---|---|
//! | text to tree | `lower.rs` (HCL), `json.rs`, into `syntax.rs` |
//! | files to a module | `module.rs` |
//! | modules, variables, instances, providers | `world.rs`, `instance.rs`, `block.rs`, `provider.rs` |
//! | expressions to values | `expression.rs`, `operator.rs`, `interpolation.rs`, `function.rs` |
//! | data sources that are computed here | `policy_document.rs`, `databricks.rs` |
//! | what waits for what | `dependency.rs` |
//!
//! Nothing is guessed. A value that depends on what is not known is a hole; what cannot be evaluated is a hole
//! and a notice.

mod block;
pub(crate) mod databricks;
mod dependency;
mod expression;
mod function;
mod instance;
mod interpolation;
mod json;
mod lower;
mod module;
mod nesting;
mod operator;
mod policy_document;
mod provider;
mod syntax;
mod variable;
mod world;

use std::collections::BTreeMap;

use template::{FileId, Node, Place};

use crate::files::Folder;
use crate::graph::{Graph, Notice};

pub(crate) use policy_document::{policy_document, write_policy};

/// The deepest that evaluation goes, counted in expressions within expressions, across references.
pub const MAX_DEPTH: usize = 200;
/// The most expressions that are evaluated in one reading.
pub const MAX_STEPS: u64 = 40_000_000;
/// The most instances that one `count` or `for_each` makes.
pub const MAX_INSTANCES: usize = 10_000;
/// The most instances of all blocks together.
pub const MAX_RESOURCES: usize = 100_000;
/// The most calls of modules that are followed.
pub const MAX_MODULES: usize = 1_000;
/// The longest text that an expression makes, in bytes.
pub const MAX_TEXT_BYTES: usize = 4 << 20;
/// The most elements of a list that an expression makes.
pub const MAX_ELEMENTS: usize = 100_000;

/// Reads the root module in `folder` into `graph`; `variables` go before what its `.tfvars` files say.
pub fn read(
    graph: &mut Graph,
    files: &dyn Folder,
    folder: &str,
    variables: &BTreeMap<String, Node>,
) {
    let names = files.list(folder);
    let wanted: Vec<String> = names.into_iter().filter(|name| module::is_code(name)).collect();
    read_files(graph, files, folder, &wanted, variables);
}

/// Reads these files of `folder` alone as a root module.
pub fn read_files(
    graph: &mut Graph,
    files: &dyn Folder,
    folder: &str,
    names: &[String],
    variables: &BTreeMap<String, Node>,
) {
    let mut world = world::World::new(graph, files);
    world.read_root(folder, names, variables);
}

/// Reads the variables of a `.tfvars` or `.tfvars.json` file. Expressions in it must be plain values.
pub fn read_variables(
    graph: &mut Graph,
    name: &str,
    text: String,
    into: &mut BTreeMap<String, Node>,
) {
    let file = graph.sources.add(name, text);
    let text = graph.sources.text(file).to_owned();
    if name.ends_with(".json") {
        match json::values(&text, file) {
            Ok(node) => {
                for (key, value) in node.entries() {
                    into.insert(key.marked().to_owned(), value.clone());
                }
            }
            Err(problem) => graph.notices.push(problem.into()),
        }
        return;
    }
    match lower::body(&text, file) {
        Ok(body) => {
            let nothing = crate::files::Memory::default();
            let mut found = Vec::new();
            let mut world = world::World::new(graph, &nothing);
            for (key, expr) in &body.attributes {
                found.push((key.to_string(), world.constant(expr)));
            }
            into.extend(found);
        }
        Err(problem) => graph.notices.push(problem.into()),
    }
}

/// Why an expression has no value: what Terraform would refuse, or what is not modelled.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) place: Place,
}

impl Fault {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), place }
    }
}

impl From<Fault> for Notice {
    fn from(fault: Fault) -> Self {
        Self::note(fault.place, fault.message)
    }
}

/// The place of a whole file.
pub(crate) fn whole(file: FileId) -> Place {
    Place::new(file, 0, 0)
}
