//! Schemas: what a block may hold, and how Terraform is told.

use crate::protocol as p;
use crate::value::Value;

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `string`
    Text,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(…)`
    List(Box<Type>),
    /// `set(…)`
    Set(Box<Type>),
    /// `map(…)`
    Map(Box<Type>),
    /// `object({…})`
    Object(Vec<(&'static str, Type)>),
}

/// Who gives an attribute its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// The configuration must.
    Required,
    /// The configuration may.
    Optional,
    /// The provider does.
    Computed,
    /// The configuration may, and else the provider does.
    Either,
}

/// An attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
    /// Who gives it.
    pub giver: Giver,
    /// A change of it makes the resource anew.
    pub force_new: bool,
    /// It is not shown.
    pub sensitive: bool,
    /// It follows from others, so that any change of the resource makes it unknown.
    pub volatile: bool,
    /// What it is where the configuration does not say.
    pub default: Option<Value>,
    /// What it is for, in Markdown.
    pub description: &'static str,
}

/// How the blocks of one name are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One, by itself: `timeouts`.
    Single,
    /// In order.
    List,
    /// Without order.
    Set,
}

/// Blocks of one name within a block.
#[derive(Debug, Clone)]
pub struct Nested {
    /// Their name.
    pub name: &'static str,
    /// What each holds.
    pub block: Block,
    /// How they are kept.
    pub nesting: Nesting,
    /// How many there are at least.
    pub min: i64,
    /// How many there are at most; 0 for any number. One is an object in Databricks' API.
    pub max: i64,
    /// A change of them makes the resource anew.
    pub force_new: bool,
    /// Where the configuration has none, what the resource has stays.
    pub keeps: bool,
    /// It is this provider's, and no part of Databricks' API.
    pub ours: bool,
}

/// What a block may hold.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// What it is for, in Markdown.
    pub description: &'static str,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// The blocks in it.
    pub nested: Vec<Nested>,
}

impl Type {
    /// `list(…)`
    #[must_use]
    pub fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    /// `set(…)`
    #[must_use]
    pub fn set(of: Self) -> Self {
        Self::Set(Box::new(of))
    }

    /// `map(…)`
    #[must_use]
    pub fn map(of: Self) -> Self {
        Self::Map(Box::new(of))
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text => "string".into(),
            Self::Number => "number".into(),
            Self::Bool => "bool".into(),
            Self::List(of) => serde_json::json!(["list", of.json()]),
            Self::Set(of) => serde_json::json!(["set", of.json()]),
            Self::Map(of) => serde_json::json!(["map", of.json()]),
            Self::Object(members) => {
                let members: serde_json::Map<String, serde_json::Value> =
                    members.iter().map(|(name, kind)| ((*name).to_owned(), kind.json())).collect();
                serde_json::json!(["object", members])
            }
        }
    }
}

impl Attribute {
    fn new(name: &'static str, kind: Type, giver: Giver, description: &'static str) -> Self {
        Self {
            name,
            kind,
            giver,
            force_new: false,
            sensitive: false,
            volatile: false,
            default: None,
            description,
        }
    }

    /// One that the configuration must give.
    #[must_use]
    pub fn required(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self::new(name, kind, Giver::Required, description)
    }

    /// One that the configuration may give.
    #[must_use]
    pub fn optional(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self::new(name, kind, Giver::Optional, description)
    }

    /// One that the provider gives.
    #[must_use]
    pub fn computed(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self::new(name, kind, Giver::Computed, description)
    }

    /// One that the configuration may give, and else the provider does.
    #[must_use]
    pub fn either(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self::new(name, kind, Giver::Either, description)
    }

    /// A change of it makes the resource anew.
    #[must_use]
    pub fn force_new(self) -> Self {
        Self { force_new: true, ..self }
    }

    /// It is not shown.
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Any change of the resource may change it.
    #[must_use]
    pub fn volatile(self) -> Self {
        Self { volatile: true, ..self }
    }

    /// What it is where the configuration does not say. To Terraform this is a value of the provider's.
    #[must_use]
    pub fn default(self, value: impl Into<Value>) -> Self {
        Self { giver: Giver::Either, default: Some(value.into()), ..self }
    }

    /// Whether the provider may give it.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        matches!(self.giver, Giver::Computed | Giver::Either)
    }

    fn wire(&self) -> p::Attribute {
        p::Attribute {
            name: self.name.to_owned(),
            r#type: self.kind.json().to_string().into_bytes(),
            description: self.description.to_owned(),
            required: self.giver == Giver::Required,
            optional: matches!(self.giver, Giver::Optional | Giver::Either),
            computed: self.is_computed(),
            sensitive: self.sensitive,
            description_kind: 1,
            deprecated: false,
        }
    }
}

impl Nested {
    /// Blocks in order, any number of them.
    #[must_use]
    pub fn list(name: &'static str, block: Block) -> Self {
        Self {
            name,
            block,
            nesting: Nesting::List,
            min: 0,
            max: 0,
            force_new: false,
            keeps: false,
            ours: false,
        }
    }

    /// One block at most.
    #[must_use]
    pub fn one(name: &'static str, block: Block) -> Self {
        Self { max: 1, ..Self::list(name, block) }
    }

    /// Exactly one block.
    #[must_use]
    pub fn exactly_one(name: &'static str, block: Block) -> Self {
        Self { min: 1, ..Self::one(name, block) }
    }

    /// One block at most, kept by itself.
    #[must_use]
    pub fn single(name: &'static str, block: Block) -> Self {
        Self { nesting: Nesting::Single, ..Self::list(name, block) }
    }

    /// Blocks whose order does not count.
    #[must_use]
    pub fn set(name: &'static str, block: Block) -> Self {
        Self { nesting: Nesting::Set, ..Self::list(name, block) }
    }

    /// What it is where the configuration has none.
    #[must_use]
    pub fn none(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::Null,
            Nesting::List | Nesting::Set => Value::List(Vec::new()),
        }
    }

    /// A change of them makes the resource anew.
    #[must_use]
    pub fn force_new(self) -> Self {
        Self { force_new: true, ..self }
    }

    fn wire(&self) -> p::NestedBlock {
        p::NestedBlock {
            type_name: self.name.to_owned(),
            block: Some(self.block.wire()),
            nesting: match self.nesting {
                Nesting::Single => 1,
                Nesting::List => 2,
                Nesting::Set => 3,
            },
            min_items: self.min,
            max_items: self.max,
        }
    }
}

impl Block {
    /// Of these attributes.
    #[must_use]
    pub fn new(description: &'static str, attributes: Vec<Attribute>) -> Self {
        Self { description, attributes, nested: Vec::new() }
    }

    /// With a description.
    #[must_use]
    pub fn described(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// With blocks in it.
    #[must_use]
    pub fn with(mut self, nested: Nested) -> Self {
        self.nested.push(nested);
        self
    }

    /// The attribute called `name`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The block with nothing in it, as Terraform's protocol wants it: every member is there.
    #[must_use]
    pub fn empty(&self) -> crate::value::Members {
        let attributes = self.attributes.iter().map(|it| (it.name.to_owned(), Value::Null));
        let nested = self.nested.iter().map(|it| (it.name.to_owned(), it.none()));
        attributes.chain(nested).collect()
    }

    /// The block of which nothing is known yet: what it otherwise leaves to the service is wanted, too.
    #[must_use]
    pub fn to_import(&self) -> crate::value::Members {
        let mut members = self.empty();
        for nested in self.nested.iter().filter(|nested| nested.keeps) {
            let item = Value::Map(nested.block.empty());
            members.insert(nested.name.to_owned(), Value::List(vec![item]));
        }
        members
    }

    /// As Terraform is told, in `version`.
    #[must_use]
    pub fn schema(&self, version: i64) -> p::Schema {
        p::Schema { version, block: Some(p::Block { version, ..self.wire() }) }
    }

    fn wire(&self) -> p::Block {
        p::Block {
            version: 0,
            attributes: self.attributes.iter().map(Attribute::wire).collect(),
            block_types: self.nested.iter().map(Nested::wire).collect(),
            description: self.description.to_owned(),
            description_kind: 1,
            deprecated: false,
        }
    }
}
