//! What waits for what: references between blocks, through locals, variables and outputs, as Terraform orders by them.

use std::sync::Arc;

use super::lower::Name;
use super::syntax::{Block, Body, Expr, Kind, Step};
use super::world::World;

impl World<'_> {
    /// Adds the dependencies of everything that a module declares.
    pub(crate) fn wire(&mut self, module: usize) {
        let Some(called) = self.modules.get(module) else { return };
        let source = called.module.clone();
        let prefix = called.block_prefix.clone();
        let by = called.by.as_ref().and_then(|(parent, block, _)| {
            Some((self.modules.get(*parent)?.block_prefix.clone(), block.clone()))
        });
        let node = |name: &str| -> Name { format!("{prefix}{name}").into() };
        let (call, all) = (node("call"), node("all"));
        for declared in &source.declared {
            let from = node(&declared.key);
            let mut found = Vec::new();
            of_body(&declared.block.body, &mut found);
            self.link(&from, &prefix, found);
            self.graph.depend(&from, call.clone());
            self.graph.depend(&all, from);
        }
        for (name, expr) in &source.locals {
            let mut found = Vec::new();
            of_expr(expr, &mut found);
            self.link(&node(&format!("local.{name}")), &prefix, found);
        }
        for (name, block) in &source.outputs {
            let mut found = Vec::new();
            of_body(&block.body, &mut found);
            let from = node(&format!("output.{name}"));
            self.link(&from, &prefix, found);
            self.graph.depend(&all, from);
        }
        for name in source.calls.keys() {
            self.graph.depend(&all, node(&format!("module.{name}.all")));
        }
        if let Some((parent, block)) = by {
            self.wire_call(&prefix, &parent, &block);
        }
    }

    /// A module's variables depend on the caller's expressions, and all of it on the call's `depends_on`.
    fn wire_call(&mut self, prefix: &str, parent: &Name, block: &Block) {
        for (name, expr) in &block.body.attributes {
            let mut found = Vec::new();
            of_expr(expr, &mut found);
            let from: Name = match &**name {
                "depends_on" | "for_each" | "count" => format!("{prefix}call").into(),
                other => format!("{prefix}var.{other}").into(),
            };
            self.link(&from, parent, found);
        }
        let outer: Name = format!("{parent}call").into();
        self.graph.depend(&format!("{prefix}call").into(), outer);
    }

    fn link(&mut self, from: &Name, prefix: &str, found: Vec<String>) {
        for to in found {
            self.graph.depend(from, Arc::from(format!("{prefix}{to}")));
        }
    }
}

fn of_body(body: &Body, found: &mut Vec<String>) {
    for (_, expr) in &body.attributes {
        of_expr(expr, found);
    }
    for block in &body.blocks {
        // What is listed there is not waited for.
        if &*block.kind != "lifecycle" {
            of_body(&block.body, found);
        }
    }
}

fn of_expr(expr: &Expr, found: &mut Vec<String>) {
    // Parents are seen before what is in them: what a parent has told is not told again.
    let mut told: Vec<*const Expr> = Vec::new();
    expr.walk(&mut |expr| {
        if told.contains(&std::ptr::from_ref(expr)) {
            return;
        }
        match &expr.kind {
            Kind::Attribute(inner, name) => of_attribute(inner, name, &mut told, found),
            Kind::Splat(inner, steps) => {
                if let (Some(module), Some(Step::Attribute(output))) =
                    (module_of(inner), steps.first())
                {
                    told.push(std::ptr::from_ref(strip(inner)));
                    found.push(format!("module.{module}.output.{output}"));
                }
            }
            _ => {}
        }
    });
}

fn of_attribute(inner: &Expr, name: &str, told: &mut Vec<*const Expr>, found: &mut Vec<String>) {
    if let Some(module) = module_of(inner) {
        told.push(std::ptr::from_ref(strip(inner)));
        found.push(format!("module.{module}.output.{name}"));
        return;
    }
    match &inner.kind {
        Kind::Variable(root) => match &**root {
            "each" | "count" | "path" | "terraform" | "self" | "data" | "resource" => {}
            "module" => found.push(format!("module.{name}.all")),
            "var" => found.push(format!("var.{name}")),
            "local" => found.push(format!("local.{name}")),
            kind => found.push(format!("{kind}.{name}")),
        },
        Kind::Attribute(root, kind) if is(root, "resource") => found.push(format!("{kind}.{name}")),
        Kind::Attribute(root, kind) if is(root, "data") => {
            found.push(format!("data.{kind}.{name}"));
        }
        _ => {}
    }
}

/// The name of the module, if the expression is one: `module.m`, `module.m[0]`.
fn module_of(expr: &Expr) -> Option<&Name> {
    match &strip(expr).kind {
        Kind::Attribute(root, name) if is(root, "module") => Some(name),
        _ => None,
    }
}

fn strip(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Index(inner, _) => strip(inner),
        _ => expr,
    }
}

fn is(expr: &Expr, root: &str) -> bool {
    matches!(&expr.kind, Kind::Variable(name) if &**name == root)
}
