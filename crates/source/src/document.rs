//! Policy documents that stand in files of their own.

use template::{FileId, Node};

/// A policy document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its file.
    pub file: FileId,
    /// What it says.
    pub body: Node,
}

impl Document {
    /// Whether JSON is a policy document, rather than anything else.
    #[must_use]
    pub fn is_one(node: &Node) -> bool {
        node.get("Statement").is_some_and(|statement| {
            statement.one_or_many().iter().any(|one| one.get("Effect").is_some())
        })
    }
}
