//! The row types that a store holds.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::error::StoreError;
use crate::limits::MAX_NAME_BYTES;
use crate::row::Row;
use crate::table::{AnyTable, Table};

/// Names that a row type cannot have, because tables of the store itself have them.
const OWN_TABLES: &[&str] = &[
    "account",
    "audit",
    "content",
    "content_chunk",
    "deleted_row",
    "migration",
    "replica",
    "row_type",
    "stored_row",
    "unique_value",
];

/// The row types of a store, each said once with [`Schema::with`].
#[derive(Clone, Default)]
pub struct Schema {
    types: Vec<RowType>,
    slots: HashMap<TypeId, usize>,
}

/// What is known of a row type without the type.
#[derive(Clone)]
pub(crate) struct RowType {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) indexes: &'static [&'static str],
    pub(crate) empty: fn() -> Arc<dyn AnyTable>,
}

impl Schema {
    /// A schema without row types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row type. Whether its names are usable is checked when a store is opened.
    #[must_use]
    pub fn with<R: Row>(mut self) -> Self {
        self.slots.insert(TypeId::of::<R>(), self.types.len());
        self.types.push(RowType {
            name: R::TABLE,
            version: R::VERSION,
            indexes: R::INDEXES,
            empty: || Arc::new(Table::<R>::empty()),
        });
        self
    }

    /// The row types in the order of their slots.
    pub(crate) fn types(&self) -> &[RowType] {
        &self.types
    }

    /// The type in a slot.
    pub(crate) fn row_type(&self, slot: usize) -> Option<&RowType> {
        self.types.get(slot)
    }

    /// The slot of a type.
    pub(crate) fn slot<R: Row>(&self) -> Option<usize> {
        self.slots.get(&TypeId::of::<R>()).copied()
    }

    /// The slot of a table's name.
    pub(crate) fn slot_named(&self, table: &str) -> Option<usize> {
        self.types.iter().position(|row_type| row_type.name == table)
    }

    /// Table and index names are usable and said once.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        for (slot, row_type) in self.types.iter().enumerate() {
            let table = row_type.name;
            check_name(table)?;
            if OWN_TABLES.contains(&table) {
                return Err(StoreError::Schema(format!(
                    "`{table}` is a table of the store itself"
                )));
            }
            if self.slot_named(table) != Some(slot) {
                return Err(StoreError::Schema(format!("table `{table}` is there twice")));
            }
            for (at, index) in row_type.indexes.iter().enumerate() {
                check_name(index)?;
                if row_type.indexes.iter().position(|other| other == index) != Some(at) {
                    return Err(StoreError::Schema(format!(
                        "index `{index}` of table `{table}` is there twice"
                    )));
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.types.iter().map(|row_type| row_type.name)).finish()
    }
}

/// A name can stand unquoted in SQL.
fn check_name(name: &str) -> Result<(), StoreError> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    let fits = |other: char| other.is_ascii_lowercase() || other.is_ascii_digit() || other == '_';
    if starts_well && name.len() <= MAX_NAME_BYTES && name.chars().all(fits) {
        return Ok(());
    }
    Err(StoreError::Schema(format!(
        "`{name}` is not a name: up to {MAX_NAME_BYTES} lower-case letters, digits and `_`, a letter first"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let longest = "a".repeat(MAX_NAME_BYTES);
        for good in ["a", "iam_role", "v2", longest.as_str()] {
            assert_eq!(check_name(good), Ok(()));
        }
        let too_long = format!("{longest}a");
        for bad in ["", "1a", "_a", "Role", "a-b", "a b", "é", "a\"", too_long.as_str()] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
