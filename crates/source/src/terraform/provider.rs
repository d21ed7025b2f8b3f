//! Configurations of providers: those of the root module, and what a name in another module stands for.

use super::instance::written;
use super::lower::Name;
use super::syntax::{Block, Kind};
use super::world::World;

impl World<'_> {
    /// Adds a configuration of the root module to the graph.
    pub(crate) fn provider(&mut self, module: usize, block: &Block) {
        let mut scope = self.scope(module);
        let body = self.body(&block.body, block.extent, &mut scope, &["alias"]);
        self.graph.providers.insert(key_of(block), body);
    }

    /// The configuration of the root module that a provider's name stands for in a module. `None` where a module
    /// configures it itself, or nobody passes it on.
    pub(crate) fn provider_of(&self, module: usize, name: String) -> Option<Name> {
        let (mut at, mut name) = (module, name);
        loop {
            let called = self.modules.get(at)?;
            let Some((parent, call, _)) = &called.by else { return Some(name.into()) };
            if called.module.providers.iter().any(|block| key_of(block) == name && says(block)) {
                return None;
            }
            let passed = match call.body.attribute("providers").map(|expr| &expr.kind) {
                Some(Kind::Object(entries)) => entries.iter().find(|(key, _)| written(key) == name),
                _ => None,
            };
            match passed {
                Some((_, value)) => name = written(value),
                // A configuration with an alias is not inherited.
                None if name.contains('.') => return None,
                None => {}
            }
            at = *parent;
        }
    }
}

/// What a provider's configuration is known by: `databricks`, `databricks.mws`.
fn key_of(block: &Block) -> String {
    let name = block.labels.first().map(|name| &**name).unwrap_or_default();
    match block.body.attribute("alias").map(written) {
        Some(alias) => format!("{name}.{alias}"),
        None => name.to_owned(),
    }
}

/// Whether a provider's block configures anything: an empty one only says that there is one.
fn says(block: &Block) -> bool {
    !block.body.blocks.is_empty()
        || block.body.attributes.iter().any(|(name, _)| &**name != "alias")
}
