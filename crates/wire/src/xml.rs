//! XML: one writer that escapes, one reader that refuses what is dangerous, and values from both.

pub(crate) mod encode;
mod node;
mod reader;
pub(crate) mod writer;

use serde::de::DeserializeOwned;

use crate::decode::{Decoded, decode as decode_source};
use crate::path::{Path, Spelling};
use crate::problem::{DecodeError, Problem};
pub use encode::EncodeError;
pub use node::Lists;
use node::Node;
pub use reader::{
    Element, MAX_ATTRIBUTES, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ELEMENTS, XmlError, read,
};
pub use writer::{Mark, Writer};

/// Reads a document as a value: the root's children are the members, whatever the root is called.
///
/// # Errors
/// What is malformed or missing.
pub fn decode<T: DeserializeOwned>(
    document: &[u8],
    lists: Lists,
) -> Result<Decoded<T>, DecodeError> {
    let root = read(document).map_err(|error| {
        let path = Path { spelling: Spelling::Document, segments: Vec::new() };
        DecodeError::one(path, Problem::Malformed(error.to_string()))
    })?;
    decode_element(&root, lists)
}

/// Reads an element as a value.
///
/// # Errors
/// What is missing or of another kind than wanted.
pub fn decode_element<T: DeserializeOwned>(
    element: &Element,
    lists: Lists,
) -> Result<Decoded<T>, DecodeError> {
    decode_source(Node::root(element, lists), Spelling::Document)
}
