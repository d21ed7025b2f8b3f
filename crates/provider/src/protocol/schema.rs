//! How schemas are told.

use prost::Message;

/// A schema.
#[derive(Clone, PartialEq, Message)]
pub struct Schema {
    /// Its version.
    #[prost(int64, tag = "1")]
    pub version: i64,
    /// What it holds.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
}

/// A block of a schema.
#[derive(Clone, PartialEq, Message)]
pub struct Block {
    /// The version, again.
    #[prost(int64, tag = "1")]
    pub version: i64,
    /// Its attributes.
    #[prost(message, repeated, tag = "2")]
    pub attributes: Vec<Attribute>,
    /// The blocks in it.
    #[prost(message, repeated, tag = "3")]
    pub block_types: Vec<NestedBlock>,
    /// What it is for.
    #[prost(string, tag = "4")]
    pub description: String,
    /// Whether the description is Markdown (1) or plain (0).
    #[prost(int32, tag = "5")]
    pub description_kind: i32,
    /// Whether it should no longer be used.
    #[prost(bool, tag = "6")]
    pub deprecated: bool,
}

/// An attribute of a schema.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its type constraint, in JSON.
    #[prost(bytes = "vec", tag = "2")]
    pub r#type: Vec<u8>,
    /// What it is for.
    #[prost(string, tag = "3")]
    pub description: String,
    /// It must be given.
    #[prost(bool, tag = "4")]
    pub required: bool,
    /// It may be given.
    #[prost(bool, tag = "5")]
    pub optional: bool,
    /// The provider may fill it in.
    #[prost(bool, tag = "6")]
    pub computed: bool,
    /// It is not to be shown.
    #[prost(bool, tag = "7")]
    pub sensitive: bool,
    /// As in [`Block`].
    #[prost(int32, tag = "8")]
    pub description_kind: i32,
    /// Whether it should no longer be used.
    #[prost(bool, tag = "9")]
    pub deprecated: bool,
}

/// Blocks within a block.
#[derive(Clone, PartialEq, Message)]
pub struct NestedBlock {
    /// Their name.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What each holds.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
    /// How they are kept: a single one (1), a list (2), a set (3).
    #[prost(int32, tag = "3")]
    pub nesting: i32,
    /// How many there are at least.
    #[prost(int64, tag = "4")]
    pub min_items: i64,
    /// How many there are at most; 0 for any number.
    #[prost(int64, tag = "5")]
    pub max_items: i64,
}
