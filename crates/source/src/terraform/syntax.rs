//! Terraform's language as a tree of its own: what `.tf` and `.tf.json` have in common.

use std::sync::Arc;

use template::{Node, Place};

/// An expression and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Literal(Node),
    Template(Vec<Part>),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Variable(Arc<str>),
    Attribute(Box<Expr>, Arc<str>),
    Index(Box<Expr>, Box<Expr>),
    /// `source[*]` and what is asked of every element.
    Splat(Box<Expr>, Vec<Step>),
    Conditional(Box<[Expr; 3]>),
    Call(Box<Call>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Binary, Box<[Expr; 2]>),
    For(Box<For>),
    /// What the reader could not make sense of.
    Broken(Arc<str>),
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Attribute(Arc<str>),
    Index(Expr),
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: Arc<str>,
    pub(crate) arguments: Vec<Expr>,
    /// `f(list...)`
    pub(crate) expand: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(crate) key: Option<Arc<str>>,
    pub(crate) value: Arc<str>,
    pub(crate) collection: Expr,
    /// There for an object.
    pub(crate) key_of: Option<Expr>,
    pub(crate) value_of: Expr,
    pub(crate) grouping: bool,
    pub(crate) condition: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Literal(Arc<str>),
    Interpolation(Expr),
    If(Box<Expr>, Vec<Part>, Vec<Part>),
    For { key: Option<Arc<str>>, value: Arc<str>, collection: Box<Expr>, parts: Vec<Part> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    NotEqual,
    LessEqual,
    GreaterEqual,
    Less,
    Greater,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    And,
    Or,
}

/// What stands between braces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<(Arc<str>, Expr)>,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Arc<str>,
    pub(crate) labels: Vec<Arc<str>>,
    pub(crate) body: Body,
    /// `resource "a" "b"`
    pub(crate) header: Place,
    /// All of it.
    pub(crate) extent: Place,
}

impl Body {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Expr> {
        self.attributes.iter().find(|(key, _)| &**key == name).map(|(_, expr)| expr)
    }

    pub(crate) fn blocks<'b>(&'b self, kind: &str) -> impl Iterator<Item = &'b Block> + use<'b> {
        let kind = kind.to_owned();
        self.blocks.iter().filter(move |block| *block.kind == *kind)
    }
}

impl Expr {
    pub(crate) fn new(kind: Kind, place: Place) -> Self {
        Self { kind, place }
    }

    /// Calls `see` with every expression within, itself first.
    pub(crate) fn walk<'e>(&'e self, see: &mut dyn FnMut(&'e Self)) {
        see(self);
        match &self.kind {
            Kind::Literal(_) | Kind::Variable(_) | Kind::Broken(_) => {}
            Kind::Template(parts) => walk_parts(parts, see),
            Kind::List(elements) => elements.iter().for_each(|element| element.walk(see)),
            Kind::Object(entries) => {
                for (key, value) in entries {
                    key.walk(see);
                    value.walk(see);
                }
            }
            Kind::Attribute(inner, _) | Kind::Not(inner) | Kind::Negative(inner) => inner.walk(see),
            Kind::Index(inner, index) => {
                inner.walk(see);
                index.walk(see);
            }
            Kind::Splat(inner, steps) => {
                inner.walk(see);
                for step in steps {
                    if let Step::Index(index) = step {
                        index.walk(see);
                    }
                }
            }
            Kind::Conditional(three) => three.iter().for_each(|expr| expr.walk(see)),
            Kind::Binary(_, two) => two.iter().for_each(|expr| expr.walk(see)),
            Kind::Call(call) => call.arguments.iter().for_each(|expr| expr.walk(see)),
            Kind::For(each) => {
                each.collection.walk(see);
                each.value_of.walk(see);
                each.key_of.iter().chain(&each.condition).for_each(|expr| expr.walk(see));
            }
        }
    }
}

fn walk_parts<'e>(parts: &'e [Part], see: &mut dyn FnMut(&'e Expr)) {
    for part in parts {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(expr) => expr.walk(see),
            Part::If(condition, yes, no) => {
                condition.walk(see);
                walk_parts(yes, see);
                walk_parts(no, see);
            }
            Part::For { collection, parts, .. } => {
                collection.walk(see);
                walk_parts(parts, see);
            }
        }
    }
}
