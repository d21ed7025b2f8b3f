//! From a template and what exists of its stack to values.

use std::collections::BTreeMap;

use cloud::Fault;
use names::AccountId;
use serde_json::{Map, Number, Value};
use store::View;
use template::{Attributes, Evaluator, Holes, Node, Place, Pseudo, Syntax, Value as NodeValue};

use crate::blueprint::resolved::Resolved;
use crate::blueprint::{Blueprint, invalid, not_modelled, parameter};
use crate::export;
use crate::resource::Kind;
use crate::stack_resource::Existing;

/// What is needed to evaluate the pieces of a stack's template.
#[derive(Debug)]
pub struct Values {
    parameters: BTreeMap<String, Node>,
    pseudo: Pseudo,
}

/// What exists of a stack, and what other stacks export.
pub struct World<'w> {
    /// What exists with this logical id.
    pub existing: &'w dyn Fn(&str) -> Option<&'w Existing>,
    /// The state.
    pub view: &'w View,
    /// The stack's account.
    pub account: AccountId,
    /// The stack's region.
    pub region: &'w str,
    /// What dynamic references stand for.
    pub resolved: &'w Resolved,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("World").field("region", &self.region).finish_non_exhaustive()
    }
}

impl Values {
    /// For a template whose parameters have these values, or name parameters of Systems Manager that have.
    #[must_use]
    pub fn new(
        blueprint: &Blueprint,
        parameters: &BTreeMap<String, String>,
        resolved: &Resolved,
        pseudo: Pseudo,
    ) -> Self {
        let node = |(name, value): (&String, &String)| {
            let kind = blueprint.document.parameter(name).map_or("String", |it| &*it.kind);
            let value = resolved.get(name).unwrap_or(value);
            (name.clone(), parameter::node(kind, value))
        };
        Self { parameters: parameters.iter().map(node).collect(), pseudo }
    }

    /// Evaluates with `with`.
    pub fn with<T>(
        &self,
        blueprint: &Blueprint,
        attributes: &dyn Attributes,
        with: impl FnOnce(&mut Evaluator<'_>) -> T,
    ) -> (T, Holes) {
        let mut holes = Holes::default();
        let mut evaluator = Evaluator::new(
            &blueprint.document,
            &self.parameters,
            &self.pseudo,
            attributes,
            &mut holes,
        );
        let out = with(&mut evaluator);
        (out, holes)
    }

    /// The value of a piece as JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn json(
        &self,
        blueprint: &Blueprint,
        attributes: &dyn Attributes,
        syntax: &Syntax,
    ) -> Result<Value, Fault> {
        let ((node, problems), holes) = self.with(blueprint, attributes, |evaluator| {
            let node = evaluator.evaluate(syntax);
            (node, evaluator.take_problems())
        });
        if let Some(problem) = problems.first() {
            return Err(said(&problem.message));
        }
        if let Some(hole) = node.first_hole() {
            return Err(said(&holes.reason(hole)));
        }
        Ok(json(&node))
    }
}

/// CloudFormation's words for what is wrong with a value, where they are known.
fn said(message: &str) -> Fault {
    if let Some(keys) = message.strip_prefix("`Mappings` has nothing under `") {
        let path = keys.trim_end_matches('`').replace(" / ", "::");
        return invalid(format!("Template error: Unable to get mapping for {path}"));
    }
    if let Some(name) = message.strip_suffix("` is exported by another stack") {
        return invalid(format!("No export named {} found.", name.trim_start_matches('`')));
    }
    if message.starts_with("`{{resolve:") {
        return not_modelled("dynamic references that are known only when a resource is made");
    }
    if message.starts_with("`Fn::Select`") {
        return invalid("Template error: Fn::Select cannot select nonexistent value at index");
    }
    invalid(format!("Template error: {message}"))
}

impl Attributes for World<'_> {
    fn reference(&self, id: &str) -> Option<Node> {
        let existing = (self.existing)(id)?;
        let kind = Kind::named(&existing.kind)?;
        Some(node(&kind.reference(&existing.physical)))
    }

    fn attribute(&self, id: &str, name: &str) -> Option<Node> {
        let existing = (self.existing)(id)?;
        let own = existing.physical.attributes.get(name);
        // Properties that are attributes, too, are what the template says.
        own.or_else(|| existing.properties.get(name)).map(node)
    }

    fn export(&self, name: &str) -> Option<Node> {
        let export = export::find(self.view, self.account, self.region, name)?;
        Some(Node::text(&export.value, Place::default()))
    }

    fn zones(&self, region: &str) -> Option<Vec<String>> {
        zones(region)
    }

    fn dynamic(&self, reference: &str) -> Option<String> {
        self.resolved.get(reference).cloned()
    }
}

/// The names of a region's zones.
#[must_use]
pub fn zones(region: &str) -> Option<Vec<String>> {
    let found = ec2::region::REGIONS.iter().find(|it| it.name == region)?;
    Some(found.letters.chars().map(|letter| format!("{region}{letter}")).collect())
}

/// A value as JSON; it must have no holes.
#[must_use]
pub fn json(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null | NodeValue::Instance(_) | NodeValue::Hole(_) => Value::Null,
        NodeValue::Bool(value) => Value::Bool(*value),
        NodeValue::Number(number) => of_number(*number),
        NodeValue::Text(text) => Value::String(text.known().unwrap_or_default().to_owned()),
        NodeValue::List(nodes) => Value::Array(nodes.iter().map(json).collect()),
        NodeValue::Map(entries) => {
            let member = |(key, node): (&template::Text, &Node)| {
                (key.known().unwrap_or_default().to_owned(), json(node))
            };
            Value::Object(entries.iter().map(member).collect::<Map<_, _>>())
        }
    }
}

/// What stands in the place of a value that is known only when it is deployed, as change sets show it.
pub const AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// As [`json`], for a value that may have holes.
#[must_use]
pub fn known_json(node: &Node) -> Value {
    match &node.value {
        NodeValue::Hole(_) => Value::String(AFTER_APPLY.to_owned()),
        NodeValue::Text(text) => Value::String(text.fill(|_| AFTER_APPLY.to_owned()).into_owned()),
        NodeValue::List(nodes) => Value::Array(nodes.iter().map(known_json).collect()),
        NodeValue::Map(entries) => {
            let member = |(key, node): (&template::Text, &Node)| {
                (key.fill(|_| AFTER_APPLY.to_owned()).into_owned(), known_json(node))
            };
            Value::Object(entries.iter().map(member).collect::<Map<_, _>>())
        }
        _ => json(node),
    }
}

fn of_number(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is not large")]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// JSON as a value.
#[must_use]
pub fn node(value: &Value) -> Node {
    let place = Place::default();
    match value {
        Value::Null => Node::new(NodeValue::Null, place),
        Value::Bool(value) => Node::new(NodeValue::Bool(*value), place),
        Value::Number(number) => {
            Node::new(NodeValue::Number(number.as_f64().unwrap_or_default()), place)
        }
        Value::String(text) => Node::text(text, place),
        Value::Array(elements) => Node::list(elements.iter().map(node).collect(), place),
        Value::Object(members) => {
            let entry =
                |(name, value): (&String, &Value)| (template::Text::literal(name), node(value));
            Node::map(members.iter().map(entry).collect(), place)
        }
    }
}
