//! The data sources: one file each.

mod group;

use crate::resource::DataSource;

/// All of them.
#[must_use]
pub fn all() -> Vec<Box<dyn DataSource>> {
    vec![Box::new(group::Group)]
}
