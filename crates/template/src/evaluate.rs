//! From the text of a template to values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::Document;
use crate::hole::Holes;
use crate::place::{Place, Problem};
use crate::pseudo::Pseudo;
use crate::syntax::{Kind, Syntax};
use crate::text::Text;
use crate::value::{Node, Value};

/// How a dynamic reference begins.
const DYNAMIC: &str = "{{resolve:";

/// What exists of a stack already: the values that `Ref`, `Fn::GetAtt` and `Fn::ImportValue` give.
pub trait Attributes {
    /// What `Ref` gives for the resource `id`.
    fn reference(&self, id: &str) -> Option<Node>;
    /// What `Fn::GetAtt` gives.
    fn attribute(&self, id: &str, name: &str) -> Option<Node>;
    /// What another stack exports as `name`.
    fn export(&self, name: &str) -> Option<Node>;
    /// The zones of a region; `None` if they are not known.
    fn zones(&self, _region: &str) -> Option<Vec<String>> {
        None
    }
    /// What `{{resolve:REFERENCE}}` stands for.
    fn dynamic(&self, _reference: &str) -> Option<String> {
        None
    }
}

/// Before anything is deployed.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingExists;

impl Attributes for NothingExists {
    fn reference(&self, _: &str) -> Option<Node> {
        None
    }
    fn attribute(&self, _: &str, _: &str) -> Option<Node> {
        None
    }
    fn export(&self, _: &str) -> Option<Node> {
        None
    }
}

/// Evaluates pieces of one template.
pub struct Evaluator<'d> {
    pub(crate) document: &'d Document,
    pub(crate) pseudo: &'d Pseudo,
    pub(crate) attributes: &'d dyn Attributes,
    /// Values of parameters, by name; they go before defaults.
    pub(crate) parameters: &'d BTreeMap<String, Node>,
    pub(crate) holes: &'d mut Holes,
    pub(crate) problems: Vec<Problem>,
    pub(crate) used: BTreeSet<String>,
    /// `None` while a condition is being decided, so that one that needs itself is found.
    pub(crate) conditions: HashMap<String, Option<Decided>>,
}

/// What became of a condition: true, false, or not known with the reason.
#[derive(Debug, Clone)]
pub(crate) enum Decided {
    Known(bool),
    Unknown(String),
}

impl<'d> Evaluator<'d> {
    /// For the pieces of `document`.
    pub fn new(
        document: &'d Document,
        parameters: &'d BTreeMap<String, Node>,
        pseudo: &'d Pseudo,
        attributes: &'d dyn Attributes,
        holes: &'d mut Holes,
    ) -> Self {
        Self {
            document,
            pseudo,
            attributes,
            parameters,
            holes,
            problems: Vec::new(),
            used: BTreeSet::new(),
            conditions: HashMap::new(),
        }
    }

    /// The value of a piece. What cannot be evaluated is a hole, and a problem unless it is merely not known.
    /// `AWS::NoValue` takes its entry or element away.
    pub fn evaluate(&mut self, syntax: &Syntax) -> Node {
        let place = syntax.place;
        match &syntax.kind {
            Kind::Null => Node::new(Value::Null, place),
            Kind::Bool(value) => Node::new(Value::Bool(*value), place),
            Kind::Number(text) => match text.parse::<f64>() {
                // Digits that a number would not keep, such as an account id with a leading zero.
                Ok(number) if crate::number_text(number) == **text => {
                    Node::new(Value::Number(number), place)
                }
                _ => Node::text(text, place),
            },
            Kind::Text(text) => self.dynamic(Node::text(text, place)),
            Kind::List(elements) => {
                let nodes = elements.iter().map(|element| self.evaluate(element));
                let kept = nodes.filter(|node| !node.is_null()).collect();
                Node::list(kept, place)
            }
            Kind::Map(entries) => {
                let mut map = BTreeMap::new();
                for entry in entries {
                    let node = self.evaluate(&entry.value);
                    if !node.is_null() {
                        map.insert(Text::literal(&entry.key), node);
                    }
                }
                Node::map(map, place)
            }
            Kind::Call(name, argument) => {
                let node = self.call(name, argument, place);
                // What is put together may become a dynamic reference.
                self.dynamic(node)
            }
        }
    }

    /// Whether the condition `name` holds; `None` if that is not known.
    pub fn condition(&mut self, name: &str) -> Option<bool> {
        match self.decide(name, Place::default()) {
            Decided::Known(value) => Some(value),
            Decided::Unknown(_) => None,
        }
    }

    /// The logical ids that what was evaluated since the last call refers to.
    pub fn take_references(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.used)
    }

    /// What was found to be wrong since the last call.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// A text with what its `{{resolve:…}}` stand for: what is not known before it is deployed is a hole.
    fn dynamic(&mut self, node: Node) -> Node {
        let Value::Text(text) = &node.value else { return node };
        let mut rest = text.marked();
        if !rest.contains(DYNAMIC) {
            return node;
        }
        let mut out = String::new();
        while let Some((before, after)) = rest.split_once(DYNAMIC) {
            let Some((reference, tail)) = after.split_once("}}") else { break };
            out.push_str(before);
            let reference = Text::from_marked(reference);
            match reference.known().and_then(|reference| self.attributes.dynamic(reference)) {
                Some(value) => out.push_str(Text::literal(&value).marked()),
                None => {
                    let told = reference.fill(|_| "…".to_owned());
                    let because = format!("`{DYNAMIC}{told}}}}}` is looked up when it is deployed");
                    out.push_str(Text::hole(self.holes.unknown(&because)).marked());
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        Node { value: Value::Text(Text::from_marked(out)), ..node }
    }

    pub(crate) fn hole(&mut self, because: &str, place: Place) -> Node {
        Node::new(Value::Hole(self.holes.unknown(because)), place)
    }

    /// Notes what is wrong, and gives a hole in its place.
    pub(crate) fn wrong(&mut self, place: Place, message: String) -> Node {
        let node = self.hole(&message, place);
        self.problems.push(Problem::new(place, message));
        node
    }
}
