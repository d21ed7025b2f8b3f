//! Values with their places.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hole::HoleId;
use crate::place::Place;
use crate::text::Text;

/// A value, where it stands and where it comes from.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The expression that it comes from.
    pub place: Place,
    /// The attribute of a resource that it was read from as a whole, also if it is known.
    pub via: Option<HoleId>,
    /// For a text that was encoded: what it was encoded from.
    pub decoded: Option<Arc<Node>>,
}

/// A value. Maps are in the order of their keys, as both languages have it.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing: `null`, or CloudFormation's `AWS::NoValue`.
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Text),
    /// A list, tuple or set.
    List(Arc<Vec<Node>>),
    /// A map or object.
    Map(Arc<BTreeMap<Text, Node>>),
    /// A resource or module as a whole, by address: attributes are asked for one by one.
    Instance(Arc<str>),
    /// Not known yet, of whatever type.
    Hole(HoleId),
}

impl Node {
    /// `value` at `place`.
    #[must_use]
    pub fn new(value: Value, place: Place) -> Self {
        Self { value, place, via: None, decoded: None }
    }

    /// A known text.
    #[must_use]
    pub fn text(text: &str, place: Place) -> Self {
        Self::new(Value::Text(Text::literal(text)), place)
    }

    /// A list.
    #[must_use]
    pub fn list(nodes: Vec<Self>, place: Place) -> Self {
        Self::new(Value::List(Arc::new(nodes)), place)
    }

    /// A map.
    #[must_use]
    pub fn map(entries: BTreeMap<Text, Self>, place: Place) -> Self {
        Self::new(Value::Map(Arc::new(entries)), place)
    }

    /// The same elsewhere.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The known text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { text.known() } else { None }
    }

    /// The text, holes and all; a hole is a text of one hole.
    #[must_use]
    pub fn as_text(&self) -> Option<Text> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(Text::literal(&number_text(*number))),
            Value::Bool(value) => Some(Text::literal(if *value { "true" } else { "false" })),
            Value::Hole(id) => Some(Text::hole(*id)),
            _ => None,
        }
    }

    /// `true` and `false`, also as text.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::Text(text) => match text.known()? {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A number, also as text.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text.known()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// The hole, if the value is one and nothing else.
    #[must_use]
    pub fn as_hole(&self) -> Option<HoleId> {
        match &self.value {
            Value::Hole(id) => Some(*id),
            Value::Text(text) => text.as_hole(),
            _ => None,
        }
    }

    /// The elements of a list; none of anything else.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        if let Value::List(nodes) = &self.value { nodes } else { &[] }
    }

    /// The elements of a list, or the value as the only one.
    #[must_use]
    pub fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(nodes) => nodes,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entry `key` of a map, unless it is null.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.get(&Text::literal(key)).filter(|node| !node.is_null())
    }

    /// The entries of a map.
    pub fn entries(&self) -> impl Iterator<Item = (&Text, &Self)> {
        let entries = if let Value::Map(entries) = &self.value { Some(entries) } else { None };
        entries.into_iter().flat_map(|entries| entries.iter())
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The first hole anywhere in the value.
    #[must_use]
    pub fn first_hole(&self) -> Option<HoleId> {
        match &self.value {
            Value::Hole(id) => Some(*id),
            Value::Text(text) => text.holes().next(),
            Value::List(nodes) => nodes.iter().find_map(Self::first_hole),
            Value::Map(entries) => entries
                .iter()
                .find_map(|(key, node)| key.holes().next().or_else(|| node.first_hole())),
            _ => None,
        }
    }
}

/// A number as both languages write it: without a fraction where there is none.
#[must_use]
pub fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    format!("{number}")
}

/// Appends `node` as compact JSON, map keys in order. Holes keep their marks; what stands for a resource as a
/// whole is left out as `null`.
pub fn write_json(node: &Node, out: &mut String) {
    match &node.value {
        Value::Null | Value::Instance(_) => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(*number)),
        Value::Text(text) => write_string(out, text.marked()),
        Value::Hole(id) => write_string(out, Text::hole(*id).marked()),
        Value::List(nodes) => {
            out.push('[');
            for (index, node) in nodes.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_json(node, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (index, (key, node)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_string(out, key.marked());
                out.push(':');
                write_json(node, out);
            }
            out.push('}');
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}
