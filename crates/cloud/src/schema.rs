//! The rows that the cloud keeps in its store.

use store::Schema;

/// Every row type.
#[must_use]
pub fn schema() -> Schema {
    let schema = crate::iam::add_rows(Schema::new());
    crate::propagation::add_rows(crate::organizations::add_rows(schema))
}
