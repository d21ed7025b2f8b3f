//! Terraform's functions over values that may be unknown.
//!
//! Source: Terraform language documentation, "Built-in functions". One that is not here gives an unknown that says
//! so: nothing is guessed.

mod collection;
mod encoding;
mod number;
mod other;
mod provider;
mod set;
mod text;

use template::{HoleId, Node, Place, Text, Value};

use super::Fault;
use super::syntax::{Call, Expr};
use super::world::{Scope, World};

/// The arguments of a call, evaluated.
pub(super) struct Arguments<'a> {
    pub(super) name: &'a str,
    pub(super) list: &'a [Node],
    pub(super) place: Place,
    pub(super) module: usize,
}

/// What a function gives: a value, a hole because an argument is one, or nothing if it is none of its file's.
pub(super) type Given = Option<Result<Node, Fault>>;

impl World<'_> {
    pub(crate) fn call(
        &mut self,
        call: &Call,
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        match &*call.name {
            "try" => return self.first_that_works(&call.arguments, scope, place),
            "can" => return Ok(self.works(&call.arguments, scope, place)),
            _ => {}
        }
        let mut list = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let node = self.evaluate(argument, scope)?;
            list.push(self.counted_or_hole(node));
        }
        if call.expand
            && let Some(last) = list.pop()
        {
            match &last.value {
                Value::List(nodes) => list.extend(nodes.iter().cloned()),
                Value::Hole(id) => return Ok(Node::new(Value::Hole(*id), place)),
                _ => return Err(Fault::new(place, "`...` needs a list")),
            }
        }
        let arguments = Arguments { name: &call.name, list: &list, place, module: scope.module };
        self.given(&arguments)
    }

    fn given(&mut self, arguments: &Arguments<'_>) -> Result<Node, Fault> {
        let given = text::call(arguments)
            .or_else(|| collection::call(arguments))
            .or_else(|| set::call(arguments))
            .or_else(|| number::call(arguments))
            .or_else(|| encoding::call(arguments))
            .or_else(|| provider::call(arguments))
            .or_else(|| other::call(self, arguments));
        match given {
            Some(result) => result.map(|node| node.at(arguments.place)),
            None => {
                let because = format!("the function `{}` is not modelled", arguments.name);
                Ok(self.hole(&because, arguments.place))
            }
        }
    }

    /// Whether an expression has a value. Where that depends on what is not known, it is not known either; an attribute
    /// of a resource will be there.
    fn works(&mut self, arguments: &[Expr], scope: &mut Scope, place: Place) -> Node {
        let value = arguments.first().map(|expr| self.evaluate(expr, scope));
        let Some(Ok(node)) = value else {
            return Node::new(Value::Bool(false), place);
        };
        match node.first_hole() {
            Some(id) if !self.is_of_resource(id) => Node::new(Value::Hole(id), place),
            _ => Node::new(Value::Bool(true), place),
        }
    }

    fn is_of_resource(&self, id: HoleId) -> bool {
        let attribute = self.graph.holes.as_attribute(id);
        attribute.is_some_and(|(of, _)| of != "var" && !of.ends_with(".var"))
    }

    fn first_that_works(
        &mut self,
        arguments: &[Expr],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let mut last = Fault::new(place, "`try` needs something to try");
        for argument in arguments {
            match self.evaluate(argument, scope) {
                Ok(node) => return Ok(node),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

impl Arguments<'_> {
    pub(super) fn get(&self, at: usize) -> Option<&Node> {
        self.list.get(at)
    }

    /// The argument, or a fault that names the function.
    pub(super) fn need(&self, at: usize) -> Result<&Node, Fault> {
        self.get(at).ok_or_else(|| self.wrong("needs more arguments"))
    }

    pub(super) fn wrong(&self, what: &str) -> Fault {
        Fault::new(self.place, format!("`{}` {what}", self.name))
    }

    pub(super) fn node(&self, value: Value) -> Node {
        Node::new(value, self.place)
    }

    pub(super) fn text(&self, marked: impl Into<String>) -> Node {
        self.node(Value::Text(Text::from_marked(marked.into())))
    }

    pub(super) fn hole(&self, id: HoleId) -> Node {
        self.node(Value::Hole(id))
    }

    /// The first hole in any of the arguments: for functions that need to know everything.
    pub(super) fn unknown(&self) -> Option<Node> {
        self.list.iter().find_map(Node::first_hole).map(|id| self.hole(id))
    }

    /// Known text.
    pub(super) fn string(&self, at: usize) -> Result<String, Fault> {
        let text = self.need(at)?.as_text().ok_or_else(|| self.wrong("takes a string"))?;
        Ok(text.known().map(str::to_owned).unwrap_or_default())
    }

    pub(super) fn number(&self, at: usize) -> Result<f64, Fault> {
        self.need(at)?.as_number().ok_or_else(|| self.wrong("takes a number"))
    }

    /// A number that counts or points.
    pub(super) fn index(&self, at: usize) -> Result<usize, Fault> {
        let number = self.number(at)?;
        if number < 0.0 || number > super::MAX_ELEMENTS as f64 {
            return Err(self.wrong("takes a number that counts"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        Ok(number as usize)
    }

    /// The elements of a list argument; `Ok(Err)` if the argument is a hole.
    pub(super) fn elements(&self, at: usize) -> Result<Result<&[Node], HoleId>, Fault> {
        let node = self.need(at)?;
        match &node.value {
            Value::List(nodes) => Ok(Ok(nodes)),
            Value::Null => Ok(Ok(&[])),
            Value::Hole(id) => Ok(Err(*id)),
            _ => Err(self.wrong("takes a list")),
        }
    }
}

/// The elements of a list, or an early return with the hole that the argument is.
macro_rules! elements {
    ($arguments:expr, $at:expr) => {
        match $arguments.elements($at)? {
            Ok(elements) => elements,
            Err(id) => return Ok($arguments.hole(id)),
        }
    };
}
pub(super) use elements;
