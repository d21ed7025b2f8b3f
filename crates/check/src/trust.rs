//! What trust policies say about Databricks.
//!
//! Source: Databricks documentation, "Create a cross-account IAM role", "Create a storage credential", "Instance
//! profiles for serverless"; the Databricks provider's policy data sources.

use template::{Node, Place, Value};

use crate::document::Document;
use crate::world::World;

/// Databricks' own AWS accounts: commercial, GovCloud, GovCloud for the DoD.
pub(crate) const DATABRICKS_ACCOUNTS: [&str; 3] = ["414351767826", "044793339203", "170661010020"];

/// The account of serverless compute.
pub(crate) const SERVERLESS_ACCOUNT: &str = "790110701330";

/// A principal that a trust policy names, with the statement that does.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) text: String,
    pub(crate) place: Place,
    pub(crate) statement: Node,
}

impl Named {
    /// Whether it is Databricks in whatever form.
    pub(crate) fn is_databricks(&self) -> bool {
        DATABRICKS_ACCOUNTS.iter().any(|account| self.text.contains(account))
    }

    /// Whether it is Unity Catalog's role.
    pub(crate) fn is_catalog(&self) -> bool {
        self.is_databricks() && self.text.contains(":role/unity-catalog")
    }

    /// Whether it is Databricks' control plane: the account itself.
    pub(crate) fn is_control_plane(&self) -> bool {
        self.is_databricks() && !self.text.contains(":role/")
    }
}

impl World<'_> {
    /// The principals that statements with `Allow` name.
    pub(crate) fn principals(&self, document: &Document) -> Vec<Named> {
        let statements = document.tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
        let mut found = Vec::new();
        for statement in statements {
            if statement.get("Effect").and_then(Node::as_str) == Some("Deny") {
                continue;
            }
            let Some(principal) = statement.get("Principal") else { continue };
            let kinds: Vec<&Node> = match &principal.value {
                Value::Map(entries) => entries.values().collect(),
                _ => vec![principal],
            };
            for node in kinds.into_iter().flat_map(Node::one_or_many) {
                let Some(text) = node.as_text() else { continue };
                let text = self.filled(&text);
                found.push(Named { text, place: node.place, statement: statement.clone() });
            }
        }
        found
    }

    /// The values of a condition key of a statement, in any letter case; `None` if it has no such condition.
    pub(crate) fn condition(&self, statement: &Node, wanted: &str) -> Option<Vec<Node>> {
        let conditions = statement.get("Condition")?;
        let keys = conditions.entries().flat_map(|(_, keys)| keys.entries());
        let mut found =
            keys.filter(|(key, _)| key.known().is_some_and(|key| key.eq_ignore_ascii_case(wanted)));
        found.next().map(|(_, values)| values.one_or_many().to_vec())
    }

    /// Whether a statement's conditions are not known.
    pub(crate) fn conditions_unknown(&self, statement: &Node) -> bool {
        statement.get("Condition").is_some_and(|it| it.as_hole().is_some())
    }
}
