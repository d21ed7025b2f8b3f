//! EC2: instances that wear instance profiles, and the networks they are in. One file a noun.

pub mod table;

/// Adds the rows that EC2 keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
}
