//! A template's text as a tree: YAML and JSON in the same form, short and long forms of functions too.

use crate::place::Place;

/// A piece of a template and where it stands.
#[derive(Debug, Clone)]
pub struct Syntax {
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub place: Place,
}

/// What a piece of a template is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `null`, or nothing.
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string.
    Text(Box<str>),
    /// A list.
    List(Vec<Syntax>),
    /// A map, in the order written, without duplicate keys.
    Map(Vec<Entry>),
    /// An intrinsic function by its long name: `Ref`, `Condition`, `Fn::Sub`.
    Call(Box<str>, Box<Syntax>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Box<str>,
    /// Where the key stands.
    pub key_place: Place,
    /// The value.
    pub value: Syntax,
}

impl Syntax {
    /// The value of `key` in a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The elements of a list; none of anything else.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        if let Kind::List(elements) = &self.kind { elements } else { &[] }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// What to call it in a message.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a string",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Call(..) => "a function",
        }
    }
}
