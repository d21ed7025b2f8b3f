//! Operations that are not held to the coverage test, each with the reason. The list is to stay empty.

pub(super) const LIST: &[&str] = &[];
