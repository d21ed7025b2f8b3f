//! The files of one folder as a module.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::lower::Name;
use super::syntax::{Block, Body, Expr};
use super::{json, lower, whole};
use crate::files::{Folder, MAX_CODE_BYTES, join};
use crate::graph::{Graph, Notice};

/// What a module's files declare.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) folder: String,
    pub(crate) variables: BTreeMap<Name, Block>,
    pub(crate) locals: BTreeMap<Name, Expr>,
    pub(crate) outputs: BTreeMap<Name, Block>,
    pub(crate) calls: BTreeMap<Name, Rc<Block>>,
    pub(crate) providers: Vec<Block>,
    pub(crate) imports: Vec<Block>,
    pub(crate) declared: Vec<Rc<Declared>>,
    /// `aws_iam_role.x`, `data.aws_iam_policy_document.x`
    by_name: HashMap<Name, usize>,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) kind: Name,
    /// `aws_iam_role.x`, `data.aws_iam_policy_document.x`
    pub(crate) key: Name,
    pub(crate) is_data: bool,
    pub(crate) block: Block,
}

/// Whether a file belongs to a module.
pub(crate) fn is_code(name: &str) -> bool {
    (name.ends_with(".tf") || name.ends_with(".tf.json")) && !name.starts_with('.')
}

impl Module {
    /// Reads `names` in `folder`. A file that is broken is a notice.
    pub(crate) fn read(
        graph: &mut Graph,
        files: &dyn Folder,
        folder: &str,
        names: &[String],
    ) -> Self {
        let mut module = Self { folder: folder.to_owned(), ..Self::default() };
        let is_override = |name: &&String| {
            let stem = name.trim_end_matches(".json").trim_end_matches(".tf");
            stem == "override" || stem.ends_with("_override")
        };
        for name in names.iter().filter(|name| !is_override(name)) {
            if let Some(body) = read_file(graph, files, &join(folder, name)) {
                module.take(body);
            }
        }
        for name in names.iter().filter(is_override) {
            if let Some(body) = read_file(graph, files, &join(folder, name)) {
                module.take_over(body);
            }
        }
        module
    }

    /// Takes what an override file says: argument by argument into blocks that are there already (Terraform language
    /// documentation, "Override Files").
    fn take_over(&mut self, body: Body) {
        let mut new = Body { attributes: body.attributes, blocks: Vec::new() };
        for block in body.blocks {
            if let Some(block) = self.merged(block) {
                new.blocks.push(block);
            }
        }
        self.take(new);
    }

    /// The block, if there is none of its name to merge it into.
    fn merged(&mut self, block: Block) -> Option<Block> {
        let label = |at: usize| block.labels.get(at).cloned().unwrap_or_else(|| "".into());
        match &*block.kind {
            "variable" => into_known(self.variables.get_mut(&label(0)), block),
            "output" => into_known(self.outputs.get_mut(&label(0)), block),
            "module" => into_known(self.calls.get_mut(&label(0)).map(Rc::make_mut), block),
            "provider" => {
                let same = |it: &&mut Block| {
                    it.labels == block.labels && alias(&it.body) == alias(&block.body)
                };
                into_known(self.providers.iter_mut().find(same), block)
            }
            "resource" | "data" => {
                let at = self.by_name.get(&key_of(&block)).copied();
                let known = at.and_then(|at| self.declared.get_mut(at)).and_then(Rc::get_mut);
                into_known(known.map(|declared| &mut declared.block), block)
            }
            _ => Some(block),
        }
    }

    /// The block called `key`, such as `data.aws_caller_identity.this`.
    pub(crate) fn declared(&self, key: &str) -> Option<&Rc<Declared>> {
        self.declared.get(*self.by_name.get(key)?)
    }

    fn take(&mut self, body: Body) {
        for block in body.blocks {
            let label = |at: usize| block.labels.get(at).cloned().unwrap_or_else(|| "".into());
            match &*block.kind {
                "variable" => {
                    self.variables.insert(label(0), block);
                }
                "output" => {
                    self.outputs.insert(label(0), block);
                }
                "locals" => self.locals.extend(block.body.attributes),
                "module" => {
                    self.calls.insert(label(0), Rc::new(block));
                }
                "provider" => self.providers.push(block),
                "import" => self.imports.push(block),
                "resource" | "data" => {
                    let (is_data, key) = (&*block.kind == "data", key_of(&block));
                    let declared = Declared { kind: label(0), key: key.clone(), is_data, block };
                    match self.by_name.get(&key) {
                        Some(at) => {
                            if let Some(slot) = self.declared.get_mut(*at) {
                                *slot = Rc::new(declared);
                            }
                        }
                        None => {
                            self.by_name.insert(key, self.declared.len());
                            self.declared.push(Rc::new(declared));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// What a `resource` or `data` block is known by.
fn key_of(block: &Block) -> Name {
    let prefix = if &*block.kind == "data" { "data." } else { "" };
    let label = |at: usize| block.labels.get(at).map(|label| &**label).unwrap_or_default();
    format!("{prefix}{}.{}", label(0), label(1)).into()
}

/// The alias of a provider's configuration, as written.
fn alias(body: &Body) -> Option<String> {
    body.attribute("alias").map(super::instance::written)
}

/// Merges `block` into the one that is known; gives it back if there is none.
fn into_known(known: Option<&mut Block>, block: Block) -> Option<Block> {
    let Some(known) = known else { return Some(block) };
    overridden(&mut known.body, block.body);
    None
}

/// Arguments replace those of their name; nested blocks replace all of their kind, but `lifecycle` is merged in turn.
fn overridden(known: &mut Body, by: Body) {
    for (name, expr) in by.attributes {
        match known.attributes.iter_mut().find(|(key, _)| *key == name) {
            Some((_, slot)) => *slot = expr,
            None => known.attributes.push((name, expr)),
        }
    }
    let named = |block: &Block| match (&*block.kind, block.labels.first()) {
        ("dynamic", Some(name)) => name.clone(),
        _ => block.kind.clone(),
    };
    let mut replaced: Vec<Name> = Vec::new();
    for block in by.blocks {
        let kind = named(&block);
        let lifecycle = known.blocks.iter_mut().find(|it| &*it.kind == "lifecycle");
        if &*kind == "lifecycle"
            && let Some(lifecycle) = lifecycle
        {
            overridden(&mut lifecycle.body, block.body);
            continue;
        }
        if !replaced.contains(&kind) {
            known.blocks.retain(|it| named(it) != kind);
            replaced.push(kind);
        }
        known.blocks.push(block);
    }
}

fn read_file(graph: &mut Graph, files: &dyn Folder, path: &str) -> Option<Body> {
    let bytes = match files.read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let file = graph.sources.add(path, String::new());
            graph
                .notices
                .push(Notice::error(whole(file), format!("cannot read the file: {error}")));
            return None;
        }
    };
    let text = String::from_utf8(bytes);
    let file = graph.sources.add(path, text.clone().unwrap_or_default());
    let Ok(text) = text else {
        graph.notices.push(Notice::error(whole(file), "the file is not UTF-8"));
        return None;
    };
    if text.len() > MAX_CODE_BYTES {
        let message = format!("the file has more than the {MAX_CODE_BYTES} bytes that are read");
        graph.notices.push(Notice::error(whole(file), message));
        return None;
    }
    let body =
        if path.ends_with(".json") { json::body(&text, file) } else { lower::body(&text, file) };
    body.map_err(|problem| graph.notices.push(problem.into())).ok()
}
